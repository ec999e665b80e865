package lowsky

import (
	"time"

	"github.com/paulmach/orb"
)

// ZoneID names a zone for its whole life; versions count from 1.
type ZoneID string

// Restriction is what a zone asks of an aircraft inside it. An unknown word counts as Prohibited, the strictest.
type Restriction string

const (
	Prohibited            Restriction = "prohibited"             // 禁
	RequiresAuthorisation Restriction = "requires_authorisation" // 授
	Conditional           Restriction = "conditional"            // 条
	NoRestriction         Restriction = "no_restriction"
)

// Zone is one version of a UAS geographical zone. A published Zone is never changed; an edit is a new version.
type Zone struct {
	ID          ZoneID      `json:"id"`
	Version     int         `json:"version"`
	Name        Text        `json:"name"`
	Restriction Restriction `json:"restriction"`
	Geometry    Geometry    `json:"geometry"`
	// Floor absent is the ground, Ceiling absent is unlimited. Both belong to the zone: exactly at the ceiling is inside.
	Floor         Opt[Altitude] `json:"floor,omitzero"`
	Ceiling       Opt[Altitude] `json:"ceiling,omitzero"`
	Applicability Applicability `json:"applicability,omitempty"`
	Reason        Text          `json:"reason,omitzero"`
	Authority     string        `json:"authority,omitempty"`
	Message       Text          `json:"message,omitzero"`
	// Kind is the local kind of object ("airport", "dam", "school" …), free text; it chooses the map layer, never the
	// strictness.
	Kind   string `json:"kind,omitempty"`
	Source string `json:"source,omitempty"` // where it was imported from
	// Demo zones are fictional: consoles show 演示 before their name, and they are removed when the demo is off.
	Demo          bool             `json:"demo,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	PublishedAt   time.Time        `json:"published_at"`
}

// Geometry is the horizontal shape of a zone in WGS-84: either Polygons (holes allowed; every rim belongs to the
// zone) or a circle, when Radius is above zero.
type Geometry struct {
	Polygons orb.MultiPolygon `json:"polygons,omitempty"`
	Centre   orb.Point        `json:"centre,omitzero"`
	Radius   Metres           `json:"radius_m,omitempty"`
}

// IsCircle reports whether the geometry is a circle.
func (g Geometry) IsCircle() bool { return g.Radius > 0 }

// Applicability is when a zone applies: in any of its periods; empty is always.
type Applicability []Period

// Period applies between From (inclusive) and Until (exclusive) on the Weekdays (empty: every day) between the
// wall-clock minutes Start (inclusive) and End (exclusive) of Asia/Shanghai. End at or before Start runs over
// midnight and belongs to the weekday on which it started. Start and End both absent: all day.
type Period struct {
	From     Opt[time.Time] `json:"from,omitzero"`
	Until    Opt[time.Time] `json:"until,omitzero"`
	Weekdays []time.Weekday `json:"weekdays,omitempty"` // 0 Sunday … 6 Saturday
	Start    Opt[int]       `json:"start_minute,omitzero"`
	End      Opt[int]       `json:"end_minute,omitzero"`
}

// ActiveAt reports whether the zone applies at t.
func (a Applicability) ActiveAt(t time.Time) bool {
	if len(a) == 0 {
		return true
	}
	for _, p := range a {
		if p.ActiveAt(t) {
			return true
		}
	}
	return false
}

// ActiveAt reports whether the period holds at t. It does not allocate.
func (p Period) ActiveAt(t time.Time) bool {
	if p.From.OK && t.Before(p.From.Value) || p.Until.OK && !t.Before(p.Until.Value) {
		return false
	}
	// Wall clock by arithmetic: time.Time.In plus Date would do the calendar work on every report.
	local := t.Unix() + 8*60*60
	day, minute := floorDiv(local, 86400), int(floorMod(local, 86400)/60)
	if !p.Start.OK && !p.End.OK {
		return p.on(day)
	}
	start, end := p.Start.Or(0), p.End.Or(24*60)
	if start < end {
		return minute >= start && minute < end && p.on(day)
	}
	return minute >= start && p.on(day) || minute < end && p.on(day-1)
}

// on reports whether the period holds on day (days since 1970-01-01, a Thursday).
func (p Period) on(day int64) bool {
	if len(p.Weekdays) == 0 {
		return true
	}
	w := time.Weekday(floorMod(day+4, 7))
	for _, x := range p.Weekdays {
		if x == w {
			return true
		}
	}
	return false
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// ZoneRelation is how one aircraft stands to one zone at one instant; airspace makes it, rules read it.
type ZoneRelation struct {
	Zone   *Zone
	Active bool // the zone applies now
	// Inside: the reported position lies in the closed area (rims belong to it). Horizontal only; see Vertical.
	Inside bool
	// Crossed: the segment from the previous live report touched the area although Inside is false now. Possible is
	// set with it when the two reports are too far apart in time to call it a crossing.
	Crossed, Possible bool
	// Through: Inside, now above the band or below it, and on the other side of it when the segment came into the area:
	// it climbed or sank through the band between two reports. Possible as with Crossed.
	Through bool
	// Distance to the nearest rim, negative inside.
	Distance Metres
	// Entry is the time until the present course, speed and climb carry it into the area and its height band; absent
	// when they do not within the look-ahead. Zero never occurs: inside is Inside.
	Entry     Opt[time.Duration]
	EnteredAt time.Time // first live report of this stay; zero outside
	Vertical  Vertical
}

// Vertical is where an aircraft stands to the height band of a zone.
type Vertical struct {
	State VerticalState
	// Margin to the nearest limit of the band: positive inside it, negative outside. Absent when unknown, or when the
	// band has no limit.
	Margin Opt[Metres]
	// Measured and Limit are what was compared, in Datum.
	Measured, Limit Opt[Metres]
	Datum           Datum
	// Assumed: flat ground between take-off and here was assumed to compare at all. What rests on it is never above
	// Caution.
	Assumed bool
	Reason  Reason // why State is VerticalUnknown
}

// VerticalState is where an aircraft is relative to a height band.
type VerticalState uint8

const (
	VerticalUnknown VerticalState = iota // no common datum: cannot judge, never clear
	VerticalWithin
	VerticalAbove
	VerticalBelow
)
