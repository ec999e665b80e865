package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

// pairing is a board with an aircraft of post and one of farm, too near each other, and an alert on both that names
// everybody everywhere it can.
func pairing(t *testing.T, one, other string) (*Board, *Hub, *lowsky.Alert) {
	t.Helper()
	b, h, _ := quiet()
	plane := func(id string) *lowsky.Aircraft {
		org := lowsky.OrganisationID("post")
		if strings.HasPrefix(id, "FOREIGN") {
			org = "FOREIGN-org"
		}
		return &lowsky.Aircraft{ID: lowsky.AircraftID(id), Organisation: org, Name: lowsky.Text{ZH: "名" + id, EN: "Name-" + id}, Scenario: "s-" + lowsky.Scenario(id), ContactName: "who-" + id, ContactPhone: "SEALED"}
	}
	var changes []lowsky.Change
	member := func(id string) lowsky.PairMember {
		m := lowsky.PairMember{Kind: lowsky.ObjectAircraft, ID: id, Position: lowsky.Position{
			Longitude: 114, Latitude: 29.8, AboveTakeoff: lowsky.Some[lowsky.Metres](30), HAE: lowsky.Some[lowsky.Metres](100),
		}}
		if crewed, ok := strings.CutPrefix(id, "traffic:"); ok {
			m.Kind, m.ID, m.Crewed, m.Name = lowsky.ObjectTraffic, crewed, true, lowsky.Text{ZH: "有人机 " + crewed, EN: "Crewed " + crewed}
			return m
		}
		a := plane(id)
		v := of(at(fly(id, 1), 114, 29.8), a.Organisation)
		v.Scenario, v.Pilot = a.Scenario, lowsky.Some(lowsky.Position{Longitude: 114.5, Latitude: 29.5})
		changes = append(changes, lowsky.Change{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{a}}}, lowsky.Change{Track: v})
		m.Name = a.Name
		return m
	}
	a := firing("aPAIR", "", 1)
	a.Object = lowsky.Object{Kind: lowsky.ObjectPair, ID: one + "+" + other}
	a.Hazard, a.Subject = lowsky.HazardSeparation, lowsky.Subject{Kind: lowsky.ObjectAircraft, ID: "FOREIGN-1"}
	a.Pair = &lowsky.Pair{A: member(one), B: member(other), Now: lowsky.Approach{Horizontal: 41}}
	x, y := a.Pair.A.Label(), a.Pair.B.Label()
	a.AircraftName = lowsky.Text{ZH: x.ZH + " / " + y.ZH, EN: x.EN + " / " + y.EN}
	a.RuleName = lowsky.Text{ZH: "间隔", EN: "Separation"}
	a.Text = lowsky.Text{ZH: x.ZH + " 与 " + y.ZH + " 相距 41 m", EN: x.EN + " and " + y.EN + " are 41 m apart"}
	a.Advice = lowsky.Text{ZH: "联系 " + y.ZH + x.ZH, EN: "Call " + y.EN + x.EN}
	a.Measured, a.Limit, a.Vertical, a.Unit = lowsky.Some(41.0), lowsky.Some(50.0), lowsky.Some(7.0), "m"
	a.Previous, a.Scenario = "aBEFORE", "s-FOREIGN-1"
	a.Organisation, a.Partners = "FOREIGN-org", []lowsky.OrganisationID{"post"}
	if !strings.HasPrefix(one, "FOREIGN") {
		a.Organisation, a.Partners = "post", []lowsky.OrganisationID{"FOREIGN-org"}
	}
	a.Reports = []lowsky.ReportRef{{Seq: 77}}
	a.Handling = lowsky.Handling{
		State: lowsky.HandlingClosed, AcknowledgedBy: "OFFICER", AcknowledgedAt: epoch, ClosedBy: "OFFICER", CallLoggedBy: "OFFICER",
		Comments: []lowsky.Comment{{By: "OFFICER", Text: "OFFICER said"}}, AssignedBy: "OFFICER",
		AssignedTo: lowsky.Assignee{Organisation: "FOREIGN-org", Username: "OFFICER"},
		Transfers:  []lowsky.Transfer{{Action: lowsky.ActionPullUp, From: "421202", To: "421200", By: "OFFICER", At: epoch}},
	}
	b.Publish(append(changes, lowsky.Change{Alert: a}))
	return b, h, a
}

func TestRedaction(t *testing.T) {
	for _, c := range []struct{ name, one, other string }{
		{"own first", "own-1", "FOREIGN-1"}, {"own second", "FOREIGN-1", "own-1"}, {"crewed", "own-1", "traffic:FOREIGN-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, h, a := pairing(t, c.one, c.other)
			post := company("post")
			l := listen(h, Viewer{Scope: post})
			if _, err := l.drain(); err != nil {
				t.Fatal(err)
			}
			told := onlyAlert(t, l)
			newer := *a
			newer.Rev, newer.Handling.ReopenedAt = 2, epoch
			b.Publish([]lowsky.Change{{Alert: &newer}})
			b.Stored([]AlertRev{{a.ID, 2}})
			if _, err := l.drain(); err != nil {
				t.Fatal(err)
			}
			again := onlyAlert(t, l)
			list := b.Alerts(post, lowsky.AlertQuery{})
			if len(list) != 1 {
				t.Fatalf("%d alerts", len(list))
			}
			got, err := b.Alert(post, list[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			hide := b.redactor(post)
			v, err := b.Track(post, "own-1")
			if err != nil {
				t.Fatal(err)
			}
			everything := []any{told, again, list, got, b.history(hide, []*lowsky.Alert{a, &newer}), b.dressed(post, []*lowsky.Alert{a}), b.detail(post, v), string(l.text[1])}
			for i, x := range everything {
				raw, err := json.Marshal(x)
				if err != nil {
					t.Fatal(err)
				}
				for _, secret := range []string{"FOREIGN", "OFFICER", "aPAIR", "aBEFORE", "SEALED", "contact_phone", `"seq":77`} {
					if strings.Contains(string(raw), secret) {
						t.Errorf("%d holds %s: %s", i, secret, raw)
					}
				}
			}
			// What is left: its own name, what happened, states and instants.
			if !strings.HasPrefix(got.Object.ID, "own-1+anonymous-") || got.AircraftName.ZH != "名own-1 / 另一架航空器" ||
				!strings.Contains(got.Text.EN, "Name-own-1 and another aircraft") || !strings.Contains(got.Text.ZH, "41 m") ||
				got.Pair.A.ID != "own-1" || got.Pair.B.Name != someone || got.Pair.B.Position.AboveTakeoff.OK || got.Pair.B.Position.Longitude != 114 ||
				got.Organisation != "post" || got.Handling.State != lowsky.HandlingClosed || !got.Handling.AcknowledgedAt.Equal(epoch) ||
				got.Handling.Transfers[0].To != "421200" || got.Scenario != "s-own-1" {
				t.Errorf("%+v", got)
			}
			if got.Contact == nil || got.Contact.Name != "who-own-1" || !got.Contact.HasPhone || !got.Contact.PilotLatitude.OK || got.OtherContact != nil {
				t.Errorf("contacts %+v %+v", got.Contact, got.OtherContact)
			}
			// The words stay, within the class and while the alert lives; elsewhere they are others.
			if told.Object.ID != again.Object.ID || told.ID != got.ID || again.ID != got.ID || again.SavedRev != 2 || got.Object.ID != told.Object.ID {
				t.Errorf("%s %s, then %s %s, saved %d", told.ID, told.Object.ID, again.ID, again.Object.ID, again.SavedRev)
			}
			second := *a
			second.ID = "aSECOND"
			if x := hide.word(a, "other"); x == hide.word(&second, "other") || x == b.redactor(company("survey")).word(a, "other") ||
				x == NewBoard(BoardConfig{}).redactor(post).word(a, "other") {
				t.Error("the word can be joined")
			}
			// The id that is made from both aircraft opens nothing, and nobody asks by the other's name.
			if _, err := b.Alert(post, a.ID); err == nil {
				t.Error("a pair by its own id")
			}
			if b.mayAsk(post, "FOREIGN-1") || !b.mayAsk(post, "own-1") || !b.mayAsk(lowsky.Everything, "FOREIGN-1") {
				t.Error("who may ask for whose alerts")
			}
			for _, bad := range []lowsky.AlertID{"p", "p00", "paPAIR", got.ID + "0", got.ID[:len(got.ID)-1] + "!"} {
				if id, ok := hide.resolve(bad); ok || id != bad {
					t.Errorf("%s resolves to %s", bad, id)
				}
			}
		})
	}
}

func onlyAlert(t *testing.T, l *listener) AlertView {
	t.Helper()
	if len(l.alerts) != 1 || l.gaps != 0 {
		t.Fatalf("%d alerts, %d gaps", len(l.alerts), l.gaps)
	}
	for _, a := range l.alerts {
		return a
	}
	panic("unreachable")
}

// Officers, departments and auditors read everything that is in their scope.
func TestNothingIsHiddenFromOffices(t *testing.T) {
	b, _, a := pairing(t, "own-1", "FOREIGN-1")
	want, err := b.Alert(lowsky.Everything, a.ID)
	if err != nil || want.OtherContact == nil || want.OtherContact.Name != "who-FOREIGN-1" {
		t.Fatalf("%+v %v", want.OtherContact, err)
	}
	for _, s := range []lowsky.Scope{
		{Jurisdictions: []lowsky.JurisdictionID{"421202"}, Organisations: []lowsky.OrganisationID{"c"}},
		{All: true, Scenarios: []lowsky.Scenario{"s-FOREIGN-1"}, AllZones: true},
	} {
		got, err := b.Alert(s, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v:\n%s", s, diff)
		}
	}
	raw, _ := json.Marshal(want)
	if strings.Contains(string(raw), "SEALED") {
		t.Error("the number is in the answer")
	}
}

// An aircraft that was sold: the alert stays with who had it, whom to call now does not.
func TestContactOfASoldAircraft(t *testing.T) {
	b, _, _ := pairing(t, "own-1", "FOREIGN-1")
	a := firing("x", "own-1", 1)
	a.Organisation, a.Jurisdictions = "post", nil
	b.Publish([]lowsky.Change{{Alert: a}})
	if got, err := b.Alert(company("post"), "x"); err != nil || got.Contact == nil || got.ID != "x" {
		t.Fatalf("%+v %v", got.Contact, err)
	}
	b.Publish([]lowsky.Change{{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "own-1", Organisation: "other", ContactName: "new"}}}}})
	if got, err := b.Alert(company("post"), "x"); err != nil || got.Contact != nil {
		t.Fatalf("%+v %v", got.Contact, err)
	}
}

func TestUnjudgedPairsHaveNoName(t *testing.T) {
	b, _, _ := quiet()
	v := of(fly("own", 1), "post")
	v.Unjudged = []lowsky.Unjudged{
		{Rule: "r", Subject: lowsky.Subject{Kind: lowsky.ObjectAircraft, ID: "FOREIGN"}},
		{Rule: "r", Subject: lowsky.Subject{Kind: lowsky.ObjectTraffic, ID: "FOREIGN"}},
		{Rule: "r", Subject: lowsky.Subject{Kind: lowsky.ObjectZone, ID: "z1"}},
	}
	b.Publish([]lowsky.Change{{Track: v}})
	got, err := b.Track(company("post"), "own")
	if err != nil || got.Unjudged[2].Subject.ID != "z1" || strings.Contains(got.Unjudged[0].Subject.ID+got.Unjudged[1].Subject.ID, "FOREIGN") {
		t.Errorf("%+v %v", got.Unjudged, err)
	}
	if all, _ := b.Track(lowsky.Everything, "own"); all.Unjudged[0].Subject.ID != "FOREIGN" || v.Unjudged[0].Subject.ID != "FOREIGN" {
		t.Error("changed for everybody")
	}
}

// How much flies in the city is not a company's to know; that the picture lives is everybody's.
func TestCompaniesDoNotCountTheCity(t *testing.T) {
	b, h, _ := quiet()
	whole := &lowsky.PictureHealth{At: epoch, LastJudgedAt: epoch, Aircraft: 60, Reporting: 58, Airborne: 41, Rules: 11, Zones: 7, Backlog: 3, Skipped: 5, Unjudged: 2, ClockSuspect: 4}
	told := func(scope lowsky.Scope) [2]*lowsky.PictureHealth {
		b.Publish([]lowsky.Change{{Health: whole}})
		l := listen(h, Viewer{Name: "x", Scope: scope})
		snapshot := l.cl.take().events[1].body.(func() any)().(snapshotFrame)
		b.Publish([]lowsky.Change{{Health: whole}})
		frame := l.cl.take().health.body.(healthFrame)
		return [2]*lowsky.PictureHealth{frame.Health, snapshot.Health}
	}
	for i, got := range told(company("co-a")) {
		if got.Aircraft+got.Reporting+got.Airborne+got.Unjudged != 0 || got.Skipped+got.ClockSuspect != 0 {
			t.Errorf("%d: a company is told %+v", i, got)
		}
		if !got.At.Equal(epoch) || !got.LastJudgedAt.Equal(epoch) || got.Rules != 11 || got.Backlog != 3 {
			t.Errorf("%d: a company cannot tell whether the picture lives: %+v", i, got)
		}
	}
	for i, got := range told(lowsky.Everything) {
		if *got != *whole {
			t.Errorf("%d: the city is told %+v", i, got)
		}
	}
}
