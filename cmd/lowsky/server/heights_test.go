package server

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
	"lowsky/regions"
	"lowsky/scenarios"
)

func TestHeightCorrections(t *testing.T) {
	got, err := heightCorrections(" gateway-7=-1.2@egm96, dji=0.4,direct:uav-1 = @egm2008,native=+3@cn1985, ")
	want := []lowsky.HeightCorrection{
		{Source: "gateway-7", Offset: -1.2, Geoid: lowsky.EGM96}, {Format: "dji", Offset: 0.4},
		{Source: "direct:uav-1", Geoid: lowsky.EGM2008}, {Format: "native", Offset: 3, Geoid: lowsky.CN1985},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if got, err := heightCorrections(""); err != nil || len(got) != 0 {
		t.Errorf("none: %v %v", got, err)
	}
	for _, s := range []string{"dji", "=3", "dji=", "dji=x", "dji=NaN", "dji=201", "dji=1@", "dji=1@wgs84", "dji=1,dji=2", "a=1,=,b=2", "dji=1@egm96@egm96"} {
		if got, err := heightCorrections(s); err == nil || !strings.Contains(err.Error(), "LOWSKY_AMSL_OFFSETS") {
			t.Errorf("%q: %v %v", s, got, err)
		}
		c := Config{HTTPAddr: "127.0.0.1:0", MQTTAddr: "127.0.0.1:0", NTPPort: 123, AMSLOffsets: s}
		if c.Check() == nil {
			t.Errorf("%q passes at the start", s)
		}
	}
}

func TestOpenTerrain(t *testing.T) {
	region, err := regions.Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	home := lowsky.Position{Longitude: 114.3285, Latitude: 29.8272}
	pack, err := openTerrain(&Config{}, region)
	if err != nil {
		t.Fatal(err)
	}
	if g, ok := pack.GroundHAE(home); !ok || !g.Envelope {
		t.Errorf("of the pack: %+v %v", g, ok)
	}
	if s := describeTerrain(pack, &Config{}, region); !strings.HasSuffix(s, "(10 to 1700 m), unverified") {
		t.Error(s)
	}
	file := filepath.Join(t.TempDir(), "envelope.json")
	const cells = `{"cells":[{"west_deg":114,"south_deg":29,"east_deg":115,"north_deg":30,"min_amsl_m":20,"max_amsl_m":60,"source":"survey","verified":true}]}`
	if err := os.WriteFile(file, []byte(cells), 0o600); err != nil {
		t.Fatal(err)
	}
	own, err := openTerrain(&Config{TerrainEnvelope: file}, region)
	if err != nil {
		t.Fatal(err)
	}
	if g, ok := own.GroundHAE(home); !ok || g.Bound != 24 {
		t.Errorf("of a file: %+v %v", g, ok)
	}
	if s := describeTerrain(own, &Config{TerrainEnvelope: file}, region); !strings.HasSuffix(s, "(20 to 60 m)") {
		t.Error(s)
	}
	if none, err := openTerrain(&Config{TerrainEnvelope: "off"}, region); none != nil || err != nil {
		t.Errorf("off: %v %v", none, err)
	}
	if _, err := openTerrain(&Config{TerrainEnvelope: file + "x"}, region); err == nil || !strings.Contains(err.Error(), "LOWSKY_TERRAIN_ENVELOPE") {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(cells, "60", "10", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openTerrain(&Config{TerrainEnvelope: file}, region); err == nil || !strings.Contains(err.Error(), "cell 0") {
		t.Error(err)
	}
	if _, err := openTerrain(&Config{TerrainDir: t.TempDir()}, region); err == nil || !strings.Contains(err.Error(), "holds no terrain") {
		t.Error(err)
	}
}

// kept is a journal of given records.
type kept []lowsky.Record

func (k kept) Read(_ context.Context, _ uint64, _ bool, fn func([]lowsky.Record) error) error {
	return fn(k)
}

// A run is replayed by the terrain that it was judged by, or not at all.
func TestReplayNeedsTheSameTerrain(t *testing.T) {
	region, err := regions.Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	packs, err := scenarios.Packs()
	if err != nil {
		t.Fatal(err)
	}
	ground, err := openTerrain(&Config{}, region)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		digest string
		config Config
		fits   bool
	}{
		{"", Config{}, true}, // a run from before there was terrain
		{ground.Digest(), Config{}, true},
		{ground.Digest(), Config{TerrainEnvelope: "off"}, false},
		{ground.Digest(), Config{TerrainAccuracy: 5}, false},
		{"0123", Config{}, false},
	} {
		start := lowsky.PictureStart{Region: "xianning", Terrain: c.digest}
		for _, p := range packs {
			start.Packs = append(start.Packs, p.PackRef)
		}
		payload, err := json.Marshal(&start)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := replayRuns(t.Context(), kept{{Seq: 1, Kind: lowsky.RecordStart, At: time.Date(2026, 5, 6, 4, 0, 0, 0, time.UTC), Payload: payload}}, &c.config)
		if err != nil || len(runs) != 1 || (runs[0].Problem == "") != c.fits {
			t.Errorf("%+v: %+v %v", c, runs, err)
		}
	}
}

// What a run began with is what its replay is made of.
func TestPictureConfigOfHeights(t *testing.T) {
	region, err := regions.Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	start := &lowsky.PictureStart{HeightCorrections: []lowsky.HeightCorrection{{Source: "gateway-7", Offset: -1.2}}}
	c, err := pictureConfig(nil, nil, region, nil, start)
	if err != nil || c.Terrain != nil || !cmp.Equal(c.HeightCorrections, start.HeightCorrections) {
		t.Errorf("%+v %v", c, err)
	}
	ground, err := openTerrain(&Config{}, region)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = pictureConfig(nil, nil, region, ground, start); err != nil || c.Terrain == nil {
		t.Errorf("%+v %v", c, err)
	}
}
