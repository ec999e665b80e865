package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lowsky"
)

// archive is what the database holds; err is its trouble.
type archive struct {
	points []lowsky.HistoryPoint
	alerts []*lowsky.Alert
	zones  map[lowsky.ZoneID][]lowsky.ZoneRecord // newest first
	err    error
	asked  lowsky.AlertQuery
}

func (a *archive) History(_ context.Context, _ lowsky.Scope, _ lowsky.AircraftID, _, _ time.Time, limit int) ([]lowsky.HistoryPoint, error) {
	return a.points[:min(limit, len(a.points))], a.err
}

func (a *archive) Alerts(_ context.Context, _ lowsky.Scope, q lowsky.AlertQuery) ([]*lowsky.Alert, error) {
	a.asked = q
	return a.alerts[:min(q.Limit, len(a.alerts))], a.err
}

func (a *archive) AlertRevisions(_ context.Context, _ lowsky.Scope, id lowsky.AlertID) ([]*lowsky.Alert, error) {
	var revs []*lowsky.Alert
	for _, x := range a.alerts {
		if x.ID == id {
			revs = append(revs, x)
		}
	}
	if len(revs) == 0 && a.err == nil {
		return nil, lowsky.ErrNotFound
	}
	return revs, a.err
}

func (a *archive) ZoneVersion(_ context.Context, scope lowsky.Scope, id lowsky.ZoneID, version int) (*lowsky.Zone, error) {
	all, err := a.ZoneVersions(context.Background(), scope, id)
	for _, r := range all {
		if version == 0 || r.Zone.Version == version {
			return r.Zone, nil
		}
	}
	if err == nil {
		err = lowsky.ErrNotFound
	}
	return nil, err
}

func (a *archive) ZoneVersions(_ context.Context, scope lowsky.Scope, id lowsky.ZoneID) ([]lowsky.ZoneRecord, error) {
	var out []lowsky.ZoneRecord
	for _, r := range a.zones[id] {
		if scope.SeesZone(r.Zone.Organisation, r.Zone.Jurisdictions) {
			out = append(out, r)
		}
	}
	if len(out) == 0 && a.err == nil {
		return nil, lowsky.ErrNotFound
	}
	return out, a.err
}

func (a *archive) NewestZones(_ context.Context, scope lowsky.Scope, ids []lowsky.ZoneID) (map[lowsky.ZoneID]lowsky.ZoneRecord, error) {
	out := map[lowsky.ZoneID]lowsky.ZoneRecord{}
	for _, id := range ids {
		if all, err := a.ZoneVersions(context.Background(), scope, id); err == nil {
			out[id] = all[0]
		}
	}
	return out, a.err
}

// publish stores a publication as the database does: newest version first.
func (a *archive) publish(p lowsky.ZonePublication, at time.Time) {
	end := func(id lowsky.ZoneID, reason string) {
		if all := a.zones[id]; len(all) > 0 && all[0].Current {
			all[0].Current, all[0].EndedAt, all[0].EndedBy, all[0].EndReason = false, lowsky.Some(at), p.By, reason
		}
	}
	for _, id := range p.Remove {
		end(id, p.Reason)
	}
	for _, z := range p.Upsert {
		end(z.ID, "")
		a.zones[z.ID] = append([]lowsky.ZoneRecord{{Zone: z, PublishedAt: at, PublishedBy: p.By, Reason: p.Reason, Current: true}}, a.zones[z.ID]...)
	}
}

// pictureStub applies handling and publications to the board at once.
type pictureStub struct {
	board    *Board
	archive  *archive
	last     lowsky.HandlingCommand
	zones    lowsky.ZonePublication     // the last one
	aircraft lowsky.AircraftPublication // the last one
	err      error
}

func (p *pictureStub) Handle(_ context.Context, c lowsky.HandlingCommand) (lowsky.Alert, error) {
	p.last = c
	if p.err != nil {
		return lowsky.Alert{}, p.err
	}
	v, err := p.board.Alert(lowsky.Everything, c.Alert)
	a := v.Alert
	a.Rev++
	a.Handling.State = lowsky.HandlingAcknowledged
	p.board.Publish([]lowsky.Change{{Alert: &a}})
	return a, err
}

func (p *pictureStub) PublishZones(_ context.Context, z lowsky.ZonePublication) error {
	if p.err == nil {
		p.zones = z
		p.archive.publish(z, epoch)
		p.board.Publish([]lowsky.Change{{Zones: &z}})
	}
	return p.err
}

func (p *pictureStub) PublishAircraft(_ context.Context, a lowsky.AircraftPublication) error {
	if p.err == nil {
		p.aircraft = a
		p.board.Publish([]lowsky.Change{{Aircraft: &a}})
	}
	return p.err
}

// lines is a log that may be read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

type house struct {
	t        *testing.T
	server   *Server
	http     *httptest.Server
	board    *Board
	people   *people
	ledger   *ledger
	bench    *bench
	registry *registry
	located  []lowsky.JurisdictionID // what every zone touches
	archive  *archive
	picture  *pictureStub
	log      *lines
	broken   error // what the readiness check answers
	now      time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, board: NewBoard(BoardConfig{}), people: newPeople(), log: &lines{}, now: epoch,
		located: []lowsky.JurisdictionID{"421202", "421200"}}
	h.ledger = &ledger{people: h.people, board: h.board}
	h.bench = newBench()
	h.registry = newRegistry(h.people, h.board)
	h.archive = &archive{zones: map[lowsky.ZoneID][]lowsky.ZoneRecord{}}
	h.picture = &pictureStub{board: h.board, archive: h.archive}
	metrics := prometheus.NewRegistry()
	logger := slog.New(slog.NewTextHandler(h.log, nil))
	hub := NewHub(h.board, HubConfig{Flush: 5 * time.Millisecond, Linger: 50 * time.Millisecond, Metrics: metrics, Logger: logger})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	var err error
	h.server, err = NewServer(ServerConfig{
		Board: h.board, Hub: hub, Accounts: h.people, Records: h.archive, Handler: h.picture, Register: h.picture,
		Registers: h.registry, Contain: contain, Simulations: h.bench, Simulator: h.bench, Report: h.bench.report,
		Directory: h.people, Trail: h.ledger, Sealer: rot{}, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
		DeviceStates: func() map[lowsky.DeviceID]lowsky.DeviceState {
			return map[lowsky.DeviceID]lowsky.DeviceState{"dock-7": {Connected: true, Since: epoch, Address: "10.1.2.3"}}
		},
		Organisation: "city", Locate: func(*lowsky.Zone) []lowsky.JurisdictionID { return h.located },
		Ingest: func() []SourceCount {
			return []SourceCount{{ID: "gw-1", Received: 7, Rejected: map[string]uint64{"json": 2}}, {ID: "noise", Received: 1}}
		},
		Region: &Region{ID: "xianning", Name: lowsky.Text{ZH: "咸宁", EN: "Xianning"}, Jurisdictions: jurisdictions,
			ZoneKinds: []ZoneKind{{Kind: "dam", Name: lowsky.Text{ZH: "大坝", EN: "Dam"}, Buffer: 200, WarningBand: 100}}},
		Rules: func() []*lowsky.RulePack {
			return []*lowsky.RulePack{{PackRef: lowsky.PackRef{ID: "base"}, Rules: []lowsky.Rule{{ID: "zone-entry", Hazard: lowsky.HazardZoneEntry}}}}
		},
		Ready:    []ReadyCheck{{"database", func(context.Context) error { return h.broken }}, {"journal", func(context.Context) error { return nil }}},
		Gatherer: metrics, Metrics: metrics,
		Console: fstest.MapFS{
			"index.html": {Data: []byte("<!doctype html>console")}, "assets/app-1a2b.js": {Data: []byte("js")}, "favicon.svg": {Data: []byte("<svg/>")},
		}, ConsoleBuilt: true,
		Version: "v1", Now: func() time.Time { return h.now }, Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(h.server.Handler())
	t.Cleanup(func() {
		cancel()
		<-done
		h.http.Close()
	})
	h.board.Publish([]lowsky.Change{
		{Track: fly("a", 1)}, {Alert: firing("x", "a", 1)}, {Source: &lowsky.SourceView{ID: "gw-1", Late: 3, LastSeen: epoch}},
		{Aircraft: &lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{{ID: "a", Class: lowsky.Light, ContactName: "王", ContactPhone: "139", Organisation: "city"}}}},
		{Station: &lowsky.StationReport{Station: "dock-1", Source: "gw-1", WindSpeed: lowsky.Some[lowsky.MetresPerSecond](7)}},
		{Traffic: &lowsky.TrafficReport{Traffic: "780abc", Source: "gw-1", SeenBy: "a", ReceivedAt: epoch, WarningLevel: 3}},
	})
	if err := h.picture.PublishZones(t.Context(), lowsky.ZonePublication{By: "wang", Reason: "汛期", Upsert: []*lowsky.Zone{{
		ID: "z1", Version: 1, Restriction: lowsky.Prohibited, Organisation: "city",
		Name: lowsky.Text{ZH: "甲", EN: "A"}, Geometry: lowsky.Geometry{Centre: [2]float64{114, 29}, Radius: 500},
	}}}); err != nil {
		t.Fatal(err)
	}
	return h
}

type answer struct {
	*http.Response
	raw []byte
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	m := map[string]any{}
	if err := json.Unmarshal(a.raw, &m); err != nil {
		t.Fatalf("%v in %.200s", err, a.raw)
	}
	return m
}

// ask sends a request as "admin", "guest", "county", or nobody ("").
func (h *house) ask(as, method, path, body string, headers ...string) answer {
	h.t.Helper()
	r, err := http.NewRequest(method, h.http.URL+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "lowsky", Value: as})
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := *h.http.Client()
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != via[0].URL.Host { // nothing is there
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{resp, raw}
}

// want sends a request as the administrator and checks the status.
func (h *house) want(status int, method, path, body string, headers ...string) answer {
	h.t.Helper()
	a := h.ask("admin", method, path, body, headers...)
	if a.StatusCode != status {
		h.t.Errorf("%s %s: %d %s, want %d", method, path, a.StatusCode, a.raw, status)
	}
	return a
}

func newRecorder(h http.Handler, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}
