package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// SourceCount is what ingest has counted of one source.
type SourceCount struct {
	ID            lowsky.SourceID
	Format        lowsky.Format
	Link          string
	Received      uint64
	Rejected      map[string]uint64 // by reason
	NotLogged     uint64            // the journal was full
	LastSeen      time.Time
	LastRejection *Rejection // nil: none yet
}

// Rejection is the newest message of a source that was refused.
type Rejection struct {
	At      time.Time `json:"at"`
	Topic   string    `json:"topic"`
	Reason  string    `json:"reason"`
	Field   string    `json:"field,omitempty"`
	Problem string    `json:"problem"`
}

// SourceDetail joins what ingest counts of a source with what the picture makes of it.
type SourceDetail struct {
	ID            lowsky.SourceID   `json:"id"`
	Format        lowsky.Format     `json:"format,omitempty"`
	Model         string            `json:"model,omitempty"`
	Link          string            `json:"link,omitempty" doc:"The newest connection"`
	Down          bool              `json:"down"`
	Received      uint64            `json:"received" doc:"Messages from the wire since the start"`
	Rejected      map[string]uint64 `json:"rejected" doc:"Messages refused, by reason"`
	NotLogged     uint64            `json:"not_logged,omitempty" doc:"Messages that a full journal did not take"`
	Late          uint64            `json:"late"`
	Repeats       uint64            `json:"repeats"`
	Aircraft      int               `json:"aircraft" doc:"That report through it now"`
	LastSeen      time.Time         `json:"last_seen"`
	Skew          time.Duration     `json:"clock_skew_ns"`
	LastRejection *Rejection        `json:"last_rejection,omitempty"`
}

type sourcesOutput struct {
	Body struct {
		Sources []*SourceDetail `json:"sources"`
	}
}

func (s *Server) sourceOperations() {
	operation(s, huma.Operation{
		OperationID: "list-sources", Method: http.MethodGet, Path: "/api/v1/ingest/sources", Tags: []string{"ingest"},
		Summary: "What each source sent: received, rejected by reason, late, last seen, clock skew",
	}, lowsky.ReadSources, func(ctx context.Context, _ *struct{}) (*sourcesOutput, error) {
		out := &sourcesOutput{}
		out.Body.Sources = s.sources(principalOf(ctx).Scope)
		return out, nil
	})
}

// sources answers by id. Sources of which only garbage came belong to nobody: only Everything sees them.
func (s *Server) sources(scope lowsky.Scope) []*SourceDetail {
	var counts []SourceCount
	if s.cfg.Ingest != nil {
		counts = s.cfg.Ingest()
	}
	byID := make(map[lowsky.SourceID]*SourceDetail, len(counts))
	for _, c := range counts {
		rejected := c.Rejected
		if rejected == nil {
			rejected = map[string]uint64{}
		}
		byID[c.ID] = &SourceDetail{
			ID: c.ID, Format: c.Format, Link: c.Link, Received: c.Received, Rejected: rejected,
			NotLogged: c.NotLogged, LastSeen: c.LastSeen, LastRejection: c.LastRejection,
		}
	}
	visible := s.board.visibleSources(scope)
	s.board.mu.RLock()
	for id, v := range s.board.sources {
		d := byID[id]
		if d == nil {
			d = &SourceDetail{ID: id, Rejected: map[string]uint64{}}
			byID[id] = d
		}
		d.Format, d.Model, d.Down = cmp.Or(v.Format, d.Format), v.Model, v.Down
		d.Late, d.Repeats, d.Aircraft, d.Skew = v.Late, v.Repeats, v.Aircraft, v.Skew
		if v.LastSeen.After(d.LastSeen) {
			d.LastSeen = v.LastSeen
		}
	}
	s.board.mu.RUnlock()
	list := make([]*SourceDetail, 0, len(byID))
	for id, d := range byID {
		if everything(scope) || visible[id] {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *SourceDetail) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// visibleSources answers the sources through which an aircraft reports that the scope sees.
func (b *Board) visibleSources(scope lowsky.Scope) map[lowsky.SourceID]bool {
	if everything(scope) {
		return nil
	}
	visible := map[lowsky.SourceID]bool{}
	for _, e := range b.everybody() {
		if v := e.view.Load(); v != nil && scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
			visible[v.Source] = true
		}
	}
	return visible
}
