package terrain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

func at(lon, lat float64) lowsky.Position {
	return lowsky.Position{Longitude: lowsky.Degrees(lon), Latitude: lowsky.Degrees(lat)}
}

// slope rises one metre a row to the south and two a column to the east, from 100 m.
func slope(row, col int) float64 { return 100 + float64(row) + 2*float64(col) }

func slope16(row, col int) int16 { return int16(slope(row, col)) }

// heightAbove answers the ground above EGM96 and checks that the bound is that of a file.
func amsl(t *testing.T, g airspace.Ground, p lowsky.Position) float64 {
	t.Helper()
	n, ok := airspace.GeoidHeight(p)
	if !ok {
		t.Fatalf("no geoid at %v", p)
	}
	return float64(g.HAE - n)
}

// Bilinear between the posts, bounded by them: rows from the north, columns from the west.
//
//	row 0  ·───·  north = 30
//	       │ x │  x: a quarter of the way from row 600 to 601, half from column 300 to 301
//	row 1  ·───·
func TestHGT(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "N29E114.hgt", hgt(1201, slope16))
	put(t, dir, "LICENCE.txt", []byte("nothing to read"))
	tr, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	post := func(row, col float64) lowsky.Position { return at(114+col/1200, 30-row/1200) }
	for _, c := range []struct {
		name  string
		p     lowsky.Position
		want  float64
		bound float64 // beyond accuracy and geoid
	}{
		{"a post", post(600, 300), 1300, 0},
		{"between", post(600.25, 300.5), 1301.25, 1.75},
		{"the north-west corner", post(0, 0), 100, 0},
		{"the south-east corner", post(1200, 1200), 3700, 0},
		{"the rim", post(1200, 0.5), 1301, 1},
	} {
		g, ok := tr.GroundHAE(c.p)
		if !ok || g.Envelope {
			t.Errorf("%s: %+v %v", c.name, g, ok)
			continue
		}
		// A post is found again after rounding to a millionth of a step.
		if h := amsl(t, g, c.p); math.Abs(h-c.want) > 1e-4 {
			t.Errorf("%s: %v m, want %v", c.name, h, c.want)
		}
		if b := float64(g.Bound) - 16 - 1.2; b < c.bound-1e-4 || b > c.bound+3.0001 {
			t.Errorf("%s: bound %v beyond 17.2, want %v", c.name, b, c.bound)
		}
	}
	for _, p := range []lowsky.Position{at(113.99, 29.5), at(115.01, 29.5), at(114.5, 28.99), at(114.5, 30.01), at(math.NaN(), 29.5), at(114.5, math.Inf(1)), at(500, 29)} {
		if g, ok := tr.GroundHAE(p); ok {
			t.Errorf("%v: %+v", p, g)
		}
	}
}

// A void is unknown, also beside one: the finer file's hole is filled by the coarser, then by the envelope.
func TestVoids(t *testing.T) {
	dir := t.TempDir()
	hole := func(row, col int) int16 {
		if row == 600 && col == 600 {
			return voidPost
		}
		if row == 10 && col == 10 {
			return 9999 // no ground on Earth
		}
		return 500
	}
	put(t, dir, "N29E114.hgt", hgt(1201, hole))
	coarse := tiffFile{cols: 11, rows: 11, west: 114.45, north: 29.55, step: 0.01, keys: geographic, height: func(int, int) float64 { return 480 }}
	put(t, dir, "coarse.tif", coarse.bytes())
	tr, err := Open(Options{Dir: dir, Envelope: []Cell{{114, 29, 115, 30, 10, 1657}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		p        lowsky.Position
		want     float64
		envelope bool
	}{
		{"beside the void", at(114.5+0.5/1200, 29.5+0.5/1200), 480, false},
		{"next to it", at(114.5+1.5/1200, 29.5), 500, false},
		{"where there is only the envelope", at(114+10.0/1200, 30-10.0/1200), 833.5, true},
	} {
		g, ok := tr.GroundHAE(c.p)
		want := c.want
		if h := amsl(t, g, c.p); !ok || math.Abs(h-want) > 1e-4 || g.Envelope != c.envelope {
			t.Errorf("%s: %v m %+v %v, want %v", c.name, h, g, ok, want)
		}
		if c.envelope && math.Abs(float64(g.Bound)-(823.5+4)) > 1e-9 {
			t.Errorf("%s: bound %v", c.name, g.Bound)
		}
	}
}

func TestGeoTIFF(t *testing.T) {
	key := func(k ...[2]int) [][2]int { return append(slices.Clone(geographic), k...) }
	base := func(change func(*tiffFile)) *tiffFile {
		f := &tiffFile{cols: 37, rows: 29, west: 114.2, north: 29.9, step: 0.001, keys: geographic, height: slope}
		change(f)
		return f
	}
	files := map[string]*tiffFile{
		"one strip":             base(func(f *tiffFile) {}),
		"strips":                base(func(f *tiffFile) { f.stripRows = 5 }),
		"big endian":            base(func(f *tiffFile) { f.order, f.stripRows = binary.BigEndian, 4 }),
		"tiles":                 base(func(f *tiffFile) { f.tileW, f.tileH = 16, 16 }),
		"deflate":               base(func(f *tiffFile) { f.compression, f.stripRows = 8, 7 }),
		"deflate, predictor":    base(func(f *tiffFile) { f.compression, f.predictor, f.tileW, f.tileH = 8, 2, 16, 16 }),
		"LZW":                   base(func(f *tiffFile) { f.compression = 5 }),
		"LZW, predictor, big":   base(func(f *tiffFile) { f.compression, f.predictor, f.order = 5, 2, binary.BigEndian }),
		"unsigned":              base(func(f *tiffFile) { f.unsigned = true }),
		"float":                 base(func(f *tiffFile) { f.float = true }),
		"float, deflate":        base(func(f *tiffFile) { f.float, f.compression, f.tileW, f.tileH = true, 8, 16, 16 }),
		"float, deflate, 3":     base(func(f *tiffFile) { f.float, f.compression, f.predictor, f.tileW, f.tileH = true, 8, 3, 32, 16 }),
		"float, LZW, 3, big":    base(func(f *tiffFile) { f.float, f.compression, f.predictor, f.order = true, 5, 3, binary.BigEndian }),
		"CGCS2000, 1985 datum":  base(func(f *tiffFile) { f.keys = key([2]int{keyGeographic, 4490}, [2]int{keyVertical, 5737}) }),
		"EGM2008":               base(func(f *tiffFile) { f.keys = key([2]int{keyVertical, 3855}, [2]int{keyVerticalUnit, 9001}) }),
		"above the ellipsoid":   base(func(f *tiffFile) { f.keys = key([2]int{keyVertical, 4979}) }),
		"posts stand for areas": base(func(f *tiffFile) { f.keys = key([2]int{keyRasterType, 1}) }),
		"longer LZW than a table": base(func(f *tiffFile) {
			f.cols, f.rows, f.compression = 300, 80, 5
			noise := rand.New(rand.NewPCG(1, 2))
			posts := make([]float64, f.cols*f.rows)
			for i := range posts {
				posts[i] = float64(noise.IntN(3000))
			}
			f.height = func(row, col int) float64 { return posts[row*f.cols+col] }
		}),
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			b := f.bytes()
			g, err := readGrid("x.tif", bytes.NewReader(b), int64(len(b)), DefaultMaxBytes, orb.Bound{})
			if err != nil {
				t.Fatal(err)
			}
			half := 0.0
			if name == "posts stand for areas" {
				half = 0.5
			}
			for row := range f.rows {
				for col := range f.cols {
					lon, lat := f.west+(float64(col)+half)*f.step, f.north-(float64(row)+half)*f.step
					v, _, _, ok := g.ground(lon, lat)
					if !ok || math.Abs(v-f.height(row, col)) > 1e-5*3000 {
						t.Fatalf("row %d column %d: %v %v, want %v", row, col, v, ok, f.height(row, col))
					}
				}
			}
			datum, geoid := lowsky.AMSL, lowsky.EGM96
			switch name {
			case "CGCS2000, 1985 datum":
				geoid = lowsky.CN1985
			case "EGM2008":
				geoid = lowsky.EGM2008
			case "above the ellipsoid":
				datum, geoid = lowsky.Ellipsoid, ""
			}
			if g.datum != datum || g.geoid != geoid {
				t.Errorf("%s %s", g.datum, g.geoid)
			}
			if w, s, e, n := g.box(); half > 0 {
				if _, _, _, ok := g.ground(w, s); !ok {
					t.Error("an area's own corner is not in it")
				}
				if _, _, _, ok := g.ground(e+f.step/10, n); ok {
					t.Error("beyond the corner is in it")
				}
			}
		})
	}
}

func TestGeoTIFFNoData(t *testing.T) {
	for name, f := range map[string]tiffFile{
		"whole": {height: func(row, col int) float64 { return map[bool]float64{true: -9999, false: 70}[row == 2] }, noData: "-9999"},
		"float": {height: func(row, col int) float64 { return map[bool]float64{true: math.NaN(), false: 70}[row == 2] }, float: true, noData: "nan"},
		"lost":  {height: func(row, col int) float64 { return map[bool]float64{true: -32767, false: 70}[row == 2] }, float: true, noData: "-32767"},
	} {
		f.cols, f.rows, f.west, f.north, f.step, f.keys = 5, 5, 114, 30, 0.1, geographic
		b := f.bytes()
		g, err := readGrid("x.tif", bytes.NewReader(b), int64(len(b)), DefaultMaxBytes, orb.Bound{})
		if err != nil {
			t.Fatal(name, err)
		}
		if v, _, _, ok := g.ground(114.1, 29.9); !ok || math.Abs(v-70) > 1e-9 {
			t.Errorf("%s: %v %v", name, v, ok)
		}
		if v, _, _, ok := g.ground(114.1, 29.85); ok {
			t.Errorf("%s, beside no data: %v", name, v)
		}
	}
}

// Every refusal names the file and what is wrong with it.
func TestOpenRefuses(t *testing.T) {
	good := tiffFile{cols: 4, rows: 4, west: 114, north: 30, step: 0.01, keys: geographic, height: slope}
	change := func(do func(*tiffFile)) []byte {
		f := good
		do(&f)
		return f.bytes()
	}
	keys := func(k ...[2]int) []byte {
		return change(func(f *tiffFile) { f.keys = append(slices.Clone(geographic), k...) })
	}
	bad := good.bytes()
	for _, c := range []struct {
		file string
		b    []byte
		says string
	}{
		{"tile.hgt", hgt(4, slope16), "lower left corner"},
		{"N95E114.hgt", nil, "no place on Earth"},
		{"N29E114.hgt", hgt(4, slope16), "has 32 bytes"},
		{"N29E114.hgt", hgt(1201, slope16)[1:], "has 2884801 bytes"},
		{"a.tif", []byte("hello, I am no TIFF"), "is no TIFF file"},
		{"a.tif", []byte("II"), "ends too early"},
		{"a.tif", []byte{'I', 'I', 43, 0, 8, 0, 0, 0}, "BigTIFF"},
		{"a.tif", bad[:len(bad)-30], "ends too early"},
		{"a.tiff", keys([2]int{keyModelType, 1}), "only geographic coordinates"},
		{"a.tif", keys([2]int{keyGeographic, 4214}), "EPSG 4214"},
		{"a.tif", keys([2]int{keyGeographic, userDefined}), "EPSG 32767"},
		{"a.tif", keys([2]int{keyAngularUnits, 9101}), "only degrees"},
		{"a.tif", keys([2]int{keyVerticalUnit, 9002}), "only metres"},
		{"a.tif", keys([2]int{keyVertical, 5703}), "EPSG 5703"},
		{"a.tif", change(func(f *tiffFile) { f.keys = nil }), "only geographic coordinates"},
		{"a.tif", change(func(f *tiffFile) { f.without = []uint16{tagGeoKeys} }), "no GeoTIFF keys"},
		{"a.tif", change(func(f *tiffFile) { f.without = []uint16{tagTiePoint} }), "tie point"},
		{"a.tif", change(func(f *tiffFile) { f.west = 400 }), "off the Earth"},
		{"a.tif", change(func(f *tiffFile) { f.west = math.NaN() }), "numbers that are none"},
		{"a.tif", change(func(f *tiffFile) { f.step = -0.1 }), "apart"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagBits: {64}} }), "64 bits"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagSamples: {3}} }), "3 values a post"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagCompression: {7}} }), "method 7"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagPredictor: {3}} }), "predictor 3"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagWidth: {1}} }), "1 × 4 posts"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagWidth: {100_000}} }), "100000 × 4 posts"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagHeight: {400}} }), "its size needs 100"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagRowsPerStrip: {2}} }), "1 strips or tiles, its size needs 2"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagStripOffsets: {1 << 30}} }), "ends too early"},
		{"a.tif", change(func(f *tiffFile) { f.replace = map[uint16][]int{tagCompression: {8}} }), "broken deflate data"},
		{"a.tif", change(func(f *tiffFile) { f.noData = "void" }), "no number"},
		{"N29E114.hgt.zip", nil, "unpack it"},
		{"readme.md", nil, "neither .hgt nor .tif"},
	} {
		t.Run(c.file+" "+c.says, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, c.file, c.b)
			_, err := Open(Options{Dir: dir})
			var invalid *lowsky.InvalidError
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.says) || !strings.Contains(invalid.Field, dir) {
				t.Fatalf("%v, want %q of %s", err, c.says, c.file)
			}
			if c.file != "readme.md" && !strings.HasSuffix(invalid.Field, c.file) {
				t.Errorf("names %s", invalid.Field)
			}
		})
	}
	if _, err := Open(Options{Dir: "nowhere/at/all"}); err == nil {
		t.Error("a directory that is not there")
	}
	if _, err := Open(Options{Accuracy: -1}); err == nil {
		t.Error("an accuracy below zero")
	}
}

// What is away from the region is not read, and what does not fit into memory is refused before it is read.
func TestOpenIsBounded(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "N29E114.hgt", hgt(1201, slope16))
	put(t, dir, "N50E010.hgt", []byte("away: not even looked at"))
	f := tiffFile{cols: 4, rows: 4, west: 10, north: 50, step: 0.01, keys: geographic, height: slope}
	put(t, dir, "away.tif", f.bytes())
	region := orb.Bound{Min: orb.Point{113.5, 29}, Max: orb.Point{114.8, 30.2}}
	tr, err := Open(Options{Dir: dir, Area: region})
	if err != nil || tr.Tiles() != 1 {
		t.Fatalf("%v, %v", tr, err)
	}
	if s := tr.String(); s != "one terrain file (3″, ±16 m, 3 MB), 2 away from the region not read, no terrain envelope" {
		t.Error(s)
	}
	if _, err := Open(Options{Dir: dir, Area: region, MaxBytes: 1 << 20}); err == nil || !strings.Contains(err.Error(), "more than 1 MB") {
		t.Error(err)
	}
}

func TestDigest(t *testing.T) {
	digest := func(o Options) string {
		tr, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return tr.Digest()
	}
	write := func(height func(row, col int) float64) string {
		dir := t.TempDir()
		f := tiffFile{cols: 4, rows: 4, west: 114, north: 30, step: 0.01, keys: geographic, height: height, float: true}
		put(t, dir, "a.tif", f.bytes())
		return dir
	}
	a := Options{Dir: write(slope)}
	seen := []string{digest(a)}
	if digest(Options{Dir: write(slope)}) != seen[0] {
		t.Error("the same terrain in another directory has another digest")
	}
	for _, o := range []Options{
		{Dir: a.Dir, Accuracy: 4}, {Dir: a.Dir, Envelope: []Cell{{114, 29, 115, 30, 0, 10}}}, {},
		{Dir: write(func(row, col int) float64 { return slope(row, col) + float64(row/3*(col/3))*0.01 })},
	} {
		d := digest(o)
		if slices.Contains(seen, d) {
			t.Errorf("%+v has the digest of another", o)
		}
		seen = append(seen, d)
	}
}

// The narrowest cell that contains the position counts; rims belong to cells.
func TestEnvelope(t *testing.T) {
	tr, err := Open(Options{Envelope: []Cell{{113, 28, 116, 31, 10, 1657}, {114.25, 29.75, 114.5, 30, 15, 45}}})
	if err != nil || tr.Empty() {
		t.Fatal(tr, err)
	}
	for _, c := range []struct {
		p     lowsky.Position
		bound float64
	}{
		{at(114.3, 29.8), 15 + 4}, {at(114.25, 29.75), 19}, {at(114.5, 30), 19}, {at(114.2, 29.8), 823.5 + 4}, {at(113, 28), 827.5}, {at(116, 31), 827.5}, {at(116.01, 30), -1}, {at(112.99, 30), -1},
	} {
		g, ok := tr.GroundHAE(c.p)
		if ok != (c.bound >= 0) || ok && (math.Abs(float64(g.Bound)-c.bound) > 1e-9 || !g.Envelope) {
			t.Errorf("%v: %+v %v, want ±%v", c.p, g, ok, c.bound)
		}
	}
	for _, c := range []Cell{
		{115, 29, 114, 30, 0, 10}, {114, 30, 115, 30, 0, 10}, {114, 29, 115, 30, 11, 10}, {114, 29, 115, 30, -600, 10}, {114, 29, 115, 30, 0, 9100},
		{-181, 29, -170, 30, 0, 10}, {100, 29, 121, 30, 0, 10}, {lowsky.Degrees(math.NaN()), 29, 115, 30, 0, 10}, {114, 29, 115, 30, lowsky.Metres(math.NaN()), 10},
	} {
		if _, err := Open(Options{Envelope: []Cell{c}}); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Wherever the truth is between the posts of a cell, within their range, it is within the bound.
func TestBoundHoldsThePosts(t *testing.T) {
	noise := rand.New(rand.NewPCG(7, 7))
	posts := make([]float64, 40*40)
	for i := range posts {
		posts[i] = float64(noise.IntN(900))
	}
	dir := t.TempDir()
	f := tiffFile{cols: 40, rows: 40, west: 114, north: 30, step: 0.001, keys: geographic, height: func(row, col int) float64 { return posts[row*40+col] }}
	put(t, dir, "a.tif", f.bytes())
	tr, err := Open(Options{Dir: dir, Accuracy: 3})
	if err != nil {
		t.Fatal(err)
	}
	for range 20_000 {
		col, row := noise.Float64()*39, noise.Float64()*39
		p := at(114+col*0.001, 30-row*0.001)
		g, ok := tr.GroundHAE(p)
		if !ok {
			t.Fatalf("%v: unknown", p)
		}
		n, _ := airspace.GeoidHeight(p)
		for _, i := range []int{int(row)*40 + int(col), int(row)*40 + min(int(col)+1, 39), min(int(row)+1, 39)*40 + int(col)} {
			for _, off := range []float64{-3, 3} {
				if d := posts[i] + off + float64(n) - float64(g.HAE); math.Abs(d) > float64(g.Bound)+1e-6 && math.Abs(col-math.Round(col)) > 1e-6 && math.Abs(row-math.Round(row)) > 1e-6 {
					t.Fatalf("%v: post %v ±3 is %v off %+v", p, posts[i], d, g)
				}
			}
		}
	}
}

func TestConcurrentQueriesDoNotAllocate(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "N29E114.hgt", hgt(1201, slope16))
	tr, err := Open(Options{Dir: dir, Envelope: []Cell{{113, 28, 116, 31, 10, 1657}}})
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			for i := range 1000 {
				tr.GroundHAE(at(113.5+float64(i)/1000, 29.5))
			}
		})
	}
	done.Wait()
	var asked airspace.Terrain = tr
	if n := testing.AllocsPerRun(100, func() { asked.GroundHAE(at(114.3, 29.8)); asked.GroundHAE(at(113.3, 29.8)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
