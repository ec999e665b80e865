package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

func TestOrganisations(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	city(t, s)
	o := lowsky.Organisation{ID: "org-1", Kind: lowsky.Company, Name: lowsky.Text{ZH: "鹰航", EN: "Eagle"}, Jurisdiction: "421224", CreditCode: "91421200MA0000000X",
		ContactName: "王", ContactPhone: "v1.k.secret", CertifiedUntil: "2027-03-31", UpdatedAt: noon}
	u := lowsky.User{Username: "li", Organisation: "org-1", CreatedAt: noon, PasswordChangedAt: noon}
	if err := s.CreateUser(ctx, wang, u); err != nil {
		t.Fatal(err)
	}
	flown := &lowsky.Aircraft{ID: "l-12", Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421202"}, UpdatedAt: noon}
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{flown}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.SaveOrganisation(ctx, wang, o); err != nil {
			t.Fatal(err)
		}
	}
	// Whose county it was sees the entry no more, and the picture can tell that it is newer.
	if _, err := s.AircraftByID(ctx, lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421202"}}, "l-12"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("its aircraft did not move with its seat: %v", err)
	}
	if got, err := s.AircraftByID(ctx, lowsky.Everything, "l-12"); err != nil || got.Jurisdictions[0] != "421224" || !got.UpdatedAt.After(noon) {
		t.Errorf("its aircraft did not move with its seat: %+v, %v", got, err)
	}
	city(t, s) // what a person changed stays
	if got, err := s.OrganisationByID(ctx, lowsky.Everything, "org-1"); err != nil || !cmp.Equal(got, o) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.User(ctx, "li"); err != nil || got.Jurisdictions[0] != "421224" {
		t.Errorf("its people did not move with its seat: %+v, %v", got, err)
	}
	if d := cmp.Diff([]string{"organisation.save organisation/org-1"}, trail(t, s, lowsky.AuditQuery{By: "wang", Action: "organisation.*"})); d != "" {
		t.Error(d)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE position('v1.k' IN before || after) > 0`); n != 0 {
		t.Error("a sealed phone is in the audit trail")
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE after::jsonb->>'contact_phone_sealed' = 'sealed'`); n != 1 {
		t.Error("that there is a phone is not in the audit trail")
	}
	other := o
	other.Kind = lowsky.Department
	closed := lowsky.Organisation{ID: "city", Kind: lowsky.CityOrganisation, Jurisdiction: "421200", Disabled: true}
	for name, bad := range map[string][]lowsky.Organisation{"another kind": {{ID: "new", Kind: lowsky.Company, UpdatedAt: noon}, other}, "the city closed": {closed}} {
		if err := s.SaveOrganisations(ctx, wang, bad); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if ok, err := s.Exists(ctx, "organisation", "new"); ok || err != nil {
		t.Errorf("half of what was refused is there: %v", err)
	}
	// The pack knows more by now: what nobody touched follows.
	if err := s.SeedOrganisations(ctx, []lowsky.Organisation{{ID: "org-2", Kind: lowsky.Company, Name: lowsky.Text{ZH: "新", EN: "New"}, Jurisdiction: "421202"}}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.OrganisationByID(ctx, lowsky.Everything, "org-2"); err != nil || got.Name.EN != "New" || got.Jurisdiction != "421202" || got.UpdatedAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDevices(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	city(t, s)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d := lowsky.Device{ID: "dock-7", Kind: lowsky.DeviceGateway, Name: "机巢七", Hash: [32]byte{0xde, 0xad}, CreatedAt: noon, RenewedAt: noon, Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421202"}}
	must(s.CreateDevice(ctx, wang, d))
	if err := s.CreateDevice(ctx, wang, d); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	if got, err := s.DeviceByID(ctx, lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-1"}}, "dock-7"); err != nil || !cmp.Equal(got, d) {
		t.Errorf("%+v, %v", got, err)
	}
	must(s.RenewDevice(ctx, wang, "dock-7", [32]byte{0xbe, 0xef}, noon.Add(time.Minute)))
	if all, err := holding(s); err != nil || len(all) != 1 || all[0].Hash != [32]byte{0xbe, 0xef} || !all[0].RenewedAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v, %v", all, err)
	}
	for range 2 {
		must(s.RevokeDevice(ctx, wang, "dock-7", noon.Add(time.Hour)))
	}
	if all, err := holding(s); err != nil || len(all) != 0 {
		t.Errorf("a revoked one may sign in: %+v, %v", all, err)
	}
	if all, err := s.Devices(ctx, lowsky.Everything); err != nil || len(all) != 1 || !all[0].RevokedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v, %v", all, err)
	}
	must(s.RenewDevice(ctx, wang, "dock-7", [32]byte{1}, noon.Add(2*time.Hour)))
	if all, err := holding(s); err != nil || len(all) != 1 || !all[0].RevokedAt.IsZero() {
		t.Errorf("a renewed one may not: %+v, %v", all, err)
	}
	for _, err := range []error{s.RevokeDevice(ctx, wang, "dock-8", noon), s.RenewDevice(ctx, wang, "dock-8", [32]byte{}, noon),
		s.CreateDevice(ctx, wang, lowsky.Device{ID: "x", Kind: lowsky.DeviceWeather, Organisation: "nowhere"})} {
		if !errors.Is(err, lowsky.ErrNotFound) {
			t.Error(err)
		}
	}
	if d := cmp.Diff([]string{"device.create device/dock-7", "device.renew device/dock-7", "device.revoke device/dock-7", "device.renew device/dock-7"},
		trail(t, s, lowsky.AuditQuery{Action: "device.*"})); d != "" {
		t.Error(d)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE before || after ~ 'dead|beef|222, ?173'`); n != 0 {
		t.Error("a hash is in the audit trail")
	}
}

func TestPilotsAndSites(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	city(t, s)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := lowsky.Pilot{ID: "p-1", Name: "赵", Phone: "v1.k.secret", Licence: "L1", LicenceUntil: "2026-12-31", Classes: []lowsky.Class{lowsky.Light, lowsky.Small},
		Username: "zhao", Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421202"}, UpdatedAt: noon}
	for range 2 {
		must(s.SavePilots(ctx, wang, []lowsky.Pilot{p}))
	}
	if got, err := s.PilotByID(ctx, lowsky.Everything, "p-1"); err != nil || !cmp.Equal(got, p) {
		t.Errorf("%+v, %v", got, err)
	}
	licensed := p
	licensed.LicenceUntil, licensed.UpdatedAt = "2027-12-31", noon.Add(time.Hour)
	must(s.SavePilots(ctx, wang, []lowsky.Pilot{licensed}))
	x := lowsky.Site{ID: "d-1", Kind: lowsky.SiteDock, Name: lowsky.Text{ZH: "一号", EN: "One"}, Device: "dock-7", Organisation: "org-1",
		Position:      lowsky.Position{Longitude: 114.3, Latitude: 29.8, AMSL: lowsky.Some[lowsky.Metres](41), AGL: lowsky.Some[lowsky.Metres](3), AMSLGeoid: lowsky.CN1985},
		Jurisdictions: []lowsky.JurisdictionID{"421202", "421200"}, UpdatedAt: noon}
	for range 2 {
		must(s.SaveSites(ctx, wang, []lowsky.Site{x}))
	}
	if got, err := s.SiteByID(ctx, lowsky.Everything, "d-1"); err != nil || !cmp.Equal(got, x) {
		t.Errorf("%+v, %v", got, err)
	}
	nobody := p
	nobody.ID, nobody.Organisation = "p-2", "nowhere"
	fine := p
	fine.ID = "p-3"
	if err := s.SavePilots(ctx, wang, []lowsky.Pilot{fine, nobody}); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if list, err := s.Pilots(ctx, lowsky.Everything); err != nil || len(list) != 1 {
		t.Errorf("half of what was refused is there: %+v, %v", list, err)
	}
	elsewhere := lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-2"}}
	for _, err := range []error{s.DeletePilot(ctx, wang, elsewhere, "p-1"), s.DeletePilot(ctx, wang, lowsky.Everything, "p-9"),
		s.DeleteSite(ctx, wang, elsewhere, "d-1"), s.DeleteSite(ctx, wang, lowsky.Everything, "d-9\x00")} {
		if !errors.Is(err, lowsky.ErrNotFound) {
			t.Error(err)
		}
	}
	must(s.DeletePilot(ctx, wang, lowsky.Everything, "p-1"))
	must(s.DeleteSite(ctx, wang, lowsky.Everything, "d-1"))
	if d := cmp.Diff([]string{"pilot.save pilot/p-1", "pilot.save pilot/p-1", "site.save site/d-1", "pilot.remove pilot/p-1", "site.remove site/d-1"},
		trail(t, s, lowsky.AuditQuery{By: "wang"})); d != "" {
		t.Error(d)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE position('v1.k' IN before || after) > 0`); n != 0 {
		t.Error("a sealed phone is in the audit trail")
	}
}

func TestOneNameIsOneAircraft(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	entry := func(id string, change func(*lowsky.Aircraft)) *lowsky.Aircraft {
		a := &lowsky.Aircraft{ID: lowsky.AircraftID(id), Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421202"}, UpdatedAt: noon}
		if change != nil {
			change(a)
		}
		return a
	}
	full := entry("l-12", func(a *lowsky.Aircraft) {
		a.Class, a.Agricultural, a.Model, a.Name, a.Scenario = lowsky.Light, true, "M30", lowsky.Text{ZH: "物-12", EN: "L-12"}, lowsky.Logistics
		a.ContactName, a.ContactPhone, a.Serial, a.RegistrationMark = "王", "v1.k.x", "1581F5BKD", "UAS-0001"
		a.RemoteIDs, a.ICAOAddress, a.InsuredUntil = []string{"RID-1", "RID 2"}, "780abc", "2026-12-31"
		a.EmptyMass, a.TakeoffMass = lowsky.Some[lowsky.Kilograms](3.7), lowsky.Some[lowsky.Kilograms](4)
	})
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{full}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.AircraftByID(ctx, lowsky.Everything, "l-12"); err != nil || cmp.Diff(full, got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(full, got))
	}
	for name, bad := range map[string]*lowsky.Aircraft{
		"the id of another as serial":  entry("b", func(a *lowsky.Aircraft) { a.Serial = "l-12" }),
		"the serial of another as id":  entry("1581F5BKD", nil),
		"the same serial":              entry("b", func(a *lowsky.Aircraft) { a.Serial = "1581F5BKD" }),
		"the same mark":                entry("b", func(a *lowsky.Aircraft) { a.RegistrationMark = "UAS-0001" }),
		"a mark that is a Remote ID":   entry("b", func(a *lowsky.Aircraft) { a.RegistrationMark = "RID-1" }),
		"the same transponder address": entry("b", func(a *lowsky.Aircraft) { a.ICAOAddress = "780ABC" }),
	} {
		err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{entry("fine", nil), bad})
		if !errors.Is(err, lowsky.ErrConflict) || !strings.Contains(err.Error(), string(bad.ID)) || !strings.Contains(err.Error(), "l-12") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{entry("c", func(a *lowsky.Aircraft) { a.Serial = "S" }), entry("d", func(a *lowsky.Aircraft) { a.Serial = "S" })}); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("within one list: %v", err)
	}
	if all, err := s.Aircraft(ctx, lowsky.Everything); err != nil || len(all) != 1 {
		t.Errorf("half of what was refused is there: %v, %v", all, err)
	}
	// A name goes over from one to another in one step; one given up is free; so are those of an entry that is gone.
	bare := entry("l-12", func(a *lowsky.Aircraft) { a.UpdatedAt = noon.Add(time.Minute) })
	heir := entry("heir", func(a *lowsky.Aircraft) { a.Serial = "1581F5BKD"; a.UpdatedAt = noon.Add(time.Minute) })
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{heir, bare}); err != nil {
		t.Error(err)
	}
	if err := s.DeleteAircraft(ctx, wang, []lowsky.AircraftID{"heir", "unknown"}, noon.Add(time.Minute)); err != nil {
		t.Error(err)
	}
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{entry("1581F5BKD", nil)}); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{"aircraft.save aircraft/l-12", "aircraft.save aircraft/heir", "aircraft.save aircraft/l-12", "aircraft.remove aircraft/heir", "aircraft.save aircraft/1581F5BKD"},
		trail(t, s, lowsky.AuditQuery{By: "wang"})); d != "" {
		t.Error(d)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE position('v1.k' IN before || after) > 0`); n != 0 {
		t.Error("a sealed phone is in the audit trail")
	}
	// Two at the same moment: one of them is told.
	var both sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		both.Go(func() {
			results[i] = s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{entry("race-"+string(rune('a'+i)), func(a *lowsky.Aircraft) { a.Serial = "RACE" })})
		})
	}
	both.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, lowsky.ErrConflict) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d have the same serial", won)
	}
}

func TestExpiring(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	city(t, s)
	a := &lowsky.Aircraft{ID: "l-12", Organisation: "org-1", InsuredUntil: "2026-12-01", UpdatedAt: noon}
	late := &lowsky.Aircraft{ID: "l-13", Organisation: "org-1", Name: lowsky.Text{ZH: "物", EN: "L"}, InsuredUntil: "2026-11-01", UpdatedAt: noon}
	never := &lowsky.Aircraft{ID: "l-14", Organisation: "org-1", UpdatedAt: noon}
	o := lowsky.Organisation{ID: "org-1", Kind: lowsky.Company, Name: lowsky.Text{ZH: "公司", EN: "Company"}, Jurisdiction: "421202", CertifiedUntil: "2026-12-24", UpdatedAt: noon}
	p := lowsky.Pilot{ID: "p", Name: "赵", LicenceUntil: "2026-12-23", Organisation: "org-1", UpdatedAt: noon}
	for _, err := range []error{s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{a, late, never}), s.SaveOrganisation(ctx, wang, o), s.SavePilots(ctx, wang, []lowsky.Pilot{p})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []lowsky.Expiry{
		{Kind: "aircraft", ID: "l-13", Name: lowsky.Text{ZH: "物", EN: "L"}, What: "insurance", Until: "2026-11-01", Organisation: "org-1"},
		{Kind: "aircraft", ID: "l-12", Name: lowsky.Text{ZH: "l-12", EN: "l-12"}, What: "insurance", Until: "2026-12-01", Organisation: "org-1"},
		{Kind: "pilot", ID: "p", Name: lowsky.Text{ZH: "赵", EN: "赵"}, What: "licence", Until: "2026-12-23", Organisation: "org-1"},
	}
	if got, err := s.Expiring(ctx, lowsky.Everything, "2026-12-23"); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	if got, err := s.Expiring(ctx, lowsky.Everything, "2026-12-24"); err != nil || len(got) != 4 || got[3].What != "certificate" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestExists(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	city(t, s)
	for kind := range map[string]bool{"aircraft": true, "zone": true, "alert": true, "user": true, "organisation": true, "pilot": true, "site": true, "device": true, "token": true, "simulation": true} {
		if ok, err := s.Exists(ctx, kind, "no'such\x00one\xff"); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	if ok, err := s.Exists(ctx, "organisation", "city"); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := s.Exists(ctx, "users", "x"); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("%v", err)
	}
}

// Who watches hears of every kind, also what another process wrote, and after a lost connection that something may
// have been missed.
func TestWatch(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s, other := storetest.Open(t, url+"&application_name=watched"), storetest.Open(t, url)
	heard := make(chan string, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Watch(ctx, func(kind string) { heard <- kind }) }()
	expect := func(want ...string) {
		t.Helper()
		limit := time.NewTimer(20 * time.Second)
		defer limit.Stop()
		for _, w := range want {
			select {
			case got := <-heard:
				if got != w {
					t.Errorf("heard %q, want %q", got, w)
				}
			case <-limit.C:
				t.Fatalf("never heard %q", w)
			}
		}
	}
	expect("")
	city(t, other)
	expect("organisation", "organisation", "organisation", "organisation")
	u := lowsky.User{Username: "li", Organisation: "county", CreatedAt: noon, PasswordChangedAt: noon}
	for _, err := range []error{other.CreateUser(ctx, wang, u), other.UpdateUser(ctx, wang, u) /* nothing changed */, other.SetPassword(ctx, wang, "li", "x", false, noon),
		other.CreateToken(ctx, wang, lowsky.APIToken{ID: "t", Username: "li", CreatedAt: noon}), other.RevokeToken(ctx, wang, "t", noon),
		other.CreateDevice(ctx, wang, lowsky.Device{ID: "d", Kind: lowsky.DeviceWeather, Organisation: "org-1"}), other.RevokeDevice(ctx, wang, "d", noon),
		other.SaveAircraft(ctx, wang, []*lowsky.Aircraft{{ID: "a", UpdatedAt: noon}}), other.DeleteAircraft(ctx, wang, []lowsky.AircraftID{"a"}, noon),
		other.Sessions().CommitCtx(ctx, "s", []byte("{}"), time.Now().Add(time.Hour)), other.Sessions().DeleteCtx(ctx, "s"), other.Sessions().DeleteCtx(ctx, "s")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	expect("user", "user", "token", "token", "device", "device", "aircraft", "aircraft", "session")
	exec(t, url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN lowsky_changed' AND application_name = 'watched'`)
	expect("")
	if err := other.RevokeDevice(ctx, wang, "d", noon); err != nil { // over already
		t.Fatal(err)
	}
	if err := other.RenewDevice(ctx, wang, "d", [32]byte{1}, noon); err != nil {
		t.Fatal(err)
	}
	expect("device")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(heard) != 0 {
		t.Errorf("also heard %q", <-heard)
	}
}

// holding answers the devices that may sign in.
func holding(s *store.Store) ([]lowsky.Device, error) {
	all, err := s.Devices(context.Background(), lowsky.Everything)
	return slices.DeleteFunc(all, func(d lowsky.Device) bool { return !d.RevokedAt.IsZero() }), err
}
