package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// FileError is one thing wrong with a scenario file. errors.Is(err, lowsky.ErrInvalid) holds.
type FileError struct {
	File    string // the one that the mistake is in, which may be an included one
	Line    int    // from 1
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
	maxFile   = 4 << 20 // bytes, of a file and all it includes together
	maxErrors = 20      // reported at once by Read and Load
	maxKept   = 200     // reported at once by Lint
	maxDepth  = 16
	maxFleet  = 20000
)

// Read reads and checks a scenario file that includes no other; name is what errors call it. Its ranges are drawn for
// its own seed. Up to 20 errors are joined, each a *FileError in the order of its line.
func Read(name string, r io.Reader) (*Scenario, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d := newReader(nil)
	s := d.read(name, b, LoadOptions{})
	if len(d.errs) > 0 {
		return nil, joined(d.errs)
	}
	return s, nil
}

// joined makes one error of the first of them.
func joined(errs []*FileError) error {
	all := make([]error, 0, maxErrors)
	for _, e := range errs[:min(len(errs), maxErrors)] {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// parse answers the root node of a file, nil after an error.
func (d *reader) parse(name string, b []byte) *yaml.Node {
	d.file = name
	if d.size += len(b); d.size > maxFile {
		d.failAt(1, "", "is larger than %d bytes, with what it includes", maxFile)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		e := yamlError(name, err)
		d.failAt(e.Line, "", "%s", e.Problem)
		return nil
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.failAt(1, "", "holds more than one document")
		return nil
	}
	if len(doc.Content) != 1 {
		d.failAt(1, "", "is empty")
		return nil
	}
	return doc.Content[0]
}

// yamlError keeps the line that the YAML reader puts into its text ("yaml: line 3: …").
func yamlError(name string, err error) *FileError {
	e := &FileError{File: name, Line: 1, Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	if errors.Is(err, io.EOF) {
		e.Problem = "is empty"
	}
	var line int
	if n, _ := fmt.Sscanf(e.Problem, "line %d:", &line); n == 1 {
		e.Line = max(line, 1)
		_, e.Problem, _ = strings.Cut(e.Problem, ": ")
	}
	return e
}

// sorted puts the errors into the order in which a person reads them: file by file as they were read, line by line.
func (d *reader) sorted() {
	slices.SortStableFunc(d.errs, func(a, b *FileError) int {
		if a.File != b.File {
			return d.order[a.File] - d.order[b.File]
		}
		return a.Line - b.Line
	})
}
