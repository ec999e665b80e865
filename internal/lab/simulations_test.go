package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// breach is a short file of a tester's own: one aircraft that leaves its round for a forbidden circle.
const breach = `scenario: own-breach
name: {zh: 自备闯入, en: Own breach}
include: [_common.yaml]
seed: 1
duration: 2m
zones:
  - {id: dam, name: {zh: 水库大坝, en: Dam}, restriction: prohibited, circle: {centre: [114.330000, 29.830000], radius: 300}}
aircraft:
  - id: a-1
    scenario: city
    profile: quad
    home: [114.334863, 29.830000]
    ground: 14
    start: -60s
    laps: 20
    path:
      - {speed: 8, orbit: {centre: [114.334863, 29.830000], radius: 50, agl: 60}}
faults:
  - {fault: zone_breach, aircraft: a-1, at: 20s, for: 60s, zone: dam, depth: 40, speed: 12}
`

// A tester checks a file, mends it, flies it and reads its score, by the worker as it ships; nobody else gets near it,
// and the live picture knows nothing of it.
func TestTesterFliesASimulation(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{ScoreCommand: []string{Binary(t), "score", "--worker"}})
	p.Do(t, "PUT", "/api/v1/organisations/co", map[string]any{"kind": "company", "name": map[string]string{"zh": "甲", "en": "A"}, "jurisdiction_id": "421202"}, nil)
	tester := p.Hire(t, "tina", "xianning", "tester")

	var shipped struct {
		Scenarios []lowsky.ScenarioFile `json:"scenarios"`
	}
	tester.Do(t, "GET", "/api/v1/simulations/scenarios", nil, &shipped)
	if len(shipped.Scenarios) < 40 {
		t.Errorf("%d scenarios ship", len(shipped.Scenarios))
	}
	for _, s := range shipped.Scenarios {
		if s.Title.ZH == "" || s.Title.EN == "" || s.Duration <= 0 || s.Source == "" || strings.HasSuffix(s.Name, ".yaml") {
			t.Errorf("%+v", s)
		}
	}

	var looked struct {
		Problems []lowsky.ScenarioProblem `json:"problems"`
	}
	bad := strings.Replace(strings.Replace(breach, "depth: 40", "depht: 40", 1), "aircraft: a-1, at", "aircraft: a-9, at", 1)
	tester.Do(t, "POST", "/api/v1/simulations/lint", map[string]any{"name": "own.yaml", "source": bad}, &looked)
	line := 1 + strings.Count(bad[:strings.Index(bad, "depht")], "\n")
	if len(looked.Problems) == 0 || looked.Problems[0].Line != line {
		t.Errorf("line %d: %+v", line, looked.Problems)
	}
	status, text := tester.Try(t, "POST", "/api/v1/simulations", map[string]any{"name": "own.yaml", "source": bad}, nil, "Accept-Language", "en")
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, fmt.Sprintf(`"line":%d`, line)) || !strings.Contains(text, "in the scenario file") {
		t.Errorf("%d %s", status, text)
	}
	tester.Do(t, "POST", "/api/v1/simulations/lint", map[string]any{"name": "own.yaml", "source": breach}, &looked)
	if len(looked.Problems) != 0 {
		t.Fatalf("%+v", looked.Problems)
	}

	var m lowsky.Simulation
	tester.Do(t, "POST", "/api/v1/simulations", map[string]any{"name": "own.yaml", "source": breach, "seed_count": 2}, &m)
	path := fmt.Sprintf("/api/v1/simulations/%d", m.ID)
	waitFor(t, tester, path, &m, lowsky.SimulationDone)
	if m.Card == nil || len(m.Card.Runs) != 2 || m.Card.Total.Events == 0 || m.Done != 2 || m.Source != breach {
		t.Errorf("%+v", m)
	}
	var card lowsky.Scorecard
	tester.Do(t, "GET", path+"/card", nil, &card)
	if len(card.Runs) != 2 || card.Runs[0].Hash == "" || card.Runs[0].Hash == card.Runs[1].Hash {
		t.Errorf("%+v", card.Runs)
	}
	for language, word := range map[string]string{"zh": "种子", "en": "eed"} {
		page, header := download(t, tester, path+"/report?lang="+language)
		if !strings.Contains(page, word) || strings.Contains(page, "<script") || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v %.300s", language, header, page)
		}
	}
	// The same file and seeds once more: the same score.
	var again lowsky.Simulation
	tester.Do(t, "POST", "/api/v1/simulations", map[string]any{"name": "own.yaml", "source": breach, "seeds": m.Seeds}, &again)
	waitFor(t, tester, fmt.Sprintf("/api/v1/simulations/%d", again.ID), &again, lowsky.SimulationDone)
	if one, other := figures(t, m.Card), figures(t, again.Card); one != other {
		t.Errorf("%s\n%s", one, other)
	}

	// One that takes long ends when its tester says so.
	var long lowsky.Simulation
	tester.Do(t, "POST", "/api/v1/simulations", map[string]any{"name": lowsky.SuiteName, "seed_count": 25}, &long)
	path = fmt.Sprintf("/api/v1/simulations/%d", long.ID)
	waitFor(t, tester, path, &long, lowsky.SimulationRunning)
	tester.Do(t, "POST", path+"/cancel", nil, &long)
	if long.State != lowsky.SimulationCancelled || long.EndedAt.IsZero() {
		t.Errorf("%+v", long)
	}

	pilot := p.Hire(t, "pia", "co", "pilot")
	for method, path := range map[string]string{"GET": "/api/v1/simulations", "POST": "/api/v1/simulations/lint"} {
		if status, text := pilot.Try(t, method, path, map[string]any{"name": "x", "source": "y"}, nil); status != http.StatusForbidden {
			t.Errorf("a pilot: %s %s: %d %s", method, path, status, text)
		}
	}
	if alerts := p.OpenAlerts(t); len(alerts) != 0 {
		t.Errorf("the live picture knows of it: %+v", alerts)
	}
}

// A worker whose platform was killed ends by itself.
func TestWorkerEndsWithItsParent(t *testing.T) {
	t.Parallel()
	order := filepath.Join(t.TempDir(), "order")
	seeds := "1"
	for i := range lowsky.MaxSeeds {
		seeds += fmt.Sprintf(",%d", i+2)
	}
	if err := os.WriteFile(order, []byte(`{"name":"suite","seeds":[`+seeds+`]}`), 0o600); err != nil { // takes minutes
		t.Fatal(err)
	}
	// The shell tells the worker's id, gives it time to look who its parent is, and ends.
	pid, err := exec.Command("/bin/sh", "-c", `"$0" score --worker <"$1" >/dev/null 2>&1 & echo $!; sleep 1`, Binary(t), order).Output()
	if err != nil {
		t.Fatal(err)
	}
	stat := "/proc/" + strings.TrimSpace(string(pid)) + "/stat"
	Eventually(t, 20*time.Second, func() string { return "the worker ends" }, func() bool {
		b, err := os.ReadFile(stat)
		return err != nil || strings.Contains(string(b), ") Z ")
	})
}

// waitFor reads the run until it is in that state.
func waitFor(t *testing.T, p *Platform, path string, m *lowsky.Simulation, state lowsky.SimulationState) {
	t.Helper()
	Eventually(t, 60*time.Second, func() string { return fmt.Sprintf("%s is %s, not %s: %s", path, m.State, state, m.Problem) }, func() bool {
		*m = lowsky.Simulation{}
		p.Do(t, "GET", path, nil, m)
		return m.State == state
	})
}

// figures is a card without what every run has its own of.
func figures(t *testing.T, c *lowsky.Scorecard) string {
	t.Helper()
	own := *c
	own.At, own.Took = time.Time{}, 0
	b, err := json.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func download(t *testing.T, p *Platform, path string) (string, http.Header) {
	t.Helper()
	resp, err := p.Client.Get(p.HTTP + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v %.200s", path, resp.StatusCode, err, b)
	}
	return string(b), resp.Header
}
