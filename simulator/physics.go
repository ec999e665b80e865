package simulator

import (
	"math"
	"time"

	"go.yaml.in/yaml/v3"
)

func abs(v float64) float64 { return math.Abs(v) }

func overUnder(v float64) string {
	if v < 0 {
		return "below"
	}
	return "above"
}

// physics refuses a leg that the aircraft cannot fly.
func (d *reader) physics(n *yaml.Node, field string, l *Leg, p *Profile) {
	if l.Speed > p.Speed {
		d.fail(n, field+".speed", "%g m/s is above the %g m/s of profile %s", l.Speed, p.Speed, p.Name)
	}
	if l.Orbit != nil {
		speed := l.Speed
		if speed == 0 {
			speed = p.Speed
		}
		// The tightest circle at this speed, with a tenth to spare for holding the line.
		if least := 1.1 * speed / (p.Turn * math.Pi / 180); l.Orbit.Radius < least {
			d.fail(n, field+".orbit.radius", "%g m is tighter than %.0f m, what profile %s can turn at %g m/s",
				l.Orbit.Radius, math.Ceil(least), p.Name, speed)
		}
	}
}

// tooSteep answers the climb (down negative) on the way from a to b at speed, m/s, and whether that is more than climb
// or sink allow. A change of 5 m is let pass: it is flown within a breath and nobody writes it by mistake.
func tooSteep(a, b Waypoint, speed, climb, sink float64) (rate float64, steep bool) {
	up := b.AGL - a.AGL
	seconds := newFrame(a.At).vec(b.At).length() / speed
	rate = up / math.Max(seconds, 0.1)
	return rate, math.Abs(up) > 5 && (rate > climb || -rate > sink)
}

// climbs refuses heights along the path of an aircraft that it cannot reach on the way.
func (d *reader) climbs(n *yaml.Node, field string, a *Aircraft) {
	p := a.Profile
	var before *Waypoint
	for i := range a.Mission.Legs {
		l := &a.Mission.Legs[i]
		speed := l.Speed
		if speed == 0 {
			speed = p.Speed
		}
		for _, w := range l.Waypoints {
			if before != nil {
				if rate, steep := tooSteep(*before, w, speed, p.Climb, p.Sink); steep {
					can, word := p.Climb, "climbs"
					if rate < 0 {
						can, word = p.Sink, "sinks"
					}
					d.failAt(l.line, field, "the way to [%.6g, %.6g, %g] asks for %.1f m/s %s, and profile %s %s at %g m/s",
						w.At.Longitude, w.At.Latitude, w.AGL, abs(rate), map[bool]string{true: "up", false: "down"}[rate > 0], p.Name, word, can)
					return
				}
			}
			before = &w
		}
		if len(l.Waypoints) == 0 {
			before = nil // the other shapes are flown at one height, which the way there may reach or not
		}
	}
}

// windAgainstFleet refuses wind that an aircraft of the fleet cannot fly against.
func (d *reader) windAgainstFleet(n *yaml.Node, field string, s *Scenario) {
	wind := s.Weather.WindSpeed + s.Weather.Gust
	told := map[*Profile]bool{}
	for _, a := range s.Aircraft {
		if p := a.Profile; p != nil && wind >= p.Speed && !told[p] {
			told[p] = true
			d.fail(keyed(n, "wind"), field+".wind", "%.4g m/s with its gusts is stronger than aircraft %s of profile %s flies, %g m/s", wind, a.ID, p.Name, p.Speed)
		}
	}
}

// keyed answers the value of a key of a mapping, or the mapping where it has no such key.
func keyed(n *yaml.Node, name string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return n
}

// endurance refuses a mission for which the battery does not last. With a return level a single lap counts, for the
// aircraft flies home before its battery is empty; what lies past the end of the run is not flown.
func (d *reader) endurance(n *yaml.Node, field string, a *Aircraft, s *Scenario) {
	m, what := a.Mission, "a mission"
	if a.Profile.ReturnAt > 0 {
		m.Laps, what = 1, "one lap with the ways there and home"
	}
	takes := flightTime(&m, a.Profile, a.Home)
	if s.Repeat == 0 {
		takes = min(takes, s.Duration-m.Start)
	}
	if takes > a.Profile.Endurance {
		d.fail(n, field, "%s takes %s, and the battery of profile %s lasts %s", what, takes.Round(time.Second), a.Profile.Name, a.Profile.Endurance)
	}
}

// pathInReach refuses a path to where the aircraft cannot fly from its home and back on one battery, be it that it would
// come there only after the run.
func (d *reader) pathInReach(n *yaml.Node, field string, a *Aircraft) {
	p, f, farthest := a.Profile, newFrame(a.Home), 0.0
	for _, g := range compile(&a.Mission, p, f) {
		farthest = max(farthest, g.at.length())
	}
	if reach := p.Speed * p.Endurance.Seconds() / 2; farthest > reach {
		d.fail(n, field, "leads %.0f km from the home of aircraft %s, and profile %s flies %.0f km out and back", farthest/1000, a.ID, p.Name, reach/1000)
	}
}

// flightTime estimates how long one mission is in the air, from take-off to landing, stays on pads left out.
func flightTime(m *Mission, p *Profile, home Point) time.Duration {
	f := newFrame(home)
	lap := compile(m, p, f)
	if len(lap) == 0 {
		return 0
	}
	way := func(a, b vec, speed float64) float64 { return b.sub(a).length() / speed }
	var seconds float64
	at := lap[len(lap)-1].at
	for _, g := range lap {
		seconds += way(at, g.at, g.speed)
		at = g.at
		if g.land {
			seconds += g.agl/p.Climb + g.agl/p.Sink
		} else {
			seconds += g.hold.Seconds()
		}
	}
	seconds *= float64(m.Laps)
	first, last := lap[0], lap[len(lap)-1]
	seconds += way(vec{}, first.at, first.speed) - way(last.at, first.at, first.speed) + way(last.at, vec{}, p.Speed)
	seconds += first.agl/p.Climb + last.agl/p.Sink
	return time.Duration(math.Min(seconds, 1e9) * float64(time.Second))
}

// underGround refuses ground that is not what the platform is told of it.
func (d *reader) underGround(n *yaml.Node, field string, ground float64, s *Scenario) {
	if g := s.Ground; g != nil && math.Abs(ground-g.HAE) > g.Accuracy {
		d.fail(keyed(n, "ground"), field+".ground", "the ground is at %.4g m, and the platform is told %.4g m ± %.4g m", ground, g.HAE, g.Accuracy)
	}
}

// inReach refuses an order to go where the aircraft cannot fly to from its home and back on one battery.
func (d *reader) inReach(field string, x *strike, list []*Aircraft) {
	name := "zone"
	if x.params.HasTo {
		name = "to"
	}
	if x.given[name] == nil {
		return
	}
	for _, a := range list {
		p := a.Profile
		if p == nil {
			continue
		}
		f := newFrame(a.Home)
		away := f.vec(Point(x.params.To)).length()
		if name == "zone" {
			away = f.distance(x.params.Zone)
		}
		if reach := p.Speed * p.Endurance.Seconds() / 2; away > reach && !math.IsInf(away, 1) { // +Inf: the outline has errors of its own
			d.fail(x.given[name], field+"."+name, "lies %.0f km from the home of aircraft %s, and profile %s flies %.0f km out and back", away/1000, a.ID, p.Name, reach/1000)
			return
		}
	}
}
