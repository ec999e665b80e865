package lab

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lowsky"
)

// The demo as a newcomer sees it: the fleet on the map, the script's alerts in the list, both languages.
func TestDemoInTheConsole(t *testing.T) {
	t.Parallel()
	p := Start(t, Options{Demo: true})
	c := OpenConsole(t, p, 1920, 1080)
	c.Wait("60 aircraft drawn", 20*time.Second, `window.__lowsky.tracks().filter(a => a.drawn).length >= 60`)
	c.Wait("a first alert", 60*time.Second, `document.querySelectorAll('[data-testid=alert-row]').length > 0`)
	c.Wait("demo mark", time.Second, `document.body.innerText.includes('演示')`)
	c.Shot("demo-zh")
	// Another page and back: the picture goes on meanwhile.
	c.Click("rail-admin")
	c.Wait("the pages", 30*time.Second, `location.pathname.startsWith('/admin')`)
	c.Click("rail-live")
	c.Wait("the live map again", 10*time.Second, `!location.pathname.startsWith('/admin') && !!document.querySelector('[data-testid=map] canvas')?.checkVisibility() && document.querySelector('[data-testid=picture-age]')?.dataset.condition === 'live'`)
	c.Click("language")
	c.Wait("English", 5*time.Second, `document.querySelector('[data-testid=picture-age]').innerText.toLowerCase().includes('picture age') || document.body.innerText.includes('Live')`)
	c.Shot("demo-en")
}

// From starting the built server on an empty data directory to the first aircraft drawn in Chromium, signing in
// included: what `make run` takes after a warm build.
//
//	make build && go test -run '^$' -bench FirstAircraft -benchtime 1x ./internal/lab
func BenchmarkFirstAircraft(b *testing.B) {
	Binary(b)
	for range b.N {
		began := time.Now()
		httpAddr := "127.0.0.1:" + FreePort(b)
		p := StartProcess(b, httpAddr, "LOWSKY_DEMO=on", "LOWSKY_DATA_DIR="+Dir(b), "LOWSKY_MQTT_ADDR=127.0.0.1:"+FreePort(b))
		Eventually(b, 60*time.Second, func() string { return "ready" }, func() bool { ok, _ := p.Ready(); return ok })
		ready := time.Since(began)
		c := OpenConsole(b, &Platform{HTTP: "http://" + httpAddr}, 1920, 1080)
		c.Wait("an aircraft", 30*time.Second, `window.__lowsky.tracks().some(a => a.drawn)`)
		b.ReportMetric(ready.Seconds(), "s-ready")
		b.ReportMetric(time.Since(began).Seconds(), "s-first-aircraft")
		p.Kill()
	}
}

// What mosquitto_pub sends, native and DJI, is on the map at once; an aircraft flown into a prohibited zone raises one
// alert that explains itself, and a person acknowledges it.
func TestFlightIntoAProhibitedZone(t *testing.T) {
	t.Parallel()
	pub := Program(t, "mosquitto_pub")
	p := Start(t, Options{})
	const lon, lat, side = 114.5, 29.7, 1000.0
	importZones(t, p, square("dam", "prohibited", lon, lat, side, `"ceiling_m":300,"ceiling_datum":"agl"`))
	p.Do(t, "PUT", "/api/v1/aircraft/intruder", map[string]any{
		"class": "light", "model": "M30", "contact_name": "试验联系人", "contact_phone": "000-0001", "name": map[string]string{"zh": "试-01", "en": "X-01"},
	}, nil)
	c := OpenConsole(t, p, 1440, 900)

	host, port, _ := net.SplitHostPort(p.MQTT)
	send := func(topic string, payload []byte) {
		t.Helper()
		out, err := exec.Command(pub, "-h", host, "-p", port, "-q", "1", "-t", topic, "-m", string(payload)).CombinedOutput()
		if err != nil {
			t.Fatalf("mosquitto_pub: %v %s", err, out)
		}
	}
	onMap := func(id string) {
		t.Helper()
		began := time.Now()
		within := time.Second
		if raceEnabled {
			within = 4 * time.Second // the detector slows server and decoders about tenfold
		}
		c.Wait(id+" on the map", within, fmt.Sprintf(`window.__lowsky.tracks().some(a => a.id === %q && a.drawn)`, id))
		t.Logf("%s on the map %v after mosquitto_pub ended", id, time.Since(began).Round(time.Millisecond))
	}
	// The first report also waits for the page to finish loading.
	send("lowsky/v1/telemetry/warm-up", Flight{ID: "warm-up", Longitude: 114.2, Latitude: 29.6, Fields: map[string]any{"height_agl_m": 30}}.Report(0, time.Now()))
	c.Wait("the warm-up on the map", 15*time.Second, `window.__lowsky.tracks().some(a => a.id === "warm-up" && a.drawn)`)
	native := Flight{ID: "by-hand", Longitude: 114.4, Latitude: 29.7, Course: 45, Speed: 8, Fields: map[string]any{"height_agl_m": 50}}
	send("lowsky/v1/telemetry/by-hand", native.Report(0, time.Now()))
	onMap("by-hand")
	send("sys/product/DOCKLAB001/status", fmt.Appendf(nil, `{"tid":"t1","bid":"b1","timestamp":%d,"method":"update_topo","data":{"domain":"3","type":2,"sub_type":0,
		"sub_devices":[{"sn":"M30LAB001","domain":"0","type":67,"sub_type":0,"index":"A"}]}}`, time.Now().UnixMilli()))
	send("thing/product/M30LAB001/osd", fmt.Appendf(nil, `{"tid":"t2","bid":"b2","timestamp":%d,"gateway":"DOCKLAB001","data":{"latitude":29.75,"longitude":114.45,
		"height":72.5,"elevation":60.0,"mode_code":5,"horizontal_speed":7.5,"vertical_speed":0,"attitude_head":12.5,"battery":{"capacity_percent":81}}}`, time.Now().UnixMilli()))
	onMap("M30LAB001")

	west := East(lon, lat, -side/2)
	Fly(t, p.MQTT, Flight{ID: "intruder", Longitude: East(west, lat, -120), Latitude: lat, Course: 90, Speed: 12, Interval: 500 * time.Millisecond,
		Reports: 40, Fields: map[string]any{"height_agl_m": 60, "battery_pct": 80, "pilot_longitude_deg": 114.49, "pilot_latitude_deg": 29.7}})
	row := `[data-testid=alert-row][data-aircraft=intruder][data-hazard=zone_entry]`
	c.Wait("the alert, escalated to a warning", 10*time.Second, fmt.Sprintf(`document.querySelectorAll('%s[data-severity=warning]').length === 1`, row))
	c.Wait("one alert", time.Second, fmt.Sprintf(`document.querySelectorAll('%s').length === 1`, row))
	if _, err := chromedp.Run(c.Context, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector('%s').click()`, row))); err != nil {
		t.Fatal(err)
	}
	c.Wait("its explanation", 5*time.Second, `!!document.querySelector('[data-testid=alert-detail]')`)
	detail := c.Text(`[data-testid=alert-detail]`)
	for _, want := range []string{"试验 dam", "v1", "暂行条例", "试验联系人"} {
		if !strings.Contains(detail, want) {
			t.Errorf("the explanation lacks %q: %s", want, detail)
		}
	}
	c.Shot("intruder-alert")
	c.Click("ack-button")
	Eventually(t, 5*time.Second, func() string { return "acknowledged" }, func() bool {
		for _, a := range p.OpenAlerts(t) {
			if a.Object.ID == "intruder" && a.Hazard == lowsky.HazardZoneEntry {
				return a.Handling.State == lowsky.HandlingAcknowledged && a.Handling.AcknowledgedBy == "admin"
			}
		}
		return false
	})
	c.Shot("intruder-acknowledged")
}
