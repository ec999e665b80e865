package api

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

func TestParseMessage(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want any
	}{
		{`{"type":"view","west":113.5,"south":29.0,"east":115.0,"north":30.4}`, view{113.5, 29, 115, 30.4}},
		{`{"type":"view","west":-190,"south":-90,"east":-170,"north":90}`, view{-190, -90, -170, 90}},
		{`{"type":"watch","aircraft_id":"l-12"}`, watch{"l-12"}},
		{`{"type":"watch","aircraft_id":""}`, watch{}},
		{` {"type":"resync"} `, resync{}},
	} {
		got, err := parseMessage([]byte(c.raw))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.raw, err, diff)
		}
	}
	for _, raw := range []string{
		``, `null`, `[]`, `7`, `{}`, `{"type":"hello"}`, `{"type":"view"}`, `{"type":"view","west":1,"south":2,"east":3}`,
		`{"type":"view","west":1,"south":2,"east":3,"north":1}`, `{"type":"view","west":1e9,"south":2,"east":3,"north":3}`,
		`{"type":"view","west":1,"south":-91,"east":3,"north":3}`, `{"type":"view","west":"1","south":2,"east":3,"north":3}`,
		`{"type":"view","west":1e999,"south":2,"east":3,"north":3}`, `{"type":"view","west":null,"south":2,"east":3,"north":3}`,
		`{"type":"watch"}`, `{"type":"watch","aircraft_id":"../etc"}`, `{"type":"watch","aircraft_id":"` + strings.Repeat("x", 65) + `"}`,
		`{"type":"resync","more":1}`, `{"type":"resync"}{"type":"resync"}`, `{"type":"resync"`, strings.Repeat(`[`, 4000),
	} {
		if m, err := parseMessage([]byte(raw)); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%.60s: %v, %v", raw, m, err)
		}
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add([]byte(`{"type":"view","west":113.5,"south":29.0,"east":115.0,"north":30.4}`))
	f.Add([]byte(`{"type":"watch","aircraft_id":"l-12"}`))
	f.Add([]byte(`{"type":"resync"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parseMessage(raw)
		if err != nil {
			if !errors.Is(err, lowsky.ErrInvalid) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		if v, ok := m.(view); ok {
			b := boxOf(v)
			if b.x0 < 0 || b.x1 >= tilesAcross || b.y0 < 0 || b.y1 >= tilesAcross || b.y0 > b.y1 {
				t.Fatalf("%+v: %+v", v, b)
			}
		}
	})
}
