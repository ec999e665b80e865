package picture

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// noon is when every test flight begins.
var noon = time.Date(2026, 5, 6, 4, 0, 0, 0, time.UTC)

// home is where test flights begin, in Xianning.
var home = lowsky.Position{Longitude: 114.32, Latitude: 29.85}

// flight drives an engine through a literal sequence and keeps what came out.
type flight struct {
	t      *testing.T
	e      *Engine
	now    time.Time
	seq    uint64
	alerts []*lowsky.Alert // every revision, in order
	views  map[lowsky.AircraftID]*lowsky.TrackView
	gone   []lowsky.AircraftID
	health *lowsky.PictureHealth
	source map[lowsky.SourceID]*lowsky.SourceView
	link   string
}

func fly(t *testing.T, cfg Config) *flight {
	t.Helper()
	e, err := NewEngine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &flight{
		t: t, e: e, now: noon, link: "test", views: map[lowsky.AircraftID]*lowsky.TrackView{},
		source: map[lowsky.SourceID]*lowsky.SourceView{},
	}
}

func pack(rules ...lowsky.Rule) []*lowsky.RulePack {
	return []*lowsky.RulePack{{PackRef: lowsky.PackRef{ID: "test", Version: "1", Hash: "00"}, Rules: rules}}
}

// step feeds one record and keeps what came out.
func (f *flight) step(kind lowsky.RecordKind, payload any, msgs ...lowsky.Message) []lowsky.Change {
	f.t.Helper()
	f.seq++
	rec := lowsky.Record{Seq: f.seq, Kind: kind, At: f.now, Link: f.link}
	if payload != nil {
		b, err := json.Marshal(payload)
		if err != nil {
			f.t.Fatal(err)
		}
		rec.Payload = b
	}
	changes := f.e.Step(rec, msgs)
	for _, c := range changes {
		switch {
		case c.Alert != nil:
			f.alerts = append(f.alerts, c.Alert)
		case c.Track != nil:
			f.views[c.Track.ID] = c.Track
		case c.Gone != "":
			f.gone = append(f.gone, c.Gone)
			delete(f.views, c.Gone)
		case c.Health != nil:
			f.health = c.Health
		case c.Source != nil:
			f.source[c.Source.ID] = c.Source
		}
	}
	return changes
}

// report is an airborne report of "a" from now, changed by the options.
func (f *flight) report(opts ...func(*lowsky.TelemetryReport)) {
	f.t.Helper()
	r := &lowsky.TelemetryReport{
		Aircraft: "a", Source: "direct:a", Format: "native", MeasuredAt: f.now, ReceivedAt: f.now,
		Position: lowsky.Some(home), Status: lowsky.Some(lowsky.StatusAirborne), Battery: lowsky.Some(lowsky.Percent(80)),
	}
	for _, o := range opts {
		o(r)
	}
	f.step(lowsky.RecordMessage, nil, r)
}

func (f *flight) tick() { f.t.Helper(); f.step(lowsky.RecordTick, nil) }

// pass lets time pass with a tick each second and no reports.
func (f *flight) pass(d time.Duration) {
	f.t.Helper()
	for end := f.now.Add(d); f.now.Before(end); {
		f.now = f.now.Add(time.Second)
		f.tick()
	}
}

// reports flies for d with one report and one tick a second.
func (f *flight) reports(d time.Duration, opts ...func(*lowsky.TelemetryReport)) {
	f.t.Helper()
	for end := f.now.Add(d); f.now.Before(end); {
		f.now = f.now.Add(time.Second)
		f.report(opts...)
		f.tick()
	}
}

// last is the newest revision of the alert on the hazard; nil when there was none.
func (f *flight) last(h lowsky.Hazard) *lowsky.Alert {
	for _, a := range slices.Backward(f.alerts) {
		if a.Hazard == h {
			return a
		}
	}
	return nil
}

// want checks the newest revision of the hazard's alert.
func (f *flight) want(h lowsky.Hazard, state lowsky.AlertState, severity lowsky.Severity) *lowsky.Alert {
	f.t.Helper()
	a := f.last(h)
	if a == nil {
		f.t.Fatalf("%v: no alert on %s, want %s", f.now.Sub(noon), h, state)
	}
	if a.State != state || a.Severity != severity {
		f.t.Fatalf("%v: alert on %s is %s %s, want %s %s", f.now.Sub(noon), h, a.State, a.Severity, state, severity)
	}
	return a
}

func (f *flight) wantNone(h lowsky.Hazard) {
	f.t.Helper()
	if a := f.last(h); a != nil {
		f.t.Fatalf("%v: alert on %s is %s, want none", f.now.Sub(noon), h, a.State)
	}
}

// open counts the alerts whose newest revision is not resolved.
func (f *flight) open() int {
	newest := map[lowsky.AlertID]*lowsky.Alert{}
	for _, a := range f.alerts {
		newest[a.ID] = a
	}
	n := 0
	for _, a := range newest {
		if a.State != lowsky.AlertResolved {
			n++
		}
	}
	return n
}

// Options of a report.

func by(id lowsky.AircraftID) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Aircraft, r.Source = id, "direct:"+lowsky.SourceID(id) }
}

func through(s lowsky.SourceID) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Source = s }
}

func battery(p lowsky.Percent) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Battery = lowsky.Some(p) }
}

func noBattery(r *lowsky.TelemetryReport) { r.Battery = lowsky.Opt[lowsky.Percent]{} }

func status(s lowsky.FlightStatus) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Status = lowsky.Some(s) }
}

func noStatus(r *lowsky.TelemetryReport) { r.Status = lowsky.Opt[lowsky.FlightStatus]{} }

func at(p lowsky.Position) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.Position = lowsky.Some(p) }
}

// metres is a position east and north of home.
func metres(east, north lowsky.Metres) lowsky.Position {
	p := airspace.Offset(home, 90, east)
	return airspace.Offset(p, 0, north)
}

func noFix(r *lowsky.TelemetryReport) { r.Position = lowsky.Opt[lowsky.Position]{} }

func measured(at time.Time) func(*lowsky.TelemetryReport) {
	return func(r *lowsky.TelemetryReport) { r.MeasuredAt = at }
}

func backFill(r *lowsky.TelemetryReport) { r.BackFill = true }

// Rules of the tests. Battery stands for anything measured: below 30 is found, below 20 is worse; the units digit being
// 5 makes it suspected; absent is unjudged.

func batteryRule(held, keep time.Duration) lowsky.Rule {
	return lowsky.Rule{
		ID: "battery", Hazard: lowsky.HazardBattery, On: lowsky.EachReport, For: held, KeepFiring: keep,
		Name:  lowsky.Text{ZH: "电量", EN: "Battery"},
		Texts: map[string]lowsky.Text{"low": {ZH: "电量 {measured}{unit}，限值 {limit}", EN: "battery {measured}{unit}, limit {limit}"}},
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			if s.Report == nil || !s.Report.Battery.OK {
				out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoBattery)
				return
			}
			v := s.Report.Battery.Value
			if v >= 30 {
				return
			}
			f := lowsky.Finding{
				Severity: lowsky.Caution, Variant: "low", Measured: lowsky.Some(float64(v)), Limit: lowsky.Some(30.), Unit: "%",
				Suspected: int(v)%10 == 5,
			}
			if v < 20 {
				f.Severity = lowsky.Warning
			}
			out.Found(f)
		},
	}
}

// insideRule finds every strict zone that the aircraft is in.
func insideRule(held, keep time.Duration) lowsky.Rule {
	return lowsky.Rule{
		ID: "inside", Hazard: lowsky.HazardZoneEntry, On: lowsky.EachReport, For: held, KeepFiring: keep,
		Texts: map[string]lowsky.Text{"inside": {ZH: "进入{zone}", EN: "inside {zone}"}},
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			switch {
			case !s.Position.OK:
				out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoPosition)
				return
			case !s.ZonesOK:
				out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoZones)
				return
			}
			for i := range s.Zones {
				z := &s.Zones[i]
				subject := lowsky.Subject{Kind: lowsky.ObjectZone, ID: string(z.Zone.ID)}
				if !z.Active || z.Exempt {
					continue
				}
				switch {
				case z.Inside:
					out.Found(lowsky.Finding{
						Severity: lowsky.Warning, Variant: "inside", Subject: subject, Zone: z.Zone, Position: s.Position,
						Measured: lowsky.Some(float64(-z.Distance)), Unit: "m",
					})
				case z.Crossed:
					f := lowsky.Finding{Severity: lowsky.Warning, Variant: "crossed", Subject: subject, Zone: z.Zone}
					if z.Possible {
						f.Severity, f.Variant = lowsky.Advisory, "possible"
					}
					out.Found(f)
				}
			}
		},
	}
}

// silenceRule is 失联 as the base pack has it.
func silenceRule() lowsky.Rule {
	return lowsky.Rule{
		ID: "silence", Hazard: lowsky.HazardSilence, On: lowsky.EachTick, KeepFiring: 3 * time.Second,
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			silent, least := s.Now.Sub(s.Track.ReceivedAt), max(10*time.Second, 3*s.Track.Interval)
			if silent <= least || s.Track.SaidGround {
				return
			}
			if s.Source != nil && s.Source.Down && !s.Source.Presumed {
				out.Unjudged(lowsky.Subject{}, lowsky.ReasonSourceDown)
				return
			}
			if from := s.Track.SilenceFrom; from.After(s.Track.ReceivedAt) {
				if silent = s.Now.Sub(from); silent <= least {
					out.Unjudged(lowsky.Subject{}, lowsky.ReasonSilent)
					return
				}
			}
			f := lowsky.Finding{Severity: lowsky.Caution, Variant: "silent", Measured: lowsky.Some(silent.Seconds()), Unit: "s"}
			if silent > time.Minute {
				f.Severity = lowsky.Warning
			}
			out.Found(f)
		},
	}
}

func sourceRule() lowsky.Rule {
	return lowsky.Rule{
		ID: "source", Hazard: lowsky.HazardSource, On: lowsky.EachTickGroup, KeepFiring: 2 * time.Second,
		Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
			if s.Source.Down {
				out.Found(lowsky.Finding{Severity: lowsky.Caution, Variant: "down", Measured: lowsky.Some(float64(s.Dependants))})
			}
		},
	}
}

// square is a prohibited zone around the given offset from home.
func square(id lowsky.ZoneID, version int, east, north, half lowsky.Metres) *lowsky.Zone {
	sw, ne := metres(east-half, north-half), metres(east+half, north+half)
	ring := [][2]float64{
		{float64(sw.Longitude), float64(sw.Latitude)}, {float64(ne.Longitude), float64(sw.Latitude)},
		{float64(ne.Longitude), float64(ne.Latitude)}, {float64(sw.Longitude), float64(ne.Latitude)},
		{float64(sw.Longitude), float64(sw.Latitude)},
	}
	return zoneOf(id, version, ring)
}

func zoneOf(id lowsky.ZoneID, version int, ring [][2]float64) *lowsky.Zone {
	z := &lowsky.Zone{
		ID: id, Version: version, Name: lowsky.Text{ZH: "区" + string(id), EN: "Zone " + string(id)}, Restriction: lowsky.Prohibited,
	}
	b, _ := json.Marshal([][][][2]float64{{ring}})
	if err := json.Unmarshal(b, &z.Geometry.Polygons); err != nil {
		panic(err)
	}
	return z
}

func index(t *testing.T, zones ...*lowsky.Zone) *airspace.Index {
	t.Helper()
	ix, err := airspace.NewIndex(zones)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

func areasOf(t *testing.T, zones map[lowsky.JurisdictionID]*lowsky.Zone) *airspace.Areas {
	t.Helper()
	var js []lowsky.Jurisdiction
	for _, id := range []lowsky.JurisdictionID{"city", "county"} {
		if z := zones[id]; z != nil {
			js = append(js, lowsky.Jurisdiction{ID: id, Area: z.Geometry.Polygons, Seat: home})
		}
	}
	a, err := airspace.NewAreas(js)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newIndex(zones ...*lowsky.Zone) (*airspace.Index, error) { return airspace.NewIndex(zones) }
