package regions

import (
	"errors"
	"strings"
	"testing"

	"lowsky"
)

// The pack's envelope holds its highest mountain and reaches over all of its area.
func TestXianningTerrain(t *testing.T) {
	r, err := Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Terrain) != 1 || r.Terrain[0].Min > 20 || r.Terrain[0].Max < 1657 || r.Terrain[0].Verified {
		t.Fatalf("%+v", r.Terrain)
	}
	c := r.Terrain[0]
	for _, j := range r.Jurisdictions {
		if b := j.Area.Bound(); b.Min[0] < float64(c.West) || b.Min[1] < float64(c.South) || b.Max[0] > float64(c.East) || b.Max[1] > float64(c.North) {
			t.Errorf("%s (%v) is not in the envelope", j.ID, b)
		}
	}
}

func TestReadTerrain(t *testing.T) {
	const cell = `{"west_deg":114,"south_deg":29,"east_deg":115,"north_deg":30,"min_amsl_m":0,"max_amsl_m":90,"source":"survey","verified":true}`
	cells, err := ReadTerrain(strings.NewReader(`{"cells":[` + cell + `,` + cell + `]}`))
	if want := (TerrainCell{114, 29, 115, 30, 0, 90, "survey", true}); err != nil || len(cells) != 2 || cells[0] != want {
		t.Errorf("%+v %v", cells, err)
	}
	for _, doc := range []string{
		``, `[]`, `{"cells":[{}]}`, `{"cells":[` + cell + `]} {}`, `{"cells":[` + strings.Replace(cell, `"survey"`, `""`, 1) + `]}`,
		`{"cells":[` + strings.Replace(cell, `"min_amsl_m":0,`, ``, 1) + `]}`, `{"cells":[` + strings.Replace(cell, `114`, `"114"`, 1) + `]}`,
		`{"zones":[]}`, `{"cells":[` + strings.Repeat(cell+",", 10_000) + cell + `]}`, strings.Repeat(" ", 5<<20),
	} {
		if cells, err := ReadTerrain(strings.NewReader(doc)); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%.80s: %d cells, %v", doc, len(cells), err)
		}
	}
}
