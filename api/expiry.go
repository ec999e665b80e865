package api

import (
	"context"
	"fmt"
	"slices"

	"lowsky"
)

// expired is the reason that a zone's versions and the alerts it ends are given.
const expired = "临时空域到期 · the temporary zone has expired"

// EndExpired ends the temporary zones whose last period is over, copies of superior platforms included: their own
// schedule says so. It answers which ones. Call it at least every half minute.
func (s *Server) EndExpired(ctx context.Context) ([]lowsky.ZoneID, error) {
	if s.cfg.Register == nil {
		return nil, nil
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	now := s.now()
	var over []lowsky.ZoneID
	s.board.mu.RLock()
	for id, z := range s.board.zones {
		if !z.Temporary {
			continue
		}
		if last, ends := lastUntil(z); ends && !last.After(now) {
			over = append(over, id)
		}
	}
	s.board.mu.RUnlock()
	if len(over) == 0 {
		return nil, nil
	}
	if s.cfg.Records != nil { // the board may lag behind a publication that has just prolonged one
		newest, err := s.cfg.Records.NewestZones(ctx, lowsky.Everything, over)
		if err != nil {
			return nil, fmt.Errorf("expired zones: %w", err)
		}
		over = slices.DeleteFunc(over, func(id lowsky.ZoneID) bool {
			r, ok := newest[id]
			if !ok || r.Zone == nil {
				return false
			}
			last, ends := lastUntil(r.Zone)
			return !r.Zone.Temporary || !ends || last.After(now)
		})
		if len(over) == 0 {
			return nil, nil
		}
	}
	slices.Sort(over)
	if err := s.cfg.Register.PublishZones(ctx, lowsky.ZonePublication{Remove: over, By: "lowsky", Reason: expired}); err != nil {
		return nil, fmt.Errorf("end expired zones: %w", err)
	}
	return over, nil
}
