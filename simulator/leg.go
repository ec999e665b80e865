package simulator

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// leg reads one piece of a path and adds it to the mission of a. The profile of a is known by then, or nil after an
// error.
func (d *reader) leg(n *yaml.Node, field string, a *Aircraft) {
	l := Leg{line: n.Line}
	shapes := 0
	shape := func(name string, read func(*yaml.Node, string)) key {
		return key{name, false, func(n *yaml.Node, f string) { shapes++; read(n, f) }}
	}
	height := func(to *float64) key { return key{"agl", true, d.number(to, 0.5, maxAGL)} }
	ok := d.object(n, field,
		key{"speed", false, d.number(&l.Speed, 0.5, 100)},
		shape("waypoints", func(n *yaml.Node, f string) {
			d.list(n, f, func(n *yaml.Node, f string) { d.height(n, f, 0.5, maxAGL, "ground", &l.Waypoints) })
			if len(n.Content) == 0 {
				d.fail(n, f, "is empty")
			}
		}),
		shape("orbit", func(n *yaml.Node, f string) {
			o := &Orbit{Turns: 1}
			d.object(n, f, key{"centre", true, d.point(&o.Centre)}, key{"radius", true, d.number(&o.Radius, 5, 20000)},
				height(&o.AGL), key{"turns", false, d.whole(&o.Turns, 1, 1000)}, key{"reverse", false, d.flag(&o.Reverse)})
			l.Orbit = o
		}),
		shape("lanes", func(n *yaml.Node, f string) {
			g := &Lanes{}
			d.object(n, f, key{"from", true, d.point(&g.From)}, key{"course", true, d.number(&g.Course, 0, 360)},
				key{"length", true, d.number(&g.Length, 5, 20000)}, key{"spacing", true, d.number(&g.Spacing, 1, 5000)},
				key{"count", true, d.whole(&g.Count, 1, 1000)}, height(&g.AGL))
			l.Lanes = g
		}),
		shape("grid", func(n *yaml.Node, f string) {
			g := &Grid{}
			if d.object(n, f, key{"from", true, d.point(&g.From)}, key{"course", true, d.number(&g.Course, 0, 360)},
				key{"length", true, d.number(&g.Length, 5, 20000)}, key{"width", true, d.number(&g.Width, 5, 20000)},
				key{"spacing", true, d.number(&g.Spacing, 1, 5000)}, height(&g.AGL)) && max(g.Length, g.Width)/g.Spacing > 1000 {
				d.fail(n, f+".spacing", "%.4g m makes more than 1000 lanes", g.Spacing)
			}
			l.Grid = g
		}),
		shape("parcels", func(n *yaml.Node, f string) {
			p := &Parcels{Stay: time.Minute}
			d.object(n, f, key{"pads", true, func(n *yaml.Node, f string) {
				d.list(n, f, func(n *yaml.Node, f string) {
					var at Point
					d.point(&at)(n, f)
					p.Pads = append(p.Pads, at)
				})
				if len(n.Content) == 0 {
					d.fail(n, f, "is empty")
				}
			}}, height(&p.AGL), key{"stay", false, d.span(&p.Stay, time.Second, day)})
			l.Parcels = p
		}),
		shape("hover", func(n *yaml.Node, f string) {
			h := &Hover{}
			d.object(n, f, key{"at", true, d.point(&h.At)}, height(&h.AGL), key{"for", true, d.span(&h.For, 0, day)})
			l.Hover = h
		}),
		shape("land", func(n *yaml.Node, f string) {
			p := &Land{}
			d.object(n, f, key{"at", true, d.point(&p.At)}, height(&p.AGL), key{"for", true, d.span(&p.For, time.Second, day)})
			l.Land = p
		}),
	)
	if !ok {
		return
	}
	if shapes != 1 {
		d.fail(n, field, "must have exactly one of waypoints, orbit, lanes, grid, parcels, hover, land")
		return
	}
	if p := a.Profile; p != nil {
		d.physics(n, field, &l, p)
	}
	a.Mission.Legs = append(a.Mission.Legs, l)
}
