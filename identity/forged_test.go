package identity

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// A session that was put into the browser before the sign-in is not taken over by it: neither one that the attacker made
// up, nor their own.
func TestSessionFixation(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	put(t, b, g, "attacker", "chibi-tea", lowsky.PilotRole)
	_, own, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "attacker", Password: password, From: "198.51.100.1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, planted := range []string{strings.Repeat("A", 43), own.Value} {
		c := signIn(t, g) // whatever cookie came with the request: SignIn is not even told
		if c.Value == planted {
			t.Error("the planted session is the new one")
		}
		p, err := g.Authenticate(t.Context(), time.Now(), with(&http.Cookie{Name: "lowsky", Value: planted}))
		if err == nil && p.Username != "attacker" {
			t.Errorf("the planted session is %s's now", p.Username)
		}
	}
}

func FuzzCookie(f *testing.F) {
	b := newBook()
	g, err := New(Config{Users: b, Tokens: b, Audit: b, Sessions: b, Now: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("lowsky=AAAA")
	f.Add("lowsky=; lowsky=b")
	f.Add("lowsky=\"x\x00\"")
	f.Add("__Host-lowsky=" + strings.Repeat("a", 300))
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Cookie": {header}}}
		if _, err := g.Authenticate(t.Context(), time.Now(), r); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("%q: %v", header, err)
		}
	})
}

func FuzzAuthorization(f *testing.F) {
	b := newBook()
	g, err := New(Config{Users: b, Tokens: b, Audit: b, Sessions: b, Now: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Bearer lowsky_aaaaaaaaaaaaaaaaaaaaaaaaaa")
	f.Add("bearer  x")
	f.Add("Bearer")
	f.Add("Basic YWRtaW46YWRtaW4=")
	f.Add("Digest username=\"admin\", Bearer x")
	f.Fuzz(func(t *testing.T, header string) {
		if header == "" {
			return
		}
		r := &http.Request{Header: http.Header{"Authorization": {header}}}
		if _, err := g.Authenticate(t.Context(), time.Now(), r); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("%q: %v", header, err)
		}
	})
}
