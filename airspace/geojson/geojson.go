// Package geojson reads and writes zones as GeoJSON (RFC 7946): a FeatureCollection or a single Feature, geometry
// Polygon, MultiPolygon, or Point with the property radius_m for a circle. Coordinates are WGS-84, [longitude,
// latitude].
//
// Properties of a zone:
//
//	id                string, required unless the feature has an id
//	version           whole number from 1; 1 when absent
//	name_zh, name_en  string; one stands for the other when it is missing
//	restriction       prohibited | requires_authorisation | conditional | no_restriction, required
//	radius_m          number above 0, with geometry Point only
//	floor_m, floor_datum, ceiling_m, ceiling_datum    metres and ellipsoid | amsl | agl | pressure_isa, in pairs
//	applicability     array of periods as lowsky.Period writes them; absent is always
//	reason_zh, reason_en, message_zh, message_en, authority, kind, source, organisation_id    string
//	demo              true for a fictional zone
//	published_at      RFC 3339
//	jurisdiction_ids  array of string
//
// Reading is tolerant where nothing is in doubt: unknown members are warnings, a third ordinate is dropped with a
// warning, rings are wound by the right-hand rule. It is strict where something is: a wrong type, a member that occurs
// twice, another coordinate reference system, or a zone that airspace.Validate refuses is an error, and no zone is
// answered. Writing is strict: right-hand rule, nothing but the members above, always in the same order.
package geojson

import (
	"fmt"

	"github.com/paulmach/orb"

	"lowsky"
)

// Bounds of what is read.
const (
	MaxBytes    = 64 << 20 // of one document
	MaxFeatures = 100_000
	MaxDepth    = 32 // of nested arrays and objects
	maxWarnings = 1000
)

// Warning is something odd that did not keep a zone from being read.
type Warning struct {
	Field   string `json:"field"` // e.g. "features[3].properties.colour"
	Problem string `json:"problem"`
}

func (w Warning) String() string { return w.Field + ": " + w.Problem }

func invalid(field, problem string, args ...any) error {
	return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf(problem, args...)}
}

// wound answers the rings by the right-hand rule (RFC 7946 §3.1.6): outer rings counter-clockwise, holes clockwise.
// Rings that are so already are shared with the argument.
func wound(p orb.Polygon) orb.Polygon {
	out := make(orb.Polygon, len(p))
	for i, r := range p {
		out[i] = r
		if (turning(r) > 0) != (i == 0) {
			out[i] = make(orb.Ring, len(r))
			for k, v := range r {
				out[i][len(r)-1-k] = v
			}
		}
	}
	return out
}

// turning is above 0 for a counter-clockwise ring; longitudes go the shorter way.
func turning(r orb.Ring) float64 {
	sum, x, y := 0.0, 0.0, 0.0
	for i := 1; i < len(r); i++ {
		dx := r[i][0] - r[i-1][0]
		if dx > 180 {
			dx -= 360
		} else if dx < -180 {
			dx += 360
		}
		dy := r[i][1] - r[i-1][1]
		sum += x*dy - y*dx
		x, y = x+dx, y+dy
	}
	return sum
}
