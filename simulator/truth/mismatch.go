package truth

import (
	"time"

	"lowsky"
	"lowsky/simulator"
)

// clone is a second transmitter under an aircraft's id, as the scenario file orders it.
type clone struct {
	*simulator.Fault
	craft *craft
	line  *line // of one with a credential of its own; nil: it speaks over the aircraft's
}

// cloneFault and otherCredential are the words of the scenario file.
const (
	cloneFault      = "id_clone"
	otherCredential = "other"
)

// since answers how long the fault has been there; ok is false when it is not.
func (f *clone) since(w *Watch) (d time.Duration, ok bool) {
	at := w.at
	if r := w.scenario.Repeat; r > 0 {
		at %= r
	}
	return at - f.At, at >= f.At && at < f.At+f.For
}

// mismatchOracle knows when a device speaks under an id that is not its own.
type mismatchOracle struct{ clones []clone }

func newMismatchOracle(w *Watch, l *Level) *mismatchOracle {
	o := &mismatchOracle{}
	for _, c := range w.crafts {
		for i := range c.clones {
			if f := &c.clones[i]; f.Params.Credential == otherCredential {
				f.line = w.newLine(line{
					key: Key{
						Object: lowsky.Object{Kind: lowsky.ObjectDevice, ID: simulator.CloneDevice(c.id)}, Hazard: l.Hazard,
						Subject: lowsky.Subject{Kind: lowsky.ObjectAircraft, ID: string(c.id)},
					},
					level: l,
				})
				o.clones = append(o.clones, *f)
			}
		}
	}
	return o
}

func (o *mismatchOracle) see(w *Watch, s *simulator.State) {
	for i := range o.clones {
		f := &o.clones[i]
		var r reading
		// Its first message comes half an interval after it begins.
		if since, ok := f.since(w); ok && since > f.Aircraft.Interval/2 {
			r.class = yes
			if s.Broker {
				r.class = maybe
			}
		}
		f.line.see(w, &r, news{w.at, w.at})
	}
}
