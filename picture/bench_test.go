package picture

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// manyZones are n polygons of 10–200 vertices, 100–800 m across, over 100 km × 100 km around home.
func manyZones(tb testing.TB, n int) *airspace.Index {
	rng := rand.New(rand.NewPCG(1, 2))
	zones := make([]*lowsky.Zone, n)
	for i := range zones {
		c := metres(lowsky.Metres(rng.Float64()*1e5-5e4), lowsky.Metres(rng.Float64()*1e5-5e4))
		k, r := 10+rng.IntN(191), 100+700*rng.Float64()
		ring := make([][2]float64, 0, k+1)
		for j := range k {
			p := airspace.Offset(c, lowsky.Degrees(360*float64(j)/float64(k)), lowsky.Metres(r*(0.8+0.2*math.Sin(float64(j)))))
			ring = append(ring, [2]float64{float64(p.Longitude), float64(p.Latitude)})
		}
		zones[i] = zoneOf(lowsky.ZoneID(fmt.Sprint("z", i)), 1, append(ring, ring[0]))
	}
	ix, err := newIndex(zones...)
	if err != nil {
		tb.Fatal(err)
	}
	return ix
}

// cruise flies n aircraft on straight tracks at 15 m/s, 1 Hz, and answers the report of aircraft i in round r.
func cruise(n int) func(i, r int) *lowsky.TelemetryReport {
	rng := rand.New(rand.NewPCG(3, 4))
	type craft struct {
		id             lowsky.AircraftID
		source         lowsky.SourceID
		lon, lat, x, y float64
		course         lowsky.Degrees
	}
	fleet := make([]craft, n)
	for i := range fleet {
		p := metres(lowsky.Metres(rng.Float64()*9e4-4.5e4), lowsky.Metres(rng.Float64()*9e4-4.5e4))
		course := rng.Float64() * 360
		fleet[i] = craft{
			id: lowsky.AircraftID(fmt.Sprint("a", i)), source: lowsky.SourceID(fmt.Sprint("gw", i/10)),
			lon: float64(p.Longitude), lat: float64(p.Latitude), course: lowsky.Degrees(course),
			x: 15 * math.Sin(course*math.Pi/180) / 96_500, y: 15 * math.Cos(course*math.Pi/180) / 110_900,
		}
	}
	return func(i, r int) *lowsky.TelemetryReport {
		c := &fleet[i]
		turn := float64(r % 200)
		if turn > 100 { // to and fro, so that nobody leaves the region
			turn = 200 - turn
		}
		return &lowsky.TelemetryReport{
			Aircraft: c.id, Source: c.source, Format: "native", MeasuredAt: noon.Add(time.Duration(r) * time.Second),
			Position: lowsky.Some(lowsky.Position{
				Longitude: lowsky.Degrees(c.lon + c.x*turn), Latitude: lowsky.Degrees(c.lat + c.y*turn), AGL: lowsky.Some(lowsky.Metres(80)),
			}),
			GroundSpeed: lowsky.Some(lowsky.MetresPerSecond(15)), Course: lowsky.Some(c.course), Battery: lowsky.Some(lowsky.Percent(70)),
			Status: lowsky.Some(lowsky.StatusAirborne), HorizontalAccuracy: lowsky.Some(lowsky.Metres(2)),
		}
	}
}

// benchConfig is 1,000 zones and a handful of rules.
func benchConfig(b *testing.B) Config {
	rules := []lowsky.Rule{insideRule(time.Second, 5*time.Second), batteryRule(0, 5*time.Second), silenceRule(), sourceRule()}
	for i := range 4 { // look at the situation and find nothing
		rules = append(rules, lowsky.Rule{
			ID: lowsky.RuleID(fmt.Sprint("look", i)), Hazard: lowsky.Hazard(fmt.Sprint("look", i)), On: lowsky.EachReport,
			Check: func(s *lowsky.Situation, out lowsky.Verdicts) {
				if s.AGL.Metres.OK && s.AGL.Metres.Value > 120 {
					out.Found(lowsky.Finding{Severity: lowsky.Caution})
				}
			},
		})
	}
	return Config{Packs: pack(rules...), Zones: manyZones(b, 1000)}
}

// BenchmarkReport is one live report of 1,000 aircraft through merge, zones, eight rules and the view.
func BenchmarkReport(b *testing.B) { benchReport(b, nil) }

// BenchmarkReportNamed is the same of a fleet in which every aircraft has four other names: reporting under its id, under
// another one, and, report by report, as two receivers hear it under two of them.
func BenchmarkReportNamed(b *testing.B) {
	for _, c := range []struct {
		name string
		call func(r *lowsky.TelemetryReport, round int)
	}{
		{"id", func(*lowsky.TelemetryReport, int) {}},
		{"other", func(r *lowsky.TelemetryReport, _ int) { r.Aircraft = "serial-" + r.Aircraft }},
		{"two-receivers", func(r *lowsky.TelemetryReport, round int) {
			if round%2 == 1 {
				r.Aircraft, r.Source = "rid-"+r.Aircraft, "receiver"
			}
		}},
	} {
		b.Run(c.name, func(b *testing.B) { benchReport(b, c.call) })
	}
}

func benchReport(b *testing.B, call func(r *lowsky.TelemetryReport, round int)) {
	const fleet = 1000
	cfg := benchConfig(b)
	if call != nil {
		for i := range fleet {
			id := fmt.Sprint("a", i)
			cfg.Aircraft = append(cfg.Aircraft, &lowsky.Aircraft{
				ID: lowsky.AircraftID(id), Serial: "serial-" + id, RegistrationMark: "mark-" + id, RemoteIDs: []string{"rid-" + id, "net-" + id},
			})
		}
	}
	e, err := NewEngine(cfg)
	if err != nil {
		b.Fatal(err)
	}
	report := cruise(fleet)
	seq, round := uint64(0), 0
	feed := func(reports []*lowsky.TelemetryReport) {
		for _, r := range reports {
			seq++
			e.Step(lowsky.Record{Seq: seq, Kind: lowsky.RecordMessage, At: r.MeasuredAt.Add(40 * time.Millisecond), Link: "b"}, []lowsky.Message{r})
		}
	}
	next := func(n int) []*lowsky.TelemetryReport {
		rs := make([]*lowsky.TelemetryReport, n)
		for i := range rs {
			rs[i] = report(i, round)
			if call != nil {
				call(rs[i], round)
			}
		}
		round++
		return rs
	}
	for range 5 {
		feed(next(fleet))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += fleet {
		b.StopTimer()
		rs := next(min(fleet, b.N-done))
		b.StartTimer()
		feed(rs)
	}
}

// BenchmarkTick is one tick over 10,000 airborne aircraft behind 1,000 gateways, in slices; it also answers the
// longest slice, which is what a report may have to wait for.
func BenchmarkTick(b *testing.B) {
	cfg := benchConfig(b)
	e, err := NewEngine(cfg)
	if err != nil {
		b.Fatal(err)
	}
	const fleet = 10_000
	report := cruise(fleet)
	seq := uint64(0)
	for r := range 5 {
		for i := range fleet {
			seq++
			m := report(i, r)
			e.Step(lowsky.Record{Seq: seq, Kind: lowsky.RecordMessage, At: m.MeasuredAt, Link: "b"}, []lowsky.Message{m})
		}
	}
	at := noon.Add(5 * time.Second)
	of := fleet / DefaultSliceSize
	payloads := make([][]byte, of)
	for s := range of {
		payloads[s] = fmt.Appendf(nil, `{"slice":%d,"of":%d}`, s, of)
	}
	var slices []float64
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for s := range of {
			seq++
			start := time.Now()
			e.Step(lowsky.Record{Seq: seq, Kind: lowsky.RecordTick, At: at, Payload: payloads[s]}, nil)
			slices = append(slices, float64(time.Since(start).Microseconds()))
		}
	}
	b.StopTimer()
	sort.Float64s(slices)
	b.ReportMetric(slices[len(slices)/2], "µs/slice")
	b.ReportMetric(slices[len(slices)*99/100], "µs/slice-p99")
}

// BenchmarkOffer is the journal's tap: it runs under the journal's lock.
func BenchmarkOffer(b *testing.B) {
	e, err := NewEngine(Config{})
	if err != nil {
		b.Fatal(err)
	}
	p := New(e, nil, nil, Options{})
	msgs := []lowsky.Message{&lowsky.TelemetryReport{Aircraft: "a"}}
	batch := make([]taken, 0, batchMost)
	b.ReportAllocs()
	for i := range b.N {
		p.Offer(lowsky.Record{Seq: uint64(i), Kind: lowsky.RecordMessage}, msgs)
		if i%batchMost == batchMost-1 {
			batch, _, _ = p.inbox.take(batch[:0], batchMost)
		}
	}
}
