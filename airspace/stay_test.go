package airspace

import (
	"testing"

	"lowsky"
)

// TestWasIn: a stay that the report before saw is told from a crossing that nobody saw: in the area and the band then, by
// heights that only terrain can compare too; in any volume of the zone.
func TestWasIn(t *testing.T) {
	z := area("z", rectangle(0, 0, 200, 200))
	z.Ceiling = lowsky.Some(lowsky.Altitude{Metres: 60, Datum: lowsky.AGL})
	z.Further = []lowsky.Volume3D{{Geometry: area("", rectangle(400, 0, 600, 200)).Geometry}}
	hae := func(p lowsky.Position, m lowsky.Metres) lowsky.Position { p.HAE = lowsky.Some(m); return p }
	out := metresFrom(300, 100)
	for name, c := range map[string]struct {
		before lowsky.Position
		ground Terrain
		want   bool
	}{
		"in the band":                  {agl(metresFrom(100, 100), 50), nil, true},
		"above the band":               {agl(metresFrom(100, 100), 90), nil, false},
		"at an unknown height":         {metresFrom(100, 100), nil, false},
		"in the band by terrain":       {hae(metresFrom(100, 100), 70), flat{hae: 30, ok: true}, true},
		"above the band by terrain":    {hae(metresFrom(100, 100), 120), flat{hae: 30, ok: true}, false},
		"in the other volume":          {agl(metresFrom(500, 100), 300), nil, true},
		"outside, through the volume":  {agl(metresFrom(-50, 100), 50), nil, false},
		"outside, through the further": {agl(metresFrom(700, 100), 50), nil, false},
	} {
		r, ok := relation(t, z, Query{Position: out, Previous: lowsky.Some(c.before), Terrain: c.ground})
		if !ok || !r.Crossed || r.WasIn != c.want {
			t.Errorf("%s: crossed %v, was in %v, want %v", name, r.Crossed, r.WasIn, c.want)
		}
	}
}

// Over the same area all the time, an aircraft can pass through the band between two reports.
func TestThroughTheBand(t *testing.T) {
	field := area("field", rectangle(0, 0, 1000, 1000))
	field.Floor, field.Ceiling = limit(100, lowsky.AGL), limit(120, lowsky.AGL)
	inside, outside := metresFrom(500, 500), metresFrom(-100, 500)
	for _, c := range []struct {
		name     string
		from, to lowsky.Position
		want     bool
	}{
		{"sinks through", agl(inside, 130), agl(inside, 90), true},
		{"climbs through", agl(inside, 90), agl(inside, 130), true},
		{"stays above", agl(inside, 130), agl(inside, 125), false},
		{"out of it", agl(inside, 110), agl(inside, 90), false}, // the stay was seen
		{"into it", agl(inside, 130), agl(inside, 110), false},  // and is
		{"from outside, above the rim", agl(outside, 150), agl(inside, 90), true},
		{"from outside, in over the rim", agl(outside, 124), agl(inside, 20), true},  // 107 m at the rim: within, then below
		{"from outside, at the floor", agl(outside, 112), agl(inside, 62), false},    // 104 m at the rim: so near a limit says little
		{"from outside, above the band", agl(outside, 135), agl(inside, 121), false}, // 133 m at the rim
		{"from outside, up over the rim", agl(outside, 105), agl(inside, 140), true}, // 111 m at the rim: a climb
		{"no height before", inside, agl(inside, 90), false},
	} {
		r, ok := relation(t, field, Query{Position: c.to, Previous: lowsky.Some(c.from)})
		if !ok || !r.Inside || r.Through != c.want || r.Crossed || r.Possible {
			t.Errorf("%s: %+v, want through %v", c.name, r, c.want)
		}
	}
	r, _ := relation(t, field, Query{Position: agl(inside, 90), Previous: lowsky.Some(agl(inside, 130)), PreviousTooOld: true})
	if !r.Through || !r.Possible {
		t.Errorf("over a long gap: %+v", r)
	}
	round := area("round", rectangle(0, 0, 1, 1))
	round.Geometry = lowsky.Geometry{Centre: inside.Point(), Radius: 300}
	round.Floor, round.Ceiling = field.Floor, field.Ceiling
	if r, _ := relation(t, round, Query{Position: agl(inside, 90), Previous: lowsky.Some(agl(inside, 130))}); !r.Through {
		t.Errorf("in a circle: %+v", r)
	}
}
