package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"lowsky"
)

// What is started is what was asked for, in the name of who asked.
func TestStartSimulation(t *testing.T) {
	for _, c := range []struct {
		body  string
		runs  int
		seeds string
	}{
		{`{"name":"base/breach"}`, 1, "[1]"},
		{`{"name":"base/breach","seed_count":3}`, 3, "[1 2 3]"},
		{`{"name":"suite","seeds":[0,9007199254740991]}`, 4, "[0 9007199254740991]"},
		{`{"name":"飞行/大坝 2.yaml","source":"scenario: a","seeds":[7]}`, 1, "[7]"},
		{`{"source":"scenario: a"}`, 1, "[1]"},
	} {
		h := newHouse(t)
		var m lowsky.Simulation
		a := h.ask("tester", "POST", "/api/v1/simulations", c.body)
		if err := json.Unmarshal(a.raw, &m); a.StatusCode != 201 || err != nil {
			t.Errorf("%s: %d %s", c.body, a.StatusCode, a.raw)
			continue
		}
		if m.Runs != c.runs || fmt.Sprint(m.Seeds) != c.seeds || m.By != "tester" || m.State != lowsky.SimulationWaiting || m.Source != "" || m.Uploaded != strings.Contains(c.body, "source") {
			t.Errorf("%s: %+v", c.body, m)
		}
		if m.Uploaded && len(h.bench.linted) != 1 {
			t.Errorf("%s: not checked", c.body)
		}
		// One waits: the place is taken.
		full := h.want(409, "POST", "/api/v1/simulations", c.body, "Accept-Language", "en")
		if !strings.Contains(string(full.raw), "No more simulations can wait") {
			t.Errorf("%s", full.raw)
		}
	}
}

// A file that cannot be flown is refused with every line, and so is what no file is; nothing is started.
func TestRefusedSimulations(t *testing.T) {
	h := newHouse(t)
	long := `{"source":"` + strings.Repeat("a", lowsky.MaxScenarioBytes+1) + `"}`
	for _, c := range []struct {
		body, field string
		status      int
	}{
		{`{}`, "name", 422}, {`{"name":"gone"}`, "name", 422}, {`{"name":"../../etc/passwd"}`, "name", 422},
		{`{"name":"../x.yaml","source":"scenario: a"}`, "name", 422}, {`{"name":"/x.yaml","source":"scenario: a"}`, "name", 422},
		{`{"name":"a//b","source":"scenario: a"}`, "name", 422}, {`{"name":"c:\\x","source":"scenario: a"}`, "name", 422},
		{`{"name":"a\u0007","source":"scenario: a"}`, "name", 422}, {`{"name":"` + strings.Repeat("长", 100) + `","source":"scenario: a"}`, "name", 422},
		{`{"source":"a\u0000"}`, "source", 422}, {long, "source", 422}, {`{"source":"` + strings.Repeat("a", 3<<20) + `"}`, "", 413},
		{`{"name":"suite","seeds":[1,1]}`, "seeds", 422}, {`{"name":"suite","seeds":[9007199254740992]}`, "seeds", 422},
		{`{"name":"suite","seeds":[-1]}`, "seeds[0]", 422}, {`{"name":"suite","seeds":[1],"seed_count":2}`, "seed_count", 422},
		{`{"name":"suite","seed_count":51}`, "seed_count", 422}, {`{"name":"suite","seeds":[` + strings.Repeat("1,", 50) + `1]}`, "seeds", 422},
		{`{"name":"suite","by":"somebody"}`, "by", 422}, {`{"source":"nonsense"}`, "source", 422}, {`nonsense`, "", 400},
	} {
		a := h.want(c.status, "POST", "/api/v1/simulations", c.body)
		if p := a.json(t); c.field != "" && p["field"] != c.field || p["title"] != titleOf(c.status, "zh") {
			t.Errorf("%.80s: %.300s", c.body, a.raw)
		}
	}
	if len(h.bench.list) != 3 {
		t.Errorf("started: %+v", h.bench.list[3:])
	}
	for language, words := range map[string]string{"zh": "场景文件有 2 处错误", "en": "2 problems in the scenario file"} {
		var p Problem
		a := h.want(422, "POST", "/api/v1/simulations", `{"name":"dam.yaml","source":"nonsense"}`, "Accept-Language", language)
		if err := json.Unmarshal(a.raw, &p); err != nil || !strings.Contains(p.Detail, words) || len(p.Problems) != 2 ||
			p.Problems[1] != (lowsky.ScenarioProblem{File: "dam.yaml", Line: 9, Field: "aircraft[0].speed", Problem: "is above 30"}) {
			t.Errorf("%s: %s", language, a.raw)
		}
	}
	// A file that takes all time there is, is the file's fault.
	h.bench.err = fmt.Errorf("timed_out: %w", lowsky.ErrInvalid)
	for _, path := range []string{"", "/lint"} {
		if a := h.want(422, "POST", "/api/v1/simulations"+path, `{"source":"a: &a [*a]"}`, "Accept-Language", "en"); !strings.Contains(string(a.raw), "time or memory") {
			t.Errorf("%s", a.raw)
		}
	}
	h.bench.err = nil
	// Only as many runs as are flown in bearable time.
	h.bench.more = 99 // 101 × 50 are more than 5,000
	if a := h.want(422, "POST", "/api/v1/simulations", `{"name":"suite","seed_count":50}`); a.json(t)["field"] != "seeds" {
		t.Errorf("%s", a.raw)
	}
	if a := h.want(200, "POST", "/api/v1/simulations/lint", `{"name":"base/breach"}`); string(a.raw) != `{"problems":[]}`+"\n" {
		t.Errorf("%q", a.raw)
	}
	h.want(422, "POST", "/api/v1/simulations/lint", `{"name":"gone"}`)
}

// A run is its organisation's: to another it is as if it were not, and asking is noted.
func TestSimulationScope(t *testing.T) {
	h := newHouse(t)
	if a := h.ask("county", "GET", "/api/v1/simulations", ""); a.StatusCode != 200 || strings.Contains(string(a.raw), `"id":1,`) || !strings.Contains(string(a.raw), `"id":3,`) {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
	for _, path := range []string{"", "/report", "/card"} {
		hidden := h.ask("county", "GET", "/api/v1/simulations/1"+path, "").json(t)
		unknown := h.ask("county", "GET", "/api/v1/simulations/99"+path, "").json(t)
		delete(hidden, "id")
		delete(unknown, "id")
		if fmt.Sprint(hidden) != fmt.Sprint(unknown) || hidden["status"] != 404.0 {
			t.Errorf("%v, %v", hidden, unknown)
		}
	}
	if told := h.ledger.told("access.denied"); len(told) != 3 || told[0] != "county simulation/1" {
		t.Errorf("%v", told)
	}
	for path, want := range map[string]int{"0": 422, "-1": 422, "x": 422, "99999999999999999999": 422, "9223372036854775807": 404} {
		h.want(want, "GET", "/api/v1/simulations/"+path, "")
	}
	if a := h.ask("auditor", "POST", "/api/v1/simulations/2/cancel", ""); a.StatusCode != 403 {
		t.Errorf("an auditor cancels: %d", a.StatusCode)
	}
	h.want(409, "POST", "/api/v1/simulations/1/cancel", "")
	h.want(409, "GET", "/api/v1/simulations/2/report", "")
	h.want(409, "GET", "/api/v1/simulations/2/card", "")
}

// A report can do nothing in the browser that shows it.
func TestSimulationFiles(t *testing.T) {
	h := newHouse(t)
	a := h.want(200, "GET", "/api/v1/simulations/1/report", "", "Accept-Language", "zh-CN")
	if !strings.Contains(string(a.raw), "<title>zh breach") || a.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
		a.Header.Get("Content-Disposition") != `inline; filename="lowsky-simulation-1.html"` {
		t.Errorf("%v %s", a.Header, a.raw)
	}
	policy := a.Header.Values("Content-Security-Policy")
	if len(policy) != 1 || !strings.Contains(policy[0], "sandbox") || !strings.Contains(policy[0], "default-src 'none'") || strings.Contains(policy[0], "script") {
		t.Errorf("%v", policy)
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", a.Header)
	}
	h.want(422, "GET", "/api/v1/simulations/1/report?lang=fr", "")
	a = h.want(200, "GET", "/api/v1/simulations/1/card", "")
	var card lowsky.Scorecard
	if err := json.Unmarshal(a.raw, &card); err != nil || len(card.Runs) != 1 || a.Header.Get("Content-Disposition") != `attachment; filename="lowsky-simulation-1.json"` {
		t.Errorf("%v %s", a.Header, a.raw)
	}
}

// Without what flies, each says so.
func TestNoSimulator(t *testing.T) {
	h := newHouse(t)
	h.server.cfg.Simulator = nil
	h.want(503, "GET", "/api/v1/simulations/scenarios", "")
	h.want(503, "POST", "/api/v1/simulations", `{"name":"suite"}`)
	h.server.cfg.Simulations = nil
	h.want(503, "GET", "/api/v1/simulations/1", "")
}
