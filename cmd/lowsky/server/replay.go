package server

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"log/slog"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/terrain"
	"lowsky/ingest"
	"lowsky/journal"
	"lowsky/picture"
	"lowsky/regions"
	"lowsky/scenarios"
)

// RecordedRun is one run of the platform in a journal, from its start record to the next.
type RecordedRun struct {
	Seq     uint64 // of the start record
	At      time.Time
	Region  string
	Packs   []lowsky.PackRef
	Problem string // why it cannot be replayed by this binary: another region, other packs or terrain; "" it can
	terrain string // its digest
	picture.Comparison
}

// Replay feeds every run that the journal below the data directory holds through the engine again and compares the
// alert revisions, byte for byte. The server of that directory must not be running (ErrConflict).
func Replay(ctx context.Context, c Config, logger *slog.Logger) ([]RecordedRun, error) {
	log, err := journal.Open(journal.Config{Dir: filepath.Join(c.DataDir, "journal"), NATSURL: c.NATSURL, Logger: logger})
	if err != nil {
		return nil, err
	}
	defer log.Close()
	return replayRuns(ctx, log, &c)
}

type recorded interface {
	Read(ctx context.Context, from uint64, follow bool, fn func(batch []lowsky.Record) error) error
}

func replayRuns(ctx context.Context, log recorded, c *Config) ([]RecordedRun, error) {
	var runs []RecordedRun
	err := log.Read(ctx, 0, false, func(batch []lowsky.Record) error {
		for i := range batch {
			if batch[i].Kind != lowsky.RecordStart {
				continue
			}
			var start lowsky.PictureStart
			if err := json.Unmarshal(batch[i].Payload, &start); err != nil {
				return fmt.Errorf("record %d: %w", batch[i].Seq, err)
			}
			runs = append(runs, RecordedRun{Seq: batch[i].Seq, At: batch[i].At, Region: start.Region, Packs: start.Packs, terrain: start.Terrain})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	packs, err := scenarios.Packs()
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if err := replayRun(ctx, log, c, &runs[i], packs); err != nil {
			return runs, err
		}
	}
	return runs, nil
}

func replayRun(ctx context.Context, log recorded, c *Config, run *RecordedRun, packs []*lowsky.RulePack) error {
	region, err := regions.Load(run.Region)
	if err != nil {
		run.Problem = err.Error()
		return nil
	}
	areas, err := airspace.NewAreas(region.Jurisdictions)
	if err != nil {
		return err
	}
	have := map[lowsky.PackRef]*lowsky.RulePack{}
	for _, p := range packs {
		have[p.PackRef] = p
	}
	var used []*lowsky.RulePack
	for _, ref := range run.Packs {
		p := have[ref]
		if p == nil {
			run.Problem = fmt.Sprintf("rule pack %s %s (%.12s) is not in this binary", ref.ID, ref.Version, ref.Hash)
			return nil
		}
		used = append(used, p)
	}
	var ground *terrain.Terrain
	if run.terrain != "" {
		if ground, err = openTerrain(c, region); err != nil {
			return err
		}
		if ground == nil || ground.Digest() != run.terrain {
			run.Problem = "heights were judged by another terrain: give the LOWSKY_TERRAIN_* settings of that run, with the same files"
			return nil
		}
	}
	compared, err := picture.Compare(ctx, log, picture.ReplayConfig{
		From: run.Seq, Decode: ingest.DecodeRecord,
		Make: func(start *lowsky.PictureStart) (picture.Config, error) {
			return pictureConfig(used, areas, region, ground, start)
		},
	})
	if err != nil {
		return err
	}
	run.Comparison = *compared
	return nil
}
