package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"lowsky/simulator/faults"
)

func compiledSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:lowsky:scenario", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:lowsky:scenario")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate asks the schema about a YAML file as an editor does.
func validate(t testing.TB, s *jsonschema.Schema, text string) error {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(plain(t, n.Content[0]))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// plain answers what JSON would have in the place of the node; times stay texts.
func plain(t testing.TB, n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			l = append(l, plain(t, c))
		}
		return l
	}
	var v any
	if n.Tag == "!!timestamp" {
		return n.Value
	}
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSchemaAcceptsEveryScenario validates what is committed: flights of the packs, demos, and the examples of this folder.
func TestSchemaAcceptsEveryScenario(t *testing.T) {
	s := compiledSchema(t)
	var found []string
	for _, pattern := range []string{"../regions/*/demo/*.yaml", "../scenarios/*/flights/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, names...)
	}
	if !slices.Contains(found, "../regions/xianning/demo/fleet.yaml") {
		t.Fatal("the demo fleet is missing")
	}
	texts := map[string]string{"full": full, "common": fullCommon, "small": small}
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(b)
	}
	for name, text := range texts {
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%d files", len(texts))
}

// TestCommittedScenariosAreClean lints the same files, each within its folder.
func TestCommittedScenariosAreClean(t *testing.T) {
	names, err := filepath.Glob("../scenarios/*/flights/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "../regions/xianning/demo/fleet.yaml") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b, []byte("scenario:")) && !bytes.Contains(b, []byte("\nscenario:")) {
			continue // others include it
		}
		for _, e := range Lint(os.DirFS(filepath.Dir(name)), filepath.Base(name)) {
			t.Errorf("%s: %v", filepath.Dir(name), e)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compiledSchema(t)
	for _, c := range []struct{ old, new string }{
		{"seed: 7", "sead: 7"},
		{"seed: 7", "seed: 1..7"},
		{"duration: 5m\n", ""},
		{"duration: 5m", "duration: five"},
		{"duration: 5m", "duration: 5"},
		{"geoid: -14", "geoid: -14..x"},
		{"geoid: -14", "geoid: -1400"},
		{"class: light", "class: lite"},
		{"home: [114.37, 29.93]", "home: [29.93, 114.37]"},
		{"[114.38, 29.94, 90]]", "[114.38, 29.94]]"},
		{"wire: dji\n    gateway: dock-1", "wire: dji"},
		{"- speed: 8\n        land", "- hover: {at: [114.4, 29.8], agl: 60, for: 1s}\n        land"},
		{"fault: rogue", "fault: rouge"},
		{"to: [114.40, 29.96], ", ""},
		{"to: [114.40, 29.96], ", "to: [114.40, 29.96], zone: dam, depth: 5, "},
		{"at: 3m, for: 30s}", "at: 3m, for: 30s, percent: 5}"},
		{"severity: warning", "severity: bad"},
		{"hazard: identity", "hazard: identify"},
	} {
		text := strings.Replace(small, c.old, c.new, 1)
		if text == small {
			t.Fatalf("%q is not in the scenario", c.old)
		}
		if validate(t, s, text) == nil {
			t.Errorf("%q was accepted", c.new)
		}
	}
}

// node is one object of the schema, with what it refers to written in.
type node map[string]any

// node resolves the reference of a part of the schema.
func (root node) node(v any) node {
	m, _ := v.(map[string]any)
	out := node{}
	if ref, ok := m["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		for k, v := range root.node(root["$defs"].(map[string]any)[name]) {
			out[k] = v
		}
	}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// at walks to a field such as aircraft[0].path[2].orbit.
func (root node) at(field string) node {
	n := root.node(map[string]any(root))
	for _, step := range strings.FieldsFunc(strings.ReplaceAll(field, "[", ".["), func(r rune) bool { return r == '.' }) {
		if i, ok := strings.CutPrefix(step, "["); ok {
			at, _ := strconv.Atoi(strings.TrimSuffix(i, "]"))
			if first, ok := n["prefixItems"].([]any); ok && at < len(first) {
				n = root.node(first[at])
			} else {
				n = root.node(n["items"])
			}
			continue
		}
		properties, _ := n["properties"].(map[string]any)
		if v, ok := properties[step]; ok {
			n = root.node(v)
		} else {
			n = root.node(n["additionalProperties"])
		}
	}
	return n
}

// walk collects the properties of all objects of the schema that a field can lie in, as field paths without indices.
func (root node) walk(n node, field string, found map[string]bool) {
	if properties, ok := n["properties"].(map[string]any); ok {
		for name, v := range properties {
			found[join(field, name)] = true
			root.walk(root.node(v), join(field, name), found)
		}
	}
	if v, ok := n["additionalProperties"].(map[string]any); ok {
		root.walk(root.node(v), field+".*", found)
	}
	if v, ok := n["items"].(map[string]any); ok {
		root.walk(root.node(v), field, found)
	}
}

// TestSchemaSaysWhatTheReaderReads holds every object, bound and word that the reader asks of a file against the schema, and
// sees that the schema has no more.
func TestSchemaSaysWhatTheReaderReads(t *testing.T) {
	var root node
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	// Every parameter that there is; the errors that it makes are not looked at.
	all := `  - {fault: zone_breach, aircraft: w-01, to: [114.3, 29.8], from: [114.3, 29.8], zone: dam, agl: 50, by: 9, course: 9, speed: 9, rate: 1,
     limit: 9, accuracy: 1, error: 1, depth: 1, margin: 1, length: 9, percent: 9, count: 2, over: 1s, skew: -1s, credential: same}
`
	text := strings.Replace(full, "faults:\n", "faults:\n"+all, 1)
	text = strings.Replace(text, "  - {command: hold, aircraft: s,", strings.Replace(all, "fault: zone_breach", "command: fly_to", 1)+"  - {command: hold, aircraft: s,", 1)
	text = strings.Replace(text, "floor: {agl: 0}", "floor: {agl: 0, amsl: 0, hae: 0}", 1)
	d := newReader(files("main.yaml", text, "parts/common.yaml", fullCommon))
	seen := map[string]bool{}
	d.note = func(field string, f fact) {
		n := root.at(field)
		if len(n) == 0 {
			t.Errorf("%s is not in the schema", field)
			return
		}
		switch {
		case f.keys != nil:
			var keys, required []string
			for _, k := range f.keys {
				keys = append(keys, k.name)
				seen[withoutIndices(join(field, k.name))] = true
				if k.required {
					required = append(required, k.name)
				}
			}
			properties, _ := n["properties"].(map[string]any)
			var have []string
			for k := range properties {
				have = append(have, k)
			}
			var must []string
			for _, v := range asList(n["required"]) {
				must = append(must, v.(string))
			}
			for _, l := range [][]string{keys, have, required, must} {
				slices.Sort(l)
			}
			if !slices.Equal(keys, have) || !slices.Equal(required, must) {
				t.Errorf("%s: the reader knows %v, needs %v; the schema %v, %v", field, keys, required, have, must)
			}
			if closed, ok := n["additionalProperties"].(bool); !ok || closed {
				t.Errorf("%s: the schema lets other keys pass", field)
			}
		case f.words != nil:
			if have := fmt.Sprint(asList(n["enum"])); have != fmt.Sprint(f.words) {
				t.Errorf("%s: the reader knows %v, the schema %s", field, f.words, have)
			}
		default:
			want := "[number string]"
			if f.whole {
				want = "[integer string]"
			}
			if field == "seed" {
				want = "[]"
			}
			if n["minimum"] != f.min || n["maximum"] != f.max || fmt.Sprint(asList(n["type"])) != want {
				t.Errorf("%s: the reader takes %g to %g, the schema %v to %v of %v", field, f.min, f.max, n["minimum"], n["maximum"], n["type"])
			}
		}
	}
	d.load("main.yaml", LoadOptions{})
	inSchema := map[string]bool{}
	root.walk(root.at(""), "", inSchema)
	delete(seen, "") // the root
	for field := range inSchema {
		if !seen[field] && !strings.HasSuffix(field, ".*") {
			t.Errorf("the schema has %s, which the reader did not ask for", field)
		}
	}
	for _, s := range sections {
		if !inSchema[s.name] {
			t.Errorf("the schema lacks the section %s", s.name)
		}
	}
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}

func withoutIndices(field string) string {
	var b strings.Builder
	for _, r := range strings.Split(field, "[") {
		_, after, found := strings.Cut(r, "]")
		if !found {
			after = r
		}
		b.WriteString(after)
	}
	// Profiles are named freely.
	parts := strings.SplitN(b.String(), ".", 3)
	if parts[0] == "profiles" && len(parts) == 3 {
		return "profiles.*." + parts[2]
	}
	return b.String()
}

// TestSchemaKnowsEveryKind holds the conditions on faults and commands against the lists of the kinds.
func TestSchemaKnowsEveryKind(t *testing.T) {
	var root node
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		def, key string
		kinds    []faults.Kind
	}{{"fault", "fault", faults.Kinds}, {"command", "command", faults.Commands}} {
		n := root.node(root["$defs"].(map[string]any)[c.def])
		conditions := asList(n["allOf"])
		if len(conditions) != len(c.kinds) {
			t.Errorf("%s: %d conditions for %d kinds", c.def, len(conditions), len(c.kinds))
		}
		for i, k := range c.kinds {
			if i >= len(conditions) {
				break
			}
			b, _ := json.Marshal(conditionOf(c.key, k, slices.Concat(k.Needs, k.Or, k.May)))
			var want any
			_ = json.Unmarshal(b, &want)
			if got := sortedLists(conditions[i]); !reflect.DeepEqual(got, sortedLists(want)) {
				t.Errorf("condition %d of %s should be\n%s", i, c.def, b)
			}
		}
	}
}

// conditionOf is what the schema says of a kind.
func conditionOf(key string, k faults.Kind, parameters []string) map[string]any {
	own, needs := []string{key, "at", "for"}, []string{}
	switch {
	case key == "command":
		own = append(own, "aircraft")
	case k.Gateway:
		own, needs = append(own, "gateway"), []string{"gateway"}
	case !k.Broker:
		own, needs = append(own, "aircraft"), []string{"aircraft"}
	}
	then := map[string]any{"propertyNames": map[string]any{"enum": append(own, parameters...)}}
	if len(k.Or) > 0 {
		then["oneOf"] = []any{map[string]any{"required": k.Needs}, map[string]any{"required": k.Or}}
	} else {
		needs = append(needs, k.Needs...)
	}
	if len(needs) > 0 {
		then["required"] = needs
	}
	return map[string]any{
		"if":   map[string]any{"properties": map[string]any{key: map[string]any{"const": k.Name}}, "required": []string{key}},
		"then": then,
	}
}

// sortedLists sorts lists of words, so that their order does not matter.
func sortedLists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = sortedLists(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = sortedLists(x)
		}
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return out
	}
	return v
}
