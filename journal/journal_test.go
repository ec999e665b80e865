package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"lowsky"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("JOURNAL_TEST_VICTIM"); dir != "" {
		victim(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// start opens the log and runs it until the test ends. stop may be called earlier; it answers what Run answered.
func start(t testing.TB, cfg Config) (l *Log, stop func() error) {
	t.Helper()
	if cfg.Dir == "" && cfg.NATSURL == "" {
		cfg.Dir = t.TempDir()
	}
	if cfg.Logger == nil {
		cfg.Logger = quiet
	}
	l, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	var once sync.Once
	stop = func() (err error) {
		once.Do(func() {
			cancel()
			err = <-ended
			if cerr := l.Close(); err == nil {
				err = cerr
			}
		})
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return l, stop
}

func message(i int) lowsky.Record {
	return lowsky.Record{
		Kind: lowsky.RecordMessage, At: noon.Add(time.Duration(i) * time.Millisecond), Link: "test/1",
		Topic: "lowsky/v1/telemetry/a", Payload: []byte("payload " + strconv.Itoa(i)),
	}
}

func appendWait(t testing.TB, l *Log, recs ...lowsky.Record) {
	t.Helper()
	var last lowsky.Receipt
	for _, rec := range recs {
		r, err := l.Append(rec, nil)
		if err != nil {
			t.Fatal(err)
		}
		last = r
	}
	wait(t, last)
}

func wait(t testing.TB, r lowsky.Receipt) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := r.Wait(ctx); err != nil {
		t.Fatal(err)
	}
}

func readAll(t testing.TB, l *Log, from uint64) []lowsky.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var all []lowsky.Record
	if err := l.Read(ctx, from, false, func(b []lowsky.Record) error { all = append(all, b...); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	var mu sync.Mutex
	var tapped []lowsky.Record
	l, _ := start(t, Config{Tap: func(rec lowsky.Record, msgs []lowsky.Message) {
		mu.Lock()
		tapped = append(tapped, rec)
		mu.Unlock()
	}})
	payload := []byte(`{"measured_at":"x"}`)
	recs := []lowsky.Record{
		{Kind: lowsky.RecordStart, At: noon, Payload: []byte(`{}`)},
		{Kind: lowsky.RecordMessage, At: noon.Add(time.Second), Link: "embedded/物-12", Simulated: true, Topic: "lowsky/v1/telemetry/物", Payload: payload},
		{Kind: lowsky.RecordTick, At: noon.Add(2*time.Second + 7)},
	}
	var last lowsky.Receipt
	for i, rec := range recs {
		r, err := l.Append(rec, nil)
		if err != nil {
			t.Fatal(err)
		}
		last = r
		if i == 1 {
			copy(payload, "overwritten") // the caller's buffer is its own again
		}
	}
	wait(t, last)
	got := readAll(t, l, 0)
	recs[1].Payload = []byte(`{"measured_at":"x"}`)
	for i := range recs {
		recs[i].Seq = uint64(i + 1)
	}
	if d := cmp.Diff(recs, got); d != "" {
		t.Errorf("read (-appended +read):\n%s", d)
	}
	mu.Lock()
	defer mu.Unlock()
	if d := cmp.Diff(recs, tapped); d != "" {
		t.Errorf("tap (-appended +tapped):\n%s", d)
	}
	if h := l.Head(); h != 3 {
		t.Errorf("head %d, want 3", h)
	}
}

func TestTimeNeverDecreases(t *testing.T) {
	l, _ := start(t, Config{})
	a, b, c := message(0), message(1), message(2)
	b.At = noon.Add(-time.Hour)
	appendWait(t, l, a, b, c)
	got := readAll(t, l, 1)
	if !got[1].At.Equal(noon) || !got[2].At.Equal(noon.Add(2*time.Millisecond)) {
		t.Errorf("instants %v, %v", got[1].At, got[2].At)
	}
}

func TestOrderOfManyAppenders(t *testing.T) {
	const appenders, each = 8, 400
	var tapped []lowsky.Record
	l, _ := start(t, Config{Tap: func(rec lowsky.Record, _ []lowsky.Message) { tapped = append(tapped, rec) }})
	var wg sync.WaitGroup
	for a := range appenders {
		wg.Add(1)
		go func() {
			defer wg.Done()
			buf := make([]byte, 0, 64)
			for i := range each {
				buf = fmt.Appendf(buf[:0], "%d/%d", a, i)
				r, err := l.Append(lowsky.Record{Kind: lowsky.RecordMessage, At: noon, Link: "a" + strconv.Itoa(a), Payload: buf}, nil)
				if err == nil && i%50 == 0 {
					err = r.Wait(context.Background())
				}
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	eventually(t, "everything on the disk", func() bool { return l.Head() == appenders*each })
	got := readAll(t, l, 1)
	if d := cmp.Diff(tapped, got); d != "" {
		t.Fatal("the order offered is not the order journalled")
	}
	next := map[string]int{}
	for i, rec := range got {
		if rec.Seq != uint64(i+1) {
			t.Fatalf("record %d has number %d", i, rec.Seq)
		}
		a, n, _ := strings.Cut(string(rec.Payload), "/")
		if n != strconv.Itoa(next[a]) {
			t.Fatalf("appender %s: record %s came as number %d", a, n, next[a])
		}
		next[a]++
	}
}

func TestReopenContinues(t *testing.T) {
	dir := t.TempDir()
	l, stop := start(t, Config{Dir: dir})
	appendWait(t, l, message(0), message(1), message(2))
	if _, err := Open(Config{Dir: dir, Logger: quiet}); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("second open of the same directory: %v, want ErrConflict", err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(message(3), nil); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("append after the end: %v", err)
	}
	l, stop = start(t, Config{Dir: dir})
	early := message(3)
	early.At = noon.Add(-time.Hour)
	appendWait(t, l, early)
	got := readAll(t, l, 3)
	if len(got) != 2 || got[1].Seq != 4 || !got[1].At.Equal(noon.Add(2*time.Millisecond)) {
		t.Errorf("after reopening: %+v", got)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	// The store already has more than these files hold: no number is given twice.
	l, _ = start(t, Config{Dir: dir, After: 1000})
	appendWait(t, l, message(5))
	if got := readAll(t, l, 5); len(got) != 1 || got[0].Seq != 1001 {
		t.Errorf("after a lost journal: %+v", got)
	}
}

func TestReadFromAndFollow(t *testing.T) {
	l, _ := start(t, Config{})
	const n = 300
	for i := range n {
		appendWait(t, l, message(i)) // a batch each
	}
	for _, from := range []uint64{0, 1, 2, 150, 299, 300} {
		got := readAll(t, l, from)
		if want := n - int(max(from, 1)) + 1; len(got) != want || got[0].Seq != max(from, 1) {
			t.Fatalf("from %d: %d records, want %d", from, len(got), want)
		}
	}
	if got := readAll(t, l, 301); len(got) != 0 {
		t.Errorf("beyond the end: %d records", len(got))
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := make(chan uint64, 16)
	ended := make(chan error, 1)
	go func() {
		ended <- l.Read(ctx, n, true, func(b []lowsky.Record) error {
			for _, rec := range b {
				seen <- rec.Seq
			}
			return nil
		})
	}()
	for i := range 5 {
		appendWait(t, l, message(n+i))
	}
	for want := uint64(n); want < n+6; want++ {
		select {
		case got := <-seen:
			if got != want {
				t.Fatalf("followed %d, want %d", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("record %d was not followed", want)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("follow ended with %v", err)
	}
	broken := errors.New("consumer broke")
	if err := l.Read(context.Background(), 1, true, func([]lowsky.Record) error { return broken }); err != broken {
		t.Errorf("error of fn: %v", err)
	}
}

func TestLargeRecordTravelsInParts(t *testing.T) {
	dir := t.TempDir()
	l, stop := start(t, Config{Dir: dir})
	large := message(1)
	large.Kind = lowsky.RecordStart
	large.Payload = make([]byte, 5*batchBytes+17)
	for i := range large.Payload {
		large.Payload[i] = byte(i * 7 >> 3)
	}
	appendWait(t, l, message(0), large, message(2))
	check := func() {
		t.Helper()
		got := readAll(t, l, 2)
		if len(got) != 2 || string(got[0].Payload) != string(large.Payload) || got[1].Seq != 3 {
			t.Fatalf("%d records came back", len(got))
		}
	}
	check()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	l, _ = start(t, Config{Dir: dir})
	check()
	huge := message(3)
	huge.Payload = make([]byte, MaxRecordBytes+1)
	if _, err := l.Append(huge, nil); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("too large a record: %v", err)
	}
	if _, err := l.Append(lowsky.Record{}, nil); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a record without a kind: %v", err)
	}
}

// A process that ends between the parts of a record leaves parts that nobody got a receipt for.
func TestTornPartsAreNoRecord(t *testing.T) {
	dir := t.TempDir()
	l, stop := start(t, Config{Dir: dir})
	appendWait(t, l, message(0))
	body, _ := appendRecord(nil, &lowsky.Record{Kind: lowsky.RecordStart, At: noon, Payload: make([]byte, 100)}, 0)
	torn := appendFrame(nil, frame{part: 0, parts: 2, count: 1, first: 2, last: 2, bodyLen: len(body), chunk: body[:50]})
	if _, err := l.stream.publish(context.Background(), torn, 1); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err == nil {
		t.Log("stopped")
	}
	l, stop = start(t, Config{Dir: dir})
	appendWait(t, l, message(1))
	got := readAll(t, l, 1)
	if len(got) != 2 || got[1].Seq != 2 || string(got[1].Payload) != "payload 1" {
		t.Fatalf("after torn parts: %+v", got)
	}
	// A batch that cannot be read is passed over, and numbers it may have used are not given again.
	if _, err := l.stream.publish(context.Background(), []byte("LSKJ rubbish"), 3); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Log(err)
	}
	l, _ = start(t, Config{Dir: dir})
	appendWait(t, l, message(2))
	got = readAll(t, l, 1)
	if len(got) != 3 || got[2].Seq != 2+spare+1 {
		t.Fatalf("after an unreadable batch: %+v", got)
	}
}

func TestRepeatedWriteIsStoredOnce(t *testing.T) {
	l, _ := start(t, Config{})
	appendWait(t, l, message(0))
	ctx := context.Background()
	body, _ := appendRecord(nil, &lowsky.Record{Kind: lowsky.RecordTick, At: noon}, 0)
	data := appendFrame(nil, frame{parts: 1, count: 1, first: 2, last: 2, bodyLen: len(body), chunk: body})
	for range 3 { // as if the answer had been lost twice
		if seq, err := l.stream.publish(ctx, data, 1); err != nil || seq != 2 {
			t.Fatalf("stream message %d, %v", seq, err)
		}
	}
	var moved *positionError
	if _, err := l.stream.publish(ctx, []byte("another writer's"), 1); !errors.As(err, &moved) {
		t.Errorf("a write behind another writer's: %v", err)
	}
}

func TestConfigurationIsInForce(t *testing.T) {
	l, _ := start(t, Config{})
	appendWait(t, l, message(0))
	js := l.stream.srv.JetStreamConfig()
	if !js.SyncAlways {
		t.Error("SyncAlways is off")
	}
	if l.stream.srv.Addr() != nil {
		t.Error("the embedded server listens")
	}
	// The assertion can fail: a server that was told otherwise is refused.
	lax, err := server.NewServer(&server.Options{DontListen: true, NoLog: true, NoSigs: true, JetStream: true, StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	lax.Start()
	defer stopServer(lax)
	if !lax.ReadyForConnections(serverStartTimeout) {
		t.Fatal("the lax server did not start")
	}
	if err := assertConfig(lax, lax.StoreDir()); err == nil || !strings.Contains(err.Error(), "SyncAlways") {
		t.Errorf("a server without SyncAlways passes: %v", err)
	}
}
