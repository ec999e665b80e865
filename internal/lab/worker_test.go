package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"lowsky"
)

// fakeScoreWorker stands in for `lowsky score --worker` where a test is about who may do what: files fly in no time, but
// for one whose text is "hold", which flies until it is killed, or the test is.
func fakeScoreWorker(in io.Reader, out io.Writer) error {
	var q struct {
		List, Lint   bool
		Name, Source string
		Seeds        []uint64
	}
	if err := json.NewDecoder(in).Decode(&q); err != nil {
		return err
	}
	answer := map[string]any{}
	switch {
	case q.List:
		answer["scenarios"] = []lowsky.ScenarioFile{{Name: "base/flights/breach", Title: lowsky.Text{ZH: "闯入", EN: "Breach"}}}
	case q.Lint && strings.HasPrefix(q.Source, "nonsense"):
		answer["problems"] = []lowsky.ScenarioProblem{{File: q.Name, Line: 1, Field: "scenario", Problem: "is missing"}}
	case q.Lint:
		answer["problems"] = []lowsky.ScenarioProblem{}
	case q.Source == "hold":
		for parent := os.Getppid(); os.Getppid() == parent; {
			time.Sleep(50 * time.Millisecond)
		}
		return fmt.Errorf("the platform is gone")
	default:
		answer["card"] = lowsky.Scorecard{Suite: q.Name, Seeds: q.Seeds, Passed: true}
	}
	return json.NewEncoder(out).Encode(answer)
}
