package lowsky

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Datum says what a height is measured from.
type Datum string

const (
	Ellipsoid    Datum = "ellipsoid"     // height above the WGS-84 ellipsoid (HAE, 大地高)
	AMSL         Datum = "amsl"          // above mean sea level; in China the 1985 国家高程基准 unless a source names another geoid
	AGL          Datum = "agl"           // above the ground straight below (真高): what the law limits
	AboveTakeoff Datum = "above_takeoff" // above the take-off point
	PressureISA  Datum = "pressure_isa"  // pressure altitude, 1013.25 hPa
)

// Valid reports whether d is one of the datums above.
func (d Datum) Valid() bool {
	switch d {
	case Ellipsoid, AMSL, AGL, AboveTakeoff, PressureISA:
		return true
	}
	return false
}

// Geoid names the surface that heights above mean sea level are measured from.
type Geoid string

const (
	// CN1985 is the 1985 国家高程基准; it is what "" means.
	CN1985  Geoid = "cn1985"
	EGM96   Geoid = "egm96"
	EGM2008 Geoid = "egm2008"
)

// Valid reports whether g is one of the geoids above or "".
func (g Geoid) Valid() bool { return g == "" || g == CN1985 || g == EGM96 || g == EGM2008 }

// Altitude is a height with its datum. Two altitudes are compared or subtracted only in one datum, after
// airspace.Convert, which may answer "unknown".
type Altitude struct {
	Metres Metres `json:"metres"`
	Datum  Datum  `json:"datum"`
	Geoid  Geoid  `json:"geoid,omitempty"` // of AMSL
	// Feet: it was given in feet and is shown and exported so.
	Feet bool `json:"feet,omitempty"`
}

func (a Altitude) String() string { return fmt.Sprintf("%.0f m %s", float64(a.Metres), a.Datum) }

// Position is a point in WGS-84 with every altitude that was reported for it. It is the only type that makes an
// orb.Point, so the order [longitude, latitude] is written down once.
type Position struct {
	Longitude    Degrees     `json:"longitude_deg"`
	Latitude     Degrees     `json:"latitude_deg"`
	HAE          Opt[Metres] `json:"altitude_hae_m,omitzero"`
	AMSL         Opt[Metres] `json:"altitude_amsl_m,omitzero"`
	AGL          Opt[Metres] `json:"height_agl_m,omitzero"`
	AboveTakeoff Opt[Metres] `json:"height_takeoff_m,omitzero"`
	// AMSLGeoid is what AMSL is measured from.
	AMSLGeoid Geoid `json:"amsl_geoid,omitempty"`
	// TakeoffHAE is the height of this flight's take-off point above the ellipsoid, where it is known: it carries
	// AboveTakeoff over to the other datums.
	TakeoffHAE Opt[Metres] `json:"takeoff_hae_m,omitzero"`
}

// Point answers [longitude, latitude].
func (p Position) Point() orb.Point { return orb.Point{float64(p.Longitude), float64(p.Latitude)} }

// At answers the altitude in datum d as it was reported; nothing is converted.
func (p Position) At(d Datum) Opt[Metres] {
	switch d {
	case Ellipsoid:
		return p.HAE
	case AMSL:
		return p.AMSL
	case AGL:
		return p.AGL
	case AboveTakeoff:
		return p.AboveTakeoff
	}
	return Opt[Metres]{}
}

// Check answers an *InvalidError if the horizontal position is not a place: not finite, off the Earth, or exactly
// (0,0), which DJI, MAVLink and Remote ID all send for "no fix".
func (p Position) Check() error {
	switch {
	case !Finite(p.Longitude) || p.Longitude < -180 || p.Longitude > 180:
		return &InvalidError{Field: "longitude_deg", Problem: "must be a number from -180 to 180"}
	case !Finite(p.Latitude) || p.Latitude < -90 || p.Latitude > 90:
		return &InvalidError{Field: "latitude_deg", Problem: "must be a number from -90 to 90"}
	case p.Longitude == 0 && p.Latitude == 0:
		return &InvalidError{Field: "position", Problem: "is (0,0), which means no fix"}
	}
	return nil
}
