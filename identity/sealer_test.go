package identity

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lowsky"
)

func keys(t testing.TB, n int) [][]byte {
	t.Helper()
	out := make([][]byte, n)
	for i := range out {
		out[i] = make([]byte, keyLength)
		if _, err := rand.Read(out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestSealer(t *testing.T) {
	k := keys(t, 2)
	s, err := NewSealer(k[:1])
	if err != nil {
		t.Fatal(err)
	}
	const phone = "13800001234"
	sealed, err := s.Seal(phone)
	if err != nil || !strings.HasPrefix(string(sealed), "v1.") || strings.Contains(string(sealed), phone) {
		t.Fatalf("%q, %v", sealed, err)
	}
	if again, _ := s.Seal(phone); again == sealed {
		t.Error("the same number looks the same twice")
	}
	if got, err := s.Open(sealed); err != nil || got != phone {
		t.Errorf("%q, %v", got, err)
	}
	if none, err := s.Seal(""); err != nil || none != "" {
		t.Errorf("none: %q, %v", none, err)
	}
	if none, err := s.Open(""); err != nil || none != "" {
		t.Errorf("none: %q, %v", none, err)
	}
	if _, err := s.Seal(strings.Repeat("1", longestSealed+1)); err == nil {
		t.Error("endless data")
	}
	// A new key first: what the old one sealed still opens. Without the old one it does not.
	both, _ := NewSealer([][]byte{k[1], k[0]})
	if got, err := both.Open(sealed); err != nil || got != phone {
		t.Errorf("after a new key: %q, %v", got, err)
	}
	fresh, _ := both.Seal(phone)
	if _, err := s.Open(fresh); err == nil {
		t.Error("the first key does not seal")
	}
	other, _ := NewSealer(k[1:])
	if got, err := other.Open(sealed); err == nil {
		t.Errorf("another key answers %q", got)
	}
	// Every single changed or missing character is an error, never another number.
	for i := range len(sealed) {
		for _, c := range []byte{'A', 'B', '.', '-', '\n', sealed[i] ^ 1, sealed[i] ^ 32} {
			changed := []byte(sealed)
			if changed[i] == c {
				continue
			}
			changed[i] = c
			if got, err := both.Open(lowsky.Sealed(changed)); err == nil {
				t.Errorf("changed at %d to %q: %q", i, c, got)
			}
		}
		if got, err := both.Open(sealed[:i]); err == nil && i > 0 {
			t.Errorf("cut at %d: %q", i, got)
		}
	}
	for _, bad := range []lowsky.Sealed{sealed + "A", sealed + "=", sealed + "\n", " " + sealed, sealed + sealed, "13800001234", "v1..", "v2" + sealed[2:]} {
		if got, err := both.Open(bad); err == nil || strings.Contains(err.Error(), phone) {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
	for _, bad := range [][][]byte{nil, {nil}, {make([]byte, 16)}, {make([]byte, 32)}, {k[0], k[1][:31]}} {
		if _, err := NewSealer(bad); err == nil {
			t.Errorf("keys %v are taken", bad)
		}
	}
}

func FuzzSealerOpen(f *testing.F) {
	s, err := NewSealer(keys(f, 1))
	if err != nil {
		f.Fatal(err)
	}
	sealed, _ := s.Seal("13800001234")
	f.Add(string(sealed))
	f.Add("v1.00000000.AAAA")
	f.Add("v1." + s.first + ".")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := s.Open(lowsky.Sealed(text)); err == nil && text != "" && text != string(sealed) {
			t.Errorf("%q opens as %q", text, got)
		}
	})
}

// A key is made once, for its owner only, and never replaced; of several at once all have the same.
func TestLoadOrMakeKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data.key")
	var wg sync.WaitGroup
	got := make([][]byte, 8)
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = LoadOrMakeKey(file); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range got {
		if len(k) != keyLength || !bytes.Equal(k, got[0]) {
			t.Fatalf("%x", got)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrMakeKey(file); err == nil {
		t.Error("a key that others may read")
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrMakeKey(short); err == nil {
		t.Error("a short key")
	}
	if b, _ := os.ReadFile(short); string(b) != "short" {
		t.Error("it was replaced")
	}
	if _, err := LoadOrMakeKey(filepath.Join(t.TempDir(), "absent", "data.key")); err == nil {
		t.Error("a folder out of nothing")
	}
}
