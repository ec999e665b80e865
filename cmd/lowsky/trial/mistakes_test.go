package trial

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lowsky"
)

// mistakes are what somebody could do to the engine by a slip of the hand. The score must notice each of them.
var mistakes = []struct {
	name     string
	file     string // below the module
	old, new string
	gates    []string // at least one of these must not be kept
}{
	{
		"the margin of a zone has the wrong sign", "scenarios/rules/zone_entry.go",
		"f.Suspected = depth <= need ||", "f.Suspected = depth <= -need ||", []string{"precision", "forbidden"},
	},
	{
		"the margin of a height has the wrong sign", "scenarios/rules/height_limit.go",
		"certain <= float64(max(p.Margin, accuracy))", "certain <= -float64(max(p.Margin, accuracy))", []string{"precision", "forbidden"},
	},
	{
		"sea level and ellipsoid are swapped", "airspace/height.go",
		"return zero{hae: n, bound: GeoidBound(f.geoid)}, \"\"", "return zero{hae: -n, bound: GeoidBound(f.geoid)}, \"\"", []string{"recall", "precision"},
	},
	{
		"an exit is missed", "picture/settle.go",
		"if c.frozen != \"\" || c.found || c.clears < clearsLeast {", "if c.frozen != \"\" || c.found || c.clears < 60 {", []string{"late_clears"},
	},
	{
		"a finding fires without having lasted", "picture/settle.go",
		"c.judged.Sub(c.solidSince) >= c.rule.For {", "c.judged.Sub(c.solidSince) >= 0 {", []string{"precision"},
	},
	{
		"an alert does not keep firing", "picture/settle.go",
		"c.judged.Sub(c.clearSince) < c.rule.KeepFiring {", "c.judged.Sub(c.clearSince) < 0 {", []string{"early_clears", "duplicates"},
	},
	{
		"the minima of a pair are swapped", "scenarios/rules/separation.go",
		"lowsky.Minima{Horizontal: p.Horizontal, Vertical: p.Vertical}", "lowsky.Minima{Horizontal: p.Vertical, Vertical: p.Horizontal}", []string{"recall", "precision"},
	},
	{
		"the vertical minimum of a pair is a third too small", "scenarios/rules/separation.go",
		"lowsky.Minima{Horizontal: p.Horizontal, Vertical: p.Vertical}", "lowsky.Minima{Horizontal: p.Horizontal, Vertical: p.Vertical * 2 / 3}", []string{"recall"},
	},
	{
		"whoever circles is taken to miss the zone", "scenarios/rules/arc.go",
		"return !ground.wayComesWithin(r.Zone, way[:n], slack)", "return true || ground.wayComesWithin(r.Zone, way[:n], slack)", []string{"recall", "expected"},
	},
	{
		"whoever circles is told of once a round", "scenarios/rules/arc.go",
		"return !ground.wayComesWithin(r.Zone, way[:n], slack)", "return false && ground.wayComesWithin(r.Zone, way[:n], slack)", []string{"forbidden"},
	},
	{
		"every day has standard pressure", "airspace/height.go",
		"h := pressureAltitude + lowsky.Metres(isaScale*(math.Pow(qnh/isaPressure, isaExponent)-1))",
		"h := pressureAltitude + lowsky.Metres(isaScale*(math.Pow(isaPressure/isaPressure, isaExponent)-1))", []string{"recall", "precision"},
	},
	{
		"crewed aircraft may come to within four fifths", "scenarios/rules/separation.go",
		"lowsky.Minima{Horizontal: p.CrewedHorizontal, Vertical: p.CrewedVertical}", "lowsky.Minima{Horizontal: p.CrewedHorizontal * 0.8, Vertical: p.CrewedVertical}", []string{"recall"},
	},
	{
		"the way between two reports is not looked at", "scenarios/rules/zone_entry.go",
		"case (r.Crossed && level || r.Through) && !r.Possible && p.looksFor(PhaseCrossed):", "case false && p.looksFor(PhaseCrossed):", []string{"recall"},
	},
	{
		"a zone's period is not looked at", "zone.go",
		"func (a Applicability) ActiveAt(t time.Time) bool {", "func (a Applicability) ActiveAt(t time.Time) bool {\n\tif true {\n\t\treturn true\n\t}", []string{"precision", "late_clears"},
	},
}

// TestSeededMistakes builds the platform with one mistake at a time and lets it fly the suite: the score must fail, by the
// gate that the mistake breaks. It takes minutes.
func TestSeededMistakes(t *testing.T) {
	if os.Getenv("LOWSKY_TEST_LONG") == "" {
		t.Skip("set LOWSKY_TEST_LONG=1: a build and a run of the suite for each mistake")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(root, m.file)
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%s holds the place of the mistake %d times: mend this test", m.file, n)
			}
			wrong := filepath.Join(dir, "wrong.go")
			if err := os.WriteFile(wrong, []byte(strings.Replace(string(source), m.old, m.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay := filepath.Join(dir, "overlay.json")
			b, _ := json.Marshal(map[string]map[string]string{"Replace": {path: wrong}})
			if err := os.WriteFile(overlay, b, 0o600); err != nil {
				t.Fatal(err)
			}
			binary := filepath.Join(dir, "lowsky")
			build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", binary, "./cmd/lowsky")
			build.Dir = root
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("build: %v\n%s", err, out)
			}
			card := filepath.Join(dir, "card.json")
			run := exec.CommandContext(t.Context(), binary, "score", "--seeds", "5", "--json", card)
			out, err := run.CombinedOutput()
			if err == nil {
				t.Fatalf("the score passed:\n%s", out)
			}
			var c lowsky.Scorecard
			if b, err = os.ReadFile(card); err == nil {
				err = json.Unmarshal(b, &c)
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var broken []string
			for _, g := range c.Gates {
				if !g.Passed {
					broken = append(broken, g.ID+" "+string(g.Rule)+" "+g.Level)
				}
			}
			if !slices.ContainsFunc(broken, func(b string) bool {
				return slices.ContainsFunc(m.gates, func(g string) bool { return strings.HasPrefix(b, g) })
			}) {
				t.Errorf("broken gates are %q, want one of %q", broken, m.gates)
			}
			t.Logf("%d gates broken: %q", len(broken), broken)
		})
	}
}
