package load

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
)

// craft is one aircraft: it flies a circle of its own, and each report carries its number in the last digits of its
// place, so that a row of the map tells which report it shows.
type craft struct {
	id    lowsky.AircraftID
	frame []byte // a whole PUBLISH; the fields below are offsets into it
	first byte   // its first byte, without DUP

	packetID         int // 0: none (QoS 0)
	stamp            int
	longitude        int
	latitude         int
	course, heading  int // 0: not in this format
	milli            bool
	second           int64 // the stamp's, as it stands in frame
	centreE7, phase  int64
	centreLatitudeE7 int64
	newest           int64 // stamp of the newest report, µs since 1970: no two reports share one

	sent   atomic.Uint64  // reports so far; the next one's number
	stamps []atomic.Int64 // of the newest, µs since 1970, by number modulo len (a power of two); empty: nobody asks
}

// What every aircraft flies: a circle of 80 m in 64 s. radiusE7 is in 1e-7 degrees at 29.6° N.
const (
	radius     = 80.0 // m
	lapSteps   = 1024 // places on it
	stepMicros = 62_500
	flownSpeed = 7.85 // m/s
)

// lattice is the step of the places, 1e-7 degrees (0.6 to 0.7 m), below which longitude and latitude carry six bits of
// the report's number each. That is well within the accuracy that the reports claim, so that no number is a jump.
const (
	latticeBits = 6
	lattice     = 1 << latticeBits
	numbers     = lattice * lattice
)

// lap is the circle, once round.
var lap = func() (l [lapSteps]struct {
	east, north     int64 // 1e-7 degrees
	course, heading [7]byte
}) {
	for i := range l {
		s, c := math.Sincos(2 * math.Pi * float64(i) / lapSteps)
		l[i].east, l[i].north = int64(s*radius/96_600*1e7), int64(c*radius/110_860*1e7)
		course := math.Mod(360*float64(i)/lapSteps+90, 360)
		copy(l[i].course[:], fmt.Sprintf("%6.2f", course))
		if course > 180 {
			course -= 360
		}
		copy(l[i].heading[:], fmt.Sprintf("%7.2f", course))
	}
	return l
}()

// newCraft answers aircraft number index. gateway is who relays it in the DJI format.
func newCraft(format lowsky.Format, qos byte, id lowsky.AircraftID, gateway lowsky.SourceID, index int) (*craft, error) {
	c := &craft{id: id, phase: int64(index) * 163, second: math.MinInt64, milli: format == dji.Format}
	// A grid of circles around Xianning, 200 m apart.
	c.centreE7, c.centreLatitudeE7 = 1_140_000_000+20_000*int64(index%150), 294_000_000+20_000*int64(index/150)
	p := lowsky.Position{Longitude: lowsky.Degrees(c.centreE7) / 1e7, Latitude: lowsky.Degrees(c.centreLatitudeE7) / 1e7}
	p.AGL, p.AboveTakeoff, p.HAE = lowsky.Some(lowsky.Metres(90)), lowsky.Some(lowsky.Metres(90)), lowsky.Some(lowsky.Metres(111))
	t := &lowsky.TelemetryReport{
		Aircraft: id, Simulated: true, Scenario: lowsky.Scenarios[index%len(lowsky.Scenarios)],
		MeasuredAt: time.Date(2026, 1, 2, 3, 4, 5, 123456000, time.UTC), // as wide as any other
		Position:   lowsky.Some(p), GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(flownSpeed)),
		Course: lowsky.Some(lowsky.Degrees(350)), Heading: lowsky.Some(lowsky.Degrees(350)),
		VerticalSpeed:      lowsky.Some(lowsky.MetresPerSecond(0)),
		HorizontalAccuracy: lowsky.Some(lowsky.Metres(1.5)), VerticalAccuracy: lowsky.Some(lowsky.Metres(2)),
		Battery: lowsky.Some(lowsky.Percent(80)), Link: lowsky.Some(lowsky.Percent(95)), Status: lowsky.Some(lowsky.StatusAirborne),
	}
	topic, payload := native.TelemetryTopic(id), native.AppendTelemetry(nil, t)
	if c.milli {
		t.Source, t.Heading = gateway, lowsky.Some(lowsky.Degrees(181)) // -179.00, as wide as any
		topic, payload = dji.OSDTopic(string(id)), dji.AppendOSD(nil, t, -1)
	}
	c.frame = appendPublish(nil, topic, payload, qos, 0, false)
	c.first = c.frame[0]
	body := len(c.frame) - len(payload)
	if qos > 0 {
		c.packetID = body - 2
	}
	return c, c.locate(body)
}

// locate finds the fields that change from report to report.
func (c *craft) locate(body int) error {
	type field struct {
		key string
		at  *int
	}
	fields := []field{{`"measured_at":"`, &c.stamp}, {`"longitude_deg":`, &c.longitude}, {`"latitude_deg":`, &c.latitude},
		{`"course_deg":`, &c.course}, {`"heading_deg":`, &c.heading}}
	if c.milli {
		fields = []field{{`"timestamp":`, &c.stamp}, {`"longitude":`, &c.longitude}, {`"latitude":`, &c.latitude}, {`"attitude_head":`, &c.heading}}
	}
	for _, f := range fields {
		i := bytes.Index(c.frame[body:], []byte(f.key))
		if i < 0 {
			return fmt.Errorf("the encoder writes no %s", f.key)
		}
		*f.at = body + i + len(f.key)
	}
	return nil
}

// next takes the number and the stamp of the next report, made at the instant now (µs since 1970). A stamp is never used
// twice, since the platform takes the second report for a repetition.
func (c *craft) next(now int64) (number uint64, stamp int64) {
	step := int64(1)
	if c.milli {
		step, now = 1000, now-now%1000
	}
	c.newest = max(now, c.newest+step)
	number = c.sent.Load()
	if len(c.stamps) > 0 {
		c.stamps[number&uint64(len(c.stamps)-1)].Store(c.newest)
	}
	c.sent.Store(number + 1)
	return number, c.newest
}

// append appends the PUBLISH of one report. Equal arguments make equal bytes: what is sent again needs not be kept.
func (c *craft) append(dst []byte, number uint64, stamp int64, id uint16, dup bool) []byte {
	f := c.frame
	f[0] = c.first
	if dup {
		f[0] |= 0x08 // [MQTT-3.3.1-1]
	}
	if c.packetID > 0 {
		f[c.packetID], f[c.packetID+1] = byte(id>>8), byte(id)
	}
	place := &lap[(stamp/stepMicros+c.phase)&(lapSteps-1)]
	low := int64(number) & (numbers - 1)
	putDegrees(f[c.longitude:], 3, (c.centreE7+place.east)&^(lattice-1)|low&(lattice-1))
	putDegrees(f[c.latitude:], 2, (c.centreLatitudeE7+place.north)&^(lattice-1)|low>>latticeBits)
	if c.milli {
		putDigits(f[c.stamp:c.stamp+13], stamp/1000)
		copy(f[c.heading:], place.heading[:])
		return append(dst, f...)
	}
	if s := stamp / 1e6; s != c.second {
		c.second = s
		time.Unix(s, 0).UTC().AppendFormat(f[:c.stamp], "2006-01-02T15:04:05")
	}
	putDigits(f[c.stamp+20:c.stamp+26], stamp%1e6)
	copy(f[c.course:], place.course[:6])
	copy(f[c.heading:], place.course[:6])
	return append(dst, f...)
}

// putDegrees writes v (1e-7 degrees) with so many digits before the point and seven behind it.
func putDegrees(dst []byte, whole int, v int64) {
	putDigits(dst[:whole], v/1e7)
	putDigits(dst[whole+1:whole+8], v%1e7)
}

// putDigits fills dst with the last digits of v.
func putDigits(dst []byte, v int64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
}

// shown answers the number of the report whose place a row of the map shows, and its stamp. observed is when the
// platform says that it was measured, µs since 1970. False: it is none of the newest reports (one of an earlier run, or
// older than is remembered).
func (c *craft) shown(longitudeE7, latitudeE7 int32, observed int64) (number uint64, stamp int64, ok bool) {
	sent := c.sent.Load()
	if sent == 0 {
		return 0, 0, false
	}
	low := uint64(longitudeE7)&(lattice-1) | uint64(latitudeE7)&(lattice-1)<<latticeBits
	back := (sent - 1 - low) & (numbers - 1)
	if back >= sent || back >= uint64(len(c.stamps)) {
		return 0, 0, false
	}
	number = sent - 1 - back
	stamp, ok = c.stampOf(number)
	// The age of a row is rounded to 0.1 s. A delay that the platform takes for a slow clock makes a row younger, never older.
	return number, stamp, ok && observed > stamp-200_000
}

// stampOf answers the stamp of a report, if it is still remembered.
func (c *craft) stampOf(number uint64) (int64, bool) {
	stamp := c.stamps[number&uint64(len(c.stamps)-1)].Load()
	return stamp, c.sent.Load()-number <= uint64(len(c.stamps))
}

// remember makes room for the stamps of the newest n reports, at least 64 and at most as many as have different places.
func (c *craft) remember(n int) {
	size := 64
	for size < n && size < numbers {
		size *= 2
	}
	c.stamps = make([]atomic.Int64, size)
}

// nameOf is the id of aircraft or connection number i.
func nameOf(prefix string, i int) string {
	s := strconv.Itoa(i)
	for len(s) < 5 {
		s = "0" + s
	}
	return prefix + "-" + s
}
