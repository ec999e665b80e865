package simulator

import (
	"strings"
	"testing"
	"time"

	"lowsky"
)

func alert(object, hazard, subject string, peak lowsky.Severity, raised time.Duration) lowsky.Alert {
	a := lowsky.Alert{PeakSeverity: peak, RaisedAt: epoch.Add(raised), FiredAt: epoch.Add(raised + time.Second)}
	kind, id := typedReference(object)
	a.Object, a.Hazard = lowsky.Object{Kind: kind, ID: id}, lowsky.Hazard(hazard)
	if subject != "" {
		kind, id = typedReference(subject)
		a.Subject = lowsky.Subject{Kind: kind, ID: id}
	}
	return a
}

func TestCheck(t *testing.T) {
	s := read(t, small)
	zone := alert("l-01", "zone_entry", "zone:z1", lowsky.Warning, 40*time.Second)
	who := alert("x-01", "identity", "", lowsky.Advisory, 5*time.Second)
	gate := alert("source:gw-1", "source_down", "", lowsky.Caution, 181*time.Second)
	all := []lowsky.Alert{zone, who, gate}
	again := func(a lowsky.Alert) lowsky.Alert {
		a.RaisedAt = a.RaisedAt.Add(10 * time.Minute)
		return a
	}
	suspected := zone
	suspected.FiredAt = time.Time{}
	folded := alert("l-01", "silence", "", lowsky.Caution, 190*time.Second)
	folded.Parent = "al-1"
	with := func(more ...lowsky.Alert) []lowsky.Alert { return append(append([]lowsky.Alert{}, all...), more...) }
	for _, c := range []struct {
		name                    string
		elapsed                 time.Duration
		alerts                  []lowsky.Alert
		met, missed, unexpected int
		says                    string
	}{
		{"all", 6 * time.Minute, all, 3, 0, 0, ""},
		{"nothing came", 6 * time.Minute, nil, 0, 3, 0, "missed (line 52, repeat 0): aircraft:x-01 identity"},
		{"too early to miss", 60 * time.Second, []lowsky.Alert{who}, 1, 0, 0, ""},
		{"too late", 6 * time.Minute, []lowsky.Alert{who, gate, alert("l-01", "zone_entry", "zone:z1", lowsky.Warning, 91*time.Second)}, 2, 1, 1, "raised at 1m31s"},
		{"other zone", 6 * time.Minute, []lowsky.Alert{who, gate, alert("l-01", "zone_entry", "zone:z2", lowsky.Warning, 40*time.Second)}, 2, 1, 1, "zone z2"},
		{"lower", 6 * time.Minute, []lowsky.Alert{who, gate, alert("l-01", "zone_entry", "zone:z1", lowsky.Caution, 40*time.Second)}, 2, 1, 0, "reached caution"},
		{"never confirmed", 6 * time.Minute, []lowsky.Alert{who, gate, suspected}, 2, 1, 0, "stayed suspected"},
		{"one too many", 6 * time.Minute, with(alert("c-01", "height", "", lowsky.Caution, time.Minute)), 3, 0, 1, "unexpected: aircraft c-01 height"},
		{"folded does not count", 6 * time.Minute, with(folded), 3, 0, 0, ""},
		{"before the run", 6 * time.Minute, with(alert("c-01", "height", "", lowsky.Caution, -time.Minute)), 3, 0, 0, ""},
		{"repeat", 16 * time.Minute, with(again(zone), again(who), again(gate)), 6, 0, 0, ""},
		{"repeat missed", 16 * time.Minute, with(again(zone), again(who)), 5, 1, 0, "repeat 1): source:gw-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.Check(epoch, c.elapsed, c.alerts)
			if len(r.Met) != c.met || len(r.Missed) != c.missed || len(r.Unexpected) != c.unexpected {
				t.Errorf("want %d, %d, %d; %s", c.met, c.missed, c.unexpected, r)
			}
			if r.OK() != (c.missed+c.unexpected == 0) {
				t.Errorf("OK is %v", r.OK())
			}
			if !strings.Contains(r.String(), c.says) {
				t.Errorf("%q does not say %q", r, c.says)
			}
		})
	}
	s.Only = false
	if r := s.Check(epoch, 6*time.Minute, with(alert("c-01", "height", "", lowsky.Caution, time.Minute))); !r.OK() {
		t.Error("without only, other alerts may come")
	}
}
