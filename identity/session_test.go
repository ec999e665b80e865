package identity

import (
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"lowsky"
)

func TestSignOut(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	c := signIn(t, g)
	p, err := g.Authenticate(t.Context(), time.Now(), with(c))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := g.SignOut(t.Context(), time.Now(), c.Value, "10.0.0.7")
	if err != nil || gone.MaxAge >= 0 || gone.Name != c.Name {
		t.Errorf("%+v, %v", gone, err)
	}
	if err := g.who(t, with(c)); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("after signing out: %v", err)
	}
	if _, err := g.Still(t.Context(), time.Now(), p); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("an open stream goes on: %v", err)
	}
	if len(b.sessions) != 0 {
		t.Error("the store still has it")
	}
	if _, err := g.SignOut(t.Context(), time.Now(), "made-up", ""); err != nil {
		t.Errorf("an unknown session: %v", err)
	}
}

// Sessions end after an idle and after an absolute time; use moves the first, never the second.
func TestSessionEnds(t *testing.T) {
	adminHash() // outside the bubble: it must not take fake time
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		idle := signIn(t, g)
		time.Sleep(12*time.Hour - time.Minute)
		if err := g.who(t, with(idle)); err != nil {
			t.Errorf("before its idle end: %v", err)
		}
		time.Sleep(12*time.Hour + time.Minute)
		if err := g.who(t, with(idle)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("after its idle end: %v", err)
		}

		busy := signIn(t, g)
		for range 27 { // 6.75 days, never idle for long
			time.Sleep(6 * time.Hour)
			if err := g.who(t, with(busy)); err != nil {
				t.Fatalf("in use: %v", err)
			}
		}
		time.Sleep(7 * time.Hour)
		if err := g.who(t, with(busy)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("after its absolute end: %v", err)
		}
	})
}

// A request does not cost a write; after a minute of use the new end is written.
func TestSessionWritesAreFew(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		c := signIn(t, g)
		for range 590 {
			time.Sleep(100 * time.Millisecond)
			if err := g.who(t, with(c)); err != nil {
				t.Fatal(err)
			}
		}
		if b.writes != 1 {
			t.Errorf("%d writes in a minute", b.writes)
		}
		time.Sleep(2 * time.Second)
		g.who(t, with(c))
		if b.writes != 2 {
			t.Errorf("%d writes after it", b.writes)
		}
		// Another process, or this one started again, finds the session in the store.
		if err := gate(t, b).who(t, with(c)); err != nil {
			t.Errorf("after a restart: %v", err)
		}
	})
}

// A new password ends the sessions that began before it, within the time that rows are remembered; so does disabling.
func TestPasswordEndsSessions(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g, other := gate(t, b), gate(t, b) // other: lowsky admin reset-password, another process
		c := signIn(t, g)
		time.Sleep(time.Second)
		given, err := other.ResetPassword(t.Context(), shell(), nil, "admin")
		if err != nil || len(given) != 20 {
			t.Fatal(given, err)
		}
		time.Sleep(freshFor)
		if err := g.who(t, with(c)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("with the old password's session: %v", err)
		}
		p, _, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "admin", Password: given, From: "10.0.0.7"})
		if err != nil || !p.MustChange {
			t.Errorf("with the new password: %+v, %v", p, err)
		}
		c = signInAs(t, g, given)
		u := b.users["admin"]
		u.Disabled = true
		b.users["admin"] = u
		time.Sleep(freshFor)
		if err := g.who(t, with(c)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("after the user was disabled: %v", err)
		}
		u.Disabled = false
		b.users["admin"] = u
		g.Changed()
		if err := g.who(t, with(c)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("a session came back with the account: %v", err)
		}
		if _, err := g.ResetPassword(t.Context(), shell(), nil, "nobody"); !errors.Is(err, lowsky.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

// While the database is away: who is signed in stays so, somebody known can sign in, signing out holds; what cannot be
// told is "unavailable", which signs nobody out; and the store learns of all of it afterwards.
func TestDatabaseAway(t *testing.T) {
	adminHash()
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		g := gate(t, b)
		before, leaving := signIn(t, g), signIn(t, g)
		b.setAway(true)
		time.Sleep(time.Hour)
		if err := g.who(t, with(before)); err != nil {
			t.Errorf("signed in before: %v", err)
		}
		during := signIn(t, g)
		if err := g.who(t, with(during)); err != nil {
			t.Errorf("signed in meanwhile: %v", err)
		}
		if _, err := g.SignOut(t.Context(), time.Now(), leaving.Value, ""); err != nil {
			t.Errorf("signing out: %v", err)
		}
		if err := g.who(t, with(leaving)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("signed out meanwhile: %v", err)
		}
		if err := g.who(t, with(&http.Cookie{Name: "lowsky", Value: "unknown-here"})); !errors.Is(err, lowsky.ErrUnavailable) {
			t.Errorf("a session that only the store may know: %v", err)
		}

		b.setAway(false)
		time.Sleep(time.Hour)
		for _, c := range []*http.Cookie{before, during} {
			if err := g.who(t, with(c)); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		}
		again := gate(t, b)
		if err := again.who(t, with(during)); err != nil {
			t.Errorf("the store did not learn of the sign-in: %v", err)
		}
		if err := again.who(t, with(leaving)); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("the store did not learn of the sign-out: %v", err)
		}
	})
}

// A request under way when its session ends must not bring the session back.
func TestEndedStaysEnded(t *testing.T) {
	b := newBook()
	h := newHeldSessions(b, time.Hour, time.Now, slog.New(slog.DiscardHandler))
	ctx, expiry := t.Context(), time.Now().Add(time.Hour)
	if err := h.CommitCtx(ctx, "s", []byte("x"), expiry); err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteCtx(ctx, "s"); err != nil {
		t.Fatal(err)
	}
	if err := h.CommitCtx(ctx, "s", []byte("x"), expiry.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := h.FindCtx(ctx, "s"); found || len(b.sessions) != 0 {
		t.Error("it is back")
	}
}
