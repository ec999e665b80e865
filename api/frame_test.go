package api

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lowsky"
)

type vector struct {
	Name  string `json:"name"`
	Hex   string `json:"hex"`
	Frame *Frame `json:"frame"`
	Sent  []Row  `json:"sent"`
}

// vectors reads the block of docs/stream.md that the console's tests read, too.
func vectors(t testing.TB) []vector {
	t.Helper()
	doc, err := os.ReadFile("../docs/stream.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```json vectors\n(.*?)```").FindSubmatch(doc)
	if block == nil {
		t.Fatal("docs/stream.md has no block of vectors")
	}
	var vs []vector
	if err := json.Unmarshal(block[1], &vs); err != nil {
		t.Fatal(err)
	}
	if len(vs) < 5 {
		t.Fatalf("%d vectors", len(vs))
	}
	return vs
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			raw, err := hex.DecodeString(v.Hex)
			if err != nil {
				t.Fatal(err)
			}
			got, err := DecodeFrame(raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.Frame, got); diff != "" {
				t.Errorf("decoded (-doc +got):\n%s", diff)
			}
			if b := EncodeFrame(v.Frame); !bytes.Equal(b, raw) {
				t.Errorf("encoded %x\nwant    %x", b, raw)
			}
			if v.Sent != nil {
				f := *v.Frame
				f.Rows = v.Sent
				if b := EncodeFrame(&f); !bytes.Equal(b, raw) {
					t.Errorf("clamped %x\nwant    %x", b, raw)
				}
			}
		})
	}
}

// The header and the first column as the table of docs/stream.md says, written down by hand.
func TestFrameByHand(t *testing.T) {
	got := EncodeFrame(&Frame{Flags: 2, Sequence: 0x0102030405060708, TimeMS: 1, Rows: []Row{
		{Slot: 0x11223344, Longitude: 1, Latitude: -1, HAE: lowsky.Some[lowsky.Metres](-1000), State: 2, Severity: 4},
	}})
	want, _ := hex.DecodeString("4c535031" + "01" + "02" + "0000" + "01000000" + "ff070000" + "0807060504030201" + "0100000000000000" +
		"44332211" + "80969800" + "806967ff" + "0000" + "ffff" + "ffff" + "ffff" + "0080" + "ffff" + "02" + "04")
	if !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
}

func TestFrameKeepsValuesToTheirUnit(t *testing.T) {
	opt := func(min, max float64) *rapid.Generator[lowsky.Opt[float64]] {
		return rapid.Custom(func(t *rapid.T) lowsky.Opt[float64] {
			if !rapid.Bool().Draw(t, "present") {
				return lowsky.Opt[float64]{}
			}
			return lowsky.Some(rapid.Float64Range(min, max).Draw(t, "value"))
		})
	}
	near := func(t *rapid.T, what string, in, out lowsky.Opt[float64], unit float64) {
		if in.OK != out.OK || in.OK && math.Abs(in.Value-out.Value) > unit/2+1e-9 {
			t.Fatalf("%s: %v became %v", what, in, out)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 9).Draw(t, "rows")
		f := &Frame{Rows: make([]Row, n)}
		hae, agl := make([]lowsky.Opt[float64], n), make([]lowsky.Opt[float64], n)
		climb, age := make([]lowsky.Opt[float64], n), make([]lowsky.Opt[float64], n)
		for i := range f.Rows {
			hae[i], agl[i] = opt(-1000, 31767).Draw(t, "hae"), opt(-1000, 31767).Draw(t, "agl")
			climb[i], age[i] = opt(-327, 327).Draw(t, "climb"), opt(0, 6553).Draw(t, "age")
			f.Rows[i] = Row{
				Slot:      rapid.Uint32().Draw(t, "slot"),
				Longitude: lowsky.Degrees(rapid.Float64Range(-180, 180).Draw(t, "lon")),
				Latitude:  lowsky.Degrees(rapid.Float64Range(-90, 90).Draw(t, "lat")),
				HAE:       lowsky.Opt[lowsky.Metres]{Value: lowsky.Metres(hae[i].Value), OK: hae[i].OK},
				AGL:       lowsky.Opt[lowsky.Metres]{Value: lowsky.Metres(agl[i].Value), OK: agl[i].OK},
				VerticalSpeed: lowsky.Opt[lowsky.MetresPerSecond]{
					Value: lowsky.MetresPerSecond(climb[i].Value), OK: climb[i].OK,
				},
				Age: age[i], State: lowsky.TrackState(rapid.Uint8Range(0, 6).Draw(t, "state")),
			}
		}
		got, err := DecodeFrame(EncodeFrame(f))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range got.Rows {
			in := f.Rows[i]
			if r.Slot != in.Slot || r.State != in.State || math.Abs(float64(r.Longitude-in.Longitude)) > 1e-7 ||
				math.Abs(float64(r.Latitude-in.Latitude)) > 1e-7 {
				t.Fatalf("row %d: %+v became %+v", i, in, r)
			}
			near(t, "hae", hae[i], lowsky.Opt[float64]{Value: float64(r.HAE.Value), OK: r.HAE.OK}, 0.5)
			near(t, "agl", agl[i], lowsky.Opt[float64]{Value: float64(r.AGL.Value), OK: r.AGL.OK}, 0.5)
			near(t, "climb", climb[i], lowsky.Opt[float64]{Value: float64(r.VerticalSpeed.Value), OK: r.VerticalSpeed.OK}, 0.01)
			near(t, "age", age[i], r.Age, 0.1)
		}
	})
}

func TestFrameOddValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	got, err := DecodeFrame(EncodeFrame(&Frame{Rows: []Row{{
		HAE: lowsky.Some(lowsky.Metres(nan)), AGL: lowsky.Some(lowsky.Metres(inf)),
		GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(-inf)), Course: lowsky.Some(lowsky.Degrees(inf)),
		VerticalSpeed: lowsky.Some(lowsky.MetresPerSecond(nan)), Age: lowsky.Some(nan),
	}}}))
	if err != nil {
		t.Fatal(err)
	}
	want := Row{AGL: lowsky.Some[lowsky.Metres](31767), GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](0)}
	if diff := cmp.Diff(want, got.Rows[0]); diff != "" {
		t.Error(diff)
	}
}

// A frame with fewer rows than there was room for is the same frame.
func TestFrameWriterClosesGaps(t *testing.T) {
	rows := []Row{{Slot: 1, Longitude: 3, State: 1}, {Slot: 2, Longitude: 4, Severity: 3}, {Slot: 3, Latitude: 5}}
	w := newFrameWriter(7)
	for i := range rows {
		w.put(i, &rows[i])
	}
	got := w.finish(3, 1, 9, 10)
	if want := EncodeFrame(&Frame{Flags: 1, Sequence: 9, TimeMS: 10, Rows: rows}); !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, v := range vectors(f) {
		raw, _ := hex.DecodeString(v.Hex)
		f.Add(raw)
	}
	f.Add([]byte("LSP1\x01"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := DecodeFrame(raw)
		if err != nil {
			return
		}
		if _, err := DecodeFrame(EncodeFrame(d)); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkEncodeFrame10000(b *testing.B) {
	board, entries := crowd(10_000)
	f := &frame{entries: entries, class: board.class(lowsky.Everything), at: time.Unix(1763740800, 0)}
	b.ReportAllocs()
	for b.Loop() {
		raw, err := f.encode()
		if err != nil || len(raw) != frameHeader+frameRow*10_000 {
			b.Fatal(len(raw), err)
		}
	}
}

// TestDrawnHeight: the map shows a height above ground only where it is known well enough to be a number.
func TestDrawnHeight(t *testing.T) {
	evidence := func(from lowsky.HeightSource, bound lowsky.Metres) lowsky.HeightEvidence {
		return lowsky.HeightEvidence{Metres: lowsky.Some[lowsky.Metres](80), From: from, Bound: lowsky.Some(bound)}
	}
	takeoff, none := lowsky.Some[lowsky.Metres](55), lowsky.Opt[lowsky.Metres]{}
	for _, c := range []struct {
		name         string
		agl, takeoff lowsky.Opt[lowsky.Metres]
		height       lowsky.HeightEvidence
		want         lowsky.Opt[lowsky.Metres]
	}{
		{"as reported", lowsky.Some[lowsky.Metres](60), takeoff, evidence(lowsky.HeightTerrain, 20), lowsky.Some[lowsky.Metres](60)},
		{"over a terrain tile", none, takeoff, evidence(lowsky.HeightTerrain, 20), lowsky.Some[lowsky.Metres](80)},
		{"over steep ground", none, takeoff, evidence(lowsky.HeightTerrain, 31), takeoff},
		{"over a terrain envelope", none, none, evidence(lowsky.HeightEnvelope, 840), none},
		{"over an envelope, above take-off", none, takeoff, evidence(lowsky.HeightEnvelope, 840), takeoff},
		{"nothing judged", none, takeoff, lowsky.HeightEvidence{Reason: lowsky.ReasonNoTerrain}, takeoff},
	} {
		v := &lowsky.TrackView{Position: lowsky.Some(lowsky.Position{AGL: c.agl, AboveTakeoff: c.takeoff}), Height: c.height}
		if got := drawnHeight(v); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
