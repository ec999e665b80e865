package ed

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"lowsky"
)

func TestDocumentRefuses(t *testing.T) {
	for _, c := range []struct{ name, doc, problem string }{
		{"empty", "", "is not JSON"},
		{"cut off", `{"a":[1,`, "is not JSON"},
		{"two documents", `{} {}`, "is not JSON"},
		{"NaN", `{"a":NaN}`, "is not JSON: invalid character 'N' looking for beginning of value on line 1"},
		{"ISO-8859-1", "{\n\"name\":\"Z\xfcrich\"}", "byte 0xFC on line 2 looks like ISO-8859-1"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "is UTF-16"},
		{"UTF-16 without a mark", "{\x00}\x00", "is UTF-16"},
		{"deep", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "nested deeper than 32"},
		{"large", `"` + strings.Repeat("a", MaxBytes) + `"`, "larger than 16 MB"},
	} {
		_, err := Document([]byte(c.doc))
		var e *lowsky.InvalidError
		if !errors.As(err, &e) || e.Field != "document" || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Document([]byte("\ufeff {} ")); err != nil {
		t.Errorf("a byte order mark: %v", err)
	}
}

func TestNumber(t *testing.T) {
	for doc, want := range map[string]float64{`1`: 1, `-1.5e2`: -150, `"12.5"`: 12.5, `" 3 "`: 3} {
		if got, text, ok := value(t, doc).Number(); !ok || got != want || text != (doc[0] == '"') {
			t.Errorf("%s: %v %v %v", doc, got, text, ok)
		}
	}
	for _, doc := range []string{`"NaN"`, `"inf"`, `"0x1p3"`, `"1_000"`, `1e999`, `"1e999"`, `true`, `null`, `[]`, `{}`, `""`, `"a"`} {
		if got, _, ok := value(t, doc).Number(); ok {
			t.Errorf("%s: %v is a number", doc, got)
		}
	}
}

func TestObject(t *testing.T) {
	o, err := value(t, ` { "a" : 1 , "b\u0063" : [ 1 , "]" , {"x":"\\\""} ] , "n" : null, "z":{} } `).Object()
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := o.Take("missing", "a").Text(); s != "1" {
		t.Error(s)
	}
	if v := o.Take("n"); v.Present() || v.Place != "n" {
		t.Error(v)
	}
	var places []string
	for _, e := range o.Take("bc").Elements() {
		places = append(places, e.Place+"="+string(e.JSON()))
	}
	if want := []string{"bc[0]=1", `bc[1]="]"`, `bc[2]={"x":"\\\""}`}; !slices.Equal(places, want) {
		t.Error(places)
	}
	for name := range o.Rest() {
		if name != "z" {
			t.Error(name)
		}
	}
	if _, err := value(t, `{"a":1,"\u0061":2}`).Object(); err == nil || err.Error() != "a: occurs twice" {
		t.Error(err)
	}
	if _, err := value(t, `[]`).Object(); err == nil {
		t.Error("a list is no object")
	}
}

// FuzzValue holds the walk over a document against the standard library's.
func FuzzValue(f *testing.F) {
	for _, s := range []string{`{}`, `[1,"a\"]",{"b":[null,true,-1e5]}]`, ` { "a" : [ ] } `, `"x"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := Document(doc)
		if err != nil {
			return
		}
		var walk func(v Value) any
		walk = func(v Value) any {
			switch {
			case v.IsArray():
				all := []any{}
				for _, e := range v.Elements() {
					all = append(all, walk(e))
				}
				return all
			case v.IsObject():
				o, err := v.Object()
				if err != nil {
					return nil
				}
				all := map[string]any{}
				for _, name := range o.names {
					all[name] = walk(o.values[name])
				}
				return all
			}
			var out any
			if err := json.Unmarshal(v.raw, &out); err != nil {
				t.Fatalf("%q of %q: %v", v.raw, doc, err)
			}
			return out
		}
		var want any
		if json.Unmarshal(v.raw, &want) != nil {
			return // a number that no float holds
		}
		got, _ := json.Marshal(walk(v))
		exp, _ := json.Marshal(want)
		if !bytes.Equal(got, exp) && !bytes.Contains(got, []byte("null")) {
			t.Fatalf("%s became %s, want %s", doc, got, exp)
		}
	})
}
