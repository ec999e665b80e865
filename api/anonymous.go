package api

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"lowsky"
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
