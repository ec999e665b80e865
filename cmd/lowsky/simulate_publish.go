package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"lowsky"
	"lowsky/simulator"
)

const (
	firstRetry   = time.Second
	longestRetry = 30 * time.Second
)

// publish sends the run to a broker. What the broker does not take at once is sent again, and said.
func (c *simulateCommand) publish(ctx context.Context, s *simulator.Scenario, start time.Time, speed float64, out io.Writer, m *meter) error {
	broker, err := c.broker(m)
	if err != nil {
		return badFlags(err)
	}
	tape, err := newTape(c.Out)
	if err != nil {
		return err
	}
	to, err := connect(ctx, broker, m)
	if err != nil {
		return errors.Join(interrupted(ctx, err), tape.close())
	}
	fmt.Fprintf(out, "%s  %d aircraft, %s, seed %d, to %s\n", s.ID, len(s.Aircraft), s.Duration, s.Seed, c.MQTT)
	for _, f := range s.Faults {
		switch {
		case f.Kind.Broker:
			fmt.Fprintf(out, "%s at %s is not done to a real broker: stop it yourself; what it missed is sent when it is back\n", f.Kind.Name, f.At)
		case f.Params.Credential == "other":
			fmt.Fprintf(out, "%s at %s goes over this one connection too, not over a device's own\n", f.Kind.Name, f.At)
		}
	}
	b := &broadcast{scenario: s, to: to, tape: tape.message(), meter: m, sum: simulator.NewHasher()}
	err = b.run(ctx, start, speed)
	m.end()
	closing := to.Close()
	fmt.Fprintf(out, "messages %d, not acknowledged %d\nsha256 %s of the stream from the file's own start\n", b.sent, to.GivenUp(), b.sum.Sum())
	if err = errors.Join(err, tape.close()); err == nil {
		err = closing
	}
	return interrupted(ctx, err)
}

// interrupted is err, or Ctrl-C where that is why.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", exitInterrupted)
	}
	return err
}

// broadcast is a run that is published.
type broadcast struct {
	scenario *simulator.Scenario
	to       *simulator.Publisher
	tape     func(*simulator.Event)
	meter    *meter
	sum      *simulator.Hasher
	sent     int
	told     time.Time
}

// run publishes until the script is over. A second flight of the same, from the file's own start, is what is summed up.
func (b *broadcast) run(ctx context.Context, start time.Time, speed float64) error {
	s := b.scenario
	e, twin := simulator.NewEngine(s, s.Seed, start), simulator.NewEngine(s, s.Seed, s.Start)
	wait := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	if speed > 0 {
		wait = pace(b.meter.now, speed)
	}
	for {
		ev := e.Next()
		if ev.At >= s.Duration {
			return nil
		}
		if err := wait(ctx, ev.At); err != nil {
			return err
		}
		same := twin.Next()
		b.sum.Add(&same)
		if b.tape != nil {
			b.tape(&ev)
		}
		if ev.Control != simulator.Deliver {
			continue
		}
		if err := b.to.Publish(ev.Topic, ev.Payload, ev.QoS); err != nil {
			return fmt.Errorf("%s at %s: %w", ev.Topic, ev.At, err)
		}
		b.sent++
		b.progress(ev.At)
	}
}

func (b *broadcast) progress(at time.Duration) {
	now := b.meter.now()
	if now.Sub(b.told) < b.meter.every {
		return
	}
	b.told = now
	b.meter.mu.Lock()
	defer b.meter.mu.Unlock()
	b.meter.line(fmt.Sprintf("%s of %s, %d messages", at.Round(time.Second), b.scenario.Duration, b.sent))
}

// connect tries until the broker is there. One that refuses us will do so again: that is an error.
func connect(ctx context.Context, b simulator.Broker, m *meter) (*simulator.Publisher, error) {
	for again := firstRetry; ; again = min(2*again, longestRetry) {
		to, err := simulator.Connect(ctx, b)
		if err == nil || ctx.Err() != nil || refused(err) {
			return to, err
		}
		m.end()
		fmt.Fprintf(m.out, "broker away: %v; trying again in %s\n", err, again)
		timer := time.NewTimer(again)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// refused reports whether the broker is there and does not want us.
func refused(err error) bool {
	for _, r := range []error{
		packets.ErrorRefusedBadProtocolVersion, packets.ErrorRefusedIDRejected, packets.ErrorRefusedBadUsernameOrPassword, packets.ErrorRefusedNotAuthorised,
	} {
		if errors.Is(err, r) {
			return true
		}
	}
	return false
}

// broker reads the flags about it.
func (c *simulateCommand) broker(m *meter) (simulator.Broker, error) {
	b := simulator.Broker{
		URL: c.MQTT, Username: c.Username, Password: c.Password,
		Lost: func(err error) {
			m.end()
			fmt.Fprintf(m.out, "broker away: %v; trying again, with longer and longer pauses up to 5s\n", err)
		},
		Back: func() {
			m.end()
			fmt.Fprintln(m.out, "broker back: what waited is sent now")
		},
	}
	if c.PasswordFile != "" {
		p, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return b, err
		}
		b.Password = strings.TrimRight(string(p), "\r\n")
	}
	scheme, rest, _ := strings.Cut(c.MQTT, "://")
	switch {
	case rest == "" || !slices.Contains([]string{"tcp", "mqtt", "ws", "ssl", "tls", "mqtts", "wss"}, scheme):
		return b, &lowsky.InvalidError{Field: "mqtt", Problem: "must be like tcp://127.0.0.1:1883 or ssl://broker:8883"}
	case scheme == "ssl" || scheme == "tls" || scheme == "mqtts" || scheme == "wss":
		trust, err := trustOf(c.CA)
		if err != nil {
			return b, err
		}
		b.TLS = trust
	case c.CA != "":
		return b, &lowsky.InvalidError{Field: "ca", Problem: "goes with ssl:// only"}
	}
	return b, nil
}
