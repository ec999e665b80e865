package score

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lowsky"
	"lowsky/simulator"
	"lowsky/simulator/truth"
)

// life is one alert from its first revision to its last.
type life struct {
	id    lowsky.AlertID
	steps []step
	rises []*rise
}

// step is the state of an alert from At until the next step.
type step struct {
	at       time.Duration
	severity lowsky.Severity // that it claims; 0 none
	held     bool            // frozen or folded: nobody can ask it to end
	alert    *lowsky.Alert
}

// rise is an alert that begins to claim a severity.
type rise struct {
	at       time.Duration
	from, to lowsky.Severity
	alert    *lowsky.Alert

	found  bool // it was the first for an event
	result lowsky.ScoreResult
	span   *span // that the result is about; nil: nothing was the matter
}

// crosses reports whether the rise came through a severity from below.
func (r *rise) crosses(s lowsky.Severity) bool { return r.from < s && s <= r.to }

// add takes the next revision of the alert.
func (l *life) add(at time.Duration, a *lowsky.Alert) {
	var before lowsky.Severity
	if n := len(l.steps); n > 0 {
		before = l.steps[n-1].severity
	}
	s := step{at: at, alert: a, held: a.Frozen != "" || a.Parent != ""}
	if a.State == lowsky.AlertFiring && !a.FoundLate {
		s.severity = a.Severity
		if a.Parent != "" { // nobody hears it now: it goes on claiming what it did
			s.severity = min(before, a.Severity)
		}
	}
	if s.severity > before {
		l.rises = append(l.rises, &rise{at: at, from: before, to: s.severity, alert: a})
	}
	l.steps = append(l.steps, s)
}

// stretch is a piece of time.
type stretch struct{ from, until time.Duration }

// claims answers when the alert claimed at least a severity, in order; what goes on at the end of the run ends there.
func (l *life) claims(least lowsky.Severity, end time.Duration) []stretch {
	var out []stretch
	on := false
	for _, s := range l.steps {
		switch is := s.severity >= least; {
		case is && !on:
			out = append(out, stretch{s.at, end})
		case !is && on:
			out[len(out)-1].until = s.at
		}
		on = s.severity >= least
	}
	return out
}

// names knows under which id the register has an aircraft that goes by several. Addresses of crewed aircraft are written in
// capitals or not.
type names map[string]string

func namesOf(s *simulator.Scenario) names {
	n := names{}
	for _, a := range s.Aircraft {
		for _, o := range a.OtherIDs {
			n[string(o)] = string(a.ID)
		}
	}
	return n
}

func (n names) one(id string) string {
	if main, ok := n[id]; ok {
		return main
	}
	if strings.HasPrefix(id, crewedPrefix) {
		return strings.ToLower(id)
	}
	return id
}

// crewedPrefix stands before the address of a crewed aircraft in the id of a pair.
const crewedPrefix = "traffic:"

// key answers the key of the truth that an alert is about.
func (n names) key(k lowsky.AlertKey) truth.Key {
	return truth.Key{Object: n.object(k.Object), Hazard: k.Hazard, Subject: lowsky.Subject(n.object(lowsky.Object(k.Subject)))}
}

func (n names) object(o lowsky.Object) lowsky.Object {
	switch {
	case o.Kind == lowsky.ObjectAircraft:
		o.ID = n.one(o.ID)
	case o.Kind == lowsky.ObjectPair:
		a, b, ok := strings.Cut(o.ID, "+")
		if a, b = n.one(a), n.one(b); ok {
			o.ID = min(a, b) + "+" + max(a, b)
		}
	}
	return o
}

// thing is all that is known about one key.
type thing struct {
	key   truth.Key
	spans []*span
	lives []*life
}

// things are the keys of a run, by name.
type things map[truth.Key]*thing

func (t things) of(k truth.Key) *thing {
	if t[k] == nil {
		t[k] = &thing{key: k}
	}
	return t[k]
}

func (t things) sorted() []*thing {
	out := make([]*thing, 0, len(t))
	for _, x := range t {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *thing) int { return compareKeys(a.key, b.key) })
	return out
}

func compareKeys(a, b truth.Key) int {
	return cmp.Or(cmp.Compare(a.Object.Kind, b.Object.Kind), cmp.Compare(a.Object.ID, b.Object.ID), cmp.Compare(a.Hazard, b.Hazard),
		cmp.Compare(a.Subject.Kind, b.Subject.Kind), cmp.Compare(a.Subject.ID, b.Subject.ID))
}

// take sorts the revisions into the lives of alerts, in the order in which they came.
func (t things) take(n names, revisions []Revision) {
	byID := map[lowsky.AlertID]*life{}
	for _, r := range revisions {
		l := byID[r.Alert.ID]
		if l == nil {
			l = &life{id: r.Alert.ID}
			byID[r.Alert.ID] = l
			x := t.of(n.key(r.Alert.AlertKey))
			x.lives = append(x.lives, l)
		}
		l.add(r.At, r.Alert)
	}
}

// rises answers the rises of all alerts on the key in order of time.
func (x *thing) rises() []*rise {
	var out []*rise
	for _, l := range x.lives {
		out = append(out, l.rises...)
	}
	slices.SortStableFunc(out, func(a, b *rise) int { return cmp.Compare(a.at, b.at) })
	return out
}
