package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky"
)

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
	if w := l.refuse(at(0), "admin", "10.0.0.7", false); w != 0 {
		t.Errorf("four failures: wait %v", w)
	}
	fail(at(0), "admin", "10.0.0.7", 1)
	if w := l.refuse(at(time.Second), "admin", "10.0.0.7", false); w != 4*time.Second {
		t.Errorf("five: wait %v", w)
	}
	if w := l.refuse(at(5*time.Second), "admin", "10.0.0.7", false); w != 0 {
		t.Errorf("after it: wait %v", w)
	}
	if w := l.refuse(at(time.Second), "admin", "10.0.0.8", false); w != 0 {
		t.Errorf("the same account from elsewhere is locked out: %v", w)
	}
	fail(at(0), "admin", "10.0.0.7", 40)
	if w := l.refuse(at(0), "admin", "10.0.0.7", false); w != longestWait {
		t.Errorf("never for ever: %v", w)
	}
	l.succeeded("admin", "10.0.0.7")
	if w := l.refuse(at(0), "admin", "10.0.0.7", true); w != 0 {
		t.Errorf("after the right password: %v", w)
	}
	if w := l.refuse(at(0), "admin", "10.0.0.8", false); w == 0 {
		t.Error("an account may be guessed at from address after address")
	}
	if w := l.refuse(at(0), "admin", "10.0.0.8", true); w != 0 {
		t.Errorf("a network that the account is known from: %v", w)
	}
	fail(at(0), "other", "10.0.0.7", 5) // 50 from this address
	if w := l.refuse(at(0), "third", "10.0.0.7", false); w == 0 {
		t.Error("an address may guess at account after account")
	}
	if w := l.refuse(at(longestWait+time.Second), "third", "10.0.0.7", false); w != 0 {
		t.Errorf("a quarter of an hour later: %v", w)
	}
	fail(at(longestWait+time.Minute), "third", "10.0.0.7", 1)
	if w := l.refuse(at(longestWait+time.Minute), "third", "10.0.0.7", false); w != 0 {
		t.Errorf("old failures still count: %v", w)
	}

	fail(at(0), "admin", "2001:db8::1", 5)
	if w := l.refuse(at(0), "admin", "2001:db8::2:3", false); w == 0 {
		t.Error("the addresses of one /64 count apart")
	}
	if network("2001:db8::1") == network("2001:db8:1::1") || network("::ffff:10.0.0.7") != "::ffff:10.0.0.7" || network("?") != "?" {
		t.Error("networks")
	}
	for i := range 2 * mostAttempts {
		l.failed(at(0), "x", string(rune('a'+i%26))+strings.Repeat("b", i%97)+time.Duration(i).String())
	}
	for _, c := range []counts{l.pairs, l.networks, l.accounts} {
		if len(c) > mostAttempts {
			t.Errorf("%d remembered", len(c))
		}
	}
}

// Ten thousand wrong passwords for one account, from one address and from five thousand: few are tried, and the audit,
// which nobody may shorten, does not fill up with them; the rightful user signs in all the while from where they have
// before, after a restart too; and from elsewhere a quarter of an hour after it is over.
func TestRightfulUserGetsIn(t *testing.T) {
	const attempts, every = 10_000, 100 * time.Millisecond
	t0 := time.Now()
	for _, addresses := range []int{1, 5000} {
		t.Run(fmt.Sprintf("from %d", addresses), func(t *testing.T) {
			b := newBook()
			g := gate(t, b)
			try := func(at time.Duration, password, from string) error {
				_, _, err := g.SignIn(t.Context(), t0.Add(at), Credentials{Username: "admin", Password: password, From: from})
				return err
			}
			if err := try(-29*24*time.Hour, password, "10.0.0.7"); err != nil {
				t.Fatal(err)
			}
			b.sessions = map[string]stored{} // it has ended since
			g = gate(t, b)
			b.audit = append(b.audit[:0:0], b.audit...)
			before, tried := len(b.audit), 0
			for i := range attempts {
				at := time.Duration(i) * every
				err := try(at, "wrong-wrong", fmt.Sprintf("198.51.%d.%d", i%addresses/250, i%addresses%250))
				switch {
				case errors.Is(err, lowsky.ErrUnauthenticated):
					tried++
				case !errors.Is(err, lowsky.ErrUnavailable):
					t.Fatal(err)
				}
				if i%2500 == 2400 {
					if err := try(at, password, "10.0.0.7"); err != nil {
						t.Errorf("the rightful user after %v: %v", at, err)
					}
				}
			}
			if tried > 40 {
				t.Errorf("%d passwords tried", tried)
			}
			minutes := int(attempts*every/time.Minute) + 2
			rows := 0
			for _, e := range b.audit[before:] {
				if e.Action == "session.refused" {
					rows++
				}
			}
			if rows > mostRows*minutes {
				t.Errorf("%d audit rows in %d min", rows, minutes)
			}
			if !slices.ContainsFunc(b.audit, func(e lowsky.AuditEntry) bool { return strings.Contains(e.Detail, "more attempts refused") }) {
				t.Error("no row tells of what has no row of its own")
			}
			end := attempts * every
			var wait *TooManyError
			if err := try(end, password, "192.0.2.1"); addresses > 1 && !errors.As(err, &wait) {
				t.Errorf("from elsewhere: %v", err)
			}
			if err := try(end+longestWait, password, "192.0.2.1"); err != nil {
				t.Errorf("a quarter of an hour later: %v", err)
			}
		})
	}
}

// From a network that the account is known from there are still only so many attempts, and many names asked about at once
// do not make as many questions to the store.
func TestKnownNetworks(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	t0 := time.Now()
	try := func(at time.Duration, name, password string) error {
		_, _, err := g.SignIn(t.Context(), t0.Add(at), Credentials{Username: name, Password: password, From: "10.0.0.7"})
		return err
	}
	if err := try(0, "admin", password); err != nil {
		t.Fatal(err)
	}
	for range freePerPair {
		if err := try(0, "admin", "wrong-wrong"); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Fatal(err)
		}
	}
	if err := try(0, "admin", password); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("after five wrong ones: %v", err)
	}
	if err := try(firstWait, "admin", password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if g.known.has(t0.Add(knownFor+time.Minute), "admin", "10.0.0.7") {
		t.Error("a network is known for ever")
	}
	asked := 0
	for i := range 1000 {
		if g.known.worthAsking(t0, fmt.Sprintf("name-%d", i)) {
			asked++
		}
	}
	if asked > mostRecalls {
		t.Errorf("%d questions in a second", asked)
	}
	for i := range 3 * mostKnown {
		g.known.add(t0, "admin", fmt.Sprintf("network-%d", i))
		g.known.account(fmt.Sprintf("name-%d", i))
	}
	if n, m := len(g.known.accounts), len(g.known.accounts["admin"].networks); n > mostKnown || m > mostNetworks {
		t.Errorf("%d accounts, %d networks remembered", n, m)
	}
}

// Guesses that are sent at once, before the first of them was found to be wrong, are no more than those sent one after the
// other.
func TestGuessesAtOnce(t *testing.T) {
	b := newBook()
	g := gate(t, b)
	now := time.Now()
	guess := func() error {
		_, _, err := g.SignIn(t.Context(), now, Credentials{Username: "admin", Password: "wrong-wrong", From: "198.51.100.9"})
		return err
	}
	for range freePerPair - 1 {
		if err := guess(); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Fatal(err)
		}
	}
	answers := make(chan error, mostWaiting)
	for range cap(answers) {
		go func() { answers <- guess() }()
	}
	tried := 0
	for range cap(answers) {
		err := <-answers
		var wait *TooManyError
		switch {
		case errors.Is(err, lowsky.ErrUnauthenticated):
			tried++
		case !errors.As(err, &wait) || wait.RetryAfter <= 0:
			t.Error(err)
		}
	}
	if tried > 2 { // the second may have its turn before the first is counted
		t.Errorf("%d passwords were tried where one more was free", tried)
	}
}

// What somebody types for a name is told by the audit as it is, so it must not break its lines.
func TestTypedNamesAreFitForTheAudit(t *testing.T) {
	for typed, want := range map[string]string{" Admin ": "admin", "ad\r\nmin": "ad??min", "a\u202eb\x00": "a?b?", "咸宁": "咸宁"} {
		if got := userName(typed); got != want {
			t.Errorf("%q: %q", typed, got)
		}
	}
}
