package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/store/storetest"
)

// One aircraft known by several ids has one history, from where it was registered on; the reported names are kept.
func TestReportsUnderAnotherNameAreOfTheEntry(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	second := 0
	say := func(id string) lowsky.Record {
		second++
		r := report(id, noon.Add(time.Duration(second)*time.Second))
		r.Source = lowsky.SourceID("gw-" + id)
		return telemetry(r)
	}
	register := func(at int, a lowsky.Aircraft) lowsky.Record {
		a.UpdatedAt = noon.Add(time.Duration(at) * time.Minute)
		return record(lowsky.RecordAircraft, "", lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{&a}})
	}
	gone := record(lowsky.RecordAircraft, "", lowsky.AircraftPublication{Remove: []lowsky.AircraftID{"l-12"}})
	gone.At = noon.Add(time.Hour)
	entry := lowsky.Aircraft{ID: "l-12", Serial: "1581F5BKD", RemoteIDs: []string{"RID-1"}, Organisation: "org-1", Scenario: lowsky.Logistics}
	only := func(id string) lowsky.Record { // names only the gateway
		r := report("", noon.Add(10*time.Minute))
		r.Source = lowsky.SourceID("gw-" + id)
		return telemetry(r)
	}
	steps := [][]lowsky.Record{
		{say("RID-1"), register(1, entry), say("l-12"), say("1581F5BKD"), say("RID-1"), only("RID-1"), say("stranger")},
		// In another batch; then the Remote ID goes to another entry, which for a moment may not have it.
		{say("RID-1"), register(2, lowsky.Aircraft{ID: "heir", RemoteIDs: []string{"RID-1"}, Organisation: "org-2"}), say("RID-1")},
		{register(3, lowsky.Aircraft{ID: "l-12", Serial: "1581F5BKD", Organisation: "org-1"}), register(4, lowsky.Aircraft{ID: "heir", RemoteIDs: []string{"RID-1"}, Organisation: "org-2"}), say("RID-1")},
		// An entry's own id goes before another's name for it.
		{register(5, lowsky.Aircraft{ID: "1581F5BKD", Organisation: "org-3"}), say("1581F5BKD")},
		{gone, say("l-12")},
	}
	reports := func() string {
		return query[string](t, url, `SELECT string_agg(coalesce(reported_id, '') || '>' || aircraft_id || ':' || organisation_id || coalesce(':' || flight_scenario, ''), ' ' ORDER BY seq) FROM telemetry`)
	}
	for _, step := range steps {
		j.add(step...)
		catchUp(t, s, j)
		s = storetest.Open(t, url) // what it knows comes from the database as well as from the batch
	}
	want := ">RID-1: >l-12:org-1:logistics 1581F5BKD>l-12:org-1:logistics RID-1>l-12:org-1:logistics >l-12:org-1:logistics >stranger: " +
		"RID-1>l-12:org-1:logistics RID-1>l-12:org-1:logistics RID-1>heir:org-2 >1581F5BKD:org-3 >l-12:"
	if d := cmp.Diff(want, reports()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := len(history(t, s, lowsky.Everything, "l-12")); got != 7 {
		t.Errorf("%d reports in its history", got)
	}
	if got := query[string](t, url, `SELECT string_agg(alias || '=' || aircraft_id, ' ' ORDER BY alias) FROM aircraft_ids`); got != "1581F5BKD=1581F5BKD RID-1=heir heir=heir" {
		t.Errorf("names: %s", got)
	}
	// Delivered again under its other name, it is there once.
	again := storetest.New(t)
	k := new(journal)
	k.add(register(1, entry), say("RID-1"))
	k.add(k.records[1])
	catchUp(t, again, k)
	k.add(k.records[1])
	catchUp(t, again, k)
	if got := len(history(t, again, lowsky.Everything, "l-12")); got != 1 {
		t.Errorf("%d rows of one report", got)
	}
}

// A journal of an older version has phones in clear: they are not taken, and do not wipe out those that were sealed.
func TestJournalOfBeforeDoesNotUnsealPhones(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	a := &lowsky.Aircraft{ID: "l-12", ContactPhone: "v1.k.x", Organisation: "org-1", UpdatedAt: noon}
	if err := s.SaveAircraft(t.Context(), wang, []*lowsky.Aircraft{a}); err != nil {
		t.Fatal(err)
	}
	j := new(journal)
	j.add(record(lowsky.RecordAircraft, "", map[string]any{"upsert": []any{map[string]any{"id": "l-12", "contact_phone": "13900001111", "organisation_id": "org-1", "updated_at": noon}}}))
	catchUp(t, s, j)
	if got, err := s.AircraftByID(t.Context(), lowsky.Everything, "l-12"); err != nil || got.ContactPhone != "v1.k.x" {
		t.Errorf("%+v, %v", got, err)
	}
	if n := query[int](t, url, `SELECT count(*)::int FROM aircraft WHERE aircraft::text LIKE '%13900001111%'`); n != 0 {
		t.Error("the phone is there in clear")
	}
}

// A device that spoke as another is the picture's to judge: here the record is passed over.
func TestMismatchIsPassedOver(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	j.add(record(lowsky.RecordMismatch, "", lowsky.IdentityMismatch{Device: "a", Claimed: "b", Topic: "lowsky/v1/telemetry/b", Count: 3}), telemetry(report("a", noon)))
	catchUp(t, s, j)
	if st := s.State(); st.Rejected != 0 || st.Undecodable != 0 || st.Position != 2 {
		t.Errorf("%+v", st)
	}
}

// Assigning, handing over and pulling up are known by their marks, and told with to whom.
func TestTransfersAreAudited(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
	at := func(n int, kind lowsky.RecordKind, v any) lowsky.Record {
		rec := record(kind, "", v)
		rec.At = minute(n)
		return rec
	}
	command := func(n int, id string, c lowsky.HandlingCommand) lowsky.Record {
		c.ID, c.Alert, c.By, c.From = id, "a", "wang", "10.0.0.7"
		return at(n, lowsky.RecordHandling, c)
	}
	a := alert("a", 1)
	revise := func(n int, change func(h *lowsky.Handling)) lowsky.Record {
		next := *a
		next.Rev++
		change(&next.Handling)
		a = &next
		return at(n, lowsky.RecordAlert, a)
	}
	over := lowsky.Transfer{Action: lowsky.ActionHandOver, From: "421202", To: "421224", By: "wang", At: minute(2)}
	j.add(at(0, lowsky.RecordAlert, a),
		command(1, "r1", lowsky.HandlingCommand{Action: lowsky.ActionAssign, Assignee: lowsky.Assignee{Organisation: "org-1", Username: "zhao"}}),
		command(1, "r2", lowsky.HandlingCommand{Action: lowsky.ActionAssign, Assignee: lowsky.Assignee{Organisation: "org-2"}}))
	catchUp(t, s, j)
	s = storetest.Open(t, url) // whom it is for is kept over a restart
	j.add(revise(1, func(h *lowsky.Handling) {
		h.State, h.AssignedBy, h.AssignedTo, h.AssignedAt = lowsky.HandlingAssigned, "wang", lowsky.Assignee{Organisation: "org-1", Username: "zhao"}, minute(1)
	}), command(2, "r3", lowsky.HandlingCommand{Action: lowsky.ActionHandOver, To: "421224", Comment: "边界"}))
	catchUp(t, s, j)
	s = storetest.Open(t, url)
	j.add(revise(2, func(h *lowsky.Handling) {
		h.State, h.Holder, h.HolderSince, h.Transfers = lowsky.HandlingNew, "421224", minute(2), []lowsky.Transfer{over}
	}),
		// The same again: the transfer of before does not show it.
		command(3, "r4", lowsky.HandlingCommand{Action: lowsky.ActionHandOver, To: "421224"}),
		revise(3, func(h *lowsky.Handling) { h.CallLoggedBy = "li" }),
		command(4, "r5", lowsky.HandlingCommand{Action: lowsky.ActionPullUp, To: "421200"}),
		revise(4, func(h *lowsky.Handling) {
			h.State, h.Holder = lowsky.HandlingAcknowledged, "421200"
			h.Transfers = []lowsky.Transfer{over, {Action: lowsky.ActionPullUp, From: "421224", To: "421200", By: "wang", At: minute(4)}}
		}),
		lowsky.Record{Kind: lowsky.RecordTick, At: noon.Add(5 * time.Minute)})
	catchUp(t, s, j)
	j.add(lowsky.Record{Kind: lowsky.RecordTick, At: noon.Add(5 * time.Minute)})
	catchUp(t, s, j)
	entries, err := s.AuditTrail(t.Context(), lowsky.Everything, lowsky.AuditQuery{Object: "alert/a"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Request+" "+e.Action+": "+e.Detail)
	}
	want := []string{
		"r4 alert.hand_over_refused: to_id 421224; no effect",
		"r2 alert.assign_refused: assignee organisation org-2; no effect",
		"r5 alert.pull_up: to_id 421200; revision 5",
		"r3 alert.hand_over: to_id 421224; comment: 边界; revision 3",
		"r1 alert.assign: assignee organisation org-1; assignee zhao; revision 2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("audit (-want +got):\n%s", d)
	}
	if got := query[string](t, url, `SELECT string_agg(concat_ws('|', after::jsonb#>>'{handling,holder_id}', after::jsonb#>>'{handling,assigned_to,username}', before::jsonb#>>'{handling,holder_id}'), ' ' ORDER BY seq)
		FROM audit WHERE after <> ''`); got != "zhao 421224|zhao 421200|zhao|421224" {
		t.Errorf("before and after: %s", got)
	}
	if err := verify(t, s, lowsky.AuditHead{}); err != nil {
		t.Error(err)
	}
}
