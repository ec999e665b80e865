package lowsky

import (
	"encoding/json"
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
	Floor   Opt[Altitude] `json:"floor,omitzero"`
	Ceiling Opt[Altitude] `json:"ceiling,omitzero"`
	// Further volumes of a zone that is made of several: the zone is the union of Geometry between Floor and Ceiling with
	// each of them. Volumes goes through all.
	Further []Volume3D `json:"further,omitempty"`
	// Buffer widens every volume horizontally, in metres: places that near to its area belong to the zone. It is written
	// out when the zone is published, from the default of its Kind where nobody gave one. Absent counts as 0.
	Buffer Opt[Metres] `json:"buffer_m,omitzero"`
	// WarningBand is how near to the zone, buffer included, an aircraft is told that it is near. Absent: never.
	WarningBand   Opt[Metres]   `json:"warning_band_m,omitzero"`
	Applicability Applicability `json:"applicability,omitempty"`
	// Temporary zones have a time to live: every period has an end, and the platform ends the zone after the last one.
	Temporary bool `json:"temporary,omitempty"`
	// Exemptions name who may be inside. An aircraft that one of them fits is not alerted on.
	Exemptions []Exemption  `json:"exemptions,omitempty"`
	Reasons    []ZoneReason `json:"reasons,omitempty"` // ED-269 and ED-318 codes
	Reason     Text         `json:"reason,omitzero"`
	Conditions Text         `json:"conditions,omitzero"` // under which one may be inside
	Authority  string       `json:"authority,omitempty"`
	// Contacts are whom to ask, inform or get an authorisation from.
	Contacts []ZoneContact `json:"contacts,omitempty"`
	Message  Text          `json:"message,omitzero"`
	// Kind is the local kind of object ("airport", "dam", "school" …), free text; it chooses the map layer and the default
	// of Buffer, never the strictness.
	Kind   string `json:"kind,omitempty"`
	Source string `json:"source,omitempty"` // where it was imported from
	// Superior names the superior platform that this zone is a copy of; "" is our own. A copy is read-only: only another
	// import from there changes or ends it.
	Superior string `json:"superior,omitempty"`
	// Demo zones are fictional: consoles show 演示 before their name, and they are removed when the demo is off.
	Demo          bool             `json:"demo,omitempty"`
	ED            *EDAttributes    `json:"ed,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	PublishedAt   time.Time        `json:"published_at"`
}

// VolumeCount is how many volumes the zone has, at least 1.
func (z *Zone) VolumeCount() int { return 1 + len(z.Further) }

// Volume answers one volume: 0 is Geometry between Floor and Ceiling, the others are Further. Buffer is not applied.
func (z *Zone) Volume(i int) Volume3D {
	if i == 0 {
		return Volume3D{Geometry: z.Geometry, Floor: z.Floor, Ceiling: z.Ceiling}
	}
	return z.Further[i-1]
}

// PositionCount is how many positions the outlines of all volumes have together.
func (z *Zone) PositionCount() (n int) {
	for v := range z.VolumeCount() {
		g := z.Volume(v).Geometry
		n += len(g.Line)
		for _, p := range g.Polygons {
			for _, r := range p {
				n += len(r)
			}
		}
	}
	return n
}

// Volume3D is an area extruded between two heights, each in its own datum. Floor absent is the ground, Ceiling absent is
// unlimited; both limits and the rim belong to it.
type Volume3D struct {
	Geometry Geometry      `json:"geometry"`
	Floor    Opt[Altitude] `json:"floor,omitzero"`
	Ceiling  Opt[Altitude] `json:"ceiling,omitzero"`
}

// Volume4D is a volume from Start (inclusive) to End (exclusive); a zero time is unbounded.
type Volume4D struct {
	Volume3D
	Start time.Time `json:"time_start,omitzero"`
	End   time.Time `json:"time_end,omitzero"`
}

// Geometry is a horizontal shape in WGS-84, one of three: Polygons (holes allowed; every rim belongs to it); a circle,
// when Radius is above zero; a corridor, when Width is above zero: every place at most half the Width from Line, ends
// and bends round.
type Geometry struct {
	Polygons orb.MultiPolygon `json:"polygons,omitempty"`
	Centre   orb.Point        `json:"centre,omitzero"`
	Radius   Metres           `json:"radius_m,omitempty"`
	Line     orb.LineString   `json:"line,omitempty"`
	Width    Metres           `json:"width_m,omitempty"` // the full width
}

// IsCircle reports whether the geometry is a circle.
func (g Geometry) IsCircle() bool { return g.Radius > 0 }

// IsCorridor reports whether the geometry is a corridor.
func (g Geometry) IsCorridor() bool { return g.Width > 0 }

// Exemption fits an aircraft for which everything that is given holds; at least one is. Organisation and Scenario are
// those of the register, never what the aircraft claims; Plan is the one it reports to fly.
type Exemption struct {
	Organisation OrganisationID `json:"organisation_id,omitempty"`
	Scenario     Scenario       `json:"scenario,omitempty"`
	Plan         string         `json:"plan_id,omitempty"`
}

// Fits reports whether the exemption covers an aircraft of this register entry (nil: not registered) that reports to fly
// this plan.
func (x Exemption) Fits(a *Aircraft, plan string) bool {
	if a == nil || x == (Exemption{}) {
		return false
	}
	return (x.Organisation == "" || x.Organisation == a.Organisation) &&
		(x.Scenario == "" || x.Scenario == a.Scenario) && (x.Plan == "" || x.Plan == plan)
}

// ZoneReason is one of the reason codes of ED-269 and ED-318, in their spelling: AIR_TRAFFIC, SENSITIVE, PRIVACY,
// POPULATION, NATURE, NOISE, EMERGENCY, DAR, FOREIGN_TERRITORY, OTHER.
type ZoneReason string

// ZoneContact is an authority of a zone (zoneAuthority in ED-269 and ED-318).
type ZoneContact struct {
	Name    Text   `json:"name,omitzero"`
	Service Text   `json:"service,omitzero"`
	Person  Text   `json:"person,omitzero"`
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	URL     string `json:"url,omitempty"`
	Purpose string `json:"purpose,omitempty"` // AUTHORIZATION, NOTIFICATION or INFORMATION
	// Before is how long before the flight it wants to be asked, an ISO 8601 duration as published ("PT4H").
	Before string `json:"before,omitempty"`
}

// EDAttributes is what ED-269 and ED-318 publish of a zone besides, kept so that it is not lost on the way out again.
// Nothing of it is judged.
type EDAttributes struct {
	Country             string          `json:"country,omitempty"`    // ISO 3166-1 alpha-3
	Identifier          string          `json:"identifier,omitempty"` // as published, where the zone's id had to differ
	Variant             string          `json:"variant,omitempty"`    // COMMON or CUSTOMIZED
	USpace              bool            `json:"uspace,omitempty"`     // type USPACE of ED-318
	USpaceClass         string          `json:"uspace_class,omitempty"`
	Region              Opt[int]        `json:"region,omitzero"`
	RegulationExemption Opt[bool]       `json:"regulation_exemption,omitzero"`
	CreatedAt           time.Time       `json:"created_at,omitzero"`
	UpdatedAt           time.Time       `json:"updated_at,omitzero"`
	Originator          string          `json:"originator,omitempty"`
	Extended            json.RawMessage `json:"extended,omitempty"` // extendedProperties, a JSON object
}

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

	StartEvent DayEvent `json:"start_event,omitempty"`
	EndEvent   DayEvent `json:"end_event,omitempty"`
}

// DayEvent is an event of the day whose time depends on the place and the date.
type DayEvent string

const (
	MorningTwilight DayEvent = "BMCT" // begin of morning civil twilight
	Sunrise         DayEvent = "SR"
	Sunset          DayEvent = "SS"
	EveningTwilight DayEvent = "EECT" // end of evening civil twilight
)

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
	if p.StartEvent != "" || p.EndEvent != "" {
		return true
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
	Zone *Zone
	// Volume is which of the zone's volumes this is about (Zone.Volume): the one that binds the aircraft most. There is one
	// relation per zone.
	Volume int
	Active bool // the zone applies now
	// Exempt: one of the zone's exemptions fits the aircraft. Set by the picture.
	Exempt bool
	// Inside: the reported position lies in the closed area (rims belong to it). Horizontal only; see Vertical.
	Inside bool
	// Crossed: the segment from the previous live report touched the area although Inside is false now. Possible is
	// set with it when the two reports are too far apart in time to call it a crossing.
	Crossed, Possible bool
	// WasIn, with Crossed: the previous live report was in the area and the band of one of the zone's volumes, so a report saw
	// the stay that this way leaves.
	WasIn bool
	// Stayed, with WasIn, is from the first report of that stay to its last: 0 where a single report saw it. Set by the
	// picture.
	Stayed time.Duration
	// Through: Inside, now above the band or below it, and on the other side of it or in it (by more than 5 m) when the
	// segment came into the area: it was in the band between two reports. Possible as with Crossed.
	Through bool
	// Distance to the nearest rim, buffer included, negative inside.
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
	// Margin to the nearest limit of the band: positive inside it, negative outside. Absent when unknown, when the
	// band has no limit, or when further volumes of the zone go on beyond the limit.
	Margin Opt[Metres]
	// Measured and Limit are what was compared, in Datum.
	Measured, Limit Opt[Metres]
	Datum           Datum
	// Bound (±) of Measured where it was converted: Within with a Margin no greater than that may as well be outside. Above
	// and Below are certain: beyond the limit by more than it. 0 where nothing was converted.
	Bound Metres
	// Assumed: flat ground between take-off and here was assumed to compare at all. What rests on it is never above
	// Caution.
	Assumed bool
	Reason  Reason // why State is VerticalUnknown
}

// VerticalState is where an aircraft is relative to a height band.
type VerticalState uint8

const (
	VerticalUnknown VerticalState = iota // no common datum, or too coarse a bound: cannot judge, never clear
	VerticalWithin
	VerticalAbove
	VerticalBelow
)
