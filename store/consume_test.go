package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// journal is records in memory, with the three methods that Consume asks for.
type journal struct {
	mu       sync.Mutex
	records  []lowsky.Record
	consumed uint64
	grown    chan struct{}
}

func (j *journal) add(recs ...lowsky.Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, rec := range recs {
		rec.Seq = uint64(len(j.records) + 1)
		if rec.At.IsZero() {
			rec.At = noon
		}
		j.records = append(j.records, rec)
	}
	if j.grown != nil {
		close(j.grown)
		j.grown = nil
	}
}

func (j *journal) Head() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return uint64(len(j.records))
}

func (j *journal) Consumed(seq uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.consumed = seq
}

func (j *journal) Read(ctx context.Context, from uint64, follow bool, fn func([]lowsky.Record) error) error {
	for {
		j.mu.Lock()
		var batch []lowsky.Record
		if int(from) <= len(j.records) {
			batch = slices.Clone(j.records[max(from, 1)-1:])
		}
		if j.grown == nil {
			j.grown = make(chan struct{})
		}
		grown := j.grown
		j.mu.Unlock()
		if len(batch) > 0 {
			if err := fn(batch); err != nil {
				return err
			}
			from = batch[len(batch)-1].Seq + 1
			continue
		}
		if !follow {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// decode reads the tests' own messages: a telemetry report as Go's JSON, or whatever kind the topic names.
func decode(topic string, payload []byte, received time.Time, simulated bool) ([]lowsky.Message, error) {
	var m lowsky.Message
	switch topic {
	case "telemetry":
		m = new(lowsky.TelemetryReport)
	case "traffic":
		m = new(lowsky.TrafficReport)
	case "station":
		m = new(lowsky.StationReport)
	case "topology":
		m = new(lowsky.Topology)
	case "event":
		m = new(lowsky.DeviceEvent)
	case "request":
		m = new(lowsky.DeviceRequest)
	default:
		return nil, fmt.Errorf("topic %q", topic)
	}
	if err := json.Unmarshal(payload, m); err != nil {
		return nil, err
	}
	if t, ok := m.(*lowsky.TelemetryReport); ok && t.ReceivedAt.IsZero() {
		t.ReceivedAt, t.Simulated = received, simulated
	}
	return []lowsky.Message{m}, nil
}

func record(kind lowsky.RecordKind, topic string, v any) lowsky.Record {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return lowsky.Record{Kind: kind, At: noon, Topic: topic, Payload: b}
}

func report(id string, measured time.Time) *lowsky.TelemetryReport {
	return &lowsky.TelemetryReport{
		Aircraft: lowsky.AircraftID(id), Source: "gw-1", Format: "native", MeasuredAt: measured,
		Position: lowsky.Some(lowsky.Position{Longitude: 114.3, Latitude: 29.8, AGL: lowsky.Some[lowsky.Metres](60)}),
	}
}

func telemetry(r *lowsky.TelemetryReport) lowsky.Record {
	return record(lowsky.RecordMessage, "telemetry", r)
}

// east says that everything east of 114° lies in two jurisdictions.
func east(dst []lowsky.JurisdictionID, p lowsky.Position) []lowsky.JurisdictionID {
	if p.Longitude > 114 {
		dst = append(dst, "421202", "421200")
	}
	return dst
}

var options = store.ConsumeOptions{Jurisdictions: east}

func catchUp(t testing.TB, s *store.Store, j *journal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := s.CatchUp(ctx, j, decode, options); err != nil {
		t.Fatal(err)
	}
}

func history(t testing.TB, s *store.Store, scope lowsky.Scope, id string) []lowsky.HistoryPoint {
	t.Helper()
	out, err := s.History(t.Context(), scope, lowsky.AircraftID(id), noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// query answers one column of one row: what no method of the store tells.
func query[T any](t testing.TB, url, sql string, args ...any) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestEveryFieldOfAReportIsKept(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	full := &lowsky.TelemetryReport{
		Aircraft: "l-12", Source: "gw-1", Format: "dji", MeasuredAt: noon.Add(-time.Second), ReceivedAt: noon, BackFill: true,
		Position: lowsky.Some(lowsky.Position{Longitude: 114.3001, Latitude: 29.8001, HAE: lowsky.Some[lowsky.Metres](101.5),
			AMSL: lowsky.Some[lowsky.Metres](115.25), AGL: lowsky.Some[lowsky.Metres](60), AboveTakeoff: lowsky.Some[lowsky.Metres](-3)}),
		GroundSpeed: lowsky.Some[lowsky.MetresPerSecond](7.5), Course: lowsky.Some[lowsky.Degrees](0), Heading: lowsky.Some[lowsky.Degrees](359.9),
		VerticalSpeed: lowsky.Some[lowsky.MetresPerSecond](-1), HorizontalAccuracy: lowsky.Some[lowsky.Metres](1.5),
		VerticalAccuracy: lowsky.Some[lowsky.Metres](3), Battery: lowsky.Some[lowsky.Percent](0), ReturnNeed: lowsky.Some[lowsky.Percent](21),
		Link: lowsky.Some[lowsky.Percent](99), Status: lowsky.Some(lowsky.StatusEmergency), ForcedLanding: true, C2Lost: lowsky.Some(false),
		Pilot:      lowsky.Some(lowsky.Position{Longitude: 114.31, Latitude: 29.81, HAE: lowsky.Some[lowsky.Metres](40)}),
		TakeoffHAE: lowsky.Some[lowsky.Metres](41), Home: lowsky.Some(lowsky.Position{Longitude: 114.32, Latitude: 29.82}),
		Mode: "航线飞行", Model: "M30", Scenario: lowsky.Logistics, Plan: "p-1", Simulated: true,
	}
	bare := &lowsky.TelemetryReport{Aircraft: "bare", Source: "direct:bare", Format: "native", ReceivedAt: noon}
	j := new(journal)
	j.add(telemetry(full), telemetry(bare))
	catchUp(t, s, j)
	want := []lowsky.HistoryPoint{{
		Seq: 1, Source: full.Source, MeasuredAt: full.MeasuredAt, ReceivedAt: noon, BackFill: true, Position: full.Position,
		GroundSpeed: full.GroundSpeed, Course: full.Course, Heading: full.Heading, VerticalSpeed: full.VerticalSpeed,
		HorizontalAccuracy: full.HorizontalAccuracy, VerticalAccuracy: full.VerticalAccuracy, Battery: full.Battery,
		Link: full.Link, Status: full.Status, Mode: full.Mode,
	}}
	if d := cmp.Diff(want, history(t, s, lowsky.Everything, "l-12")); d != "" {
		t.Errorf("history (-want +got):\n%s", d)
	}
	got := query[string](t, url, `SELECT concat_ws('|', format, return_need_pct, forced_landing, c2_lost, pilot_longitude_deg, pilot_latitude_deg,
		pilot_altitude_hae_m, pilot_height_agl_m, takeoff_altitude_hae_m, home_longitude_deg, home_latitude_deg, model, scenario, plan_id,
		simulated, jurisdiction_ids) FROM telemetry WHERE aircraft_id = 'l-12'`)
	if want := "dji|21|t|f|114.31|29.81|40|41|114.32|29.82|M30|logistics|p-1|t|{421202,421200}"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	if d := cmp.Diff([]lowsky.HistoryPoint{{Seq: 2, Source: "direct:bare", ReceivedAt: noon}}, history(t, s, lowsky.Everything, "bare")); d != "" {
		t.Errorf("a report with nothing in it (-want +got):\n%s", d)
	}
	if j.consumed != 2 {
		t.Errorf("the journal was told %d", j.consumed)
	}
}

func TestNothingIsStoredTwice(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	farOff := func(received time.Time) lowsky.Record { // a clock eight hours behind
		r := report("slow", noon.Add(-8*time.Hour))
		r.ReceivedAt = received
		return telemetry(r)
	}
	for i := range 10 {
		j.add(telemetry(report("a", noon.Add(time.Duration(i)*time.Second))))
	}
	j.add(farOff(noon), farOff(noon.Add(time.Minute)))
	catchUp(t, s, j)
	for i := range 10 { // delivered again, in the same batch as a new one
		j.add(telemetry(report("a", noon.Add(time.Duration(i)*time.Second))))
	}
	j.add(telemetry(report("a", noon.Add(10*time.Second))), telemetry(report("a", noon.Add(10*time.Second))))
	j.add(farOff(noon.Add(2 * time.Minute)))
	// Measured just now, delivered again two hours later.
	late := report("a", noon)
	late.ReceivedAt = noon.Add(2 * time.Hour)
	j.add(telemetry(late))
	catchUp(t, s, j)
	if got := len(history(t, s, lowsky.Everything, "a")); got != 11 {
		t.Errorf("%d reports stored, want 11", got)
	}
	if got := len(history(t, s, lowsky.Everything, "slow")); got != 1 {
		t.Errorf("%d reports of the slow clock stored, want 1", got)
	}
	// A clock that stands still is no repetition: the aircraft is elsewhere.
	for i := range 3 {
		r := report("stuck", noon.Add(-48*time.Hour))
		r.ReceivedAt = noon.Add(time.Duration(i) * time.Second)
		r.Position.Value.Longitude += lowsky.Degrees(i) / 1000
		r.Digest = uint32(i + 1)
		j.add(telemetry(r))
	}
	catchUp(t, s, j)
	if got := len(history(t, s, lowsky.Everything, "stuck")); got != 3 {
		t.Errorf("%d reports of the stuck clock stored, want 3", got)
	}
	// Two parts of one state at one instant are two rows; either delivered again is none.
	for _, digest := range []uint32{1, 2, 1, 2} {
		r := report("parts", noon)
		r.Digest = digest
		j.add(telemetry(r))
	}
	catchUp(t, s, j)
	if got := len(history(t, s, lowsky.Everything, "parts")); got != 2 {
		t.Errorf("%d parts stored, want 2", got)
	}
}

func TestHistoryMergesLateAndLive(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	late := report("a", noon.Add(-30*time.Minute))
	late.BackFill, late.ReceivedAt = true, noon
	old := report("a", noon.AddDate(0, 0, -20)) // far outside the partitions
	old.BackFill, old.ReceivedAt = true, noon
	j.add(telemetry(report("a", noon)), telemetry(late), telemetry(old), telemetry(report("a", noon.Add(-time.Hour))))
	catchUp(t, s, j)
	var seqs []uint64
	for _, p := range history(t, s, lowsky.Everything, "a") {
		seqs = append(seqs, p.Seq)
	}
	if d := cmp.Diff([]uint64{3, 4, 2, 1}, seqs); d != "" {
		t.Errorf("order:\n%s", d)
	}
	got, err := s.History(t.Context(), lowsky.Everything, "a", noon.Add(-time.Hour), noon, 10)
	if err != nil || len(got) != 2 {
		t.Errorf("half-open interval: %d, %v", len(got), err)
	}
	if got, err = s.History(t.Context(), lowsky.Everything, "a", noon.AddDate(0, 0, -30), noon, 1); err != nil || len(got) != 1 {
		t.Errorf("limit: %d, %v", len(got), err)
	}
}

func TestRefusedRecordDoesNotStopTheStream(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	for i := range 20 {
		r := report("a", noon.Add(time.Duration(i)*time.Second))
		if i == 7 {
			r.Mode = "zero\x00byte"
		}
		j.add(telemetry(r))
	}
	j.add(lowsky.Record{Kind: lowsky.RecordAlert, Payload: []byte("{not json")})
	j.add(lowsky.Record{Kind: lowsky.RecordAlert, Payload: []byte(`{"id":"","rev":0}`)})
	bad := alert("z-1", 1)
	bad.Note = "zero\x00byte"
	j.add(record(lowsky.RecordAlert, "", bad), record(lowsky.RecordAlert, "", alert("z-2", 1)))
	j.add(lowsky.Record{Kind: lowsky.RecordMessage, Topic: "nonsense"})
	j.add(telemetry(report("b", noon)))
	catchUp(t, s, j)
	if got := len(history(t, s, lowsky.Everything, "a")); got != 19 {
		t.Errorf("%d reports stored, want 19", got)
	}
	if got := len(history(t, s, lowsky.Everything, "b")); got != 1 {
		t.Error("what came after it is not stored")
	}
	if _, err := s.Alert(t.Context(), lowsky.Everything, "z-2"); err != nil {
		t.Error(err)
	}
	if got := query[string](t, url, `SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM journal_rejects WHERE reason <> ''`); got != "8 21 22 23" {
		t.Errorf("rejects %s", got)
	}
	st := s.State()
	if st.Rejected != 4 || st.Undecodable != 1 || st.Backlog != 0 || !st.OK || st.Position != 26 {
		t.Errorf("state %+v", st)
	}
}

func TestConsumeGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	var mu sync.Mutex
	var saved []store.SavedAlert
	opts := options
	opts.Saved = func(a []store.SavedAlert) { mu.Lock(); saved = append(saved, a...); mu.Unlock() }
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Consume(ctx, j, decode, opts) }()
		for i := range 50 {
			n := int(j.Head())
			j.add(telemetry(report("a", noon.Add(time.Duration(n)*time.Second))))
			if i == 25 {
				j.add(record(lowsky.RecordAlert, "", alert("x-"+strconv.Itoa(n), 1)))
			}
		}
		eventually(t, "caught up", func() bool { st := s.State(); return st.OK && st.Backlog == 0 })
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	if got := len(history(t, s, lowsky.Everything, "a")); got != 150 {
		t.Errorf("%d reports, want 150", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(saved) != 3 || saved[0] != (store.SavedAlert{ID: "x-25", Rev: 1}) {
		t.Errorf("saved %v", saved)
	}
	// A journal that is behind the database was replaced: its records are stored all the same.
	young := new(journal)
	young.add(telemetry(report("young", noon)))
	catchUp(t, s, young)
	young.add(telemetry(report("young", noon.Add(time.Second))))
	catchUp(t, s, young)
	if got := len(history(t, s, lowsky.Everything, "young")); got != 1 {
		t.Errorf("%d reports of the young journal, want what came after its head", got)
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

func TestOtherReportsAndWhoseTheyAre(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	j.add(
		record(lowsky.RecordAircraft, "", lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{
			{ID: "l-12", Class: lowsky.Light, Organisation: "org-1", Jurisdictions: []lowsky.JurisdictionID{"421221"}, UpdatedAt: noon}}}),
		telemetry(report("l-12", noon)),
		record(lowsky.RecordMessage, "traffic", lowsky.TrafficReport{Traffic: "780abc", Source: "gw-1", SeenBy: "l-12", MeasuredAt: noon, ReceivedAt: noon,
			Position: lowsky.Position{Longitude: 114.2, Latitude: 29.7, AMSL: lowsky.Some[lowsky.Metres](900)}, WarningLevel: 3}),
		record(lowsky.RecordMessage, "station", lowsky.StationReport{Station: "dock-1", Kind: lowsky.StationDock, Source: "gw-1", MeasuredAt: noon, ReceivedAt: noon,
			DroneInDock: lowsky.Some(true), WindSpeed: lowsky.Some[lowsky.MetresPerSecond](3), Rain: lowsky.Some(1), Humidity: lowsky.Some[lowsky.Percent](80)}),
		record(lowsky.RecordMessage, "topology", lowsky.Topology{Gateway: "gw-1", ReceivedAt: noon, Online: true, Aircraft: []lowsky.AircraftID{"l-12"}}),
		record(lowsky.RecordMessage, "event", lowsky.DeviceEvent{Gateway: "gw-1", Aircraft: "l-12", Method: "hms", MeasuredAt: noon, ReceivedAt: noon, Tid: "t1", HMS: []lowsky.HMSAlarm{{Code: "0x1"}}}),
		record(lowsky.RecordMessage, "request", lowsky.DeviceRequest{Gateway: "gw-1", Method: "config", MeasuredAt: noon, ReceivedAt: noon, Tid: "t2", Data: []byte(`{"a":1}`)}),
		// The wire named only the gateway: the aircraft behind it is meant.
		telemetry(func() *lowsky.TelemetryReport {
			r := report("", noon.Add(time.Second))
			r.Position.OK = false
			return r
		}()),
	)
	for range 2 { // what devices deliver again is there once
		j.add(j.records[2:7]...)
	}
	catchUp(t, s, j)
	if got := query[string](t, url, `SELECT string_agg(what, ' ' ORDER BY what) FROM (
		SELECT 'telemetry ' || at::time || organisation_id || jurisdiction_ids::text AS what FROM telemetry UNION ALL
		SELECT 'traffic ' || organisation_id || jurisdiction_ids::text || altitude_amsl_m FROM traffic_reports UNION ALL
		SELECT 'station ' || kind || drone_in_dock || organisation_id || jurisdiction_ids::text || rain FROM station_reports UNION ALL
		SELECT 'event ' || method || request || organisation_id || jurisdiction_ids::text || (body #>> '{}') FROM device_events) x`); got !=
		`event configtrueorg-1{421202,421200}{"a": 1} event hmsfalseorg-1{421202,421200}{"hms": [{"code": "0x1", "level": 0, "imminent": false, "in_the_sky": false}], "result": 0} `+
			`event topologyfalseorg-1{421202,421200}{"online": true, "aircraft": ["l-12"], "complete": false} `+
			`station docktrueorg-1{421202,421200}1 telemetry 04:00:00org-1{421202,421200} telemetry 04:00:01org-1{421202,421200} traffic org-1{421202,421200}900` {
		t.Errorf("stored: %s", got)
	}
}

func TestScopeOfHistory(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j := new(journal)
	west := report("a", noon.Add(time.Second))
	west.Position.Value.Longitude = 113.5
	j.add(
		record(lowsky.RecordAircraft, "", lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "a", Organisation: "org-1", UpdatedAt: noon}}}),
		telemetry(report("a", noon)), telemetry(west), telemetry(report("b", noon)))
	catchUp(t, s, j)
	for _, c := range []struct {
		name  string
		scope lowsky.Scope
		a, b  int
	}{
		{"everything", lowsky.Everything, 2, 1},
		{"nothing", lowsky.Scope{}, 0, 0},
		{"county", lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421202"}}, 1, 1},
		{"another county", lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421224"}}, 0, 0},
		{"organisation", lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-1"}}, 2, 0},
	} {
		if a, b := len(history(t, s, c.scope, "a")), len(history(t, s, c.scope, "b")); a != c.a || b != c.b {
			t.Errorf("%s sees %d and %d, want %d and %d", c.name, a, b, c.a, c.b)
		}
	}
}
