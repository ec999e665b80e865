package lab

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"lowsky/simulator"
)

// Flight is a straight level flight of one aircraft that reports by itself in the native format.
type Flight struct {
	ID            string
	Longitude     float64 // at the start
	Latitude      float64
	Course, Speed float64        // degrees true, m/s
	Interval      time.Duration  // between reports
	Fields        map[string]any // further keys of each report, e.g. height_agl_m
	Reports       int
}

// Metres per degree on the WGS-84 ellipsoid near 29.5° N, from the series of the meridian and normal radii; plain
// arithmetic, shared with nothing under test.
func metresPerDegree(latitude float64) (lon, lat float64) {
	phi := latitude * math.Pi / 180
	lat = 111132.954 - 559.822*math.Cos(2*phi) + 1.175*math.Cos(4*phi)
	lon = 111412.84*math.Cos(phi) - 93.5*math.Cos(3*phi)
	return lon, lat
}

// East answers the longitude so many metres east of lon at a latitude.
func East(lon, lat, metres float64) float64 {
	perLon, _ := metresPerDegree(lat)
	return lon + metres/perLon
}

// North answers the latitude so many metres north.
func North(lat, metres float64) float64 {
	_, perLat := metresPerDegree(lat)
	return lat + metres/perLat
}

// Fly publishes flights at once in real time and returns when the last report is sent.
func Fly(t testing.TB, mqttAddr string, flights ...Flight) {
	t.Helper()
	done := make(chan error, len(flights))
	for _, f := range flights {
		go func() { done <- f.fly(mqttAddr) }()
	}
	for range flights {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func (f Flight) fly(mqttAddr string) error {
	pub, err := simulator.Connect(context.Background(), simulator.Broker{URL: "tcp://" + mqttAddr, ClientID: "flight-" + f.ID})
	if err != nil {
		return err
	}
	tick := time.NewTicker(f.Interval)
	defer tick.Stop()
	for n := range f.Reports {
		if err := pub.Publish("lowsky/v1/telemetry/"+f.ID, f.Report(n, time.Now()), 1); err != nil {
			return err
		}
		if n < f.Reports-1 {
			<-tick.C
		}
	}
	return pub.Close()
}

// Report is report n of the flight as JSON.
func (f Flight) Report(n int, at time.Time) []byte {
	way := f.Speed * f.Interval.Seconds() * float64(n)
	course := f.Course * math.Pi / 180
	r := map[string]any{
		"measured_at":   at.UTC().Format("2006-01-02T15:04:05.000Z"),
		"longitude_deg": East(f.Longitude, f.Latitude, way*math.Sin(course)),
		"latitude_deg":  North(f.Latitude, way*math.Cos(course)),
		"course_deg":    f.Course, "ground_speed_mps": f.Speed, "status": "airborne",
		"horizontal_accuracy_m": 2.0, "vertical_accuracy_m": 2.0,
	}
	for k, v := range f.Fields {
		r[k] = v
	}
	b, _ := json.Marshal(r)
	return b
}
