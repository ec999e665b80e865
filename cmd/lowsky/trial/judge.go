package trial

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"lowsky"
	"lowsky/ingest"
	"lowsky/picture"
	"lowsky/simulator"
	"lowsky/simulator/score"
)

const (
	tick = time.Second
	// brokerPoll is how often serve looks at the connection to an outside broker.
	brokerPoll = 250 * time.Millisecond
	// never is later than any run.
	never = time.Duration(1<<63 - 1)
	// problemsMost bounds what is said of a run in which much goes wrong.
	problemsMost = 20
)

// foreigner is a device that signs in as itself and may speak as another.
type foreigner struct {
	link string
	door *ingest.Rehearsal
}

// judge is the platform in the run: it makes records of what reaches the broker and of the time that passes, and has the
// engine consume them in order.
type judge struct {
	engine *picture.Engine
	start  time.Time // UTC
	now    time.Duration
	seq    uint64

	nextTick  time.Duration
	brokerDue time.Duration // when the picture is told that the broker is away; never: it is not, or knows
	told      bool          // that it is away
	away      bool
	foreign   []foreigner
	scenario  *simulator.Scenario

	revisions []score.Revision
	problems  []string // the first of those that failed
	failed    int
	rejected  int
	options   Options
}

func newJudge(s *simulator.Scenario, c picture.Config, o Options) (*judge, error) {
	e, err := picture.NewEngine(c)
	if err != nil {
		return nil, err
	}
	return &judge{
		engine: e, start: s.Start.UTC(), nextTick: tick, brokerDue: never, scenario: s,
		options: o,
	}, nil
}

func (j *judge) takeAll(events []arrival) {
	for i := range events {
		if j.options.Message != nil {
			j.options.Message(&events[i].Event)
		}
		j.take(&events[i])
	}
}

// take has one event judged, and before it what time alone brings until then.
func (j *judge) take(ev *arrival) {
	j.advance(ev.At - 1)
	j.now = max(j.now, ev.At)
	switch ev.Control {
	case simulator.BrokerDown:
		if !j.away {
			j.away, j.brokerDue = true, (j.now + ingest.BrokerPatience + brokerPoll - 1).Truncate(brokerPoll)
		}
		return
	case simulator.BrokerUp:
		if j.told {
			j.broker(true)
		}
		j.away, j.told, j.brokerDue = false, false, never
		return
	}
	if ev.Link != "" {
		if !j.rehearsal(ev.Link).Publish(lowsky.DeviceID(ev.Link), ev.Topic, ev.Payload, ev.QoS) {
			j.rejected++
		}
		return
	}
	ev.decode(j.start)
	if ev.bad {
		j.rejected++
	}
	if len(ev.msgs) == 0 { // the journal has it, the picture never sees it
		j.seq++
		return
	}
	j.step(ev.record(j.start), ev.msgs)
}

// advance brings the clock to t: the ticks up to and including it, and what falls due.
func (j *judge) advance(t time.Duration) {
	for {
		due := min(j.nextTick, j.brokerDue)
		if due > t {
			return
		}
		j.now = max(j.now, due)
		if due == j.brokerDue {
			j.brokerDue, j.told = never, true
			j.broker(false)
			continue
		}
		j.nextTick += tick
		j.tick()
	}
}

func (j *judge) tick() {
	for _, f := range j.foreign {
		f.door.Tick()
	}
	at := j.start.Add(j.now)
	for s := j.engine.FirstSlice(picture.DefaultSliceSize); s.Of > 0; s = j.engine.NextSlice(s) {
		j.step(s.Record(at), nil)
	}
}

func (j *judge) broker(up bool) {
	payload, _ := json.Marshal(lowsky.BrokerState{Up: up})
	j.step(lowsky.Record{Kind: lowsky.RecordBroker, At: j.start.Add(j.now), Payload: payload}, nil)
}

// step has the engine consume one record and keeps what came of it.
func (j *judge) step(rec lowsky.Record, msgs []lowsky.Message) {
	j.seq++
	rec.Seq = j.seq
	changes := j.engine.Step(rec, msgs)
	for i := range changes {
		if a := changes[i].Alert; a != nil {
			j.revisions = append(j.revisions, score.Revision{At: j.now, Alert: a})
			if j.options.Alert != nil {
				j.options.Alert(j.now, a)
			}
		}
	}
	for _, f := range j.engine.Faults() {
		if j.failed++; j.failed <= problemsMost {
			j.problems = append(j.problems, fmt.Sprintf("at %s, record %d, rule %q: %.2000s", j.now, f.Seq, f.Rule, f.Cause))
		}
	}
}

// faults answers what went wrong in the platform.
func (j *judge) faults() []string {
	out := j.problems
	if more := j.failed - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	c := j.engine.Counts()
	for _, n := range []struct {
		what string
		n    uint64
	}{
		{"rules failed", c.RuleFaults}, {"records could not be applied", c.BadRecords}, {"reports refused", c.Refused}, {"reports skipped", c.Skipped},
	} {
		if n.n > 0 {
			out = append(out, fmt.Sprintf("%s: %d", n.what, n.n))
		}
	}
	return out
}

// rehearsal answers the broker's door for a device that uses a connection of its own. Each device has one to itself: what
// is decided about it does not depend on the others.
func (j *judge) rehearsal(link string) *ingest.Rehearsal {
	for _, f := range j.foreign {
		if f.link == link {
			return f.door
		}
	}
	devices := []lowsky.Device{{ID: lowsky.DeviceID(link), Kind: lowsky.DeviceAircraft, Organisation: j.scenario.Organisation}}
	add := func(id string, kind lowsky.DeviceKind) {
		if id != link {
			devices = append(devices, lowsky.Device{ID: lowsky.DeviceID(id), Kind: kind, Organisation: j.scenario.Organisation})
		}
	}
	for _, a := range j.scenario.Aircraft {
		if a.Gateway == nil {
			add(string(a.ID), lowsky.DeviceAircraft)
		}
	}
	for _, g := range j.scenario.Gateways {
		add(string(g.ID), lowsky.DeviceGateway)
	}
	intake := ingest.NewIntake(ingest.Config{
		Log: recorder{j}, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return j.start.Add(j.now) },
	})
	r := ingest.NewRehearsal(intake, devices)
	j.foreign = append(j.foreign, foreigner{link, r})
	return r
}

// recorder is the journal of what comes through a rehearsal.
type recorder struct{ judge *judge }

// Append takes the record at once.
func (r recorder) Append(rec lowsky.Record, msgs []lowsky.Message) (lowsky.Receipt, error) {
	if rec.Kind != lowsky.RecordMessage || len(msgs) > 0 {
		r.judge.step(rec, msgs)
	}
	return written{}, nil
}

type written struct{}

// Wait has nothing to wait for.
func (written) Wait(context.Context) error { return nil }
