package scenarios

import (
	"embed"
	"fmt"
	"io/fs"

	"lowsky"
)

//go:embed */flights/*.yaml
var flights embed.FS

// Flights holds the scenario files of package simulator that the packs are measured by: <pack>/flights/<name>.yaml. Those
// whose name begins with "_" are only included by others.
func Flights() fs.FS { return flights }

// Sources answers the text of the packs, in the order of [Packs].
func Sources() ([][]byte, error) {
	var out [][]byte
	for _, name := range packNames() {
		b, err := fs.ReadFile(packs, name)
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		out = append(out, b)
	}
	return out, nil
}

func packNames() []string {
	names := []string{"base/pack.yaml"}
	for _, s := range lowsky.Scenarios {
		names = append(names, string(s)+"/pack.yaml")
	}
	return names
}
