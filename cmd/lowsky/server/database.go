package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lowsky"
	"lowsky/store"
	"lowsky/store/cluster"
)

// addressFile is where a running server notes the address of its private PostgreSQL, for `lowsky admin`.
func addressFile(dataDir string) string { return filepath.Join(dataDir, "postgresql.url") }

// OpenDatabase opens the database of a server for a short while, whether or not that server runs: the given one, or
// the private cluster, which is started if nobody has. Call done afterwards.
func OpenDatabase(ctx context.Context, c Config, log *slog.Logger) (s *store.Store, done func() error, err error) {
	if c.DatabaseURL != "" {
		s, err = store.Open(ctx, c.DatabaseURL)
		return s, func() error { s.Close(); return nil }, err
	}
	if note, err := os.ReadFile(addressFile(c.DataDir)); err == nil {
		if s, err := store.Open(ctx, strings.TrimSpace(string(note))); err == nil {
			return s, func() error { s.Close(); return nil }, nil
		}
	}
	own, err := cluster.Start(ctx, cluster.Config{DataDir: c.DataDir, Logger: log})
	if err != nil {
		return nil, nil, err
	}
	if s, err = store.Open(ctx, own.URL()); err != nil {
		return nil, nil, errors.Join(err, own.Stop())
	}
	return s, func() error { s.Close(); return own.Stop() }, nil
}

// openStore finds PostgreSQL, or starts the private cluster, and brings the schema up to date. A given database that
// does not answer yet is waited for: the platform needs it once, at start.
func (p *platform) openStore(ctx context.Context) error {
	p.database = p.Config.DatabaseURL
	if p.database == "" {
		c, err := cluster.Start(ctx, cluster.Config{DataDir: p.Config.DataDir, Logger: p.log})
		if err != nil {
			return err
		}
		p.stages.cleanup("PostgreSQL", c.Stop)
		p.stages.start("PostgreSQL watch", c.Run)
		p.cluster, p.database = c, c.URL()
		note := addressFile(p.Config.DataDir)
		if err := os.WriteFile(note, []byte(p.database+"\n"), 0o600); err != nil {
			return fmt.Errorf("LOWSKY_DATA_DIR: %w", err)
		}
		p.stages.cleanup("address note", func() error { return os.Remove(note) })
	}
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		s, err := store.Open(ctx, p.database)
		if err == nil {
			p.store = s
			p.stages.cleanup("database connections", func() error { s.Close(); return nil })
			return nil
		}
		if !errors.Is(err, lowsky.ErrUnavailable) {
			return fmt.Errorf("database: %w", err)
		}
		p.log.Warn("waiting for PostgreSQL", "error", err, "again_in", pause)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
