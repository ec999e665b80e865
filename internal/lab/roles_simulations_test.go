package lab

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"lowsky"
)

// simulate has the city and both counties fly a simulation each, and waits for the scores.
func (w *world) simulate(t *testing.T) {
	t.Helper()
	for _, a := range w.actors {
		if a.role != lowsky.Tester {
			continue
		}
		var m lowsky.Simulation
		a.Do(t, "POST", "/api/v1/simulations", map[string]any{"name": a.name + ".yaml", "source": "fly"}, &m)
		Eventually(t, 20*time.Second, func() string { return fmt.Sprintf("%+v", m) }, func() bool {
			a.Do(t, "GET", fmt.Sprintf("/api/v1/simulations/%d", m.ID), nil, &m)
			return m.State == lowsky.SimulationDone
		})
		w.things = append(w.things, thing{"simulation", fmt.Sprint(m.ID), a.org, []string{a.seat}, ""})
	}
}

// walkSimulations: what is about no run that there is.
func (w *world) walkSimulations(t *testing.T) {
	both := map[string]any{"name": "walk.yaml", "source": "fly"}
	for _, a := range w.actors {
		for _, s := range []struct {
			path    string
			body    map[string]any
			allowed int
		}{
			{"/api/v1/simulations/lint", both, http.StatusOK}, {"/api/v1/simulations", both, http.StatusCreated},
			{"/api/v1/simulations", map[string]any{"name": "walk.yaml", "source": "nonsense"}, http.StatusUnprocessableEntity},
			{"/api/v1/simulations", map[string]any{"name": "../../etc/passwd"}, http.StatusUnprocessableEntity},
		} {
			want := s.allowed
			if !mayDo(a.role, "simulations", 'w') {
				want = http.StatusForbidden
			}
			if got, text := a.Try(t, "POST", s.path, s.body, nil); got != want {
				t.Errorf("%s (%s of %s): POST %s %v: %d, want %d: %s", a.name, a.role, a.org, s.path, s.body, got, want, text)
			}
		}
		var list struct {
			Simulations []lowsky.Simulation `json:"simulations"`
		}
		if !mayDo(a.role, "simulations", 'r') {
			continue
		}
		a.Do(t, "GET", "/api/v1/simulations?limit=200", nil, &list)
		for _, m := range list.Simulations {
			if a.kind == "county" && string(m.Organisation) != a.org || m.Source != "" {
				t.Errorf("%s is told of run %d of %s", a.name, m.ID, m.Organisation)
			}
		}
		if a.role == lowsky.Tester && !slices.ContainsFunc(list.Simulations, func(m lowsky.Simulation) bool { return m.By == a.name }) {
			t.Errorf("%s does not see own runs: %+v", a.name, list)
		}
	}
}
