package ingest

import (
	"context"
	"fmt"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"lowsky"
)

// waiting is a message whose acknowledgement waits for the log.
type waiting struct {
	message paho.Message
	receipt lowsky.Receipt // nil: done with
	err     error          // the log refused it
}

// acknowledge waits for the log, message by message in order of arrival, and acknowledges. From the first message that
// the log did not take, nothing more is acknowledged: the broker sends it all again over a new connection. That one is
// made once the log takes messages again, or after a while to try; the live picture has what arrives until then.
func (s *Subscriber) acknowledge(ctx context.Context, end context.CancelCauseFunc, acks <-chan waiting) {
	var owed <-chan time.Time
	var since time.Time
	var tick *time.Ticker
	for {
		select {
		case <-ctx.Done():
			return
		case <-owed:
			limit := owedAtMost
			if s.intake.logTakes() {
				limit = owedAtLeast
			}
			if s.intake.now().Sub(since) >= limit {
				end(ErrNotLogged)
				return
			}
		case w := <-acks:
			if owed != nil {
				continue
			}
			err := w.err
			if err == nil && w.receipt != nil {
				if err = w.receipt.Wait(ctx); err != nil && ctx.Err() == nil {
					s.intake.notFlushed()
				}
			}
			if err == nil {
				w.message.Ack()
				continue
			}
			since = s.intake.now()
			tick = time.NewTicker(owedAtLeast / 4)
			defer tick.Stop()
			owed = tick.C
		}
	}
}

// reply is an answer to a device, on its way out.
type reply struct {
	topic   string
	payload []byte
	qos     byte
	retain  bool
}

// queue lets Intake answer from within the callback, which must not wait for the broker.
type queue chan<- reply

func (q queue) Publish(topic string, payload []byte, qos byte, retain bool) error {
	select {
	case q <- reply{topic, payload, qos, retain}:
		return nil
	default:
		return fmt.Errorf("publish %s: too many answers are waiting: %w", topic, lowsky.ErrUnavailable)
	}
}

func (s *Subscriber) reply(ctx context.Context, replies <-chan reply) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-replies:
			if err := s.Publish(r.topic, r.payload, r.qos, r.retain); err != nil && ctx.Err() == nil {
				s.intake.sources.replyFailed.Add(1)
			}
		}
	}
}
