package load

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"lowsky"
	"lowsky/ingest/native"
)

// row is one aircraft of a frame that a test sends.
type row struct {
	slot      uint32
	longitude float64
	latitude  float64
	age       time.Duration
}

// frameOf lays out rows as docs/stream.md does; TestFramesAreReadAsDocumented holds the reader to the document itself.
func frameOf(at time.Time, rows ...row) []byte {
	b := make([]byte, frameHeader+frameRow*len(rows))
	le := binary.LittleEndian
	copy(b, "LSP1\x01")
	le.PutUint32(b[8:], uint32(len(rows)))
	le.PutUint32(b[12:], frameColumns)
	le.PutUint64(b[24:], uint64(at.UnixMilli()))
	for i, r := range rows {
		c := b[frameHeader:]
		le.PutUint32(c[4*i:], r.slot)
		le.PutUint32(c[4*len(rows)+4*i:], uint32(int32(math.Round(r.longitude*1e7))))
		le.PutUint32(c[8*len(rows)+4*i:], uint32(int32(math.Round(r.latitude*1e7))))
		le.PutUint16(c[22*len(rows)+2*i:], uint16(r.age/(100*time.Millisecond)))
	}
	return b
}

func TestFramesAreReadAsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/stream.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(doc), "```json vectors\n")
	if !ok {
		t.Fatal("no vectors in docs/stream.md")
	}
	block, _, _ = strings.Cut(block, "```")
	var vectors []struct {
		Name  string
		Hex   string
		Frame struct {
			TimeMS int64 `json:"time_ms"`
			Rows   []struct {
				Slot      uint32
				Longitude float64  `json:"longitude_deg"`
				Latitude  float64  `json:"latitude_deg"`
				Age       *float64 `json:"age_s"`
			}
		}
	}
	if err := json.Unmarshal([]byte(block), &vectors); err != nil || len(vectors) < 3 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for _, v := range vectors {
		b, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		f, err := readFrame(b)
		if err != nil || f.n != len(v.Frame.Rows) || f.timeMS != v.Frame.TimeMS {
			t.Errorf("%s: %d rows at %d, %v", v.Name, f.n, f.timeMS, err)
			continue
		}
		for i, want := range v.Frame.Rows {
			slot, lon, lat, observed := f.row(i)
			age := int64(math.MaxInt64)
			if want.Age != nil {
				age = v.Frame.TimeMS*1000 - int64(math.Round(*want.Age*10))*100_000
			}
			if slot != want.Slot || lon != int32(math.Round(want.Longitude*1e7)) || lat != int32(math.Round(want.Latitude*1e7)) || observed != age {
				t.Errorf("%s, row %d: slot %d at %d %d observed %d, want %+v observed %d", v.Name, i, slot, lon, lat, observed, want, age)
			}
		}
		for n := range b {
			if _, err := readFrame(b[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes were taken for a frame", v.Name, n, len(b))
			}
		}
	}
}

// platform is what a watcher looks at: it is handed what the broker receives, and says what the test has it say.
type platform struct {
	*httptest.Server
	received atomic.Uint64 // of the sources that are asked for
	script   func(conn *websocket.Conn)
}

func startPlatform(t *testing.T, script func(*websocket.Conn)) *platform {
	t.Helper()
	p := &platform{script: script}
	mux := http.NewServeMux()
	authorised := func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer test-token" {
			return true
		}
		w.WriteHeader(http.StatusUnauthorized)
		return false
	}
	mux.HandleFunc("/api/v1/stream", func(w http.ResponseWriter, r *http.Request) {
		if !authorised(w, r) {
			return
		}
		up := websocket.Upgrader{}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		p.script(conn)
	})
	mux.HandleFunc("/api/v1/ingest/sources", func(w http.ResponseWriter, r *http.Request) {
		if authorised(w, r) {
			fmt.Fprintf(w, `{"sources":[{"id":"direct:load-00000","received":%d,"rejected":{"field":2},"not_logged":1,"late":3,"repeats":4},
				{"id":"direct:other","received":9999,"rejected":{}}]}`, p.received.Load())
		}
	})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "# HELP lowsky_ingest_logged_total x\nlowsky_ingest_logged_total %d\nlowsky_board_changes_total 7\n", p.received.Load())
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// said sends a text frame, and everything after that until the client is gone is its own.
func said(conn *websocket.Conn, text string) { conn.WriteMessage(websocket.TextMessage, []byte(text)) }

func TestWatchedReportsAreSeenOvertakenOrNeverCame(t *testing.T) {
	const aircraft, each = 3, 10
	var mu sync.Mutex
	reports := map[lowsky.AircraftID][]*lowsky.TelemetryReport{}
	all := make(chan struct{})
	s := &stub{publish: func(topic string, payload []byte, _ byte, _ int) bool {
		msgs, err := native.Decode(topic, payload, time.Now(), nil)
		if err != nil {
			t.Errorf("%s: %v", payload, err)
			return true
		}
		r := msgs[0].(*lowsky.TelemetryReport)
		mu.Lock()
		defer mu.Unlock()
		reports[r.Aircraft] = append(reports[r.Aircraft], r)
		if n := len(reports["load-00000"]) + len(reports["load-00001"]) + len(reports["load-00002"]); n == aircraft*each {
			close(all)
		}
		return true
	}}
	views := make(chan string, 1)
	var p *platform
	p = startPlatform(t, func(conn *websocket.Conn) {
		said(conn, `{"type":"hello","protocol":1}`)
		// A row of an earlier run comes with the first whole tile.
		said(conn, `{"type":"snapshot","seq":40,"identities":[{"slot":5,"aircraft_id":"load-00000"},{"slot":9,"aircraft_id":"stranger"}]}`)
		_, view, err := conn.ReadMessage()
		if err != nil {
			return
		}
		views <- string(view)
		conn.WriteMessage(websocket.BinaryMessage, frameOf(time.Now(), row{5, 114.1, 29.4, 10 * time.Minute}))
		said(conn, `{"type":"identity","seq":41,"identity":{"slot":6,"aircraft_id":"load-00001"}}`)
		<-all
		mu.Lock()
		at := func(id lowsky.AircraftID, n int) (float64, float64) {
			p := reports[id][n].Position.Value
			return float64(p.Longitude), float64(p.Latitude)
		}
		show := func(slot uint32, id lowsky.AircraftID, n int) {
			lon, lat := at(id, n)
			conn.WriteMessage(websocket.BinaryMessage, frameOf(time.Now(), row{slot, lon, lat, 0}))
		}
		show(5, "load-00000", 4)
		show(5, "load-00000", 4) // again, in another set
		show(5, "load-00000", 9)
		show(6, "load-00001", 3)
		show(9, "load-00002", 9) // the slot of a stranger
		show(7, "load-00002", 9) // a slot that nobody has named
		p.received.Store(28)     // two were never received
		mu.Unlock()
		conn.ReadMessage()
	})
	res, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: aircraft, Rate: 3000, Count: aircraft * each, QoS: 1, Now: time.Now,
		Watch: Watch{URL: p.URL, Token: "test-token", Settle: 200 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := res.Watch.Value
	if !res.Watch.OK || o.Seen != 3 || o.Overtaken != 11 || o.NeverCame != 16 || o.EndToEnd.Count != 3 || o.Shown.Count != 14 {
		t.Errorf("3 seen, 11 overtaken, 16 never came, but: %+v", o)
	}
	if o.Unmatched != 1 {
		t.Errorf("%d rows show none of our reports, want the one of the earlier run", o.Unmatched)
	}
	want := Counts{Received: 28, Journal: 28}
	if !o.Platform.OK || o.Platform.Value != want {
		t.Errorf("platform counted %+v, want %+v: what it had counted before does not belong to the run", o.Platform, want)
	}
	if missing := res.MissingAtPlatform(); missing != lowsky.Some(uint64(2)) {
		t.Errorf("missing at the platform: %v, want 2", missing)
	}
	if view := <-views; !strings.Contains(view, `"type":"view"`) {
		t.Errorf("view %s", view)
	}
	for _, part := range []string{"3 seen", "11 overtaken", "16 never came", "missing 2"} {
		if !strings.Contains(res.Report(), part) {
			t.Errorf("the report does not say %q:\n%s", part, res.Report())
		}
	}
}

func TestAStreamThatIsLostIsOpenedAgain(t *testing.T) {
	var opened atomic.Int32
	resync := make(chan string, 1)
	p := startPlatform(t, func(conn *websocket.Conn) {
		said(conn, `{"type":"snapshot","seq":1,"identities":[]}`)
		conn.ReadMessage() // the view
		if opened.Add(1) == 1 {
			return // hangs up
		}
		said(conn, `{"type":"gone","seq":9,"slot":1}`) // a gap
		_, text, _ := conn.ReadMessage()
		select {
		case resync <- string(text):
		default:
		}
		said(conn, `{"type":"snapshot","seq":10,"identities":[]}`)
		conn.ReadMessage()
	})
	s := &stub{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan Result, 1)
	go func() {
		r, err := Run(ctx, Load{
			Address: s.start(t), Connections: 1, Rate: 100, Duration: time.Hour, QoS: 1, Now: time.Now,
			Watch: Watch{URL: strings.Replace(p.URL, "http", "ws", 1) + "/api/v1/stream", Token: "test-token", Settle: time.Millisecond},
		})
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	if text := <-resync; !strings.Contains(text, "resync") {
		t.Errorf("after a gap the watcher says %q", text)
	}
	cancel()
	r := <-done
	if o := r.Watch.Value; o.Reopened == 0 || o.Gaps == 0 || o.LastError == "" {
		t.Errorf("%+v", o)
	}
}

func TestWatchingWithoutPermission(t *testing.T) {
	p := startPlatform(t, func(*websocket.Conn) {})
	s := &stub{}
	_, err := Run(context.Background(), Load{
		Address: s.start(t), Connections: 1, Rate: 100, Count: 1, Now: time.Now, Watch: Watch{URL: p.URL, Token: "wrong"},
	})
	if err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "wrong") {
		t.Errorf("error %v should name the status and not the token", err)
	}
}
