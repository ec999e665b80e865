package lowsky

import (
	"slices"
	"time"
)

// OrganisationKind says what an organisation is.
type OrganisationKind string

const (
	CityOrganisation   OrganisationKind = "city"       // the city's control centre
	CountyOrganisation OrganisationKind = "county"     // of a county, district or zone
	Department         OrganisationKind = "department" // sector department of the city or a county
	Company            OrganisationKind = "company"    // operates aircraft
)

// Valid reports whether k is a kind.
func (k OrganisationKind) Valid() bool {
	switch k {
	case CityOrganisation, CountyOrganisation, Department, Company:
		return true
	}
	return false
}

// Organisation is the city's centre, that of a county, a department or an operating company.
type Organisation struct {
	ID   OrganisationID   `json:"id"` // [a-z0-9][a-z0-9-]{0,63}
	Kind OrganisationKind `json:"kind"`
	Name Text             `json:"name"`
	// Jurisdiction is where it is seated: the city's own for the city, departments of the city and companies of the city.
	Jurisdiction JurisdictionID `json:"jurisdiction_id"`
	Scenarios    []Scenario     `json:"scenarios,omitempty"` // of a department: what it sees
	// CreditCode is the 统一社会信用代码, 18 characters (GB 32100); "" not given.
	CreditCode   string `json:"credit_code,omitempty"`
	ContactName  string `json:"contact_name,omitempty"`
	ContactPhone Sealed `json:"contact_phone_sealed,omitempty"`
	// CertifiedUntil is the last day of a company's operating certificate (运营合格证).
	CertifiedUntil Day       `json:"certified_until,omitempty"`
	Disabled       bool      `json:"disabled,omitempty"` // its people cannot sign in
	Demo           bool      `json:"demo,omitempty"`
	UpdatedAt      time.Time `json:"updated_at"`
}

// Jurisdictions that rows of the organisation touch by its seat.
func (o *Organisation) Jurisdictions() []JurisdictionID { return []JurisdictionID{o.Jurisdiction} }

// Check refuses an organisation that cannot be one; where it is seated is the caller's to know.
func (o *Organisation) Check() error {
	switch {
	case o.ID == "":
		return &InvalidError{Field: "id", Problem: "is missing"}
	case !o.Kind.Valid():
		return &InvalidError{Field: "kind", Problem: "must be city, county, department or company"}
	case o.Name.ZH == "" || o.Name.EN == "":
		return &InvalidError{Field: "name", Problem: "must be there in zh and en"}
	case (o.Kind == Department) != (len(o.Scenarios) > 0):
		return &InvalidError{Field: "scenarios", Problem: "belong to a department, which has some"}
	}
	for _, s := range o.Scenarios {
		if !slices.Contains(Scenarios, s) {
			return &InvalidError{Field: "scenarios", Problem: "has an unknown one"}
		}
	}
	return o.CertifiedUntil.Check()
}

// PilotID names a pilot: [A-Za-z0-9._-]{1,64}.
type PilotID string

// Pilot is an entry of the pilots' register.
type Pilot struct {
	ID            PilotID          `json:"id"`
	Name          string           `json:"name"`
	Phone         Sealed           `json:"phone_sealed,omitempty"`
	Licence       string           `json:"licence,omitempty"`       // number
	LicenceUntil  Day              `json:"licence_until,omitempty"` // last day
	Classes       []Class          `json:"classes,omitempty"`       // that the licence covers
	Username      string           `json:"username,omitempty"`      // of the pilot's account, if there is one
	Demo          bool             `json:"demo,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"` // of the organisation
	UpdatedAt     time.Time        `json:"updated_at"`
}

// SiteID names a site: [A-Za-z0-9._-]{1,64}.
type SiteID string

// SiteKind says what a site is.
type SiteKind string

const (
	SiteDock SiteKind = "dock" // 机巢
	SitePad  SiteKind = "pad"  // 起降点
)

// Site is a dock or a take-off and landing site.
type Site struct {
	ID            SiteID           `json:"id"`
	Kind          SiteKind         `json:"kind"`
	Name          Text             `json:"name"`
	Position      Position         `json:"position"`
	Device        DeviceID         `json:"device_id,omitempty"` // the dock's gateway
	Demo          bool             `json:"demo,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"` // that contain it, smallest first
	UpdatedAt     time.Time        `json:"updated_at"`
}

// Day is a calendar day in Shanghai, "2006-01-02"; "" is not known.
type Day string

// Check refuses what is no day; "" is none.
func (d Day) Check() error {
	if d == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
		return &InvalidError{Field: "day", Problem: "must be a day such as 2027-03-31"}
	}
	return nil
}

// Ended reports whether the day is over at an instant. An unknown day has not ended: that it is unknown is another
// matter.
func (d Day) Ended(at time.Time) bool {
	return d != "" && string(d) < at.In(Shanghai).Format(time.DateOnly)
}

// Expiry is one validity that has ended, or will soon.
type Expiry struct {
	Kind         string         `json:"kind"` // "aircraft", "pilot", "organisation"
	ID           string         `json:"id"`
	Name         Text           `json:"name"`
	What         string         `json:"what"` // "insurance", "licence", "certificate"
	Until        Day            `json:"until"`
	Organisation OrganisationID `json:"organisation_id"`
}

// Sealed is a piece of personal data as it is kept: encrypted with a key that the database does not hold, in text. ""
// is none. It may travel anywhere; identity.Sealer opens it.
type Sealed string
