package lab

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// uplinkTopics is which topic the second word of a sample's name stands for; the others are downlinks.
var uplinkTopics = map[string]string{
	"status": "sys/product/%/status", "osd": "thing/product/%/osd", "events": "thing/product/%/events", "requests": "thing/product/%/requests",
	"services_reply": "thing/product/%/services_reply", "property_set_reply": "thing/product/%/property/set_reply", "drc_up": "thing/product/%/drc/up",
}

// Every uplink file of DJI's own examples, published with mosquitto_pub to the running platform: all are counted, and
// what is refused is refused for a named reason. The files are read from SAMPLES_DIR and are not in this repository.
func TestDJISamplesThroughTheBroker(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("SAMPLES_DIR")
	if dir == "" {
		t.Skip("needs SAMPLES_DIR, the folder of real files")
	}
	pub := Program(t, "mosquitto_pub")
	files, err := filepath.Glob(filepath.Join(dir, "dji", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples in %s: %v", dir, err)
	}
	p := Start(t, Options{})
	host, port, err := net.SplitHostPort(p.MQTT)
	if err != nil {
		t.Fatal(err)
	}
	sent := uint64(0)
	for _, file := range files {
		words := strings.Split(filepath.Base(file), ".")
		topic, up := uplinkTopics[words[1]]
		if !up {
			continue
		}
		topic = strings.Replace(topic, "%", "SAMPLE-"+words[0], 1)
		if out, err := exec.Command(pub, "-h", host, "-p", port, "-q", "1", "-t", topic, "-f", file).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", filepath.Base(file), err, out)
		}
		sent++
	}
	if sent < 50 {
		t.Errorf("only %d uplink samples", sent)
	}
	var received uint64
	rejected := map[string]uint64{}
	Eventually(t, 10*time.Second, func() string { return fmt.Sprintf("%d messages counted, %d sent", received, sent) }, func() bool {
		var out struct {
			Sources []struct {
				Received uint64            `json:"received"`
				Rejected map[string]uint64 `json:"rejected"`
			} `json:"sources"`
		}
		p.Do(t, "GET", "/api/v1/ingest/sources", nil, &out)
		received, rejected = 0, map[string]uint64{}
		for _, s := range out.Sources {
			received += s.Received // an aircraft's message counts for the gateway that it names
			for reason, n := range s.Rejected {
				rejected[reason] += n
			}
		}
		return received == sent
	})
	// One file holds comments, so it is no JSON. Nothing else may be refused.
	if len(rejected) != 1 || rejected["json_syntax"] != 1 {
		t.Errorf("refused %v, want one for its syntax", rejected)
	}
	var tracks struct {
		Tracks []struct {
			ID string `json:"aircraft_id"`
		} `json:"tracks"`
	}
	p.Do(t, "GET", "/api/v1/tracks", nil, &tracks)
	var stations struct {
		Stations []struct {
			ID string `json:"id"`
		} `json:"stations"`
	}
	p.Do(t, "GET", "/api/v1/stations", nil, &stations)
	if len(tracks.Tracks) == 0 || len(stations.Stations) == 0 {
		t.Errorf("%d aircraft and %d docks or controllers came out of the samples", len(tracks.Tracks), len(stations.Stations))
	}
}
