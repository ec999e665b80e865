package ingest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"lowsky"
)

// TestDocumentedExamples: what docs/telemetry.md shows with mosquitto_pub is taken, and its dictionary names the keys
// that the decoder knows.
func TestDocumentedExamples(t *testing.T) {
	b, err := os.ReadFile("../docs/telemetry.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.ReplaceAll(string(b), "\\\n", " ")
	examples := regexp.MustCompile(`mosquitto_pub .*-t (\S+)\s+-m (?:'([^']+)'|(\S+))`).FindAllStringSubmatch(doc, -1)
	if len(examples) < 3 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, x := range examples {
		msgs, err := Decode(x[1], []byte(x[2]+x[3]), noon)
		if err != nil || len(msgs) != 1 {
			t.Errorf("%s: %d messages, %v", x[0], len(msgs), err)
		}
	}
	_, table, _ := strings.Cut(doc, "## Native report")
	table, _, _ = strings.Cut(table, "**Back-fill.**")
	keys := 0
	for _, line := range strings.Split(table, "\n") {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, key := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			keys++
			// Every key of the dictionary refuses an array in its place, but measured_at, which refuses nothing.
			_, err := Decode("lowsky/v1/telemetry/a", []byte(`{"battery_pct":1,"`+key[1]+`":[]}`), noon)
			if (err == nil) != (key[1] == "measured_at") {
				t.Errorf("%s: %v", key[1], err)
			}
		}
	}
	if keys != 22 {
		t.Errorf("%d keys in the dictionary", keys)
	}
	for _, s := range lowsky.Scenarios {
		if !strings.Contains(table, "`"+string(s)+"`") {
			t.Errorf("scenario %s is not documented", s)
		}
	}
}
