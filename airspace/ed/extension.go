package ed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"reflect"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// extensionKey is our member of extendedProperties.
const extensionKey = "lowsky"

// extension is what the standards cannot say of a zone: the zone itself as JSON, without what the file says exactly
// anyway (its polygons, and the other extendedProperties). It is believed only together with the zone that the file's own
// members describe: where somebody has changed those since, they count and the extension does not.
type extension struct {
	Zone *lowsky.Zone `json:"zone"`
	// Corridors tells of each corridor of the zone, in order, as what it was drawn.
	Corridors []drawing `json:"corridors,omitempty"`
}

// drawing is the outline of a corridor as it was written: as how many volumes, and a checksum of their positions. It is
// never drawn again to be compared: that takes long for a line that was made for it, and another version may draw it
// differently.
type drawing struct {
	Volumes int    `json:"volumes"`
	Sum     string `json:"sha256"`
}

// checksum is that of all positions of polygons as Nest answers them.
func checksum(all ...orb.MultiPolygon) string {
	h := sha256.New()
	for _, polygons := range all {
		for _, p := range polygons {
			nested, ok := Nest(p)
			if !ok {
				return ""
			}
			for _, p := range nested {
				for _, r := range p {
					for _, c := range r {
						var b [16]byte
						binary.LittleEndian.PutUint64(b[:8], math.Float64bits(c[0]))
						binary.LittleEndian.PutUint64(b[8:], math.Float64bits(c[1]))
						h.Write(b[:])
					}
				}
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
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
// again writes a zone and reads the standard members back; parts is as how many volumes a circle or polygons are written.
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
	if shown, ok := fill(was, z, e.Corridors, parts); ok {
		if standard, err := again(shown); err == nil && agree(standard, z) {
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
// written exactly has no polygons of its own in the extension. shown is was with the polygons of the file in place of its
// corridors.
func fill(was, z *lowsky.Zone, corridors []drawing, parts func(lowsky.Geometry) int) (shown *lowsky.Zone, ok bool) {
	next := 0
	copied := *was
	copied.Further = append([]lowsky.Volume3D(nil), was.Further...)
	for i := range was.VolumeCount() {
		if next >= z.VolumeCount() {
			return nil, false
		}
		g, from := geometry(was, i), z.Volume(next).Geometry
		switch {
		case g.IsCorridor():
			if len(corridors) == 0 || corridors[0].Volumes < 1 || corridors[0].Volumes > z.VolumeCount()-next {
				return nil, false
			}
			var drawn orb.MultiPolygon
			for range corridors[0].Volumes {
				drawn = append(drawn, z.Volume(next).Geometry.Polygons...)
				next++
			}
			if sum := checksum(drawn); sum == "" || sum != corridors[0].Sum || !around(*g, drawn) {
				return nil, false
			}
			corridors = corridors[1:]
			*geometry(&copied, i) = lowsky.Geometry{Polygons: drawn}
			continue
		case len(g.Polygons) > 0:
			next += parts(*g)
			continue
		case g.IsCircle():
			g.Centre = from.Centre
		default:
			g.Polygons = from.Polygons
		}
		next++
		*geometry(&copied, i) = *g
	}
	return &copied, next == z.VolumeCount()
}

// around reports whether polygons have the box of a corridor, within a hundredth of its size and 10 cm.
func around(g lowsky.Geometry, polygons orb.MultiPolygon) bool {
	if len(g.Line) < 2 || len(polygons) == 0 || !lowsky.Finite(g.Width) {
		return false
	}
	line, drawn := g.Line.Bound(), polygons.Bound()
	widest := max(math.Abs(line.Min[1]), math.Abs(line.Max[1]))
	if !(widest <= airspace.MaxLatitude) {
		return false
	}
	high := float64(g.Width) / 2 / 110_900
	wide := high / math.Cos(widest*math.Pi/180)
	slack := 0.01*(wide+max(line.Max[0]-line.Min[0], line.Max[1]-line.Min[1])) + 1e-6
	if math.Abs(line.Min[1]-high-drawn.Min[1]) > slack || math.Abs(line.Max[1]+high-drawn.Max[1]) > slack {
		return false
	}
	if drawn.Max[0]-drawn.Min[0] > 180 { // across ±180°, where boxes say nothing
		return true
	}
	return math.Abs(line.Min[0]-wide-drawn.Min[0]) <= slack+0.1*wide && math.Abs(line.Max[0]+wide-drawn.Max[0]) <= slack+0.1*wide
}

func geometry(z *lowsky.Zone, i int) *lowsky.Geometry {
	if i == 0 {
		return &z.Geometry
	}
	return &z.Further[i-1].Geometry
}

// agree reports whether two zones that were both read from standard members say the same, but for the ids.
func agree(a, b *lowsky.Zone) bool {
	if a.VolumeCount() != b.VolumeCount() {
		return false
	}
	for i := range a.VolumeCount() {
		p, q := a.Volume(i), b.Volume(i)
		if p.Floor != q.Floor || p.Ceiling != q.Ceiling || !same(p.Geometry, q.Geometry) {
			return false
		}
	}
	x, y := *a, *b
	x.Geometry, y.Geometry, x.Further, y.Further = lowsky.Geometry{}, lowsky.Geometry{}, nil, nil
	x.ID, y.ID = "", ""
	p, q := *x.ED, *y.ED
	p.Identifier, q.Identifier = "", ""
	p.Extended, q.Extended = nil, nil
	x.ED, y.ED = &p, &q
	return reflect.DeepEqual(x, y)
}

// Drawn tells what was written for one volume.
type Drawn struct {
	Exact    bool               // it reads back from the standard members as it is
	Corridor []orb.MultiPolygon // the outline of a corridor, one for each volume of the standard
}

// readable refuses a zone that no reader would take back: a corridor that crosses itself over and over is drawn as
// thousands of polygons.
func readable(z *lowsky.Zone, drawn []Drawn) error {
	positions := 0
	for i := range z.VolumeCount() {
		polygons := 0
		for _, part := range append(drawn[i].Corridor, z.Volume(i).Geometry.Polygons) {
			polygons += len(part)
			for _, p := range part {
				for _, r := range p {
					positions += len(r)
				}
			}
		}
		if polygons > airspace.MaxParts || positions > airspace.MaxVertices {
			return Invalid("zone "+string(z.ID), "its corridor crosses itself so often that its outline has more than %d polygons or %d positions: this format cannot hold it", airspace.MaxParts, airspace.MaxVertices)
		}
	}
	return nil
}

// WriteExtension answers extendedProperties for z, whose volumes were written as drawn.
func WriteExtension(z *lowsky.Zone, drawn []Drawn) (json.RawMessage, error) {
	if err := readable(z, drawn); err != nil {
		return nil, err
	}
	x := extension{}
	e := *z
	e.Further = append([]lowsky.Volume3D(nil), z.Further...)
	for i := range e.VolumeCount() {
		if g := geometry(&e, i); drawn[i].Exact {
			g.Polygons, g.Centre = nil, orb.Point{}
		} else if g.IsCorridor() {
			x.Corridors = append(x.Corridors, drawing{len(drawn[i].Corridor), checksum(drawn[i].Corridor...)})
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
	x.Zone = &e
	if err := enc.Encode(x); err != nil {
		return nil, Invalid("zone "+string(z.ID), "cannot be written: %v", err)
	}
	return object(append(other, member{extensionKey, bytes.TrimSpace(b.Bytes())})), nil
}
