package load

import (
	"fmt"
	"math"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
)

// reporter appends message n to dst.
type reporter func(dst []byte, n uint64, at time.Time) []byte

// reporter answers topic and reports of one connection: an aircraft on a circle of its own, in
// the native format with its number in plan_id.
func (r *run) reporter(index int) (string, reporter) {
	id := lowsky.AircraftID(fmt.Sprintf("%s-%05d", r.Prefix, index))
	topic, encode := native.TelemetryTopic(id), native.AppendTelemetry
	if r.Format == dji.Format {
		topic = dji.OSDTopic(string(id))
		encode = func(dst []byte, t *lowsky.TelemetryReport) []byte { return dji.AppendOSD(dst, t, -1) }
	}
	if r.Topic != nil {
		topic = r.Topic(index)
	}
	if r.Message != nil {
		return topic, func(dst []byte, n uint64, at time.Time) []byte { return r.Message(dst, index, n, at) }
	}
	// A grid of circles around Xianning, 200 m apart.
	centre := lowsky.Position{
		Longitude: 114.0 + 0.002*lowsky.Degrees(index%150), Latitude: 29.4 + 0.002*lowsky.Degrees(index/150),
	}
	var began time.Time
	t := &lowsky.TelemetryReport{Aircraft: id, Simulated: true, Scenario: lowsky.Scenarios[index%len(lowsky.Scenarios)]}
	if r.Format == dji.Format {
		t.Source = lowsky.SourceID(fmt.Sprintf("%s-dock-%05d", r.Prefix, index))
	}
	return topic, func(dst []byte, n uint64, at time.Time) []byte {
		if began.IsZero() {
			began = at
		}
		const speed, radius = 8.0, 80.0
		angle := at.Sub(began).Seconds()*speed/radius + float64(index)
		s, c := math.Sincos(angle)
		p := centre
		p.Longitude += lowsky.Degrees(s * radius / 96600)
		p.Latitude += lowsky.Degrees(c * radius / 110860)
		p.AGL, p.AboveTakeoff, p.HAE = lowsky.Some(lowsky.Metres(90)), lowsky.Some(lowsky.Metres(90)), lowsky.Some(lowsky.Metres(111))
		t.MeasuredAt, t.Position = at, lowsky.Some(p)
		t.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(speed))
		course := lowsky.Degrees(math.Mod(angle*180/math.Pi+90, 360))
		t.Course, t.Heading = lowsky.Some(course), lowsky.Some(course)
		t.VerticalSpeed = lowsky.Some(lowsky.MetresPerSecond(0))
		t.HorizontalAccuracy, t.VerticalAccuracy = lowsky.Some(lowsky.Metres(1.5)), lowsky.Some(lowsky.Metres(2))
		t.Battery, t.Link = lowsky.Some(lowsky.Percent(80)), lowsky.Some(lowsky.Percent(95))
		t.Status = lowsky.Some(lowsky.StatusAirborne)
		t.Plan = fmt.Sprintf("n-%d", n)
		return encode(dst, t)
	}
}
