package lowsky

import "time"

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

// Aircraft is an entry of the register.
type Aircraft struct {
	ID           AircraftID `json:"id"`
	Class        Class      `json:"class"`
	Agricultural bool       `json:"agricultural"` // 常规农用
	Model        string     `json:"model"`
	// Name is the short name on the map, e.g. "物-12" / "L-12"; empty shows the id.
	Name          Text             `json:"name,omitzero"`
	Scenario      Scenario         `json:"scenario,omitempty"`
	ContactName   string           `json:"contact_name"`
	ContactPhone  string           `json:"contact_phone"`
	Demo          bool             `json:"demo,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	UpdatedAt     time.Time        `json:"updated_at"`
}
