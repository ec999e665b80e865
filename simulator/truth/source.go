package truth

import (
	"time"

	"lowsky"
	"lowsky/simulator"
)

const (
	// inferred is after how long a gateway that cannot announce its end must have been missed, when nobody behind it is
	// heard any more either; lonely where there is only one, of which the silence may be its own.
	inferred = 15 * time.Second
	lonely   = 35 * time.Second
	// outdated is how long after its last report from the air an aircraft that has landed may be taken to fly.
	outdated = 90 * time.Second
)

// sourceOracle knows when a gateway or the broker is down, and whether anybody is in the air behind it.
type sourceOracle struct {
	gateways [][2]*line // down, down in use
	behind   [][]*craft
	broker   [2]*line
	since    time.Duration // of the broker; below 0 it is up
	all      []*craft
}

func newSourceOracle(w *Watch, levels []*Level) *sourceOracle {
	o := &sourceOracle{since: -1, all: w.crafts}
	source := func(id string, l *Level) *line {
		return w.newLine(line{key: Key{Object: lowsky.Object{Kind: lowsky.ObjectSource, ID: id}, Hazard: l.Hazard}, level: l, unit: "s"})
	}
	for _, g := range w.scenario.Gateways {
		o.gateways = append(o.gateways, [2]*line{source(string(g.ID), levels[0]), source(string(g.ID), levels[1])})
		var behind []*craft
		for _, c := range w.crafts {
			if c.aircraft.Gateway == g {
				behind = append(behind, c)
			}
		}
		o.behind = append(o.behind, behind)
	}
	o.broker = [2]*line{source(string(lowsky.BrokerSource), levels[2]), source(string(lowsky.BrokerSource), levels[3])}
	return o
}

func (o *sourceOracle) see(w *Watch, s *simulator.State) {
	known := news{w.at, w.at}
	for i := range s.Gateways {
		g := &s.Gateways[i]
		var down, used reading
		if g.Down {
			past := (w.at - g.Since).Seconds()
			used = reading{class: inUse(w, o.behind[i]), past: past}
			down = reading{class: yes, past: past}
			switch {
			case s.Broker: // nobody can be heard, and the broker's alert says so
				down.class, used.class = maybe, min(used.class, maybe)
			case g.Gateway.Wire == simulator.WireDJI && (w.at-g.Since < patience(o.behind[i]) || used.class != yes):
				down.class, used.class = maybe, min(used.class, maybe)
			}
		}
		o.gateways[i][1].see(w, &used, known)
		o.gateways[i][0].see(w, &down, known)
	}
	var down, used reading
	if s.Broker {
		if o.since < 0 {
			o.since = w.at
		}
		past := (w.at - o.since).Seconds()
		down, used = reading{class: yes, past: past}, reading{class: inUse(w, o.all), past: past}
	} else {
		o.since = -1
	}
	o.broker[1].see(w, &used, known)
	o.broker[0].see(w, &down, known)
}

// patience is how long it takes to infer that a silent gateway is down.
func patience(behind []*craft) time.Duration {
	flying := 0
	for _, c := range behind {
		if c.flew {
			flying++
		}
	}
	if flying < 2 {
		return lonely
	}
	return inferred
}

// inUse classes that somebody is known to be in the air.
func inUse(w *Watch, list []*craft) class {
	best := no
	for _, c := range list {
		switch {
		case c.flew:
			return yes
		case c.flewAt >= 0 && w.at-c.flewAt < outdated:
			best = maybe
		}
	}
	return best
}
