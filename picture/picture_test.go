package picture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lowsky"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a journal in memory: it gives numbers, taps under its lock, and may be full or lose a write.
type memory struct {
	mu      sync.Mutex
	tap     func(lowsky.Record, []lowsky.Message)
	last    uint64
	lastAt  time.Time
	records []lowsky.Record
	wire    map[uint64][]lowsky.Message // what Decode gives again
	full    bool                        // refuses, and yet offers, as the journal does
	lose    int                         // receipts of alerts that will fail
}

type receipt struct{ err error }

func (r receipt) Wait(context.Context) error { return r.err }

func (m *memory) Append(rec lowsky.Record, msgs []lowsky.Message) (lowsky.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	rec.Seq = m.last
	if rec.At.Before(m.lastAt) {
		rec.At = m.lastAt
	}
	m.lastAt = rec.At
	if m.tap != nil {
		m.tap(rec, msgs)
	}
	if m.full {
		return nil, lowsky.ErrUnavailable
	}
	if m.lose > 0 && rec.Kind == lowsky.RecordAlert {
		m.lose--
		return receipt{errors.New("disk on fire")}, nil
	}
	if rec.Kind == lowsky.RecordMessage {
		m.wire[rec.Seq] = msgs
	}
	m.records = append(m.records, rec)
	return receipt{}, nil
}

func (m *memory) Read(_ context.Context, from uint64, _ bool, fn func([]lowsky.Record) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.records {
		if m.records[i].Seq >= from {
			if err := fn(m.records[i : i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// world collects what a picture publishes.
type world struct {
	mu     sync.Mutex
	alerts []*lowsky.Alert
	health *lowsky.PictureHealth
	tracks map[lowsky.AircraftID]*lowsky.TrackView
}

func (w *world) Publish(changes []lowsky.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range changes {
		switch {
		case c.Alert != nil:
			w.alerts = append(w.alerts, c.Alert)
		case c.Health != nil:
			w.health = c.Health
		case c.Track != nil:
			w.tracks[c.Track.ID] = c.Track
		}
	}
}

// live is a picture with its surroundings.
type live struct {
	*Picture
	t     *testing.T
	log   *memory
	world *world
	ticks chan time.Time
	stop  func() error
}

func newLive(t *testing.T, opt Options) *live {
	t.Helper()
	e, err := NewEngine(fullConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	l := &live{
		t: t, log: &memory{wire: map[uint64][]lowsky.Message{}}, ticks: make(chan time.Time, 1),
		world: &world{tracks: map[lowsky.AircraftID]*lowsky.TrackView{}},
	}
	opt.Ticks = l.ticks
	opt.Logger = slog.New(slog.DiscardHandler)
	l.Picture = New(e, l.log, l.world, opt)
	l.log.tap = l.Offer
	start, _ := json.Marshal(lowsky.PictureStart{Region: "test"})
	if _, err := l.log.Append(lowsky.Record{Kind: lowsky.RecordStart, At: noon, Payload: start}, nil); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *live) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	l.stop = func() error { cancel(); return <-done }
}

func (l *live) report(id string, at time.Time, opts ...func(*lowsky.TelemetryReport)) {
	r := &lowsky.TelemetryReport{
		Aircraft: lowsky.AircraftID(id), Source: "direct:" + lowsky.SourceID(id), Format: "native", MeasuredAt: at,
		Position: lowsky.Some(home), Status: lowsky.Some(lowsky.StatusAirborne), Battery: lowsky.Some(lowsky.Percent(80)),
	}
	for _, o := range opts {
		o(r)
	}
	l.log.Append(lowsky.Record{Kind: lowsky.RecordMessage, At: at, Link: "test"}, []lowsky.Message{r})
}

// until polls for a condition with a deadline.
func (l *live) until(what string, ok func() bool) {
	l.t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			l.t.Fatalf("in vain: %s", what)
		}
	}
}

func (l *live) healthy(at time.Time) bool {
	l.world.mu.Lock()
	defer l.world.mu.Unlock()
	return l.world.health != nil && !l.world.health.At.Before(at)
}

func (l *live) compare() *Comparison {
	l.t.Helper()
	c, err := Compare(context.Background(), l.log, ReplayConfig{
		From:   1,
		Decode: func(r lowsky.Record) ([]lowsky.Message, error) { return l.log.wire[r.Seq], nil },
		Make:   func(*lowsky.PictureStart) (Config, error) { return fullConfig(l.t), nil },
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// TestReplayGivesTheSameBytes: a live run with ticks in slices, people, zones and silence, then its journal again.
func TestReplayGivesTheSameBytes(t *testing.T) {
	l := newLive(t, Options{SliceSize: 3})
	l.run()
	now := noon
	for i := range 60 {
		now = now.Add(time.Second)
		for a := range 10 {
			if a != i%7 {
				l.report(fmt.Sprint("a", a), now.Add(time.Duration(a)*time.Millisecond), battery(lowsky.Percent(15+(i*7+a*13)%40)))
			}
		}
		if i == 30 {
			payload, _ := json.Marshal(lowsky.ZonePublication{Remove: []lowsky.ZoneID{"z"}})
			l.log.Append(lowsky.Record{Kind: lowsky.RecordZones, At: now, Payload: payload}, nil)
		}
		l.ticks <- now
		if i == 20 {
			l.until("an alert", func() bool { l.world.mu.Lock(); defer l.world.mu.Unlock(); return len(l.world.alerts) > 0 })
			a, err := l.Handle(context.Background(), lowsky.HandlingCommand{ID: "1", Alert: l.world.alerts[0].ID, Action: lowsky.ActionLogCall, By: "li"}, now)
			if err != nil || a.Handling.CallLoggedBy != "li" {
				t.Errorf("handle: %v", err)
			}
		}
		l.until("the tick", func() bool { return l.healthy(now) })
	}
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	c := l.compare()
	if !c.Equal() || c.Recorded < 100 || c.Same != c.Recorded || c.Unrecorded != 0 || c.Recorded != len(l.world.alerts) {
		t.Errorf("%+v, published %d", c, len(l.world.alerts))
	}
	// A flipped byte in the past is noticed.
	for i := range l.log.records {
		if r := &l.log.records[i]; r.Kind == lowsky.RecordAlert {
			var a lowsky.Alert
			if err := json.Unmarshal(r.Payload, &a); err != nil {
				t.Fatal(err)
			}
			a.Severity++
			r.Payload, _ = json.Marshal(a)
			break
		}
	}
	if l.compare().Equal() {
		t.Error("a changed revision was not noticed")
	}
}

// TestOverload: more reports than the picture may hold back. The newest of each aircraft is judged live, the others
// afterwards as late, all are counted, and a replay comes to the same.
func TestOverload(t *testing.T) {
	l := newLive(t, Options{HighWater: 50})
	now := noon
	const fleet, rounds = 20, 100
	for i := range rounds { // nothing runs yet: all of it waits
		now = now.Add(100 * time.Millisecond)
		for a := range fleet {
			b := lowsky.Percent(80)
			if i == 10 {
				b = 18 // lost to the live picture, and found late
			}
			l.report(fmt.Sprint("a", a), now, battery(b))
		}
	}
	if n := l.inbox.len(); n > 50+fleet {
		t.Errorf("%d wait", n)
	}
	l.run()
	l.ticks <- now
	l.until("the tick", func() bool { return l.healthy(now) })
	l.until("the skipped ones", func() bool {
		l.log.mu.Lock()
		defer l.log.mu.Unlock()
		late := 0
		for _, r := range l.log.records {
			if r.Kind == lowsky.RecordLate {
				late++
			}
		}
		return late >= (rounds-4)*fleet
	})
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	counts := l.engine.Counts()
	if counts.Skipped == 0 || counts.Reports != fleet*rounds || counts.Late != counts.Skipped {
		t.Errorf("counts %+v", counts)
	}
	late := map[string]bool{}
	for _, a := range l.world.alerts {
		if a.FoundLate && a.Hazard == lowsky.HazardBattery {
			late[a.Object.ID] = true
		}
		if !a.FoundLate && a.Hazard == lowsky.HazardBattery {
			t.Errorf("raised live: %s", a.Object.ID)
		}
	}
	if len(late) != fleet {
		t.Errorf("%d of %d found late", len(late), fleet)
	}
	for id, v := range l.world.tracks {
		if !v.MeasuredAt.Equal(now) {
			t.Errorf("%s shows %v, not its newest report", id, v.MeasuredAt.Sub(noon))
		}
	}
	if c := l.compare(); !c.Equal() || c.Recorded == 0 {
		t.Errorf("%+v", c)
	}
}

// TestEmergencyIsNeverSkipped, however crowded it is.
func TestEmergencyIsNeverSkipped(t *testing.T) {
	b := newInbox(4)
	for i := range 100 {
		r := &lowsky.TelemetryReport{Aircraft: "a"}
		if i == 50 {
			r.Status = lowsky.Some(lowsky.StatusEmergency)
		}
		b.put(lowsky.Record{Seq: uint64(i + 1), Kind: lowsky.RecordMessage}, []lowsky.Message{r})
	}
	b.put(lowsky.Record{Seq: 101, Kind: lowsky.RecordTick}, nil)
	batch, skipped, excess := b.take(nil, 1000)
	var seqs []uint64
	for _, e := range batch {
		seqs = append(seqs, e.rec.Seq)
	}
	if fmt.Sprint(seqs) != "[51 100 101]" {
		t.Errorf("kept %v", seqs)
	}
	if len(skipped)+len(excess)+len(batch) != 101 || len(excess) != 0 {
		t.Errorf("%d skipped, %d beyond the bound", len(skipped), len(excess))
	}
}

// TestAlertRevisionsAreNeverLost: the journal is full, then loses writes, then is well.
func TestAlertRevisionsAreNeverLost(t *testing.T) {
	l := newLive(t, Options{})
	l.log.full = true
	l.run()
	now := noon
	for range 10 {
		now = now.Add(time.Second)
		for a := range 5 {
			l.report(fmt.Sprint("a", a), now, battery(18))
		}
	}
	l.ticks <- now
	l.until("the picture goes on", func() bool { return l.healthy(now) })
	l.world.mu.Lock()
	published, unsaved := len(l.world.alerts), l.world.health.Unsaved
	l.world.mu.Unlock()
	if published == 0 || unsaved == 0 {
		t.Errorf("%d published, %d unsaved in the health", published, unsaved)
	}
	l.log.mu.Lock()
	l.log.full, l.log.lose = false, 7
	l.log.mu.Unlock()
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	saved := map[string]bool{}
	for _, r := range l.log.records {
		if r.Kind == lowsky.RecordAlert {
			saved[string(r.Payload)] = true
		}
	}
	for _, a := range l.world.alerts {
		if b, _ := json.Marshal(a); !saved[string(b)] {
			t.Errorf("lost: %s revision %d", a.ID, a.Rev)
		}
	}
}

func TestSaverKeepsTheNewestBeyondItsBound(t *testing.T) {
	s := newSaver(nil, slog.New(slog.DiscardHandler))
	for i := range saverMost + 10 {
		a := &lowsky.Alert{ID: lowsky.AlertID(fmt.Sprint("a", i%100)), Rev: uint64(i)}
		s.put(a)
	}
	if s.waiting() != 110 {
		t.Errorf("%d wait", s.waiting())
	}
}

func TestHandleRefusals(t *testing.T) {
	l := newLive(t, Options{})
	l.run()
	ctx := context.Background()
	if _, err := l.Handle(ctx, lowsky.HandlingCommand{ID: "1", Alert: "x", Action: lowsky.ActionAcknowledge, By: "li"}, noon); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("unknown alert: %v", err)
	}
	if _, err := l.Handle(ctx, lowsky.HandlingCommand{Alert: "x"}, noon); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("no id: %v", err)
	}
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if _, err := l.Handle(short, lowsky.HandlingCommand{ID: "2", Alert: "x", Action: lowsky.ActionAcknowledge, By: "li"}, noon); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("nobody runs: %v", err)
	}
}

// TestKilledAndStartedAgain: a kill between two reports. The second life begins with the open alerts as the journal has
// them; the condition that still holds goes on under the same id, and the journal of the second life replays too.
func TestKilledAndStartedAgain(t *testing.T) {
	l := newLive(t, Options{})
	l.run()
	now := noon
	fly := func(l *live, n int, pct lowsky.Percent) {
		for range n {
			now = now.Add(time.Second)
			l.report("a", now, battery(pct))
			l.ticks <- now
			l.until("the tick", func() bool { return l.healthy(now) })
		}
	}
	fly(l, 5, 18)
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	newest := map[lowsky.AlertID]*lowsky.Alert{}
	for _, r := range l.log.records {
		if r.Kind == lowsky.RecordAlert {
			a := new(lowsky.Alert)
			if err := json.Unmarshal(r.Payload, a); err != nil {
				t.Fatal(err)
			}
			newest[a.ID] = a
		}
	}
	var open []*lowsky.Alert
	for _, r := range l.log.records { // in the order in which they were raised
		if r.Kind == lowsky.RecordAlert {
			var a lowsky.Alert
			_ = json.Unmarshal(r.Payload, &a)
			if b := newest[a.ID]; b != nil && b.Open() {
				open = append(open, b)
				delete(newest, a.ID)
			}
		}
	}
	if len(open) != 2 { // battery and zone
		t.Fatalf("%d open alerts in the journal", len(open))
	}
	cfg := fullConfig(t)
	cfg.Alerts = open
	e, err := NewEngine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	second := &live{t: t, log: l.log, ticks: make(chan time.Time, 1), world: &world{tracks: map[lowsky.AircraftID]*lowsky.TrackView{}}}
	second.Picture = New(e, l.log, second.world, Options{Ticks: second.ticks, Logger: slog.New(slog.DiscardHandler)})
	l.log.tap = second.Offer
	start, _ := json.Marshal(lowsky.PictureStart{Region: "test", Alerts: open})
	r, _ := l.log.Append(lowsky.Record{Kind: lowsky.RecordStart, At: now, Payload: start}, nil)
	_ = r
	from := l.log.last
	second.run()
	now = now.Add(5 * time.Second)
	fly(second, 12, 18)
	if err := second.stop(); err != nil {
		t.Fatal(err)
	}
	known := map[lowsky.AlertID]bool{open[0].ID: true, open[1].ID: true}
	if len(second.world.alerts) == 0 {
		t.Error("no revision in the second life")
	}
	for _, a := range second.world.alerts {
		if !known[a.ID] || a.State != firing || a.Count != 1 {
			t.Errorf("%s %s %s count %d", a.ID, a.Hazard, a.State, a.Count)
		}
	}
	c, err := Compare(context.Background(), l.log, ReplayConfig{
		From:   from,
		Decode: func(r lowsky.Record) ([]lowsky.Message, error) { return l.log.wire[r.Seq], nil },
		Make: func(s *lowsky.PictureStart) (Config, error) {
			c := fullConfig(t)
			c.Alerts = s.Alerts
			return c, nil
		},
	})
	if err != nil || !c.Equal() || c.Recorded == 0 || c.Unrecorded != 0 {
		t.Errorf("%v %+v", err, c)
	}
}
