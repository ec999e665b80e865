package journal

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

func TestFullJournal(t *testing.T) {
	var tapped []lowsky.Record
	l, err := Open(Config{Dir: t.TempDir(), Logger: quiet, MaxBacklogRecords: 8, Tap: func(rec lowsky.Record, _ []lowsky.Message) { tapped = append(tapped, rec) }})
	if err != nil {
		t.Fatal(err)
	}
	// Nobody writes yet.
	var receipts []lowsky.Receipt
	for i := range 8 {
		r, err := l.Append(message(i), nil)
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, r)
		want := LevelOK
		if i >= 5 {
			want = LevelSlow // 6 of 8 is beyond 70 %
		}
		if i == 7 {
			want = LevelFull
		}
		if s := l.State(); s.Level != want {
			t.Errorf("with %d waiting: %s, want %s", i+1, s.Level, want)
		}
	}
	for i := range 3 {
		if _, err := l.Append(message(8+i), nil); !errors.Is(err, lowsky.ErrUnavailable) {
			t.Fatalf("append to a full journal: %v", err)
		}
	}
	// An alert still has room.
	r, err := l.Append(lowsky.Record{Kind: lowsky.RecordAlert, At: noon, Payload: []byte("{}")}, nil)
	if err != nil {
		t.Fatalf("an alert in a full journal: %v", err)
	}
	receipts = append(receipts, r)
	if s := l.State(); s.Refused != 3 || s.RefusedOther != 0 {
		t.Errorf("refused %d and %d", s.Refused, s.RefusedOther)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	if err := r.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a receipt before the disk has it: %v", err)
	}
	cancel()

	run, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(run) }()
	for _, r := range receipts {
		wait(t, r)
	}
	appendWait(t, l, message(20))
	got := readAll(t, l, 1)
	var gap Gap
	var seqs []uint64
	for _, rec := range got {
		seqs = append(seqs, rec.Seq)
		if rec.Kind == lowsky.RecordGap {
			if err := json.Unmarshal(rec.Payload, &gap); err != nil {
				t.Fatal(err)
			}
		}
	}
	if d := cmp.Diff([]uint64{1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14}, seqs); d != "" {
		t.Errorf("numbers on the disk:\n%s", d)
	}
	if want := (Gap{From: 9, Until: 11, Count: 3}); gap != want {
		t.Errorf("gap %+v, want %+v", gap, want)
	}
	if len(tapped) != 14 || tapped[9].Seq != 10 || string(tapped[9].Payload) != "payload 9" {
		t.Errorf("the picture was offered %d records", len(tapped))
	}
	if s := l.State(); s.Level != LevelOK {
		t.Errorf("afterwards: %+v", s)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestRunFlushesAtItsEnd(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(Config{Dir: dir, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	var last lowsky.Receipt
	for i := range 5000 {
		if last, err = l.Append(message(i), nil); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := last.Wait(context.Background()); err != nil {
		t.Errorf("flushed, but the receipt says %v", err)
	}
	// Readers go on after Run until Close, so that the store can catch up.
	if got := readAll(t, l, 1); len(got) != 5000 {
		t.Errorf("%d records", len(got))
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Read(context.Background(), 5001, true, func([]lowsky.Record) error { return nil }); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("reading a closed log: %v", err)
	}
}

func TestReceiptsFailWhenNobodyWrites(t *testing.T) {
	l, err := Open(Config{Dir: t.TempDir(), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Append(message(0), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Wait(context.Background()); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("receipt of a record that was never written: %v", err)
	}
}
