package ed

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/paulmach/orb"

	"lowsky"
)

// extensionKey is our member of extendedProperties.
const extensionKey = "lowsky"

// extension is what the standards cannot say of a zone: the zone itself as JSON, without what the file says exactly
// anyway (its polygons, and the other extendedProperties). It is believed only together with the zone that the file's own
// members describe: where somebody has changed those since, they count and the extension does not.
type extension struct {
	Zone *lowsky.Zone `json:"zone"`
}

// Extension splits extendedProperties of a zone in a file into ours and everything else.
type Extension struct {
	place string
	ours  Value
	other []member
}

// ReadExtension takes extendedProperties out of o.
func (n *Notes) ReadExtension(o *Object) Extension {
	v := o.Take("extendedProperties")
	x := Extension{place: v.Place}
	if !v.Present() {
		return x
	}
	e, err := v.Object()
	if err != nil {
		n.Note(v.Place, "extended_unreadable", "is no object, or one with a member twice: kept as published")
		n.Keep("extendedProperties", v)
		return x
	}
	for name, m := range e.Rest() {
		if name == extensionKey {
			x.ours = m
			continue
		}
		x.other = append(x.other, member{name, m.JSON()})
	}
	return x
}

// Apply finishes a zone that was read from the standard members: it fills ED.Extended and, where the file holds our
// extension and that agrees with those members, answers the zone that was once written (ours), with nothing left to
// remark.
// again writes a zone and reads the standard members back; parts is as how many volumes a geometry is written.
func (x Extension) Apply(z *lowsky.Zone, n *Notes, parts func(lowsky.Geometry) int, again func(*lowsky.Zone) (*lowsky.Zone, error)) (_ *lowsky.Zone, ours bool) {
	z.ED.Extended = n.extended(x.place, x.other)
	if !x.ours.Present() {
		return z, false
	}
	var e extension
	d := json.NewDecoder(bytes.NewReader(x.ours.raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || e.Zone == nil || d.More() {
		n.Note(x.ours.Place, "extension_unreadable", "cannot be read, or holds what this version does not know: the zone is taken from the standard members alone")
		return z, false
	}
	was := e.Zone
	if was.ED != nil {
		was.ED.Extended = n.extended(x.place, x.other)
	} else if z.ED.Extended != nil {
		was.ED = &lowsky.EDAttributes{Extended: z.ED.Extended}
	}
	if fill(was, z, parts) {
		if standard, err := again(was); err == nil && agree(standard, z, was) {
			n.list = nil
			return was, true
		}
	}
	n.Note(x.ours.Place, "extension_differs", "does not agree with the standard members, which were changed since it was written: the zone is taken from those alone")
	if writtenAs(was, z) {
		z.ID = was.ID
		if was.ED != nil {
			z.ED.Identifier = was.ED.Identifier
		}
	}
	return z, false
}

// writtenAs reports whether was goes by the identifier of z in a file: then an edited z is still that zone, not another.
func writtenAs(was, z *lowsky.Zone) bool {
	if was.ID == "" || IDFor(string(was.ID)) != was.ID {
		return false
	}
	if IDFor(Identifier(was)) == z.ID {
		return true
	}
	for n := range 4 {
		if lowsky.ZoneID(Short(string(was.ID), n)) == z.ID {
			return true
		}
	}
	return false
}

// fill gives the volumes of was the polygons of those of z, which were read from the standard members. A volume that was
// written exactly has no polygons of its own in the extension.
func fill(was, z *lowsky.Zone, parts func(lowsky.Geometry) int) bool {
	next := 0
	for i := range was.VolumeCount() {
		if next >= z.VolumeCount() {
			return false
		}
		g, from := geometry(was, i), z.Volume(next).Geometry
		switch {
		case g.IsCorridor() || len(g.Polygons) > 0:
			next += parts(*g)
			continue
		case g.IsCircle():
			g.Centre = from.Centre
		default:
			g.Polygons = from.Polygons
		}
		next++
	}
	return next == z.VolumeCount()
}

func geometry(z *lowsky.Zone, i int) *lowsky.Geometry {
	if i == 0 {
		return &z.Geometry
	}
	return &z.Further[i-1].Geometry
}

// agree reports whether two zones that were both read from standard members say the same, but for the ids and for the
// polygons of a corridor, which only have to lie where the corridor does: another version may draw them a little
// differently.
func agree(a, b, was *lowsky.Zone) bool {
	if a.VolumeCount() != b.VolumeCount() {
		return false
	}
	corridor := false
	for i := range was.VolumeCount() {
		corridor = corridor || geometry(was, i).IsCorridor()
	}
	x, y := *a, *b
	for i := range a.VolumeCount() {
		p, q := a.Volume(i), b.Volume(i)
		if p.Floor != q.Floor || p.Ceiling != q.Ceiling {
			return false
		}
		if !same(p.Geometry, q.Geometry) && !(corridor && alike(p.Geometry, q.Geometry)) {
			return false
		}
	}
	x.Geometry, y.Geometry, x.Further, y.Further = lowsky.Geometry{}, lowsky.Geometry{}, nil, nil
	x.ID, y.ID = "", ""
	p, q := *x.ED, *y.ED
	p.Identifier, q.Identifier = "", ""
	p.Extended, q.Extended = nil, nil
	x.ED, y.ED = &p, &q
	return reflect.DeepEqual(x, y)
}

// alike reports whether two outlines have the same box within 1 % of its size.
func alike(a, b lowsky.Geometry) bool {
	if len(a.Polygons) == 0 || len(b.Polygons) == 0 {
		return false
	}
	p, q := a.Polygons.Bound(), b.Polygons.Bound()
	slack := 0.01 * max(p.Max[0]-p.Min[0], p.Max[1]-p.Min[1])
	for k := range 2 {
		if diff(p.Min[k], q.Min[k]) > slack || diff(p.Max[k], q.Max[k]) > slack {
			return false
		}
	}
	return true
}

func diff(a, b float64) float64 { return max(a-b, b-a) }

// WriteExtension answers extendedProperties for z. exact reports whether volume i reads back from the standard members as
// it is.
func WriteExtension(z *lowsky.Zone, exact func(i int) bool) (json.RawMessage, error) {
	e := *z
	e.Further = append([]lowsky.Volume3D(nil), z.Further...)
	for i := range e.VolumeCount() {
		if g := geometry(&e, i); exact(i) {
			g.Polygons, g.Centre = nil, orb.Point{}
		}
	}
	var other []member
	if z.ED != nil {
		ed := *z.ED
		ed.Extended = nil
		e.ED = &ed
		if len(z.ED.Extended) > 0 {
			if !json.Valid(z.ED.Extended) {
				return nil, Invalid("ed.extended", "is not JSON")
			}
			o, err := Value{raw: bytes.TrimSpace(z.ED.Extended), Place: "ed.extended"}.Object()
			if err != nil {
				return nil, Invalid("ed.extended", "must be an object without a member twice")
			}
			for name, m := range o.Rest() {
				if name != extensionKey {
					other = append(other, member{name, m.JSON()})
				}
			}
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(extension{&e}); err != nil {
		return nil, Invalid("zone "+string(z.ID), "cannot be written: %v", err)
	}
	return object(append(other, member{extensionKey, bytes.TrimSpace(b.Bytes())})), nil
}
