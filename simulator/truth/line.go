package truth

import (
	"time"

	"lowsky"
)

// class is what truth says of one level at one instant.
type class uint8

const (
	no    class = iota // clear, and by more than the receivers' error
	maybe              // an alert is right, and none is
	yes                // beyond margin and error
)

// reading is one instant of one level of one key.
type reading struct {
	class class
	near  bool    // clear, and so near that an alert would be tempting
	past  float64 // beyond the limit; negative: short of it
	speed float64 // m/s
	// spoilt: clear for another reason than that it kept away, so the approach is no near miss.
	spoilt bool
	// forced: uncertain because of what the aircraft tells, or does not, and not because of where it is.
	forced bool
}

// news is the newest report that the platform can have: when it was measured and when it came. Both below 0: none yet.
type news struct{ sent, came time.Duration }

// settled is how much longer than a rule's For something must be true to be an event; hurried how much shorter than it
// all of it must be over to be none.
const (
	settled = 2 * time.Second
	hurried = time.Second
)

type phase uint8

const (
	idle    phase = iota
	nearing       // a near miss so far
	amid          // true or uncertain
	leaving       // still near after that: the same approach, no near miss
)

// line makes spans of the readings of one level and key.
type line struct {
	key   Key
	level *Level
	unit  string
	least time.Duration // a near stretch shorter than that is none
	// lasting: a stretch too short for the rule is uncertain, and not a near miss.
	lasting bool

	phase   phase
	from    time.Duration // of the stretch
	rest    time.Duration // of the stretch, what no span was made of yet begins here
	past    float64       // most of the stretch
	speed   float64       // flown then
	forced  bool          // ever in the stretch
	running bool          // true now
	run     time.Duration // since when
	most    float64       // past, of the run
	entry   float64       // speed as the run began
	heard   time.Duration // when the first report of the run, or of the near stretch, came; -1 not yet
	event   Span          // of the stretch; Level nil: none. Kept until it is known that no further run belongs to it
}

// see takes the next instant.
func (l *line) see(w *Watch, r *reading, n news) {
	if r.class == no && !r.near && l.phase == idle {
		return
	}
	l.step(w.at, r, n, &w.spans)
}

// lineSet is the lines of one level for every aircraft, made when there is something to remember.
type lineSet struct {
	level *Level
	unit  string
	least time.Duration
	lines []*line
	on    []bool // beside them: not idle
}

func newLineSet(w *Watch, l *Level, unit string, least time.Duration) *lineSet {
	return &lineSet{l, unit, least, make([]*line, len(w.crafts)), make([]bool, len(w.crafts))}
}

// see takes the next instant of an aircraft.
func (k *lineSet) see(w *Watch, c *craft, r *reading, n news) {
	if r.class != no || r.near || k.on[c.index] {
		k.step(w, c, r, n)
	}
}

func (k *lineSet) step(w *Watch, c *craft, r *reading, n news) {
	l := k.lines[c.index]
	if l == nil {
		l = w.newLine(line{key: Key{Object: c.object, Hazard: k.level.Hazard}, level: k.level, unit: k.unit, least: k.least})
		k.lines[c.index] = l
	}
	l.step(w.at, r, n, &w.spans)
	k.on[c.index] = l.phase != idle
}

func (l *line) step(at time.Duration, r *reading, n news, out *[]Span) {
	if r.class == no {
		switch {
		case l.phase == amid:
			l.close(at, out, false)
			l.phase = leaving
		case r.spoilt && r.near:
			l.phase = leaving
		case l.phase == idle && r.near:
			l.phase, l.from, l.past, l.speed, l.heard = nearing, at, r.past, r.speed, -1
		case l.phase == nearing && r.near && r.past > l.past:
			l.past, l.speed = r.past, r.speed
		}
		if l.phase == nearing && l.heard < 0 && n.sent >= l.from {
			l.heard = n.came
		}
		if !r.near {
			l.closeNear(at, out, false)
			l.phase = idle
		}
		return
	}
	if l.phase != amid {
		l.phase, l.from, l.rest, l.past, l.speed = amid, at, at, r.past, r.speed
		l.forced, l.running, l.event.Level = false, false, nil
	}
	l.forced = l.forced || r.forced
	if r.past > l.past {
		l.past, l.speed = r.past, r.speed
	}
	if r.class != yes {
		l.endRun(at, out)
		return
	}
	if !l.running {
		l.running, l.run, l.most, l.entry, l.heard = true, at, r.past, r.speed, -1
	}
	l.most = max(l.most, r.past)
	if l.heard < 0 && n.sent >= l.run {
		l.heard = n.came
	}
}

// endRun ends a run of true. A long one is an event, or goes on with the one before if an alert would have gone on.
func (l *line) endRun(at time.Duration, out *[]Span) {
	if !l.running {
		return
	}
	l.running = false
	if at-l.run <= l.level.For+settled {
		return
	}
	e := &l.event
	if e.Level != nil && l.run-e.Until <= l.level.KeepFiring {
		e.Until, e.Depth = at, max(e.Depth, l.most)
		if e.Heard < 0 {
			e.Heard = l.heard
		}
		return
	}
	l.tell(out)
	*e = Span{
		Key: l.key, Level: l.level, Kind: lowsky.SpanEvent, From: l.run, Until: at, Onset: l.from,
		Depth: l.most, Speed: l.entry, Unit: l.unit, Heard: l.heard,
	}
}

// tell makes spans of the event, if there is one, and of the uncertainty before it.
func (l *line) tell(out *[]Span) {
	if l.event.Level == nil {
		return
	}
	if l.rest < l.event.From {
		*out = append(*out, l.span(lowsky.SpanUncertain, l.rest, l.event.From))
	}
	*out = append(*out, l.event)
	l.rest, l.event.Level = l.event.Until, nil
}

func (l *line) span(k lowsky.SpanKind, from, until time.Duration) Span {
	return Span{
		Key: l.key, Level: l.level, Kind: k, From: from, Until: until, Onset: l.from,
		Depth: l.past, Speed: l.speed, Unit: l.unit, Heard: -1,
	}
}

// close ends a stretch that was not clear; open says that only the run ended.
func (l *line) close(at time.Duration, out *[]Span, open bool) {
	l.endRun(at, out)
	l.tell(out)
	if n := len(*out); open && l.rest == at && n > 0 && l.from < at {
		(*out)[n-1].Open = true
	}
	if l.rest >= at {
		return
	}
	if !open && !l.lasting && !l.forced && l.rest == l.from && at-l.from < l.level.For-hurried {
		s := l.span(lowsky.SpanNearMiss, l.from, at)
		s.Depth, s.Unit = (l.level.For - (at - l.from)).Seconds(), "s"
		*out = append(*out, s)
		return
	}
	s := l.span(lowsky.SpanUncertain, l.rest, at)
	s.Open = open
	*out = append(*out, s)
}

// closeNear ends a near stretch. Where no report came in it there was nothing to alert on, and so nothing to get wrong.
func (l *line) closeNear(at time.Duration, out *[]Span, open bool) {
	if l.phase != nearing || at-l.from < max(l.least, 1) || l.heard < 0 {
		return
	}
	s := l.span(lowsky.SpanNearMiss, l.from, at)
	s.Depth, s.Heard, s.Open = max(0, -l.past), l.heard, open
	*out = append(*out, s)
}

// point makes an event of one instant, of a rule whose For is nothing. onset is when an alert for it may begin.
func (l *line) point(at, onset time.Duration, past, speed float64, n news, step time.Duration, out *[]Span) {
	if l.phase == amid {
		l.close(at, out, false)
	}
	l.phase = leaving
	*out = append(*out, Span{
		Key: l.key, Level: l.level, Kind: lowsky.SpanEvent, From: at, Until: at + step, Onset: onset,
		Depth: past, Speed: speed, Unit: l.unit, Heard: n.came,
	})
}

// finish answers the spans of what is still going on when the run ends, and leaves the line as it was.
func (l line) finish(at time.Duration, out *[]Span) {
	switch l.phase {
	case amid:
		l.close(at, out, true)
	case nearing:
		l.closeNear(at, out, true)
	}
}
