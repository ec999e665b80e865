package truth

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// Rule is one rule of a pack as its text says it: data, and nothing that judges.
type Rule struct {
	ID         lowsky.RuleID
	Name       lowsky.Text
	Kind       string
	Hazard     lowsky.Hazard
	Scenario   lowsky.Scenario // whose flights it binds; "" every flight
	For        time.Duration
	KeepFiring time.Duration
	// Numbers are the parameters, those that the pack leaves out at the kind's documented default; "none" is +Inf.
	Numbers map[string]float64
	// Phases are what a zone rule looks for.
	Phases []string
	// Flags are the parameters that are true or false.
	Flags map[string]bool
}

// defaults are what the kinds documents of their parameters. They are written down here a second time on purpose: a
// default that changes by mistake must show in the score.
var defaults = map[string]map[string]float64{
	"zone_entry": {
		"look_ahead_s": 30, "margin_m": 5, "default_accuracy_m": 5, "accuracy_cap_m": 30,
		"default_vertical_accuracy_m": 5, "vertical_accuracy_cap_m": 15, "confirm_after_s": 30, "seen_s": 2,
	},
	"height_limit": {
		"micro_m": 50, "light_m": 120, "small_m": 120, "medium_m": math.Inf(1), "large_m": math.Inf(1), "agricultural_m": 30,
		"unknown_m": 120, "margin_m": 5, "warning_over_m": 30, "default_accuracy_m": 3, "accuracy_cap_m": 15, "coarse_m": 30,
	},
	"identity": {"elsewhere_s": 15},
	"speed_limit": {
		"micro_kmh": 40, "light_kmh": 100, "small_kmh": math.Inf(1), "medium_kmh": math.Inf(1), "large_kmh": math.Inf(1),
		"agricultural_kmh": 50, "unknown_kmh": math.Inf(1), "margin_pct": 10, "caution_over_pct": 25,
	},
	"battery":     {"advisory_pct": 30, "caution_pct": 20, "warning_pct": 10, "stale_after_s": 60},
	"emergency":   {"hms_level": 2},
	"silence":     {"factor": 3, "minimum_s": 10, "maximum_s": 300, "warning_after_s": 60},
	"c2_loss":     {},
	"source_down": {},
	"separation": {
		"horizontal_m": 50, "vertical_m": 15, "crewed_horizontal_m": 500, "crewed_vertical_m": 100,
		"caution_within_s": 30, "warning_within_s": 15, "margin_m": 5, "vertical_margin_m": 3, "default_accuracy_m": 5,
		"accuracy_cap_m": 30, "default_vertical_accuracy_m": 5, "vertical_accuracy_cap_m": 15, "max_age_s": 15, "max_qnh_age_min": 60,
	},
}

// ReadRules reads the rules of one pack from its YAML. A kind or a numeric parameter that truth does not know is an
// error: it could not say when such a rule is right.
func ReadRules(pack []byte) ([]Rule, error) {
	var file struct {
		ID       string          `yaml:"id"`
		Scenario lowsky.Scenario `yaml:"scenario"`
		Rules    []struct {
			ID         lowsky.RuleID        `yaml:"id"`
			Kind       string               `yaml:"kind"`
			Hazard     lowsky.Hazard        `yaml:"hazard"`
			Name       lowsky.Text          `yaml:"name"`
			For        string               `yaml:"for"`
			KeepFiring string               `yaml:"keep_firing"`
			Params     map[string]yaml.Node `yaml:"params"`
		} `yaml:"rules"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(pack)).Decode(&file); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	var out []Rule
	for _, f := range file.Rules {
		known, ok := defaults[f.Kind]
		if !ok {
			return nil, fmt.Errorf("pack %s: rule %s: %w", file.ID, f.ID, &lowsky.InvalidError{Field: "kind", Problem: fmt.Sprintf("truth does not know %q", f.Kind)})
		}
		r := Rule{
			ID: f.ID, Name: f.Name, Kind: f.Kind, Hazard: f.Hazard, Scenario: file.Scenario,
			Numbers: maps.Clone(known), Flags: map[string]bool{},
		}
		var err error
		if r.For, err = time.ParseDuration(f.For); err == nil {
			r.KeepFiring, err = time.ParseDuration(f.KeepFiring)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: rule %s: %w", file.ID, f.ID, err)
		}
		if f.Kind == "zone_entry" {
			r.Phases = []string{phasePredicted, phaseInside, phaseNear}
		}
		for _, key := range slices.Sorted(maps.Keys(f.Params)) {
			n := f.Params[key]
			if err := r.set(key, &n, known); err != nil {
				return nil, fmt.Errorf("pack %s: rule %s: %w", file.ID, f.ID, err)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// set takes one parameter as it is written.
func (r *Rule) set(key string, n *yaml.Node, known map[string]float64) error {
	switch {
	case r.Kind == "zone_entry" && key == "phases":
		return n.Decode(&r.Phases)
	case r.Kind == "zone_entry" && key == "conditional_zones":
		on := false
		err := n.Decode(&on)
		r.Flags[key] = on
		return err
	}
	if _, ok := known[key]; !ok {
		return &lowsky.InvalidError{Field: "params." + key, Problem: "truth does not know it for a " + r.Kind}
	}
	if n.Value == "none" {
		r.Numbers[key] = math.Inf(1)
		return nil
	}
	v, err := strconv.ParseFloat(n.Value, 64)
	if err != nil {
		return &lowsky.InvalidError{Field: "params." + key, Problem: fmt.Sprintf("must be a number, is %q", n.Value)}
	}
	r.Numbers[key] = v
	return nil
}

// number answers a parameter. All of a kind's are there after ReadRules; of a Rule made by hand the default.
func (r *Rule) number(key string) float64 {
	if v, ok := r.Numbers[key]; ok {
		return v
	}
	return defaults[r.Kind][key]
}

func (r *Rule) seconds(key string) time.Duration {
	return time.Duration(r.number(key) * float64(time.Second))
}

// binds reports whether the rule is about flights of this scenario.
func (r *Rule) binds(s lowsky.Scenario) bool { return r.Scenario == "" || r.Scenario == s }

// levelsOf names what a rule of a kind can find, lowest severity first, with the words of its pack's texts. Variants that
// are only ever suspected, or that no simulated aircraft can bring about, are left out.
func levelsOf(r *Rule) []levelName {
	switch r.Kind {
	case "zone_entry":
		var out []levelName
		for _, l := range []levelName{
			{phaseNear, lowsky.Advisory}, {phasePossible, lowsky.Advisory}, {phasePredicted, lowsky.Caution},
			{phaseInside, lowsky.Warning}, {phaseCrossed, lowsky.Warning},
		} {
			if slices.Contains(r.Phases, l.name) {
				out = append(out, l)
			}
		}
		if r.Flags["conditional_zones"] {
			out = append(out, levelName{phaseConditional, lowsky.Advisory})
		}
		return out
	case "height_limit":
		return []levelName{{"over", lowsky.Caution}, {"far_over", lowsky.Warning}}
	case "speed_limit":
		return []levelName{{"over", lowsky.Advisory}, {"far_over", lowsky.Caution}}
	case "battery":
		return []levelName{{"low", lowsky.Advisory}, {"very_low", lowsky.Caution}, {"critical", lowsky.Warning}, {"below_return_need", lowsky.Warning}}
	case "identity":
		return []levelName{{"unknown", lowsky.Advisory}, {"unknown_in_zone", lowsky.Caution}, {"two_places", lowsky.Caution}}
	case "emergency":
		return []levelName{{"declared", lowsky.Warning}, {"forced_landing", lowsky.Warning}}
	case "silence":
		return []levelName{{"silent", lowsky.Caution}, {"long_silent", lowsky.Warning}}
	case "c2_loss":
		return []levelName{{"lost", lowsky.Caution}}
	case "source_down":
		return []levelName{{"down", lowsky.Info}, {"down_in_use", lowsky.Caution}, {"broker", lowsky.Caution}, {"broker_in_use", lowsky.Warning}}
	case "separation":
		return []levelName{{"predicted", lowsky.Caution}, {"broken", lowsky.Warning}}
	}
	return nil
}

type levelName struct {
	name     string
	severity lowsky.Severity
}

// The phases of a zone rule, as packs write them.
const (
	phaseNear        = "near"
	phasePredicted   = "predicted"
	phaseInside      = "inside"
	phaseCrossed     = "crossed"
	phasePossible    = "possible"
	phaseConditional = "conditional"
)

// Levels answers every level of the rules in their order, and after them the platform's own watch over who speaks as
// whom, which no pack switches off. Safety levels are those that make a console sound, Caution and above, and everything
// about who an aircraft is.
func Levels(rules []Rule) []*Level {
	var out []*Level
	for i := range rules {
		r := &rules[i]
		for _, l := range levelsOf(r) {
			out = append(out, &Level{
				Rule: r.ID, RuleName: r.Name, Hazard: r.Hazard, Name: l.name, Severity: l.severity,
				For: r.For, KeepFiring: r.KeepFiring,
				Safety: l.severity >= lowsky.Caution || r.Hazard == lowsky.HazardIdentity,
			})
		}
	}
	return append(out, &Level{
		Rule: "identity_mismatch", RuleName: lowsky.Text{ZH: "身份不符", EN: "Identity mismatch"}, Hazard: lowsky.HazardMismatch,
		Name: "claimed", Severity: lowsky.Caution, KeepFiring: 10 * time.Minute, Safety: true,
	})
}
