package store_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/store/storetest"
)

func alert(id string, rev uint64) *lowsky.Alert {
	return &lowsky.Alert{
		ID: lowsky.AlertID(id), Rev: rev, State: lowsky.AlertFiring, Severity: lowsky.Warning, PeakSeverity: lowsky.Warning,
		AlertKey: lowsky.AlertKey{Object: lowsky.Object{Kind: lowsky.ObjectAircraft, ID: "l-12"}, Hazard: lowsky.HazardZoneEntry},
		RaisedAt: noon, FiredAt: noon, ChangedAt: noon.Add(time.Duration(rev) * time.Second), Handling: lowsky.Handling{State: lowsky.HandlingNew},
		Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421202", "421200"}, Count: 1,
		Clocks: lowsky.AlertClocks{FoundSince: noon, ClearCount: 1},
	}
}

func ids(alerts []*lowsky.Alert) (out []string) {
	for _, a := range alerts {
		out = append(out, string(a.ID))
	}
	return out
}

func TestAlertsKeepEveryRevisionAndNeverGoBack(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	third := alert("a", 3)
	third.State, third.ResolvedAt, third.Handling.State = lowsky.AlertResolved, noon, lowsky.HandlingAcknowledged
	j.add(record(lowsky.RecordAlert, "", alert("a", 1)), record(lowsky.RecordAlert, "", third), record(lowsky.RecordAlert, "", alert("a", 2)))
	catchUp(t, s, j)
	j.add(record(lowsky.RecordAlert, "", alert("a", 2)))
	catchUp(t, s, j)
	got, err := s.Alert(t.Context(), lowsky.Everything, "a")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(third, got); d != "" {
		t.Errorf("newest (-want +got):\n%s", d)
	}
	revs, err := s.AlertRevisions(t.Context(), lowsky.Everything, "a")
	if err != nil || len(revs) != 3 || revs[0].Rev != 1 || revs[2].Rev != 3 {
		t.Errorf("revisions %v, %v", revs, err)
	}
	if open, err := s.OpenAlerts(t.Context(), lowsky.Everything); err != nil || len(open) != 0 {
		t.Errorf("open %v, %v", ids(open), err)
	}
	other := lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421224"}}
	for _, id := range []lowsky.AlertID{"a", "unknown"} {
		if _, err := s.Alert(t.Context(), other, id); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("alert %s out of scope: %v", id, err)
		}
		if _, err := s.AlertRevisions(t.Context(), other, id); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("revisions of %s out of scope: %v", id, err)
		}
	}
}

func TestAlertQueries(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	make := func(id string, minute int, change func(a *lowsky.Alert)) {
		a := alert(id, 1)
		a.RaisedAt = noon.Add(time.Duration(minute) * time.Minute)
		if change != nil {
			change(a)
		}
		j.add(record(lowsky.RecordAlert, "", a))
	}
	make("a", 0, nil)
	make("b", 1, func(a *lowsky.Alert) { a.State, a.Handling.State = lowsky.AlertResolved, lowsky.HandlingAcknowledged })
	make("c", 1, func(a *lowsky.Alert) { a.Severity, a.PeakSeverity = lowsky.Advisory, lowsky.Caution })
	make("d", 2, func(a *lowsky.Alert) { a.Hazard = lowsky.HazardBattery })
	make("e", 3, func(a *lowsky.Alert) { a.Jurisdictions, a.Organisation = []lowsky.JurisdictionID{"421224"}, "org-2" })
	make("f", 4, func(a *lowsky.Alert) { a.Object.ID = "other" })
	catchUp(t, s, j)
	for _, c := range []struct {
		name  string
		scope lowsky.Scope
		q     lowsky.AlertQuery
		want  []string
	}{
		{"all, newest first", lowsky.Everything, lowsky.AlertQuery{}, []string{"f", "e", "d", "c", "b", "a"}},
		{"open", lowsky.Everything, lowsky.AlertQuery{State: lowsky.AlertsOpen}, []string{"f", "e", "d", "c", "a"}},
		{"resolved", lowsky.Everything, lowsky.AlertQuery{State: lowsky.AlertsResolved}, []string{"b"}},
		{"severe", lowsky.Everything, lowsky.AlertQuery{MinSeverity: lowsky.Warning}, []string{"f", "e", "d", "b", "a"}},
		{"peak counts", lowsky.Everything, lowsky.AlertQuery{MinSeverity: lowsky.Caution}, []string{"f", "e", "d", "c", "b", "a"}},
		{"hazard", lowsky.Everything, lowsky.AlertQuery{Hazard: lowsky.HazardBattery}, []string{"d"}},
		{"jurisdiction", lowsky.Everything, lowsky.AlertQuery{Jurisdiction: "421224"}, []string{"e"}},
		{"aircraft", lowsky.Everything, lowsky.AlertQuery{Aircraft: "other"}, []string{"f"}},
		{"since, inclusive", lowsky.Everything, lowsky.AlertQuery{Since: noon.Add(3 * time.Minute)}, []string{"f", "e"}},
		{"first page", lowsky.Everything, lowsky.AlertQuery{Limit: 4}, []string{"f", "e", "d", "c"}},
		{"next page, a tie", lowsky.Everything, lowsky.AlertQuery{After: noon.Add(time.Minute), AfterID: "c", Limit: 4}, []string{"b", "a"}},
		{"scope", lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-2"}}, lowsky.AlertQuery{}, []string{"e"}},
		{"no scope", lowsky.Scope{}, lowsky.AlertQuery{}, nil},
	} {
		got, err := s.Alerts(t.Context(), c.scope, c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if d := cmp.Diff(c.want, ids(got)); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
	if _, err := s.Alerts(t.Context(), lowsky.Everything, lowsky.AlertQuery{State: "no such"}); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("an unknown state: %v", err)
	}
}

func TestHandlingIsAuditedWithItsRevision(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	command := func(id string, action lowsky.HandlingAction, comment string) lowsky.Record {
		return record(lowsky.RecordHandling, "", lowsky.HandlingCommand{ID: id, Alert: "a", Action: action, By: "wang", From: "10.0.0.7", Comment: comment})
	}
	j.add(record(lowsky.RecordAlert, "", alert("a", 1)))
	j.add(command("r1", lowsky.ActionAcknowledge, ""))
	catchUp(t, s, j) // the command and its effect are in different batches
	trail := func() []lowsky.AuditEntry {
		t.Helper()
		out, err := s.AuditTrail(t.Context(), lowsky.Everything, lowsky.AuditQuery{Object: "alert/a"})
		if err != nil {
			t.Fatal(err)
		}
		return bare(out)
	}
	if got := trail(); len(got) != 0 {
		t.Errorf("audited before it took effect: %v", got)
	}
	acked := alert("a", 2)
	acked.Handling = lowsky.Handling{State: lowsky.HandlingAcknowledged, AcknowledgedBy: "wang", AcknowledgedAt: noon}
	s2 := storetest.Open(t, url) // after a restart
	j.add(record(lowsky.RecordAlert, "", acked))
	j.add(command("r2", lowsky.ActionComment, "电话已打"), command("r3", lowsky.ActionClose, ""))
	commented := *acked
	commented.Rev, commented.Handling.Comments = 3, []lowsky.Comment{{By: "wang", At: noon, Text: "电话已打"}}
	j.add(record(lowsky.RecordAlert, "", &commented))
	catchUp(t, s2, j)
	got := trail()
	want := []lowsky.AuditEntry{
		{At: noon, By: "wang", From: "10.0.0.7", Request: "r2", Action: "alert.comment", Object: "alert/a", Detail: "comment: 电话已打; revision 3",
			Before:       json.RawMessage(`{"rev": 2, "handling": {"state": "acknowledged", "acknowledged_at": "2026-11-22T04:00:00Z", "acknowledged_by": "wang"}}`),
			After:        json.RawMessage(`{"rev":3,"handling":{"state":"acknowledged","acknowledged_by":"wang","acknowledged_at":"2026-11-22T04:00:00Z"}}`),
			Organisation: "org-1", Jurisdictions: acked.Jurisdictions},
		{At: noon, By: "wang", From: "10.0.0.7", Request: "r1", Action: "alert.acknowledge", Object: "alert/a", Detail: "revision 2",
			Before:       json.RawMessage(`{"rev": 1, "handling": {"state": "new"}}`),
			After:        json.RawMessage(`{"rev":2,"handling":{"state":"acknowledged","acknowledged_by":"wang","acknowledged_at":"2026-11-22T04:00:00Z"}}`),
			Organisation: "org-1", Jurisdictions: acked.Jurisdictions},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("audit (-want +got):\n%s", d)
	}
	// What had no effect within a minute was refused; that is audited too.
	j.add(lowsky.Record{Kind: lowsky.RecordTick, At: noon.Add(2 * time.Minute)})
	catchUp(t, s2, j)
	if got := trail(); len(got) != 3 || got[0].Action != "alert.close_refused" {
		t.Errorf("audit of what was refused: %+v", got)
	}
	if got := query[string](t, url, `SELECT string_agg(request_id || ' ' || state || ' ' || coalesce(rev, 0), ', ' ORDER BY request_id) FROM alert_handling`); got != "r1 applied 2, r2 applied 3, r3 no_effect 0" {
		t.Errorf("handling: %s", got)
	}
	for _, sql := range []string{`UPDATE audit SET by_user = 'li'`, `DELETE FROM audit`, `TRUNCATE audit`} {
		if err := tryExec(t, url, sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
}

func zone(id string, version int) *lowsky.Zone {
	return &lowsky.Zone{
		ID: lowsky.ZoneID(id), Version: version, Name: lowsky.Text{ZH: "大坝", EN: "Dam"}, Restriction: lowsky.Prohibited,
		Geometry: lowsky.Geometry{Centre: orb.Point{114.3, 29.8}, Radius: 500},
		Ceiling:  lowsky.Some(lowsky.Altitude{Metres: 120, Datum: lowsky.AGL}), Organisation: "org-1",
		Jurisdictions: []lowsky.JurisdictionID{"421202"}, PublishedAt: noon.Add(time.Duration(version) * time.Minute),
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	publish := func(p lowsky.ZonePublication) error { p.By = "wang"; return s.PublishZones(ctx, &p, noon) }
	if err := publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("dam", 1), zone("school", 1)}}); err != nil {
		t.Fatal(err)
	}
	if err := publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("dam", 2)}}); err != nil {
		t.Fatal(err)
	}
	// Somebody else's edit of the same version, together with one that would be fine: nothing of it is stored.
	if err := publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("new", 1), zone("dam", 2)}}); !errors.Is(err, lowsky.ErrStale) {
		t.Errorf("the same version twice: %v", err)
	}
	if err := publish(lowsky.ZonePublication{Remove: []lowsky.ZoneID{"unknown"}}); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("removal of what is not there: %v", err)
	}
	zones, err := s.Zones(ctx, lowsky.Everything)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]*lowsky.Zone{zone("dam", 2), zone("school", 1)}, zones); d != "" {
		t.Errorf("in force (-want +got):\n%s", d)
	}
	if z, err := s.ZoneVersion(ctx, lowsky.Everything, "dam", 1); err != nil || z.Version != 1 {
		t.Errorf("an old version: %+v, %v", z, err)
	}
	if _, err := s.ZoneVersion(ctx, lowsky.Scope{}, "dam", 0); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("out of scope: %v", err)
	}

	// The journal brings the same again, late, and what was published into it alone.
	j := new(journal)
	j.add(record(lowsky.RecordZones, "", lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("dam", 1), zone("dam", 2), zone("park", 1), zone("park", 2)}}))
	catchUp(t, s, j)
	gone := record(lowsky.RecordZones, "", lowsky.ZonePublication{Remove: []lowsky.ZoneID{"school", "dam"}})
	gone.At = noon.Add(90 * time.Second) // before dam's version 2 was published
	j.add(gone)
	catchUp(t, s, j)
	if zones, err = s.Zones(ctx, lowsky.Everything); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]*lowsky.Zone{zone("dam", 2), zone("park", 2)}, zones); d != "" {
		t.Errorf("after the journal (-want +got):\n%s", d)
	}
	if err := publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("school", 2)}}); err != nil {
		t.Errorf("a zone that comes back counts on: %v", err)
	}
}

func TestZoneVersionsTellWhoAndWhy(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	publish := func(p lowsky.ZonePublication, at time.Time) {
		t.Helper()
		if err := s.PublishZones(ctx, &p, at); err != nil {
			t.Fatal(err)
		}
	}
	publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("dam", 1)}, By: "wang", Reason: "汛期"}, noon)
	publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("dam", 2)}, By: "li"}, noon)
	publish(lowsky.ZonePublication{Remove: []lowsky.ZoneID{"dam"}, By: "server", Reason: "expired"}, noon.Add(time.Hour))
	other := zone("dam", 3)
	other.Jurisdictions, other.Organisation = []lowsky.JurisdictionID{"421224"}, "org-2"
	publish(lowsky.ZonePublication{Upsert: []*lowsky.Zone{other}, By: "zhao"}, noon)
	got, err := s.ZoneVersions(ctx, lowsky.Everything, "dam")
	if err != nil {
		t.Fatal(err)
	}
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	want := []lowsky.ZoneRecord{
		{Zone: other, PublishedAt: minute(3), PublishedBy: "zhao", Current: true},
		{Zone: zone("dam", 2), PublishedAt: minute(2), PublishedBy: "li", EndedAt: lowsky.Some(noon.Add(time.Hour)), EndedBy: "server", EndReason: "expired"},
		{Zone: zone("dam", 1), PublishedAt: minute(1), PublishedBy: "wang", Reason: "汛期", EndedAt: lowsky.Some(minute(2)), EndedBy: "li"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("versions (-want +got):\n%s", d)
	}
	newest, err := s.NewestZones(ctx, lowsky.Everything, []lowsky.ZoneID{"dam", "never"})
	if d := cmp.Diff(map[lowsky.ZoneID]lowsky.ZoneRecord{"dam": want[0]}, newest); err != nil || d != "" {
		t.Errorf("newest: %v\n%s", err, d)
	}
	// The journal brings the end of another one, with who and why.
	j := new(journal)
	j.add(record(lowsky.RecordZones, "", lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("park", 1)}, By: "wang"}))
	gone := record(lowsky.RecordZones, "", lowsky.ZonePublication{Remove: []lowsky.ZoneID{"park"}, By: "wang", Reason: "不再需要"})
	gone.At = noon.Add(2 * time.Hour)
	j.add(gone)
	catchUp(t, s, j)
	if got, err := s.ZoneVersions(ctx, lowsky.Everything, "park"); err != nil || len(got) != 1 || got[0].Current || got[0].EndReason != "不再需要" || got[0].EndedBy != "wang" {
		t.Errorf("ended by the journal: %+v, %v", got, err)
	}
	if got, err := s.ZoneVersions(ctx, lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421202"}}, "dam"); err != nil || len(got) != 2 {
		t.Errorf("in part of the scope: %+v, %v", got, err)
	}
	for _, id := range []lowsky.ZoneID{"dam", "unknown"} {
		if _, err := s.ZoneVersions(ctx, lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421281"}}, id); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("%s out of scope: %v", id, err)
		}
	}
}

func TestAircraftRegister(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	a := &lowsky.Aircraft{ID: "l-12", Class: lowsky.Light, Model: "M30", Name: lowsky.Text{ZH: "物-12", EN: "L-12"}, Scenario: lowsky.Logistics,
		ContactName: "王", ContactPhone: "0715-000", Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421202"}, UpdatedAt: noon}
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{a}); err != nil {
		t.Fatal(err)
	}
	older := *a
	older.Model, older.UpdatedAt = "older", noon.Add(-time.Minute)
	if err := s.SaveAircraft(ctx, wang, []*lowsky.Aircraft{&older}); err != nil {
		t.Fatal(err)
	}
	got, err := s.AircraftByID(ctx, lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-1"}}, "l-12")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, err := s.AircraftByID(ctx, lowsky.Scope{}, "l-12"); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("out of scope: %v", err)
	}
	if err := s.DeleteAircraft(ctx, wang, []lowsky.AircraftID{"l-12", "unknown"}, noon); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Aircraft(ctx, lowsky.Everything); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// What is published and ended is told in the same transaction; of a large zone its outline and the digest of all.
func TestZonesAreAudited(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	large := zone("large", 1)
	ring := orb.Ring{}
	for i := range 1000 {
		ring = append(ring, orb.Point{114 + float64(i%500)/1000, 29 + float64(i)/1000})
	}
	large.Geometry = lowsky.Geometry{Polygons: orb.MultiPolygon{{append(ring, ring[0])}}}
	dam := zone("dam", 1)
	dam.Contacts = []lowsky.ZoneContact{{Email: "tower@example.org", Phone: "0715-8888888"}}
	for _, p := range []lowsky.ZonePublication{
		{Upsert: []*lowsky.Zone{dam, large}, By: "wang", From: "10.0.0.7", Reason: "汛期"},
		{Upsert: []*lowsky.Zone{zone("dam", 2)}, By: "wang", From: "10.0.0.7"},
		{Remove: []lowsky.ZoneID{"dam"}, By: "wang", From: "10.0.0.7", Reason: "不再需要"},
	} {
		if err := s.PublishZones(ctx, &p, noon); err != nil {
			t.Fatal(err)
		}
	}
	bad := lowsky.ZonePublication{Upsert: []*lowsky.Zone{zone("new", 1), zone("dam", 2)}, By: "wang"}
	if err := s.PublishZones(ctx, &bad, noon); !errors.Is(err, lowsky.ErrStale) {
		t.Errorf("%v", err)
	}
	got := query[string](t, url, `SELECT string_agg(concat_ws('|', action, object, detail, from_address, organisation_id, nullif(before, '')::jsonb->>'version', nullif(after, '')::jsonb->>'version'), ' ' ORDER BY seq) FROM audit`)
	if want := "zone.publish|zone/dam|汛期|10.0.0.7|org-1|1 zone.publish|zone/large|汛期|10.0.0.7|org-1|1 zone.publish|zone/dam||10.0.0.7|org-1|1|2 zone.end|zone/dam|不再需要|10.0.0.7|org-1|2"; got != want {
		t.Errorf("audit %s, want %s", got, want)
	}
	stored, err := s.ZoneVersion(ctx, lowsky.Everything, "large", 1)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	if got := query[string](t, url, `SELECT concat_ws('|', after::jsonb->>'positions', after::jsonb->>'volumes', after::jsonb->>'sha256', length(after) < 2000) FROM audit WHERE object = 'zone/large'`); got != fmt.Sprintf("1001|1|%x|t", sha256.Sum256(body)) {
		t.Errorf("a large zone: %s", got)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM audit WHERE before || after LIKE '%8888888%'`); n != 0 || dam.Contacts[0].Phone != "0715-8888888" {
		t.Error("a phone is in the audit trail")
	}
}
