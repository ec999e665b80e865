package api

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
)

// frame is the positions of some aircraft, encoded once, by whichever writer comes to it first, with the newest
// positions of that moment and of those only that its class may see at that moment. entries is not changed after the
// frame was offered.
type frame struct {
	entries []*entry
	class   *scopeClass
	flags   uint8
	at      time.Time

	binary, text encoded
}

type encoded struct {
	once sync.Once
	msg  *websocket.PreparedMessage
	size int
	err  error
}

// prepared answers the frame ready to send, nil when no aircraft of it has a position that the scope sees any more.
func (f *frame) prepared(asJSON bool) (*websocket.PreparedMessage, int, error) {
	enc, kind, encode := &f.binary, websocket.BinaryMessage, f.encode
	if asJSON {
		enc, kind, encode = &f.text, websocket.TextMessage, f.encodeJSON
	}
	enc.once.Do(func() {
		raw, err := encode()
		if raw == nil || err != nil {
			enc.err = err
			return
		}
		enc.size = len(raw)
		enc.msg, enc.err = websocket.NewPreparedMessage(kind, raw)
	})
	return enc.msg, enc.size, enc.err
}

// sight is one aircraft as a class may draw it.
type sight struct {
	slot  uint32
	named bool
	view  *lowsky.TrackView
}

// row makes the row of an aircraft; false when there is nothing to draw. An anonymous one has no alerts.
func (f *frame) row(r *Row, s *sight) bool {
	if !r.fill(s.slot, s.view, f.at) {
		return false
	}
	if !s.named {
		r.Severity = 0
	}
	return true
}

func (f *frame) encode() ([]byte, error) {
	if !f.class.all {
		return f.encodeSome(), nil
	}
	w := newFrameWriter(len(f.entries))
	var r Row
	var n int
	var sequence uint64
	for _, e := range f.entries {
		v := e.view.Load()
		if v == nil || !f.row(&r, &sight{e.slot, true, v}) {
			continue
		}
		w.put(n, &r)
		n++
		sequence = max(sequence, e.seq.Load())
	}
	if n == 0 {
		return nil, nil
	}
	return w.finish(n, f.flags, sequence, f.at.UnixMilli()), nil
}

// encodeSome is encode for a restricted class. Rows are in the order of slots and the sequence is 0: neither tells which
// row of another class's frame is the same aircraft.
func (f *frame) encodeSome() []byte {
	var seen []sight
	for _, e := range f.entries {
		v := e.view.Load() // before its standing: what was seen by an older view is refused, never the other way round
		if v == nil {
			continue
		}
		slot, named, ok := f.class.shows(e, v)
		if ok && (named || f.flags&FlagAlerting == 0) {
			seen = append(seen, sight{slot, named, v})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	slices.SortFunc(seen, func(a, b sight) int { return cmp.Compare(a.slot, b.slot) })
	w := newFrameWriter(len(seen))
	var r Row
	n := 0
	for i := range seen {
		if f.row(&r, &seen[i]) {
			w.put(n, &r)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return w.finish(n, f.flags, 0, f.at.UnixMilli())
}

// positionsFrame is a position frame for people: the same columns as arrays.
type positionsFrame struct {
	Type          string                               `json:"type"`
	Flags         uint8                                `json:"flags"`
	Sequence      uint64                               `json:"sequence"`
	TimeMS        int64                                `json:"time_ms"`
	Slot          []uint32                             `json:"slot"`
	Longitude     []lowsky.Degrees                     `json:"longitude_deg"`
	Latitude      []lowsky.Degrees                     `json:"latitude_deg"`
	HAE           []lowsky.Opt[lowsky.Metres]          `json:"altitude_hae_m"`
	AGL           []lowsky.Opt[lowsky.Metres]          `json:"height_agl_m"`
	GroundSpeed   []lowsky.Opt[lowsky.MetresPerSecond] `json:"ground_speed_mps"`
	Course        []lowsky.Opt[lowsky.Degrees]         `json:"course_deg"`
	VerticalSpeed []lowsky.Opt[lowsky.MetresPerSecond] `json:"vertical_speed_mps"`
	Age           []lowsky.Opt[float64]                `json:"age_s"`
	State         []int                                `json:"state"`
	Severity      []int                                `json:"severity"`
}

// encodeJSON goes through the binary form, so that both say the same.
func (f *frame) encodeJSON() ([]byte, error) {
	raw, err := f.encode()
	if raw == nil || err != nil {
		return nil, err
	}
	d, err := DecodeFrame(raw)
	if err != nil {
		return nil, err
	}
	p := positionsFrame{Type: "positions", Flags: d.Flags, Sequence: d.Sequence, TimeMS: d.TimeMS}
	for _, r := range d.Rows {
		p.Slot = append(p.Slot, r.Slot)
		p.Longitude, p.Latitude = append(p.Longitude, r.Longitude), append(p.Latitude, r.Latitude)
		p.HAE, p.AGL = append(p.HAE, r.HAE), append(p.AGL, r.AGL)
		p.GroundSpeed, p.Course = append(p.GroundSpeed, r.GroundSpeed), append(p.Course, r.Course)
		p.VerticalSpeed, p.Age = append(p.VerticalSpeed, r.VerticalSpeed), append(p.Age, r.Age)
		p.State, p.Severity = append(p.State, int(r.State)), append(p.Severity, int(r.Severity))
	}
	return json.Marshal(p)
}

// tiles is where every aircraft was at the last flush. It belongs to the hub, under Hub.tilesMu.
type tiles struct {
	members  map[tile]map[*entry]struct{}
	alerting map[*entry]struct{}
	full     map[fullKey]fullFrame // made since their tile last changed
	spare    []*entry
}

type fullKey struct {
	class *scopeClass
	tile  tile
}

type fullFrame struct {
	*frame
	changes uint64 // of the class when it was made
}

func newTiles() tiles {
	return tiles{
		members:  map[tile]map[*entry]struct{}{},
		alerting: map[*entry]struct{}{},
		full:     map[fullKey]fullFrame{},
	}
}

// flush turns what changed since the last one into frames and offers each client those of its tiles.
func (h *Hub) flush(now time.Time) {
	h.tilesMu.Lock()
	defer h.tilesMu.Unlock()

	b := h.board
	b.mu.Lock()
	dirty := b.dirty
	b.dirty = h.tiles.spare[:0]
	b.mu.Unlock()

	changed, alerting := h.tiles.move(dirty)
	clear(dirty)
	h.tiles.spare = dirty[:0]

	type key struct {
		class *scopeClass
		tile  tile
	}
	made := map[key]*frame{}
	madeAlerting := map[*scopeClass]*frame{}
	for c := range h.clients {
		if c.class == nil {
			continue // still shaking hands
		}
		var frames []*frame
		if len(alerting) > 0 {
			f := madeAlerting[c.class]
			if f == nil {
				f = &frame{entries: alerting, class: c.class, flags: FlagAlerting, at: now}
				madeAlerting[c.class] = f
			}
			frames = append(frames, f)
		}
		for t, entries := range changed {
			if !c.box.contains(t) {
				continue
			}
			f := made[key{c.class, t}]
			if f == nil {
				f = &frame{entries: entries, class: c.class, at: now}
				made[key{c.class, t}] = f
			}
			frames = append(frames, f)
		}
		c.offer(frames)
		h.followWatched(c, now)
	}
}

// move brings membership up to date and answers, per tile, the aircraft that changed in it or left it, and those that
// are alerting or have just stopped.
func (ts *tiles) move(dirty []*entry) (changed map[tile][]*entry, alerting []*entry) {
	changed = map[tile][]*entry{}
	for _, e := range dirty {
		e.dirty.Store(false) // before the load: what comes after it is in the next flush
		v := e.view.Load()
		if v == nil {
			ts.forget(e)
			continue
		}
		if !v.Position.OK {
			continue
		}
		t := tileOf(v.Position.Value.Longitude, v.Position.Value.Latitude)
		if e.placed && e.tile != t {
			changed[e.tile] = append(changed[e.tile], e) // once more where it was: nobody keeps a ghost
			ts.leave(e)
		}
		if !e.placed {
			if ts.members[t] == nil {
				ts.members[t] = map[*entry]struct{}{}
			}
			ts.members[t][e] = struct{}{}
			e.tile, e.placed = t, true
		}
		changed[t] = append(changed[t], e)
		if alert := v.Severity != lowsky.SeverityNone; alert || e.alerting {
			alerting = append(alerting, e) // once more when it stops
			e.alerting = alert
			if alert {
				ts.alerting[e] = struct{}{}
			} else {
				delete(ts.alerting, e)
			}
		}
	}
	for k := range ts.full {
		if _, ok := changed[k.tile]; ok {
			delete(ts.full, k)
		}
	}
	return changed, alerting
}

func (ts *tiles) forget(e *entry) {
	if e.placed {
		ts.leave(e)
	}
	delete(ts.alerting, e)
}

func (ts *tiles) leave(e *entry) {
	m := ts.members[e.tile]
	delete(m, e)
	if len(m) == 0 {
		delete(ts.members, e.tile)
	}
	e.placed = false
}

// fullTile is every aircraft of a tile, made once until the tile changes, or who is seen of the class.
func (ts *tiles) fullTile(c *scopeClass, t tile, now time.Time) *frame {
	k := fullKey{c, t}
	changes := c.changes.Load()
	f, ok := ts.full[k]
	if !ok || f.changes != changes {
		f = fullFrame{&frame{entries: entriesOf(ts.members[t]), class: c, flags: FlagFull, at: now}, changes}
		ts.full[k] = f
	}
	return f.frame
}

func entriesOf(m map[*entry]struct{}) []*entry {
	entries := make([]*entry, 0, len(m))
	for e := range m {
		entries = append(entries, e)
	}
	return entries
}
