package server

import (
	"context"
	"log/slog"
	"time"

	"lowsky/api"
)

// expiryEvery is how often temporary zones are looked through: one ends within this long after its last period.
const expiryEvery = 20 * time.Second

// expireZones ends temporary zones until ctx ends. What cannot be stored now is tried again the next time.
func expireZones(s *api.Server, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		tick := time.NewTicker(expiryEvery)
		defer tick.Stop()
		for {
			if ended, err := s.EndExpired(ctx); err != nil && ctx.Err() == nil {
				log.Error("temporary zones that are over could not be ended; trying again", "error", err)
			} else if len(ended) > 0 {
				log.Info("temporary zones ended", "zones", ended)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}
