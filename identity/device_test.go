package identity

import (
	"crypto/sha256"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lowsky"
)

func TestDevices(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	county := put(t, b, g, "county", "chibi", lowsky.CountyAdministrator)
	company := put(t, b, g, "company", "chibi-tea", lowsky.CompanyAdministrator)
	far := put(t, b, g, "far", "tongshan-air", lowsky.CompanyAdministrator)
	officer := put(t, b, g, "officer", "chibi", lowsky.CountyDutyOfficer)
	dock := lowsky.Device{ID: "Dock.3-A_1", Kind: lowsky.DeviceGateway, Name: "茶山机巢", Organisation: "chibi-tea"}
	secret, err := g.NewDevice(t.Context(), shell(), company, dock)
	if err != nil || !regexp.MustCompile(`^lsd_[a-z2-7]{26}$`).MatchString(secret) {
		t.Fatalf("%q, %v", secret, err)
	}
	d := b.devices["Dock.3-A_1"]
	if d.Hash != sha256.Sum256([]byte(secret)) || d.Organisation != "chibi-tea" || !slices.Equal(d.Jurisdictions, []lowsky.JurisdictionID{"421281"}) || d.RenewedAt.IsZero() {
		t.Errorf("%+v", d)
	}
	if _, err := g.NewDevice(t.Context(), shell(), company, dock); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	for what, c := range map[string]struct {
		by   *Principal
		f    func(*lowsky.Device)
		want error
	}{
		"another company's":  {far, func(*lowsky.Device) {}, lowsky.ErrInvalid},
		"the city's":         {county, func(d *lowsky.Device) { d.Organisation = "xianning" }, lowsky.ErrInvalid},
		"who may not":        {officer, func(d *lowsky.Device) { d.Organisation = "chibi" }, lowsky.ErrForbidden},
		"a company's mast":   {company, func(d *lowsky.Device) { d.ID, d.Kind = "mast", lowsky.DeviceWeather }, lowsky.ErrInvalid},
		"a company's radar":  {county, func(d *lowsky.Device) { d.ID, d.Kind = "radar", lowsky.DeviceTraffic }, lowsky.ErrInvalid},
		"a wildcard":         {company, func(d *lowsky.Device) { d.ID = "+" }, lowsky.ErrInvalid},
		"a topic":            {company, func(d *lowsky.Device) { d.ID = "a/b" }, lowsky.ErrInvalid},
		"no id":              {company, func(d *lowsky.Device) { d.ID = "" }, lowsky.ErrInvalid},
		"a long id":          {company, func(d *lowsky.Device) { d.ID = lowsky.DeviceID(strings.Repeat("a", 65)) }, lowsky.ErrInvalid},
		"a line break":       {company, func(d *lowsky.Device) { d.ID = "a\n" }, lowsky.ErrInvalid},
		"no kind":            {company, func(d *lowsky.Device) { d.Kind = "toaster" }, lowsky.ErrInvalid},
		"a name with breaks": {company, func(d *lowsky.Device) { d.Name = "a\r\nb" }, lowsky.ErrInvalid},
	} {
		d := dock
		d.ID = "other"
		c.f(&d)
		if secret, err := g.NewDevice(t.Context(), shell(), c.by, d); !errors.Is(err, c.want) || secret != "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, c := range map[string]struct {
		by   *Principal
		id   lowsky.DeviceID
		want error
	}{
		"another company's": {far, dock.ID, lowsky.ErrNotFound}, "who may not": {officer, dock.ID, lowsky.ErrForbidden},
		"unheard of": {county, "unheard-of", lowsky.ErrNotFound}, "no id": {county, "#", lowsky.ErrNotFound},
	} {
		if _, err := g.RenewDevice(t.Context(), shell(), c.by, c.id); !errors.Is(err, c.want) {
			t.Errorf("renewing %s: %v", what, err)
		}
		if err := g.RevokeDevice(t.Context(), shell(), c.by, c.id); !errors.Is(err, c.want) {
			t.Errorf("revoking %s: %v", what, err)
		}
	}
	again, err := g.RenewDevice(t.Context(), shell(), county, dock.ID)
	if err != nil || again == secret || b.devices[dock.ID].Hash != sha256.Sum256([]byte(again)) {
		t.Errorf("%q, %v", again, err)
	}
	if err := g.RevokeDevice(t.Context(), shell(), nil, dock.ID); err != nil || b.devices[dock.ID].RevokedAt.IsZero() {
		t.Errorf("revoked: %v", err)
	}
	// To see a device because it is in one's county is not to own it: the city's company has a dock here.
	b.devices["guest"] = lowsky.Device{ID: "guest", Organisation: "city-carrier", Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	if err := g.RevokeDevice(t.Context(), shell(), county, "guest"); !errors.Is(err, lowsky.ErrForbidden) {
		t.Errorf("seen and not owned: %v", err)
	}
	none := gate(t, newBook())
	none.cfg.Devices = nil
	if _, err := none.NewDevice(t.Context(), shell(), nil, dock); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("without a store: %v", err)
	}
}
