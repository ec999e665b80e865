package airspace

import (
	"slices"

	"github.com/paulmach/orb"

	"lowsky"
)

// TouchingZone answers every jurisdiction that shares a place with any volume of a valid zone, buffer included, the
// smallest first.
func (a *Areas) TouchingZone(z *lowsky.Zone) []lowsky.JurisdictionID {
	var dst []lowsky.JurisdictionID
	for v := range z.VolumeCount() {
		for _, g := range widened(z.Volume(v).Geometry, z.Buffer.Or(0)) {
			for _, id := range a.Touching(g) {
				if !slices.Contains(dst, id) {
					dst = append(dst, id)
				}
			}
		}
	}
	slices.SortFunc(dst, func(x, y lowsky.JurisdictionID) int { return a.rank[x] - a.rank[y] })
	return dst
}

// widened answers geometries that together are g and every place at most buffer metres from it: around a polygon these
// are corridors along its rings, of twice the width.
func widened(g lowsky.Geometry, buffer lowsky.Metres) []lowsky.Geometry {
	switch {
	case buffer <= 0:
		return []lowsky.Geometry{g}
	case g.IsCircle():
		g.Radius += buffer
		return []lowsky.Geometry{g}
	case g.IsCorridor():
		g.Width += 2 * buffer
		return []lowsky.Geometry{g}
	}
	out := []lowsky.Geometry{g}
	for _, p := range g.Polygons {
		for _, r := range p {
			out = append(out, lowsky.Geometry{Line: orb.LineString(r), Width: 2 * buffer})
		}
	}
	return out
}
