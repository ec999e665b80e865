package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"lowsky"
)

func (p *people) User(_ context.Context, name string) (lowsky.User, error) {
	if u, ok := p.users[name]; ok {
		return u, nil
	}
	return lowsky.User{}, fmt.Errorf("user %s: %w", name, lowsky.ErrNotFound)
}

func inScope[K ~string, V any](m map[K]V, sees func(V) bool) []V {
	var out []V
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if sees(m[k]) {
			out = append(out, m[k])
		}
	}
	return out
}

func (p *people) Users(_ context.Context, scope lowsky.Scope) ([]lowsky.User, error) {
	return inScope(p.users, func(u lowsky.User) bool { return scope.Sees(u.Organisation, u.Jurisdictions) }), nil
}

func (p *people) Tokens(_ context.Context, scope lowsky.Scope) ([]lowsky.APIToken, error) {
	return inScope(p.tokens, func(t lowsky.APIToken) bool {
		u := p.users[t.Username]
		return scope.Sees(u.Organisation, u.Jurisdictions)
	}), nil
}

func (p *people) TokensOf(_ context.Context, username string) ([]lowsky.APIToken, error) {
	return inScope(p.tokens, func(t lowsky.APIToken) bool { return t.Username == username }), nil
}

func (p *people) Organisations(_ context.Context, scope lowsky.Scope) ([]lowsky.Organisation, error) {
	return inScope(p.organisations, func(o lowsky.Organisation) bool { return scope.Sees(o.ID, o.Jurisdictions()) }), nil
}

func (p *people) OrganisationByID(_ context.Context, scope lowsky.Scope, id lowsky.OrganisationID) (lowsky.Organisation, error) {
	if o, ok := p.organisations[id]; ok && scope.Sees(o.ID, o.Jurisdictions()) {
		return o, nil
	}
	return lowsky.Organisation{}, fmt.Errorf("organisation %s: %w", id, lowsky.ErrNotFound)
}

func (p *people) SaveOrganisation(_ context.Context, by lowsky.Actor, o lowsky.Organisation) error {
	p.by, p.organisations[o.ID] = by, o
	return p.err
}

func (p *people) Devices(_ context.Context, scope lowsky.Scope) ([]lowsky.Device, error) {
	return inScope(p.devices, func(d lowsky.Device) bool { return scope.Sees(d.Organisation, d.Jurisdictions) }), nil
}

func (p *people) DeviceByID(_ context.Context, scope lowsky.Scope, id lowsky.DeviceID) (lowsky.Device, error) {
	if d, ok := p.devices[id]; ok && scope.Sees(d.Organisation, d.Jurisdictions) {
		return d, nil
	}
	return lowsky.Device{}, fmt.Errorf("device %s: %w", id, lowsky.ErrNotFound)
}

// rot seals in a way that a test can read.
type rot struct{}

func (rot) Seal(text string) (lowsky.Sealed, error) { return lowsky.Sealed("sealed." + text), nil }
func (rot) Open(s lowsky.Sealed) (string, error) {
	return strings.TrimPrefix(string(s), "sealed."), nil
}

// ledger is the audit: a chain that is sound.
type ledger struct {
	people  *people
	board   *Board
	mu      sync.Mutex
	entries []lowsky.AuditEntry
	more    map[string]bool // "kind/id" of what exists besides
}

func (l *ledger) Audit(_ context.Context, e lowsky.AuditEntry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Seq = uint64(len(l.entries)) + 1
	if e.Seq > 1 {
		e.Previous = l.entries[e.Seq-2].Hash
	}
	e.Hash = lowsky.EntryHash(e.Previous, e)
	l.entries = append(l.entries, e)
	return nil
}

func (l *ledger) Exists(_ context.Context, kind, id string) bool {
	var ok bool
	switch kind {
	case "user":
		_, ok = l.people.users[id]
	case "token":
		_, ok = l.people.tokens[id]
	case "organisation":
		_, ok = l.people.organisations[lowsky.OrganisationID(id)]
	case "device":
		_, ok = l.people.devices[lowsky.DeviceID(id)]
	case "zone":
		_, err := l.board.Zone(lowsky.Everything, lowsky.ZoneID(id))
		ok = err == nil
	case "aircraft":
		ok = id == "a"
	case "alert":
		ok = id == "x"
	case "simulation":
		ok = id == "1"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return ok || l.more[kind+"/"+id]
}

func (l *ledger) AuditTrail(_ context.Context, scope lowsky.Scope, q lowsky.AuditQuery) ([]lowsky.AuditEntry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []lowsky.AuditEntry
	for _, e := range slices.Backward(l.entries) {
		prefix, wild := strings.CutSuffix(q.Action, "*")
		if scope.Sees(e.Organisation, e.Jurisdictions) && (q.Before == 0 || e.Seq < q.Before) && len(out) < q.Limit &&
			(q.By == "" || q.By == e.By) && (wild && strings.HasPrefix(e.Action, prefix) || q.Action == "" || q.Action == e.Action) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (l *ledger) AuditChain(_ context.Context, from uint64, each func(lowsky.AuditEntry) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries[from-1:] {
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// told answers the rows of one action, as "by object detail".
func (l *ledger) told(action string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, e := range l.entries {
		if e.Action == action {
			out = append(out, strings.TrimSpace(e.By+" "+e.Object+" "+e.Detail))
		}
	}
	return out
}
