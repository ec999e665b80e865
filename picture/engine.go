package picture

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// Defaults of [Config] where it leaves them zero.
const (
	DefaultLookAhead  = 30 * time.Second
	DefaultNear       = lowsky.Metres(50)
	DefaultKeepSilent = 30 * time.Minute
	DefaultMaxTracks  = 200_000
)

// Config is everything an [Engine] begins with. What it points to is not changed afterwards by anybody.
type Config struct {
	Packs []*lowsky.RulePack
	Zones *airspace.Index // nil: no zones
	Areas *airspace.Areas // nil: positions lie in no jurisdiction
	// Terrain is nil while there is none.
	Terrain  airspace.Terrain
	Aircraft []*lowsky.Aircraft
	// Alerts are the open ones, with their handling and clocks. Any other alert that people may still handle may be
	// among them.
	Alerts []*lowsky.Alert
	// LastSeen are the aircraft that flew when they were last heard before the start.
	LastSeen []lowsky.LastSeen
	// HeightCorrections are applied to the positions of their sources; the reports stay as they are.
	HeightCorrections []lowsky.HeightCorrection
	// Organisation owns what belongs to nobody known: unregistered aircraft, sources, rules.
	Organisation lowsky.OrganisationID

	LookAhead  time.Duration // how far entries into zones are predicted
	Near       lowsky.Metres // zones nearer than this are among the relations
	KeepSilent time.Duration // how long a silent track on the ground is kept
	MaxTracks  int           // reports of further aircraft are counted and refused
}

// Engine is the pure core of the picture: it consumes records in the journal's order and answers with what changed.
// The same configuration and records give the same bytes. It is not safe for concurrent use; [Picture] owns one.
type Engine struct {
	cfg      Config
	zones    *airspace.Index
	register map[lowsky.AircraftID]*lowsky.Aircraft
	names    names

	rules                     []*rule
	onReport, onTick, onGroup []*rule
	byHazard                  map[lowsky.Hazard][]*rule

	now time.Time // of the record in hand; never decreases
	seq uint64    // of the record in hand

	tracks      []*track // by slot; nil where free
	free        []int
	freeSources []int
	byID        map[lowsky.AircraftID]*track
	sources     []*source // by slot; nil where free
	sourceOf    map[lowsky.SourceID]*source
	corrections corrections
	objects     map[lowsky.Object]*object
	alerts      map[lowsky.AlertID]*alert
	open        []*alert // not resolved, oldest first
	resolved    []*alert // oldest first, people may still handle them
	lingering   []*alert // resolved within the last 60 s: firing again continues them
	previous    map[lowsky.AlertKey]lowsky.AlertID

	traffic     map[string]*traffic
	trafficBy   []*traffic // by slot; nil where free
	freeTraffic []int
	pressures   []pressure
	pairs       pairing

	// Scratch of one Step.
	changes      []lowsky.Change
	outcomes     []Outcome
	answering    []answering
	faults       []Fault
	dirtyTracks  []*track
	dirtyAlerts  []*alert
	situation    lowsky.Situation
	verdicts     verdicts
	lateTrack    lowsky.Track
	query        airspace.Query
	lateRelation []lowsky.ZoneRelation
	unjudged     []lowsky.Unjudged
	orphans      []*alert // loaded, their aircraft not heard yet
	restored     []*track // seen before the start, until the first tick

	sweep      sweep
	stamp      uint64   // of the asking in hand
	waiting    []*alert // found late, with more to tell at the next tick
	selfRule   *rule
	mismatches int                 // open alerts on devices that spoke as others
	lost       []*alert            // loaded, no rule feeds them any more
	renamed    []lowsky.AircraftID // of loaded alerts, that are other names of registered aircraft now
	startedAt  time.Time           // of the first tick
	counts     Counts
}

// Counts is what the engine has counted since it was made.
type Counts struct {
	Reports      uint64 // telemetry reports consumed
	Late         uint64
	Repeats      uint64
	Jumps        uint64 // impossible jumps seen
	ClockSuspect uint64 // missing, before 2020 or more than an hour off
	Skipped      uint64 // named by RecordSkipped
	Refused      uint64 // reports of aircraft beyond MaxTracks, or that name no aircraft that could be found
	RuleFaults   uint64 // panics recovered
	BadRecords   uint64 // publications and commands that could not be read or applied
	LastJudgedAt time.Time
}

// Fault is a panic of a rule or a record that could not be applied, for the log.
type Fault struct {
	Rule  lowsky.RuleID
	Seq   uint64
	Cause string
}

// Outcome is what became of a [lowsky.HandlingCommand]. Err wraps ErrNotFound, ErrForbidden, ErrConflict, ErrStale or ErrInvalid when
// it was refused; Alert is then the present revision where there is one.
type Outcome struct {
	Command string // the command's ID
	Alert   *lowsky.Alert
	Err     error
}

// NewEngine makes an engine. It refuses two rules of one id, a rule without Check and an alert that cannot be one.
func NewEngine(cfg Config) (*Engine, error) {
	if cfg.LookAhead <= 0 {
		cfg.LookAhead = DefaultLookAhead
	}
	if cfg.Near <= 0 {
		cfg.Near = DefaultNear
	}
	if cfg.KeepSilent <= 0 {
		cfg.KeepSilent = DefaultKeepSilent
	}
	if cfg.MaxTracks <= 0 {
		cfg.MaxTracks = DefaultMaxTracks
	}
	e := &Engine{
		cfg: cfg, zones: cfg.Zones,
		register: make(map[lowsky.AircraftID]*lowsky.Aircraft, len(cfg.Aircraft)),
		byHazard: map[lowsky.Hazard][]*rule{},
		byID:     map[lowsky.AircraftID]*track{}, sourceOf: map[lowsky.SourceID]*source{},
		objects: map[lowsky.Object]*object{}, alerts: map[lowsky.AlertID]*alert{},
		corrections: correctionsOf(cfg.HeightCorrections),
		previous:    map[lowsky.AlertKey]lowsky.AlertID{}, names: newNames(),
		traffic: map[string]*traffic{},
	}
	if e.zones == nil {
		ix, err := airspace.NewIndex(nil)
		if err != nil {
			return nil, fmt.Errorf("empty zone index: %w", err)
		}
		e.zones = ix
	}
	if err := e.compile(cfg.Packs); err != nil {
		return nil, err
	}
	for _, a := range cfg.Aircraft {
		e.enrol(a.ID, a)
	}
	for _, a := range cfg.Alerts {
		if err := e.load(a); err != nil {
			return nil, fmt.Errorf("alert %s: %w", a.ID, err)
		}
	}
	e.endOrphanedFolds()
	e.lastSeenAll(cfg.LastSeen)
	e.cfg.Alerts, e.cfg.Aircraft, e.cfg.Zones, e.cfg.LastSeen = nil, nil, nil, nil
	return e, nil
}

// Step consumes one record with its decoded messages and answers what changed, in order. The slice is reused by the
// next Step; what it points to is never changed again. Records must come in ascending Seq.
func (e *Engine) Step(rec lowsky.Record, msgs []lowsky.Message) []lowsky.Change {
	if at := rec.At.UTC().Round(0); at.After(e.now) {
		e.now = at
	}
	e.seq = rec.Seq
	e.changes, e.outcomes, e.faults = e.changes[:0], e.outcomes[:0], e.faults[:0]
	if len(e.lost) > 0 || len(e.renamed) > 0 {
		e.endLost()
	}
	e.consume(&rec, msgs)
	e.flush()
	for _, w := range e.answering {
		e.outcomes = append(e.outcomes, Outcome{Command: w.command, Alert: w.alert.told})
	}
	e.answering = e.answering[:0]
	return e.changes
}

// consume applies one record. A panic in the engine itself is a defect; it costs one record and is told, and the picture
// goes on: a picture that has ended judges nothing.
func (e *Engine) consume(rec *lowsky.Record, msgs []lowsky.Message) {
	defer func() {
		if p := recover(); p != nil {
			e.counts.BadRecords++
			e.faults = append(e.faults, Fault{Seq: rec.Seq, Cause: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())})
		}
	}()
	switch rec.Kind {
	case lowsky.RecordMessage:
		for _, m := range msgs {
			e.message(rec, m)
		}
	case lowsky.RecordLate:
		e.judgeSkipped(rec, msgs)
	case lowsky.RecordTick:
		e.tick(rec.Payload)
	case lowsky.RecordZones:
		apply(e, rec, e.publishZones)
	case lowsky.RecordAircraft:
		apply(e, rec, e.publishAircraft)
	case lowsky.RecordHandling:
		apply(e, rec, e.handle)
	case lowsky.RecordBroker:
		apply(e, rec, e.brokerState)
	case lowsky.RecordMismatch:
		apply(e, rec, e.mismatch)
	case lowsky.RecordSkipped:
		apply(e, rec, func(seqs *[]uint64) error { e.counts.Skipped += uint64(len(*seqs)); return nil })
	}
}

// apply reads a record's payload and hands it on; what cannot be read is counted, and nothing of it is applied.
func apply[T any](e *Engine, rec *lowsky.Record, do func(*T) error) {
	v := new(T)
	err := json.Unmarshal(rec.Payload, v)
	if err == nil {
		err = do(v)
	}
	if err != nil {
		e.counts.BadRecords++
		e.faults = append(e.faults, Fault{Seq: rec.Seq, Cause: err.Error()})
	}
}

// Outcomes answers what became of the handling command in the last Step. The slice is reused.
func (e *Engine) Outcomes() []Outcome { return e.outcomes }

// Faults answers what went wrong in the last Step. The slice is reused.
func (e *Engine) Faults() []Fault { return e.faults }

// Counts answers what has been counted so far.
func (e *Engine) Counts() Counts { return e.counts }

// Tracks answers how many aircraft are in the picture.
func (e *Engine) Tracks() int { return len(e.byID) }

// Slots answers how many slots ticks have to walk.
func (e *Engine) Slots() int { return max(len(e.tracks), len(e.sources), len(e.trafficBy)) }

// endLost ends alerts that were loaded although the rule or the zone that they rest on is no longer there.
func (e *Engine) endLost() {
	for _, a := range e.lost {
		why := lowsky.ResolvedRuleRemoved
		if len(a.from) > 0 {
			why = lowsky.ResolvedZoneEnded
		}
		e.resolve(a, why)
	}
	e.lost = nil
	for _, id := range e.renamed {
		e.merge(id)
	}
	e.renamed = nil
}

func (e *Engine) message(rec *lowsky.Record, m lowsky.Message) {
	switch m := m.(type) {
	case *lowsky.TelemetryReport:
		e.report(rec, m)
	case *lowsky.Topology:
		e.topology(m)
	case *lowsky.StationReport:
		e.station(m)
	case *lowsky.DeviceEvent:
		e.event(m)
	case *lowsky.TrafficReport:
		e.see(m)
	case *lowsky.DeviceRequest:
		if s := e.hear(m.Gateway, ""); s != nil {
			s.voice()
		}
	}
}

// flush tells what became dirty: the tracks first, so that a console knows an aircraft before its alert.
func (e *Engine) flush() {
	for i := 0; i < len(e.dirtyAlerts); i++ { // settling one may mark another
		e.dirtyAlerts[i].settle(e)
	}
	for _, t := range e.dirtyTracks {
		t.dirty = false
		if !t.gone {
			e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Track: e.view(t)})
		}
	}
	e.dirtyTracks = e.dirtyTracks[:0]
	for _, a := range e.dirtyAlerts {
		a.queued = false
		e.publish(a)
	}
	e.dirtyAlerts = e.dirtyAlerts[:0]
}

func (e *Engine) markTrack(t *track) {
	if t != nil && !t.dirty {
		t.dirty = true
		e.dirtyTracks = append(e.dirtyTracks, t)
	}
}
