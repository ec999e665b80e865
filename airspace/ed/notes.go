package ed

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"lowsky"
	"lowsky/airspace"
)

// Notes is what there is to say about the zone that is being read, and what of it as published had no place in a Zone.
type Notes struct {
	list      []airspace.Remark
	published []member
}

type member struct {
	name string
	json json.RawMessage
}

// Note remarks on something that was taken as it is, Repair on something that was put right.
func (n *Notes) Note(place, code, problem string, args ...any) {
	n.add(place, airspace.RemarkNoted, code, problem, args...)
}

func (n *Notes) Repair(place, code, problem string, args ...any) {
	n.add(place, airspace.RemarkRepaired, code, problem, args...)
}

func (n *Notes) add(place string, kind airspace.RemarkKind, code, problem string, args ...any) {
	if len(n.list) < maxNotes {
		n.list = append(n.list, airspace.Remark{Place: place, Kind: kind, Code: code, Problem: fmt.Sprintf(problem, args...)})
	}
}

// Keep holds a member of the file, as published, that a Zone has no field for: it goes into extendedProperties.asPublished.
func (n *Notes) Keep(name string, v Value) {
	if v.Present() {
		n.published = append(n.published, member{name, v.JSON()})
	}
}

// Unknown notes and keeps the members of o that nobody took; prefix tells them apart in asPublished.
func (n *Notes) Unknown(o *Object, prefix string) {
	for name, v := range o.Rest() {
		n.Note(v.Place, "unknown_member", "is not known: kept as published, not judged")
		n.Keep(prefix+name, v)
	}
}

// Reading gathers a document's zones; every one ends in Accept or Fail.
type Reading struct {
	zones   []*lowsky.Zone
	places  []string // of zones
	remarks airspace.Remarks
	read    int
	seen    map[lowsky.ZoneID]seen
}

type seen struct {
	place string
	sum   [sha256.Size]byte
}

// Remark is about the whole file.
func (r *Reading) Remark(place string, kind airspace.RemarkKind, code, problem string, args ...any) {
	r.remarks.Add(airspace.Remark{Place: place, Kind: kind, Code: code, Problem: fmt.Sprintf(problem, args...)})
}

// Accept takes a zone that was read from v. The second zone of an id is refused, unless it is the first one again,
// byte for byte but for white space: then the file holds one zone, and that is noted.
func (r *Reading) Accept(z *lowsky.Zone, v Value, n *Notes) {
	if r.seen == nil {
		r.seen = map[lowsky.ZoneID]seen{}
	}
	sum := sha256.Sum256(v.JSON())
	if first, twice := r.seen[z.ID]; twice {
		if first.sum == sum {
			r.remarks.Add(airspace.Remark{Zone: z.ID, Place: v.Place, Kind: airspace.RemarkNoted, Code: "repeated",
				Problem: "is " + first.place + " again, word for word: taken once"})
			return
		}
		r.fail(z.ID, Refuse(v.Place, "duplicate_identifier", "has the identifier of %s but differs from it", first.place))
		return
	}
	r.seen[z.ID] = seen{v.Place, sum}
	r.read++
	r.zones, r.places = append(r.zones, z), append(r.places, v.Place)
	for _, m := range n.list {
		m.Zone = z.ID
		r.remarks.Add(m)
	}
}

// Fail counts a zone that was refused.
func (r *Reading) Fail(id lowsky.ZoneID, v Value, err error) {
	var f *Refusal
	if !errors.As(err, &f) {
		err = Refuse(v.Place, "refused", "%v", err)
	}
	r.fail(id, err)
}

func (r *Reading) fail(id lowsky.ZoneID, err error) {
	r.read++
	f := err.(*Refusal)
	r.remarks.Add(airspace.Remark{Zone: id, Place: f.Place, Kind: airspace.RemarkRefused, Code: f.Code, Problem: f.Problem})
}

// Done answers what came of the document.
func (r *Reading) Done() *airspace.Reading {
	return &airspace.Reading{Zones: r.zones, Places: r.places, Remarks: r.remarks.All, Read: r.read}
}

// clean takes control characters out of a text and cuts it where it is too long to be stored.
func (n *Notes) clean(place, s string) string {
	t := strings.TrimSpace(strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' {
			return c
		}
		if unicode.IsControl(c) || c == unicode.ReplacementChar {
			return -1
		}
		return c
	}, s))
	if len(t) > maxText {
		n.Repair(place, "text_cut", "is longer than %d bytes: cut", maxText)
		t = strings.TrimSpace(strings.ToValidUTF8(t[:maxText], ""))
	}
	return t
}

// extended puts extendedProperties together: what the file had there, and asPublished.
func (n *Notes) extended(place string, own []member) json.RawMessage {
	if len(n.published) > 0 {
		own = append(own, member{publishedKey, object(n.published)})
	}
	if len(own) == 0 {
		return nil
	}
	out := object(own)
	if len(out) > airspace.MaxExtended {
		n.Note(place, "extended_left_out", "extendedProperties and members that are not known have %d bytes: left out, at most %d are kept", len(out), airspace.MaxExtended)
		return nil
	}
	return out
}

// publishedKey is the member of extendedProperties under which members of the file that a Zone has no field for are kept.
const publishedKey = "asPublished"

func object(members []member) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	used := map[string]bool{}
	for _, m := range members {
		name := m.name
		for k := 2; used[name]; k++ {
			name = m.name + "." + strconv.Itoa(k)
		}
		used[name] = true
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(Quote(name))
		b.WriteByte(':')
		b.Write(m.json)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// Quote writes v as JSON without escaping what only HTML minds.
func Quote(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return []byte("null") // only called with strings
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
