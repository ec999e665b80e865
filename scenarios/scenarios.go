// Package scenarios holds the rule packs: base binds every flight, and one for each of the six applications. A pack is
// a folder with pack.yaml and a README; [Compile] turns it into rules through the list of kinds in scenarios/rules.
package scenarios

import (
	"embed"
	"fmt"
	"io/fs"

	"lowsky"
)

//go:embed */pack.yaml
var packs embed.FS

// Base compiles the pack that binds every flight.
func Base() (*lowsky.RulePack, error) { return CompileFS(packs, "base/pack.yaml") }

// Packs compiles base and the six scenario packs, in the order in which consoles list them.
func Packs() ([]*lowsky.RulePack, error) {
	base, err := Base()
	if err != nil {
		return nil, err
	}
	out := []*lowsky.RulePack{base}
	for _, s := range lowsky.Scenarios {
		p, err := CompileFS(packs, string(s)+"/pack.yaml")
		if err != nil {
			return nil, err
		}
		if p.Scenario != s || p.ID != string(s) {
			return nil, fmt.Errorf("pack %s: %w", s, &lowsky.InvalidError{Field: "scenario", Problem: "must be the folder's name, as must the id"})
		}
		out = append(out, p)
	}
	return out, nil
}

// CompileFS compiles the pack in file name of fsys.
func CompileFS(fsys fs.FS, name string) (*lowsky.RulePack, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", name, err)
	}
	p, err := Compile(b)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", name, err)
	}
	return p, nil
}
