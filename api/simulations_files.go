package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"lowsky"
)

// scored answers a run that has a card.
func (s *Server) scored(ctx context.Context, id int64) (lowsky.Simulation, error) {
	m, err := s.simulation(ctx, id)
	if err == nil && m.Card == nil {
		return m, &Problem{Status: http.StatusConflict, Detail: say(ctx, lowsky.Text{ZH: "该仿真没有评分。", EN: "The simulation has no score."})}
	}
	return m, err
}

// simulationReport renders one report at a time: of a card of hundreds of runs it is megabytes.
func (s *Server) simulationReport(ctx context.Context, in *reportInput) (*downloadOutput, error) {
	if s.cfg.Report == nil {
		return nil, errNoPart
	}
	m, err := s.scored(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	select {
	case s.reporting <- struct{}{}:
		defer func() { <-s.reporting }()
	case <-ctx.Done():
		return nil, fmt.Errorf("report: %w", ctx.Err())
	}
	var page bytes.Buffer
	if err := s.cfg.Report(&page, m.Card, cmp.Or(in.Language, requestOf(ctx).language)); err != nil {
		return nil, fmt.Errorf("report of simulation %d: %w", m.ID, err)
	}
	return &downloadOutput{
		ContentType: "text/html; charset=utf-8", CSP: reportCSP, Disposition: fmt.Sprintf(`inline; filename="lowsky-simulation-%d.html"`, m.ID), Body: page.Bytes(),
	}, nil
}

func (s *Server) simulationCard(ctx context.Context, in *simulationPath) (*downloadOutput, error) {
	m, err := s.scored(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(m.Card)
	if err != nil {
		return nil, fmt.Errorf("card of simulation %d: %w", m.ID, err)
	}
	return &downloadOutput{
		ContentType: "application/json", CSP: reportCSP, Disposition: fmt.Sprintf(`attachment; filename="lowsky-simulation-%d.json"`, m.ID), Body: body,
	}, nil
}
