package regions

import (
	"fmt"
	"io/fs"

	"github.com/paulmach/orb"

	"lowsky"
)

// outlinesFile is outlines.geojson: one feature for each adcode. WGS-84 (EPSG:4326), [longitude, latitude].
type outlinesFile struct {
	Type     string `json:"type"`
	Features []struct {
		Type       string `json:"type"`
		Properties struct {
			Adcode lowsky.JurisdictionID `json:"adcode"`
			Name   string                `json:"name"`
			NameEN string                `json:"name_en"`
			Seat   orb.Point             `json:"seat"`
		} `json:"properties"`
		Geometry struct {
			Type        string      `json:"type"`
			Coordinates orb.Polygon `json:"coordinates"`
		} `json:"geometry"`
	} `json:"features"`
}

func readOutlines(fsys fs.FS) (map[lowsky.JurisdictionID]orb.MultiPolygon, error) {
	const name = "outlines.geojson"
	var f outlinesFile
	if err := decodeFile(fsys, name, &f); err != nil {
		return nil, err
	}
	out := map[lowsky.JurisdictionID]orb.MultiPolygon{}
	for i, ft := range f.Features {
		field := fmt.Sprintf("%s: features[%d]", name, i)
		id := ft.Properties.Adcode
		switch {
		case id == "" || out[id] != nil:
			return nil, &lowsky.InvalidError{Field: field + ".properties.adcode", Problem: "is missing or there twice"}
		case ft.Geometry.Type != "Polygon":
			return nil, &lowsky.InvalidError{Field: field + ".geometry.type", Problem: "must be Polygon"}
		}
		area := orb.MultiPolygon{ft.Geometry.Coordinates}
		if err := checkArea(area); err != nil {
			return nil, &lowsky.InvalidError{Field: field + ".geometry", Problem: err.Error()}
		}
		out[id] = area
	}
	return out, nil
}

// checkArea says what is wrong with the rings of an area; whether they cross is for airspace to judge.
func checkArea(area orb.MultiPolygon) error {
	if len(area) == 0 {
		return fmt.Errorf("has no polygon")
	}
	for i, poly := range area {
		if len(poly) == 0 {
			return fmt.Errorf("polygon %d is empty", i)
		}
		for k, ring := range poly {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return fmt.Errorf("polygon %d ring %d must have four points, the last equal to the first", i, k)
			}
			for _, pt := range ring {
				if err := checkPoint(pt); err != nil {
					return fmt.Errorf("polygon %d ring %d: %w", i, k, err)
				}
			}
		}
	}
	return nil
}

func checkPoint(pt orb.Point) error {
	return lowsky.Position{Longitude: lowsky.Degrees(pt[0]), Latitude: lowsky.Degrees(pt[1])}.Check()
}

// union answers the outline of areas that share their border vertices: the edges that two of them share vanish, and
// the others are chained into rings. Where they do not close into simple rings (vertices are not shared) the parts
// themselves are answered, borders and all: the same area, drawn with more lines. Holes of the parts, and gaps that the
// parts enclose, come out as rings of their own, so such input is answered as its parts too.
func union(parts []orb.MultiPolygon) orb.MultiPolygon {
	type edge struct{ a, b orb.Point }
	var all orb.MultiPolygon
	edges := map[edge]bool{}
	for _, m := range parts {
		for _, poly := range m {
			all = append(all, poly)
			if len(poly) != 1 {
				return flatten(parts)
			}
			ring := poly[0]
			turn := signedArea(ring) < 0
			for i := 0; i+1 < len(ring); i++ {
				e := edge{ring[i], ring[i+1]}
				if turn {
					e = edge{e.b, e.a}
				}
				if edges[edge{e.b, e.a}] {
					delete(edges, edge{e.b, e.a})
				} else {
					edges[e] = true
				}
			}
		}
	}
	next := map[orb.Point]orb.Point{}
	for e := range edges {
		if _, twice := next[e.a]; twice {
			return all // rings touch in a point, or vertices are not shared
		}
		next[e.a] = e.b
	}
	var out orb.MultiPolygon
	// Start points are taken in the order of the input, so the same input gives the same bytes.
	for _, poly := range all {
		for _, start := range poly[0] {
			if _, ok := next[start]; !ok {
				continue
			}
			ring := orb.Ring{start}
			for p := start; ; {
				q, ok := next[p]
				if !ok {
					return all
				}
				delete(next, p)
				ring = append(ring, q)
				if q == start {
					break
				}
				p = q
			}
			if signedArea(ring) <= 0 {
				return all // a gap that the parts enclose
			}
			out = append(out, orb.Polygon{ring})
		}
	}
	return out
}

func flatten(parts []orb.MultiPolygon) (all orb.MultiPolygon) {
	for _, m := range parts {
		all = append(all, m...)
	}
	return all
}

// signedArea is positive for a ring that runs counter-clockwise; in square degrees, for its sign and for comparison.
func signedArea(r orb.Ring) float64 {
	sum := 0.
	for i := 0; i+1 < len(r); i++ {
		sum += r[i][0]*r[i+1][1] - r[i+1][0]*r[i][1]
	}
	return sum / 2
}
