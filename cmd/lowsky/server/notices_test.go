package server

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lowsky"
)

type spoken chan [2]string

func (s spoken) Publish(topic string, payload []byte, _ byte, _ bool) error {
	s <- [2]string{topic, string(payload)}
	return nil
}

// Each of a pair hears what it may be told, not what the alert says.
func TestNoticesGoThroughWhatMayBeTold(t *testing.T) {
	sent := make(spoken, 4)
	n := newNotices(sent, func(id lowsky.AircraftID, a *lowsky.Alert) (lowsky.AlertID, lowsky.Text) {
		return lowsky.AlertID("told-" + id), lowsky.Text{ZH: "说给 " + string(id), EN: "for " + string(id)}
	}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	n.Publish([]lowsky.Change{{Alert: &lowsky.Alert{
		ID: "aPAIR", AlertKey: lowsky.AlertKey{Object: lowsky.Object{Kind: lowsky.ObjectPair, ID: "a-1+b-1"}}, State: lowsky.AlertFiring,
		FiredAt: time.Unix(1, 0), Text: lowsky.Text{ZH: "a-1 与 b-1", EN: "a-1 and b-1"},
	}}})
	for _, id := range []string{"a-1", "b-1"} {
		select {
		case m := <-sent:
			if m[0] != "lowsky/v1/notice/"+id || !strings.Contains(m[1], "told-"+id) || strings.Contains(m[1], "aPAIR") || strings.Contains(m[1], "a-1 and b-1") {
				t.Errorf("%s: %s", m[0], m[1])
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no notice to", id)
		}
	}
	cancel()
	<-ended
}
