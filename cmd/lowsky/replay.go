package main

import (
	"fmt"
	"log/slog"

	"lowsky/cmd/lowsky/server"
)

type replayCommand struct {
	DataDir string `name:"data-dir" env:"LOWSKY_DATA_DIR" default:"./data" help:"As for serve; its server must be stopped."`
	NATSURL string `name:"nats-url" env:"LOWSKY_NATS_URL" help:"As for serve."`

	TerrainDir      string  `name:"terrain-dir" env:"LOWSKY_TERRAIN_DIR" help:"As for serve: heights are judged by the same ground."`
	TerrainAccuracy float64 `name:"terrain-accuracy" env:"LOWSKY_TERRAIN_ACCURACY" default:"16" help:"As for serve."`
	TerrainMemory   int     `name:"terrain-memory" env:"LOWSKY_TERRAIN_MEMORY" default:"512" help:"As for serve."`
	TerrainEnvelope string  `name:"terrain-envelope" env:"LOWSKY_TERRAIN_ENVELOPE" help:"As for serve."`
}

// Run prints a line for each recorded run, and fails if an alert revision came out differently.
func (c *replayCommand) Run(env *environment) error {
	runs, err := server.Replay(env, server.Config{
		DataDir: c.DataDir, NATSURL: c.NATSURL, TerrainDir: c.TerrainDir, TerrainAccuracy: c.TerrainAccuracy,
		TerrainMemory: c.TerrainMemory, TerrainEnvelope: c.TerrainEnvelope,
	}, slog.Default())
	if err != nil {
		return err
	}
	differ := false
	for _, r := range runs {
		fmt.Printf("run of %s (record %d): ", r.At.Format("2006-01-02T15:04:05Z"), r.Seq)
		if r.Problem != "" {
			fmt.Println("not replayed:", r.Problem)
			continue
		}
		fmt.Printf("%d alert revisions recorded, %d the same, %d not yet recorded, %d gaps\n", r.Recorded, r.Same, r.Unrecorded, r.Gaps)
		for _, m := range r.Missing {
			fmt.Println("  missing in the replay:", m)
		}
		for _, d := range r.Different {
			fmt.Println("  different:", d)
		}
		differ = differ || !r.Equal()
	}
	if differ {
		return fmt.Errorf("the replay differs from the record")
	}
	return nil
}
