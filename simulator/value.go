package simulator

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// reader walks the nodes of a file and of those it includes and collects what is wrong. Its methods leave their target
// as it was on an error.
type reader struct {
	fsys  fs.FS          // nil: nothing can be included
	file  string         // that is being read
	order map[string]int // of the files, by name
	size  int            // bytes of all of them
	errs  []*FileError
	// failed counts the errors, also those past maxKept.
	failed int
	nested int
	draw   draw
	entry  entry
	named  map[string]int // entries of each name so far, for draws
	// note is told of every object and bounded value that is read; nil but in the test of the schema.
	note func(field string, f fact)

	taken    map[string]origin // ids of whatever reports or is reported
	gateways map[string]*Gateway
	fleet    map[string]*Aircraft
	swarms   map[string][]*Aircraft
	zones    map[string]*lowsky.Zone
	zoneAt   map[string]origin
	planAt   map[string]origin
	sources  map[string]bool // of the traffic
	depths   map[*lowsky.Zone]float64
	goals    int
	hasZones bool       // the file has a section zones
	exempted []exempted // plans that zones make an exception for
}

// fact is what the reader asks of one field.
type fact struct {
	keys     []key    // of an object
	min, max float64  // of a number
	whole    bool     // it is a whole number
	words    []string // it is one of
}

// origin is where an id was given, and to what.
type origin struct {
	what string
	file string
	line int
}

func newReader(fsys fs.FS) *reader {
	return &reader{
		fsys: fsys, order: map[string]int{}, named: map[string]int{}, taken: map[string]origin{},
		gateways: map[string]*Gateway{}, fleet: map[string]*Aircraft{}, swarms: map[string][]*Aircraft{},
		zones: map[string]*lowsky.Zone{}, zoneAt: map[string]origin{}, planAt: map[string]origin{}, sources: map[string]bool{},
		depths: map[*lowsky.Zone]float64{},
	}
}

func (d *reader) fail(n *yaml.Node, field, format string, args ...any) {
	d.failAt(n.Line, field, format, args...)
}

func (d *reader) failAt(line int, field, format string, args ...any) {
	d.failed++
	if len(d.errs) < maxKept {
		d.errs = append(d.errs, &FileError{File: d.file, Line: max(line, 1), Field: field, Problem: fmt.Sprintf(format, args...)})
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
	if d.note != nil {
		d.note(field, fact{keys: keys})
	}
	if !d.kind(n, yaml.MappingNode, field, "must be a mapping (key: value)") {
		return false
	}
	if d.nested >= maxDepth {
		d.fail(n, field, "is nested too deeply")
		return false
	}
	d.nested++
	defer func() { d.nested-- }()
	before := d.failed
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
	return d.failed == before
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

// number reads a number in [min, max], or draws one from a range within.
func (d *reader) number(to *float64, min, max float64) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if d.note != nil {
			d.note(field, fact{min: min, max: max})
		}
		v, lo, hi, ok := d.numberIn(n, field)
		switch {
		case !ok || math.IsNaN(v) || lo < min || hi > max:
			if d.scalar(n, field, "must be a number") {
				d.fail(n, field, "must be a number from %g to %g, or a range such as 8..60 within", min, max)
			}
		case lo > hi:
			d.fail(n, field, "from %g is above to %g", lo, hi)
		default:
			*to = v
		}
	}
}

func (d *reader) whole(to *int, min, max int) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if d.note != nil {
			d.note(field, fact{min: float64(min), max: float64(max), whole: true})
		}
		if !d.scalar(n, field, "must be a whole number") {
			return
		}
		v, lo, hi, ok := d.wholeIn(n, field)
		switch {
		case !ok || lo < min || hi > max:
			d.fail(n, field, "must be a whole number from %d to %d, or a range such as 2..5 within", min, max)
		case lo > hi:
			d.fail(n, field, "from %d is above to %d", lo, hi)
		default:
			*to = v
		}
	}
}

// span reads a duration such as "90s" or "1m30s" in [min, max], or draws one from a range within.
func (d *reader) span(to *time.Duration, min, max time.Duration) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !d.scalar(n, field, `must be a duration such as "90s"`) {
			return
		}
		v, lo, hi, ok := d.spanIn(n, field)
		switch {
		case !ok:
			d.fail(n, field, `must be a duration such as "90s" or "1m30s", or a range such as "20s..40s"`)
		case lo < min || hi > max:
			d.fail(n, field, "must be from %s to %s", min, max)
		case lo > hi:
			d.fail(n, field, "from %s is above to %s", lo, hi)
		default:
			*to = v
		}
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
		before := d.failed
		d.number(&p.Longitude, -180, 180)(n.Content[0], field+"[0]")
		d.number(&p.Latitude, -85, 85)(n.Content[1], field+"[1]")
		if d.failed == before {
			*to = p
		}
	}
}

// oneOf reads one of the words.
func oneOf[T ~string](d *reader, to *T, words ...T) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		s := make([]string, len(words))
		for i, w := range words {
			s[i] = string(w)
		}
		if d.note != nil {
			d.note(field, fact{words: s})
		}
		if !d.scalar(n, field, "must be a word") {
			return
		}
		if !slices.Contains(words, T(n.Value)) {
			d.fail(n, field, "is %q, must be one of %s", n.Value, strings.Join(s, ", "))
			return
		}
		*to = T(n.Value)
	}
}
