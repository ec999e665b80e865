package terrain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// The example of the TIFF 6.0 specification, section 13.
func TestLZWOfTheSpecification(t *testing.T) {
	want := []byte{7, 7, 7, 8, 8, 7, 7, 6, 6}
	var packed []byte
	var acc, have uint64
	for _, code := range []uint64{256, 7, 258, 8, 8, 258, 6, 6, 257} {
		for acc, have = acc<<9|code, have+9; have >= 8; {
			have -= 8
			packed = append(packed, byte(acc>>have))
		}
	}
	packed = append(packed, byte(acc<<(8-have)))
	if got, err := unLZW(nil, packed, 100); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for _, n := range []int{0, 1, 255, 4000, 100_000} {
		src := make([]byte, n)
		noise := rand.New(rand.NewPCG(3, uint64(n)))
		for i := range src {
			src[i] = byte(noise.IntN(7) * noise.IntN(40))
		}
		if got, err := unLZW(nil, toLZW(src), n); err != nil || !bytes.Equal(got, src) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
}

func FuzzGrid(f *testing.F) {
	seed := func(change func(*tiffFile)) {
		g := tiffFile{cols: 9, rows: 7, west: 114, north: 30, step: 0.01, keys: geographic, height: slope}
		change(&g)
		f.Add(g.bytes())
	}
	seed(func(*tiffFile) {})
	seed(func(g *tiffFile) { g.compression = 5 })
	seed(func(g *tiffFile) { g.compression, g.predictor, g.order, g.noData = 8, 2, binary.BigEndian, "-32768" })
	seed(func(g *tiffFile) { g.float, g.predictor, g.tileW, g.tileH = true, 3, 16, 16 })
	f.Add([]byte("II*\x00\x08\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := readGrid("fuzz.tif", bytes.NewReader(b), int64(len(b)), 1<<20, orb.Bound{})
		if err != nil || g == nil {
			return
		}
		w, s, e, n := g.box()
		for _, p := range [][2]float64{{w, s}, {e, n}, {(w + e) / 2, (s + n) / 2}, {w + (e-w)/3, s + (n-s)/7}} {
			if v, low, high, ok := g.ground(p[0], p[1]); ok && !(v >= low && v <= high && low >= lowest && high <= highest) {
				t.Fatalf("%v from %v to %v", v, low, high)
			}
		}
	})
}

func FuzzHGT(f *testing.F) {
	f.Add("N29E114.hgt", []byte{1, 2, 3})
	f.Add("s01w180.SRTMGL3.hgt", []byte{})
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		if _, err := readHGT(name, bytes.NewReader(b), int64(len(b))); err == nil && len(b) != 1201*1201*2 && len(b) != 3601*3601*2 {
			t.Fatalf("%q of %d bytes was read", name, len(b))
		}
	})
}

func FuzzLZW(f *testing.F) {
	f.Add([]byte{0x80, 1, 2, 3})
	f.Add(toLZW([]byte("aaaaaaaabababab")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, _ := unLZW(nil, b, 1<<16); len(out) > 1<<16 {
			t.Fatal(len(out))
		}
	})
}

func BenchmarkGroundHAE(b *testing.B) {
	dir := b.TempDir()
	for _, name := range []string{"N29E114.hgt", "N29E113.hgt"} {
		put(b, dir, name, hgt(1201, slope16))
	}
	tr, err := Open(Options{Dir: dir, Envelope: []Cell{{113, 28, 116, 31, 10, 1657}}})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		p    lowsky.Position
	}{{"tile", at(114.3, 29.8)}, {"envelope", at(114.3, 28.5)}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.p.Longitude += 1e-7
				if _, ok := tr.GroundHAE(c.p); !ok {
					b.Fatal(fmt.Sprint(c.p))
				}
			}
		})
	}
	b.Run("height above ground", func(b *testing.B) {
		b.ReportAllocs()
		p := at(114.3, 29.8)
		p.HAE, p.AboveTakeoff = lowsky.Some[lowsky.Metres](900), lowsky.Some[lowsky.Metres](50)
		for b.Loop() {
			airspace.HeightAboveGround(p, tr)
		}
	})
}
