package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

// scored is a card with everything that lists leave out.
func scored() *lowsky.Scorecard {
	return &lowsky.Scorecard{
		Suite: "breach", At: noon, Took: time.Minute, Version: "v1", Packs: []lowsky.PackRef{{ID: "base", Version: "1"}}, Seeds: []uint64{1, 1<<53 - 1},
		Runs:  []lowsky.ScoredRun{{Scenario: "breach", Name: lowsky.Text{ZH: "闯入", EN: "nul \x00 here"}, Seed: 1, Hash: "ab", Start: noon, Duration: time.Hour}},
		Rules: []lowsky.RuleScore{{Rule: "zone-entry", TP: 3}}, Total: lowsky.RuleScore{Events: 3, TP: 3, Recall: lowsky.Rate{OK: true, Value: 1, Low: 0.4, High: 1}},
		Gates: []lowsky.ScoreGate{{ID: "recall", Measured: 1, Limit: 1, AtLeast: true, Unit: "%", Passed: true}}, Passed: true, FindingCount: 1,
		Findings: []lowsky.ScoreFinding{{Result: lowsky.ScoreMissed, Rule: "zone-entry", Severity: lowsky.Warning, What: lowsky.Text{ZH: "深", EN: "deep"}}},
	}
}

func start(t *testing.T, s *store.Store, name, source string) lowsky.Simulation {
	t.Helper()
	m, err := s.AddSimulation(t.Context(), wang, lowsky.Simulation{Name: name, Source: source, Seeds: []uint64{1, 1<<53 - 1}, Runs: 2}, 8)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The life of a run: it waits, flies, tells how far it is, ends with a card; lists are short.
func TestSimulationLife(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	if _, err := s.AddSimulation(ctx, wang, lowsky.Simulation{Name: "x", Runs: 1}, 8); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("of an organisation that is not there: %v", err)
	}
	city(t, s)
	if _, err := s.NextSimulation(ctx); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("none waits: %v", err)
	}
	first, second := start(t, s, "breach", "scenario: breach\n"), start(t, s, "suite", "")
	want := lowsky.Simulation{ID: first.ID, Name: "breach", Source: "scenario: breach\n", Uploaded: true, Seeds: []uint64{1, 1<<53 - 1}, State: lowsky.SimulationWaiting,
		Runs: 2, By: "wang", StartedAt: noon, Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200"}}
	got, err := s.SimulationByID(ctx, lowsky.Everything, first.ID)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if d := cmp.Diff(want, first); d != "" {
		t.Errorf("what was answered (-want +got):\n%s", d)
	}
	if err := s.EndSimulation(ctx, first.ID, "", scored(), noon); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("ended before it flew: %v", err)
	}
	if got, err = s.NextSimulation(ctx); err != nil || got.ID != first.ID || got.State != lowsky.SimulationRunning || got.Source != want.Source {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := errors.Join(s.SimulationProgress(ctx, first.ID, 1), s.SimulationProgress(ctx, second.ID, 1)); err != nil {
		t.Error(err)
	}
	list, err := s.Simulations(ctx, lowsky.Everything, 10)
	if err != nil || len(list) != 2 || list[0].ID != second.ID || list[0].Done != 0 || list[1].Done != 1 || list[1].Source != "" || !list[1].Uploaded {
		t.Errorf("%+v, %v", list, err)
	}
	card := scored()
	if err := s.EndSimulation(ctx, first.ID, "", card, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	card.Runs[0].Name.EN = "nul \ufffd here"
	want.State, want.Done, want.EndedAt, want.Card = lowsky.SimulationDone, 2, noon.Add(time.Minute), card
	got, err = s.SimulationByID(ctx, lowsky.Everything, first.ID)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	list, err = s.Simulations(ctx, lowsky.Everything, 10)
	if err != nil || len(list) != 2 || list[1].Card == nil {
		t.Fatalf("%+v, %v", list, err)
	}
	if c := list[1].Card; c.Total.TP != 3 || len(c.Gates) != 1 || !c.Passed || len(c.Runs)+len(c.Findings)+len(c.Rules) != 0 || c.Runs == nil {
		t.Errorf("the card in the list: %+v", c)
	}
	if one, err := s.Simulations(ctx, lowsky.Everything, 1); err != nil || len(one) != 1 || one[0].ID != second.ID {
		t.Errorf("%+v, %v", one, err)
	}
	for _, id := range []lowsky.SimulationID{0, -1, 1 << 60} {
		if _, err := s.SimulationByID(ctx, lowsky.Everything, id); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("%d: %v", id, err)
		}
	}
	if ok, err := s.Exists(ctx, "simulation", fmt.Sprint(first.ID)); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// A cancelled run stays cancelled whatever its process answers afterwards, and the audit tells who did what.
func TestSimulationCancel(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	city(t, s)
	source := "scenario: secret-place\n"
	flying, waiting := start(t, s, "a", source), start(t, s, "b", "")
	if _, err := s.NextSimulation(ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range []lowsky.SimulationID{flying.ID, waiting.ID} {
		if err := s.CancelSimulation(ctx, wang, id); err != nil {
			t.Fatal(err)
		}
		if err := s.CancelSimulation(ctx, wang, id); !errors.Is(err, lowsky.ErrConflict) {
			t.Errorf("twice: %v", err)
		}
	}
	if err := s.CancelSimulation(ctx, wang, 99); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	if err := s.EndSimulation(ctx, flying.ID, "", scored(), noon); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("a cancelled one ended: %v", err)
	}
	if err := s.SimulationProgress(ctx, flying.ID, 2); err != nil {
		t.Error(err)
	}
	got, err := s.SimulationByID(ctx, lowsky.Everything, flying.ID)
	if err != nil || got.State != lowsky.SimulationCancelled || !got.EndedAt.Equal(noon) || got.Done != 0 || got.Card != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.NextSimulation(ctx); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("a cancelled one flies: %v", err)
	}
	trail, err := s.AuditTrail(ctx, lowsky.Everything, lowsky.AuditQuery{Object: fmt.Sprintf("simulation/%d", flying.ID)})
	if err != nil || len(trail) != 2 || trail[0].Action != "simulation.cancel" || trail[1].Action != "simulation.start" || trail[1].Before != nil || trail[0].Organisation != "city" {
		t.Fatalf("%+v, %v", trail, err)
	}
	var before, after lowsky.Simulation
	if err := errors.Join(json.Unmarshal(trail[0].Before, &before), json.Unmarshal(trail[0].After, &after)); err != nil {
		t.Fatal(err)
	}
	if before.State != lowsky.SimulationRunning || after.State != lowsky.SimulationCancelled || !strings.HasPrefix(after.Source, "sha256:") || strings.Contains(string(trail[1].After), "secret-place") {
		t.Errorf("%s → %s", trail[0].Before, trail[0].After)
	}
	if err := verify(t, s, lowsky.AuditHead{}); err != nil {
		t.Error(err)
	}
}

// What a server before left flying has failed; what waited still waits.
func TestSimulationsOfAServerBefore(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	city(t, s)
	flying, waiting := start(t, s, "a", ""), start(t, s, "b", "")
	if _, err := s.NextSimulation(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := s.FailSimulations(ctx, string(lowsky.SimulationRestarted), noon); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if got, err := s.SimulationByID(ctx, lowsky.Everything, flying.ID); err != nil || got.State != lowsky.SimulationFailed || got.Problem != "restarted" || got.EndedAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.NextSimulation(ctx); err != nil || got.ID != waiting.ID {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.EndSimulation(ctx, waiting.ID, "died: \x00\xff", nil, noon); err != nil {
		t.Error(err)
	}
}

// Many at once take no more places than there are, and the newest 200 are kept, besides what has not ended.
func TestSimulationsAreBounded(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	ctx := t.Context()
	city(t, s)
	var all sync.WaitGroup
	refused := make(chan error, 20)
	for range 20 {
		all.Go(func() {
			if _, err := s.AddSimulation(ctx, wang, lowsky.Simulation{Name: "x", Seeds: []uint64{1}, Runs: 1}, 8); err != nil {
				refused <- err
			}
		})
	}
	all.Wait()
	close(refused)
	n := 0
	for err := range refused {
		if n++; !errors.Is(err, lowsky.ErrConflict) {
			t.Error(err)
		}
	}
	if n != 12 {
		t.Errorf("%d refused", n)
	}
	exec(t, url, `UPDATE simulations SET state = 'failed', ended_at = now() WHERE id > (SELECT min(id) FROM simulations);
		INSERT INTO simulations (name, source, seeds, state, runs, by_user, started_at, ended_at, organisation_id, jurisdiction_ids)
		SELECT 'old', '', '{1}', 'failed', 1, 'wang', now(), now(), 'city', '{}' FROM generate_series(1, 300)`)
	last := start(t, s, "last", "")
	list, err := s.Simulations(ctx, lowsky.Everything, 1000)
	if err != nil || len(list) != 201 || list[0].ID != last.ID || list[200].State != lowsky.SimulationWaiting {
		t.Errorf("%d kept, %v", len(list), err)
	}
}

// On the way back nobody gains a right: who could only look at simulations cannot do everything.
func TestMigrationOfSimulationsAndBack(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	city(t, s)
	exec(t, url, `INSERT INTO users (username, display_name, password_hash, roles, disabled, organisation_id, jurisdiction_ids, created_at, password_changed_at)
			VALUES ('li', 'li', '', '{tester,auditor}', false, 'city', '{421200}', now(), now());
		INSERT INTO api_tokens (id, name, username, permissions, hash, created_at, organisation_id, jurisdiction_ids) VALUES
			('only', 'x', 'li', '{simulations.read}', sha256('a'), now(), 'city', '{}'), ('also', 'x', 'li', '{simulations.run,zones.read}', sha256('b'), now(), 'city', '{}'),
			('all', 'x', 'li', '{}', sha256('c'), now(), 'city', '{}')`)
	s.Close()
	goTo(t, url, 4)
	if got := query[string](t, url, `SELECT string_agg(id || permissions::text, ' ' ORDER BY id) || (SELECT roles::text FROM users) FROM api_tokens`); got != "all{} also{zones.read}{auditor}" {
		t.Error(got)
	}
	storetest.Open(t, url)
}
