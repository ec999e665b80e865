package server

import (
	"context"
	"hash/crc32"
	"log/slog"
	"strings"
	"sync"

	"lowsky"
	"lowsky/ingest/native"
)

// downlink sends to a device.
type downlink interface {
	Publish(topic string, payload []byte, qos byte, retain bool) error
}

// notices tells aircraft what is found about them: one notice (QoS 1) when an alert fires, when its severity rises or
// falls, and when it resolves. Suspected alerts are for the control centre only.
type notices struct {
	to downlink
	// told is what the aircraft may be told of an alert about it.
	told func(lowsky.AircraftID, *lowsky.Alert) (lowsky.AlertID, lowsky.Text)
	log  *slog.Logger
	// One queue per worker; an aircraft's notices all go through one, so that they arrive in order while a device that
	// does not acknowledge holds up few others.
	queues [noticeWorkers]chan *lowsky.Alert

	mu   sync.Mutex
	sent map[lowsky.AlertID]noticed // what the aircraft heard last; open alerts only
}

const (
	noticeWorkers = 8
	noticesMost   = 256 // that may wait for one worker
)

type noticed struct {
	state    lowsky.AlertState
	severity lowsky.Severity
}

func newNotices(to downlink, told func(lowsky.AircraftID, *lowsky.Alert) (lowsky.AlertID, lowsky.Text), log *slog.Logger) *notices {
	n := &notices{to: to, told: told, log: log, sent: map[lowsky.AlertID]noticed{}}
	for i := range n.queues {
		n.queues[i] = make(chan *lowsky.Alert, noticesMost)
	}
	return n
}

// Publish is a sink of the picture: it never blocks. A notice that finds the queue full is dropped and logged; the
// alert itself is not affected.
func (n *notices) Publish(changes []lowsky.Change) {
	for i := range changes {
		a := changes[i].Alert
		if a == nil || len(recipients(a)) == 0 || a.FiredAt.IsZero() || a.FoundLate {
			continue
		}
		now := noticed{a.State, a.Severity}
		n.mu.Lock()
		unchanged := n.sent[a.ID] == now
		if a.State == lowsky.AlertResolved {
			delete(n.sent, a.ID)
		} else {
			n.sent[a.ID] = now
		}
		n.mu.Unlock()
		if unchanged {
			continue
		}
		select {
		case n.queues[crc32.ChecksumIEEE([]byte(a.Object.ID))%noticeWorkers] <- a:
		default:
			n.log.Warn("notice not sent: too many wait", "alert", a.ID)
		}
	}
}

// load says which alerts were open at the start, so that a restart does not repeat their notices.
func (n *notices) load(alerts []*lowsky.Alert) {
	for _, a := range alerts {
		if !a.FiredAt.IsZero() && a.State != lowsky.AlertResolved {
			n.sent[a.ID] = noticed{a.State, a.Severity}
		}
	}
}

// Run sends notices until ctx ends.
func (n *notices) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for _, queue := range n.queues {
		workers.Go(func() { n.work(ctx, queue) })
	}
	workers.Wait()
	return nil
}

// recipients are the aircraft that the alert is about: one, or both of a pair. Crewed traffic is told nothing.
func recipients(a *lowsky.Alert) (ids []lowsky.AircraftID) {
	switch a.Object.Kind {
	case lowsky.ObjectAircraft:
		return []lowsky.AircraftID{lowsky.AircraftID(a.Object.ID)}
	case lowsky.ObjectPair:
		for id := range strings.SplitSeq(a.Object.ID, "+") {
			if !strings.HasPrefix(id, string(lowsky.ObjectTraffic)+":") {
				ids = append(ids, lowsky.AircraftID(id))
			}
		}
	}
	return ids
}

func (n *notices) work(ctx context.Context, queue <-chan *lowsky.Alert) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-queue:
			for _, id := range recipients(a) {
				alert, text := n.told(id, a)
				payload := native.AppendNotice(nil, native.Notice{
					Alert: alert, State: a.State, Severity: a.Severity, Rule: a.Rule, Text: text, RaisedAt: a.RaisedAt,
				})
				if err := n.to.Publish(native.NoticeTopic(id), payload, 1, false); err != nil && ctx.Err() == nil {
					n.log.Warn("notice not sent", "alert", a.ID, "error", err)
				}
			}
		}
	}
}
