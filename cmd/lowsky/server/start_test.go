package server

import (
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/picture"
	"lowsky/regions"
	"lowsky/scenarios"
)

// TestPictureBeginsWithTheStart: what the start record holds is what the engine begins with, live and in a replay.
func TestPictureBeginsWithTheStart(t *testing.T) {
	region, err := regions.Load("xianning")
	if err != nil {
		t.Fatal(err)
	}
	areas, err := airspace.NewAreas(region.Jurisdictions)
	if err != nil {
		t.Fatal(err)
	}
	packs, err := scenarios.Packs()
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 5, 6, 4, 0, 0, 0, time.UTC)
	config, err := pictureConfig(packs, areas, region, nil, &lowsky.PictureStart{
		Region: "xianning", LastSeen: []lowsky.LastSeen{{Aircraft: "a", Source: "direct:a", ReceivedAt: noon}},
	})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := picture.NewEngine(config)
	if err != nil {
		t.Fatal(err)
	}
	if engine.Tracks() != 1 {
		t.Errorf("%d tracks, want the one seen before the start", engine.Tracks())
	}
	var missed *lowsky.Alert
	for i := range 120 {
		at := noon.Add(time.Duration(i) * time.Second)
		for _, c := range engine.Step(lowsky.Record{Seq: uint64(i + 1), Kind: lowsky.RecordTick, At: at}, nil) {
			if c.Alert != nil {
				missed = c.Alert
			}
		}
	}
	if missed == nil || missed.Hazard != lowsky.HazardSilence || missed.State != lowsky.AlertFiring {
		t.Errorf("missed as %+v", missed)
	}
}
