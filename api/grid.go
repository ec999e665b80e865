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
	"lowsky/airspace"
)

// maxGridCells is how many cells one answer may hold.
const maxGridCells = 10_000

// GridCell is one cell with traffic.
type GridCell struct {
	Code            string         `json:"code" doc:"BeiDou grid code, GB/T 39409, two-dimensional"`
	West            lowsky.Degrees `json:"west"`
	South           lowsky.Degrees `json:"south"`
	East            lowsky.Degrees `json:"east"`
	North           lowsky.Degrees `json:"north"`
	Aircraft        int            `json:"aircraft" doc:"Flying in it now, by their newest position"`
	AircraftMinutes int            `json:"aircraft_minutes" doc:"Over the last minutes: each aircraft counts once a minute, where it was first heard in that minute"`
}

type (
	gridInput struct {
		Level   int     `query:"level" minimum:"4" maximum:"7" default:"4" doc:"4: 1 minute of arc, 5: 4 seconds, 6: 2 seconds, 7: a quarter of a second"`
		West    float64 `query:"west" required:"true" minimum:"0" maximum:"180"`
		South   float64 `query:"south" required:"true" minimum:"0" maximum:"88"`
		East    float64 `query:"east" required:"true" minimum:"0" maximum:"180"`
		North   float64 `query:"north" required:"true" minimum:"0" maximum:"88"`
		Minutes int     `query:"minutes" minimum:"0" maximum:"60" default:"0" doc:"Of aircraft_minutes; 0: only who flies now"`
	}
	gridOutput struct {
		Body struct {
			Level    int        `json:"level"`
			Minutes  int        `json:"minutes"`
			At       time.Time  `json:"at"`
			Since    time.Time  `json:"since,omitzero" doc:"Since when minutes are counted: the hour begins anew with the server"`
			Complete bool       `json:"complete" doc:"False: a minute held more aircraft than are counted"`
			Cells    []GridCell `json:"cells" doc:"Only those with traffic, by code"`
		}
	}
)

func (s *Server) gridOperations() {
	operation(s, huma.Operation{
		OperationID: "get-grid", Method: http.MethodGet, Path: "/api/v1/grid", Tags: []string{"tracks"},
		Summary:     "Traffic by cells of the BeiDou grid",
		Description: "Cells of GB/T 39409 with traffic in the box, at most 10,000: more are refused (422), take a coarser level or a smaller box.",
	}, lowsky.ReadFlights, s.grid)
}

func (s *Server) grid(ctx context.Context, in *gridInput) (*gridOutput, error) {
	if in.West > in.East || in.South > in.North {
		return nil, &lowsky.InvalidError{Field: "west", Problem: "must not be east of east, nor south north of north"}
	}
	scope := principalOf(ctx).Scope
	t := tally{gridInput: in, cells: map[airspace.GridKey]*GridCell{}}
	for _, v := range s.board.Tracks(scope) {
		if !v.Position.OK || !flying(v) {
			continue
		}
		c, err := t.cell(float64(v.Position.Value.Longitude), float64(v.Position.Value.Latitude))
		if err != nil {
			return nil, err
		}
		if c != nil {
			c.Aircraft++
		}
	}
	now := s.now().UTC()
	seen := s.board.sightings(now, in.Minutes)
	sees := make([]bool, len(seen.owners))
	for i, o := range seen.owners {
		sees[i] = everything(scope) || i > 0 && scope.SeesFlight(o.organisation, o.jurisdictions, o.scenario)
	}
	for _, minute := range seen.minutes {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("grid: %w", err)
		}
		for _, p := range minute {
			if !sees[p.owner] {
				continue
			}
			c, err := t.cell(float64(p.longitude)/1e7, float64(p.latitude)/1e7)
			if err != nil {
				return nil, err
			}
			if c != nil {
				c.AircraftMinutes++
			}
		}
	}
	out := &gridOutput{}
	b := &out.Body
	b.Level, b.Minutes, b.At, b.Since, b.Complete = in.Level, in.Minutes, now, seen.since, !seen.cut
	b.Cells = make([]GridCell, 0, len(t.cells))
	for _, c := range t.cells {
		b.Cells = append(b.Cells, *c)
	}
	slices.SortFunc(b.Cells, func(a, b GridCell) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

// tally counts by cell within the box.
type tally struct {
	*gridInput
	cells map[airspace.GridKey]*GridCell
}

// cell answers the cell of a place; nil outside of the box.
func (t *tally) cell(lon, lat float64) (*GridCell, error) {
	if lon < t.West || lon > t.East || lat < t.South || lat > t.North {
		return nil, nil
	}
	key, ok := airspace.GridKeyAt(lowsky.Position{Longitude: lowsky.Degrees(lon), Latitude: lowsky.Degrees(lat)}, t.Level)
	if !ok {
		return nil, nil
	}
	c := t.cells[key]
	if c == nil {
		if len(t.cells) == maxGridCells {
			return nil, &lowsky.InvalidError{Field: "level", Problem: fmt.Sprintf("gives more than %d cells with traffic in this box: take a coarser one, or a smaller box", maxGridCells)}
		}
		g := key.Cell(t.Level)
		c = &GridCell{Code: g.Code, West: g.West, South: g.South, East: g.East, North: g.North}
		t.cells[key] = c
	}
	return c, nil
}
