package api

import (
	"cmp"
	"math"
	"slices"

	"lowsky"
	"lowsky/airspace"
)

// sky is who is in the air, by cells of about 5 km.
type sky struct {
	flights []flight
	cells   map[skyCell][]int32
	best    []float64 // of near, by flight: the square of its least distance from one of own
}

type flight struct {
	entry    *entry
	view     *lowsky.TrackView
	lon, lat float64
}

type skyCell struct{ row, column int32 }

const skyRow = 0.0456 // degrees of latitude: 5 km where a degree is shortest

func rowOf(lat float64) int32 { return int32(math.Floor(lat / skyRow)) }

// skyWidth is how many degrees of longitude are at least 5 km in a row and its neighbours.
func skyWidth(row int32) float64 {
	poleward := max(math.Abs(float64(row-1)), math.Abs(float64(row+2))) * skyRow
	return skyRow / max(math.Cos(min(poleward, 89.9)*math.Pi/180), 0.002)
}

func columnOf(lon float64, row int32) int32 { return int32(math.Floor(lon / skyWidth(row))) }

func skyOf(entries []*entry) *sky {
	s := &sky{flights: make([]flight, 0, len(entries)), cells: map[skyCell][]int32{}}
	for _, e := range entries {
		v := e.view.Load()
		if v == nil || !aloft(v) {
			continue
		}
		f := flight{e, v, float64(v.Position.Value.Longitude), float64(v.Position.Value.Latitude)}
		row := rowOf(f.lat)
		k := skyCell{row, columnOf(f.lon, row)}
		s.cells[k] = append(s.cells[k], int32(len(s.flights)))
		s.flights = append(s.flights, f)
	}
	s.best = make([]float64, len(s.flights))
	return s
}

// own answers the flights that the class sees by name.
func (s *sky) own(c *scopeClass) (own []*flight) {
	for i := range s.flights {
		f := &s.flights[i]
		if c.scope.SeesFlight(f.view.Organisation, f.view.Jurisdictions, f.view.Scenario) {
			own = append(own, f)
		}
	}
	return own
}

// near answers the flights within reach of one of own that the class does not see by name, the nearest maxNear of them.
func (s *sky) near(c *scopeClass, own []*flight) []*entry {
	const foreign, far = -1, -2 // in best, besides distances²; 0 is not looked at yet
	clear(s.best)
	var found []int32
	var cells [][]int32
	for _, o := range own {
		r := reachOf(o.lon, o.lat)
		cells = s.around(cells[:0], o.lon, o.lat)
		for _, cell := range cells {
			for _, i := range cell {
				f := &s.flights[i]
				if s.best[i] == 0 {
					s.best[i] = foreign
					if c.scope.SeesFlight(f.view.Organisation, f.view.Jurisdictions, f.view.Scenario) {
						s.best[i] = far
					}
				}
				if s.best[i] == far {
					continue
				}
				d, ok := r.to(f.lon, f.lat)
				if !ok || s.best[i] > 0 && s.best[i] <= d {
					continue
				}
				if s.best[i] == foreign {
					found = append(found, i)
				}
				s.best[i] = max(d, 1e-9)
			}
		}
	}
	if len(found) > maxNear {
		for _, i := range found { // who is shown stays while hardly farther than who is not: nobody comes and goes all the time
			if s.flights[i].entry.standing(c).is(standingAnonymous) {
				s.best[i] *= 0.8
			}
		}
		slices.SortFunc(found, func(a, b int32) int { return cmp.Or(cmp.Compare(s.best[a], s.best[b]), cmp.Compare(a, b)) })
		found = found[:maxNear]
	}
	entries := make([]*entry, len(found))
	for i, f := range found {
		entries[i] = s.flights[f].entry
	}
	return entries
}

// crewed answers the ids of the traffic within reach of one of own.
func (s *sky) crewed(own []*flight, traffic []*TrafficView) map[string]bool {
	ids := map[string]bool{}
	for _, t := range traffic {
		r := reachOf(float64(t.Position.Longitude), float64(t.Position.Latitude))
		if slices.ContainsFunc(own, func(o *flight) bool { _, ok := r.to(o.lon, o.lat); return ok }) {
			ids[t.ID] = true
		}
	}
	return ids
}

// around adds the flights in the cells about a place.
func (s *sky) around(cells [][]int32, lon, lat float64) [][]int32 {
	for row := rowOf(lat) - 1; row <= rowOf(lat)+1; row++ {
		width := skyWidth(row)
		for _, turn := range [...]float64{0, 360, -360} {
			west, east := lon+turn-width, lon+turn+width
			if east < -180 || west > 180 {
				continue // only near the antimeridian is there another side
			}
			for column := int32(math.Floor(west / width)); column <= int32(math.Floor(east/width)); column++ {
				if cell := s.cells[skyCell{row, column}]; len(cell) > 0 {
					cells = append(cells, cell)
				}
			}
		}
	}
	return cells
}

// reach finds what is within 5 km of a place. Most are decided on a plane with the scales of the place; its error there
// is below a hundredth up to 80° of latitude, and who is that near to the limit is measured.
type reach struct {
	lon, lat       float64
	perLon, perLat float64 // metres per degree
}

func reachOf(lon, lat float64) reach {
	const step = 0.01
	here := lowsky.Position{Longitude: lowsky.Degrees(lon), Latitude: lowsky.Degrees(lat)}
	east, north := here, here
	east.Longitude += step
	if north.Latitude += step; north.Latitude > 90 {
		north.Latitude -= 2 * step
	}
	return reach{lon, lat, float64(airspace.Distance(here, east)) / step, float64(airspace.Distance(here, north)) / step}
}

// to answers the square of the distance where it is at most nearby.
func (r *reach) to(lon, lat float64) (float64, bool) {
	dLon := lon - r.lon
	if dLon > 180 {
		dLon -= 360
	} else if dLon < -180 {
		dLon += 360
	}
	x, y := dLon*r.perLon, (lat-r.lat)*r.perLat
	d := x*x + y*y
	const limit, margin = float64(nearby) * float64(nearby), 0.02 // of the square
	switch {
	case d > limit*(1+margin):
		return 0, false
	case d < limit*(1-margin) && math.Abs(r.lat) < 80:
		return d, true
	}
	exact := airspace.Distance(
		lowsky.Position{Longitude: lowsky.Degrees(r.lon), Latitude: lowsky.Degrees(r.lat)},
		lowsky.Position{Longitude: lowsky.Degrees(lon), Latitude: lowsky.Degrees(lat)},
	)
	return float64(exact * exact), exact <= nearby
}
