package trial

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lowsky"
	"lowsky/scenarios"
)

// Shipped are the scenario files in the binary, by name: what the packs are measured by. Those that are only included by
// others are not among them.
func Shipped() []File {
	names, err := fs.Glob(scenarios.Flights(), "*/flights/*.yaml")
	if err != nil {
		return nil // a bad pattern, which this is not
	}
	var files []File
	for _, n := range names {
		if !partial(n) {
			files = append(files, File{FS: scenarios.Flights(), Name: n})
		}
	}
	return files
}

// partial reports whether a file is only there to be included.
func partial(name string) bool { return strings.HasPrefix(path.Base(name), "_") }

// Named answers the shipped file of that name: base/flights/dam.yaml, with .yaml or without, base/dam, or only dam where
// that tells it from the others. ErrNotFound if there is none.
func Named(name string) (File, error) {
	var found []File
	name = strings.TrimSuffix(name, ".yaml")
	for _, f := range Shipped() {
		full := strings.TrimSuffix(f.Name, ".yaml")
		if name == full || name == strings.Replace(full, "/flights/", "/", 1) || name == path.Base(full) {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return File{}, fmt.Errorf("scenario file %s: %w", name, lowsky.ErrNotFound)
	}
	return File{}, fmt.Errorf("scenario file: %w", &lowsky.InvalidError{Field: "name", Problem: fmt.Sprintf("%s may be %s or %s", name, found[0].Name, found[1].Name)})
}

// Given is a file that somebody handed in under some name. It may include what the shipped files beside it include: those
// of the folder that its name says, else of the base pack.
func Given(name string, text []byte) File {
	in := "base/flights"
	if dir := path.Dir(name); slices.ContainsFunc(Shipped(), func(f File) bool { return path.Dir(f.Name) == dir }) {
		in = dir
	}
	base := path.Base("/" + filepath.ToSlash(name))
	if base == "/" {
		base = "given.yaml"
	}
	own := path.Join(in, base)
	return File{FS: beside{scenarios.Flights(), own, text}, Name: own, Shown: name}
}

// OnDisk answers the scenario files that paths name; a folder is every *.yaml in it and below but those whose name begins
// with "_". An error names the path.
func OnDisk(paths []string) ([]File, error) {
	var files []File
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("scenario files: %w", err)
		}
		if !info.IsDir() {
			dir := filepath.Dir(p)
			files = append(files, File{FS: os.DirFS(dir), Name: filepath.Base(p), Folder: dir})
			continue
		}
		root := os.DirFS(p)
		before := len(files)
		err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path.Ext(name) == ".yaml" && !partial(name) {
				files = append(files, File{FS: root, Name: name, Folder: p})
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("scenario files: %w", err)
		}
		if len(files) == before {
			return nil, fmt.Errorf("scenario files: %s: %w", p, errors.New("no *.yaml in it"))
		}
	}
	return files, nil
}

// beside is a file system with one more file.
type beside struct {
	fs.FS
	name string
	text []byte
}

// Open answers the one file, or one of the others.
func (b beside) Open(name string) (fs.File, error) {
	if name == b.name {
		return opened{bytes.NewReader(b.text), b}, nil
	}
	return b.FS.Open(name)
}

type opened struct {
	*bytes.Reader
	of beside
}

func (o opened) Close() error               { return nil }
func (o opened) Stat() (fs.FileInfo, error) { return o, nil }
func (o opened) Name() string               { return path.Base(o.of.name) }
func (o opened) Mode() fs.FileMode          { return 0o444 }
func (o opened) ModTime() time.Time         { return time.Time{} }
func (o opened) IsDir() bool                { return false }
func (o opened) Sys() any                   { return nil }
