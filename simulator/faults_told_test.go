package simulator

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// struck flies the patrol for 2m30s with one fault at 1m for 30s.
func struck(t testing.TB, fault, rest string) *watched {
	t.Helper()
	return watch(t, patrolling(t, rest+"faults:\n  - {aircraft: a, at: 1m, for: 30s, "+fault+"}\n"), 1, 150*time.Second)
}

// within answers the events from a until b, seconds.
func (w *watched) within(a, b float64) (out []Event) {
	for _, ev := range w.events {
		if s := ev.At.Seconds(); s >= a && s < b {
			out = append(out, ev)
		}
	}
	return out
}

// astray answers how far a report lies from where the aircraft truly was when it came, metres.
func (w *watched) astray(t testing.TB, ev Event) vec {
	t.Helper()
	r := reports(t, []Event{ev})[0]
	tr := w.truth(ev.At)
	return newFrame(tr.Position).vec(Point{float64(r.Position.Value.Longitude), float64(r.Position.Value.Latitude)})
}

func TestBurstAfterLoss(t *testing.T) {
	w := struck(t, "fault: burst_after_loss", "")
	if n := len(w.within(60, 90)); n != 0 {
		t.Fatalf("%d messages while the radio is silent", n)
	}
	burst := w.within(90, 91)
	if len(burst) != 1 || burst[0].Payload[0] != '[' {
		t.Fatalf("the burst: %d messages", len(burst))
	}
	rs := reports(t, burst)
	if len(rs) != 31 || !rs[0].MeasuredAt.Equal(epoch.Add(time.Minute)) || !rs[30].MeasuredAt.Equal(epoch.Add(90*time.Second)) {
		t.Errorf("%d reports from %s to %s", len(rs), rs[0].MeasuredAt, rs[len(rs)-1].MeasuredAt)
	}
	for i, r := range rs {
		if r.BackFill != (i < 30) {
			t.Errorf("report %d: back-fill %v", i, r.BackFill)
		}
	}
	for at, want := range map[time.Duration]time.Duration{59 * time.Second: 59 * time.Second, 89 * time.Second: 59 * time.Second, 90 * time.Second: 90 * time.Second} {
		if got := w.truth(at).Sent; got != want {
			t.Errorf("at %s the newest that got through is of %s, want %s", at, got, want)
		}
	}
	// A long silence comes in several arrays, each small enough for the platform.
	long := watch(t, patrolling(t, "faults:\n  - {aircraft: a, at: 1m, for: 15m, fault: burst_after_loss}\n"), 1, 17*time.Minute)
	all := reports(t, long.events)
	if len(all) != 17*60 || !slices.IsSortedFunc(all, func(a, b *lowsky.TelemetryReport) int { return a.MeasuredAt.Compare(b.MeasuredAt) }) {
		t.Errorf("%d reports of 17 minutes", len(all))
	}
	for _, ev := range long.events {
		if len(ev.Payload) > 250_000 {
			t.Errorf("a message of %d bytes", len(ev.Payload))
		}
	}
	// A dock sends one after the other.
	s := read(t, strings.Replace(small, "faults:\n", "faults:\n  - {fault: burst_after_loss, aircraft: c-01, at: 1m, for: 30s}\n", 1))
	d := watch(t, s, 1, 2*time.Minute)
	count := map[bool]int{}
	for _, ev := range d.on("c-01/osd") {
		if ev.At >= time.Minute && ev.At < 93*time.Second {
			count[ev.At >= 90*time.Second]++
		}
	}
	if count[false] != 0 || count[true] != 17 {
		t.Errorf("of a dock %d messages in the silence, %d at its end", count[false], count[true])
	}
}

func TestOutOfOrder(t *testing.T) {
	w := struck(t, "fault: out_of_order, over: 3s", "")
	overtaken := 0
	last := time.Time{}
	for _, ev := range w.events {
		r := reports(t, []Event{ev})[0]
		took := epoch.Add(ev.At).Sub(r.MeasuredAt)
		now := r.MeasuredAt.Sub(epoch) >= time.Minute && r.MeasuredAt.Sub(epoch) < 90*time.Second
		if took < 0 || took > 3*time.Second || !now && took > 0 {
			t.Errorf("the report of %s took %s", r.MeasuredAt.Sub(epoch), took)
		}
		if r.MeasuredAt.Before(last) {
			overtaken++
		}
		last = r.MeasuredAt
	}
	if len(w.events) != 150 || overtaken < 5 {
		t.Errorf("%d reports, %d overtaken", len(w.events), overtaken)
	}
	newest := time.Duration(-1)
	for _, st := range w.states {
		if sent := st.Fleet[0].Sent; sent < newest {
			t.Fatalf("Sent goes back from %s to %s", newest, sent)
		} else {
			newest = sent
		}
	}
}

func TestDuplicate(t *testing.T) {
	for params, want := range map[string]int{"": 2, ", count: 3": 3} {
		w := struck(t, "fault: duplicate"+params, "")
		first, count := map[time.Time]time.Duration{}, map[time.Time]int{}
		for _, ev := range w.events {
			m := reports(t, []Event{ev})[0].MeasuredAt
			if count[m]++; count[m] == 1 {
				first[m] = ev.At
			} else if d := ev.At - first[m]; d > 300*time.Millisecond {
				t.Errorf("a copy %s after the first", d)
			}
		}
		for m, n := range count {
			if at := m.Sub(epoch); (at >= time.Minute && at < 90*time.Second) != (n == want) || n != want && n != 1 {
				t.Errorf("the report of %s came %d times", at, n)
			}
		}
	}
}

func TestClockSkew(t *testing.T) {
	for _, by := range []time.Duration{-90 * time.Second, 2 * time.Hour} {
		w := struck(t, "fault: clock_skew, skew: "+by.String(), "")
		for _, ev := range w.events {
			want := time.Duration(0)
			if ev.At >= time.Minute && ev.At < 90*time.Second {
				want = by
			}
			if got := reports(t, []Event{ev})[0].MeasuredAt.Sub(epoch.Add(ev.At)); got != want {
				t.Errorf("at %s the clock is off by %s", ev.At, got)
			}
			if tr := w.truth(ev.At); tr.ClockOff != want {
				t.Errorf("at %s the truth says %s", ev.At, tr.ClockOff)
			}
		}
		if d := w.truth(100 * time.Second).Sent; d != 100*time.Second {
			t.Errorf("Sent goes by the wrong clock: %s", d)
		}
	}
}

func TestGPSDrift(t *testing.T) {
	w := struck(t, "fault: gps_drift, rate: 2, course: 90, limit: 40", "")
	for s, want := range map[int]float64{59: 0, 60: 0, 70: 20, 79: 38, 85: 40, 89: 40, 90: 0} {
		at := time.Duration(s) * time.Second
		if d := w.astray(t, w.within(float64(s), float64(s)+0.5)[0]); math.Abs(d.e-want) > 0.1 || math.Abs(d.n) > 0.1 {
			t.Errorf("at %s it reports %.1f, %.1f m off, want %.0f to the east", at, d.e, d.n, want)
		}
		if got := w.truth(at).Offset; math.Abs(got-want) > 0.1 {
			t.Errorf("at %s Offset is %.1f, want %.0f", at, got, want)
		}
	}
	if d := struck(t, "fault: gps_drift, rate: 3, course: 180", "").truth(89 * time.Second).Offset; math.Abs(d-87) > 0.1 {
		t.Errorf("without a limit %.0f m after 29 s at 3 m/s", d)
	}
}

// TestOffsetHoldsUntilATrueReportComes: what the platform believes is off as long as nothing better got through.
func TestOffsetHoldsUntilATrueReportComes(t *testing.T) {
	w := watch(t, patrolling(t, "faults:\n  - {aircraft: a, at: 1m, for: 10s, fault: gps_jump, by: 500}\n  - {aircraft: a, at: 65s, for: 20s, fault: link_loss}\n"), 1, 2*time.Minute)
	for s, want := range map[int]float64{59: 0, 60: 500, 75: 500, 84: 500, 85: 0} {
		if got := w.truth(time.Duration(s) * time.Second).Offset; math.Abs(got-want) > 0.1 {
			t.Errorf("at %d s Offset is %.0f, want %.0f", s, got, want)
		}
	}
}

func TestAccuracyLie(t *testing.T) {
	var across, up, n float64
	for seed := range uint64(20) {
		w := watch(t, patrolling(t, "noise: {tau: 1s}\nfaults:\n  - {aircraft: a, at: 1m, for: 30s, fault: accuracy_lie, accuracy: 1.5, error: 20}\n"), seed, 100*time.Second)
		for _, ev := range w.within(58, 100) {
			r, tr := reports(t, []Event{ev})[0], w.truth(ev.At)
			lies := ev.At >= time.Minute && ev.At < 90*time.Second
			if (r.HorizontalAccuracy.Value == 1.5 && r.VerticalAccuracy.Value == 1.5) != lies || tr.LiesAboutHeight != lies || (tr.Offset >= 20) != lies {
				t.Fatalf("at %s accuracies %v, %v, offset %.0f, height %v", ev.At, r.HorizontalAccuracy, r.VerticalAccuracy, tr.Offset, tr.LiesAboutHeight)
			}
			d, h := w.astray(t, ev), float64(r.Position.Value.AGL.Value)-tr.AGL
			if !lies && (d.length() > 0.1 || math.Abs(h) > 0.1) {
				t.Fatalf("at %s it is %.1f m off", ev.At, d.length())
			}
			if ev.At >= 65*time.Second && lies {
				across, up, n = across+d.dot(d)/2, up+h*h, n+1
			}
		}
	}
	if a, h := math.Sqrt(across/n), math.Sqrt(up/n); math.Abs(a-20) > 2.5 || math.Abs(h-30) > 4 {
		t.Errorf("1 sigma %.1f m across and %.1f m up, want 20 and 30", a, h)
	}
}

func TestFrozenTruth(t *testing.T) {
	w := struck(t, "fault: freeze", "")
	for s, want := range map[int]bool{59: false, 60: true, 89: true, 90: false} {
		if tr := w.truth(time.Duration(s) * time.Second); tr.Frozen != want {
			t.Errorf("at %d s Frozen is %v", s, tr.Frozen)
		}
	}
}

func TestEmergencyTruth(t *testing.T) {
	for fault, of := range map[string]func(*Truth) bool{
		"emergency": func(tr *Truth) bool { return tr.Emergency },
		"c2_loss":   func(tr *Truth) bool { return tr.C2Lost },
	} {
		w := struck(t, "fault: "+fault, "")
		for s, want := range map[int]bool{59: false, 60: true, 89: true, 90: false} {
			if of(w.truth(time.Duration(s)*time.Second)) != want {
				t.Errorf("%s at %d s: %+v", fault, s, w.truth(time.Duration(s)*time.Second))
			}
		}
	}
}

func TestIDClone(t *testing.T) {
	for credential, link := range map[string]string{"": "", ", credential: same": "", ", credential: other": "a-clone"} {
		w := struck(t, "fault: id_clone, from: [114.33, 29.81], agl: 55, speed: 8, course: 90"+credential, "")
		there := newFrame(Point{114.33, 29.81})
		genuine, cloned := 0, 0
		for _, ev := range w.events {
			if !strings.HasSuffix(ev.Topic, "/a") {
				t.Fatalf("a message on %s", ev.Topic)
			}
			r := reports(t, []Event{ev})[0]
			at := there.vec(Point{float64(r.Position.Value.Longitude), float64(r.Position.Value.Latitude)})
			if at.length() > 1000 {
				genuine++
				if ev.Link != "" {
					t.Errorf("the aircraft itself speaks as %q", ev.Link)
				}
				continue
			}
			cloned++
			since := ev.At.Seconds() - 60
			if ev.Link != link || since < 0 || since > 30 || math.Abs(at.e-8*since) > 0.5 || math.Abs(at.n) > 0.5 || r.Position.Value.AGL.Value != 55 {
				t.Errorf("at %s the clone is %.1f, %.1f m off its start, %v high, over %q", ev.At, at.e, at.n, r.Position.Value.AGL, ev.Link)
			}
		}
		if genuine != 150 || cloned != 30 {
			t.Errorf("%d reports of the aircraft, %d of the clone", genuine, cloned)
		}
		for s, want := range map[int]bool{59: false, 60: true, 89: true, 90: false} {
			if tr := w.truth(time.Duration(s) * time.Second); tr.Cloned != want || tr.Sent != tr.At {
				t.Errorf("at %d s Cloned is %v, Sent %s", s, tr.Cloned, tr.Sent)
			}
		}
	}
}

func TestPlans(t *testing.T) {
	plans := "plans: [{id: p-1, aircraft: a, from: 10s, until: 70s}, {id: p-2, aircraft: a, from: 110s, until: 2m}]\n"
	for _, c := range []struct {
		fault string
		want  map[int]string
	}{
		{"emergency", map[int]string{9: "", 10: "p-1", 69: "p-1", 70: "", 109: "", 110: "p-2", 120: ""}},
		{"no_plan", map[int]string{59: "p-1", 60: "", 69: "", 90: "", 110: "p-2"}},
		{"plan_overrun", map[int]string{59: "p-1", 69: "p-1", 70: "p-1", 89: "p-1", 90: "", 110: "p-2"}},
	} {
		w := struck(t, "fault: "+c.fault, plans)
		for s, want := range c.want {
			at := time.Duration(s) * time.Second
			if got := reports(t, w.within(float64(s), float64(s)+0.5))[0].Plan; got != want || w.truth(at).Plan != want {
				t.Errorf("%s: at %d s it names %q, the truth is %q, want %q", c.fault, s, got, w.truth(at).Plan, want)
			}
		}
	}
}

func TestBrokerRestart(t *testing.T) {
	s := read(t, strings.Replace(small, "faults:\n", "faults:\n  - {fault: broker_restart, at: 60s, for: 20s}\n", 1))
	w := watch(t, s, 1, 12*time.Minute)
	var control []string
	count, late := map[string]int{}, 0
	order := map[string]time.Time{}
	for _, ev := range w.events {
		if ev.Control != Deliver {
			control = append(control, ev.At.String())
			continue
		}
		if down := ev.At % (10 * time.Minute); down >= 60*time.Second && down < 80*time.Second {
			t.Fatalf("%s gets through at %s", ev.Topic, ev.At)
		}
		count[ev.Topic+string(ev.Payload)]++
		if !strings.HasSuffix(ev.Topic, "/x-01") {
			continue
		}
		m := reports(t, []Event{ev})[0].MeasuredAt
		if m.Before(order[ev.Topic]) {
			t.Errorf("%s: the report of %s comes after that of %s", ev.Topic, m.Sub(epoch), order[ev.Topic].Sub(epoch))
		}
		order[ev.Topic] = m
		if took := epoch.Add(ev.At).Sub(m); took > 0 {
			if late++; took > 22*time.Second {
				t.Errorf("a report took %s", took)
			}
		}
	}
	if got := strings.Join(control, " "); got != "1m0s 1m20s 11m0s 11m20s" {
		t.Errorf("the broker goes and comes at %s", got)
	}
	// Each device: once a second for 20 s and up to 2 s; one time in ten twice.
	twice := 0
	for _, n := range count {
		if n == 2 {
			twice++
		}
	}
	if late < 42 || late > 60 || twice < 5 || twice > 30 {
		t.Errorf("%d reports of x-01 waited, %d messages came twice", late, twice)
	}
	for at, want := range map[time.Duration]bool{59 * time.Second: false, 60 * time.Second: true, 79800 * time.Millisecond: true, 80 * time.Second: false} {
		if w.at(at).Broker != want {
			t.Errorf("at %s the broker is away: %v", at, w.at(at).Broker)
		}
	}
	x := &w.at(79 * time.Second).Fleet[2]
	if x.Sent >= time.Minute {
		t.Errorf("while the broker is away a report of %s got through", x.Sent)
	}
	if x = &w.at(83 * time.Second).Fleet[2]; x.Sent < 82*time.Second {
		t.Errorf("3 s after it came back the newest that got through is of %s", x.Sent)
	}
}

func TestGatewayTruth(t *testing.T) {
	w := watch(t, read(t, small), 1, 4*time.Minute)
	for s, want := range map[int]bool{179: false, 180: true, 209: true, 210: false} {
		at := time.Duration(s) * time.Second
		g := w.at(at).Gateways[0]
		if g.Down != want || want && g.Since != 3*time.Minute || g.Gateway.ID != "gw-1" {
			t.Errorf("at %d s %+v", s, g)
		}
		if sent := w.at(at).Fleet[0].Sent; (sent < 180*time.Second) != (s < 210) {
			t.Errorf("at %d s the newest of who is behind it is of %s", s, sent)
		}
	}
}

// TestHeights: what an aircraft reports of its height and accuracy is chosen.
func TestHeights(t *testing.T) {
	for keys, want := range map[string]string{
		"": "hae amsl agl takeoff accuracy", "    heights: [amsl]\n": "amsl accuracy", "    heights: [hae, above_takeoff]\n    accuracies: false\n": "hae takeoff",
	} {
		s := one(t, "speed: 12, climb: 5, turn: 60", keys+patrol, "geoid: -14\n")
		r := reports(t, watch(t, s, 1, time.Second).events)[0]
		p := r.Position.Value
		var got []string
		for _, h := range []struct {
			name string
			is   lowsky.Opt[lowsky.Metres]
			want float64
		}{{"hae", p.HAE, 80}, {"amsl", p.AMSL, 94}, {"agl", p.AGL, 80}, {"takeoff", p.AboveTakeoff, 80}} {
			if h.is.OK {
				got = append(got, h.name)
				if math.Abs(float64(h.is.Value)-h.want) > 0.6 {
					t.Errorf("%s is %.1f, want %.0f", h.name, h.is.Value, h.want)
				}
			}
		}
		if r.HorizontalAccuracy.OK && r.VerticalAccuracy.OK {
			got = append(got, "accuracy")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q reports %s, want %s", keys, got, want)
		}
	}
}
