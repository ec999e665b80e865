package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"lowsky"
	"lowsky/ingest/wire"
)

// read builds what encoding/json builds for any value, with the scanner.
func read(s *wire.Scanner) any {
	switch s.Next() {
	case wire.Object:
		m := map[string]any{}
		if s.Enter(wire.Object) {
			for key, ok := s.Key(); ok; key, ok = s.Key() {
				k := string(key)
				m[k] = read(s)
			}
		}
		return m
	case wire.Array:
		a := []any{}
		if s.Enter(wire.Array) {
			for s.Element() {
				a = append(a, read(s))
			}
		}
		return a
	case wire.String:
		return string(s.Text())
	case wire.Number:
		return s.Float()
	case wire.True, wire.False:
		return s.Literal() == wire.True
	case wire.Null:
		s.Literal()
	}
	return nil
}

func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":[true,false,null,"x\u00e9\ud83d\ude00\n"],"c":{"d":-0.5e-3}}`, `[1,]`, `{"a":1,}`, `[01]`, `[-]`, `[1.]`, `[1e]`,
		`"\ud800"`, `"\ud800\u0041"`, "\"\xff\"", `{"a":1}x`, ``, ` `, `[1 2]`, `{"a" 1}`, `{1:2}`, `nul`, `tru`, `[1e400]`, `"\x"`, `"a`,
		"\"\x01\"", `123456789012345678901234567890`, `0.1e1`, `1E+2`, `9007199254740993`, `[[[[]]]]`, `{"a":{"a":{}}}`, `-0`, `.5`, `+1`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := wire.NewScanner(b)
		got := read(&s)
		err := s.End()

		skip := wire.NewScanner(b)
		raw := skip.Skip()
		skipErr := skip.End()
		var refusal *wire.Refusal
		if errors.As(err, &refusal) && refusal.Reason == wire.ReasonTooDeep {
			return // encoding/json goes on to 10,000
		}
		if valid := json.Valid(b); valid != (skipErr == nil) {
			t.Fatalf("Skip: %v, json.Valid %v: %q", skipErr, valid, b)
		}
		if skipErr == nil && string(raw) != strings.Trim(string(b), " \t\r\n") {
			t.Fatalf("Skip answered %q of %q", raw, b)
		}
		var want any
		jsonErr := json.Unmarshal(b, &want)
		if (jsonErr == nil) != (err == nil) {
			t.Fatalf("encoding/json: %v, scanner: %v: %q", jsonErr, err, b)
		}
		if err == nil && !same(want, got) {
			t.Fatalf("encoding/json: %#v, scanner: %#v: %q", want, got, b)
		}
	})
}

func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		m, ok := b.(map[string]any)
		if !ok || len(a) != len(m) {
			return false
		}
		for k, v := range a {
			if w, ok := m[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		l, ok := b.([]any)
		if !ok || len(a) != len(l) {
			return false
		}
		for i := range a {
			if !same(a[i], l[i]) {
				return false
			}
		}
		return true
	case float64:
		f, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(f)
	}
	return a == b
}

func TestScannerDepth(t *testing.T) {
	ok := strings.Repeat("[", wire.MaxDepth) + strings.Repeat("]", wire.MaxDepth)
	s := wire.NewScanner([]byte(ok))
	s.Skip()
	if err := s.End(); err != nil {
		t.Errorf("depth %d: %v", wire.MaxDepth, err)
	}
	s = wire.NewScanner([]byte("[" + ok + "]"))
	s.Skip()
	if got := wire.ReasonOf(s.End()); got != wire.ReasonTooDeep {
		t.Errorf("one deeper: reason %q", got)
	}
	// As deep as a payload can be: it must not use the stack up either.
	s = wire.NewScanner([]byte(strings.Repeat(`{"a":`, wire.MaxPayload/5)))
	s.Skip()
	if got := wire.ReasonOf(s.End()); got != wire.ReasonTooDeep {
		t.Errorf("52,000 deep: reason %q", got)
	}
}

func TestLoose(t *testing.T) {
	for in, want := range map[string]lowsky.Opt[float64]{
		`1.5`: lowsky.Some(1.5), `"3"`: lowsky.Some(3.0), `true`: lowsky.Some(1.0), `"false"`: lowsky.Some(0.0),
		`null`: {}, `"x"`: {}, `"NaN"`: {}, `"Inf"`: {}, `[1]`: {}, `{"a":1}`: {}, `1e999`: {}, `""`: {},
	} {
		s := wire.NewScanner([]byte(in))
		v, ok := s.Loose()
		if got := (lowsky.Opt[float64]{Value: v, OK: ok}); ok != want.OK || ok && got != want {
			t.Errorf("%s: got %v, want %v", in, got, want)
		}
		if err := s.End(); err != nil {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"abc", 8, "abc"}, {"abc", 2, "ab"}, {"a\x00b\nc\x7f", 8, "abc"}, {"咸宁", 5, "咸"}, {"\xff", 8, "�"}, {"", 8, ""},
	} {
		if got := wire.Clean([]byte(c.in), c.max); got != c.want {
			t.Errorf("Clean(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

func TestRefusalIsInvalid(t *testing.T) {
	var err error = wire.Refuse(wire.ReasonRange, "battery_pct", "must be from 0 to 100")
	var invalid *lowsky.InvalidError
	if !errors.Is(err, lowsky.ErrInvalid) || !errors.As(err, &invalid) || invalid.Field != "battery_pct" {
		t.Errorf("%v does not carry its field", err)
	}
	if got := wire.ReasonOf(errors.New("x")); got != wire.ReasonOther {
		t.Errorf("ReasonOf a stranger: %q", got)
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		"a": true, "UAV-1_x.2": true, "": false, "a/b": false, "咸": false, "a b": false, "+": false, "#": false,
		strings.Repeat("x", 64): true, strings.Repeat("x", 65): false, "a\x00": false,
	} {
		if got := wire.ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %v", id, got)
		}
	}
}
