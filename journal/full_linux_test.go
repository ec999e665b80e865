package journal

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"lowsky"
)

// A disk that is really full: the embedded server turns itself off. Receipts wait, nothing is confirmed that is not
// there, and when there is room again the journal goes on by itself.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skip("needs the right to mount, to make a disk that is full: ", err)
	}
	defer func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 16<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	l, stop := start(t, Config{Dir: filepath.Join(disk, "journal"), MaxBacklogBytes: 4 << 20})
	rec := message(0)
	rec.Payload = make([]byte, 100<<10)
	var receipts []lowsky.Receipt
	for i := 0; l.State().Level != LevelFull; i++ {
		if r, err := l.Append(rec, nil); err == nil {
			receipts = append(receipts, r)
			eventually(t, "written, or trouble", func() bool { s := l.State(); return s.Head == s.Last || s.Trouble != "" })
		}
		if i > 1000 {
			t.Fatal("the disk never filled up")
		}
	}
	if s := l.State(); s.Trouble == "" || s.Head == s.Last {
		t.Fatalf("state %+v", s)
	}
	server := func() any {
		l.stream.mu.Lock()
		defer l.stream.mu.Unlock()
		return l.stream.srv
	}
	first := server()
	eventually(t, "started anew while the disk is still full", func() bool { return server() != first })
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for _, r := range receipts {
		wait(t, r)
	}
	appendWait(t, l, message(1))
	got := readAll(t, l, 1)
	for i := range receipts {
		if got[i].Seq != uint64(i+1) || len(got[i].Payload) != len(rec.Payload) {
			t.Fatalf("record %d is number %d", i+1, got[i].Seq)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
