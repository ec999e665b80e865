package simulator

import (
	"fmt"
	"math"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// swarm is how many of one aircraft fly together, and how.
type swarm struct {
	count   int
	spacing float64 // metres
	shape   string
}

func (d *reader) aircraft(n *yaml.Node, field string, s *Scenario) {
	a := &Aircraft{
		Wire: WireNative, line: n.Line, Mission: Mission{Laps: 1, Turnaround: 2 * time.Minute},
		Heights: Heights{HAE: true, AMSL: true, AGL: true, AboveTakeoff: true}, Accuracies: true,
	}
	var org string
	var id, profile, gateway ref
	var contact, legs, heights, others, together *yaml.Node
	keep := func(to **yaml.Node) func(*yaml.Node, string) { return func(n *yaml.Node, _ string) { *to = n } }
	if s.Ground != nil {
		a.Ground = s.Ground.HAE
	}
	before := d.failed
	d.object(n, field,
		key{"id", true, d.ref(&id)},
		key{"name", false, d.bothLanguages(&a.Name)},
		key{"scenario", true, oneOf(d, &a.Scenario, lowsky.Scenarios...)},
		key{"profile", true, d.ref(&profile)},
		key{"contact", false, keep(&contact)},
		key{"wire", false, oneOf(d, &a.Wire, WireNative, WireDJI)},
		key{"gateway", false, d.ref(&gateway)},
		key{"organisation", false, d.id(&org)},
		key{"other_ids", false, keep(&others)},
		key{"swarm", false, keep(&together)},
		key{"interval", false, d.span(&a.Interval, 100*time.Millisecond, time.Hour)},
		key{"heights", false, keep(&heights)},
		key{"accuracies", false, d.flag(&a.Accuracies)},
		key{"home", true, d.point(&a.Home)},
		key{"ground", false, d.number(&a.Ground, -maxGround, maxGround)},
		key{"start", false, d.span(&a.Mission.Start, -day, 7*day)},
		key{"every", false, d.span(&a.Mission.Every, time.Minute, 7*day)},
		key{"turnaround", false, d.span(&a.Mission.Turnaround, 0, day)},
		key{"laps", false, d.whole(&a.Mission.Laps, 1, 10000)},
		key{"path", true, keep(&legs)},
	)
	if contact != nil {
		d.object(contact, field+".contact", key{"name", true, d.text(&a.ContactName)}, key{"phone", true, d.text(&a.ContactPhone)})
	}
	a.ID, a.Organisation = lowsky.AircraftID(id.id), lowsky.OrganisationID(org)
	if profile.id != "" {
		if a.Profile = s.Profiles[profile.id]; a.Profile == nil {
			d.fail(profile.node, field+".profile", "there is no profile %q", profile.id)
		}
	}
	if gateway.id != "" {
		a.Gateway = d.gateways[gateway.id]
		switch {
		case a.Gateway == nil:
			d.fail(gateway.node, field+".gateway", "there is no gateway %q", gateway.id)
		case a.Gateway.Wire != a.Wire:
			d.fail(gateway.node, field+".gateway", "%s speaks %s and the aircraft %s", gateway.id, a.Gateway.Wire, a.Wire)
		}
	}
	d.underGround(n, field, a.Ground, s)
	if a.Wire == WireDJI && gateway.node == nil {
		d.fail(n, field+".gateway", "is missing: a DJI aircraft reports through a dock")
	}
	if a.Interval == 0 {
		a.Interval = time.Second
		if a.Wire == WireDJI {
			a.Interval = 2 * time.Second // fixed by the vendor
		}
	}
	if heights != nil {
		d.heights(heights, field+".heights", a)
	}
	if legs != nil {
		d.legs(legs, field+".path", a, s, before)
	}
	if id.id == "" {
		return
	}
	if together != nil {
		d.swarm(together, field+".swarm", id.node, a, others, s)
		return
	}
	if d.claim(id.node, field+".id", id.id, "aircraft") {
		d.fleet[id.id] = a
	}
	if others != nil {
		d.list(others, field+".other_ids", func(n *yaml.Node, field string) {
			var other string
			if d.id(&other)(n, field); other != "" && d.claim(n, field, other, "other id of "+id.id) {
				a.OtherIDs = append(a.OtherIDs, lowsky.AircraftID(other))
			}
		})
	}
	s.Aircraft = append(s.Aircraft, a)
}

// legs reads the path of an aircraft. before is how many errors there were before the aircraft.
func (d *reader) legs(legs *yaml.Node, field string, a *Aircraft, s *Scenario, before int) {
	d.list(legs, field, func(n *yaml.Node, f string) { d.leg(n, f, a) })
	if len(a.Mission.Legs) == 0 && d.failed == before {
		d.fail(legs, field, "is empty")
	}
	if d.goals += a.Mission.goals(); d.goals > maxGoals {
		d.fail(legs, field, "the paths of this file have more than %d points together", maxGoals)
	}
	if a.Profile != nil && d.failed == before {
		d.climbs(legs, field, a)
		if d.endurance(legs, field, a, s); d.failed == before {
			d.pathInReach(legs, field, a)
		}
	}
}

// heights reads the datums that an aircraft reports its height in.
func (d *reader) heights(n *yaml.Node, field string, a *Aircraft) {
	var h Heights
	before := d.failed
	d.list(n, field, func(n *yaml.Node, field string) {
		var word string
		oneOf(d, &word, "hae", "amsl", "agl", "above_takeoff")(n, field)
		switch word {
		case "hae":
			h.HAE = true
		case "amsl":
			h.AMSL = true
		case "agl":
			h.AGL = true
		case "above_takeoff":
			h.AboveTakeoff = true
		}
	})
	if d.failed == before {
		a.Heights = h
	}
}

// swarm writes out the members of a swarm: id-1, id-2, … each with its home and whole path moved to its place in the
// formation.
func (d *reader) swarm(n *yaml.Node, field string, at *yaml.Node, a *Aircraft, others *yaml.Node, s *Scenario) {
	w := swarm{shape: "line"}
	if !d.object(n, field,
		key{"count", true, d.whole(&w.count, 2, 2000)},
		key{"spacing", true, d.number(&w.spacing, 1, 5000)},
		key{"shape", false, oneOf(d, &w.shape, "line", "grid", "ring")},
	) {
		// Who names the swarm or a member is not in error too.
		d.swarms[string(a.ID)] = []*Aircraft{}
		return
	}
	if others != nil {
		d.fail(others, field[:len(field)-len("swarm")]+"other_ids", "belong to one aircraft, and this is a swarm")
	}
	if d.goals += (w.count - 1) * a.Mission.goals(); d.goals > maxGoals || len(s.Aircraft)+w.count > maxFleet {
		d.fail(n, field+".count", "makes too large a fleet: at most %d aircraft and %d points of paths", maxFleet, maxGoals)
		return
	}
	id := string(a.ID)
	if !d.claim(at, field[:len(field)-len("swarm")]+"id", id, "swarm") {
		return
	}
	f := newFrame(a.Home)
	for i := range w.count {
		m := *a
		m.Swarm = id
		m.ID = lowsky.AircraftID(fmt.Sprintf("%s-%d", id, i+1))
		if m.Name != (lowsky.Text{}) {
			m.Name = lowsky.Text{ZH: fmt.Sprintf("%s-%d", a.Name.ZH, i+1), EN: fmt.Sprintf("%s-%d", a.Name.EN, i+1)}
		}
		off := w.place(i)
		east, north := off.e/f.perLon, off.n/f.perLat
		m.Home = m.Home.moved(east, north)
		m.Mission.Legs = movedLegs(a.Mission.Legs, east, north)
		if d.claim(at, field, string(m.ID), "member of swarm "+id) {
			d.fleet[string(m.ID)] = &m
		}
		d.swarms[id] = append(d.swarms[id], &m)
		s.Aircraft = append(s.Aircraft, &m)
	}
}

// place answers where member i (from 0) is, metres east and north of the written path. A line runs east from it, a grid
// east and north, a ring lies around it; neighbours are spacing apart.
func (w swarm) place(i int) vec {
	switch w.shape {
	case "grid":
		columns := int(math.Ceil(math.Sqrt(float64(w.count))))
		return vec{float64(i%columns) * w.spacing, float64(i/columns) * w.spacing}
	case "ring":
		radius := w.spacing / (2 * math.Sin(math.Pi/float64(w.count)))
		return heading(360 * float64(i) / float64(w.count)).times(radius)
	}
	return vec{float64(i) * w.spacing, 0}
}

// moved answers the place so many degrees further.
func (p Point) moved(east, north float64) Point { return Point{p.Longitude + east, p.Latitude + north} }

// movedLegs answers a copy of the legs, so many degrees further.
func movedLegs(legs []Leg, east, north float64) []Leg {
	out := make([]Leg, len(legs))
	for i, l := range legs {
		waypoints := l.Waypoints
		l.Waypoints = nil
		for _, w := range waypoints {
			l.Waypoints = append(l.Waypoints, Waypoint{w.At.moved(east, north), w.AGL})
		}
		switch {
		case l.Orbit != nil:
			o := *l.Orbit
			o.Centre = o.Centre.moved(east, north)
			l.Orbit = &o
		case l.Lanes != nil:
			o := *l.Lanes
			o.From = o.From.moved(east, north)
			l.Lanes = &o
		case l.Grid != nil:
			o := *l.Grid
			o.From = o.From.moved(east, north)
			l.Grid = &o
		case l.Parcels != nil:
			o := *l.Parcels
			o.Pads = nil
			for _, p := range l.Parcels.Pads {
				o.Pads = append(o.Pads, p.moved(east, north))
			}
			l.Parcels = &o
		case l.Hover != nil:
			o := *l.Hover
			o.At = o.At.moved(east, north)
			l.Hover = &o
		case l.Land != nil:
			o := *l.Land
			o.At = o.At.moved(east, north)
			l.Land = &o
		}
		out[i] = l
	}
	return out
}
