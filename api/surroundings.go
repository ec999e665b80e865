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

const (
	// maxStations and maxTraffic bound what is kept; the oldest report makes room.
	maxStations = 10_000
	maxTraffic  = 1000
	// trafficAge is how long crewed traffic is shown after it was last heard of.
	trafficAge = 60 * time.Second
)

// StationView is a dock, a remote controller or a weather mast: the newest of each thing that it reported.
type StationView struct {
	ID          string                             `json:"id"`
	Kind        lowsky.StationKind                 `json:"kind"`
	Source      lowsky.SourceID                    `json:"source_id"`
	ReceivedAt  time.Time                          `json:"received_at"`
	Position    lowsky.Opt[lowsky.Position]        `json:"position,omitzero"`
	Aircraft    lowsky.AircraftID                  `json:"aircraft_id,omitempty" doc:"Paired with it"`
	DroneInDock lowsky.Opt[bool]                   `json:"drone_in_dock,omitzero"`
	WindSpeed   lowsky.Opt[lowsky.MetresPerSecond] `json:"wind_speed_mps,omitzero"`
	Rain        lowsky.Opt[int]                    `json:"rain,omitzero" doc:"0 none, 1 light, 2 moderate, 3 heavy"`
	Temperature lowsky.Opt[float64]                `json:"temperature_c,omitzero"`
	Humidity    lowsky.Opt[lowsky.Percent]         `json:"humidity_pct,omitzero"`
	QNH         lowsky.Opt[float64]                `json:"qnh_hpa,omitzero"`
	Mode        string                             `json:"mode,omitempty"`
}

// TrafficView is crewed traffic, as an aircraft or a surveillance source saw it.
type TrafficView struct {
	ID            string                             `json:"id"`
	SeenBy        lowsky.AircraftID                  `json:"seen_by,omitempty"`
	Source        lowsky.SourceID                    `json:"source_id"`
	MeasuredAt    time.Time                          `json:"measured_at,omitzero"`
	ReceivedAt    time.Time                          `json:"received_at"`
	Age           float64                            `json:"age_s" doc:"Since it was received"`
	Position      lowsky.Position                    `json:"position"`
	Pressure      lowsky.Opt[lowsky.Metres]          `json:"pressure_altitude_m,omitzero" doc:"Above 1013.25 hPa"`
	GroundSpeed   lowsky.Opt[lowsky.MetresPerSecond] `json:"ground_speed_mps,omitzero"`
	Course        lowsky.Opt[lowsky.Degrees]         `json:"course_deg,omitzero"`
	VerticalSpeed lowsky.Opt[lowsky.MetresPerSecond] `json:"vertical_speed_mps,omitzero"`
	WarningLevel  int                                `json:"warning_level" doc:"0 to 4; 3 and above: give way"`
	Category      string                             `json:"category,omitempty"`

	jurisdictions []lowsky.JurisdictionID
}

// applyStation joins a report, which may hold only part, to what is known of the station.
func (b *Board) applyStation(r *lowsky.StationReport) {
	v := StationView{ID: r.Station}
	if old := b.stations[r.Station]; old != nil {
		v = *old
	} else {
		makeRoom(b.stations, maxStations, func(v *StationView) time.Time { return v.ReceivedAt })
	}
	v.Source, v.ReceivedAt = r.Source, r.ReceivedAt
	v.Kind, v.Aircraft, v.Mode = cmp.Or(r.Kind, v.Kind), cmp.Or(r.Aircraft, v.Aircraft), cmp.Or(r.Mode, v.Mode)
	renew(&v.Position, r.Position)
	renew(&v.DroneInDock, r.DroneInDock)
	renew(&v.WindSpeed, r.WindSpeed)
	renew(&v.Rain, r.Rain)
	renew(&v.Temperature, r.Temperature)
	renew(&v.Humidity, r.Humidity)
	renew(&v.QNH, r.QNH)
	b.stations[r.Station] = &v
}

func renew[T any](have *lowsky.Opt[T], now lowsky.Opt[T]) {
	if now.OK {
		*have = now
	}
}

func (b *Board) applyTraffic(r *lowsky.TrafficReport, js []lowsky.JurisdictionID) {
	if _, known := b.traffic[r.Traffic]; !known {
		makeRoom(b.traffic, maxTraffic, func(v *TrafficView) time.Time { return v.ReceivedAt })
	}
	b.traffic[r.Traffic] = &TrafficView{
		ID: r.Traffic, SeenBy: r.SeenBy, Source: r.Source, MeasuredAt: r.MeasuredAt, ReceivedAt: r.ReceivedAt,
		Position: r.Position, Pressure: r.PressureAltitude, jurisdictions: js,
		GroundSpeed: r.GroundSpeed, Course: r.Course, VerticalSpeed: r.VerticalSpeed,
		WarningLevel: r.WarningLevel, Category: r.Category,
	}
}

// makeRoom drops the oldest of a full map. It looks at all of them, which only somebody who floods us pays for.
func makeRoom[V any](m map[string]*V, most int, at func(*V) time.Time) {
	if len(m) < most {
		return
	}
	oldest, when := "", time.Time{}
	for id, v := range m {
		if oldest == "" || at(v).Before(when) {
			oldest, when = id, at(v)
		}
	}
	delete(m, oldest)
}

// Stations answers by id what the scope sees: the stations of sources that its aircraft report through.
func (b *Board) Stations(scope lowsky.Scope) []*StationView {
	visible, all := b.visibleSources(scope), everything(scope)
	b.mu.RLock()
	list := make([]*StationView, 0, len(b.stations))
	for _, v := range b.stations {
		if !all && !visible[v.Source] {
			continue
		}
		if !all && v.Aircraft != "" && !b.seesNamed(scope, v.Aircraft) {
			w := *v
			w.Aircraft, v = "", &w
		}
		list = append(list, v)
	}
	b.mu.RUnlock()
	slices.SortFunc(list, func(a, b *StationView) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// seesNamed reports whether the scope sees the aircraft by name. The caller holds b.mu.
func (b *Board) seesNamed(scope lowsky.Scope, id lowsky.AircraftID) bool {
	if e := b.entries[id]; e != nil {
		if v := e.view.Load(); v != nil {
			return scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario)
		}
	}
	a := b.register[id]
	return a != nil && scope.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario)
}

// heardOf answers the crewed traffic heard of in the minute before now. The caller holds b.mu.
func (b *Board) heardOf(now time.Time) []*TrafficView {
	list := make([]*TrafficView, 0, len(b.traffic))
	for _, v := range b.traffic {
		if now.Sub(v.ReceivedAt) <= trafficAge {
			list = append(list, v)
		}
	}
	return list
}

// Traffic answers by id the crewed traffic heard of in the minute before now that the scope sees: what its aircraft saw,
// what is in its jurisdictions, and of a company, without a name, what is near its flights.
func (b *Board) Traffic(scope lowsky.Scope, now time.Time) []*TrafficView {
	visible, all := b.visibleSources(scope), everything(scope)
	class := b.surroundings(scope)
	list := []*TrafficView{}
	b.mu.RLock()
	for _, v := range b.heardOf(now) {
		aged := *v
		aged.Age = max(0, now.Sub(v.ReceivedAt).Seconds())
		switch {
		case all || scope.Sees("", v.jurisdictions) || visible[v.Source]:
			if !all && !b.seesNamed(scope, v.SeenBy) {
				aged.SeenBy = ""
			}
		case class != nil:
			slot, near := class.crewed[v.ID]
			if !near {
				continue
			}
			aged = TrafficView{
				ID: stranger(slot), ReceivedAt: v.ReceivedAt, Age: aged.Age, Position: bare(v.Position), Pressure: v.Pressure,
				GroundSpeed: v.GroundSpeed, Course: v.Course, VerticalSpeed: v.VerticalSpeed,
			}
		default:
			continue
		}
		list = append(list, &aged)
	}
	b.mu.RUnlock()
	slices.SortFunc(list, func(a, b *TrafficView) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

type (
	stationsOutput struct {
		Body struct {
			Stations []*StationView `json:"stations"`
		}
	}
	trafficOutput struct {
		Body struct {
			Traffic []*TrafficView `json:"traffic"`
		}
	}
)

func (s *Server) surroundingOperations() {
	operation(s, huma.Operation{
		OperationID: "list-stations", Method: http.MethodGet, Path: "/api/v1/stations", Tags: []string{"ingest"},
		Summary: "Docks, remote controllers and weather masts: where, weather, drone in dock",
	}, lowsky.ReadFlights, func(ctx context.Context, _ *struct{}) (*stationsOutput, error) {
		out := &stationsOutput{}
		out.Body.Stations = s.board.Stations(principalOf(ctx).Scope)
		return out, nil
	})
	operation(s, huma.Operation{
		OperationID: "list-traffic", Method: http.MethodGet, Path: "/api/v1/traffic", Tags: []string{"tracks"},
		Summary: "Crewed traffic heard of in the last minute",
	}, lowsky.ReadFlights, func(ctx context.Context, _ *struct{}) (*trafficOutput, error) {
		out := &trafficOutput{}
		out.Body.Traffic = s.board.Traffic(principalOf(ctx).Scope, s.now())
		return out, nil
	})
}
