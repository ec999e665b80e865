package openair

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/paulmach/orb"

	"lowsky"
)

const (
	maxID   = 128  // bytes
	maxText = 3800 // bytes of a text that is put together
)

// finish makes a zone of the block that has ended, or its refusal.
func (rd *reader) finish() {
	b := rd.block
	rd.block = nil
	if b == nil {
		return
	}
	b.name = clean(b.name)
	id := rd.identifier(b)
	var z *lowsky.Zone
	if b.refused == nil {
		z = b.zone()
	}
	if b.refused != nil {
		if b.name != "" {
			b.refused.Problem += fmt.Sprintf(" (%.80s)", b.name)
		}
		b.notes = append(b.notes, *b.refused)
	} else {
		whole, _ := json.Marshal(z) // the id is not set yet; everything in it has a word in JSON
		sum := sha256.Sum256(whole)
		if first, twice := rd.same[sum]; twice {
			b.note(b.line, "same_as_before", "is the same in every respect as the airspace of line %d", first)
		} else {
			rd.same[sum] = b.line
		}
		z.ID = lowsky.ZoneID(id)
		rd.zones = append(rd.zones, z)
		rd.places = append(rd.places, fmt.Sprintf("line %d", b.line))
	}
	for _, n := range b.notes {
		n.Zone = lowsky.ZoneID(id)
		rd.remarks.Add(n)
	}
}

// identifier answers that of the file (AI) as it stands, also where it stands twice, or one made of class and name, which
// stays the same as long as they do; one that was made before gets a number.
func (rd *reader) identifier(b *block) string {
	id := b.id
	if id != "" && len(id) <= maxID && !strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return id
	}
	if id != "" {
		b.note(b.line, "id_made", "the identifier %.80q is not fit; one was made of class and name", id)
	}
	class := b.class
	if b.kind != "" {
		class = b.kind
	}
	if id = slug(class + " " + b.name); id == "" {
		id = "airspace"
	}
	rd.ids[id]++
	if n := rd.ids[id]; n > 1 {
		for ; ; n++ {
			next := id + "~" + strconv.Itoa(n)
			if rd.ids[next] == 0 {
				rd.ids[id], rd.ids[next] = n, 1
				b.note(b.line, "id_taken", "has the same identifier %.80q as one before; %.80q stands for it", id, next)
				return next
			}
		}
	}
	return id
}

// slug keeps letters and digits and joins them with hyphens, at most 100 bytes.
func slug(s string) string {
	var out strings.Builder
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = out.Len() > 0
			continue
		}
		if out.Len() > 96 {
			break
		}
		if gap {
			out.WriteByte('-')
			gap = false
		}
		out.WriteRune(r)
	}
	return out.String()
}

// clean drops control characters and spaces around a text.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}

func both(s string) lowsky.Text { return lowsky.Text{ZH: s, EN: s} }

// zone builds the zone without its id; nil after a refusal.
func (b *block) zone() *lowsky.Zone {
	z := &lowsky.Zone{Version: 1, Name: both(b.name)}
	if b.name == "" {
		class := "airspace " + b.class
		z.Name = both(class)
		b.note(b.line, "name_absent", "has no name; %.40q stands for it", class)
	}
	class := strings.Fields(strings.ToLower(b.class + " " + b.kind))
	if kind := "airspace_" + strings.Join(class, "_"); len(kind) <= maxID {
		z.Kind = kind
	}
	var known bool
	if z.Restriction, known = restriction(b.class, b.kind); !known {
		b.note(b.line, "restriction_unknown", "the class %.20q %.20s is not known and counts as prohibited", b.class, b.kind)
	}
	b.limits(z)
	b.words(z)
	b.geometry(z)
	if b.refused != nil {
		return nil
	}
	return z
}

func (b *block) limits(z *lowsky.Zone) {
	switch u := b.upper; {
	case !u.OK:
		b.note(b.line, "upper_limit_absent", "the upper limit is absent: read as unlimited")
	case !u.Value.unlimited:
		z.Ceiling = lowsky.Some(u.Value.altitude)
	}
	switch l := b.lower; {
	case !l.OK:
		b.note(b.line, "lower_limit_absent", "the lower limit is absent: read as the ground")
	case !l.Value.ground:
		z.Floor = lowsky.Some(l.Value.altitude)
	}
}

// words keeps what is not judged for people: times, frequencies and transponder codes.
func (b *block) words(z *lowsky.Zone) {
	var zh, en []string
	if len(b.times) > 0 {
		b.note(b.line, "times_not_judged", "activation times of the file are kept as text: the zone counts as always active")
		times := cut(clean(strings.Join(b.times, "; ")), maxText/2)
		zh, en = append(zh, "启用时间(原文): "+times), append(en, "Active (as published): "+times)
	}
	if len(b.texts) > 0 {
		codes := cut(clean(strings.Join(b.texts, ", ")), maxText/8)
		zh, en = append(zh, "应答机编码: "+codes), append(en, "Transponder code: "+codes)
	}
	z.Conditions = lowsky.Text{ZH: strings.Join(zh, "\n"), EN: strings.Join(en, "\n")}
	for i := range max(len(b.frequencies), len(b.stations)) {
		c := lowsky.ZoneContact{Purpose: "INFORMATION"}
		if i < len(b.stations) {
			c.Name = both(cut(clean(b.stations[i]), maxText/16))
		}
		if i < len(b.frequencies) {
			f := cut(clean(b.frequencies[i]), maxText/16)
			c.Service = lowsky.Text{ZH: "无线电 " + f, EN: "Radio " + f}
		}
		z.Contacts = append(z.Contacts, c)
	}
}

// cut shortens a text to at most n bytes at the border of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

func (b *block) geometry(z *lowsky.Zone) {
	switch n := len(b.points); {
	case b.radius.OK:
		z.Geometry = lowsky.Geometry{Centre: b.centre.Value, Radius: lowsky.Metres(b.radius.Value)}
	case n == 0:
		b.refuse(b.line, "geometry_absent", "has no outline")
	case b.airway && n < 2:
		b.refuse(b.lastPoint, "geometry_no_area", "is an airway with a single position")
	case b.airway && !b.width.OK:
		b.refuse(b.lastPoint, "geometry_no_area", "is an airway without a width (V W=)")
	case b.airway:
		z.Geometry = lowsky.Geometry{Line: orb.LineString(b.points), Width: lowsky.Metres(b.width.Value)}
	default:
		ring := orb.Ring(slices.Clip(b.points))
		if ring[0] != ring[n-1] { // outlines of the format close by themselves
			ring = append(ring, ring[0])
		}
		if len(ring) < 4 {
			b.refuse(b.lastPoint, "geometry_no_area", "has fewer than three positions")
			return
		}
		z.Geometry = lowsky.Geometry{Polygons: orb.MultiPolygon{{ring}}}
	}
}
