package journal

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lowsky"
)

func frameOf(recs []lowsky.Record) (frame, []byte) {
	var b batch
	b.first = recs[0].Seq
	for i := range recs {
		b.add(&recs[i])
	}
	f := frame{parts: 1, count: b.count, first: b.first, last: b.last, bodyLen: len(b.body), chunk: b.body}
	return f, appendFrame(nil, f)
}

func TestFrameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "records")
		seq := rapid.Uint64Range(1, 1<<60).Draw(t, "first")
		var recs []lowsky.Record
		for range n {
			rec := lowsky.Record{
				Seq: seq, Kind: lowsky.RecordKind(rapid.IntRange(1, 255).Draw(t, "kind")), Simulated: rapid.Bool().Draw(t, "simulated"),
				At:   time.Unix(0, rapid.Int64().Draw(t, "at")).UTC(),
				Link: rapid.String().Draw(t, "link"), Topic: rapid.String().Draw(t, "topic"),
				Payload: rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "payload"),
			}
			if len(rec.Payload) == 0 {
				rec.Payload = nil
			}
			recs = append(recs, rec)
			seq += rapid.Uint64Range(1, 1000).Draw(t, "gap")
		}
		_, data := frameOf(recs)
		f, err := parseFrame(data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(bodyReader).parseBody(nil, f, f.chunk)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(recs, got); d != "" {
			t.Fatal(d)
		}
		// Any single changed bit is noticed.
		i := rapid.IntRange(0, len(data)*8-1).Draw(t, "bit")
		broken := bytes.Clone(data)
		broken[i/8] ^= 1 << (i % 8)
		if f, err := parseFrame(broken); err == nil {
			if _, err = new(bodyReader).parseBody(nil, f, f.chunk); err == nil {
				t.Fatalf("bit %d changed and nobody noticed", i)
			}
		}
	})
}

// FuzzFrame: whatever lies in the stream is read or refused; what is read writes back the same, so nothing is made up.
func FuzzFrame(f *testing.F) {
	_, data := frameOf([]lowsky.Record{{Seq: 7, Kind: 1, At: noon, Link: "l", Topic: "t", Payload: []byte("p")}, {Seq: 9, Kind: 2, At: noon, Simulated: true}})
	f.Add(data)
	f.Add(data[:len(data)-1])
	f.Add([]byte(frameMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		// A fuzzer cannot guess a checksum: read the body as it stands, too.
		if len(data) > frameHeader {
			fr, err := parseFrame(appendFrame(nil, frame{parts: 1, count: 1 + int(data[0]), first: 1, last: 1 + uint64(data[1]), bodyLen: len(data) - 2, chunk: data[2:]}))
			if err == nil {
				checkBody(t, fr)
			}
		}
		if fr, err := parseFrame(data); err == nil && fr.parts == 1 {
			checkBody(t, fr)
		}
	})
}

func checkBody(t *testing.T, f frame) {
	recs, err := new(bodyReader).parseBody(nil, f, f.chunk)
	if err != nil {
		return
	}
	again, _ := frameOf(recs)
	// The two spare bytes of a record are not kept.
	if again.count != f.count || again.first != f.first || again.last != f.last || again.bodyLen != f.bodyLen {
		t.Fatalf("%+v became %+v", f, again)
	}
	back, err := new(bodyReader).parseBody(nil, again, again.chunk)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(recs, back); d != "" {
		t.Fatal(d)
	}
}
