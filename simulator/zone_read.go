package simulator

import (
	"math"
	"time"

	"github.com/paulmach/orb"
	"go.yaml.in/yaml/v3"

	"lowsky"
)

const (
	maxZones  = 500
	maxPoints = 1000 // of one zone
)

// exempted is a plan that a zone makes an exception for; plans are read later.
type exempted struct {
	file  string
	node  *yaml.Node
	field string
	plan  string
}

// zone reads one zone as it will be published. active is relative to the start of the run.
func (d *reader) zone(n *yaml.Node, field string, s *Scenario) {
	if len(s.Zones) >= maxZones {
		d.fail(n, field, "is one more than %d zones", maxZones)
		return
	}
	z := &lowsky.Zone{Version: 1, Demo: s.Demo, Organisation: s.Organisation, PublishedAt: s.Start}
	var kind string
	var id ref
	var holes *yaml.Node
	shapes := 0
	shape := func(name string, read func(*yaml.Node, string)) key {
		return key{name, false, func(n *yaml.Node, f string) { shapes++; read(n, f) }}
	}
	ok := d.object(n, field,
		key{"id", true, d.ref(&id)},
		key{"name", false, d.bothLanguages(&z.Name)},
		key{"kind", false, d.id(&kind)},
		key{"restriction", true, oneOf(d, &z.Restriction, lowsky.Prohibited, lowsky.RequiresAuthorisation, lowsky.Conditional, lowsky.NoRestriction)},
		shape("circle", func(n *yaml.Node, f string) { d.circle(n, f, &z.Geometry) }),
		shape("polygon", func(n *yaml.Node, f string) {
			if r := d.ring(n, f); r != nil {
				z.Geometry.Polygons = orb.MultiPolygon{{r}}
			}
		}),
		key{"holes", false, func(n *yaml.Node, _ string) { holes = n }},
		shape("corridor", func(n *yaml.Node, f string) { d.corridor(n, f, &z.Geometry) }),
		key{"floor", false, func(n *yaml.Node, f string) { d.altitude(n, f, &z.Floor) }},
		key{"ceiling", false, func(n *yaml.Node, f string) { d.altitude(n, f, &z.Ceiling) }},
		key{"buffer", false, d.length(&z.Buffer, 0, 20000)},
		key{"warning_band", false, d.length(&z.WarningBand, 0, 20000)},
		key{"exempt", false, func(n *yaml.Node, f string) {
			d.list(n, f, func(n *yaml.Node, f string) { d.exemption(n, f, z) })
		}},
		key{"active", false, func(n *yaml.Node, f string) {
			d.list(n, f, func(n *yaml.Node, f string) { d.period(n, f, z, s.Start) })
			if len(n.Content) == 0 {
				d.fail(n, f, "is empty: leave it out for a zone that is always in force")
			}
		}},
	)
	z.ID, z.Kind = lowsky.ZoneID(id.id), kind
	if z.Name == (lowsky.Text{}) {
		z.Name = lowsky.Text{ZH: id.id, EN: id.id}
	}
	before := d.failed
	if shapes != 1 {
		d.fail(n, field, "must have exactly one of circle, polygon, corridor")
	}
	if holes != nil && keyed(n, "polygon") == n {
		d.fail(holes, field+".holes", "belong to a polygon, and this zone is none")
	} else if holes != nil {
		d.holes(holes, field+".holes", &z.Geometry)
	}
	if f, c := z.Floor, z.Ceiling; f.OK && c.OK && f.Value.Datum == c.Value.Datum && f.Value.Metres > c.Value.Metres {
		d.fail(keyed(n, "ceiling"), field+".ceiling", "%s is below the floor, %s", c.Value, f.Value)
	}
	if id.id == "" {
		return
	}
	if first, ok := d.zoneAt[id.id]; ok {
		d.fail(id.node, field+".id", "%s is already the zone of %s", id.id, d.where(first.file, first.line))
		return
	}
	d.zoneAt[id.id] = origin{"zone", d.file, n.Line}
	d.zones[id.id] = z // also one with errors, so that who names it is not in error too
	if ok && d.failed == before {
		s.Zones = append(s.Zones, z)
	}
}

// StartingAt answers the scenario as if its file said start: the zones that are in force for a while are so at the same
// offsets of the run. s itself stays as it is.
func (s *Scenario) StartingAt(start time.Time) *Scenario {
	shift := start.Sub(s.Start)
	c := *s
	c.Start = start
	c.Zones = make([]*lowsky.Zone, len(s.Zones))
	for i, z := range s.Zones {
		moved := *z
		moved.PublishedAt = z.PublishedAt.Add(shift)
		moved.Applicability = make(lowsky.Applicability, len(z.Applicability))
		for k, p := range z.Applicability {
			p.From.Value, p.Until.Value = p.From.Value.Add(shift), p.Until.Value.Add(shift)
			moved.Applicability[k] = p
		}
		c.Zones[i] = &moved
	}
	return &c
}

func (d *reader) circle(n *yaml.Node, field string, to *lowsky.Geometry) {
	var centre Point
	var radius float64
	if d.object(n, field, key{"centre", true, d.point(&centre)}, key{"radius", true, d.number(&radius, 1, 100000)}) {
		to.Centre, to.Radius = orb.Point{centre.Longitude, centre.Latitude}, lowsky.Metres(radius)
	}
}

func (d *reader) corridor(n *yaml.Node, field string, to *lowsky.Geometry) {
	var line []orb.Point
	var width float64
	if d.object(n, field,
		key{"line", true, func(n *yaml.Node, f string) { line = d.places(n, f, 2) }},
		key{"width", true, d.number(&width, 1, 20000)},
	) {
		to.Line, to.Width = line, lowsky.Metres(width)
	}
}

// places reads a list of at least least places; nil after an error.
func (d *reader) places(n *yaml.Node, field string, least int) []orb.Point {
	var out []orb.Point
	before := d.failed
	if n.Kind == yaml.SequenceNode && len(n.Content) > maxPoints {
		d.fail(n, field, "has more than %d points", maxPoints)
		return nil
	}
	d.list(n, field, func(n *yaml.Node, f string) {
		var p Point
		d.point(&p)(n, f)
		out = append(out, orb.Point{p.Longitude, p.Latitude})
	})
	if d.failed == before && len(out) < least {
		d.fail(n, field, "must have at least %d places", least)
	}
	if d.failed != before {
		return nil
	}
	return out
}

// ring reads the outline of an area, which may be closed or not in the file; nil after an error.
func (d *reader) ring(n *yaml.Node, field string) orb.Ring {
	r := orb.Ring(d.places(n, field, 3))
	if r == nil {
		return nil
	}
	if r[0] != r[len(r)-1] {
		r = append(r, r[0])
	}
	f := newFrame(Point{r[0][0], r[0][1]})
	flat := f.flat(r)
	if crossesItself(flat) {
		d.fail(n, field, "crosses itself")
		return nil
	}
	if len(flat) < 4 || math.Abs(area(flat)) < 1 {
		d.fail(n, field, "encloses nothing")
		return nil
	}
	return r
}

func (d *reader) holes(n *yaml.Node, field string, to *lowsky.Geometry) {
	points := 0
	d.list(n, field, func(n *yaml.Node, f string) {
		if points += len(n.Content); points > maxPoints {
			d.fail(n, f, "is too much: a zone has at most %d points in its holes", maxPoints)
			return
		}
		hole := d.ring(n, f)
		if hole == nil {
			return
		}
		if len(to.Polygons) == 0 { // it had errors
			return
		}
		outer := to.Polygons[0][0]
		frame := newFrame(Point{outer[0][0], outer[0][1]})
		rim := frame.flat(outer)
		for _, p := range frame.flat(hole) {
			if !within(rim, p) {
				d.fail(n, f, "reaches out of the polygon")
				return
			}
		}
		to.Polygons[0] = append(to.Polygons[0], hole)
	})
}

// altitude reads a height with its datum as the key.
func (d *reader) altitude(n *yaml.Node, field string, to *lowsky.Opt[lowsky.Altitude]) {
	var out []lowsky.Altitude
	in := func(name string, datum lowsky.Datum) key {
		return key{name, false, func(n *yaml.Node, f string) {
			var v float64
			d.number(&v, -500, maxAMSL)(n, f)
			out = append(out, lowsky.Altitude{Metres: lowsky.Metres(v), Datum: datum})
		}}
	}
	if !d.object(n, field, in("agl", lowsky.AGL), in("amsl", lowsky.AMSL), in("hae", lowsky.Ellipsoid)) {
		return
	}
	if len(out) != 1 {
		d.fail(n, field, "must have exactly one of agl, amsl, hae")
		return
	}
	*to = lowsky.Some(out[0])
}

// length reads metres that may be absent.
func (d *reader) length(to *lowsky.Opt[lowsky.Metres], min, max float64) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		var v float64
		before := d.failed
		d.number(&v, min, max)(n, field)
		if d.failed == before {
			*to = lowsky.Some(lowsky.Metres(v))
		}
	}
}

func (d *reader) exemption(n *yaml.Node, field string, z *lowsky.Zone) {
	var plan ref
	var organisation string
	var x lowsky.Exemption
	if !d.object(n, field,
		key{"plan", false, d.ref(&plan)},
		key{"organisation", false, d.id(&organisation)},
		key{"scenario", false, oneOf(d, &x.Scenario, lowsky.Scenarios...)},
	) {
		return
	}
	x.Plan, x.Organisation = plan.id, lowsky.OrganisationID(organisation)
	if x == (lowsky.Exemption{}) {
		d.fail(n, field, "must have at least one of plan, organisation, scenario")
		return
	}
	if plan.id != "" {
		d.exempted = append(d.exempted, exempted{d.file, plan.node, field + ".plan", plan.id})
	}
	z.Exemptions = append(z.Exemptions, x)
}

func (d *reader) period(n *yaml.Node, field string, z *lowsky.Zone, start time.Time) {
	var from, until time.Duration
	if !d.object(n, field, key{"from", true, d.span(&from, -7*day, 7*day)}, key{"until", true, d.span(&until, -7*day, 7*day)}) {
		return
	}
	if from >= until {
		d.fail(n, field, "from %s is not before until %s", from, until)
		return
	}
	z.Applicability = append(z.Applicability, lowsky.Period{From: lowsky.Some(start.Add(from)), Until: lowsky.Some(start.Add(until))})
}
