package simulator

import (
	"math"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// watched is a run as an observer and the broker saw it.
type watched struct {
	events []Event
	states []State // every [Step]
}

// at answers the state of a step.
func (w *watched) at(d time.Duration) *State { return &w.states[d/Step] }

// truth answers the first aircraft at a step.
func (w *watched) truth(d time.Duration) *Truth { return &w.at(d).Fleet[0] }

// on answers the events whose topic ends so.
func (w *watched) on(suffix string) (out []Event) {
	for _, ev := range w.events {
		if strings.HasSuffix(ev.Topic, suffix) {
			out = append(out, ev)
		}
	}
	return out
}

// watch flies until d.
func watch(t testing.TB, s *Scenario, seed uint64, d time.Duration) *watched {
	t.Helper()
	w := &watched{}
	e := NewEngine(s, seed, epoch)
	e.Observe(func(st *State) {
		kept := *st
		kept.Fleet = append([]Truth(nil), st.Fleet...)
		kept.Gateways = append([]GatewayTruth(nil), st.Gateways...)
		kept.Traffic = append([]TrafficTruth(nil), st.Traffic...)
		w.states = append(w.states, kept)
	})
	for ev := e.Next(); ev.At < d; ev = e.Next() {
		w.events = append(w.events, ev)
	}
	return w
}

// reports reads native messages of the aircraft of the first report.
func reports(t testing.TB, events []Event) (out []*lowsky.TelemetryReport) {
	t.Helper()
	for _, ev := range events {
		var notes wire.Notes
		msgs, err := native.Decode(ev.Topic, ev.Payload, epoch.Add(ev.At), &notes)
		if err != nil {
			t.Fatalf("%s %s: %v", ev.Topic, ev.Payload, err)
		}
		for _, m := range msgs {
			out = append(out, m.(*lowsky.TelemetryReport))
		}
	}
	return out
}

// patrolling is one aircraft that circles at 10 m/s, with more of the file after it.
func patrolling(t testing.TB, rest string) *Scenario {
	t.Helper()
	return one(t, "speed: 12, climb: 5, turn: 60, endurance: 40m", patrol, rest)
}

// TestObserveShowsEveryStepInOrder: each step once, after the messages of its instant and before any later one.
func TestObserveShowsEveryStepInOrder(t *testing.T) {
	s := read(t, strings.Replace(small, "tau: 30s", "tau: 30s, latency: 50ms, jitter: 300ms, loss: 0.1", 1))
	e := NewEngine(s, 7, epoch)
	last, next, in := time.Duration(-1), time.Duration(0), 0
	e.Observe(func(st *State) {
		if st.At != next || len(st.Fleet) != 3 || len(st.Gateways) != 2 || last > st.At {
			t.Fatalf("state of %s with %d aircraft and %d gateways after a message of %s; want that of %s", st.At, len(st.Fleet), len(st.Gateways), last, next)
		}
		for i := range st.Fleet {
			if tr := &st.Fleet[i]; tr.At != st.At || tr.Aircraft != s.Aircraft[i] || tr.Sent > st.At {
				t.Fatalf("%s: truth %+v", st.At, tr)
			}
		}
		next += Step
		in++
	})
	for ev := e.Next(); ev.At < 4*time.Minute; ev = e.Next() {
		if ev.At < last {
			t.Fatalf("a message of %s after one of %s", ev.At, last)
		}
		if ev.At > next {
			t.Fatalf("a message of %s before the state of %s", ev.At, next)
		}
		last = ev.At
	}
	if in < 4*60*5 {
		t.Errorf("%d states", in)
	}
	if e.Lost() < 30 || e.Lost() > 90 {
		t.Errorf("%d lost of about 600 at 10 %%", e.Lost())
	}
}

// TestTruthDoesNotDependOnReports: other intervals, noise, loss and faults of the radio leave the flights as they are.
func TestTruthDoesNotDependOnReports(t *testing.T) {
	weather := "weather: {wind: {from: 270, speed: 4, gust: 1}}\n"
	a := watch(t, patrolling(t, weather), 3, 3*time.Minute)
	b := watch(t, one(t, "speed: 12, climb: 5, turn: 60, endurance: 40m", "    interval: 730ms\n"+patrol,
		weather+"noise: {horizontal: 3, speed: 0.2, loss: 0.4, latency: 2s}\nfaults:\n  - {fault: link_loss, aircraft: a, at: 10s, for: 1m}\n"), 3, 3*time.Minute)
	for i := range 800 {
		x, y := a.states[i].Fleet[0], b.states[i].Fleet[0]
		if x.Position != y.Position || x.AGL != y.AGL || x.Course != y.Course || x.GroundSpeed != y.GroundSpeed || x.Battery != y.Battery {
			t.Fatalf("at %s %+v, with other reports %+v", x.At, x, y)
		}
	}
	// And what is reported between two steps lies between them.
	f := newFrame(Point{114.31, 29.8})
	noiseless := watch(t, one(t, "speed: 12, climb: 5, turn: 60, endurance: 40m", "    interval: 730ms\n"+patrol, weather), 3, time.Minute)
	for _, r := range reports(t, noiseless.events) {
		at := r.MeasuredAt.Sub(epoch)
		before, after := noiseless.truth(at).Position, noiseless.truth(at+Step).Position
		p := f.vec(Point{float64(r.Position.Value.Longitude), float64(r.Position.Value.Latitude)})
		if d := f.vec(before).sub(p).length() + f.vec(after).sub(p).length() - f.vec(before).sub(f.vec(after)).length(); d > 0.05 {
			t.Fatalf("report of %s is %.2f m off the way", at, d)
		}
	}
}

// TestSentIsWhatReachedTheBroker: nothing lost, muted or held up counts.
func TestSentIsWhatReachedTheBroker(t *testing.T) {
	w := watch(t, patrolling(t, "noise: {loss: 0.3, latency: 400ms, jitter: 300ms}\nfaults:\n  - {fault: link_loss, aircraft: a, at: 1m, for: 30s}\n"), 5, 2*time.Minute)
	f := newFrame(Point{114.31, 29.8})
	got, i, late := time.Duration(-1), 0, 0
	for _, st := range w.states {
		for ; i < len(w.events) && w.events[i].At <= st.At; i++ {
			got = reports(t, w.events[i:i+1])[0].MeasuredAt.Sub(epoch)
		}
		tr := st.Fleet[0]
		if tr.Sent != got {
			t.Fatalf("at %s the newest that got through is of %s, Sent says %s", st.At, got, tr.Sent)
		}
		if got >= 0 {
			if d := f.vec(tr.SentAt).sub(f.vec(w.truth(got).Position)).length(); d > 0.01 || math.Abs(tr.SentAGL-w.truth(got).AGL) > 0.01 {
				t.Fatalf("at %s it says that it was %.1f m elsewhere at %s", st.At, d, got)
			}
		}
		if st.At-tr.Sent > 5*time.Second {
			late++
		}
	}
	if n := len(w.events); n < 40 || n > 75 || late < 100 {
		t.Errorf("%d of 90 reports with 30 %% loss came, late at %d steps", n, late)
	}
	for _, ev := range w.events {
		if d := epoch.Add(ev.At).Sub(reports(t, []Event{ev})[0].MeasuredAt); d < 400*time.Millisecond || d > 700*time.Millisecond {
			t.Errorf("%s on the way", d)
		}
	}
}

func TestHash(t *testing.T) {
	s := read(t, strings.Replace(small, "tau: 30s", "tau: 30s, latency: 50ms, jitter: 300ms, loss: 0.1", 1))
	s.Start = epoch
	const until = 6 * time.Minute
	sum := HashStream(s, 7, until)
	if again := HashStream(s, 7, until); again != sum || len(sum) != 64 {
		t.Errorf("the same seed gives %s and %s", sum, again)
	}
	if HashStream(s, 8, until) == sum {
		t.Error("another seed gives the same hash")
	}
	if HashStream(s, 7, until-time.Second) == sum {
		t.Error("a shorter stream gives the same hash")
	}
	// Taken by an observed engine, piece by piece.
	e, h := NewEngine(s, 7, epoch), NewHasher()
	e.Observe(func(*State) {})
	for ev := e.Next(); ev.At < until; ev = e.Next() {
		h.Add(&ev)
		_ = h.Sum()
		_ = e.Truth(nil)
	}
	if h.Sum() != sum {
		t.Errorf("an observed engine gives %s", h.Sum())
	}
}
