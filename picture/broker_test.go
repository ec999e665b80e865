package picture

import (
	"testing"
	"time"

	"lowsky"
)

// A lost connection to the outside broker is one alert, not one for every aircraft; when it is back, aircraft have the
// time to be heard, and one that is not is missed.
func TestLostBrokerIsOneAlert(t *testing.T) {
	f := fly(t, Config{Packs: pack(silenceRule(), sourceRule())})
	f.fleet(8, 20*time.Second)
	f.step(lowsky.RecordBroker, lowsky.BrokerState{})
	f.pass(2 * time.Minute)
	a := f.want(lowsky.HazardSource, firing, lowsky.Caution)
	if a.Object != (lowsky.Object{Kind: lowsky.ObjectSource, ID: string(lowsky.BrokerSource)}) || a.Folded != 8 {
		t.Errorf("%+v folded %d, want the broker with 8", a.Object, a.Folded)
	}
	if open, folded := f.states(lowsky.HazardSilence); open != folded {
		t.Errorf("%d silence alerts, %d of them folded", open, folded)
	}
	if v := f.views["a3"]; len(v.Unjudged) != 1 || v.Unjudged[0].Reason != lowsky.ReasonSourceDown {
		t.Errorf("unjudged %+v", v.Unjudged)
	}
	f.step(lowsky.RecordBroker, lowsky.BrokerState{Up: true})
	f.pass(5 * time.Second)
	if open, _ := f.states(lowsky.HazardSilence); open != 0 {
		t.Errorf("%d accused as soon as the broker was back", open)
	}
	f.pass(3 * time.Minute)
	if s := f.source["gw"]; !s.Down {
		t.Error("nobody behind the gateway came back, and it is not missed")
	}
	for _, b := range f.alerts {
		if b.ID == a.ID && b.Rev > a.Rev {
			a = b
		}
	}
	if a.State != resolved {
		t.Errorf("the broker's alert is %s after the broker is back", a.State)
	}
}
