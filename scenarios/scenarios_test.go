package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lowsky"
	"lowsky/scenarios/rules"
)

func basePack(t testing.TB) string {
	t.Helper()
	b, err := fs.ReadFile(packs, "base/pack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPacks(t *testing.T) {
	all, err := Packs()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 7 || all[0].ID != "base" || all[0].Scenario != "" {
		t.Fatalf("%d packs, the first %s", len(all), all[0].ID)
	}
	for i, p := range all[1:] {
		if p.Scenario != lowsky.Scenarios[i] {
			t.Errorf("pack %d is %s, want %s", i+1, p.Scenario, lowsky.Scenarios[i])
		}
	}
	sum := sha256.Sum256([]byte(basePack(t)))
	if all[0].Hash != hex.EncodeToString(sum[:]) {
		t.Errorf("hash %s", all[0].Hash)
	}
}

// Every kind is in force, and every folder has what the layout asks for.
func TestBaseUsesEveryKind(t *testing.T) {
	base, err := Base()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range rules.Kinds {
		if !slices.ContainsFunc(base.Rules, func(r lowsky.Rule) bool { return r.Hazard == k.Hazard && r.On == k.On && r.Check != nil }) {
			t.Errorf("no rule of kind %s", k.Name)
		}
	}
	folders, err := filepath.Glob("*/pack.yaml")
	if err != nil || len(folders) != 7 {
		t.Errorf("folders %v, %v", folders, err)
	}
	for _, f := range folders {
		if _, err := os.Stat(filepath.Join(filepath.Dir(f), "README.md")); err != nil {
			t.Error(err)
		}
	}
}

// Emergencies are a Warning at once, and so are silence and a gateway that is down: they have waited already.
func TestBasePersistence(t *testing.T) {
	base, err := Base()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range base.Rules {
		atOnce := slices.Contains([]lowsky.RuleID{"base/emergency", "base/silence", "base/source-down", "base/c2-loss", "base/zone-crossing"}, r.ID)
		if (r.For == 0) != atOnce {
			t.Errorf("%s: for %v", r.ID, r.For)
		}
		if r.KeepFiring <= 0 {
			t.Errorf("%s: keep_firing %v", r.ID, r.KeepFiring)
		}
	}
}

// The platform finds; whether the law was broken is for people to say. Heights say what they are above.
func TestWords(t *testing.T) {
	forbidden := regexp.MustCompile(`违法|违规|黑飞|(?i)violat|illegal|offen[cs]e`)
	all, err := Packs()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, r := range p.Rules {
			texts := []lowsky.Text{p.Name, r.Name, r.Clause.Text}
			for _, m := range []map[string]lowsky.Text{r.Texts, r.Advice} {
				for _, x := range m {
					texts = append(texts, x)
				}
			}
			for _, x := range texts {
				if w := forbidden.FindString(x.ZH + x.EN); w != "" {
					t.Errorf("%s says %q", r.ID, w)
				}
			}
			if strings.HasPrefix(r.Clause.Document, "《") && !strings.Contains(r.Clause.Text.ZH, "部署前核对") {
				t.Errorf("%s quotes %s as if it had been checked", r.ID, r.Clause.Document)
			}
			if r.Hazard == lowsky.HazardHeight {
				for v, x := range r.Texts {
					if !strings.Contains(x.ZH, "真高") || !strings.Contains(x.EN, "above ground") {
						t.Errorf("%s %s: %v does not say above what", r.ID, v, x)
					}
				}
			}
		}
	}
}

// Each edit of the good pack is refused, with field and line.
func TestCompileRefuses(t *testing.T) {
	good := basePack(t)
	if _, err := Compile([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, field, problem string }{
		{"unknown key", "version: 1.1.0", "version: 1.1.0\ncolour: red", "colour", "line 5: is not a key"},
		{"unknown key of a rule", "    kind: zone_entry", "    kind: zone_entry\n    sound: loud", "rules[0].sound", "line 9: is not a key"},
		{"unknown kind", "kind: height_limit", "kind: height_limits", "rules[2].kind", `"height_limits" is not a rule kind`},
		{"wrong hazard", "hazard: height\n", "hazard: silence\n", "rules[2].hazard", "must be height"},
		{"no unit", "margin_m: 5\n      default_accuracy_m: 5\n      accuracy_cap_m: 30", "margin: 5", "rules[0].params.margin", "the unit is missing, write margin_m"},
		{"another unit", "micro_kmh: 40", "micro_mps: 11", "rules[4].params.micro_mps", "its unit is another, write micro_kmh"},
		{"a duration without unit", "for: 2s", "for: 2", "rules[0].for", "must be a time with its unit"},
		{"a duration that is none", "for: 2s", "for: soon", "rules[0].for", "must be a time with its unit"},
		{"negative for", "for: 2s", "for: -2s", "rules[0].for", "must be from 0s"},
		{"for for ever", "for: 2s", "for: 20m", "rules[0].for", "must be from 0s"},
		{"for missing", "    for: 2s\n", "", "rules[0].for", "is missing"},
		{"keep_firing missing", "    keep_firing: 10s\n", "", "rules[0].keep_firing", "is missing"},
		{"negative limit", "micro_m: 50", "micro_m: -50", "rules[2].params.micro_m", "must be a number from 1"},
		{"not a number", "micro_m: 50", "micro_m: .nan", "rules[2].params.micro_m", "must be a number"},
		{"infinite", "micro_m: 50", "micro_m: .inf", "rules[2].params.micro_m", "must be a number"},
		{"text for a number", "micro_m: 50", "micro_m: low", "rules[2].params.micro_m", `"low" must be a number or none`},
		{"text for a true number", "margin_pct: 10", "margin_pct: ten", "rules[4].params.margin_pct", "must be a number"},
		{"a fraction for a whole number", "hms_level: 2", "hms_level: 1.5", "rules[6].params.hms_level", "must be a whole number"},
		{"a mapping for a text", "version: 1.1.0", "version: {a: b}", "version", "must be text"},
		{"null", "micro_m: 50", "micro_m:", "rules[2].params.micro_m", "has no value"},
		{"a key twice", "micro_m: 50", "micro_m: 50\n      micro_m: 60", "rules[2].params.micro_m", "is there twice"},
		{"levels out of order", "caution_pct: 20", "caution_pct: 40", "rules[5].params.caution_pct", "must not be above advisory_pct"},
		{"unknown phase", "phases: [predicted, inside, near]", "phases: [predicted, outside]", "rules[0].params.phases[1]", "must be predicted"},
		{"a parameter where there are none", "    texts:\n      lost:", "    params: {x_m: 1}\n    texts:\n      lost:", "rules[8].params.x_m", "there are none here"},
		{"a text is missing", "      hms: {zh: \"航空器在空中报告最高等级故障\", en: \"The aircraft reports a fault of the highest level in flight\"}\n", "", "rules[6].texts.hms", "is missing"},
		{"a language is missing", `, en: "The aircraft declares an emergency"`, "", "rules[6].texts.declared.en", "is missing"},
		{"a text nobody can see", "      lost: {zh: \"航空器报告", "      gone: {zh: \"x\", en: \"x\"}\n      lost: {zh: \"航空器报告", "rules[8].texts.gone", "is not a variant"},
		{"an unknown placeholder", "{seconds} s 后进入", "{minutes} min 后进入", "rules[0].texts.predicted", "{minutes} is not a placeholder"},
		{"no clause", "      article: 第十条\n", "", "rules[3].clause.article", "is missing"},
		{"an id twice", "id: base/zone-crossing", "id: base/zone-entry", "rules[1].id", "is there twice"},
		{"another pack's id", "id: base/identity", "id: city/identity", "rules[3].id", "must be base/"},
		{"bad version", "version: 1.1.0", "version: one", "version", "must be three numbers"},
		{"unknown scenario", "version: 1.1.0", "version: 1.1.0\nscenario: war", "scenario", "is not one of the six"},
		{"no rules", "rules:\n", "rulez:\n", "rulez", "is not a key"},
		{"aliases", "version: 1.1.0", "version: &v 1.0.0\nscenario: *v", "scenario", "aliases are not used"},
		{"two documents", "id: base\n", "id: base\n---\nid: other\n", "pack", "more than one document"},
		{"a list", "id: base\n", "- id: base\n", "pack", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the base pack does not hold %q", c.old)
			}
			p, err := Compile([]byte(strings.Replace(good, c.old, c.new, 1)))
			var bad *lowsky.InvalidError
			if p != nil || !errors.As(err, &bad) {
				t.Fatalf("compiled %v, error %v", p != nil, err)
			}
			if bad.Field != c.field || !strings.Contains(bad.Problem, c.problem) || !strings.Contains(bad.Problem, "line ") && bad.Field != "pack" {
				t.Errorf("field %q problem %q; want %q %q and a line", bad.Field, bad.Problem, c.field, c.problem)
			}
		})
	}
	if _, err := Compile(nil); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("nothing: %v", err)
	}
	if _, err := Compile(make([]byte, maxPack+1)); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("too large: %v", err)
	}
}

// A limit that is absent keeps its default; "none" takes it away.
func TestCompileNone(t *testing.T) {
	for _, c := range []struct {
		old, new string
		found    bool
	}{{"      light_m: 120\n", "", true}, {"light_m: 120", "light_m: none", false}} {
		p, err := Compile([]byte(strings.Replace(basePack(t), c.old, c.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		var out counter
		pos := lowsky.Position{Longitude: 114, Latitude: 29}
		p.Rules[2].Check(&lowsky.Situation{
			Track:    &lowsky.Track{Airborne: true},
			Late:     true, // judged by its own fields
			Position: lowsky.Some(pos), Aircraft: &lowsky.Aircraft{Class: lowsky.Light},
			AGL: lowsky.HeightEvidence{Metres: lowsky.Some[lowsky.Metres](200), From: lowsky.HeightReported},
		}, &out)
		if (out > 0) != c.found {
			t.Errorf("%q: %d findings", c.new, out)
		}
	}
}

type counter int

func (c *counter) Found(lowsky.Finding)                   { *c++ }
func (c *counter) Unjudged(lowsky.Subject, lowsky.Reason) {}

func FuzzCompile(f *testing.F) {
	f.Add([]byte("id: base\nversion: 1.1.0\nname: {zh: x, en: x}\nrules: []\n"))
	f.Add([]byte("rules: [{params: {a: 1}}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte(basePack(f)))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Compile(b)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		if err != nil && !errors.Is(err, lowsky.ErrInvalid) {
			t.Fatal(err)
		}
	})
}
