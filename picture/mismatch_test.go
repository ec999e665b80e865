package picture

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lowsky"
)

func (f *flight) claims(device lowsky.DeviceID, claimed string, count int) {
	f.t.Helper()
	f.step(lowsky.RecordMismatch, lowsky.IdentityMismatch{
		Device: device, Claimed: claimed, Topic: "lowsky/v1/telemetry/" + claimed, Count: count, Organisation: "acme",
		Jurisdictions: []lowsky.JurisdictionID{"county", "city"},
	})
}

func TestIdentityMismatch(t *testing.T) {
	f := fly(t, Config{Organisation: "city-centre"})
	f.claims("dock-7", "L-12", 3)
	a := f.want(lowsky.HazardMismatch, firing, lowsky.Caution)
	if a.Object != (lowsky.Object{Kind: lowsky.ObjectDevice, ID: "dock-7"}) || a.Subject != (lowsky.Subject{Kind: lowsky.ObjectAircraft, ID: "L-12"}) ||
		a.Organisation != "acme" || a.Owner != "county" || a.Holder() != "county" || len(a.Jurisdictions) != 2 || a.Count != 1 ||
		a.Measured.Value != 3 || a.Clause.Article == "" || a.RuleName.ZH == "" || a.Pack.ID == "" || a.Advice.EN == "" {
		t.Fatalf("%+v", a)
	}
	for _, text := range []string{a.Text.ZH, a.Text.EN} {
		for _, part := range []string{"dock-7", "L-12", "lowsky/v1/telemetry/L-12", "3"} {
			if !strings.Contains(text, part) {
				t.Errorf("%q does not tell %s", text, part)
			}
		}
	}
	if !strings.Contains(a.Text.ZH, "拒收") || !strings.Contains(a.Text.EN, "refused") {
		t.Errorf("%+v", a.Text)
	}
	f.pass(9 * time.Minute)
	f.claims("dock-7", "L-12", 4)
	last := f.now
	if b := f.want(lowsky.HazardMismatch, firing, lowsky.Caution); b.ID != a.ID || b.Count != 2 || b.Measured.Value != 7 || !b.LastFoundAt.Equal(f.now) {
		t.Errorf("%+v", b)
	}
	f.pass(mismatchQuiet - time.Second)
	f.want(lowsky.HazardMismatch, firing, lowsky.Caution)
	f.pass(time.Second)
	if b := f.want(lowsky.HazardMismatch, resolved, lowsky.Caution); b.ResolveReason != lowsky.ResolvedClear || !b.LastFoundAt.Equal(last) || !b.Open() ||
		!strings.Contains(b.Text.EN, "7 times") {
		t.Errorf("%+v", b)
	}
	f.pass(2 * time.Minute)
	f.claims("dock-7", "L-12", 1)
	if b := f.want(lowsky.HazardMismatch, firing, lowsky.Caution); b.ID == a.ID || b.Previous != a.ID || b.Count != 1 || b.Measured.Value != 1 {
		t.Errorf("anew: %+v", b)
	}
}

// TestMismatchIsHandledLikeAnyOther.
func TestMismatchIsHandledLikeAnyOther(t *testing.T) {
	f := fly(t, Config{})
	f.claims("dock-7", "L-12", 1)
	id := f.last(lowsky.HazardMismatch).ID
	f.refused(f.as(otherOver, "chen", closing(id, lowsky.CloseFalseAlarm)), lowsky.ErrForbidden)
	f.refused(f.as(countyOver, "wang", closing(id, lowsky.CloseTrue)), lowsky.ErrConflict)
	f.must(f.as(countyOver, "wang", closing(id, lowsky.CloseFalseAlarm)))
	f.now = f.now.Add(time.Minute)
	f.claims("dock-7", "L-12", 1)
	if a := f.want(lowsky.HazardMismatch, firing, lowsky.Caution); a.Handling.State != lowsky.HandlingClosed {
		t.Errorf("%+v", a.Handling)
	}
	f.pass(mismatchQuiet)
	f.want(lowsky.HazardMismatch, resolved, lowsky.Caution)
}

// TestMismatchFlood: a thousand records a second make one revision a second, and the last one counts them all.
func TestMismatchFlood(t *testing.T) {
	f := fly(t, Config{})
	for range 3 {
		for range 1000 {
			f.now = f.now.Add(time.Millisecond)
			f.claims("dock-7", "L-12", 2)
		}
		f.tick()
	}
	f.pass(2 * time.Second)
	if n := len(f.alerts); n > 6 {
		t.Errorf("%d revisions", n)
	}
	if a := f.want(lowsky.HazardMismatch, firing, lowsky.Caution); a.Count != 3000 || a.Measured.Value != 6000 {
		t.Errorf("%d, %v", a.Count, a.Measured)
	}
}

// TestMismatchesAreBounded: what one device claims, and what all of them do.
func TestMismatchesAreBounded(t *testing.T) {
	f := fly(t, Config{})
	for i := range 1000 {
		f.now = f.now.Add(time.Second)
		f.claims("dock-7", fmt.Sprint("L-", i), 1)
		f.tick()
	}
	if n := len(f.e.alerts); n > 2*(mismatchesEach+1) {
		t.Errorf("%d alerts of one device", n)
	}
	a := f.last(lowsky.HazardMismatch)
	if a.Subject != (lowsky.Subject{}) || a.Variant != "many" || a.Measured.Value != 1000-mismatchesEach || !strings.Contains(a.Text.ZH, "L-999") {
		t.Errorf("%+v", a)
	}
	for i := range 3 * mismatchesMost {
		f.claims(lowsky.DeviceID(fmt.Sprint("d", i)), "L-1", 1)
	}
	if n := len(f.e.alerts); n > mismatchesMost+20 {
		t.Errorf("%d alerts in all", n)
	}
	f.pass(2 * time.Second)
	if a := f.last(lowsky.HazardMismatch); a.Object.ID != anyDevice || a.Variant != "devices" || a.Measured.Value < 2*mismatchesMost-20 ||
		!strings.Contains(a.Text.EN, "d5999") {
		t.Errorf("%+v", a)
	}
	f.pass(mismatchQuiet + 2*time.Minute)
	if f.open() != 0 || len(f.e.open) != 0 || f.e.mismatches != 0 {
		t.Errorf("%d open, %d counted", f.open(), f.e.mismatches)
	}
	n := 0
	for ref := range f.e.objects {
		if ref.Kind == lowsky.ObjectDevice {
			n++
		}
	}
	if n != 0 {
		t.Errorf("%d devices are not forgotten", n)
	}
}

// TestMismatchSurvivesARestart with its text and its count, and its ten minutes go on.
func TestMismatchSurvivesARestart(t *testing.T) {
	f := fly(t, Config{})
	f.claims("dock-7", "L-12", 5)
	saved := reread(t, f.last(lowsky.HazardMismatch))
	restart := func() *flight {
		g := fly(t, Config{Alerts: []*lowsky.Alert{reread(t, saved)}})
		g.now, g.seq = f.now.Add(5*time.Minute), f.seq+100
		return g
	}
	g := restart()
	g.pass(4 * time.Minute)
	if len(g.alerts) != 0 {
		t.Errorf("%+v", g.alerts[0])
	}
	g.pass(time.Minute)
	if a := g.want(lowsky.HazardMismatch, resolved, lowsky.Caution); a.Text != saved.Text || a.Frozen != "" || a.ResolveReason != lowsky.ResolvedClear {
		t.Errorf("%+v", a)
	}
	g = restart()
	g.claims("dock-7", "L-12", 1)
	if a := g.want(lowsky.HazardMismatch, firing, lowsky.Caution); a.ID != saved.ID || a.Measured.Value != 6 || a.Count != 2 {
		t.Errorf("%+v", a)
	}
}

// TestMismatchOfHostileText: ids and topics are whatever a device chose.
func TestMismatchOfHostileText(t *testing.T) {
	f := fly(t, Config{})
	long := strings.Repeat("长", 70_000)
	for _, s := range []string{long, "a\x1fb\nc", "\u202egnp.exe", "{measured}", "", "\xff\xfe", "+/#"} {
		f.step(lowsky.RecordMismatch, lowsky.IdentityMismatch{Device: "d", Claimed: s, Topic: s, Count: -7})
		a := f.last(lowsky.HazardMismatch)
		b, err := json.Marshal(a)
		if err != nil || len(b) > 8000 || !utf8.Valid(b) || strings.ContainsAny(a.Subject.ID+a.Text.EN, "\x1f\n\u202e") || a.Measured.Value < 1 {
			t.Errorf("%q: %v, %d bytes, %+v", s[:min(len(s), 20)], err, len(b), a)
		}
	}
	f.step(lowsky.RecordMismatch, lowsky.IdentityMismatch{Claimed: "L-1"})
	if len(f.e.Faults()) != 1 || f.e.Counts().BadRecords != 1 {
		t.Error("a mismatch of no device is no bad record")
	}
	f.e.Step(lowsky.Record{Seq: 999, Kind: lowsky.RecordMismatch, At: f.now, Payload: []byte("[")}, nil)
	if f.e.Counts().BadRecords != 2 {
		t.Error("a broken record is not counted")
	}
}
