package airspace

import (
	"math/rand/v2"
	"testing"

	"lowsky"
)

func TestGridKeyNamesTheCell(t *testing.T) {
	r := rand.New(rand.NewPCG(39, 409))
	for range 20_000 {
		p := lowsky.Position{Longitude: lowsky.Degrees(r.Float64()*200 - 10), Latitude: lowsky.Degrees(r.Float64()*100 - 5)}
		for level := range MaxGridLevel + 2 {
			want, err := GridCellAt(p, level)
			key, ok := GridKeyAt(p, level)
			if ok != (err == nil) || ok && key.Cell(level) != want {
				t.Fatalf("%v level %d: %v %v, want %v %v", p, level, key, ok, want, err)
			}
		}
	}
}
