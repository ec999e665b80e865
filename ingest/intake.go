package ingest

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/wire"
)

// log is the journal as ingest needs it. Append never blocks; an error means that the record was not taken (the
// journal is full).
type log interface {
	Append(rec lowsky.Record, msgs []lowsky.Message) (lowsky.Receipt, error)
}

// publisher sends downlinks: the broker that the message came from.
type publisher interface {
	Publish(topic string, payload []byte, qos byte, retain bool) error
}

// Config is what an Intake needs.
type Config struct {
	Log      log
	Platform dji.Platform     // what DJI docks are told when they ask
	Logger   *slog.Logger     // slog.Default if nil
	Now      func() time.Time // time.Now if nil: the arrival stamp
}

// Intake is the path of one message from the broker to the log. It is safe for concurrent use.
type Intake struct {
	log      log
	platform dji.Platform
	logger   *slog.Logger
	now      func() time.Time
	sources  *Sources
	licence  licence
	samples  sampler
	full     atomic.Bool // the log refused the newest message
}

// NewIntake makes an Intake.
func NewIntake(c Config) *Intake {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Intake{log: c.Log, platform: c.Platform, logger: c.Logger, now: c.Now, sources: newSources(), samples: newSampler(c.Logger)}
}

// Sources answers the counts.
func (in *Intake) Sources() *Sources { return in.sources }

// vetter knows which gateways and aircraft belong to whom. An error is why a message is refused.
type vetter interface {
	vet(p *peer, topic string, source lowsky.SourceID, msgs []lowsky.Message) error
}

// Arrival is one message as it came over a connection.
type Arrival struct {
	Link      string // the connection, e.g. "embedded/dock-7"
	Simulated bool   // came with the simulator's own credential
	Topic     string
	Payload   []byte // handed over: not to be changed afterwards
	QoS       byte
	// vet is asked, when the message is decoded, whether what it says of itself is from's to say; nil: it is.
	vet  vetter
	from *peer
}

// ErrNotLogged says that the log did not take a message: it must not be acknowledged.
var ErrNotLogged = errors.New("message not logged")

// Take stamps, decodes and logs one message, counts it and answers what the device asks through reply, which may be
// nil.
//
// A nil Receipt with a nil error is a message that is done with: counted as rejected, not logged, to be acknowledged,
// since sending it again would not mend it. A message on a topic of ours that could not be decoded is logged all the
// same: raw bytes are evidence, and a mended decoder can read them again. An error wraps ErrNotLogged.
func (in *Intake) Take(a Arrival, reply publisher) (lowsky.Receipt, []lowsky.Message, error) {
	at := in.now().UTC()
	var notes wire.Notes
	d, sender := decoderFor(a.Topic)
	msgs, err := decode(a.Topic, a.Payload, at, &notes)
	if !a.Simulated {
		clearSimulated(msgs)
	}
	src := sourceOf(msgs, d, a.Topic, sender, a.Link)
	if a.vet != nil && d != nil && wire.ValidID(sender) {
		if verr := a.vet.vet(a.from, a.Topic, src, msgs); verr != nil {
			in.refuse(a, at, verr)
			if reply != nil && d.format == dji.Format { // it waits for that, and learns nothing from it
				in.answer(a, at, reply)
			}
			return nil, nil, nil
		}
	}
	in.sources.count(src, d, a, at, msgs, err, &notes)
	if err != nil {
		in.samples.rejected(at, a, err)
	}
	if d == nil || !wire.ValidID(sender) || wire.ReasonOf(err) == wire.ReasonTooLarge || !keep(d, a) {
		return nil, msgs, nil
	}
	receipt, lerr := in.log.Append(lowsky.Record{
		Kind: lowsky.RecordMessage, At: at, Link: a.Link, Simulated: a.Simulated, Topic: a.Topic, Payload: a.Payload,
	}, msgs)
	if reply != nil && d.format == dji.Format {
		in.answer(a, at, reply)
	}
	in.full.Store(lerr != nil)
	if lerr != nil {
		in.sources.notLogged(src, a.QoS)
		return nil, msgs, fmt.Errorf("%w: %w", ErrNotLogged, lerr)
	}
	in.sources.logged.Add(1)
	return receipt, msgs, nil
}

// forbidden counts a message that its sender may not publish. It is not decoded and not logged.
func (in *Intake) forbidden(a Arrival) {
	in.refuse(a, in.now().UTC(), wire.Refuse(wire.ReasonForbidden, "topic", "is not one that "+a.Link+" may publish"))
}

// refuse counts against the connection: what the message says of itself is not to be believed.
func (in *Intake) refuse(a Arrival, at time.Time, err error) {
	in.sources.count(lowsky.SourceID("link:"+a.Link), nil, a, at, nil, err, &wire.Notes{})
	in.samples.rejected(at, a, err)
}

// keep removes what must never be stored from the payload, and reports whether the rest may be.
func keep(d *decoder, a Arrival) bool {
	if d.format != dji.Format {
		return true
	}
	return dji.Redact(a.Topic, a.Payload)
}

// sourceOf answers who relays the message: as the message says, else as the topic says, else the connection.
func sourceOf(msgs []lowsky.Message, d *decoder, topic, sender, link string) lowsky.SourceID {
	for _, m := range msgs {
		switch m := m.(type) {
		case *lowsky.TelemetryReport:
			return m.Source
		case *lowsky.Topology:
			return m.Gateway
		case *lowsky.DeviceEvent:
			return m.Gateway
		case *lowsky.DeviceRequest:
			return m.Gateway
		case *lowsky.StationReport:
			return m.Source
		case *lowsky.TrafficReport:
			return m.Source
		}
	}
	if d != nil && wire.ValidID(sender) {
		return d.source(topic)
	}
	return lowsky.SourceID("link:" + link)
}

// answer gives a DJI device what it waits for.
func (in *Intake) answer(a Arrival, at time.Time, reply publisher) {
	ans, ok := in.platform.Answer(a.Topic, a.Payload, at)
	if !ok {
		return
	}
	if ans.Withheld {
		in.licence.waiting(ans.Gateway, at)
		return
	}
	if ans.Method == dji.MethodConfig {
		in.licence.answered(ans.Gateway)
	}
	if err := reply.Publish(ans.Topic, ans.Payload, 1, false); err != nil {
		in.sources.replyFailed.Add(1)
		return
	}
	in.sources.replies.Add(1)
}

// logTakes reports whether the log took the newest message.
func (in *Intake) logTakes() bool { return !in.full.Load() }

// notFlushed counts a message that the log took and then could not write.
func (in *Intake) notFlushed() { in.sources.refused.Add(1) }
