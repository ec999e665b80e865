package simulator

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// LoadOptions is what a run may choose besides the file.
type LoadOptions struct {
	// Seed is what the ranges of the file are drawn for; absent: the file's own.
	Seed lowsky.Opt[uint64]
}

const (
	maxIncludes = 50       // files of one scenario
	maxLinted   = 16 << 20 // bytes that Lint goes through: of a large file it looks at fewer mixtures of ends
)

// Load reads and checks the scenario file name of fsys and the files it includes, and draws its ranges. Errors are like
// those of [Read]; each names the file it is in.
func Load(fsys fs.FS, name string, o LoadOptions) (*Scenario, error) {
	d := newReader(fsys)
	s := d.load(name, o)
	if len(d.errs) > 0 {
		return nil, joined(d.errs)
	}
	return s, nil
}

// Lint answers what is wrong with a scenario file and the files it includes: nil when nothing is, else up to 200
// errors. Ranges are judged at the file's own seed and at their ends, so that every two ranges of the file meet with each
// end of the one and each of the other, save in very large files; what is wrong only there says so.
func Lint(fsys fs.FS, name string) []*FileError {
	type place struct {
		file  string
		line  int
		field string
	}
	var out []*FileError
	found := map[place]bool{}
	index := map[string]int{}
	var last *reader
	judge := func(d draw, note string) {
		last = newReader(fsys)
		last.draw = d
		last.draw.index = index
		last.load(name, LoadOptions{})
		before := len(out)
		for _, e := range last.errs {
			if !found[place{e.File, e.Line, e.Field}] {
				e.Problem += note
				out = append(out, e)
			}
		}
		for _, e := range out[before:] {
			found[place{e.File, e.Line, e.Field}] = true
		}
	}
	judge(draw{end: drawn}, "")
	if len(index) > 0 {
		judge(draw{end: lowest}, " (with every range at its lower end)")
		judge(draw{end: highest}, " (with every range at its upper end)")
	}
	// Two ranges have different numbers, so some bit tells them apart: with it and without it they meet crosswise.
	for bit, passes := uint(0), 5; (len(index)-1)>>bit > 0 && passes*last.size <= maxLinted; bit, passes = bit+1, passes+2 {
		for _, flip := range [2]bool{false, true} {
			judge(draw{end: mixed, bit: bit, flip: flip}, " (with some ranges at their lower ends and some at their upper)")
		}
	}
	last.errs = out
	last.sorted()
	if len(out) > maxKept {
		out = out[:maxKept]
	}
	return out
}

func (d *reader) load(name string, o LoadOptions) *Scenario {
	d.file = name
	b, problem := d.open(name)
	if problem != "" {
		d.failAt(1, "", "%s", problem)
		return nil
	}
	return d.read(name, b, o)
}

// open answers the bytes of a file, or why not.
func (d *reader) open(name string) (b []byte, problem string) {
	if !fs.ValidPath(name) {
		return nil, "is not a path within the folder"
	}
	f, err := d.fsys.Open(name)
	if err == nil {
		defer f.Close()
		b, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	}
	switch pathErr := (*fs.PathError)(nil); {
	case err == nil:
		return b, ""
	case errors.Is(err, fs.ErrNotExist):
		return nil, "does not exist"
	case errors.As(err, &pathErr):
		return nil, "cannot be read: " + pathErr.Err.Error()
	}
	return nil, "cannot be read: " + err.Error()
}

// merging is what becomes of a section that a file and those it includes all have.
type merging uint8

const (
	replaced merging = iota // the file's own is taken; two included ones are an error
	appended                // a list: the included entries come first
	merged                  // a mapping: a name given twice is an error
)

// section is one key at the top of a scenario file.
type section struct {
	name     string
	merging  merging
	required bool // by a scenario; an included file needs nothing
}

// sections in the order in which README.md explains them.
var sections = []section{
	{"scenario", replaced, true},
	{"name", replaced, true},
	{"include", replaced, false},
	{"seed", replaced, false},
	{"start", replaced, false},
	{"duration", replaced, true},
	{"repeat", replaced, false},
	{"only", replaced, false},
	{"demo", replaced, false},
	{"organisation", replaced, false},
	{"region", replaced, false},
	{"geoid", replaced, false},
	{"ground", replaced, false},
	{"noise", replaced, false},
	{"weather", replaced, false},
	{"zones", appended, false},
	{"profiles", merged, true},
	{"gateways", appended, false},
	{"aircraft", appended, true},
	{"plans", appended, false},
	{"traffic", appended, false},
	{"commands", appended, false},
	{"faults", appended, false},
	{"expect", appended, false},
	{"forbid", appended, false},
}

// part is what one file says in one section.
type part struct {
	file  string
	value *yaml.Node
}

// parts are the sections of a file and of those it includes, the included ones first.
type parts map[string][]part

// gather collects the sections of a parsed file. above are the files whose include led here, this one last.
func (d *reader) gather(root *yaml.Node, above []string) parts {
	file := above[len(above)-1]
	d.file = file
	own := parts{}
	keys := make([]key, len(sections))
	for i, s := range sections {
		keys[i] = key{s.name, false, func(n *yaml.Node, _ string) { own[s.name] = []part{{file, n}} }}
	}
	d.object(root, "", keys...)
	all := parts{}
	for _, p := range own["include"] {
		d.list(p.value, "include", func(n *yaml.Node, field string) { d.include(n, field, above, all) })
	}
	delete(own, "include")
	for _, s := range sections {
		if mine := own[s.name]; mine != nil && s.merging == replaced {
			all[s.name] = mine
		} else {
			all[s.name] = append(all[s.name], mine...)
		}
	}
	return all
}

// include adds the sections of one included file to those of the ones before it.
func (d *reader) include(n *yaml.Node, field string, above []string, to parts) {
	if !d.scalar(n, field, "must be the name of a file") {
		return
	}
	file := d.file
	defer func() { d.file = file }()
	if d.fsys == nil {
		d.fail(n, field, "%s cannot be included: this file was handed in without its folder", n.Value)
		return
	}
	name := path.Join(path.Dir(file), n.Value)
	switch {
	case n.Value == "" || path.IsAbs(n.Value) || path.Clean(n.Value) != n.Value || n.Value == ".." || strings.HasPrefix(n.Value, "../") || strings.Contains(n.Value, `\`):
		d.fail(n, field, "%q must be the name of a file beside this one or below", n.Value)
		return
	case slices.Contains(above, name):
		d.fail(n, field, "goes round in a circle: %s", strings.Join(append(slices.Clone(above[slices.Index(above, name):]), name), " includes "))
		return
	case d.known(name):
		return // by two ways: once is enough
	case len(d.order) >= maxIncludes:
		d.fail(n, field, "more than %d files are included", maxIncludes)
		return
	}
	b, problem := d.open(name)
	if problem != "" {
		d.fail(n, field, "%s %s", name, problem)
		return
	}
	d.order[name] = len(d.order)
	root := d.parse(name, b)
	if root == nil {
		return
	}
	theirs := d.gather(root, append(slices.Clone(above), name))
	for _, s := range sections {
		for _, p := range theirs[s.name] {
			if earlier := to[s.name]; s.merging == replaced && len(earlier) > 0 {
				d.file = p.file
				d.fail(p.value, s.name, "is also given by %s:%d; one of the two files that are included may", earlier[0].file, earlier[0].value.Line)
				continue
			}
			to[s.name] = append(to[s.name], p)
		}
	}
}

func (d *reader) known(name string) bool {
	_, ok := d.order[name]
	return ok
}

// where names a line for an error in the present file.
func (d *reader) where(file string, line int) string {
	if file == d.file {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("%s:%d", file, line)
}
