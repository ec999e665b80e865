package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// FileError is one thing wrong with a scenario file. errors.Is(err, lowsky.ErrInvalid) holds.
type FileError struct {
	File    string
	Line    int // from 1
	Field   string
	Problem string
}

func (e *FileError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	}
	return fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, e.Field, e.Problem)
}

// Is makes every FileError an ErrInvalid.
func (e *FileError) Is(target error) bool { return target == lowsky.ErrInvalid }

const (
	maxFile   = 4 << 20 // bytes
	maxErrors = 20      // reported at once
	maxDepth  = 16
	maxFleet  = 20000
)

// Read reads and checks a scenario file; name is what errors call it. Up to 20 errors are joined, each a *FileError in
// the order of its line.
func Read(name string, r io.Reader) (*Scenario, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(b) > maxFile {
		return nil, &FileError{File: name, Line: 1, Problem: fmt.Sprintf("is larger than %d bytes", maxFile)}
	}
	d := &reader{file: name, gateways: map[string]*Gateway{}, fleet: map[string]*Aircraft{}}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, yamlError(name, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &FileError{File: name, Line: 1, Problem: "holds more than one document"}
	}
	s := &Scenario{File: name, Profiles: map[string]*Profile{}}
	if len(doc.Content) == 1 {
		d.scenario(doc.Content[0], s)
	}
	if len(d.errs) > 0 {
		slices.SortStableFunc(d.errs, func(a, b *FileError) int { return a.Line - b.Line })
		if len(d.errs) > maxErrors {
			d.errs = d.errs[:maxErrors]
		}
		all := make([]error, len(d.errs))
		for i, e := range d.errs {
			all[i] = e
		}
		return nil, errors.Join(all...)
	}
	return s, nil
}

// yamlError keeps the line that the YAML reader puts into its text ("yaml: line 3: …").
func yamlError(name string, err error) error {
	e := &FileError{File: name, Line: 1, Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	if errors.Is(err, io.EOF) {
		e.Problem = "is empty"
	}
	var line int
	if n, _ := fmt.Sscanf(e.Problem, "line %d:", &line); n == 1 {
		e.Line = line
		_, e.Problem, _ = strings.Cut(e.Problem, ": ")
	}
	return e
}

// reader walks the nodes of a file and collects what is wrong. Its methods leave their target as it was on an error.
type reader struct {
	file     string
	errs     []*FileError
	depth    int
	gateways map[string]*Gateway
	fleet    map[string]*Aircraft
	goals    int
}

func (d *reader) fail(n *yaml.Node, field, format string, args ...any) {
	d.failAt(n.Line, field, format, args...)
}

func (d *reader) failAt(line int, field, format string, args ...any) {
	if len(d.errs) < 10*maxErrors {
		d.errs = append(d.errs, &FileError{File: d.file, Line: line, Field: field, Problem: fmt.Sprintf(format, args...)})
	}
}

// key is one key of an object.
type key struct {
	name     string
	required bool
	read     func(n *yaml.Node, field string)
}

// object reads a mapping with exactly these keys.
func (d *reader) object(n *yaml.Node, field string, keys ...key) bool {
	if !d.kind(n, yaml.MappingNode, field, "must be a mapping (key: value)") {
		return false
	}
	if d.depth >= maxDepth {
		d.fail(n, field, "is nested too deeply")
		return false
	}
	d.depth++
	defer func() { d.depth-- }()
	before := len(d.errs)
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		kn, vn := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(keys, func(k key) bool { return k.name == kn.Value })
		switch {
		case at < 0:
			names := make([]string, len(keys))
			for i, k := range keys {
				names[i] = k.name
			}
			d.fail(kn, join(field, kn.Value), "unknown key; known here: %s", strings.Join(names, ", "))
		case seen[kn.Value]:
			d.fail(kn, join(field, kn.Value), "is given twice")
		default:
			seen[kn.Value] = true
			keys[at].read(vn, join(field, kn.Value))
		}
	}
	for _, k := range keys {
		if k.required && !seen[k.name] {
			d.fail(n, join(field, k.name), "is missing")
		}
	}
	return len(d.errs) == before
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

func (d *reader) kind(n *yaml.Node, k yaml.Kind, field, problem string) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.fail(n, field, "anchors and aliases are not supported")
		return false
	}
	if n.Kind != k {
		d.fail(n, field, "%s", problem)
		return false
	}
	return true
}

func (d *reader) list(n *yaml.Node, field string, each func(n *yaml.Node, field string)) {
	if !d.kind(n, yaml.SequenceNode, field, "must be a list") {
		return
	}
	if len(n.Content) > maxFleet {
		d.fail(n, field, "has more than %d entries", maxFleet)
		return
	}
	for i, c := range n.Content {
		each(c, fmt.Sprintf("%s[%d]", field, i))
	}
}

func (d *reader) scalar(n *yaml.Node, field, problem string) bool {
	return d.kind(n, yaml.ScalarNode, field, problem)
}

func (d *reader) text(to *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if d.scalar(n, field, "must be a text") {
			if v := strings.TrimSpace(n.Value); v != "" && len(v) <= 400 {
				*to = v
			} else {
				d.fail(n, field, "must be a text of 1 to 400 bytes")
			}
		}
	}
}

func (d *reader) bothLanguages(to *lowsky.Text) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		d.object(n, field, key{"zh", true, d.text(&to.ZH)}, key{"en", true, d.text(&to.EN)})
	}
}

func (d *reader) flag(to *bool) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !d.scalar(n, field, "must be true or false") {
			return
		}
		if n.Tag != "!!bool" || n.Decode(to) != nil {
			d.fail(n, field, "must be true or false")
		}
	}
}

// number reads a number in [min, max].
func (d *reader) number(to *float64, min, max float64) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		var v float64
		ok := n.Kind == yaml.ScalarNode && (n.Tag == "!!float" || n.Tag == "!!int") && n.Decode(&v) == nil
		if !ok || math.IsNaN(v) || v < min || v > max {
			if d.scalar(n, field, "must be a number") {
				d.fail(n, field, "must be a number from %g to %g", min, max)
			}
			return
		}
		*to = v
	}
}

func (d *reader) whole(to *int, min, max int) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		var v int
		if !d.scalar(n, field, "must be a whole number") {
			return
		}
		if n.Tag != "!!int" || n.Decode(&v) != nil || v < min || v > max {
			d.fail(n, field, "must be a whole number from %d to %d", min, max)
			return
		}
		*to = v
	}
}

// span reads a duration such as "90s" or "1m30s" in [min, max].
func (d *reader) span(to *time.Duration, min, max time.Duration) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !d.scalar(n, field, `must be a duration such as "90s"`) {
			return
		}
		v, err := time.ParseDuration(n.Value)
		if err != nil {
			d.fail(n, field, `must be a duration such as "90s" or "1m30s"`)
			return
		}
		if v < min || v > max {
			d.fail(n, field, "must be from %s to %s", min, max)
			return
		}
		*to = v
	}
}

// point reads [longitude, latitude].
func (d *reader) point(to *Point) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !d.kind(n, yaml.SequenceNode, field, "must be [longitude, latitude]") {
			return
		}
		if len(n.Content) != 2 {
			d.fail(n, field, "must be [longitude, latitude]")
			return
		}
		var p Point
		before := len(d.errs)
		d.number(&p.Longitude, -180, 180)(n.Content[0], field+"[0]")
		d.number(&p.Latitude, -85, 85)(n.Content[1], field+"[1]")
		if len(d.errs) == before {
			*to = p
		}
	}
}

// oneOf reads one of the words.
func oneOf[T ~string](d *reader, to *T, words ...T) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !d.scalar(n, field, "must be a word") {
			return
		}
		if !slices.Contains(words, T(n.Value)) {
			s := make([]string, len(words))
			for i, w := range words {
				s[i] = string(w)
			}
			d.fail(n, field, "is %q, must be one of %s", n.Value, strings.Join(s, ", "))
			return
		}
		*to = T(n.Value)
	}
}
