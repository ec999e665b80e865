package identity

import (
	"strings"
	"testing"
	"time"
)

func TestHash(t *testing.T) {
	h, err := newHasher(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	s := adminHash()
	if !strings.HasPrefix(s, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s", s)
	}
	for _, c := range []struct {
		encoded, password string
		want              bool
	}{
		{s, password, true},
		{s, password + " ", false},
		{s, "", false},
		{"", "", false},
		{"", password, false},
		{h.dummy.String(), password, false},
		{strings.Replace(s, "argon2id", "argon2i", 1), password, false},
		{s[:len(s)-1], password, false},
	} {
		if got, err := h.verify(ctx, c.encoded, c.password, false); err != nil || got != c.want {
			t.Errorf("%.40q with %q: %v, %v", c.encoded, c.password, got, err)
		}
	}
	if _, err := h.hash(ctx, "咸宁低空运行中心值班"); err != nil {
		t.Errorf("ten characters: %v", err)
	}
}

// What is read is what was written, and nothing that asks for more work than we are ready to do is read at all.
func TestPHCRoundTrip(t *testing.T) {
	p := phc{memory: 19456, passes: 2, lanes: 1, salt: []byte("0123456789abcdef"), key: []byte("0123456789abcdef0123456789abcdef")}
	got, ok := parsePHC(p.String())
	if !ok || got.String() != p.String() {
		t.Errorf("%v %v", got, ok)
	}
	for _, s := range []string{
		"", "$", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", // too short
		strings.Replace(p.String(), "v=19", "v=16", 1),
		strings.Replace(p.String(), "m=19456", "m=4194304", 1), // 4 GiB
		strings.Replace(p.String(), "m=19456", "m=-1", 1),
		strings.Replace(p.String(), "t=2", "t=1000000", 1),
		strings.Replace(p.String(), "p=1", "p=0", 1),
		p.String() + "$", p.String() + "=",
	} {
		if _, ok := parsePHC(s); ok {
			t.Errorf("%q is taken", s)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY")
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := parsePHC(s); ok {
			if again, ok := parsePHC(p.String()); !ok || again.String() != p.String() {
				t.Errorf("%q reads as %q", s, p)
			}
		}
	})
}

func TestNewPassword(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		p, err := NewPassword()
		if err != nil || len(p) != 20 || strings.ContainsAny(p, "01ilo") || strings.Count(p, "-") != 2 || seen[p] || CheckPassword("admin", p) != nil {
			t.Fatalf("%q, %v", p, err)
		}
		seen[p] = true
	}
}

func TestLimits(t *testing.T) {
	l := newLimits()
	t0 := time.Date(2026, 10, 15, 6, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time { return t0.Add(d) }
	fail := func(now time.Time, name, from string, n int) {
		for range n {
			l.failed(now, name, from)
		}
	}
	fail(at(0), "admin", "10.0.0.7", 4)
	if w := l.refuse(at(0), "admin", "10.0.0.7"); w != 0 {
		t.Errorf("four failures: wait %v", w)
	}
	fail(at(0), "admin", "10.0.0.7", 1)
	if w := l.refuse(at(time.Second), "admin", "10.0.0.7"); w != 4*time.Second {
		t.Errorf("five: wait %v", w)
	}
	if w := l.refuse(at(5*time.Second), "admin", "10.0.0.7"); w != 0 {
		t.Errorf("after it: wait %v", w)
	}
	if w := l.refuse(at(time.Second), "admin", "10.0.0.8"); w != 0 {
		t.Errorf("the same account from elsewhere is locked out: %v", w)
	}
	fail(at(0), "admin", "10.0.0.7", 40)
	if w := l.refuse(at(0), "admin", "10.0.0.7"); w != longestWait {
		t.Errorf("never for ever: %v", w)
	}
	l.succeeded(at(0), "admin", "10.0.0.7")
	if w := l.refuse(at(0), "admin", "10.0.0.7"); w != 0 {
		t.Errorf("after the right password: %v", w)
	}
	fail(at(0), "other", "10.0.0.7", 5) // 50 from this address
	if w := l.refuse(at(0), "third", "10.0.0.7"); w == 0 {
		t.Error("an address may guess at account after account")
	}
	if w := l.refuse(at(longestWait+time.Second), "third", "10.0.0.7"); w != 0 {
		t.Errorf("a quarter of an hour later: %v", w)
	}
	fail(at(longestWait+time.Minute), "third", "10.0.0.7", 1)
	if w := l.refuse(at(longestWait+time.Minute), "third", "10.0.0.7"); w != 0 {
		t.Errorf("old failures still count: %v", w)
	}

	fail(at(0), "admin", "2001:db8::1", 5)
	if w := l.refuse(at(0), "admin", "2001:db8::2:3"); w == 0 {
		t.Error("the addresses of one /64 count apart")
	}
	if network("2001:db8::1") == network("2001:db8:1::1") || network("::ffff:10.0.0.7") != "::ffff:10.0.0.7" || network("?") != "?" {
		t.Error("networks")
	}
	for i := range 2 * mostAttempts {
		l.failed(at(0), "x", string(rune('a'+i%26))+strings.Repeat("b", i%97)+time.Duration(i).String())
	}
	if len(l.failures) > mostAttempts+2 {
		t.Errorf("%d remembered", len(l.failures))
	}
}
