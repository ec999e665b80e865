package identity

import (
	"context"
	"sync"
	"time"

	"lowsky"
)

const (
	// knownFor is how long a network is remembered after an account signed in from it.
	knownFor = 30 * 24 * time.Hour
	// mostNetworks of one account, and mostKnown accounts, are remembered.
	mostNetworks = 32
	mostKnown    = 10000
	// What the store knows of an account is asked at most this often, and of all accounts so many times a second.
	recallEvery = 10 * time.Minute
	mostRecalls = 5
	// mostTrail bounds how many sign-ins are read.
	mostTrail = 200
)

// knownNetworks remembers from where accounts have signed in.
type knownNetworks struct {
	mu       sync.Mutex
	accounts map[string]*knownAccount
	second   time.Time
	recalls  int
}

type knownAccount struct {
	networks map[string]time.Time // by network, the last sign-in
	asked    time.Time            // when the store was last asked
}

func newKnownNetworks() *knownNetworks { return &knownNetworks{accounts: map[string]*knownAccount{}} }

func (k *knownNetworks) has(now time.Time, name, from string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.accounts[name]
	if a == nil {
		return false
	}
	at, ok := a.networks[network(from)]
	return ok && now.Sub(at) < knownFor
}

// add notes a sign-in, unless there has been a later one.
func (k *knownNetworks) add(at time.Time, name, from string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.account(name)
	net := network(from)
	if last, ok := a.networks[net]; ok && !last.Before(at) {
		return
	}
	a.networks[net] = at
	for len(a.networks) > mostNetworks {
		oldest := net
		for n, t := range a.networks {
			if t.Before(a.networks[oldest]) {
				oldest = n
			}
		}
		delete(a.networks, oldest)
	}
}

// account finds or makes one; where there are too many, one that only the store was asked about makes room. The caller
// holds mu.
func (k *knownNetworks) account(name string) *knownAccount {
	if a := k.accounts[name]; a != nil {
		return a
	}
	if len(k.accounts) >= mostKnown {
		drop := ""
		for n, a := range k.accounts {
			drop = n
			if len(a.networks) == 0 {
				break
			}
		}
		delete(k.accounts, drop)
	}
	a := &knownAccount{networks: map[string]time.Time{}}
	k.accounts[name] = a
	return a
}

// worthAsking reports whether the store shall be asked about the account now, and counts it as asked.
func (k *knownNetworks) worthAsking(now time.Time, name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a := k.accounts[name]; a != nil && !a.asked.IsZero() && now.Sub(a.asked) < recallEvery {
		return false
	}
	if s := now.Truncate(time.Second); !s.Equal(k.second) {
		k.second, k.recalls = s, 0
	}
	if k.recalls >= mostRecalls {
		return false
	}
	k.recalls++
	k.account(name).asked = now
	return true
}

// recall reads from where the account has signed in: from its sessions, and from the audit, which knows of those that
// have ended.
func (g *Gate) recall(ctx context.Context, now time.Time, name string) {
	if !usernames.MatchString(name) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if list, err := g.cfg.Sessions.SessionsOf(ctx, name); err == nil {
		for _, s := range list {
			g.known.add(s.BeganAt, name, s.From)
		}
	}
	if g.cfg.Trail == nil {
		return
	}
	rows, err := g.cfg.Trail.AuditTrail(ctx, lowsky.Everything, lowsky.AuditQuery{
		By: name, Action: "session.begin", From: now.Add(-knownFor), To: now.Add(time.Second), Limit: mostTrail,
	})
	if err != nil {
		g.log.Debug("earlier sign-ins not read", "error", err)
	}
	for _, e := range rows {
		if e.By == name && e.Action == "session.begin" && e.From != "" {
			g.known.add(e.At, name, e.From)
		}
	}
}
