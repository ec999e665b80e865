package truth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// Watch sees a run go by and remembers what was true. It is not safe for concurrent use.
type Watch struct {
	scenario *simulator.Scenario
	levels   []*Level
	oracles  []oracle
	crafts   []*craft
	lines    []*line
	spans    []Span
	silences map[lowsky.AircraftID][][2]time.Duration

	at         time.Duration // of the state that is seen
	count      int           // of states
	horizontal float64       // 1 sigma of what receivers are off, metres
	vertical   float64
	late       time.Duration // from measured to received, at most
}

// oracle knows when one kind of rule is right.
type oracle interface {
	see(w *Watch, s *simulator.State)
}

// New watches a run of s by these rules, of one pack or of several. A zone that cannot be understood is an error.
func New(s *simulator.Scenario, rules []Rule) (*Watch, error) {
	w := &Watch{scenario: s, silences: map[lowsky.AircraftID][][2]time.Duration{}}
	w.horizontal, w.vertical = s.Noise.Sigma()
	w.late = s.Noise.Latency + s.Noise.Jitter
	registered := map[lowsky.AircraftID]*lowsky.Aircraft{}
	for _, a := range s.Register() {
		registered[a.ID] = a
	}
	for i, a := range s.Aircraft {
		w.crafts = append(w.crafts, w.newCraft(i, a, registered[a.ID]))
	}
	w.levels = Levels(rules)
	next := 0
	take := func(n int) []*Level {
		next += n
		return w.levels[next-n : next]
	}
	var zones *zoneOracle
	for i := range rules {
		r := &rules[i]
		levels := take(len(levelsOf(r)))
		switch r.Kind {
		case "zone_entry", "identity":
			if zones == nil {
				var err error
				if zones, err = newZoneOracle(w); err != nil {
					return nil, err
				}
				w.oracles = append(w.oracles, zones)
			}
			if r.Kind == "identity" {
				w.oracles = append(w.oracles, newIdentityOracle(w, r, levels, zones))
			} else {
				zones.add(r, levels)
			}
		case "height_limit":
			w.oracles = append(w.oracles, newHeightOracle(w, r, levels))
		case "speed_limit":
			w.oracles = append(w.oracles, newSpeedOracle(w, r, levels))
		case "battery":
			w.oracles = append(w.oracles, newBatteryOracle(w, r, levels))
		case "emergency", "c2_loss":
			w.oracles = append(w.oracles, newSaidOracle(w, r, levels))
		case "silence":
			w.oracles = append(w.oracles, newSilenceOracle(w, r, levels))
		case "source_down":
			w.oracles = append(w.oracles, newSourceOracle(w, levels))
		case "separation":
			w.oracles = append(w.oracles, newSeparationOracle(w, r, levels))
		default:
			return nil, fmt.Errorf("rule %s: %w", r.ID, &lowsky.InvalidError{Field: "kind", Problem: fmt.Sprintf("truth does not know %q", r.Kind)})
		}
	}
	w.oracles = append(w.oracles, newMismatchOracle(w, take(1)[0]))
	return w, nil
}

// See takes the state of the world at the next step. It keeps nothing of it.
func (w *Watch) See(s *simulator.State) {
	w.at = s.At
	for i := range s.Fleet {
		w.crafts[i].see(w, &s.Fleet[i])
	}
	for _, o := range w.oracles {
		o.see(w, s)
	}
	w.count++
}

// Record answers the truth of the run until at, the end of it or of what was flown of it. The watch may go on.
func (w *Watch) Record(at time.Duration) *Record {
	r := &Record{Levels: w.levels, Spans: slices.Clone(w.spans), Duration: at, Silences: map[lowsky.AircraftID][][2]time.Duration{}}
	for _, l := range w.lines {
		l.finish(at, &r.Spans)
	}
	for id, list := range w.silences {
		r.Silences[id] = slices.Clone(list)
	}
	for _, c := range w.crafts {
		if c.sent >= 0 && at-c.came > deaf {
			r.Silences[c.id] = append(r.Silences[c.id], [2]time.Duration{c.came, at})
		}
	}
	order := map[*Level]int{}
	for i, l := range w.levels {
		order[l] = i
	}
	slices.SortStableFunc(r.Spans, func(a, b Span) int {
		return cmp.Or(
			strings.Compare(string(a.Object.Kind), string(b.Object.Kind)), strings.Compare(a.Object.ID, b.Object.ID),
			strings.Compare(string(a.Hazard), string(b.Hazard)),
			strings.Compare(string(a.Subject.Kind), string(b.Subject.Kind)), strings.Compare(a.Subject.ID, b.Subject.ID),
			cmp.Compare(order[a.Level], order[b.Level]), cmp.Compare(a.From, b.From),
		)
	})
	return r
}

// newLine makes a line that the watch finishes in the end.
func (w *Watch) newLine(l line) *line {
	p := &l
	w.lines = append(w.lines, p)
	return p
}
