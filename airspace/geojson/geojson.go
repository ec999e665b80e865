// Package geojson reads and writes zones as GeoJSON (RFC 7946): a FeatureCollection or a single Feature, geometry
// Polygon, MultiPolygon, Point with the property radius_m for a circle, or LineString with the property width_m for a
// corridor. Coordinates are [longitude, latitude].
//
// Properties of a zone:
//
//	id                string, required unless the feature has an id
//	version           whole number from 1; 1 when absent
//	name_zh, name_en  string; one stands for the other when it is missing
//	restriction       prohibited | requires_authorisation | conditional | no_restriction, required
//	radius_m          number above 0, with geometry Point only
//	width_m           number above 0, with geometry LineString only: the full width of the corridor
//	floor_m, floor_datum, ceiling_m, ceiling_datum    metres and ellipsoid | amsl | agl | pressure_isa, in pairs
//	floor_geoid, ceiling_geoid    cn1985 | egm96 | egm2008 beside a height amsl; absent is cn1985
//	floor_feet, ceiling_feet      true: it was given in feet and is shown so; the number stays in metres
//	further           array of further volumes: {geometry, radius_m, width_m, floor_*, ceiling_*}
//	buffer_m, warning_band_m      number from 0
//	temporary         true: the zone ends with its last period
//	applicability     array of periods as lowsky.Period writes them; absent is always
//	exemptions        array of {organisation_id, scenario, plan_id}
//	contacts          array of lowsky.ZoneContact
//	reasons           array of the codes of ED-269 and ED-318
//	reason_zh, reason_en, conditions_zh, conditions_en, message_zh, message_en, authority, kind, source, superior,
//	organisation_id   string
//	demo              true for a fictional zone
//	ed                object, lowsky.EDAttributes
//	published_at      RFC 3339
//	jurisdiction_ids  array of string
//
// There are two ways of reading. [Read] is for zones that are drawn or that we wrote: it takes all or nothing, asks
// airspace.Validate, and winds the rings by the right-hand rule. [ReadAll] is for files of others: a feature that cannot
// be read is refused by itself with a remark, one without restriction counts as prohibited, and nothing is validated or
// converted: package exchange does that.
//
// Both are strict where something is in doubt: a wrong type, a member that occurs twice, or a period with a member that
// is not known refuse the zone. Writing is strict: right-hand rule, nothing but the members above, always in the same
// order.
package geojson

import (
	"fmt"

	"github.com/paulmach/orb"

	"lowsky"
)

// Bounds of what is read.
const (
	MaxBytes    = 16 << 20 // of one document
	MaxFeatures = 100_000
	MaxDepth    = 32      // of nested arrays and objects
	maxLeft     = 1000    // names of members that were left out
	maxList     = 100     // exemptions, contacts, further volumes and reasons of one zone
	maxExtended = 1 << 16 // bytes of ed.extended
)

// refusal is a problem with its remark code.
type refusal struct {
	lowsky.InvalidError
	code string
}

// Unwrap lets errors.As find the *lowsky.InvalidError.
func (r *refusal) Unwrap() error { return &r.InvalidError }

func refuse(code, field, problem string, args ...any) error {
	return &refusal{lowsky.InvalidError{Field: field, Problem: fmt.Sprintf(problem, args...)}, code}
}

// invalid is a problem of the document as a whole.
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
