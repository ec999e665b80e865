package lab

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"lowsky/simulator"
	"lowsky/simulator/load"
)

// From the device's write to the suspected alert on a websocket client, with 1,000 connections, one write per message,
// QoS 1, native JSON, 1,000 zones of 10–200 vertices, all rules, the embedded broker, the generator on the same cores.
//
//	go test -run '^$' -bench AlertLatency -benchtime 1x -count 5 ./internal/lab
func BenchmarkAlertLatency(b *testing.B) {
	for _, rate := range []float64{1_000, 10_000} {
		b.Run(fmt.Sprintf("%.0f_per_s", rate), func(b *testing.B) {
			for range b.N {
				measureLatency(b, rate, 15*time.Second)
			}
		})
	}
}

func measureLatency(b *testing.B, rate float64, during time.Duration) {
	const connections, zones, probes = 1000, 1000, 20
	p := Start(b, Options{})
	p.Do(b, "POST", "/api/v1/zones/import?crs=wgs84", stars(zones), nil)
	for i := range connections {
		p.Do(b, "PUT", fmt.Sprintf("/api/v1/aircraft/load-%05d", i), map[string]any{"class": "light", "model": "load", "contact_name": "-", "contact_phone": "-"}, nil)
	}
	arrivals := &sync.Map{} // probe aircraft → time of its alert
	ws := p.stream(b)
	defer ws.Close()
	go func() {
		for {
			kind, text, err := ws.ReadMessage()
			if err != nil {
				return
			}
			now := time.Now()
			if kind != websocket.TextMessage || !bytes.Contains(text, []byte(`"hazard":"zone_entry"`)) {
				continue
			}
			if _, rest, ok := bytes.Cut(text, []byte(`"id":"probe-`)); ok {
				id, _, _ := bytes.Cut(rest, []byte(`"`))
				arrivals.LoadOrStore("probe-"+string(id), now)
			}
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	loaded := make(chan load.Result, 1)
	go func() {
		r, err := load.Run(ctx, load.Load{
			Address: p.MQTT, Connections: connections, Rate: rate, Duration: during + 3*time.Second, QoS: 1, Now: time.Now,
			Prefix: "load", Window: 256,
		})
		if err != nil {
			b.Error(err)
		}
		loaded <- r
	}()
	timer := time.NewTimer(2 * time.Second)
	<-timer.C
	pub, err := simulator.Connect(ctx, simulator.Broker{URL: "tcp://" + p.MQTT, ClientID: "probe"})
	if err != nil {
		b.Fatal(err)
	}
	sent := map[string]time.Time{}
	tick := time.NewTicker(time.Second / probes)
	for n := 0; n < int(during.Seconds())*probes; n++ {
		<-tick.C
		id := fmt.Sprintf("probe-%05d", n)
		now := time.Now()
		// Each in a place of its own, a kilometre apart: 300 in one point would be a swarm of 45,000 pairs.
		report := fmt.Appendf(nil, `{"measured_at":%q,"longitude_deg":%.6f,"latitude_deg":%.6f,"height_agl_m":60,"ground_speed_mps":5,"course_deg":10,"status":"airborne","horizontal_accuracy_m":2}`,
			now.UTC().Format(time.RFC3339Nano), East(114.35, 28.8, float64(n%20-10)*1000), North(28.8, float64(n/20-8)*1000))
		sent[id] = now
		if err := pub.Publish("lowsky/v1/telemetry/"+id, report, 1); err != nil {
			b.Fatal(err)
		}
	}
	tick.Stop()
	r := <-loaded
	_ = pub.Close()
	var took []float64
	missing := 0
	for id, at := range sent {
		if v, ok := arrivals.Load(id); ok {
			took = append(took, float64(v.(time.Time).Sub(at).Microseconds())/1000)
		} else {
			missing++
		}
	}
	if missing > 0 {
		b.Errorf("%d of %d alerts never arrived", missing, len(sent))
	}
	slices.Sort(took)
	at := func(q float64) float64 { return took[min(len(took)-1, int(q*float64(len(took))))] }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(took[len(took)-1], "max-ms")
	b.ReportMetric(float64(r.Sent)/r.Sending.Seconds(), "sent/s")
	b.Logf("load: %v", r)
	if err := p.Stop(); err != nil {
		b.Error(err)
	}
}

// stream opens the websocket with the session's cookie.
func (p *Platform) stream(b testing.TB) *websocket.Conn {
	b.Helper()
	req, _ := http.NewRequest("GET", p.HTTP, nil)
	header := http.Header{"Origin": {p.HTTP}}
	for _, c := range p.Client.Jar.Cookies(req.URL) {
		header.Add("Cookie", c.String())
	}
	ws, resp, err := websocket.DefaultDialer.Dial(strings.Replace(p.HTTP, "http://", "ws://", 1)+"/api/v1/stream", header)
	if err != nil {
		b.Fatalf("stream: %v %v", err, resp)
	}
	return ws
}

// stars makes n star-shaped zones of 10–200 vertices and 100 m – 3 km radius over the prefecture, and one where the
// probes appear.
func stars(n int) []byte {
	rng := rand.New(rand.NewPCG(7, 7))
	var out bytes.Buffer
	out.WriteString(`{"type":"FeatureCollection","features":[`)
	out.WriteString(square("probe-zone", "prohibited", 114.35, 28.8, 24_000, ""))
	for i := range n - 1 {
		lon, lat := 113.5+1.4*rng.Float64(), 29.15+1.05*rng.Float64()
		vertices, radius := 10+rng.IntN(191), 100*math.Pow(30, rng.Float64())
		fmt.Fprintf(&out, `,{"type":"Feature","id":"star-%d","properties":{"name_zh":"星 %d","name_en":"Star %d","restriction":"conditional"},"geometry":{"type":"Polygon","coordinates":[[`, i, i, i)
		first := ""
		for v := range vertices {
			a, r := 2*math.Pi*float64(v)/float64(vertices), radius*(0.6+0.4*rng.Float64())
			pt := fmt.Sprintf("[%.7f,%.7f]", East(lon, lat, r*math.Cos(a)), North(lat, r*math.Sin(a)))
			if v == 0 {
				first = pt
			}
			out.WriteString(pt + ",")
		}
		out.WriteString(first + "]]}}")
	}
	out.WriteString("]}")
	return out.Bytes()
}
