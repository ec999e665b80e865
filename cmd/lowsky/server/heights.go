package server

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace/terrain"
	"lowsky/regions"
)

// besideRegion is how far around the region terrain files are read, in degrees: about 50 km.
const besideRegion = 0.5

// openTerrain reads the ground that heights are judged by, nil where nothing is known of it: the files of TerrainDir that
// touch the region, and the envelope of its pack or the one in TerrainEnvelope.
func openTerrain(c *Config, region *regions.Region) (*terrain.Terrain, error) {
	cells, err := envelope(c, region)
	if err != nil {
		return nil, err
	}
	o := terrain.Options{
		Dir: c.TerrainDir, Accuracy: lowsky.Metres(c.TerrainAccuracy), MaxBytes: int64(c.TerrainMemory) << 20, Envelope: cells,
	}
	var area orb.Bound
	for i, j := range region.Jurisdictions {
		if area = area.Union(j.Area.Bound()); i == 0 {
			area = j.Area.Bound()
		}
	}
	o.Area = area.Pad(besideRegion)
	t, err := terrain.Open(o)
	if err != nil {
		return nil, fmt.Errorf("LOWSKY_TERRAIN_DIR, LOWSKY_TERRAIN_ENVELOPE: %w", err)
	}
	if t.Empty() {
		return nil, nil
	}
	return t, nil
}

func envelope(c *Config, region *regions.Region) ([]terrain.Cell, error) {
	cells := region.Terrain
	switch c.TerrainEnvelope {
	case "":
	case "off":
		cells = nil
	default:
		f, err := os.Open(c.TerrainEnvelope)
		if err != nil {
			return nil, fmt.Errorf("LOWSKY_TERRAIN_ENVELOPE: %w", err)
		}
		defer f.Close()
		if cells, err = regions.ReadTerrain(f); err != nil {
			return nil, fmt.Errorf("LOWSKY_TERRAIN_ENVELOPE: %s: %w", c.TerrainEnvelope, err)
		}
	}
	out := make([]terrain.Cell, 0, len(cells))
	for _, cell := range cells {
		out = append(out, terrain.Cell{West: cell.West, South: cell.South, East: cell.East, North: cell.North, Min: cell.Min, Max: cell.Max})
	}
	return out, nil
}

// describeTerrain says what the terrain is, for the log and the person who starts the platform.
func describeTerrain(t *terrain.Terrain, c *Config, region *regions.Region) string {
	if t == nil {
		return "none: heights above ground are judged only where aircraft report them"
	}
	s := t.String()
	if c.TerrainEnvelope == "" && slices.ContainsFunc(region.Terrain, func(c regions.TerrainCell) bool { return !c.Verified }) {
		s += ", unverified"
	}
	return s
}

// formats are the wire formats that a height correction can name; any other name is a source's.
var formats = []lowsky.Format{"native", "dji"}

// heightCorrections reads LOWSKY_AMSL_OFFSETS: entries name=offset@geoid, comma separated, of a source id or a wire
// format; offset (metres, to be added) or @geoid may be missing.
func heightCorrections(setting string) ([]lowsky.HeightCorrection, error) {
	var out []lowsky.HeightCorrection
	bad := func(entry, problem string) ([]lowsky.HeightCorrection, error) {
		return nil, fmt.Errorf("LOWSKY_AMSL_OFFSETS: %q %s; entries are like gateway-7=-1.2@egm96,dji=0.4", entry, problem)
	}
	seen := map[string]bool{}
	for entry := range strings.SplitSeq(setting, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		name, value, ok := strings.Cut(entry, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return bad(entry, "names no source or no offset")
		}
		if seen[name] {
			return bad(entry, "is there twice")
		}
		seen[name] = true
		h := lowsky.HeightCorrection{}
		if f := lowsky.Format(name); slices.Contains(formats, f) {
			h.Format = f
		} else {
			h.Source = lowsky.SourceID(name)
		}
		offset, geoid, named := strings.Cut(strings.TrimSpace(value), "@")
		if offset == "" && geoid == "" {
			return bad(entry, "names no source or no offset")
		}
		if offset = strings.TrimSpace(offset); offset != "" {
			v, err := strconv.ParseFloat(offset, 64)
			if err != nil || math.IsNaN(v) || math.Abs(v) > 200 {
				return bad(entry, "has an offset that is no number from -200 to 200 m")
			}
			h.Offset = lowsky.Metres(v)
		}
		if h.Geoid = lowsky.Geoid(strings.TrimSpace(geoid)); named && (h.Geoid == "" || !h.Geoid.Valid()) {
			return bad(entry, "names a geoid other than cn1985, egm96 and egm2008")
		}
		out = append(out, h)
	}
	return out, nil
}
