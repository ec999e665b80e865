package simulator

import (
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// maxPlans bounds a file; each is held against those before it.
const maxPlans = 2000

// maxTrafficClimb is more than anything with a crew does, m/s.
const maxTrafficClimb = 60

// plan reads the plan of one aircraft, or of each member of a swarm. Several aircraft may fly one plan: it has the same
// times for all of them then.
func (d *reader) plan(n *yaml.Node, field string, s *Scenario) {
	p := Plan{line: n.Line}
	var id, aircraft ref
	ok := d.object(n, field,
		key{"id", true, d.ref(&id)},
		key{"aircraft", true, d.ref(&aircraft)},
		key{"from", true, d.span(&p.From, -7*day, 7*day)},
		key{"until", true, d.span(&p.Until, -7*day, 7*day)},
	)
	if id.id != "" {
		if _, known := d.planAt[id.id]; !known {
			d.planAt[id.id] = origin{"plan", d.file, n.Line}
		}
	}
	if !ok {
		return
	}
	p.ID = id.id
	before := d.failed
	if !d.exists(aircraft.id) {
		d.fail(aircraft.node, field+".aircraft", "there is no aircraft %q", aircraft.id)
	}
	if p.From >= p.Until {
		d.fail(n, field, "from %s is not before until %s", p.From, p.Until)
	}
	if p.From >= s.Duration || p.Until <= 0 {
		d.fail(n, field, "%s to %s lies outside the run of %s", p.From, p.Until, s.Duration)
	}
	list := d.who(aircraft.id)
	for _, o := range s.Plans {
		if o.ID == p.ID && (o.From != p.From || o.Until != p.Until) {
			first := d.planAt[p.ID]
			d.fail(id.node, field+".id", "%s is already the plan of %s, from %s until %s", p.ID, d.where(first.file, first.line), o.From, o.Until)
			break
		}
		if o.From < p.Until && p.From < o.Until && slices.Contains(list, o.Aircraft) {
			d.fail(n, field, "%s to %s lies partly in plan %s of the same aircraft: it names one at a time", p.From, p.Until, o.ID)
			break
		}
	}
	if len(s.Plans)+len(list) > maxPlans {
		d.fail(n, field, "is one more than %d plans", maxPlans)
	}
	if d.failed != before {
		return
	}
	for _, a := range list {
		own := p
		own.Aircraft = a
		s.Plans = append(s.Plans, &own)
	}
}

// plansExist checks the plans that zones make an exception for.
func (d *reader) plansExist() {
	file := d.file
	defer func() { d.file = file }()
	for _, x := range d.exempted {
		if _, ok := d.planAt[x.plan]; !ok {
			d.file = x.file
			d.fail(x.node, x.field, "there is no plan %q", x.plan)
		}
	}
}

var addressPattern = regexp.MustCompile(`^[0-9a-f]{6}$`)

func (d *reader) traffic(n *yaml.Node, field string, s *Scenario) {
	t := &Traffic{Interval: time.Second, line: n.Line}
	var source ref
	var path, id *yaml.Node
	ok := d.object(n, field,
		key{"id", true, func(n *yaml.Node, f string) {
			id = n
			if d.scalar(n, f, "must be an ICAO address") {
				if !addressPattern.MatchString(n.Value) {
					d.fail(n, f, "must be an ICAO address, six of 0-9 a-f in quotes")
					return
				}
				t.ID = n.Value
			}
		}},
		key{"callsign", false, d.text(&t.Callsign)},
		key{"source", true, d.ref(&source)},
		key{"speed", true, d.number(&t.Speed, 1, 350)},
		key{"interval", false, d.span(&t.Interval, 200*time.Millisecond, time.Hour)},
		key{"start", false, d.span(&t.Start, -day, 7*day)},
		key{"pressure", false, d.flag(&t.Pressure)},
		key{"path", true, func(n *yaml.Node, f string) {
			path = n
			d.list(n, f, func(n *yaml.Node, f string) {
				d.height(n, f, -500, maxAMSL, "mean sea level", &t.Path)
			})
		}},
	)
	t.Source = lowsky.SourceID(source.id)
	if t.ID != "" && !d.claim(id, field+".id", t.ID, "traffic") {
		return
	}
	if source.id != "" {
		if first, taken := d.taken[source.id]; taken {
			d.fail(source.node, field+".source", "%s is already the %s of %s", source.id, first.what, d.where(first.file, first.line))
			return
		}
		d.sources[source.id] = true
	}
	if !ok {
		return
	}
	if d.goals += len(t.Path); d.goals > maxGoals {
		d.fail(path, field+".path", "the paths of this file have more than %d points together", maxGoals)
		return
	}
	if len(t.Path) < 2 {
		d.fail(path, field+".path", "must have at least two points")
		return
	}
	if t.Start >= s.Duration {
		d.fail(n, field+".start", "%s lies outside the run of %s", t.Start, s.Duration)
		return
	}
	for i := 1; i < len(t.Path); i++ {
		a, b := t.Path[i-1], t.Path[i]
		if rate, steep := tooSteep(a, b, t.Speed, maxTrafficClimb, maxTrafficClimb); steep {
			d.fail(path, field+".path", "point %d lies %.0f m %s the one before, which is %.0f m/s at %g m/s: nothing does more than %d",
				i, abs(b.AGL-a.AGL), overUnder(b.AGL-a.AGL), abs(rate), t.Speed, maxTrafficClimb)
			return
		}
	}
	s.Traffic = append(s.Traffic, t)
}

// height reads [longitude, latitude, metres above what] and appends it.
func (d *reader) height(n *yaml.Node, field string, min, max float64, what string, to *[]Waypoint) {
	problem := "must be [longitude, latitude, metres above " + what + "]"
	if !d.kind(n, yaml.SequenceNode, field, problem) {
		return
	}
	if len(n.Content) != 3 {
		d.fail(n, field, "%s", problem)
		return
	}
	var w Waypoint
	before := d.failed
	d.number(&w.At.Longitude, -180, 180)(n.Content[0], field+"[0]")
	d.number(&w.At.Latitude, -85, 85)(n.Content[1], field+"[1]")
	d.number(&w.AGL, min, max)(n.Content[2], field+"[2]")
	if d.failed == before {
		*to = append(*to, w)
	}
}
