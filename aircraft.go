package lowsky

import (
	"slices"
	"time"
)

// Class is the class of the aircraft as 《无人驾驶航空器飞行管理暂行条例》 art. 62 tests it by mass. Whether it is a
// conventional agricultural aircraft is a flag beside the class.
type Class string

const (
	ClassUnknown Class = ""
	Micro        Class = "micro"  // 微型
	Light        Class = "light"  // 轻型
	Small        Class = "small"  // 小型
	Medium       Class = "medium" // 中型
	Large        Class = "large"  // 大型
)

// Valid reports whether c is a class or unknown.
func (c Class) Valid() bool {
	switch c {
	case ClassUnknown, Micro, Light, Small, Medium, Large:
		return true
	}
	return false
}

// ClassOf answers the class by empty and maximum take-off mass, in the order in which art. 62 tests them. The class also
// rests on speed and height limits that masses do not tell; a register entry says what its maker declared. ClassUnknown
// where a mass is missing, not finite, not above 0, or the empty mass above the take-off mass.
func ClassOf(empty, takeoff Opt[Kilograms]) Class {
	e, t := empty.Value, takeoff.Value
	if !empty.OK || !takeoff.OK || !Finite(e) || !Finite(t) || e <= 0 || t < e {
		return ClassUnknown
	}
	switch {
	case e < 0.25:
		return Micro
	case e <= 4 && t <= 7:
		return Light
	case e <= 15 && t <= 25:
		return Small
	case t <= 150:
		return Medium
	}
	return Large
}

// OtherIDs answers the ids besides ID that the aircraft may report under.
func (a *Aircraft) OtherIDs() []AircraftID {
	var out []AircraftID
	for _, s := range append([]string{a.Serial, a.RegistrationMark}, a.RemoteIDs...) {
		if id := AircraftID(s); id != a.ID && id.Valid() && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Valid reports whether id can be one: [A-Za-z0-9._-]{1,64}.
func (id AircraftID) Valid() bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

// Aircraft is an entry of the register.
type Aircraft struct {
	ID           AircraftID `json:"id"`
	Class        Class      `json:"class"`
	Agricultural bool       `json:"agricultural"` // 常规农用
	Model        string     `json:"model"`
	// Name is the short name on the map, e.g. "物-12" / "L-12"; empty shows the id.
	Name         Text     `json:"name,omitzero"`
	Scenario     Scenario `json:"scenario,omitempty"`
	ContactName  string   `json:"contact_name"`
	ContactPhone Sealed   `json:"contact_phone_sealed,omitempty"`
	// The other names of the same aircraft: a report under any of them that can be an id belongs to this entry.
	Serial           string   `json:"serial,omitempty"`            // the maker's; GB 46860 product code, or as the vendor has it
	RegistrationMark string   `json:"registration_mark,omitempty"` // 实名登记号 or 国籍登记标志
	RemoteIDs        []string `json:"remote_ids,omitempty"`        // as broadcast or network Remote ID names it
	ICAOAddress      string   `json:"icao_address,omitempty"`      // of its transponder, six hex digits in lower case
	// Masses decide the class where both are known.
	EmptyMass     Opt[Kilograms]   `json:"empty_mass_kg,omitzero"`
	TakeoffMass   Opt[Kilograms]   `json:"takeoff_mass_kg,omitzero"` // maximum
	InsuredUntil  Day              `json:"insured_until,omitempty"`  // last day of the liability insurance
	Demo          bool             `json:"demo,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	UpdatedAt     time.Time        `json:"updated_at"`
}
