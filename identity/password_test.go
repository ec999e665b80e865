package identity

import (
	"strings"
	"testing"
)

func TestHash(t *testing.T) {
	h, err := newHasher(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	s, err := h.hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
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
		if got, err := h.verify(ctx, c.encoded, c.password, false, nil); err != nil || got != c.want {
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
