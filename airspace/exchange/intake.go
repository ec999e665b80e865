package exchange

import (
	"context"
	"errors"
	"fmt"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
)

// intake takes what a reader has read the rest of the way.
type intake struct {
	Options
	result   *Result
	remarks  airspace.Remarks
	seen     map[lowsky.ZoneID]first
	repaired map[lowsky.ZoneID]bool
	read     int
}

// first is the zone that had an id first.
type first struct {
	zone  *lowsky.Zone
	place string
}

func (in *intake) all(ctx context.Context, reading *airspace.Reading) error {
	for _, m := range reading.Remarks {
		in.remarks.Add(m)
		if m.Kind == airspace.RemarkRepaired {
			in.repaired[m.Zone] = true
		}
	}
	for i, z := range reading.Zones {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", placeOf(reading, i), err)
		}
		in.zone(z, placeOf(reading, i))
	}
	r := in.result
	r.Remarks = in.remarks.All
	r.Counts.Read, r.Counts.Accepted = in.read, len(r.Zones)
	r.Counts.Refused = r.Counts.Read - r.Counts.Accepted
	for _, z := range r.Zones {
		if in.repaired[z.ID] {
			r.Counts.Repaired++
		}
	}
	return nil
}

func placeOf(reading *airspace.Reading, i int) string {
	if i < len(reading.Places) {
		return reading.Places[i]
	}
	return fmt.Sprintf("zone %d", i+1)
}

// zone takes one zone, or refuses it.
func (in *intake) zone(z *lowsky.Zone, place string) {
	if z.Superior != in.Superior {
		if z.Superior != "" {
			in.add(z, place, airspace.RemarkNoted, CodeSuperiorIgnored, "is marked as a copy from %.80q: what was declared for the import counts", z.Superior)
		}
		z.Superior = in.Superior
	}
	if in.Source != "" {
		z.Source = in.Source
	}
	if n := z.PositionCount(); n > airspace.MaxVertices {
		in.refuse(z, place, CodeTooManyPositions, "has %d positions: at most %d are taken", n, airspace.MaxVertices)
		return
	}
	for v := range z.VolumeCount() {
		g, err := airspace.ConvertGeometry(z.Volume(v).Geometry, in.CRS)
		if err != nil {
			in.refuseFor(z, place, CodeCRSOutside, inVolume(v, "geometry.", err))
			return
		}
		if v == 0 {
			z.Geometry = g
		} else {
			z.Further[v-1].Geometry = g
		}
	}
	mended, err := airspace.Repair(z)
	if err != nil {
		in.refuseFor(z, place, "", err)
		return
	}
	if err := airspace.Validate(z); err != nil {
		in.refuseFor(z, place, "", err)
		return
	}
	if old, twice := in.seen[z.ID]; twice {
		if Same(z, old.zone) {
			in.add(z, place, airspace.RemarkNoted, CodeRepeated, "is %s again, word for word: taken once", old.place)
			in.read--
			return
		}
		in.refuse(z, place, CodeDuplicateID, "has the id of %s but differs from it", old.place)
		return
	}
	in.seen[z.ID] = first{z, place}
	for _, m := range mended {
		m.Zone, m.Place = z.ID, join(place, m.Place)
		in.remarks.Add(m)
		if m.Kind == airspace.RemarkRepaired {
			in.repaired[z.ID] = true
		}
	}
	in.result.Zones = append(in.result.Zones, z)
	in.result.Places = append(in.result.Places, place)
}

func (in *intake) add(z *lowsky.Zone, place string, kind airspace.RemarkKind, code, problem string, args ...any) {
	in.remarks.Add(airspace.Remark{Zone: z.ID, Place: place, Kind: kind, Code: code, Problem: fmt.Sprintf(problem, args...)})
}

func (in *intake) refuse(z *lowsky.Zone, place, code, problem string, args ...any) {
	in.add(z, place, airspace.RemarkRefused, code, problem, args...)
}

// refuseFor refuses a zone for what is wrong with it; code "" is found from the problem.
func (in *intake) refuseFor(z *lowsky.Zone, place, code string, err error) {
	var e *lowsky.InvalidError
	if !errors.As(err, &e) {
		e = &lowsky.InvalidError{Problem: err.Error()}
	}
	if code == "" {
		code = codeFor(e)
	}
	if in.Format == GeoJSON { // whose members we can name
		if at := (*lowsky.InvalidError)(nil); errors.As(geojson.Located(place, len(z.Geometry.Polygons) == 1, e), &at) {
			in.refuse(z, at.Field, code, "%s", at.Problem)
			return
		}
	}
	in.refuse(z, join(place, e.Field), code, "%s", e.Problem)
}

// join puts a member of the zone behind the place of the zone.
func join(place, member string) string {
	if member == "" {
		return place
	}
	return place + ": " + member
}

// inVolume puts the volume before the field of an error.
func inVolume(v int, under string, err error) error {
	e, ok := err.(*lowsky.InvalidError)
	if !ok {
		return err
	}
	field := under + e.Field
	if v > 0 {
		field = fmt.Sprintf("further[%d].%s", v-1, field)
	}
	return &lowsky.InvalidError{Field: field, Problem: e.Problem}
}
