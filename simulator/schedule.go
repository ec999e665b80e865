package simulator

import (
	"cmp"
	"math"
	"slices"
	"time"

	"lowsky/simulator/faults"
)

const forever = time.Duration(math.MaxInt64)

// trouble is one fault or command over its time.
type trouble struct {
	from, until time.Duration // of the script
	kind        *faults.Kind
	params      *faults.Params
}

// schedule answers what faults and commands make of one thing at a time. It is read with times that never go back, and
// costs one comparison while nothing is in force.
type schedule struct {
	list   []trouble
	repeat time.Duration
	calm   time.Duration // nothing is in force before
	knobs  faults.Knobs
}

// calm is what a schedule answers while nothing is in force; nobody changes it.
var calm faults.Knobs

// at answers the knobs of t; they are good until the next call.
func (s *schedule) at(t time.Duration) *faults.Knobs {
	if t < s.calm {
		return &calm
	}
	if t < 0 {
		s.calm = 0
		return &calm
	}
	local := t
	if s.repeat > 0 {
		local %= s.repeat
	}
	active, next := false, forever
	for i := range s.list {
		p := &s.list[i]
		switch {
		case local < p.from:
			next = min(next, t+p.from-local)
			continue
		case local >= p.until:
			if s.repeat > 0 {
				next = min(next, t+s.repeat-local+p.from)
			}
			continue
		case !active:
			active = true
			s.knobs = faults.Knobs{}
		}
		p.kind.Apply(&s.knobs, *p.params, local-p.from)
	}
	if !active {
		s.calm = next
		return &calm
	}
	return &s.knobs
}

// changes answers when something begins or ends next after t; forever if never.
func (s *schedule) changes(t time.Duration) time.Duration {
	next := forever
	for i := range s.list {
		for _, c := range [2]time.Duration{s.list[i].from, s.list[i].until} {
			if s.repeat > 0 && c <= t {
				c += ((t-c)/s.repeat + 1) * s.repeat
			}
			if c > t {
				next = min(next, c)
			}
		}
	}
	return next
}

// covers reports whether anything is in force at t, which may be any time, and until when.
func (s *schedule) covers(t time.Duration) (until time.Duration, on bool) {
	if t < 0 {
		return 0, false
	}
	local := t
	if s.repeat > 0 {
		local %= s.repeat
	}
	for i := range s.list {
		if p := &s.list[i]; local >= p.from && local < p.until {
			until, on = max(until, t-local+p.until), true
		}
	}
	return until, on
}

// scheduleOf gathers what happens to an aircraft, to a gateway, or, without either, to the broker.
func (s *Scenario) scheduleOf(a *Aircraft, g *Gateway) schedule {
	out := schedule{repeat: s.Repeat}
	if a != nil {
		out.list = s.ordersFor(a)
	}
	for _, f := range s.Faults {
		if f.Aircraft != a || f.Gateway != g || a == nil && g == nil && !f.Kind.Broker {
			continue
		}
		until := f.At + f.For
		if f.For == 0 { // to the end of the script
			until = max(until, s.Duration)
		}
		out.list = append(out.list, trouble{f.At, until, &f.Kind, &f.Params})
	}
	if len(out.list) == 0 {
		out.calm = forever
	} else {
		out.calm = math.MinInt64
	}
	return out
}

// ordersFor answers the commands to one aircraft by time, each until its end or the next of its sort.
func (s *Scenario) ordersFor(a *Aircraft) []trouble {
	var out []trouble
	for _, c := range s.Commands {
		if c.Aircraft != a {
			continue
		}
		until := c.At + c.For
		if c.For == 0 {
			until = forever
		}
		out = append(out, trouble{c.At, until, &c.Kind, &c.Params})
	}
	slices.SortStableFunc(out, func(a, b trouble) int { return cmp.Compare(a.from, b.from) })
	for i := range out {
		for j := range out[i+1:] {
			next := &out[i+1+j]
			if next.kind.Name == out[i].kind.Name || next.kind.Goes && out[i].kind.Goes {
				out[i].until = min(out[i].until, next.from)
				break
			}
		}
	}
	return out
}
