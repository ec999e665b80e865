package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"

	"lowsky"
)

// Region is the region pack as the map needs it.
type Region struct {
	ID            string                `json:"id"`
	Name          lowsky.Text           `json:"name"`
	Jurisdictions []lowsky.Jurisdiction `json:"jurisdictions" doc:"Outlines and seats; schematic ones are labelled 示意"`
	Organisations []Organisation        `json:"organisations"`
	Places        []Place               `json:"places"`
	Lines         []Line                `json:"lines" doc:"Schematic courses, such as rivers"`
	ZoneKinds     []ZoneKind            `json:"zone_kinds" doc:"Kinds of object that zones are made for"`
	Credits       []lowsky.Text         `json:"credits" doc:"What the data's licences ask the map to show"`
}

// ZoneKind is a kind of object that zones protect or serve.
type ZoneKind struct {
	Kind        string        `json:"kind" doc:"The property kind of a zone"`
	Name        lowsky.Text   `json:"name"`
	Buffer      lowsky.Metres `json:"buffer_m" doc:"Written into a zone of this kind that is published without a buffer"`
	WarningBand lowsky.Metres `json:"warning_band_m" doc:"Proposed to whoever draws one"`
}

// Place is a landmark for orientation.
type Place struct {
	Name      lowsky.Text    `json:"name"`
	Kind      string         `json:"kind,omitempty"`
	Longitude lowsky.Degrees `json:"longitude_deg"`
	Latitude  lowsky.Degrees `json:"latitude_deg"`
}

// Organisation is a company, a department or the city itself.
type Organisation struct {
	ID           lowsky.OrganisationID `json:"id"`
	Name         lowsky.Text           `json:"name"`
	Jurisdiction lowsky.JurisdictionID `json:"jurisdiction_id"`
	Demo         bool                  `json:"demo,omitempty"`
}

// Line is a schematic course on the map.
type Line struct {
	Kind   string         `json:"kind"`
	Name   lowsky.Text    `json:"name"`
	Points orb.LineString `json:"points" doc:"[longitude, latitude] pairs"`
}

// Status is how the platform is.
type Status struct {
	Version  string                `json:"version"`
	Region   string                `json:"region"`
	Demo     bool                  `json:"demo" doc:"The demo fleet flies"`
	Database Component             `json:"database"`
	Journal  Component             `json:"journal"`
	Broker   Component             `json:"broker"`
	DJI      DJIStatus             `json:"dji"`
	Storage  Storage               `json:"storage"`
	Picture  *lowsky.PictureHealth `json:"picture" doc:"null before the first tick"`
	Streams  int                   `json:"streams" doc:"Consoles connected"`
	At       time.Time             `json:"at"`
}

// Component is one part of the platform.
type Component struct {
	State   string    `json:"state" enum:"ok,slow,full,down,off"`
	Detail  string    `json:"detail,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Backlog uint64    `json:"backlog,omitempty"`
}

// DJIStatus says whether docks can come online.
type DJIStatus struct {
	Configured bool        `json:"configured" doc:"App id, key and licence are set"`
	Missing    []string    `json:"missing,omitempty" doc:"Settings that are not"`
	Message    lowsky.Text `json:"message,omitzero" doc:"Why docks stay offline"`
}

// RuleView is one active rule.
type RuleView struct {
	ID         lowsky.RuleID          `json:"id"`
	Name       lowsky.Text            `json:"name"`
	Hazard     lowsky.Hazard          `json:"hazard"`
	Clause     lowsky.Clause          `json:"clause"`
	Trigger    string                 `json:"trigger" enum:"report,tick,group"`
	For        time.Duration          `json:"for_ns" doc:"The condition must hold this long before the alert fires"`
	KeepFiring time.Duration          `json:"keep_firing_ns" doc:"and be judged clear this long before it resolves"`
	Texts      map[string]lowsky.Text `json:"texts" doc:"By variant"`
	Advice     map[string]lowsky.Text `json:"advice,omitempty"`
}

// PackView is one active rule pack.
type PackView struct {
	lowsky.PackRef
	Name     lowsky.Text     `json:"name"`
	Scenario lowsky.Scenario `json:"scenario,omitempty"`
	Rules    []RuleView      `json:"rules"`
}

type (
	regionOutput struct{ Body *Region }
	statusOutput struct{ Body Status }
	rulesOutput  struct {
		Body struct {
			Count int        `json:"count" doc:"Rules over all packs"`
			Packs []PackView `json:"packs"`
		}
	}
)

func (s *Server) platformOperations() {
	tags := []string{"platform"}
	operation(s, huma.Operation{
		OperationID: "get-region", Method: http.MethodGet, Path: "/api/v1/region", Tags: tags,
		Summary: "The region: outlines, seats, places and the credit that their data ask for",
	}, anybody, func(context.Context, *struct{}) (*regionOutput, error) {
		if s.cfg.Region == nil {
			return nil, errNoPart
		}
		return &regionOutput{s.cfg.Region}, nil
	})
	operation(s, huma.Operation{
		OperationID: "get-status", Method: http.MethodGet, Path: "/api/v1/status", Tags: tags,
		Summary: "How the platform is",
	}, lowsky.ReadPlatform, s.status)
	operation(s, huma.Operation{
		OperationID: "list-rules", Method: http.MethodGet, Path: "/api/v1/rules", Tags: tags,
		Summary: "The rules that every report is judged by",
	}, lowsky.ReadPlatform, s.rules)
}

func (s *Server) status(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	var st Status
	if s.cfg.Status != nil {
		st = s.cfg.Status(ctx)
	}
	if st.Version == "" {
		st.Version = s.cfg.Version
	}
	if st.Region == "" && s.cfg.Region != nil {
		st.Region = s.cfg.Region.ID
	}
	for _, c := range []*Component{&st.Database, &st.Journal, &st.Broker} {
		if c.State == "" {
			c.State = "off"
		}
	}
	st.At = s.now().UTC()
	st.Streams = s.board.clientCount()
	s.board.mu.RLock()
	st.Storage, st.Picture = s.board.storage, healthTo(principalOf(ctx).Scope, s.board.health)
	s.board.mu.RUnlock()
	return &statusOutput{st}, nil
}

func (s *Server) rules(context.Context, *struct{}) (*rulesOutput, error) {
	out := &rulesOutput{}
	out.Body.Packs = []PackView{}
	if s.cfg.Rules == nil {
		return out, nil
	}
	for _, p := range s.cfg.Rules() {
		v := PackView{PackRef: p.PackRef, Name: p.Name, Scenario: p.Scenario, Rules: []RuleView{}}
		for _, r := range p.Rules {
			v.Rules = append(v.Rules, RuleView{
				ID: r.ID, Name: r.Name, Hazard: r.Hazard, Clause: r.Clause, Trigger: triggerName(r.On),
				For: r.For, KeepFiring: r.KeepFiring, Texts: r.Texts, Advice: r.Advice,
			})
			out.Body.Count++
		}
		out.Body.Packs = append(out.Body.Packs, v)
	}
	return out, nil
}

func triggerName(t lowsky.Trigger) string {
	switch t {
	case lowsky.EachTick:
		return "tick"
	case lowsky.EachTickGroup:
		return "group"
	}
	return "report"
}
