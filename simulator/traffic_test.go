package simulator

import (
	"fmt"
	"math"
	"testing"
	"time"

	"lowsky"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// crossing is a crewed aircraft that flies 3 km east at 60 m/s from 10 s on, climbing from 300 to 450 m above the sea.
func crossing(t testing.TB, more, weather string) *watched {
	t.Helper()
	f := newFrame(Point{114.30, 29.81})
	end := f.point(vec{e: 3000})
	s := patrolling(t, weather+fmt.Sprintf("geoid: -14\ntraffic:\n  - {id: \"78a001\", callsign: B-1, source: adsb-1, speed: 60, interval: 500ms, start: 10s, %spath: [[114.30, 29.81, 300], [%.8f, 29.81, 450]]}\n", more, end.Longitude))
	return watch(t, s, 1, 2*time.Minute)
}

func (w *watched) crewed(t testing.TB) (out []*lowsky.TrafficReport) {
	t.Helper()
	for _, ev := range w.on("traffic/adsb-1") {
		var notes wire.Notes
		msgs, err := native.Decode(ev.Topic, ev.Payload, epoch.Add(ev.At), &notes)
		if err != nil || len(msgs) != 1 || notes.UnknownKeys > 0 {
			t.Fatalf("%s: %v", ev.Payload, err)
		}
		out = append(out, msgs[0].(*lowsky.TrafficReport))
	}
	return out
}

func TestTraffic(t *testing.T) {
	w := crossing(t, "", "")
	f := newFrame(Point{114.30, 29.81})
	rs := w.crewed(t)
	if len(rs) != 101 {
		t.Errorf("%d reports in 50 s at 2 Hz", len(rs))
	}
	for _, r := range rs {
		s := r.MeasuredAt.Sub(epoch).Seconds() - 10
		v := f.vec(Point{float64(r.Position.Longitude), float64(r.Position.Latitude)})
		if math.Abs(v.e-60*s) > 0.5 || math.Abs(v.n) > 0.5 || math.Abs(float64(r.Position.AMSL.Value)-300-3*s) > 0.1 ||
			math.Abs(float64(r.Position.HAE.Value-r.Position.AMSL.Value)+14) > 0.02 || r.GroundSpeed.Value != 60 ||
			math.Abs(float64(r.Course.Value)-90) > 0.2 || math.Abs(float64(r.VerticalSpeed.Value)-3) > 0.01 ||
			r.Traffic != "78a001" || r.Category != "B-1" || r.PressureAltitude.OK {
			t.Fatalf("after %.1f s: %+v", s, r)
		}
	}
	for at, want := range map[float64]bool{0: false, 9.8: false, 10: true, 59.8: true, 60.2: false, 100: false} {
		tr := w.at(time.Duration(at * float64(time.Second))).Traffic[0]
		if tr.Present != want {
			t.Errorf("at %.1f s it is there: %v", at, tr.Present)
		}
		if v := f.vec(tr.Position); want && (math.Abs(v.e-60*(at-10)) > 0.1 || math.Abs(tr.AMSL-300-3*(at-10)) > 0.01 || tr.GroundSpeed != 60) {
			t.Errorf("at %.1f s %+v", at, tr)
		}
	}
}

// TestPressureAltitude goes by the table of ICAO Doc 7488: 977.73 hPa at 300 m, 966.11 at 400 m, 954.61 at 500 m, 898.75 at
// 1000 m, and a straight line between.
func TestPressureAltitude(t *testing.T) {
	for _, c := range []struct{ amsl, qnh, want float64 }{
		{500, 1013.25, 500}, {0, 1013.25, 0}, {0, 954.61, 500}, {0, 898.75, 1000}, {300, 1016.25, 275.2}, {300, 1003.25, 383.0},
	} {
		if got := pressureAltitude(c.amsl, c.qnh); math.Abs(got-c.want) > 0.7 {
			t.Errorf("%.0f m at %.2f hPa read as %.1f m, want %.1f", c.amsl, c.qnh, got, c.want)
		}
	}
	w := crossing(t, "pressure: true, ", "weather: {qnh: 1003.25}\n")
	for _, r := range w.crewed(t) {
		s := r.MeasuredAt.Sub(epoch).Seconds() - 10
		if p := r.Position; p.AMSL.OK || p.HAE.OK || math.Abs(float64(r.PressureAltitude.Value)-pressureAltitude(300+3*s, 1003.25)) > 0.1 {
			t.Fatalf("after %.1f s: %+v", s, r)
		}
	}
	// The station that makes a height of it.
	var stations []*lowsky.StationReport
	for _, ev := range w.on("weather/" + mastID) {
		var notes wire.Notes
		msgs, err := native.Decode(ev.Topic, ev.Payload, epoch.Add(ev.At), &notes)
		if err != nil {
			t.Fatal(err)
		}
		stations = append(stations, msgs[0].(*lowsky.StationReport))
	}
	if len(stations) != 2 || stations[0].QNH.Value != 1003.25 || !stations[0].Position.OK || !stations[0].MeasuredAt.Equal(epoch) {
		t.Errorf("stations %+v", stations)
	}
	if n := len(crossing(t, "", "").on("weather/" + mastID)); n != 0 {
		t.Errorf("%d reports of the weather where none is given", n)
	}
}

// TestTrafficHasTheNoiseOfTheFile: where it is reported is off by as much as the receivers of the fleet are.
func TestTrafficHasTheNoiseOfTheFile(t *testing.T) {
	w := crossing(t, "", "noise: {horizontal: 4, vertical: 6, tau: 1s}\n")
	f := newFrame(Point{114.30, 29.81})
	var across, up float64
	rs := w.crewed(t)
	for _, r := range rs {
		tr := w.at(r.MeasuredAt.Sub(epoch)).Traffic[0]
		d := f.vec(Point{float64(r.Position.Longitude), float64(r.Position.Latitude)}).n
		h := float64(r.Position.AMSL.Value) - tr.AMSL
		across, up = across+d*d, up+h*h
	}
	n := float64(len(rs))
	if a, h := math.Sqrt(across/n), math.Sqrt(up/n); math.Abs(a-4) > 1.2 || math.Abs(h-6) > 2 {
		t.Errorf("%.1f m across, %.1f m up", a, h)
	}
}
