package score

import (
	"slices"
	"strings"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
	"lowsky/simulator"
)

// What a finding keeps of the flight around it.
const (
	around         = 40 * time.Second
	fixesPerTrack  = 200
	tracksPerMap   = 6
	zonesPerMap    = 8
	cornersPerRing = 400
)

// Tracks flies the scenario again, with its own seed and start, and fills in where the aircraft of the findings truly were
// for 40 s around each, where they said they were, and the zones near them. All findings are of this scenario and seed.
// The same scenario flies the same way: it needs no record of the first time.
func Tracks(s *simulator.Scenario, findings []*lowsky.ScoreFinding) {
	r := &reflight{scenario: s, names: namesOf(s)}
	for _, f := range findings {
		r.watch(f)
	}
	if len(r.scenes) == 0 {
		return
	}
	e := simulator.NewEngine(s, s.Seed, s.Start)
	e.Observe(r.see)
	for last := r.last(); ; {
		ev := e.Next()
		if ev.At > last {
			break
		}
		if ev.Control == simulator.Deliver {
			r.hear(&ev)
		}
	}
	for _, c := range r.scenes {
		c.keep(s)
	}
}

// reflight is a scenario that is flown again.
type reflight struct {
	scenario *simulator.Scenario
	names    names
	scenes   []*scene
}

// scene is a finding with the aircraft that it is about.
type scene struct {
	finding     *lowsky.ScoreFinding
	from, until time.Duration
	each        time.Duration // between two fixes
	fleet       []int         // indices of State.Fleet, for the tracks in order
	traffic     []int         // of State.Traffic, for the tracks after them
	tracks      []lowsky.ScoredTrack
}

// watch notes whom a finding is about, and when to look: at the alert that was too much, at the end of what an alert did
// not outlast, else at the beginning and what follows.
func (r *reflight) watch(f *lowsky.ScoreFinding) {
	middle, until := f.From, min(f.Until, f.From+around)
	switch f.Result {
	case lowsky.ScoreFalse, lowsky.ScoreDouble:
		middle, until = f.AlertAt, f.AlertAt
	case lowsky.ScoreEarlyClear:
		middle, until = f.Until, f.Until
	}
	c := &scene{finding: f, from: max(0, middle-around), until: min(max(middle, until)+around, r.scenario.Duration)}
	c.each = simulator.Step
	for (c.until-c.from)/c.each >= fixesPerTrack {
		c.each += simulator.Step
	}
	ids := []string{r.names.one(f.Object.ID)}
	if f.Object.Kind == lowsky.ObjectPair {
		ids = strings.Split(r.names.object(f.Object).ID, "+")
	}
	for i, a := range r.scenario.Aircraft {
		own := slices.Contains(ids, string(a.ID)) && (f.Object.Kind == lowsky.ObjectAircraft || f.Object.Kind == lowsky.ObjectPair)
		behind := f.Object.Kind == lowsky.ObjectSource && a.Gateway != nil && string(a.Gateway.ID) == f.Object.ID
		if (own || behind) && len(c.tracks) < tracksPerMap {
			c.fleet = append(c.fleet, i)
			c.tracks = append(c.tracks, lowsky.ScoredTrack{ID: string(a.ID)})
		}
	}
	for i, t := range r.scenario.Traffic {
		if slices.Contains(ids, strings.ToLower(crewedPrefix+t.ID)) && len(c.tracks) < tracksPerMap {
			c.traffic = append(c.traffic, i)
			c.tracks = append(c.tracks, lowsky.ScoredTrack{ID: t.ID, Crewed: true})
		}
	}
	if len(c.tracks) > 0 {
		r.scenes = append(r.scenes, c)
	}
}

// last answers until when there is something to see.
func (r *reflight) last() time.Duration {
	var last time.Duration
	for _, c := range r.scenes {
		last = max(last, c.until)
	}
	return last
}

// see takes the truth of one step.
func (r *reflight) see(st *simulator.State) {
	for _, c := range r.scenes {
		if st.At < c.from || st.At > c.until || (st.At-c.from)/simulator.Step%(c.each/simulator.Step) != 0 {
			continue
		}
		for i, k := range c.fleet {
			t := &st.Fleet[k]
			c.tracks[i].Truth = append(c.tracks[i].Truth, fixAt(st.At, t.Position, t.AGL))
		}
		for i, k := range c.traffic {
			if t := &st.Traffic[k]; t.Present {
				track := &c.tracks[len(c.fleet)+i]
				track.Truth = append(track.Truth, fixAt(st.At, t.Position, t.AMSL+r.scenario.Geoid-r.ground()))
			}
		}
	}
}

// ground is the ellipsoidal height of the ground, metres: it is flat.
func (r *reflight) ground() float64 {
	if len(r.scenario.Aircraft) == 0 {
		return 0
	}
	return r.scenario.Aircraft[0].Ground
}

func fixAt(at time.Duration, p simulator.Point, agl float64) lowsky.ScoredFix {
	return lowsky.ScoredFix{At: at, Longitude: place(p.Longitude), Latitude: place(p.Latitude), AGL: tenth(agl)}
}

// hear takes the positions that a message tells.
func (r *reflight) hear(ev *simulator.Event) {
	if !slices.ContainsFunc(r.scenes, func(c *scene) bool { return ev.At >= c.from && ev.At <= c.until+around }) {
		return
	}
	var notes wire.Notes
	decode := dji.Decode
	if _, ok := native.Sender(ev.Topic); ok {
		decode = native.Decode
	}
	// What cannot be read has no position.
	messages, _ := decode(ev.Topic, ev.Payload, r.scenario.Start.Add(ev.At), &notes)
	for _, m := range messages {
		switch m := m.(type) {
		case *lowsky.TelemetryReport:
			if m.Position.OK {
				at := ev.At
				if m.BackFill {
					at = m.MeasuredAt.Sub(r.scenario.Start)
				}
				p := m.Position.Value
				r.reported(r.names.one(string(m.Aircraft)), false, at, p, r.above(p))
			}
		case *lowsky.TrafficReport:
			r.reported(m.Traffic, true, ev.At, m.Position, r.above(m.Position))
		}
	}
}

// above answers the height above ground that a position tells by any of its datums; 0 where by none.
func (r *reflight) above(p lowsky.Position) float64 {
	switch {
	case p.AGL.OK:
		return float64(p.AGL.Value)
	case p.AboveTakeoff.OK:
		return float64(p.AboveTakeoff.Value)
	case p.HAE.OK:
		return float64(p.HAE.Value) - r.ground()
	case p.AMSL.OK:
		return float64(p.AMSL.Value) + r.scenario.Geoid - r.ground()
	}
	return 0
}

func (r *reflight) reported(id string, crewed bool, at time.Duration, p lowsky.Position, agl float64) {
	for _, c := range r.scenes {
		if at < c.from || at > c.until {
			continue
		}
		for i := range c.tracks {
			if t := &c.tracks[i]; t.Crewed == crewed && (t.ID == id || crewed && strings.EqualFold(t.ID, id)) {
				t.Reported = append(t.Reported, lowsky.ScoredFix{
					At: at, Longitude: place(float64(p.Longitude)), Latitude: place(float64(p.Latitude)), AGL: tenth(agl),
				})
			}
		}
	}
}

// keep puts what was seen into the finding.
func (c *scene) keep(s *simulator.Scenario) {
	for i := range c.tracks {
		t := &c.tracks[i]
		t.Truth, t.Reported = thin(t.Truth, fixesPerTrack), thin(t.Reported, fixesPerTrack)
	}
	c.finding.Tracks = c.tracks
	c.finding.Zones = outlinesNear(s, c.finding)
}

// thin keeps every n-th, so that at most most are left; never nil.
func thin[T any](all []T, most int) []T {
	out := []T{}
	each := (len(all) + most - 1) / most
	for i := 0; i < len(all); i += max(1, each) {
		out = append(out, all[i])
	}
	return out
}
