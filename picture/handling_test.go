package picture

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// do has a person's command applied and answers the outcome.
func (f *flight) do(c lowsky.HandlingCommand) Outcome {
	f.t.Helper()
	f.seq++
	c.ID = fmt.Sprint("cmd", f.seq)
	f.step(lowsky.RecordHandling, c)
	out := f.e.Outcomes()
	if len(out) != 1 || out[0].Command != c.ID {
		f.t.Fatalf("outcomes %+v", out)
	}
	return out[0]
}

func (f *flight) must(c lowsky.HandlingCommand) *lowsky.Alert {
	f.t.Helper()
	o := f.do(c)
	if o.Err != nil {
		f.t.Fatalf("%s: %v", c.Action, o.Err)
	}
	return o.Alert
}

func (f *flight) refused(c lowsky.HandlingCommand, want error) {
	f.t.Helper()
	before := len(f.alerts)
	if o := f.do(c); !errors.Is(o.Err, want) {
		f.t.Errorf("%s %s: %v, want %v", c.Action, c.Reason, o.Err, want)
	}
	if len(f.alerts) != before {
		f.t.Errorf("%s %s: refused, and yet a revision", c.Action, c.Reason)
	}
}

func command(id lowsky.AlertID, action lowsky.HandlingAction) lowsky.HandlingCommand {
	return lowsky.HandlingCommand{Alert: id, Action: action, By: "li"}
}

func closing(id lowsky.AlertID, why lowsky.CloseReason) lowsky.HandlingCommand {
	c := command(id, lowsky.ActionClose)
	c.Reason = why
	return c
}

func alerting(t *testing.T) (*flight, lowsky.AlertID) {
	f := fly(t, Config{Packs: pack(batteryRule(0, 2*time.Second))})
	f.reports(2*time.Second, battery(28))
	return f, f.want(lowsky.HazardBattery, firing, lowsky.Caution).ID
}

func TestAcknowledge(t *testing.T) {
	f, id := alerting(t)
	a := f.must(command(id, lowsky.ActionAcknowledge))
	if a.Handling.State != lowsky.HandlingAcknowledged || a.Handling.AcknowledgedBy != "li" || a.State != firing {
		t.Errorf("%+v", a.Handling)
	}
	rev := a.Rev
	if a := f.must(command(id, lowsky.ActionAcknowledge)); a.Rev != rev {
		t.Error("a double click made a revision")
	}
	other := command(id, lowsky.ActionAcknowledge)
	other.By = "wang"
	f.refused(other, lowsky.ErrConflict)
	f.reports(10 * time.Second)
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); a.Open() {
		t.Error("acknowledged and resolved is still open")
	}
}

func TestResolvedStaysUntilAcknowledged(t *testing.T) {
	f, id := alerting(t)
	f.reports(5 * time.Second)
	f.pass(48 * time.Hour / 100)
	if a := f.want(lowsky.HazardBattery, resolved, lowsky.Caution); !a.Open() {
		t.Fatal("gone from the list")
	}
	if a := f.must(command(id, lowsky.ActionAcknowledge)); a.Open() {
		t.Error("acknowledged and still open")
	}
	f.must(closing(id, lowsky.CloseTrue)) // afterwards people may still close it with a reason
}

func TestClosingRules(t *testing.T) {
	f, id := alerting(t)
	f.refused(closing(id, lowsky.CloseTrue), lowsky.ErrConflict) // it fires
	f.refused(closing(id, "because"), lowsky.ErrInvalid)
	f.refused(closing(id, ""), lowsky.ErrInvalid)
	a := f.must(closing(id, lowsky.CloseDrill))
	if a.Handling.State != lowsky.HandlingClosed || a.State != firing || !a.Open() {
		t.Errorf("closed, still firing: %+v", a.Handling)
	}
	f.refused(closing(id, lowsky.CloseDrill), lowsky.ErrConflict)
	f.refused(command(id, lowsky.ActionAcknowledge), lowsky.ErrConflict)
	f.reports(3*time.Second, battery(27))
	if a := f.last(lowsky.HazardBattery); a.Handling.State != lowsky.HandlingClosed {
		t.Error("reopened without a rise")
	}
	f.reports(time.Second, battery(18))
	a = f.want(lowsky.HazardBattery, firing, lowsky.Warning)
	if a.Handling.State != lowsky.HandlingNew || !a.Handling.ReopenedAt.Equal(f.now) || a.Handling.ClosedBy != "li" {
		t.Errorf("severity rose: %+v", a.Handling)
	}
}

func TestClosedAsTrueReopensWhenItFiresAgain(t *testing.T) {
	f, id := alerting(t)
	f.reports(5 * time.Second)
	f.must(closing(id, lowsky.CloseTrue))
	f.reports(20 * time.Second)
	f.reports(time.Second, battery(28))
	a := f.want(lowsky.HazardBattery, firing, lowsky.Caution)
	if a.ID != id || a.Count != 2 || a.Handling.State != lowsky.HandlingNew {
		t.Errorf("%+v", a)
	}
}

func TestDrillThatFlapsStaysClosed(t *testing.T) {
	f, id := alerting(t)
	f.must(closing(id, lowsky.CloseDrill))
	f.reports(5 * time.Second)
	f.reports(5*time.Second, battery(28))
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.Handling.State != lowsky.HandlingClosed {
		t.Errorf("%+v", a.Handling)
	}
}

func TestCommentsAndCalls(t *testing.T) {
	f, id := alerting(t)
	c := command(id, lowsky.ActionComment)
	f.refused(c, lowsky.ErrInvalid)
	c.Comment = " \n"
	f.refused(c, lowsky.ErrInvalid)
	c.Comment = strings.Repeat("长", 2001)
	f.refused(c, lowsky.ErrInvalid)
	c.Comment = "电话无人接听"
	if a := f.must(c); len(a.Handling.Comments) != 1 || a.Handling.Comments[0].Text != c.Comment || a.Handling.State != lowsky.HandlingNew {
		t.Errorf("%+v", a.Handling)
	}
	before := f.last(lowsky.HazardBattery)
	call := command(id, lowsky.ActionLogCall)
	call.Comment = "pilot lands now"
	if a := f.must(call); a.Handling.CallLoggedBy != "li" || len(a.Handling.Comments) != 2 {
		t.Errorf("%+v", a.Handling)
	}
	if len(before.Handling.Comments) != 1 {
		t.Error("a published revision was changed")
	}
	for range commentsMost - 2 {
		f.must(c)
	}
	f.refused(c, lowsky.ErrConflict)
}

func TestRefusals(t *testing.T) {
	f, id := alerting(t)
	f.refused(command("nothing", lowsky.ActionAcknowledge), lowsky.ErrNotFound)
	f.refused(command(id, "explode"), lowsky.ErrInvalid)
	nobody := command(id, lowsky.ActionAcknowledge)
	nobody.By = " "
	f.refused(nobody, lowsky.ErrInvalid)
	future := command(id, lowsky.ActionAcknowledge)
	future.Rev = 99
	f.refused(future, lowsky.ErrInvalid)

	seen := f.last(lowsky.HazardBattery).Rev
	f.must(command(id, lowsky.ActionLogCall))
	stale := closing(id, lowsky.CloseDrill)
	stale.Rev = seen
	f.refused(stale, lowsky.ErrStale)
	stale.Rev = f.last(lowsky.HazardBattery).Rev
	f.reports(12*time.Second, battery(26)) // the alert moves on: that is no reason to refuse
	f.must(stale)

	f.e.Step(lowsky.Record{Seq: 1000, Kind: lowsky.RecordHandling, At: f.now, Payload: []byte("{")}, nil)
	if len(f.e.Outcomes()) != 0 || len(f.e.Faults()) != 1 {
		t.Errorf("a broken record: %v, %v", f.e.Outcomes(), f.e.Faults())
	}
}

// TestRestart: what is loaded goes on under the same id with its handling and clocks, and only judging ends it.
func TestRestart(t *testing.T) {
	cfg := func() Config {
		return Config{Packs: pack(insideRule(3*time.Second, 4*time.Second), silenceRule()), Zones: index(t, square("z", 1, 0, 0, 100))}
	}
	before := fly(t, cfg())
	before.reports(10 * time.Second)
	id := before.want(lowsky.HazardZoneEntry, firing, lowsky.Warning).ID
	before.must(command(id, lowsky.ActionAcknowledge))
	saved := reread(t, before.last(lowsky.HazardZoneEntry))

	restart := func() *flight {
		c := cfg()
		c.Alerts = []*lowsky.Alert{reread(t, saved)}
		f := fly(t, c)
		f.now, f.seq = before.now.Add(20*time.Second), before.seq+1000
		return f
	}
	t.Run("still inside", func(t *testing.T) {
		f := restart()
		f.reports(15 * time.Second)
		a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
		if a.ID != id || a.Count != 1 || a.Handling.AcknowledgedBy != "li" || a.Rev <= saved.Rev || !a.RaisedAt.Equal(saved.RaisedAt) {
			t.Errorf("%+v", a)
		}
		if f.open() != 1 {
			t.Errorf("%d open", f.open())
		}
	})
	t.Run("not heard", func(t *testing.T) {
		f := restart()
		f.pass(time.Hour)
		a := f.want(lowsky.HazardZoneEntry, firing, lowsky.Warning)
		if a.Frozen != lowsky.ReasonSilent || !a.LastJudgedAt.Equal(saved.LastJudgedAt) {
			t.Errorf("frozen %q, last judged %v", a.Frozen, a.LastJudgedAt)
		}
	})
	t.Run("left meanwhile", func(t *testing.T) {
		f := restart()
		f.reports(4*time.Second, at(metres(500, 0)))
		if a := f.last(lowsky.HazardZoneEntry); a != nil && a.State == resolved {
			t.Fatal("resolved before KeepFiring")
		}
		f.reports(time.Second, at(metres(500, 0)))
		if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ID != id {
			t.Errorf("id %s", a.ID)
		}
	})
	t.Run("landed meanwhile", func(t *testing.T) {
		f := restart()
		f.reports(2*time.Second, status(lowsky.StatusGround))
		if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedLanded {
			t.Errorf("reason %q", a.ResolveReason)
		}
	})
	t.Run("rule removed", func(t *testing.T) {
		c := cfg()
		c.Packs, c.Alerts = pack(silenceRule()), []*lowsky.Alert{reread(t, saved)}
		f := fly(t, c)
		f.tick()
		if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedRuleRemoved {
			t.Errorf("reason %q", a.ResolveReason)
		}
	})
	t.Run("zone removed", func(t *testing.T) {
		c := cfg()
		c.Zones, c.Alerts = nil, []*lowsky.Alert{reread(t, saved)}
		f := fly(t, c)
		f.tick()
		if a := f.want(lowsky.HazardZoneEntry, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedZoneEnded {
			t.Errorf("reason %q", a.ResolveReason)
		}
	})
	t.Run("handled at once", func(t *testing.T) {
		f := restart()
		f.must(closing(id, lowsky.CloseFalseAlarm))
	})
}

// TestRestartKeepsFor: a suspected alert's For goes on over a kill.
func TestRestartKeepsFor(t *testing.T) {
	cfg := Config{Packs: pack(batteryRule(5*time.Second, time.Second))}
	before := fly(t, cfg)
	before.reports(3*time.Second, battery(28))
	saved := reread(t, before.want(lowsky.HazardBattery, pending, lowsky.Caution))
	cfg.Alerts = []*lowsky.Alert{saved}
	f := fly(t, cfg)
	f.now = before.now
	f.reports(3*time.Second, battery(28))
	if a := f.want(lowsky.HazardBattery, firing, lowsky.Caution); a.ID != saved.ID {
		t.Errorf("id %s, want %s", a.ID, saved.ID)
	}
}

func TestLoadRefusesNonsense(t *testing.T) {
	f, _ := alerting(t)
	good := f.last(lowsky.HazardBattery)
	twin := *good
	twin.ID = "twin"
	for name, alerts := range map[string][]*lowsky.Alert{
		"no id": {{}}, "no state": {{ID: "x"}}, "twice": {good, good}, "two open on one key": {good, &twin},
	} {
		if _, err := NewEngine(Config{Alerts: alerts}); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, rules := range map[string][]lowsky.Rule{
		"no check": {{ID: "x", Hazard: "h"}}, "no id": {{Hazard: "h"}}, "twice": {batteryRule(0, 0), batteryRule(0, 0)},
	} {
		if _, err := NewEngine(Config{Packs: pack(rules...)}); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// reread is what an alert becomes by way of the journal and PostgreSQL.
func reread(t *testing.T, a *lowsky.Alert) *lowsky.Alert {
	t.Helper()
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	out := new(lowsky.Alert)
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestExpiry: what may be forgotten, and what may not.
func TestExpiry(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule())})
	f.reports(3 * time.Second)
	f.report(by("b"), status(lowsky.StatusGround))
	f.pass(DefaultKeepSilent + time.Minute)
	if len(f.gone) != 1 || f.gone[0] != "b" {
		t.Fatalf("gone %v", f.gone)
	}
	id := f.want(lowsky.HazardSilence, firing, lowsky.Warning).ID
	f.must(closing(id, lowsky.CloseFalseAlarm)) // a person ends it
	f.pass(2 * time.Second)
	if a := f.want(lowsky.HazardSilence, resolved, lowsky.Warning); a.ResolveReason != lowsky.ResolvedPerson || len(f.gone) != 2 {
		t.Errorf("reason %q, gone %v", a.ResolveReason, f.gone)
	}
}
