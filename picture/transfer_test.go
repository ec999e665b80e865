package picture

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lowsky"
	"lowsky/airspace"
)

var (
	cityOver   = &lowsky.Authority{All: true}
	countyOver = &lowsky.Authority{Jurisdictions: []lowsky.JurisdictionID{"county"}}
	otherOver  = &lowsky.Authority{Jurisdictions: []lowsky.JurisdictionID{"other"}}
)

func (f *flight) as(over *lowsky.Authority, by string, c lowsky.HandlingCommand) lowsky.HandlingCommand {
	c.By, c.Authority = by, over
	return c
}

func assigning(id lowsky.AlertID, who lowsky.Assignee) lowsky.HandlingCommand {
	c := command(id, lowsky.ActionAssign)
	c.Assignee = who
	return c
}

func moving(id lowsky.AlertID, action lowsky.HandlingAction, to lowsky.JurisdictionID) lowsky.HandlingCommand {
	c := command(id, action)
	c.To = to
	return c
}

// heldBy is a firing alert whose Owner is the county; the other county lies 200 m to the east of home.
func heldBy(t *testing.T) (*flight, lowsky.AlertID) {
	t.Helper()
	f := fly(t, Config{
		Packs: pack(batteryRule(0, 2*time.Second)),
		Areas: countiesOf(t, map[lowsky.JurisdictionID][3]lowsky.Metres{"county": {0, 0, 100}, "other": {300, 0, 200}}),
	})
	f.reports(2*time.Second, battery(28))
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.Holder() != "county" {
		t.Fatalf("held by %q", a.Holder())
	}
	return f, a.ID
}

func TestAssign(t *testing.T) {
	f, id := heldBy(t)
	rangers := lowsky.Assignee{Organisation: "forestry"}
	a := f.must(f.as(countyOver, "wang", assigning(id, rangers)))
	h := a.Handling
	if h.State != lowsky.HandlingAssigned || h.AssignedTo != rangers || h.AssignedBy != "wang" || !h.AssignedAt.Equal(f.now) ||
		h.AcknowledgedBy != "wang" || !h.AcknowledgedAt.Equal(f.now) || a.State != firing {
		t.Fatalf("%+v", h)
	}
	rev := a.Rev
	f.now = f.now.Add(time.Second)
	if a := f.must(f.as(countyOver, "wang", assigning(id, rangers))); a.Rev != rev || !a.Handling.AssignedAt.Equal(h.AssignedAt) {
		t.Error("a double click made a revision")
	}
	f.refused(f.as(countyOver, "li", assigning(id, rangers)), lowsky.ErrConflict)
	f.must(f.as(countyOver, "wang", command(id, lowsky.ActionAcknowledge))) // it is acknowledged by that
	f.refused(f.as(countyOver, "li", command(id, lowsky.ActionAcknowledge)), lowsky.ErrConflict)

	a = f.must(f.as(countyOver, "li", assigning(id, lowsky.Assignee{Username: "zhao"})))
	if h := a.Handling; h.AssignedTo.Username != "zhao" || h.AssignedTo.Organisation != "" || h.AssignedBy != "li" || h.AcknowledgedBy != "wang" {
		t.Errorf("assigned anew: %+v", h)
	}
	f.reports(10 * time.Second) // over, and still assigned
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.Handling.State != lowsky.HandlingAssigned || a.Open() {
		t.Errorf("%+v", a.Handling)
	}
	f.must(closing(id, lowsky.CloseTrue))
	f.refused(assigning(id, rangers), lowsky.ErrConflict)

	for _, who := range []lowsky.Assignee{{}, {Organisation: " "}, {Organisation: "a", Username: "b"}, {Username: strings.Repeat("x", nameMost+1)}} {
		f.refused(assigning(id, who), lowsky.ErrInvalid)
	}
}

// TestAssignEndedButNew: an alert that is over and that nobody has acknowledged may still be given to somebody.
func TestAssignEndedButNew(t *testing.T) {
	f, id := heldBy(t)
	f.reports(10 * time.Second)
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); !a.Open() {
		t.Fatal("gone from the list")
	}
	if a := f.must(assigning(id, lowsky.Assignee{Username: "zhao"})); a.Open() || a.Handling.AcknowledgedBy != "li" {
		t.Errorf("%+v", a.Handling)
	}
}

func TestHandOver(t *testing.T) {
	f, id := heldBy(t)
	f.must(f.as(countyOver, "wang", assigning(id, lowsky.Assignee{Username: "zhao"})))
	f.now = f.now.Add(time.Second)
	give := f.as(countyOver, "wang", moving(id, lowsky.ActionHandOver, "other"))
	give.Comment = "已飞入邻县"
	a := f.must(give)
	h := a.Handling
	want := lowsky.Transfer{Action: lowsky.ActionHandOver, From: "county", To: "other", By: "wang", At: f.now}
	if h.State != lowsky.HandlingNew || h.AcknowledgedBy != "" || !h.AcknowledgedAt.IsZero() || h.AssignedTo != (lowsky.Assignee{}) ||
		a.Holder() != "other" || !h.HolderSince.Equal(f.now) || !slices.Equal(h.Transfers, []lowsky.Transfer{want}) ||
		len(h.Comments) != 1 || a.Owner != "county" {
		t.Fatalf("%+v", h)
	}
	// Whoever gave it away has no say any more, but may still write.
	f.refused(f.as(countyOver, "wang", command(id, lowsky.ActionAcknowledge)), lowsky.ErrForbidden)
	remark := f.as(countyOver, "wang", command(id, lowsky.ActionComment))
	remark.Comment = "已电话告知"
	f.must(remark)
	f.refused(f.as(otherOver, "chen", moving(id, lowsky.ActionHandOver, "other")), lowsky.ErrConflict)
	f.refused(f.as(otherOver, "chen", moving(id, lowsky.ActionHandOver, "")), lowsky.ErrInvalid)
	f.must(f.as(otherOver, "chen", command(id, lowsky.ActionAcknowledge)))
	if a := f.must(f.as(otherOver, "chen", moving(id, lowsky.ActionHandOver, "county"))); a.Holder() != "county" || len(a.Handling.Transfers) != 2 {
		t.Errorf("and back: %+v", a.Handling)
	}
	if o := f.do(f.as(otherOver, "chen", closing(id, lowsky.CloseDrill))); !errors.Is(o.Err, lowsky.ErrForbidden) || !strings.Contains(o.Err.Error(), "county") {
		t.Errorf("the refusal does not name the holder: %v", o.Err)
	}
}

func TestPullUp(t *testing.T) {
	f, id := heldBy(t)
	f.refused(f.as(countyOver, "wang", moving(id, lowsky.ActionPullUp, "city")), lowsky.ErrForbidden)
	f.refused(f.as(cityOver, "city-li", moving(id, lowsky.ActionPullUp, "county")), lowsky.ErrConflict)
	f.refused(f.as(cityOver, "city-li", moving(id, lowsky.ActionPullUp, " ")), lowsky.ErrInvalid)
	a := f.must(f.as(cityOver, "city-li", moving(id, lowsky.ActionPullUp, "city")))
	if h := a.Handling; h.State != lowsky.HandlingAcknowledged || h.AcknowledgedBy != "city-li" || a.Holder() != "city" || len(h.Transfers) != 1 {
		t.Fatalf("%+v", h)
	}
	f.refused(f.as(countyOver, "wang", command(id, lowsky.ActionLogCall)), lowsky.ErrForbidden)
	f.must(f.as(cityOver, "city-li", closing(id, lowsky.CloseDrill)))
	f.refused(f.as(cityOver, "city-li", moving(id, lowsky.ActionPullUp, "county")), lowsky.ErrConflict)
	f.refused(f.as(cityOver, "city-li", moving(id, lowsky.ActionHandOver, "county")), lowsky.ErrConflict)
}

// TestTransfersAreBounded, and a published revision keeps its own.
func TestTransfersAreBounded(t *testing.T) {
	f, id := heldBy(t)
	var seen []*lowsky.Alert
	for i := range 2*transfersMost + 3 {
		f.now = f.now.Add(time.Second)
		seen = append(seen, f.must(moving(id, lowsky.ActionHandOver, lowsky.JurisdictionID(fmt.Sprint("j", i)))))
	}
	last := seen[len(seen)-1].Handling.Transfers
	if len(last) != transfersMost || last[transfersMost-1].To != "j102" || last[0].To != "j53" {
		t.Errorf("%d, from %s to %s", len(last), last[0].To, last[len(last)-1].To)
	}
	for i, a := range seen {
		if tr := a.Handling.Transfers; tr[len(tr)-1].To != lowsky.JurisdictionID(fmt.Sprint("j", i)) || len(tr) != min(i+1, transfersMost) {
			t.Fatalf("revision %d was changed afterwards", i)
		}
	}
}

// TestStaleTransfer: two desks act on one revision; the second is told.
func TestStaleTransfer(t *testing.T) {
	f, id := heldBy(t)
	rev := f.last(lowsky.HazardBattery).Rev
	f.must(f.as(cityOver, "city-li", moving(id, lowsky.ActionPullUp, "city")))
	late := f.as(cityOver, "city-ma", assigning(id, lowsky.Assignee{Username: "zhao"}))
	late.Rev = rev
	f.refused(late, lowsky.ErrStale)
}

// TestTransferSurvivesARestart: who holds it, whom it was given to, and who may decide.
func TestTransferSurvivesARestart(t *testing.T) {
	f, id := heldBy(t)
	f.must(moving(id, lowsky.ActionHandOver, "other"))
	f.must(f.as(otherOver, "chen", assigning(id, lowsky.Assignee{Organisation: "forestry"})))
	saved := reread(t, f.last(lowsky.HazardBattery))
	g := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second)), Alerts: []*lowsky.Alert{saved}})
	g.now, g.seq = f.now, f.seq+100
	g.refused(g.as(countyOver, "wang", command(id, lowsky.ActionLogCall)), lowsky.ErrForbidden)
	a := g.must(g.as(otherOver, "chen", moving(id, lowsky.ActionHandOver, "county")))
	if a.Holder() != "county" || len(a.Handling.Transfers) != 2 || len(saved.Handling.Transfers) != 1 {
		t.Errorf("%+v", a.Handling)
	}
}

// TestOldAlertIsHeldByItsOwner: a row of before there was a holder.
func TestOldAlertIsHeldByItsOwner(t *testing.T) {
	f, _ := heldBy(t)
	saved := reread(t, f.last(lowsky.HazardBattery))
	saved.Handling = lowsky.Handling{State: lowsky.HandlingAcknowledged, AcknowledgedBy: "wang", AcknowledgedAt: f.now}
	g := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second)), Alerts: []*lowsky.Alert{saved}})
	g.now, g.seq = f.now, f.seq+100
	g.refused(g.as(otherOver, "chen", command(saved.ID, lowsky.ActionLogCall)), lowsky.ErrForbidden)
	g.must(g.as(countyOver, "wang", command(saved.ID, lowsky.ActionLogCall)))
	g.must(command(saved.ID, lowsky.ActionLogCall)) // an old record has no authority and may everything
}

// TestOwnerFollowsUntilSomebodyHasItInHand: into the next county and on.
func TestOwnerFollowsUntilSomebodyHasItInHand(t *testing.T) {
	there := []func(*lowsky.TelemetryReport){battery(28), at(metres(150, 0))}
	f, id := heldBy(t)
	f.reports(5*time.Second, there...)
	if a := f.last(lowsky.HazardBattery); a.Owner != "county" {
		t.Errorf("%q after five seconds: a border would make it flap", a.Owner)
	}
	f.reports(7*time.Second, there...)
	a := f.last(lowsky.HazardBattery)
	if a.Owner != "other" || a.Holder() != "other" || !slices.Equal(a.Jurisdictions, []lowsky.JurisdictionID{"county", "other"}) {
		t.Fatalf("untouched: owner %q, %v", a.Owner, a.Jurisdictions)
	}
	f.refused(f.as(countyOver, "wang", command(id, lowsky.ActionAcknowledge)), lowsky.ErrForbidden)

	for name, c := range map[string]lowsky.HandlingCommand{
		"acknowledged": command("", lowsky.ActionAcknowledge), "assigned": assigning("", lowsky.Assignee{Username: "zhao"}),
		"called": command("", lowsky.ActionLogCall), "handed over": moving("", lowsky.ActionHandOver, "third"),
	} {
		f, id := heldBy(t)
		c.Alert = id
		want := f.must(c).Holder()
		f.reports(time.Minute, there...)
		if a := f.last(lowsky.HazardBattery); a.Holder() != want || a.Owner != "county" {
			t.Errorf("%s: held by %q, owner %q", name, a.Holder(), a.Owner)
		}
	}
	f, id = heldBy(t)
	remark := command(id, lowsky.ActionComment)
	remark.Comment = "?"
	f.must(remark)
	f.reports(time.Minute, there...)
	if a := f.last(lowsky.HazardBattery); a.Holder() != "other" {
		t.Errorf("a comment is no handling: held by %q", a.Holder())
	}
	f.reports(time.Minute, battery(28), at(metres(0, 5000)))
	if a := f.last(lowsky.HazardBattery); a.Holder() != "other" {
		t.Errorf("outside of every area: held by %q", a.Holder())
	}
}

// TestNobodyWithoutAuthority does anything but comment, whatever is tried in whatever order; and who has it is never
// refused for want of it.
func TestNobodyWithoutAuthority(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f, id := heldBy(t)
		places := []lowsky.JurisdictionID{"county", "other", "third", "city", ""}
		for i := range rapid.IntRange(5, 40).Draw(rt, "commands") {
			f.now = f.now.Add(time.Second)
			if rapid.IntRange(0, 4).Draw(rt, "report") == 0 {
				f.report(battery(lowsky.Percent(rapid.SampledFrom([]int{18, 28, 80}).Draw(rt, "pct"))), at(metres(lowsky.Metres(rapid.SampledFrom([]int{0, 150}).Draw(rt, "x")), 0)))
			}
			before := *f.e.alerts[id].told
			over := &lowsky.Authority{All: rapid.IntRange(0, 5).Draw(rt, "all") == 0}
			over.Jurisdictions = rapid.SliceOfN(rapid.SampledFrom(places[:4]), 0, 2).Draw(rt, "over")
			c := lowsky.HandlingCommand{
				Alert: id, By: rapid.SampledFrom([]string{"li", "wang"}).Draw(rt, "by"), Authority: over,
				Action: rapid.SampledFrom([]lowsky.HandlingAction{
					lowsky.ActionAcknowledge, lowsky.ActionComment, lowsky.ActionLogCall, lowsky.ActionClose, lowsky.ActionAssign, lowsky.ActionHandOver,
					lowsky.ActionPullUp, "explode",
				}).Draw(rt, "action"),
				Reason:   rapid.SampledFrom([]lowsky.CloseReason{"", lowsky.CloseTrue, lowsky.CloseDrill}).Draw(rt, "reason"),
				To:       rapid.SampledFrom(places).Draw(rt, "to"),
				Assignee: lowsky.Assignee{Username: rapid.SampledFrom([]string{"", "zhao", "chen"}).Draw(rt, "whom")},
				Comment:  rapid.SampledFrom([]string{"", "x"}).Draw(rt, "comment"),
			}
			o := f.do(c)
			may := over.Over(before.Holder()) && (c.Action != lowsky.ActionPullUp || over.All)
			after := f.e.alerts[id].told
			was, is := before.Handling, after.Handling
			was.Comments, is.Comments = nil, nil
			one, _ := json.Marshal(was)
			two, _ := json.Marshal(is)
			if !may && (string(one) != string(two) || before.Owner != after.Owner) {
				rt.Fatalf("%d: %+v over %+v changed\n%s\n%s", i, c, over, one, two)
			}
			switch {
			case !may && o.Err == nil && c.Action != lowsky.ActionComment:
				rt.Fatalf("%d: not refused", i)
			case may && errors.Is(o.Err, lowsky.ErrForbidden):
				rt.Fatalf("%d: refused although %+v is over %q: %v", i, over, before.Holder(), o.Err)
			case o.Err != nil && (string(one) != string(two) || len(before.Handling.Comments) != len(after.Handling.Comments)):
				rt.Fatalf("%d: refused, and half done: %v", i, o.Err)
			}
		}
	})
}

// countiesOf are square areas: metres east and north of home, and half their side.
func countiesOf(t *testing.T, squares map[lowsky.JurisdictionID][3]lowsky.Metres) *airspace.Areas {
	t.Helper()
	var js []lowsky.Jurisdiction
	for id, s := range squares {
		js = append(js, lowsky.Jurisdiction{ID: id, Area: square("area", 1, s[0], s[1], s[2]).Geometry.Polygons, Seat: home})
	}
	a, err := airspace.NewAreas(js)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
