package load

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lowsky"
)

// Result is what a run came to.
type Result struct {
	Format       lowsky.Format `json:"format"`
	QoS          byte          `json:"qos"`
	Batch        int           `json:"batch"` // messages in one write
	Connections  int           `json:"connections"`
	Aircraft     int           `json:"aircraft"`
	Due          uint64        `json:"due"`          // what was asked for until the end
	Sent         uint64        `json:"sent"`         // different messages written, or waiting to be; a repetition does not count again
	Acknowledged uint64        `json:"acknowledged"` // with QoS 1
	Lost         uint64        `json:"lost"`         // sent with QoS 1 and not acknowledged when the drain ended
	Skipped      uint64        `json:"skipped"`      // due, but the window of its connection was full, the connection away (QoS 0, or without Resend) or the sender too far behind
	Resent       uint64        `json:"resent"`
	Reconnects   uint64        `json:"reconnects"`
	Sending      time.Duration `json:"sending_ns"` // from the first to the last message
	// Behind is the most by which a message was written later than it was due.
	Behind time.Duration `json:"behind_ns"`
	// Ack is from the write to its PUBACK.
	Ack   Latencies               `json:"puback"`
	Watch lowsky.Opt[Observation] `json:"watch"` // null: nobody looked
}

// Observation is what came out of the platform, as one websocket saw it. Seen + Overtaken + NeverCame is what was sent.
type Observation struct {
	Seen uint64 `json:"seen"` // reports that a position frame showed
	// Flush is how often the platform sends positions, as it says: half of it is part of EndToEnd at the median.
	Flush time.Duration `json:"flush_ns"`
	// Overtaken are the reports that no frame showed, but a newer one of the same aircraft: the platform sends the newest
	// position each Flush. Whether it had received one of them the stream does not tell; Platform does.
	Overtaken uint64 `json:"overtaken"`
	NeverCame uint64 `json:"never_came"` // neither it nor a newer one of its aircraft was shown until the end
	// Unmatched are rows of our aircraft that show none of the newest reports: of an earlier run, or too old.
	Unmatched uint64 `json:"unmatched"`
	Frames    uint64 `json:"frames"`
	Gaps      uint64 `json:"gaps"`       // of the event sequence; each was answered by a new snapshot
	Reopened  uint64 `json:"reopened"`   // times the stream was lost and opened again
	LastError string `json:"last_error"` // why, the last time
	// EndToEnd is from the stamp in a report to the instant at which the frame that showed it was read, over those seen.
	EndToEnd Latencies `json:"end_to_end"`
	// Shown is from the stamp of a report to the instant at which it or a newer one of its aircraft was on the stream, over
	// those seen and overtaken.
	Shown    Latencies          `json:"shown"`
	Platform lowsky.Opt[Counts] `json:"platform"` // null: the platform's counters could not be read
}

// Counts is by how much the platform's own counters rose during a run. The first five are those of the sources of this
// run's aircraft, the others of everything that the platform received.
type Counts struct {
	Received  uint64 `json:"received"`
	Rejected  uint64 `json:"rejected"`
	Unlogged  uint64 `json:"unlogged"` // the journal did not take them
	Repeats   uint64 `json:"repeats"`
	Late      uint64 `json:"late"`
	Journal   uint64 `json:"journal"`   // messages that the journal took
	Published uint64 `json:"published"` // changes that the picture published
}

// MissingAtPlatform is how many messages the platform did not receive, as far as its counters tell; a repetition after a
// lost connection counts there as often as it came, and can hide one.
func (r Result) MissingAtPlatform() lowsky.Opt[uint64] {
	p := r.Watch.Value.Platform
	if !p.OK {
		return lowsky.Opt[uint64]{}
	}
	kept := p.Value.Received - min(p.Value.Received, p.Value.Unlogged)
	return lowsky.Some(r.Sent - min(r.Sent, kept))
}

// Rate is messages sent per second.
func (r Result) Rate() float64 {
	if r.Sending <= 0 {
		return 0
	}
	return float64(r.Sent) / r.Sending.Seconds()
}

func (r Result) String() string {
	return fmt.Sprintf("%d connections, sent %d (%.0f/s), acknowledged %d, lost %d, skipped %d, resent %d, at most %s behind; PUBACK %s",
		r.Connections, r.Sent, r.Rate(), r.Acknowledged, r.Lost, r.Skipped, r.Resent, r.Behind.Round(time.Microsecond), r.Ack)
}

// Report is the result in lines, as a person reads it.
func (r Result) Report() string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("load", "%s, QoS %d, %d in a write", r.Format, r.QoS, r.Batch)
	line("sent", "%d of %d due, in %s: %.0f/s; %d connections, %d aircraft", r.Sent, r.Due, r.Sending.Round(time.Millisecond), r.Rate(), r.Connections, r.Aircraft)
	line("skipped", "%d; at most %s behind, %d reconnects, %d sent again", r.Skipped, r.Behind.Round(10*time.Microsecond), r.Reconnects, r.Resent)
	if r.QoS > 0 {
		line("PUBACK", "%d acknowledged, %d lost (%.4f %%); %s", r.Acknowledged, r.Lost, percent(r.Lost, r.Sent), r.Ack)
	} else {
		line("PUBACK", "none with QoS 0: only the platform's counters tell of a loss")
	}
	if !r.Watch.OK {
		return b.String()
	}
	o := r.Watch.Value
	line("stream", "%d seen (%.1f %%), %d overtaken by a newer one (%.1f %%), %d never came (%.4f %%)",
		o.Seen, percent(o.Seen, r.Sent), o.Overtaken, percent(o.Overtaken, r.Sent), o.NeverCame, percent(o.NeverCame, r.Sent))
	line("end to end", "stamp → websocket, reports seen: %s", o.EndToEnd)
	line("", "stamp → this report or a newer one on the websocket: %s", o.Shown)
	line("", "the platform sends positions every %s, so half of that is waiting", o.Flush)
	if o.Gaps+o.Reopened > 0 {
		line("", "%d gaps of the sequence, stream opened again %d times (%s)", o.Gaps, o.Reopened, o.LastError)
	}
	if o.Unmatched > 0 {
		line("", "%d rows of these aircraft showed no report of this run", o.Unmatched)
	}
	if p := o.Platform.Value; o.Platform.OK {
		missing := r.MissingAtPlatform().Or(0)
		line("platform", "received %d, not journalled %d, missing %d (%.4f %%); rejected %d, repetitions %d, late %d",
			p.Received, p.Unlogged, missing, percent(missing, r.Sent), p.Rejected, p.Repeats, p.Late)
		line("", "of everybody: journal +%d messages, picture +%d changes", p.Journal, p.Published)
	} else {
		line("platform", "its counters could not be read (%s)", o.LastError)
	}
	return b.String()
}

func percent(n, of uint64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// MarshalJSON writes milliseconds.
func (l Latencies) MarshalJSON() ([]byte, error) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return json.Marshal(struct {
		Count uint64  `json:"count"`
		P50   float64 `json:"p50_ms"`
		P95   float64 `json:"p95_ms"`
		P99   float64 `json:"p99_ms"`
		Max   float64 `json:"max_ms"`
	}{l.Count, ms(l.P50), ms(l.P95), ms(l.P99), ms(l.Max)})
}

func (r *run) total() Result {
	t := r.result
	t.Format, t.QoS, t.Batch = r.Format, r.QoS, r.Load.Batch
	t.Connections, t.Aircraft = len(r.devices), len(r.crafts)
	t.Sent, t.Skipped = r.sent.Load(), r.skipped.Load()
	t.Acknowledged, t.Resent, t.Reconnects = r.acked.Load(), r.resent.Load(), r.redials.Load()
	if r.QoS == 1 {
		t.Lost = t.Sent - t.Acknowledged
	}
	t.Ack = r.ack.latencies()
	if w := r.watcher.Load(); w != nil {
		t.Watch = lowsky.Some(w.observation())
	}
	return t
}
