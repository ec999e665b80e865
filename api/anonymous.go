package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
)

const (
	// nearby is how far from a flight of its own a company sees other traffic, without a name.
	nearby lowsky.Metres = 5000
	// maxNear is how much of it one class sees: the nearest.
	maxNear = 500
	// nearFresh is how old the last look may be when somebody asks over REST, and nearRead for how long after that the
	// hub goes on looking for somebody who may ask again.
	nearFresh = 1500 * time.Millisecond
	nearRead  = time.Minute
	// nearStep is how many come or go under one hold of the board's lock: the picture waits for it.
	nearStep = 32
)

// aloft reports whether an aircraft is in the air as far as is known.
func aloft(v *lowsky.TrackView) bool {
	switch v.State {
	case lowsky.TrackAirborne, lowsky.TrackEmergency, lowsky.TrackLost, lowsky.TrackUnconfirmed:
		return v.Position.OK && v.Position.Value.Check() == nil
	}
	return false
}

// anonymise keeps near up to date until ctx ends.
func (h *Hub) anonymise(ctx context.Context) {
	tick := time.NewTicker(h.cfg.Anonymous)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.board.anonymise(0)
		}
	}
}

// anonymise looks which traffic is near the flights of each class that sees it without a name, for those whose last look
// is older than fresh. It runs beside Publish and holds the board's lock for moments.
func (b *Board) anonymise(fresh time.Duration) {
	b.anonymising.Lock()
	defer b.anonymising.Unlock()
	now := b.cfg.Now()
	var due []*scopeClass
	idle := false
	b.mu.RLock()
	for _, c := range b.classes {
		if c.scope.Anonymous && !c.all && now.UnixNano()-c.looked.Load() >= int64(fresh) {
			due = append(due, c)
		}
		idle = idle || len(c.clients) == 0 && now.Sub(c.lastRead()) >= b.cfg.SlotPark
	}
	var crewed []*TrafficView
	if len(due) > 0 {
		crewed = b.heardOf(now)
	}
	b.mu.RUnlock()
	if idle {
		b.mu.Lock()
		b.dropIdle(now)
		b.mu.Unlock()
	}
	if len(due) == 0 {
		return
	}
	sky := skyOf(b.everybody())
	for _, c := range due {
		var near []*entry
		var named map[string]bool
		b.mu.RLock()
		watched := len(c.clients) > 0 || now.Sub(c.lastRead()) < nearRead
		b.mu.RUnlock()
		if watched {
			own := sky.own(c)
			near, named = sky.near(c, own), sky.crewed(own, crewed)
		}
		b.surround(c, near, named)
		c.looked.Store(now.UnixNano())
	}
}

// surround tells the class who came near and who left.
func (b *Board) surround(c *scopeClass, near []*entry, crewed map[string]bool) {
	stays := make(map[*entry]struct{}, len(near))
	for _, e := range near {
		stays[e] = struct{}{}
	}
	var leaving []*entry
	b.mu.Lock()
	for e := range c.near {
		if _, ok := stays[e]; !ok {
			leaving = append(leaving, e)
		}
	}
	for id, slot := range c.crewed {
		if !crewed[id] {
			delete(c.crewed, id)
			c.slots.release(slot, c.now())
		}
	}
	for id := range crewed {
		if _, ok := c.crewed[id]; !ok {
			c.crewed[id] = c.slots.take(c.now())
		}
	}
	b.mu.Unlock()
	for some := range slices.Chunk(leaving, nearStep) {
		b.mu.Lock()
		for _, e := range some {
			if e.standing(c).is(standingAnonymous) { // else it is own by now, or gone
				c.gone(e)
			}
		}
		b.mu.Unlock()
	}
	// In no order that another class could see.
	rand.Shuffle(len(near), func(i, j int) { near[i], near[j] = near[j], near[i] })
	for some := range slices.Chunk(near, nearStep) {
		b.mu.Lock()
		for _, e := range some {
			v := e.view.Load()
			if v == nil || !aloft(v) || e.standing(c) != 0 || c.scope.SeesFlight(v.Organisation, v.Jurisdictions, v.Scenario) {
				continue
			}
			c.enter(e, standingAnonymous)
			c.introduce(e)
			b.mark(e) // its next report may be a while
		}
		b.mu.Unlock()
	}
}

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

// AnonymousTrack is an aircraft of somebody else near a flight of one's own: where it is, and nothing that names it.
type AnonymousTrack struct {
	Slot          uint32                             `json:"slot" doc:"As in the stream; of this scope only, and another one each time that it comes near"`
	Position      lowsky.Position                    `json:"position"`
	AGL           lowsky.Opt[lowsky.Metres]          `json:"height_agl_m,omitzero"`
	GroundSpeed   lowsky.Opt[lowsky.MetresPerSecond] `json:"ground_speed_mps,omitzero"`
	Course        lowsky.Opt[lowsky.Degrees]         `json:"course_deg,omitzero"`
	VerticalSpeed lowsky.Opt[lowsky.MetresPerSecond] `json:"vertical_speed_mps,omitzero"`
	State         lowsky.TrackState                  `json:"state"`
	Age           lowsky.Opt[float64]                `json:"age_s,omitzero"`
}

// AnonymousTracks answers by slot the traffic near the scope's own flights; none unless the scope is Anonymous.
func (b *Board) AnonymousTracks(scope lowsky.Scope) []AnonymousTrack {
	tracks := []AnonymousTrack{}
	c := b.surroundings(scope)
	if c == nil {
		return tracks
	}
	b.mu.RLock()
	near := make([]*entry, 0, len(c.near))
	for e := range c.near {
		near = append(near, e)
	}
	b.mu.RUnlock()
	now := b.cfg.Now()
	for _, e := range near {
		v := e.view.Load()
		if v == nil {
			continue
		}
		var r Row
		slot, named, ok := c.shows(e, v)
		if !ok || named || !r.fill(slot, v, now) {
			continue
		}
		tracks = append(tracks, AnonymousTrack{
			Slot: slot, Position: bare(v.Position.Value), AGL: finiteOpt(r.AGL), GroundSpeed: finiteOpt(r.GroundSpeed),
			Course: finiteOpt(r.Course), VerticalSpeed: finiteOpt(r.VerticalSpeed), State: r.State, Age: r.Age,
		})
	}
	slices.SortFunc(tracks, func(a, b AnonymousTrack) int { return cmp.Compare(a.Slot, b.Slot) })
	return tracks
}

// surroundings answers the class of a scope that sees anonymous traffic, with near up to date; nil for any other scope.
func (b *Board) surroundings(scope lowsky.Scope) *scopeClass {
	if !scope.Anonymous || everything(scope) {
		return nil
	}
	key := classKey(scope)
	b.mu.RLock()
	c := b.classes[key]
	b.mu.RUnlock()
	if c == nil {
		b.mu.Lock()
		c = b.class(scope)
		b.mu.Unlock()
	}
	now := b.cfg.Now()
	c.used.Store(now.UnixNano())
	if now.UnixNano()-c.looked.Load() >= int64(nearFresh) {
		b.anonymise(nearFresh)
	}
	return c
}

// bare is a position without what tells one aircraft's way of reporting from another's.
func bare(p lowsky.Position) lowsky.Position {
	return lowsky.Position{Longitude: p.Longitude, Latitude: p.Latitude, HAE: finiteOpt(p.HAE)}
}

func finiteOpt[T ~float64](o lowsky.Opt[T]) lowsky.Opt[T] {
	if !o.OK || !lowsky.Finite(o.Value) {
		return lowsky.Opt[T]{}
	}
	return o
}

// stranger is how crewed traffic is called that comes near; its id in the list of a class.
func stranger(slot uint32) string { return fmt.Sprintf("anonymous-%d", slot) }
