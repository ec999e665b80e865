package picture

import (
	"math"
	"strings"
	"time"

	"lowsky"
	"lowsky/airspace"
)

const (
	trafficKept   = 60 * time.Second // silent crewed traffic is forgotten after this
	trafficMost   = 5000
	fastest       = 400.0 // m/s: no crewed aircraft here flies faster
	trafficEach   = 1000  // of one source: one that is wrong must not use up the room of the others
	trafficPlace  = lowsky.Metres(50)
	trafficHeight = lowsky.Metres(30)
	stationsMost  = 1000
	qnhWithin     = lowsky.Metres(100_000)
	// Pressure differs by up to 4 hPa over 100 km and 3 hPa in an hour in bad weather; 1 hPa is 8.3 m.
	qnhPerMetre  = 33.0 / 100_000
	qnhPerSecond = 25.0 / 3600
	metresPerHPa = 8.3
)

// traffic is one crewed aircraft, from whoever saw it last.
type traffic struct {
	id       string
	slot     int
	seenBy   *source
	report   *lowsky.TrafficReport // newest
	at       time.Time             // it was observed
	heard    time.Time             // on our clock
	seq      uint64
	velocity velocity
	from     *lowsky.TrafficReport // what the velocity is measured from: reports of one source only
	fromAt   time.Time
	round    uint64 // of the pass that it was in
	unfit    lowsky.Reason
	gone     bool
	notOwn   lowsky.AircraftID // has this address in the register, and was seen elsewhere
	withOwn  time.Time         // since when it is where that one is
}

// velocity is how something moves: east, north and up.
type velocity struct {
	east, north, up lowsky.MetresPerSecond
	known           bool // the horizontal one
}

// pressure is a QNH that a weather station measured.
type pressure struct {
	station string
	place   lowsky.Position
	hPa     float64
	at      time.Time
}

// trafficKey brings what sources call a crewed aircraft to one form: ICAO addresses come in either case.
func trafficKey(id string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, id)
}

// see takes a report of crewed traffic. Of one aircraft the newest observation counts, whoever made it.
func (e *Engine) see(m *lowsky.TrafficReport) {
	s := e.hear(m.Source, "")
	if s != nil {
		s.voice()
	}
	id := trafficKey(m.Traffic)
	if s == nil || id == "" || m.Position.Check() != nil {
		e.counts.Refused++
		return
	}
	at := e.now
	if measured := writable(m.MeasuredAt); plausible(measured, e.now) {
		s.skew.add(e.now, e.now.Sub(measured))
		at = earlier(measured.Add(s.skew.value(e.now)), e.now)
	}
	if own := e.canonical(m.SeenBy); own != m.SeenBy { // what was decoded is never changed
		seen := *m
		seen.SeenBy = own
		m = &seen
	}
	x := e.traffic[id]
	own, can := e.seenOwn(m, at)
	if own != nil && can && (x == nil || !x.canBe(m, at) || !x.isSeen(own, can, e.now)) {
		if x != nil && x.canBe(m, at) {
			e.forgetOwn(x)
		}
		return
	}
	if apart := id + "." + trafficKey(string(s.ID)); e.traffic[apart] != nil || x != nil && x.seenBy != s && !x.canBe(m, at) {
		id, x = apart, e.traffic[apart]
	}
	if e.now.Sub(at) > trafficKept || x != nil && !at.After(x.at) {
		e.counts.Late++
		return
	}
	if x == nil {
		if x = e.newTraffic(id, s); x == nil {
			e.counts.Refused++
			return
		}
	}
	if own != nil && !can {
		x.isSeen(own, can, e.now)
	}
	if x.seenBy != s {
		x.seenBy.targets--
		s.targets++
		x.seenBy = s
	}
	x.velocity = x.moves(m, at)
	x.report, x.at, x.heard, x.seq = m, at, e.now, e.seq
	var js []lowsky.JurisdictionID
	if e.cfg.Areas != nil {
		js = e.cfg.Areas.Containing(nil, m.Position)
	}
	e.changes = append(e.changes, lowsky.Change{Seq: e.seq, Traffic: m, Jurisdictions: js})
}

// canBe reports whether what another source sees under the same id can be this aircraft, whatever their clocks are off:
// track numbers are each source's own.
func (x *traffic) canBe(m *lowsky.TrafficReport, at time.Time) bool {
	between := math.Abs(at.Sub(x.at).Seconds()) + 10
	return float64(airspace.Distance(x.report.Position, m.Position)) <= fastest*between
}

func (e *Engine) newTraffic(id string, s *source) *traffic {
	if len(e.traffic) >= trafficMost || s.targets >= trafficEach {
		return nil
	}
	x := &traffic{id: id, seenBy: s}
	if n := len(e.freeTraffic); n > 0 {
		x.slot, e.freeTraffic = e.freeTraffic[n-1], e.freeTraffic[:n-1]
		e.trafficBy[x.slot] = x
	} else {
		x.slot = len(e.trafficBy)
		e.trafficBy = append(e.trafficBy, x)
	}
	s.targets++
	e.traffic[id] = x
	return x
}

func (e *Engine) dropTraffic(x *traffic) {
	e.trafficBy[x.slot] = nil
	e.freeTraffic = append(e.freeTraffic, x.slot)
	delete(e.traffic, x.id)
	x.seenBy.targets--
	x.gone = true
}

// moves answers the velocity that the new report tells, else what lies between it and an earlier one of the same source:
// airsense sends none, and the clocks of two sources differ by seconds. In between the velocity stays as it was.
func (x *traffic) moves(m *lowsky.TrafficReport, at time.Time) velocity {
	v := velocity{up: m.VerticalSpeed.Or(0)}
	old := x.from
	switch dt := at.Sub(x.fromAt).Seconds(); {
	case old == nil || dt > 15:
		x.from, x.fromAt = m, at
	case old.Source != m.Source || dt < 0.5:
		v = x.velocity
		if m.VerticalSpeed.OK {
			v.up = m.VerticalSpeed.Value
		}
	default:
		x.from, x.fromAt = m, at
		v.between(&old.Position, &m.Position, dt)
		if math.Hypot(float64(v.east), float64(v.north)) > fastest { // two aircraft of one id
			v = velocity{up: m.VerticalSpeed.Or(0)}
		}
		if m.VerticalSpeed.OK {
			v.up = m.VerticalSpeed.Value
		} else if a, b := old.PressureAltitude, m.PressureAltitude; a.OK && b.OK {
			v.up = lowsky.MetresPerSecond(float64(b.Value-a.Value) / dt)
		}
	}
	if m.GroundSpeed.OK && (m.Course.OK || m.GroundSpeed.Value < 1) {
		v.along(m.GroundSpeed.Value, m.Course.Value)
	}
	return v
}

// along sets the horizontal velocity from speed and course.
func (v *velocity) along(speed lowsky.MetresPerSecond, course lowsky.Degrees) {
	s, c := math.Sincos(float64(course) * math.Pi / 180)
	v.east, v.north, v.known = speed*lowsky.MetresPerSecond(s), speed*lowsky.MetresPerSecond(c), true
}

// between sets the velocity from two places dt seconds apart; up where both have a height in one datum.
func (v *velocity) between(from, to *lowsky.Position, dt float64) {
	v.along(lowsky.MetresPerSecond(float64(airspace.Distance(*from, *to))/dt), airspace.Course(*from, *to))
	v.up = climb(from, to, dt)
}

// climb answers the vertical speed between two places dt seconds apart; 0 without a height in one datum.
func climb(from, to *lowsky.Position, dt float64) lowsky.MetresPerSecond {
	for _, d := range [...]lowsky.Datum{lowsky.Ellipsoid, lowsky.AMSL, lowsky.AboveTakeoff} {
		if a, b := from.At(d), to.At(d); a.OK && b.OK {
			return lowsky.MetresPerSecond(float64(b.Value-a.Value) / dt)
		}
	}
	return 0
}

// tickTraffic forgets what is silent and has the rest judged.
func (e *Engine) tickTraffic(x *traffic) {
	if e.now.Sub(x.heard) > trafficKept {
		e.dropTraffic(x)
		return
	}
	p := &e.pairs
	if len(p.rules) == 0 {
		return
	}
	m := airspace.Mover{
		Position: x.report.Position, Age: p.at.Sub(x.at), East: x.velocity.east, North: x.velocity.north, Up: x.velocity.up,
		NoVelocity: !x.velocity.known, Crewed: true, Accuracy: lowsky.Some(trafficPlace), VerticalAccuracy: lowsky.Some(trafficHeight),
	}
	if m.Age > p.reach.MaxAge {
		x.unfit = lowsky.ReasonSilent
		return
	}
	if pa := x.report.PressureAltitude; pa.OK && !m.Position.HAE.OK && !m.Position.AMSL.OK {
		m.NoHeight = lowsky.ReasonNoQNH
		if q, bound := e.qnh(m.Position, p.reach.MaxQNHAge); q != nil {
			if c, why := airspace.FromPressure(pa.Value, q.hPa); why == "" {
				m.Position.AMSL, m.Position.AMSLGeoid, m.NoHeight = lowsky.Some(c.Altitude.Metres), c.Altitude.Geoid, ""
				m.VerticalAccuracy = lowsky.Some(c.Bound + bound)
			}
		}
	}
	x.round, x.unfit = p.round, ""
	p.take(m, participant{traffic: x})
}

// hearQNH keeps the newest QNH of a weather station.
func (e *Engine) hearQNH(m *lowsky.StationReport) {
	if !m.QNH.OK || !m.Position.OK || m.Position.Value.Check() != nil || m.Station == "" {
		return
	}
	at := e.now
	switch measured := writable(m.MeasuredAt); {
	case plausible(measured, e.now):
		at = earlier(measured, e.now)
	case measured.Unix() >= startOf2020 && measured.Before(e.now): // kept back for over an hour: the weather has changed
		return
	}
	next := pressure{station: m.Station, place: m.Position.Value, hPa: m.QNH.Value, at: at}
	oldest := 0
	for i := range e.pressures {
		if q := &e.pressures[i]; q.station == m.Station {
			if !at.Before(q.at) {
				*q = next
			}
			return
		} else if q.at.Before(e.pressures[oldest].at) {
			oldest = i
		}
	}
	if len(e.pressures) < stationsMost {
		e.pressures = append(e.pressures, next)
	} else {
		e.pressures[oldest] = next
	}
}

// qnh answers the nearest QNH that is near and new enough, and by how much a height may be off for being measured
// elsewhere and before; nil where there is none. Where another station near and new enough says otherwise, by as much as the
// two differ: nobody knows which of them is wrong.
func (e *Engine) qnh(at lowsky.Position, most time.Duration) (best *pressure, bound lowsky.Metres) {
	near, low, high := qnhWithin, math.Inf(1), math.Inf(-1)
	for i := range e.pressures {
		q := &e.pressures[i]
		if age := e.now.Sub(q.at); age <= most {
			if math.Abs(float64(q.place.Latitude-at.Latitude)) > 1 {
				continue // further than qnhWithin; there may be many stations
			}
			d := airspace.Distance(q.place, at)
			if d > qnhWithin {
				continue
			}
			if best == nil || d < near {
				best, near = q, d
				bound = d*qnhPerMetre + lowsky.Metres(age.Seconds()*qnhPerSecond)
			}
			low, high = min(low, q.hPa), max(high, q.hPa)
		}
	}
	if best != nil {
		bound = max(bound, lowsky.Metres(max(high-best.hPa, best.hPa-low)*metresPerHPa))
	}
	return best, bound
}
