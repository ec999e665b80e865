package identity

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"testing"
	"testing/synctest"

	"lowsky"
)

// The test binary is also the process that hashes.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "hash" {
		if err := ServeHashes(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func hashCommand(t testing.TB) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, "hash"}
}

// The process answers what this one would, also after it was killed; where it cannot be had, this one hashes.
func TestHashProcess(t *testing.T) {
	h, err := newHasher(hashCommand(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	verify := func(what, password string, want bool) {
		t.Helper()
		if ok, err := h.verify(t.Context(), adminHash(), password, false, nil); err != nil || ok != want {
			t.Errorf("%s: %v, %v", what, ok, err)
		}
	}
	verify("the right password", password, true)
	verify("a wrong one", password+"x", false)
	verify("none", "", false)
	first := h.child.running.Process.Pid
	if err := h.child.running.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	verify("after it was killed", password, true)
	if second := h.child.running.Process.Pid; second == first {
		t.Error("it was not started again")
	}
	s, err := h.hash(t.Context(), "another-password")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.verify(t.Context(), s, "another-password", true, nil); err != nil || !ok {
		t.Errorf("made there: %v, %v", ok, err)
	}
	h.close()
	h.child.command = []string{"/nonexistent/program"}
	verify("without the program", password, true)
	h.child.command = []string{"/bin/true"}
	verify("with another program", password, true)
}

// What comes over the pipe asks for bounded work or ends the process.
func TestServeHashesRefuses(t *testing.T) {
	question := func(head ...uint32) []byte {
		var b bytes.Buffer
		_ = binary.Write(&b, binary.LittleEndian, head)
		return append(b.Bytes(), make([]byte, 1000)...)
	}
	for name, q := range map[string][]byte{
		"4 TiB":           question(1<<32-1, 2, 1, 16, 8, 32),
		"endless":         question(19456, 1<<31, 1, 16, 8, 32),
		"no lanes":        question(19456, 2, 256, 16, 8, 32),
		"a long password": question(19456, 2, 1, 16, 1<<31, 32),
		"a long salt":     question(19456, 2, 1, 1<<31, 8, 32),
		"a long key":      question(19456, 2, 1, 16, 8, 1<<31),
		"half a question": {1, 2, 3},
	} {
		var out bytes.Buffer
		if err := ServeHashes(bytes.NewReader(q), &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
	if err := ServeHashes(bytes.NewReader(nil), nil); err != nil {
		t.Errorf("the end: %v", err)
	}
}

// One hashes at a time; the next wait, those of the first line before the others, and too many are refused at once.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turn
		if err := turns.acquire(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := turns.acquire(gone, true); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that gave up: %v", err)
		}
		var order []string
		wait := func(name string, first bool) {
			go func() {
				if err := turns.acquire(t.Context(), first); err == nil {
					order = append(order, name)
					turns.release()
				}
			}()
			synctest.Wait()
		}
		wait("stranger", false)
		wait("known", true)
		for range mostWaiting - 1 {
			wait("stranger", false)
		}
		if err := turns.acquire(t.Context(), false); !errors.Is(err, lowsky.ErrUnavailable) {
			t.Errorf("a full line: %v", err)
		}
		wait("known", true)
		turns.release()
		synctest.Wait()
		if len(order) != mostWaiting+2 || order[0] != "known" || order[1] != "known" || order[2] != "stranger" || turns.taken {
			t.Errorf("order %v, taken %v", order, turns.taken)
		}
	})
}
