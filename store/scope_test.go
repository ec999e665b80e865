package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

var (
	someOrganisations = []lowsky.OrganisationID{"city", "county", "org-1", "org-2"}
	someJurisdictions = []lowsky.JurisdictionID{"421200", "421202", "421224"}
	someScenarios     = []lowsky.Scenario{"", lowsky.Logistics, lowsky.Rescue, lowsky.Tourism}
)

func subset[T any](r *rapid.T, of []T, label string) (out []T) {
	mask := rapid.IntRange(0, 1<<len(of)-1).Draw(r, label)
	for i, v := range of {
		if mask>>i&1 == 1 {
			out = append(out, v)
		}
	}
	return out
}

func anyScope(r *rapid.T) lowsky.Scope {
	return lowsky.Scope{
		All: rapid.IntRange(0, 3).Draw(r, "all") == 0, AllZones: rapid.Bool().Draw(r, "all zones"), Anonymous: rapid.Bool().Draw(r, "anonymous"),
		Organisations: subset(r, someOrganisations, "organisations"), Jurisdictions: subset(r, someJurisdictions, "jurisdictions"),
		Scenarios: subset(r, someScenarios, "scenarios"),
	}
}

// byMask says where a position lies: the whole degrees of its longitude above 100 are a set of jurisdictions.
func byMask(dst []lowsky.JurisdictionID, p lowsky.Position) []lowsky.JurisdictionID {
	for i, j := range someJurisdictions {
		if (int(p.Longitude)-100)>>i&1 == 1 {
			dst = append(dst, j)
		}
	}
	return dst
}

// What the SQL answers is what the Scope says of each row, for every read there is.
func TestScopeIsTheSameInGoAndSQL(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	city(t, s)
	w := &scopeWorld{s: s, j: new(journal)}
	rapid.Check(t, func(r *rapid.T) {
		w.run++
		w.rows(t, r)
		for range 2 {
			scope := anyScope(r)
			if err := w.compare(t, scope); err != nil {
				r.Fatalf("%+v: %v", scope, err)
			}
		}
	})
}

// scopeWorld is rows in the database and what they are in Go.
type scopeWorld struct {
	s        *store.Store
	j        *journal
	run      int
	alerts   []*lowsky.Alert
	aircraft []*lowsky.Aircraft
	reports  map[lowsky.AircraftID]func(lowsky.Scope) bool
	zones    []*lowsky.Zone
	seats    map[lowsky.OrganisationID][]lowsky.JurisdictionID
	people   []lowsky.User
	pilots   []lowsky.Pilot
	sites    []lowsky.Site
	devices  []lowsky.Device
	audit    []lowsky.AuditEntry
	flown    []lowsky.Simulation
}

func (w *scopeWorld) rows(t *testing.T, r *rapid.T) {
	t.Helper()
	organisation := func() lowsky.OrganisationID { return rapid.SampledFrom(someOrganisations).Draw(r, "organisation") }
	scenario := func() lowsky.Scenario { return rapid.SampledFrom(someScenarios).Draw(r, "scenario") }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id := func(n int) string { return fmt.Sprintf("x%d-%d", w.run, n) }
	w.alerts, w.aircraft, w.zones, w.people, w.pilots, w.sites, w.devices, w.audit, w.flown = nil, nil, nil, nil, nil, nil, nil, nil, nil
	w.reports = make(map[lowsky.AircraftID]func(lowsky.Scope) bool)
	w.seats = map[lowsky.OrganisationID][]lowsky.JurisdictionID{"city": {"421200"}, "county": {"421202"}, "org-1": {"421202"}, "org-2": {"421224"}}
	ctx := t.Context()
	for n := range 1 {
		a := alert(id(n), 1)
		a.RaisedAt = noon.Add(time.Duration(w.run) * time.Minute) // on the first page
		a.Organisation, a.Jurisdictions, a.Scenario = organisation(), subset(r, someJurisdictions, "alert"), scenario()
		a.Partners = subset(r, someOrganisations, "partners")
		a.Handling.Holder = rapid.SampledFrom(append([]lowsky.JurisdictionID{""}, someJurisdictions...)).Draw(r, "holder")
		w.alerts = append(w.alerts, a)
		w.j.add(record(lowsky.RecordAlert, "", a))

		e := &lowsky.Aircraft{ID: lowsky.AircraftID(id(n)), Organisation: organisation(), Jurisdictions: subset(r, someJurisdictions, "aircraft"),
			Scenario: scenario(), InsuredUntil: "2026-12-01", UpdatedAt: noon}
		w.aircraft = append(w.aircraft, e)
		w.j.add(record(lowsky.RecordAircraft, "", lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{e}}))

		m := report(id(n), noon)
		m.ReceivedAt = noon
		m.Scenario = scenario()
		m.Position.Value.Longitude = lowsky.Degrees(100 + rapid.IntRange(0, 7).Draw(r, "where"))
		w.j.add(telemetry(m))
		w.reports[e.ID] = func(scope lowsky.Scope) bool {
			flight := m.Scenario
			if flight == "" {
				flight = e.Scenario
			}
			return scope.SeesFlight(e.Organisation, byMask(nil, m.Position.Value), flight)
		}

		z := zone(id(n), 1)
		z.Organisation, z.Jurisdictions = organisation(), subset(r, someJurisdictions, "zone")
		w.zones = append(w.zones, z)

		u := lowsky.User{Username: id(n), Organisation: organisation(), CreatedAt: noon, PasswordChangedAt: noon}
		u.Jurisdictions = w.seats[u.Organisation]
		w.people = append(w.people, u)
		must(w.s.CreateUser(ctx, wang, u))
		must(w.s.CreateToken(ctx, wang, lowsky.APIToken{ID: id(n), Username: u.Username, Hash: [32]byte{byte(w.run), byte(w.run >> 8), byte(n), byte(w.run >> 16)}, CreatedAt: noon}))
		p := lowsky.Pilot{ID: lowsky.PilotID(id(n)), Name: "p", Organisation: organisation(), LicenceUntil: "2026-12-01", UpdatedAt: noon}
		p.Jurisdictions = w.seats[p.Organisation]
		w.pilots = append(w.pilots, p)
		w.sites = append(w.sites, lowsky.Site{ID: lowsky.SiteID(id(n)), Kind: lowsky.SitePad, Organisation: organisation(), Jurisdictions: subset(r, someJurisdictions, "site"), UpdatedAt: noon})
		d := lowsky.Device{ID: lowsky.DeviceID(id(n)), Kind: lowsky.DeviceGateway, Organisation: organisation(), CreatedAt: noon, RenewedAt: noon}
		d.Jurisdictions = w.seats[d.Organisation]
		w.devices = append(w.devices, d)
		must(w.s.CreateDevice(ctx, wang, d))
		x := lowsky.AuditEntry{At: noon, By: id(n), Action: "x", Organisation: organisation(), Jurisdictions: subset(r, someJurisdictions, "audit")}
		w.audit = append(w.audit, x)
		must(w.s.Audit(ctx, x))
		flown, err := w.s.AddSimulation(ctx, lowsky.Actor{Name: "tester", At: noon, Organisation: organisation(), Jurisdictions: subset(r, someJurisdictions, "simulation")},
			lowsky.Simulation{Name: "n", Runs: 1}, 1<<30)
		must(err)
		w.flown = append(w.flown, flown)
	}
	must(w.s.SavePilots(ctx, wang, w.pilots))
	must(w.s.SaveSites(ctx, wang, w.sites))
	must(w.s.PublishZones(ctx, &lowsky.ZonePublication{Upsert: w.zones, By: "wang"}, noon))
	must(w.s.CatchUp(ctx, w.j, decode, store.ConsumeOptions{Jurisdictions: byMask}))
}

// expected compares which of the rows of this run a list holds with which it should.
func expected[R, L any](what string, rows []R, rowID func(R) string, sees func(R) bool, list []L, err error, listID func(L) string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	for _, row := range rows {
		n := 0
		for _, l := range list {
			if listID(l) == rowID(row) {
				n++
			}
		}
		if want := map[bool]int{true: 1}[sees(row)]; n != want {
			return fmt.Errorf("%s: %+v is there %d times, want %d", what, row, n, want)
		}
	}
	return nil
}

// single compares what asking for one row by its id answers.
func single(what string, sees bool, err error) error {
	if sees && err != nil || !sees && !errors.Is(err, lowsky.ErrNotFound) {
		return fmt.Errorf("%s by its id, seen %v: %v", what, sees, err)
	}
	return nil
}

func (w *scopeWorld) compare(t *testing.T, scope lowsky.Scope) error {
	ctx := t.Context()
	var all []error
	note := func(err error) { all = append(all, err) }

	alertID := func(a *lowsky.Alert) string { return string(a.ID) }
	visible := func(a *lowsky.Alert) bool { return a.Visible(scope) }
	alerts, err := w.s.Alerts(ctx, scope, lowsky.AlertQuery{})
	note(expected("alerts", w.alerts, alertID, visible, alerts, err, alertID))
	open, err := w.s.OpenAlerts(ctx, scope)
	note(expected("open alerts", w.alerts, alertID, visible, open, err, alertID))
	for _, a := range w.alerts {
		_, err := w.s.Alert(ctx, scope, a.ID)
		note(single("alert", a.Visible(scope), err))
		_, err = w.s.AlertRevisions(ctx, scope, a.ID)
		note(single("revisions", a.Visible(scope), err))
	}

	aircraftID := func(a *lowsky.Aircraft) string { return string(a.ID) }
	registered := func(a *lowsky.Aircraft) bool { return scope.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario) }
	entries, err := w.s.Aircraft(ctx, scope)
	note(expected("aircraft", w.aircraft, aircraftID, registered, entries, err, aircraftID))
	seen, err := w.s.LastSeen(ctx, scope, noon.Add(-time.Minute), noon)
	note(expected("last seen", w.aircraft, aircraftID, func(a *lowsky.Aircraft) bool { return w.reports[a.ID](scope) }, seen, err,
		func(l lowsky.LastSeen) string { return string(l.Aircraft) }))
	for _, a := range w.aircraft {
		_, err := w.s.AircraftByID(ctx, scope, a.ID)
		note(single("aircraft", registered(a), err))
		points, err := w.s.History(ctx, scope, a.ID, noon.Add(-time.Hour), noon.Add(time.Hour), 10)
		if want := w.reports[a.ID](scope); err != nil || (len(points) == 1) != want {
			note(fmt.Errorf("history: %d points, %v, seen %v", len(points), err, want))
		}
	}

	zoneID := func(z *lowsky.Zone) string { return string(z.ID) }
	inZone := func(z *lowsky.Zone) bool { return scope.SeesZone(z.Organisation, z.Jurisdictions) }
	zones, err := w.s.Zones(ctx, scope)
	note(expected("zones", w.zones, zoneID, inZone, zones, err, zoneID))
	for _, z := range w.zones {
		_, err := w.s.ZoneVersion(ctx, scope, z.ID, 0)
		note(single("zone", inZone(z), err))
		_, err = w.s.ZoneVersions(ctx, scope, z.ID)
		note(single("versions of zone", inZone(z), err))
		if m, err := w.s.NewestZones(ctx, scope, []lowsky.ZoneID{z.ID}); err != nil || (len(m) == 1) != inZone(z) {
			note(fmt.Errorf("newest zones: %d, %v", len(m), err))
		}
	}

	userID := func(u lowsky.User) string { return u.Username }
	sees := func(u lowsky.User) bool { return scope.Sees(u.Organisation, u.Jurisdictions) }
	users, err := w.s.Users(ctx, scope)
	note(expected("users", w.people, userID, sees, users, err, userID))
	tokens, err := w.s.Tokens(ctx, scope)
	note(expected("tokens", w.people, userID, sees, tokens, err, func(k lowsky.APIToken) string { return k.ID }))
	pilotID := func(p lowsky.Pilot) string { return string(p.ID) }
	pilots, err := w.s.Pilots(ctx, scope)
	note(expected("pilots", w.pilots, pilotID, func(p lowsky.Pilot) bool { return scope.Sees(p.Organisation, p.Jurisdictions) }, pilots, err, pilotID))
	siteID := func(x lowsky.Site) string { return string(x.ID) }
	sites, err := w.s.Sites(ctx, scope)
	note(expected("sites", w.sites, siteID, func(x lowsky.Site) bool { return scope.Sees(x.Organisation, x.Jurisdictions) }, sites, err, siteID))
	deviceID := func(d lowsky.Device) string { return string(d.ID) }
	devices, err := w.s.Devices(ctx, scope)
	note(expected("devices", w.devices, deviceID, func(d lowsky.Device) bool { return scope.Sees(d.Organisation, d.Jurisdictions) }, devices, err, deviceID))
	for i := range w.pilots {
		p, x, d := w.pilots[i], w.sites[i], w.devices[i]
		_, err := w.s.PilotByID(ctx, scope, p.ID)
		note(single("pilot", scope.Sees(p.Organisation, p.Jurisdictions), err))
		_, err = w.s.SiteByID(ctx, scope, x.ID)
		note(single("site", scope.Sees(x.Organisation, x.Jurisdictions), err))
		_, err = w.s.DeviceByID(ctx, scope, d.ID)
		note(single("device", scope.Sees(d.Organisation, d.Jurisdictions), err))
	}
	orgID := func(o lowsky.OrganisationID) string { return string(o) }
	orgs, err := w.s.Organisations(ctx, scope)
	note(expected("organisations", someOrganisations, orgID, func(o lowsky.OrganisationID) bool { return scope.Sees(o, w.seats[o]) }, orgs, err,
		func(o lowsky.Organisation) string { return string(o.ID) }))
	for _, o := range someOrganisations {
		_, err := w.s.OrganisationByID(ctx, scope, o)
		note(single("organisation", scope.Sees(o, w.seats[o]), err))
	}
	for _, x := range w.audit {
		trail, err := w.s.AuditTrail(ctx, scope, lowsky.AuditQuery{By: x.By})
		note(expected("audit", []lowsky.AuditEntry{x}, func(e lowsky.AuditEntry) string { return e.By },
			func(e lowsky.AuditEntry) bool { return scope.Sees(e.Organisation, e.Jurisdictions) }, trail, err, func(e lowsky.AuditEntry) string { return e.By }))
	}
	flownID := func(m lowsky.Simulation) string { return fmt.Sprint(m.ID) }
	flown, err := w.s.Simulations(ctx, scope, 1<<30)
	note(expected("simulations", w.flown, flownID, func(m lowsky.Simulation) bool { return scope.Sees(m.Organisation, m.Jurisdictions) }, flown, err, flownID))
	for _, m := range w.flown {
		_, err := w.s.SimulationByID(ctx, scope, m.ID)
		note(single("simulation", scope.Sees(m.Organisation, m.Jurisdictions), err))
	}
	expiring, err := w.s.Expiring(ctx, scope, "2026-12-01")
	is := func(kind string) []lowsky.Expiry {
		return slices.DeleteFunc(slices.Clone(expiring), func(e lowsky.Expiry) bool { return e.Kind != kind })
	}
	expiryID := func(e lowsky.Expiry) string { return e.ID }
	note(expected("expiring aircraft", w.aircraft, aircraftID, registered, is("aircraft"), err, expiryID))
	note(expected("expiring pilots", w.pilots, pilotID, func(p lowsky.Pilot) bool { return scope.Sees(p.Organisation, p.Jurisdictions) }, is("pilot"), err, expiryID))
	return errors.Join(all...)
}
