package airspace

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lowsky"
)

func dms(d, m, s float64) lowsky.Degrees { return lowsky.Degrees(d + m/60 + s/3600) }

func at2(lon, lat lowsky.Degrees) lowsky.Position {
	return lowsky.Position{Longitude: lon, Latitude: lat}
}

// Vectors of GB/T 39409-2020 annex B, and of the domain notes for 咸宁.
func TestGridVectors(t *testing.T) {
	annex := at2(dms(116, 18, 45.37), dms(39, 59, 35.38))
	xianan := at2(114.328479, 29.827171)
	for _, c := range []struct {
		p     lowsky.Position
		level int
		want  string
	}{
		{annex, 1, "N50J"}, {annex, 2, "N50J47"}, {annex, 3, "N50J475"}, {annex, 4, "N50J47539"}, {annex, 5, "N50J47539B8"},
		{annex, 6, "N50J47539B82"}, {annex, 7, "N50J47539B8255"}, {annex, 8, "N50J47539B825534"},
		{at2(dms(116, 19, 14.3184), dms(39, 59, 56.1444)), 5, "N50J475493E"},
		{xianan, 4, "N50H03349"}, {xianan, 5, "N50H03349A9"}, {xianan, 7, "N50H03349A9127"},
		{at2(113.63, 29.88), 5, "N49HB3472CC"},
	} {
		got, err := GridCellAt(c.p, c.level)
		if err != nil || got.Code != c.want {
			t.Errorf("level %d of %v: %s %v, want %s", c.level, c.p.Point(), got.Code, err, c.want)
		}
		back, err := ParseGridCode(c.want)
		if err != nil || back != got || !back.Contains(c.p) {
			t.Errorf("%s: %+v %v, want %+v", c.want, back, err, got)
		}
	}
}

// Level 1 changes at 114° E: the neighbours across it are found on every level, and back.
func TestGridAcross114East(t *testing.T) {
	for level := 1; level <= MaxGridLevel; level++ {
		east, err := GridCellAt(at2(114, 29.75), level)
		if err != nil || east.Code[:4] != "N50H" || east.West != 114 {
			t.Fatalf("level %d: %+v %v", level, east, err)
		}
		west, ok := east.Neighbour(-1, 0)
		if !ok || west.Code[:4] != "N49H" || west.East != east.West || west.South != east.South {
			t.Errorf("level %d: %+v", level, west)
		}
		if back, ok := west.Neighbour(1, 0); !ok || back != east {
			t.Errorf("level %d: %+v", level, back)
		}
	}
	edge, _ := GridCellAt(at2(0, 0), 5)
	for _, d := range [][2]int{{-1, 0}, {0, -1}, {math.MinInt + 1, 0}, {0, math.MaxInt}} {
		if got, ok := edge.Neighbour(d[0], d[1]); ok {
			t.Errorf("%v: %+v", d, got)
		}
	}
	corner, _ := GridCellAt(at2(179.99999, 87.99999), 4)
	if _, ok := corner.Neighbour(1, 0); ok {
		t.Error("a cell east of 180°")
	}
	if _, ok := corner.Neighbour(0, 1); ok {
		t.Error("a cell north of 88°")
	}
}

// A position lies in the cell of its code; its parents hold it; positions on borders, in decimals, are in one cell only.
func TestGridCodeHoldsItsPosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.IntRange(1, MaxGridLevel).Draw(t, "level")
		lon, lat := rapid.Float64Range(0, 179.9999999).Draw(t, "lon"), rapid.Float64Range(0, 87.9999999).Draw(t, "lat")
		if rapid.Bool().Draw(t, "on a border") {
			k := math.Pow(10, float64(rapid.IntRange(0, 4).Draw(t, "places")))
			lon, lat = math.Floor(lon*k)/k, math.Floor(lat*k)/k
		}
		p := at2(lowsky.Degrees(lon), lowsky.Degrees(lat))
		c, err := GridCellAt(p, level)
		if err != nil || !c.Contains(p) {
			t.Fatalf("%+v %v", c, err)
		}
		if back, err := ParseGridCode(c.Code); err != nil || back != c {
			t.Fatalf("%s: %+v %v, want %+v", c.Code, back, err, c)
		}
		for _, d := range [][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 1}, {-1, -1}} {
			n, ok := c.Neighbour(d[0], d[1])
			if !ok {
				continue
			}
			if n.Contains(p) || n.Code == c.Code {
				t.Fatalf("also in %+v", n)
			}
			// They touch without a gap.
			if d[0] == 1 && n.West != c.East || d[1] == 1 && n.South != c.North || d[0] == -1 && n.East != c.West || d[1] == -1 && n.North != c.South {
				t.Fatalf("%+v does not touch %+v", n, c)
			}
		}
		if level > 1 {
			parent, _ := GridCellAt(p, level-1)
			if c.Code[:len(parent.Code)] != parent.Code || c.West < parent.West || c.East > parent.East || c.South < parent.South || c.North > parent.North {
				t.Fatalf("%+v leaves %+v", c, parent)
			}
		}
	})
}

func TestGridCellsOfABox(t *testing.T) {
	got, err := GridCells(113.99, 29.70, 114.01, 29.71, 4, 100)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for i, c := range got {
		codes = append(codes, c.Code)
		if i > 0 && got[i-1].South == c.South && got[i-1].East != c.West {
			t.Errorf("%+v does not follow %+v", c, got[i-1])
		}
	}
	// 113°59.4′ … 114°0.6′ E, 29°42′ … 29°42.6′ N: the minutes 59 and 0, 42: in both the second row of level 3.
	if d := cmp.Diff([]string{"N49HB33E2", "N50H03202"}, codes); d != "" {
		t.Error(d)
	}
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.IntRange(4, 7).Draw(t, "level")
		size := map[int]float64{4: 1. / 60, 5: 4. / 3600, 6: 2. / 3600, 7: 0.25 / 3600}[level]
		w, s := rapid.Float64Range(113.9, 114.1).Draw(t, "west"), rapid.Float64Range(29, 30).Draw(t, "south")
		e, n := w+rapid.Float64Range(0, 20*size).Draw(t, "width"), s+rapid.Float64Range(0, 20*size).Draw(t, "height")
		cells, err := GridCells(lowsky.Degrees(w), lowsky.Degrees(s), lowsky.Degrees(e), lowsky.Degrees(n), level, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		p := at2(lowsky.Degrees(rapid.Float64Range(w, e).Draw(t, "lon")), lowsky.Degrees(rapid.Float64Range(s, n).Draw(t, "lat")))
		in := 0
		for _, c := range cells {
			if c.Contains(p) {
				in++
			}
			if float64(c.East) <= w || float64(c.West) > e || float64(c.North) <= s || float64(c.South) > n {
				t.Fatalf("%+v is not in the box", c)
			}
		}
		if in != 1 {
			t.Fatalf("%v lies in %d of %d cells", p.Point(), in, len(cells))
		}
	})
}

func TestGridRefuses(t *testing.T) {
	nan := lowsky.Degrees(math.NaN())
	for _, p := range []lowsky.Position{at2(-0.1, 30), at2(180, 30), at2(114, -1), at2(114, 88), at2(nan, 30), at2(114, nan)} {
		if got, err := GridCellAt(p, 5); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%v: %+v %v", p.Point(), got, err)
		}
	}
	for _, level := range []int{-1, 0, 11} {
		if _, err := GridCellAt(at2(114, 30), level); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("level %d: %v", level, err)
		}
	}
	for _, code := range []string{"", "N", "N50", "S50H", "N30H", "N61H", "N50W", "N5AH", "N50HC0", "N50H08", "N50H006", "N50H000F0", "N50H0000A", "N50H0", "N50H00000FF", "N50H00000004",
		"N50H0000000080", "N50H00000000000000000", "N50J47539B8255340000FF"} {
		if got, err := ParseGridCode(code); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %+v %v", code, got, err)
		}
	}
	for _, b := range [][4]lowsky.Degrees{{115, 29, 114, 30}, {114, 30, 115, 29}, {114, 29, 115, 30}, {nan, 29, 115, 30}, {-1, 29, 115, 30}, {170, 29, 190, 30}} {
		if got, err := GridCells(b[0], b[1], b[2], b[3], 7, 10_000); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%v: %d cells, %v", b, len(got), err)
		}
	}
}

func FuzzParseGridCode(f *testing.F) {
	f.Add("N50J47539B825534")
	f.Add("n49hb3472cc")
	f.Fuzz(func(t *testing.T, code string) {
		c, err := ParseGridCode(code)
		if err != nil {
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		mid := at2((c.West+c.East)/2, (c.South+c.North)/2)
		if again, err := GridCellAt(mid, c.Level); err != nil || !cmp.Equal(again, c, cmpopts.EquateComparable(GridCell{})) {
			t.Fatalf("%s: %+v %v, want %+v", code, again, err, c)
		}
	})
}
