package identity

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"lowsky"
)

// TooManyError refuses a sign-in that comes too soon after failed ones.
type TooManyError struct{ RetryAfter time.Duration }

func (e *TooManyError) Error() string {
	return fmt.Sprintf("too many attempts; try again in %d s", int(e.RetryAfter.Seconds()+0.999))
}

// Is makes it lowsky.ErrUnavailable.
func (e *TooManyError) Is(target error) bool { return target == lowsky.ErrUnavailable }

// Five wrong passwords for one account from one address are free; each further one doubles a wait from 5 s to at most
// 15 min. An address has fifty over all accounts. All is forgotten 15 min after the last failure, so nobody is locked
// out for ever, and an attacker elsewhere locks out nobody here.
const (
	freePerPair    = 5
	freePerAddress = 50
	firstWait      = 5 * time.Second
	longestWait    = 15 * time.Minute
	mostAttempts   = 20000 // remembered at once
)

// limits counts failed sign-ins by (account, address) and by address.
type limits struct {
	mu       sync.Mutex
	failures map[string]failure
}

type failure struct {
	count int
	last  time.Time
	told  time.Time // when a refusal was last worth an audit row
	mute  int       // refusals since
}

// tellEvery is the least time between two audit rows about refused attempts from one address.
const tellEvery = time.Minute

// tellRefused reports whether a refused attempt is worth an audit row, and how many were not since the last one.
func (l *limits) tellRefused(now time.Time, from string) (muted int, tell bool) {
	from = network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	f, known := l.failures[from]
	if !known { // forgotten meanwhile
		return 0, true
	}
	if tell = now.Sub(f.told) >= tellEvery; tell {
		muted, f.told, f.mute = f.mute, now, 0
	} else {
		f.mute++
	}
	l.failures[from] = f
	return muted, tell
}

func newLimits() *limits { return &limits{failures: map[string]failure{}} }

func pairKey(name, from string) string { return from + "\x00" + name }

// network answers what stands for an address: itself, or of IPv6 the /64, which one household or host has whole.
func network(from string) string {
	a, err := netip.ParseAddr(from)
	if err != nil || !a.Unmap().Is6() {
		return from
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return from
	}
	return p.String()
}

// refuse answers how long to wait; 0 lets the attempt go on.
func (l *limits) refuse(now time.Time, name, from string) time.Duration {
	from = network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.wait(now, pairKey(name, from), freePerPair), l.wait(now, from, freePerAddress))
}

func (l *limits) wait(now time.Time, key string, free int) time.Duration {
	f, ok := l.failures[key]
	if !ok || f.count < free {
		return 0
	}
	w := min(firstWait<<min(f.count-free, 16), longestWait)
	return max(0, w-now.Sub(f.last))
}

func (l *limits) failed(now time.Time, name, from string) {
	from = network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range []string{pairKey(name, from), from} {
		f := l.failures[key]
		if now.Sub(f.last) > longestWait {
			f.count = 0
		}
		if _, known := l.failures[key]; !known && len(l.failures) >= mostAttempts {
			l.forget(now)
		}
		f.count, f.last = f.count+1, now
		l.failures[key] = f
	}
}

// succeeded clears the pair; the address keeps its count, or one known password would buy endless guesses at others.
func (l *limits) succeeded(_ time.Time, name, from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, pairKey(name, network(from)))
}

// forget drops what is past, and where all of it is recent a quarter of it: memory is bounded whatever comes in.
func (l *limits) forget(now time.Time) {
	for key, f := range l.failures {
		if now.Sub(f.last) > longestWait {
			delete(l.failures, key)
		}
	}
	drop := len(l.failures) - mostAttempts*3/4
	for key := range l.failures {
		if drop <= 0 {
			return
		}
		delete(l.failures, key)
		drop--
	}
}

// admit answers whether the account has signed in from this network before, and how long an attempt has to wait.
func (g *Gate) admit(_ context.Context, now time.Time, name, from string) (known bool, wait time.Duration) {
	return false, g.limits.refuse(now, name, from)
}

// refused keeps a row about a refused attempt, unless there are too many of them.
func (g *Gate) refused(ctx context.Context, by lowsky.Actor, why string) {
	if n, tell := g.limits.tellRefused(by.At, by.From); tell || why != "too many attempts" {
		if n > 0 {
			why = fmt.Sprintf("%s; %d more since the last row", why, n)
		}
		g.audit(ctx, by, "session.refused", "user/"+by.Name, why)
	}
}
