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

// Wrong passwords are counted by account and network, by network over all accounts, and by account over all networks;
// so many are free, and each further one doubles a wait from 5 s to at most 15 min. All is forgotten 15 min after the last
// failure, so nobody is locked out for ever. An attempt during a wait is refused before anything is hashed, and not
// counted.
//
// A network that an account has signed in from is not held against it by what others do: for that account it has the
// budget of the first kind alone. So whoever guesses from elsewhere, be it from thousands of addresses, never locks the
// rightful user out of the desk they work at.
const (
	freePerPair    = 5
	freePerAccount = 20
	freePerNetwork = 50
	firstWait      = 5 * time.Second
	longestWait    = 15 * time.Minute
	mostAttempts   = 20000 // remembered at once, of each kind
)

// limits counts failed sign-ins.
type limits struct {
	mu       sync.Mutex
	pairs    counts // account and network
	networks counts
	accounts counts
	rows     rowBudget
}

func newLimits() *limits { return &limits{pairs: counts{}, networks: counts{}, accounts: counts{}} }

func pairKey(name, net string) string { return net + "\x00" + name }

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

// refuse answers how long to wait; 0 lets the attempt go on. known says that the account has signed in from there.
func (l *limits) refuse(now time.Time, name, from string, known bool) time.Duration {
	net := network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := l.pairs.wait(now, pairKey(name, net), freePerPair)
	if known {
		return wait
	}
	return max(wait, l.networks.wait(now, net, freePerNetwork), l.accounts.wait(now, name, freePerAccount))
}

func (l *limits) failed(now time.Time, name, from string) {
	net := network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pairs.add(now, pairKey(name, net), freePerPair)
	l.networks.add(now, net, freePerNetwork)
	l.accounts.add(now, name, freePerAccount)
}

// refuseNetwork and failedNetwork are for sign-ins at the identity provider, which counts by account itself.
func (l *limits) refuseNetwork(now time.Time, from string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.networks.wait(now, network(from), freePerNetwork)
}

func (l *limits) failedNetwork(now time.Time, from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.networks.add(now, network(from), freePerNetwork)
}

// succeeded clears the pair; the network keeps its count, or one known password would buy endless guesses at others, and
// the account its own, or the rightful user's signing in would give whoever guesses new attempts.
func (l *limits) succeeded(name, from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pairs, pairKey(name, network(from)))
}

// tell reports whether a refusal is worth an audit row, and how many were not since the last one.
func (l *limits) tell(now time.Time, from string, early bool) (muted int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Refused before the hash: one row a minute for each network.
	if early {
		net := network(from)
		f, counted := l.networks[net]
		if counted && now.Sub(f.told) < time.Minute {
			l.rows.muted++
			return 0, false
		}
		if counted {
			f.told = now
			l.networks[net] = f
		}
	}
	return l.rows.take(now)
}

// counts are failures by key.
type counts map[string]failure

type failure struct {
	count int
	last  time.Time
	told  time.Time // when a refusal was last worth an audit row
}

func (c counts) wait(now time.Time, key string, free int) time.Duration {
	f, ok := c[key]
	if !ok || f.count < free {
		return 0
	}
	w := min(firstWait<<min(f.count-free, 16), longestWait)
	return max(0, w-now.Sub(f.last))
}

func (c counts) add(now time.Time, key string, free int) {
	f, known := c[key]
	if now.Sub(f.last) > longestWait {
		f.count = 0
	}
	if !known && len(c) >= mostAttempts {
		c.forget(now, free)
	}
	f.count, f.last = f.count+1, now
	c[key] = f
}

// forget drops what is past; where all of it is recent, a quarter, of what has not used up its free attempts first, so
// that nobody buys new ones by failing under many names. Memory is bounded whatever comes in.
func (c counts) forget(now time.Time, free int) {
	for key, f := range c {
		if now.Sub(f.last) > longestWait {
			delete(c, key)
		}
	}
	for _, below := range []int{free, int(^uint(0) >> 1)} {
		for key, f := range c {
			if len(c) <= mostAttempts*3/4 {
				return
			}
			if f.count < below {
				delete(c, key)
			}
		}
	}
}

// mostRows bounds the audit rows about refused attempts: whoever floods the door, from however many addresses, must not
// fill the disk with rows that nobody may remove.
const mostRows = 30 // a minute

type rowBudget struct {
	minute time.Time
	rows   int
	muted  int
}

func (r *rowBudget) take(now time.Time) (muted int, ok bool) {
	if m := now.Truncate(time.Minute); !m.Equal(r.minute) {
		r.minute, r.rows = m, 0
	}
	if r.rows >= mostRows {
		r.muted++
		return 0, false
	}
	r.rows++
	muted, r.muted = r.muted, 0
	return muted, true
}

// admit answers whether the account has signed in from this network before, and how long an attempt has to wait.
func (g *Gate) admit(ctx context.Context, now time.Time, name, from string) (known bool, wait time.Duration) {
	if known = g.known.has(now, name, from); known {
		return true, g.limits.refuse(now, name, from, true)
	}
	if wait = g.limits.refuse(now, name, from, false); wait == 0 || !g.known.worthAsking(now, name) {
		return false, wait
	}
	// Others may have used up what it shares with them: ask what this process does not remember.
	g.recall(ctx, now, name)
	known = g.known.has(now, name, from)
	return known, g.limits.refuse(now, name, from, known)
}

// stillFree answers what asks again, when it is an attempt's turn, whether it has to wait: those that came at once with it
// may have failed meanwhile.
func (g *Gate) stillFree(now time.Time, name, from string, known bool) func() error {
	return func() error {
		if wait := g.limits.refuse(now, name, from, known); wait > 0 {
			return &TooManyError{RetryAfter: wait}
		}
		return nil
	}
}

// refused keeps a row about a refused attempt, unless there are too many of them; early says that it was not tried.
func (g *Gate) refused(ctx context.Context, by lowsky.Actor, why string, early bool) {
	muted, ok := g.limits.tell(by.At, by.From, early)
	if !ok {
		return
	}
	if muted > 0 {
		why = fmt.Sprintf("%s; %d more attempts refused since the last row", why, muted)
	}
	g.audit(ctx, by, "session.refused", "user/"+by.Name, why)
}
