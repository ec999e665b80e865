package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"lowsky"
)

// ask is one order of the platform, and the last line of the answer.
func askWorker(t *testing.T, order any) map[string]json.RawMessage {
	t.Helper()
	body, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := scoreWorker(t.Context(), bytes.NewReader(body), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	answer := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &answer); err != nil || len(answer) != 1 {
		t.Fatalf("%v: %.300s", err, out.String())
	}
	return answer
}

// What ships can be shown, and asked for by the name that is shown.
func TestWorkerLists(t *testing.T) {
	var list []lowsky.ScenarioFile
	if err := json.Unmarshal(askWorker(t, map[string]any{"list": true})["scenarios"], &list); err != nil || len(list) < 40 {
		t.Fatalf("%d, %v", len(list), err)
	}
	for i, f := range list {
		if !fs.ValidPath(f.Name) || f.Name == lowsky.SuiteName || i > 0 && f.Name <= list[i-1].Name {
			t.Errorf("%s is no name, or not in order", f.Name)
		}
		if f.Title.ZH == "" || f.Title.EN == "" || f.Aircraft == 0 || f.Duration <= 0 || f.Faults == nil || f.Rules == nil || f.Source == "" {
			t.Errorf("%+v", f)
		}
		if problems := askWorker(t, map[string]any{"lint": true, "name": f.Name})["problems"]; string(problems) != "[]" {
			t.Errorf("%s: %s", f.Name, problems)
		}
		// As a tester edits it: its own text under its own name.
		if problems := askWorker(t, map[string]any{"lint": true, "name": f.Name, "source": f.Source})["problems"]; string(problems) != "[]" {
			t.Errorf("%s as one's own: %s", f.Name, problems)
		}
	}
}

// Hostile files cost a line, not the process, and nothing of the disk is read.
func TestWorkerLintsAnything(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'k'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+",", 9), ",") + "]\n"
	}
	for name, source := range map[string]string{
		"bomb": bomb, "deep": strings.Repeat("[", 20000), "brackets": strings.Repeat("{a: ", 5000), "self": "a: &a [*a]\n", "merge": "a: &a {<<: *a}\n",
		"up": "scenario: x\ninclude: [../../../../etc/passwd]\n", "absolute": "scenario: x\ninclude: [/etc/passwd]\n", "zero": "\x01", "tag": "a: !!binary x\n", "documents": "---\n---\n---\n",
		"swarm": "scenario: x\naircraft: [{id: a, swarm: {count: 1000000000, spacing: 1}}]\n", "long": "duration: 999999999h\n", "wide": strings.Repeat("- a\n", 200000),
	} {
		answer := askWorker(t, map[string]any{"lint": true, "name": "own.yaml", "source": source})
		var problems []lowsky.ScenarioProblem
		if err := json.Unmarshal(answer["problems"], &problems); err != nil || len(problems) == 0 || len(problems) > mostProblems {
			t.Errorf("%s: %d problems, %v: %.200s", name, len(problems), err, answer["error"])
		}
		if strings.Contains(string(answer["problems"]), "root:") {
			t.Errorf("%s: tells what is on the disk: %s", name, answer["problems"])
		}
	}
	for name, want := range map[string]string{"no/such": "not found", "../x": "not found"} {
		if said := string(askWorker(t, map[string]any{"lint": true, "name": name})["error"]); !strings.Contains(said, want) {
			t.Errorf("%s: %s", name, said)
		}
	}
}
