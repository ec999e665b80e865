package ingest

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	guardFailures = 50              // failed sign-ins of one network …
	guardWindow   = time.Minute     // … within this time make it suspicious …
	guardFor      = 5 * time.Minute // … until so long after the last
	guardNetworks = 4096            // that are counted at a time
)

// guard counts failed sign-ins by network: an address, or with IPv6 a /64. Behind one address there may be many devices
// (NAT, a proxy), so a suspicious network is not shut out: who has the right secret still gets in, and everybody else
// costs one packet and one SHA-256.
type guard struct {
	hot      atomic.Int32 // networks that are suspicious: while there are none, nobody locks
	mu       sync.Mutex
	networks map[netip.Prefix]*network
}

type network struct {
	since    time.Time // of the first failure in this window
	failures int
	until    time.Time // suspicious; zero: it is not
}

func networkOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// failed counts one failed sign-in. True: that made the network suspicious.
func (g *guard) failed(a netip.Addr, now time.Time) bool {
	of := networkOf(a)
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.networks[of]
	if n == nil {
		if len(g.networks) >= guardNetworks {
			return false // from so many places at once, each by itself is not what to look at
		}
		if g.networks == nil {
			g.networks = map[netip.Prefix]*network{}
		}
		n = &network{since: now}
		g.networks[of] = n
	}
	if now.Sub(n.since) >= guardWindow {
		n.since, n.failures = now, 0
	}
	n.failures++
	switch {
	case !n.until.IsZero():
		n.until = now.Add(guardFor)
	case n.failures >= guardFailures:
		n.until = now.Add(guardFor)
		g.hot.Add(1)
		return true
	}
	return false
}

func (g *guard) suspicious(a netip.Addr, now time.Time) bool {
	if g.hot.Load() == 0 {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.networks[networkOf(a)]
	return n != nil && now.Before(n.until)
}

// tidy forgets what is over. It is called every second, and not when the table is full, so that a failure always costs
// the same.
func (g *guard) tidy(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for of, n := range g.networks {
		if now.Before(n.until) || n.until.IsZero() && now.Sub(n.since) < guardWindow {
			continue
		}
		if !n.until.IsZero() {
			g.hot.Add(-1)
		}
		delete(g.networks, of)
	}
}

// failed counts a failed sign-in against the network it came from.
func (e *Embedded) failed(from netip.Addr) {
	e.signInsFailed.Add(1)
	if e.guard.failed(from, e.intake.now()) {
		e.logger.Warn("many sign-ins with a wrong id or secret from one network; for a while only right ones are answered",
			"network", networkOf(from).String())
	}
}

func (e *Embedded) suspicious(from netip.Addr) bool { return e.guard.suspicious(from, e.intake.now()) }

// SignInsFailed is how many connections were refused for a wrong id or secret since the start.
func (e *Embedded) SignInsFailed() uint64 { return e.signInsFailed.Load() }
