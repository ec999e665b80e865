package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// records is what the operations read from store. Every read takes the scope of whoever asks.
type records interface {
	// History answers the stored reports of an aircraft that the scope sees with from <= at < to, oldest first, at most
	// limit. at is the instant of measurement, or of arrival where the device's clock is implausible.
	History(ctx context.Context, scope lowsky.Scope, id lowsky.AircraftID, from, to time.Time, limit int) ([]lowsky.HistoryPoint, error)
	// Alerts answers the newest stored revision of each alert that the query asks for.
	Alerts(ctx context.Context, scope lowsky.Scope, q lowsky.AlertQuery) ([]*lowsky.Alert, error)
	// AlertRevisions answers every stored revision of one alert, oldest first; ErrNotFound when there is none to see.
	AlertRevisions(ctx context.Context, scope lowsky.Scope, id lowsky.AlertID) ([]*lowsky.Alert, error)
	zoneRecords
}

// Tracks answers every track with the scope's rows, by aircraft id.
func (b *Board) Tracks(scope lowsky.Scope) []*lowsky.TrackView {
	entries := b.everybody()
	views := make([]*lowsky.TrackView, 0, len(entries))
	hide := b.redactor(scope)
	for _, e := range entries {
		if v := e.view.Load(); v != nil && scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
			views = append(views, b.shown(hide, v))
		}
	}
	slices.SortFunc(views, func(a, b *lowsky.TrackView) int { return cmp.Compare(a.ID, b.ID) })
	return views
}

// Track answers one track; ErrNotFound when there is none to see.
func (b *Board) Track(scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.TrackView, error) {
	b.mu.RLock()
	e := b.entries[id]
	b.mu.RUnlock()
	if e != nil {
		if v := e.view.Load(); v != nil && scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
			return b.shown(b.redactor(scope), v), nil
		}
	}
	return nil, fmt.Errorf("track %s: %w", id, lowsky.ErrNotFound)
}

// knows reports whether the scope sees the aircraft by name, flying or in the register.
func (b *Board) knows(scope lowsky.Scope, id lowsky.AircraftID) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.seesNamed(scope, id)
}

// TrackDetail is a track with everything that the aircraft's card shows.
type TrackDetail struct {
	Track    *lowsky.TrackView `json:"track"`
	Aircraft *lowsky.Aircraft  `json:"aircraft" doc:"The register's entry; null when it is not registered"`
	Contact  *Contact          `json:"contact" doc:"Whom to call; null when nobody is known"`
	Alerts   []AlertView       `json:"alerts" doc:"Its open alerts, most severe first"`
}

func (b *Board) detail(scope lowsky.Scope, v *lowsky.TrackView) TrackDetail {
	b.mu.RLock()
	defer b.mu.RUnlock()
	d := TrackDetail{Track: v, Contact: b.contact(v.ID), Alerts: []AlertView{}}
	if a := b.register[v.ID]; a != nil {
		entry := *a
		entry.ContactPhone = "" // looked up one at a time
		d.Aircraft = &entry
	}
	hide := b.redactor(scope)
	for _, id := range b.openAlertsOf(v.ID) {
		if a := b.alerts[id]; a.Visible(scope) {
			d.Alerts = append(d.Alerts, b.seenBy(hide, a))
		}
	}
	slices.SortFunc(d.Alerts, func(a, b AlertView) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.ID, b.ID))
	})
	return d
}

type (
	tracksInput struct {
		Box string `query:"bbox" doc:"west,south,east,north in degrees; west above east runs over the antimeridian" example:"113.5,29.0,115.0,30.4"`
	}
	tracksOutput struct {
		Body struct {
			At        time.Time           `json:"at"`
			Tracks    []*lowsky.TrackView `json:"tracks"`
			Anonymous []AnonymousTrack    `json:"anonymous" doc:"Of a company: traffic of others near its flights, by slot"`
		}
	}
	trackInput struct {
		Aircraft string `path:"aircraft_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
	}
	trackOutput  struct{ Body TrackDetail }
	historyInput struct {
		Aircraft string `path:"aircraft_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
		From     string `query:"from" doc:"RFC 3339 with zone; one hour before to when absent"`
		To       string `query:"to" doc:"RFC 3339 with zone; now when absent"`
		Limit    int    `query:"limit" minimum:"1" maximum:"100000" default:"10000"`
	}
	historyOutput struct {
		Body struct {
			Aircraft lowsky.AircraftID     `json:"aircraft_id"`
			From     time.Time             `json:"from"`
			To       time.Time             `json:"to"`
			Points   []lowsky.HistoryPoint `json:"points" doc:"Oldest first, by the instant of measurement"`
			Complete bool                  `json:"complete" doc:"False: the limit cut it off; go on from the instant of the last point"`
		}
	}
)

func (s *Server) trackOperations() {
	tags := []string{"tracks"}
	operation(s, huma.Operation{
		OperationID: "list-tracks", Method: http.MethodGet, Path: "/api/v1/tracks", Tags: tags,
		Summary: "Every aircraft of the live picture",
	}, lowsky.ReadFlights, s.listTracks)
	operation(s, huma.Operation{
		OperationID: "get-track", Method: http.MethodGet, Path: "/api/v1/tracks/{aircraft_id}", Tags: tags,
		Summary: "One aircraft: track, what cannot be judged, whom to call, open alerts",
	}, lowsky.ReadFlights, func(ctx context.Context, in *trackInput) (*trackOutput, error) {
		scope := principalOf(ctx).Scope
		v, err := s.board.Track(scope, lowsky.AircraftID(in.Aircraft))
		if err != nil {
			return nil, s.hidden(ctx, "aircraft", in.Aircraft, err)
		}
		return &trackOutput{s.board.detail(scope, v)}, nil
	})
	operation(s, huma.Operation{
		OperationID: "get-track-history", Method: http.MethodGet, Path: "/api/v1/tracks/{aircraft_id}/history", Tags: tags,
		Summary: "Stored reports of one aircraft",
	}, lowsky.ReadFlights, s.history)
}

func (s *Server) listTracks(ctx context.Context, in *tracksInput) (*tracksOutput, error) {
	inside := func(lowsky.Position) bool { return true }
	if in.Box != "" {
		n, err := queryNumbers("bbox", in.Box, 4)
		if err != nil {
			return nil, err
		}
		west, south, east, north := n[0], n[1], n[2], n[3]
		if south > north || west < -180 || west > 180 || east < -180 || east > 180 {
			return nil, &lowsky.InvalidError{Field: "bbox", Problem: "must be west,south,east,north in degrees"}
		}
		inside = func(p lowsky.Position) bool {
			lon, lat := float64(p.Longitude), float64(p.Latitude)
			in := lon >= west && lon <= east
			if west > east {
				in = lon >= west || lon <= east
			}
			return in && lat >= south && lat <= north
		}
	}
	scope := principalOf(ctx).Scope
	out := &tracksOutput{}
	out.Body.At = s.now().UTC()
	out.Body.Tracks = s.board.Tracks(scope)
	out.Body.Anonymous = s.board.AnonymousTracks(scope)
	if in.Box != "" {
		out.Body.Tracks = slices.DeleteFunc(out.Body.Tracks, func(v *lowsky.TrackView) bool {
			return !v.Position.OK || !inside(v.Position.Value)
		})
		out.Body.Anonymous = slices.DeleteFunc(out.Body.Anonymous, func(t AnonymousTrack) bool { return !inside(t.Position) })
	}
	return out, nil
}

// maxHistory is the longest span that one request may ask for.
const maxHistory = 31 * 24 * time.Hour

func (s *Server) history(ctx context.Context, in *historyInput) (*historyOutput, error) {
	from, err := queryTime("from", in.From)
	if err != nil {
		return nil, err
	}
	to, err := queryTime("to", in.To)
	if err != nil {
		return nil, err
	}
	if to.IsZero() {
		to = s.now().UTC()
	}
	if from.IsZero() {
		from = to.Add(-time.Hour)
	}
	switch {
	case !from.Before(to):
		return nil, &lowsky.InvalidError{Field: "from", Problem: "must be before to"}
	case to.Sub(from) > maxHistory:
		return nil, &lowsky.InvalidError{Field: "from", Problem: "must be at most 31 days before to"}
	case s.cfg.Records == nil:
		return nil, errNoPart
	}
	out := &historyOutput{}
	out.Body.Aircraft, out.Body.From, out.Body.To = lowsky.AircraftID(in.Aircraft), from, to
	scope := principalOf(ctx).Scope
	points, err := s.cfg.Records.History(ctx, scope, out.Body.Aircraft, from, to, in.Limit+1)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", in.Aircraft, err)
	}
	if len(points) == 0 && !everything(scope) && !s.board.knows(scope, out.Body.Aircraft) {
		return nil, s.hidden(ctx, "aircraft", in.Aircraft, fmt.Errorf("history of %s: %w", in.Aircraft, lowsky.ErrNotFound))
	}
	out.Body.Complete = len(points) <= in.Limit
	out.Body.Points = append([]lowsky.HistoryPoint{}, points[:min(len(points), in.Limit)]...)
	return out, nil
}
