package ed

import (
	"bytes"
	"encoding/json"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Value is one value of a JSON document that was found sound, and where it stands in it. The zero Value is absent.
type Value struct {
	raw   []byte
	Place string
}

// Document looks at the bytes before anything is built from them: size, encoding, depth and syntax. The error is an
// *lowsky.InvalidError of the field "document".
func Document(doc []byte) (Value, error) {
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	switch {
	case len(doc) > MaxBytes:
		return Value{}, Invalid("document", "is larger than %d MB", MaxBytes>>20)
	case bytes.HasPrefix(doc, []byte{0xff, 0xfe}), bytes.HasPrefix(doc, []byte{0xfe, 0xff}), bytes.IndexByte(doc[:min(4, len(doc))], 0) >= 0:
		return Value{}, Invalid("document", "is UTF-16 or UTF-32; only UTF-8 is read")
	case !utf8.Valid(doc):
		at := 0
		for at < len(doc) {
			if r, n := utf8.DecodeRune(doc[at:]); r == utf8.RuneError && n == 1 {
				break
			} else {
				at += n
			}
		}
		line := 1 + bytes.Count(doc[:at], []byte("\n"))
		return Value{}, Invalid("document", "is not UTF-8: byte 0x%02X on line %d looks like ISO-8859-1 or another old encoding; save the file as UTF-8", doc[at], line)
	}
	if err := shallow(doc); err != nil {
		return Value{}, err
	}
	if !json.Valid(doc) {
		var v any
		err := json.Unmarshal(doc, &v)
		if e, ok := err.(*json.SyntaxError); ok {
			line := 1 + bytes.Count(doc[:min(int(e.Offset), len(doc))], []byte("\n"))
			return Value{}, Invalid("document", "is not JSON: %v on line %d", e, line)
		}
		return Value{}, Invalid("document", "is not JSON: %v", err)
	}
	return Value{raw: bytes.TrimSpace(doc), Place: "document"}, nil
}

// shallow bounds the depth before a recursive parser sees the document.
func shallow(doc []byte) error {
	depth, quoted, escaped := 0, false, false
	for _, c := range doc {
		switch {
		case escaped:
			escaped = false
		case quoted:
			quoted, escaped = c != '"', c == '\\'
		case c == '"':
			quoted = true
		case c == '[' || c == '{':
			if depth++; depth > MaxDepth {
				return Invalid("document", "is nested deeper than %d", MaxDepth)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// Present is false for what is absent or null.
func (v Value) Present() bool { return len(v.raw) > 0 && v.raw[0] != 'n' }

// IsArray, IsObject and IsText tell what v is.
func (v Value) IsArray() bool  { return len(v.raw) > 0 && v.raw[0] == '[' }
func (v Value) IsObject() bool { return len(v.raw) > 0 && v.raw[0] == '{' }
func (v Value) IsText() bool   { return len(v.raw) > 0 && v.raw[0] == '"' }

// JSON is v without white space.
func (v Value) JSON() json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, v.raw) != nil {
		return nil
	}
	return b.Bytes()
}

// Text answers a string, or a number or boolean in its spelling; false for anything else.
func (v Value) Text() (string, bool) {
	if len(v.raw) == 0 {
		return "", false
	}
	switch v.raw[0] {
	case '"':
		return unquote(v.raw), true
	case '{', '[', 'n':
		return "", false
	}
	return string(v.raw), true
}

// Number answers a finite number; text is true where it was given as a string.
func (v Value) Number() (f float64, text, ok bool) {
	s, ok := v.Text()
	if !ok || v.raw[0] == 't' || v.raw[0] == 'f' {
		return 0, false, false
	}
	// ParseFloat also reads "NaN", "Inf", hexadecimal and underscores, none of which is a number in JSON.
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, "nNiIxXpP_") {
		return 0, false, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, v.raw[0] == '"', err == nil
}

func unquote(raw []byte) string {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(raw, &s) // raw is a sound JSON string
	return s
}

// skip answers where the value that begins at i ends.
func skip(b []byte, i int) int {
	switch b[i] {
	case '"':
		for i++; b[i] != '"'; i++ {
			if b[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '[', '{':
		depth := 0
		for ; ; i++ {
			switch b[i] {
			case '"':
				i = skip(b, i) - 1
			case '[', '{':
				depth++
			case ']', '}':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(b) && !strings.ContainsRune(",]} \t\r\n", rune(b[i])) {
		i++
	}
	return i
}

func space(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n' || b[i] == ',' {
		i++
	}
	return i
}

// raws goes through the elements of an array without giving them places: coordinates are many.
func (v Value) raws() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.IsArray() {
			return
		}
		for i := space(v.raw, 1); v.raw[i] != ']'; i = space(v.raw, i) {
			end := skip(v.raw, i)
			if !yield(Value{raw: v.raw[i:end]}) {
				return
			}
			i = end
		}
	}
}

// Elements goes through an array; nothing else has elements.
func (v Value) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		n := 0
		for e := range v.raws() {
			e.Place = v.Place + "[" + strconv.Itoa(n) + "]"
			if !yield(n, e) {
				return
			}
			n++
		}
	}
}

// Object is a JSON object whose members are taken one after another; what nobody took is not known.
type Object struct {
	Place  string
	names  []string
	values map[string]Value
	taken  map[string]bool
}

// Object answers v as an object. A member that occurs twice is a *Refusal: which of the two is meant, nobody can tell.
func (v Value) Object() (*Object, error) {
	if !v.IsObject() {
		return nil, Refuse(v.Place, "not_an_object", "must be an object")
	}
	o := &Object{Place: v.Place, values: map[string]Value{}, taken: map[string]bool{}}
	for i := space(v.raw, 1); v.raw[i] != '}'; i = space(v.raw, i) {
		end := skip(v.raw, i)
		name := unquote(v.raw[i:end])
		for i = end; v.raw[i] != ':'; i++ {
		}
		i = space(v.raw, i+1)
		end = skip(v.raw, i)
		if _, twice := o.values[name]; twice {
			return nil, Refuse(o.place(name), "member_twice", "occurs twice")
		}
		if len(o.names) >= maxMembers {
			return nil, Refuse(v.Place, "too_many_members", "has more than %d members", maxMembers)
		}
		o.values[name] = Value{raw: v.raw[i:end], Place: o.place(name)}
		o.names = append(o.names, name)
		i = end
	}
	return o, nil
}

func (o *Object) place(name string) string {
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:60], "") + "…"
	}
	if o.Place == "" || o.Place == "document" {
		return name
	}
	return o.Place + "." + name
}

// Take answers the first of the names that is present and not null, else one that is absent but has a place. It counts
// as known from now on.
func (o *Object) Take(names ...string) Value {
	found := Value{Place: o.place(names[0])}
	for _, n := range names {
		v, ok := o.values[n]
		if !ok || found.raw != nil {
			continue
		}
		o.taken[n] = true
		if v.Present() {
			found = v
		}
	}
	return found
}

// Known marks members that are known but not read.
func (o *Object) Known(names ...string) {
	for _, n := range names {
		o.taken[n] = true
	}
}

// Has reports whether there is such a member, be it null.
func (o *Object) Has(name string) bool { _, ok := o.values[name]; return ok }

// Rest goes through the members that nobody took, nulls left out.
func (o *Object) Rest() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, n := range o.names {
			if !o.taken[n] && o.values[n].Present() && !yield(n, o.values[n]) {
				return
			}
		}
	}
}
