package picture

import "lowsky"

// The broker is a source above all sources: while the connection to it is reported lost nobody can be heard, which says
// nothing about any aircraft. It has one alert, and the silence alerts of every aircraft are folded under it.

// brokerState applies what the wiring says about the connection.
func (e *Engine) brokerState(b *lowsky.BrokerState) error {
	if !b.Up {
		b := e.source(lowsky.BrokerSource)
		e.takeDown(b, e.now, true)
		e.tickBroker(b) // told at once: nothing else is heard now that could bring the next judgement
		return nil
	}
	if e.sourceOf[lowsky.BrokerSource] == nil {
		return nil
	}
	e.hear(lowsky.BrokerSource, "")
	for _, s := range e.sources {
		if s != nil {
			e.excuse(s)
		}
	}
	return nil
}

// brokerDown answers the broker's state while its connection is reported lost, else nil.
func (e *Engine) brokerDown() *source {
	if s := e.sourceOf[lowsky.BrokerSource]; s != nil && s.Down {
		return s
	}
	return nil
}

// sourceState is whom the rules hold responsible for a track's silence.
func (e *Engine) sourceState(t *track) *lowsky.SourceState {
	if b := e.brokerDown(); b != nil {
		return &b.SourceState
	}
	if t.source == nil {
		return nil
	}
	return &t.source.SourceState
}

// tickBroker has the broker judged, with every airborne aircraft depending on it, and folds.
func (e *Engine) tickBroker(b *source) {
	if !b.Down && len(b.object.alerts) == 0 {
		return
	}
	airborne, silent := 0, 0
	for _, t := range e.tracks {
		if t != nil && t.Airborne {
			airborne++
			if overdue(t, e.now) {
				silent++
			}
		}
	}
	if len(e.onGroup) > 0 {
		e.judgeSource(b, airborne)
	}
	e.foldUnder(b, e.tracks, silent)
	if b.toldAt.IsZero() || e.now.Sub(b.toldAt) >= tellSourceEach && e.sourceView(b) != b.told {
		e.tellSource(b)
	}
}
