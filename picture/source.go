package picture

import (
	"strings"
	"time"

	"lowsky"
)

// When a gateway that says nothing is taken to be down. Both are conservative: an aircraft's own silence alert comes
// first, and is folded under the gateway's only once nothing at all is heard through it.
const (
	ownVoice       = 3                // messages of its own before a gateway counts as one that speaks
	silentGateway  = 30 * time.Second // a speaking gateway with one aircraft
	silentTogether = 10 * time.Second // a gateway with two or more aircraft
	tellSourceEach = 10 * time.Second
	tellDirectEach = time.Minute
)

// source is what is known of one gateway, dock, or aircraft that reports by itself.
type source struct {
	lowsky.SourceState
	skew     skew // of all its reports, as shown
	behind   skew // without those of clocks that are ahead
	format   lowsky.Format
	model    string
	direct   bool
	slot     int
	reported bool // Down because its status says so
	own      int  // messages of its own so far
	members  []*track
	late     uint64
	repeats  uint64
	object   *object
	told     lowsky.SourceView // as last published
	toldAt   time.Time
	kind     lowsky.StationKind
	targets  int // crewed traffic that it saw last
}

// direct reports whether the source is the aircraft itself: there is then no gateway that could be down.
func direct(id lowsky.SourceID) bool { return strings.HasPrefix(string(id), "direct:") }

// voice counts a message that the gateway itself made.
func (s *source) voice() { s.own++ }

// source answers the source of that id, made when it is new.
func (e *Engine) source(id lowsky.SourceID) *source {
	s := e.sourceOf[id]
	if s == nil {
		s = &source{SourceState: lowsky.SourceState{ID: id}, direct: direct(id)}
		s.object = e.object(lowsky.Object{Kind: lowsky.ObjectSource, ID: string(id)})
		s.object.source = s
		e.sourceOf[id] = s
		if n := len(e.freeSources); n > 0 {
			s.slot, e.freeSources = e.freeSources[n-1], e.freeSources[:n-1]
			e.sources[s.slot] = s
		} else {
			s.slot = len(e.sources)
			e.sources = append(e.sources, s)
		}
	}
	return s
}

// hear notes that something came from the source: it is up. Nil for a message that names none, or beyond the bound.
func (e *Engine) hear(id lowsky.SourceID, format lowsky.Format) *source {
	if id == "" || e.sourceOf[id] == nil && len(e.sourceOf) >= e.cfg.MaxTracks {
		return nil
	}
	s := e.source(id)
	s.LastSeen = e.now
	if format != "" {
		s.format = format
	}
	if s.Down {
		s.Down, s.DownSince, s.reported, s.Presumed = false, time.Time{}, false, false
		e.excuse(s)
		e.tellSource(s)
	} else if s.toldAt.IsZero() {
		e.tellSource(s)
	}
	return s
}

// excuse gives the aircraft behind a source that came back the time to be heard again. Once: a source that comes and goes
// must not keep them from being missed. One that is missed already stays so, at the severity it has.
func (e *Engine) excuse(s *source) {
	for _, t := range s.members {
		if a := t.object.find(lowsky.HazardSilence, lowsky.Subject{}); a != nil && a.State != lowsky.AlertResolved {
			continue
		}
		if !t.excused && !t.ReceivedAt.IsZero() {
			t.excused = true
			if e.now.After(t.SilenceFrom) {
				t.SilenceFrom = e.now
			}
		}
	}
}

// takeDown marks the source as down since the given instant.
func (e *Engine) takeDown(s *source, since time.Time, reported bool) {
	s.reported = s.reported || reported
	if reported {
		s.Presumed = false
	}
	if s.Down {
		return
	}
	s.Down, s.DownSince = true, since
	e.tellSource(s)
}

// topology applies a gateway's status and its list of aircraft.
func (e *Engine) topology(m *lowsky.Topology) {
	if !m.Online { // its will, spoken by the broker: no sign of life
		if m.Gateway != "" && (e.sourceOf[m.Gateway] != nil || len(e.sourceOf) < e.cfg.MaxTracks) {
			e.takeDown(e.source(m.Gateway), e.now, true)
		}
		return
	}
	s := e.hear(m.Gateway, "")
	if s == nil {
		return
	}
	s.voice()
	if m.Model != "" {
		s.model = m.Model
	}
	for i, model := range m.Models {
		if i < len(m.Aircraft) && model != "" {
			if t := e.byID[e.canonical(m.Aircraft[i])]; t != nil && t.Model == "" {
				t.Model = model
				e.markTrack(t)
			}
		}
	}
	if !m.Complete {
		return
	}
	for _, id := range m.Aircraft {
		if t := e.byID[e.canonical(id)]; t != nil && t.Offline.Value {
			t.Offline = lowsky.Aged[bool]{At: e.now}
			e.markTrack(t)
		}
	}
	for _, t := range s.members {
		listed := false
		for _, id := range m.Aircraft {
			listed = listed || e.canonical(id) == t.ID
		}
		if !listed && !t.Offline.Value {
			t.Offline = lowsky.Aged[bool]{Value: true, At: e.now}
			e.markTrack(t)
			e.inDock(t)
		}
	}
}

// station applies what a dock or remote controller says, and passes it on.
func (e *Engine) station(m *lowsky.StationReport) {
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Station: m})
	e.hearQNH(m)
	s := e.hear(m.Source, "")
	if s == nil {
		return
	}
	s.voice()
	if m.Kind != lowsky.StationUnknown {
		s.kind = m.Kind
	}
	if s.kind == lowsky.StationRemote && m.Position.OK && m.Position.Value.Check() == nil {
		for _, t := range s.members {
			t.Pilot = lowsky.Aged[lowsky.Position]{Value: m.Position.Value, At: e.now}
		}
	}
	if m.DroneInDock.OK {
		t := e.byID[e.canonical(m.Aircraft)]
		if t == nil && m.Aircraft == "" && len(s.members) == 1 {
			t = s.members[0]
		}
		if t != nil {
			t.DroneInDock = lowsky.Aged[bool]{Value: m.DroneInDock.Value, At: e.now}
			e.inDock(t)
		}
	}
}

// inDock lands an aircraft that its gateway took off the network while the dock says it is inside: nothing else will
// ever report its landing.
func (e *Engine) inDock(t *track) {
	if t.Offline.Value && t.DroneInDock.Value && !t.DroneInDock.At.Before(t.ReceivedAt) {
		e.land(t)
	}
}

// event applies a health list.
func (e *Engine) event(m *lowsky.DeviceEvent) {
	s := e.hear(m.Gateway, "")
	if s != nil {
		s.voice()
	}
	if m.Method != "hms" {
		return
	}
	t := e.byID[e.canonical(m.Aircraft)]
	if t == nil && m.Aircraft == "" && s != nil && len(s.members) == 1 {
		t = s.members[0]
	}
	if t == nil {
		return
	}
	t.HMS = lowsky.Aged[[]lowsky.HMSAlarm]{Value: m.HMS, At: e.now}
	e.judgeNow(t) // a declared emergency does not wait for the next report
}

// join puts the track under the source that it reports through now.
func (e *Engine) join(t *track, s *source) {
	if t.source == s {
		return
	}
	e.leave(t)
	t.source, t.member = s, len(s.members)
	s.members = append(s.members, t)
	t.Source = s.ID
	for _, a := range t.object.alerts {
		if a.Parent != "" {
			a.Parent = ""
			e.mark(a)
		}
	}
}

// dropDirect forgets a source that was one aircraft and is gone with it.
func (e *Engine) dropDirect(s *source) {
	if s == nil || !s.direct || len(s.members) > 0 || len(s.object.alerts) > 0 {
		return
	}
	e.sources[s.slot] = nil
	e.freeSources = append(e.freeSources, s.slot)
	delete(e.sourceOf, s.ID)
	s.object.source = nil
	e.forget(s.object)
}

func (e *Engine) leave(t *track) {
	s := t.source
	if s == nil {
		return
	}
	last := s.members[len(s.members)-1]
	s.members[t.member], last.member = last, t.member
	s.members = s.members[:len(s.members)-1]
	t.source = nil
}

// overdue reports whether an aircraft that was last known airborne has been silent for three of its intervals, at
// least ten seconds.
func overdue(t *track, now time.Time) bool {
	from := t.ReceivedAt
	if t.SilenceFrom.After(from) {
		from = t.SilenceFrom
	}
	return t.Airborne && now.Sub(from) > max(silentTogether, 3*t.Interval)
}

// tickSource looks whether a source went silent with all its aircraft, asks the rules about it, and folds.
func (e *Engine) tickSource(s *source) {
	if s.ID == lowsky.BrokerSource {
		e.tickBroker(s)
		return
	}
	airborne, silent := 0, 0
	for _, t := range s.members {
		if t.Airborne {
			airborne++
			if overdue(t, e.now) {
				silent++
			}
		}
	}
	if !s.Down && !s.direct && airborne > 0 && silent == airborne && e.brokerDown() == nil {
		quiet := e.now.Sub(s.LastSeen)
		if airborne >= 2 && quiet > silentTogether || s.own >= ownVoice && quiet > silentGateway {
			s.Presumed = airborne < 2
			e.takeDown(s, s.LastSeen, false)
		}
	}
	if len(e.onGroup) > 0 && (s.Down || len(s.object.alerts) > 0) && !s.direct {
		e.judgeSource(s, airborne)
	}
	e.fold(s, silent)
	each := tellSourceEach
	if s.direct {
		each = tellDirectEach
	}
	if s.toldAt.IsZero() || e.now.Sub(s.toldAt) >= each && e.sourceView(s) != s.told {
		e.tellSource(s)
	}
	if v := s.skew.value(e.now); v != s.Skew {
		moved := v - s.Skew
		s.Skew = v
		if moved > time.Second || moved < -time.Second {
			e.tellSource(s)
		}
	}
}

// fold keeps the silence alerts of a dead source's aircraft under its alert while that fires, and lets them go when it
// no longer does.
func (e *Engine) fold(s *source, silent int) {
	if e.brokerDown() != nil {
		return // folded under the broker's alert
	}
	e.foldUnder(s, s.members, silent)
}

func (e *Engine) foldUnder(s *source, members []*track, silent int) {
	parent := s.object.find(lowsky.HazardSource, lowsky.Subject{})
	if parent == nil || parent.State != lowsky.AlertFiring || s.Presumed {
		return // presumed to be down with its only aircraft: that one's alert must be seen and heard
	}
	for _, t := range members {
		if t == nil {
			continue
		}
		a := t.object.find(lowsky.HazardSilence, lowsky.Subject{})
		if a != nil && a.State != lowsky.AlertResolved && a.Parent != parent.ID {
			a.Parent = parent.ID
			e.mark(a)
		}
	}
	if parent.Folded != silent {
		parent.Folded = silent
		e.mark(parent)
	}
}

// unfold lets go every alert that is folded under parent.
func (e *Engine) unfold(parent lowsky.AlertID) {
	for _, a := range e.open {
		if a.Parent == parent {
			a.Parent = ""
			e.mark(a)
		}
	}
}

func (e *Engine) sourceView(s *source) lowsky.SourceView {
	return lowsky.SourceView{
		ID: s.ID, Format: s.format, Model: s.model, Down: s.Down, LastSeen: s.LastSeen, Skew: s.Skew,
		Aircraft: len(s.members), Late: s.late, Repeats: s.repeats,
	}
}

func (e *Engine) tellSource(s *source) {
	s.told, s.toldAt = e.sourceView(s), e.now
	v := s.told
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Source: &v})
}
