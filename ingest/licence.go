package ingest

import (
	"slices"
	"sync"
	"time"

	"lowsky"
)

// DJILicence is why docks stay offline: without app id, key and licence their config request cannot be answered. A
// wrong licence makes a dock disconnect, so the request is left unanswered and the dock asks again.
type DJILicence struct {
	Configured bool         `json:"configured"`
	Waiting    []DJIWaiting `json:"waiting"` // docks that asked and got no answer, at most 256
}

// DJIWaiting is one dock that waits for its licence.
type DJIWaiting struct {
	Gateway lowsky.SourceID `json:"gateway_id"`
	Since   time.Time       `json:"since"`
	Last    time.Time       `json:"last"`
	Asked   int             `json:"asked"`
}

const maxWaiting = 256

// licence remembers who waits.
type licence struct {
	mu    sync.Mutex
	docks map[lowsky.SourceID]*DJIWaiting
}

func (l *licence) waiting(gateway lowsky.SourceID, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.docks[gateway]
	if w == nil {
		if len(l.docks) >= maxWaiting {
			return
		}
		if l.docks == nil {
			l.docks = map[lowsky.SourceID]*DJIWaiting{}
		}
		w = &DJIWaiting{Gateway: gateway, Since: at}
		l.docks[gateway] = w
	}
	w.Last = at
	w.Asked++
}

func (l *licence) answered(gateway lowsky.SourceID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.docks, gateway)
}

// DJILicence answers whether the licence is configured and which docks wait for it.
func (in *Intake) DJILicence() DJILicence {
	in.licence.mu.Lock()
	defer in.licence.mu.Unlock()
	state := DJILicence{Configured: in.platform.Licensed(), Waiting: []DJIWaiting{}}
	for _, w := range in.licence.docks {
		state.Waiting = append(state.Waiting, *w)
	}
	slices.SortFunc(state.Waiting, func(a, b DJIWaiting) int { return a.Since.Compare(b.Since) })
	return state
}
