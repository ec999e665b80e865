package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"lowsky"
)

// victim is the process that TestKill kills: it appends for ever and prints the number of every record that a receipt
// has confirmed.
func victim(dir string) {
	l, err := Open(Config{Dir: dir, Logger: quiet})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	go func() { _ = l.Run(context.Background()) }()
	out := bufio.NewWriter(os.Stdout)
	for i := 0; ; {
		var last lowsky.Receipt
		for range 1 + i%50 {
			i++
			if last, err = l.Append(lowsky.Record{Kind: lowsky.RecordMessage, At: noon, Payload: []byte(strconv.Itoa(i))}, nil); err != nil {
				fmt.Println("error", err)
				os.Exit(1)
			}
		}
		if err := last.Wait(context.Background()); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Fprintln(out, i)
		if out.Flush() != nil {
			os.Exit(0)
		}
	}
}

// Killed with SIGKILL in the middle of writing, the journal holds everything that was confirmed, in order and without
// holes, and goes on.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	first := 0
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "JOURNAL_TEST_VICTIM="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		confirmed := 0
		for lines.Scan() {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatal(lines.Text())
			}
			confirmed = n
			if n > 800*(round+1) {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		for lines.Scan() { // what it still printed before it died counts as well
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				confirmed = n
			}
		}
		_ = cmd.Wait() // killed
		if confirmed == 0 {
			t.Fatal("the victim confirmed nothing")
		}
		l, stop := start(t, Config{Dir: dir})
		got := readAll(t, l, uint64(first+1))
		if len(got) < confirmed {
			t.Fatalf("round %d: %d records confirmed, %d found", round, confirmed, len(got))
		}
		for i, rec := range got {
			if rec.Seq != uint64(first+i+1) || string(rec.Payload) != strconv.Itoa(i+1) {
				t.Fatalf("round %d: record %d is number %d, payload %s", round, i, rec.Seq, rec.Payload)
			}
		}
		first += len(got)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// A copy of the directory taken while it is written, as a backup would, opens and holds what was confirmed before the
// copy began.
func TestCopyTakenWhileWriting(t *testing.T) {
	l, _ := start(t, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ctx.Err() == nil; i++ {
			r, err := l.Append(message(i), nil)
			if err != nil || r.Wait(context.Background()) != nil {
				t.Error("append while copying")
				return
			}
		}
	}()
	eventually(t, "some records", func() bool { return l.Head() > 200 })
	confirmed := l.Head()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "copy"), os.DirFS(l.cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-ended
	copied, _ := start(t, Config{Dir: filepath.Join(dir, "copy")})
	got := readAll(t, copied, 1)
	if uint64(len(got)) < confirmed {
		t.Fatalf("%d records confirmed before the copy, %d in it", confirmed, len(got))
	}
	for i, rec := range got {
		if rec.Seq != uint64(i+1) {
			t.Fatalf("record %d is number %d", i, rec.Seq)
		}
	}
	appendWait(t, copied, message(0))
}

// The disk is away for a while: receipts wait, the state says so, and everything is written when it is back.
func TestServerGone(t *testing.T) {
	l, _ := start(t, Config{})
	appendWait(t, l, message(0))
	l.stream.mu.Lock()
	stopServer(l.stream.srv)
	l.stream.mu.Unlock()
	r, err := l.Append(message(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, r)
	if got := readAll(t, l, 1); len(got) != 2 {
		t.Errorf("%d records", len(got))
	}
	if s := l.State(); s.Trouble != "" {
		t.Errorf("still in trouble: %+v", s)
	}
}

func TestRetentionNeverDiscardsWhatIsNotStored(t *testing.T) {
	const maxBytes = 4 << 20
	l, _ := start(t, Config{MaxBytes: maxBytes, MaxBacklogRecords: 8, TidyInterval: time.Hour})
	rec := message(0)
	rec.Payload = make([]byte, 200<<10)
	// Fill it: the stream refuses, nothing is discarded, and the journal says that it is full.
	var held []lowsky.Receipt
	for i := 0; ; i++ {
		r, err := l.Append(rec, nil)
		if err != nil {
			break
		}
		held = append(held, r)
		if i > 1000 {
			t.Fatal("the bound of the stream is not in force")
		}
		if l.Head() < uint64(i) && i < 15 {
			wait(t, r)
		}
		if i >= 15 {
			eventually(t, "written, or refused by the full stream", func() bool {
				return l.Head() == uint64(i+1) || l.State().Trouble != ""
			})
		}
	}
	s := l.State()
	if s.Level != LevelFull || s.Trouble == "" {
		t.Fatalf("state %+v", s)
	}
	if got := readAll(t, l, 1); got[0].Seq != 1 {
		t.Fatalf("record %d is the oldest: what was not stored was discarded", got[0].Seq)
	}
	// PostgreSQL catches up: room is made, what waited is written, what it does not have stays.
	const stored = 9
	l.Consumed(stored)
	for _, r := range held {
		wait(t, r)
	}
	got := readAll(t, l, 1)
	if first := got[0].Seq; first <= 1 || first > stored+1 {
		t.Errorf("oldest record %d after %d were stored", first, stored)
	}
	if last := got[len(got)-1].Seq; last < uint64(len(held)) {
		t.Errorf("newest record %d of %d", last, len(held))
	}
}

func TestRetentionByAge(t *testing.T) {
	l, _ := start(t, Config{MaxAge: time.Hour, TidyInterval: time.Hour})
	for i := range 10 {
		rec := message(0)
		rec.At = noon.Add(time.Duration(i) * 20 * time.Minute)
		appendWait(t, l, rec)
	}
	tidy := func() uint64 {
		t.Helper()
		if err := l.tidyOnce(context.Background()); err != nil {
			t.Fatal(err)
		}
		return readAll(t, l, 1)[0].Seq
	}
	if first := tidy(); first != 1 {
		t.Errorf("nothing is stored, but the oldest is %d", first)
	}
	l.Consumed(3)
	if first := tidy(); first != 4 {
		t.Errorf("oldest %d, want 4: the first three are stored and too old", first)
	}
	l.Consumed(10)
	if first := tidy(); first != 7 {
		t.Errorf("oldest %d, want 7: exactly an hour old stays", first)
	}
}
