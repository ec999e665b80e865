package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
	"lowsky/scenarios/rules"
)

// maxPack is the largest pack that is read, in bytes.
const maxPack = 1 << 20

// packFile is pack.yaml as it is written.
type packFile struct {
	ID       string          `yaml:"id"`
	Version  string          `yaml:"version"`
	Name     lowsky.Text     `yaml:"name"`
	Scenario lowsky.Scenario `yaml:"scenario"`
	Rules    []ruleFile      `yaml:"rules"`
}

type ruleFile struct {
	ID         string                 `yaml:"id"`
	Kind       string                 `yaml:"kind"`
	Hazard     lowsky.Hazard          `yaml:"hazard"`
	Name       lowsky.Text            `yaml:"name"`
	For        duration               `yaml:"for"`
	KeepFiring duration               `yaml:"keep_firing"`
	Clause     lowsky.Clause          `yaml:"clause"`
	Params     yaml.Node              `yaml:"params"`
	Texts      map[string]lowsky.Text `yaml:"texts"`
	Advice     map[string]lowsky.Text `yaml:"advice"`
}

// duration is a time with its unit, "2s" or "1m30s": a bare number is refused, or 2 would be two nanoseconds.
type duration time.Duration

// UnmarshalYAML reads a time with its unit.
func (d *duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || n.ShortTag() != "!!str" {
		return fmt.Errorf("line %d: %q must be a time with its unit, e.g. 2s", n.Line, n.Value)
	}
	*d = duration(v)
	return nil
}

var (
	packID      = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	ruleID      = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}/[a-z][a-z0-9-]{0,47}$`)
	version     = regexp.MustCompile(`^\d{1,4}\.\d{1,4}\.\d{1,4}$`)
	placeholder = regexp.MustCompile(`\{[^{}]*\}`)
)

// placeholders that texts may use; what a finding does not have is filled with "–".
var placeholders = []string{"{measured}", "{limit}", "{margin}", "{unit}", "{zone}", "{accuracy}", "{seconds}", "{one}", "{other}", "{vertical}"}

// Compile reads a pack. It refuses unknown keys and kinds, missing texts, impossible numbers and everything else that
// it does not understand with an *lowsky.InvalidError that names field and, where there is one, the line. The hash is
// the SHA-256 of the bytes as they are.
func Compile(pack []byte) (*lowsky.RulePack, error) {
	if len(pack) > maxPack {
		return nil, &lowsky.InvalidError{Field: "pack", Problem: "is larger than 1 MiB"}
	}
	dec := yaml.NewDecoder(bytes.NewReader(pack))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, &lowsky.InvalidError{Field: "pack", Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &lowsky.InvalidError{Field: "pack", Problem: "holds more than one document"}
	}
	if len(doc.Content) != 1 {
		return nil, &lowsky.InvalidError{Field: "pack", Problem: "is empty"}
	}
	root := doc.Content[0]
	var f packFile
	if err := decode(root, "", &f); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(pack)
	out := &lowsky.RulePack{
		PackRef: lowsky.PackRef{ID: f.ID, Version: f.Version, Hash: hex.EncodeToString(sum[:])},
		Name:    f.Name, Scenario: f.Scenario,
	}
	switch {
	case !packID.MatchString(f.ID):
		return nil, invalid(root, "id", "must be lower-case letters, digits and hyphens")
	case !version.MatchString(f.Version):
		return nil, invalid(root, "version", "must be three numbers, e.g. 1.0.0")
	case f.Scenario != "" && !slices.Contains(lowsky.Scenarios, f.Scenario):
		return nil, invalid(root, "scenario", "is not one of the six")
	case f.Rules == nil:
		return nil, invalid(root, "rules", "is missing; an empty list is []")
	}
	if err := bothLanguages(root, "name", f.Name); err != nil {
		return nil, err
	}
	list := valueOf(root, "rules")
	for i := range f.Rules {
		field := fmt.Sprintf("rules[%d]", i)
		r, err := compileRule(&f.Rules[i], list.Content[i], field, f.ID)
		if err != nil {
			return nil, err
		}
		for _, other := range out.Rules {
			if other.ID == r.ID {
				return nil, invalid(list.Content[i], field+".id", "is there twice")
			}
		}
		out.Rules = append(out.Rules, r)
	}
	return out, nil
}

func compileRule(f *ruleFile, n *yaml.Node, field, pack string) (lowsky.Rule, error) {
	none := lowsky.Rule{}
	kind, ok := rules.ByName(f.Kind)
	switch {
	case !ruleID.MatchString(f.ID) || !strings.HasPrefix(f.ID, pack+"/"):
		return none, invalid(n, field+".id", "must be "+pack+"/ and a name of lower-case letters, digits and hyphens")
	case !ok:
		return none, invalid(n, field+".kind", fmt.Sprintf("%q is not a rule kind; there are %s", f.Kind, kindNames()))
	case f.Hazard != kind.Hazard:
		return none, invalid(n, field+".hazard", fmt.Sprintf("must be %s, the hazard of kind %s", kind.Hazard, kind.Name))
	case valueOf(n, "for") == nil:
		return none, invalid(n, field+".for", "is missing; 0s fires at once")
	case valueOf(n, "keep_firing") == nil:
		return none, invalid(n, field+".keep_firing", "is missing")
	case f.For < 0 || time.Duration(f.For) > 10*time.Minute:
		return none, invalid(n, field+".for", "must be from 0s to 10m")
	case f.KeepFiring < 0 || time.Duration(f.KeepFiring) > time.Hour:
		return none, invalid(n, field+".keep_firing", "must be from 0s to 1h")
	case f.Clause.Document == "":
		return none, invalid(n, field+".clause.document", "is missing: a rule says what it enforces")
	case f.Clause.Article == "":
		return none, invalid(n, field+".clause.article", "is missing")
	}
	for _, t := range []struct {
		field string
		text  lowsky.Text
	}{{".name", f.Name}, {".clause.text", f.Clause.Text}} {
		if err := bothLanguages(n, field+t.field, t.text); err != nil {
			return none, err
		}
	}
	params := kind.New()
	if !f.Params.IsZero() {
		if err := decode(&f.Params, field+".params", params); err != nil {
			return none, err
		}
	}
	if err := params.Validate(); err != nil {
		var bad *lowsky.InvalidError
		if errors.As(err, &bad) {
			at := &f.Params
			if k := keyOf(at, bad.Field); k != nil {
				at = k
			} else if at.IsZero() {
				at = n
			}
			return none, invalid(at, field+".params."+bad.Field, bad.Problem)
		}
		return none, fmt.Errorf("%s.params: %w", field, err)
	}
	if err := checkTexts(f, n, field, params.Variants()); err != nil {
		return none, err
	}
	var pairs *lowsky.PairReach
	if p, ok := params.(rules.PairParams); ok {
		reach := p.Pairs()
		pairs = &reach
	}
	return lowsky.Rule{
		ID: lowsky.RuleID(f.ID), Name: f.Name, Hazard: kind.Hazard, Clause: f.Clause, On: kind.On,
		For: time.Duration(f.For), KeepFiring: time.Duration(f.KeepFiring), Pairs: pairs, Texts: f.Texts, Advice: f.Advice, Check: params.Check,
	}, nil
}

// checkTexts wants a text in both languages for exactly the variants that can be found, and advice for none other.
func checkTexts(f *ruleFile, n *yaml.Node, field string, variants []string) error {
	for _, v := range variants {
		if _, ok := f.Texts[v]; !ok {
			return invalid(n, field+".texts."+v, "is missing")
		}
	}
	for _, part := range []struct {
		key   string
		texts map[string]lowsky.Text
	}{{"texts", f.Texts}, {"advice", f.Advice}} {
		at := valueOf(n, part.key)
		for _, v := range sortedKeys(part.texts) {
			name := field + "." + part.key + "." + v
			line := n
			if k := keyOf(at, v); k != nil {
				line = k
			}
			if !slices.Contains(variants, v) {
				return invalid(line, name, "is not a variant of these parameters; there are "+strings.Join(variants, ", "))
			}
			if err := bothLanguages(line, name, part.texts[v]); err != nil {
				return err
			}
			for _, text := range []string{part.texts[v].ZH, part.texts[v].EN} {
				for _, p := range placeholder.FindAllString(text, -1) {
					if !slices.Contains(placeholders, p) {
						return invalid(line, name, p+" is not a placeholder; there are "+strings.Join(placeholders, " "))
					}
				}
			}
		}
	}
	return nil
}

func bothLanguages(n *yaml.Node, field string, t lowsky.Text) error {
	switch {
	case strings.TrimSpace(t.ZH) == "":
		return invalid(n, field+".zh", "is missing")
	case strings.TrimSpace(t.EN) == "":
		return invalid(n, field+".en", "is missing")
	}
	return nil
}

func kindNames() string {
	var names []string
	for _, k := range rules.Kinds {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// keyOf and valueOf answer a key of a mapping, and what stands at it; nil where it is absent.
func keyOf(n *yaml.Node, key string) *yaml.Node   { return entryOf(n, key, 0) }
func valueOf(n *yaml.Node, key string) *yaml.Node { return entryOf(n, key, 1) }

func entryOf(n *yaml.Node, key string, offset int) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+offset]
		}
	}
	return nil
}

func sortedKeys(m map[string]lowsky.Text) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
