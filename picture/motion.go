package picture

import (
	"time"

	"lowsky"
)

// When an aircraft counts as flying, and when no longer. Taking off is believed at once; landing needs two reports that
// say so, or three that show it over five seconds.
const (
	flyingSpeed   = lowsky.MetresPerSecond(2)
	flyingHeight  = lowsky.Metres(5)
	restingSpeed  = lowsky.MetresPerSecond(1)
	restingHeight = lowsky.Metres(3)
	groundReports = 2
	restReports   = 3
	restTime      = 5 * time.Second
	statusKept    = 60 * time.Second // a partial document without a status: what the last one said …
	groundKept    = 10 * time.Second // … but "on the ground" is soon outdated: taking off must not wait for the next status
	againstLeast  = 3                // reports that say "on the ground" while they show flight, before they count as flying
)

// groundEvidence is the present run of reports that say or show that the aircraft is on the ground.
type groundEvidence struct {
	said    int
	shown   int
	against int       // reports that say so and show the contrary
	since   time.Time // of the first shown
}

// weighGround settles whether the aircraft flies after a live report was merged: by its status (which is also where a
// decoder puts the vendor's mode), else by motion. While a report says nothing it stays what it was.
func (e *Engine) weighGround(t *track, a *arrival) {
	status := a.Status.Or(lowsky.StatusUnknown)
	if status == lowsky.StatusUnknown {
		if a.ForcedLanding {
			status = lowsky.StatusEmergency
		} else if known := t.Status.Fresh(a.observed, statusKept).Or(lowsky.StatusUnknown); known != lowsky.StatusUnknown {
			// The status it reports from time to time stands.
			if known != lowsky.StatusGround || t.Status.Fresh(a.observed, groundKept).OK && !t.showsFlight(a.observed) {
				return
			}
		}
	}
	switch status {
	case lowsky.StatusAirborne, lowsky.StatusEmergency:
		e.takeOff(t, a.observed)
	case lowsky.StatusGround:
		if t.showsFlight(a.observed) || t.shownAloft(e.now) {
			// A wrong status must neither end the alerts of an aircraft that flies nor keep it from being judged. One that
			// is driven about is fast but not high, one on a roof is high but not fast.
			t.ground.said, t.SaidGround = 0, false
			if t.ground.against++; t.ground.against >= againstLeast {
				e.takeOff(t, a.observed)
				t.ground.against = againstLeast
			}
			return
		}
		t.ground.against, t.SaidGround = 0, true
		t.ground.said++
		if t.ground.said >= groundReports {
			e.land(t)
		}
		e.onGround(t, a)
	default:
		e.weighMotion(t, a)
	}
}

// showsFlight reports whether its own numbers say that it flies: fast and high, both reported a moment ago.
func (t *track) showsFlight(at time.Time) bool {
	p := t.Position.Fresh(at, fastestGap)
	if t.Unconfirmed || !p.OK {
		return false
	}
	high := p.Value.AboveTakeoff.Or(p.Value.AGL.Or(0)) > flyingHeight
	return high && t.GroundSpeed.Fresh(at, fastestGap).Or(0) > flyingSpeed
}

func (e *Engine) weighMotion(t *track, a *arrival) {
	if t.Unconfirmed {
		return
	}
	speed := a.GroundSpeed
	if !speed.OK && a.Position.OK {
		speed = t.derived.Fresh(a.observed, fastestGap)
	}
	height := heightOver(a.TelemetryReport, t.TakeoffHAE.Known())
	switch {
	case t.ghost.flies(e.now):
		e.takeOff(t, a.observed)
	case speed.OK && speed.Value > flyingSpeed || height.OK && height.Value > flyingHeight:
		e.takeOff(t, a.observed)
	case speed.OK && speed.Value <= restingSpeed && height.OK && height.Value <= restingHeight && height.Value >= -restingHeight:
		if t.ground.shown == 0 {
			t.ground.since = a.observed
		}
		t.ground.shown++
		if t.ground.shown >= restReports && a.observed.Sub(t.ground.since) >= restTime {
			e.land(t)
			e.onGround(t, a)
		}
	default: // no height, or neither flying nor at rest: it hovers for all we know
		t.ground.shown = 0
	}
}

// heightOver answers the height over the take-off point or over the ground that the report itself supports.
func heightOver(r *lowsky.TelemetryReport, takeoff lowsky.Opt[lowsky.Metres]) lowsky.Opt[lowsky.Metres] {
	if !r.Position.OK {
		return lowsky.Opt[lowsky.Metres]{}
	}
	p := &r.Position.Value
	switch {
	case p.AboveTakeoff.OK:
		return p.AboveTakeoff
	case p.AGL.OK:
		return p.AGL
	case p.HAE.OK && takeoff.OK:
		return lowsky.Some(p.HAE.Value - takeoff.Value)
	}
	return lowsky.Opt[lowsky.Metres]{}
}

func (e *Engine) takeOff(t *track, at time.Time) {
	t.ground, t.SaidGround = groundEvidence{}, false
	if !t.Airborne {
		t.Airborne, t.AirborneSince = true, at
		e.markTrack(t)
	}
}

// land ends the flight: rules judge airborne aircraft only, so its alerts end with it.
func (e *Engine) land(t *track) {
	if t.Airborne {
		t.Airborne, t.AirborneSince = false, time.Time{}
		t.TakeoffHAE = lowsky.Aged[lowsky.Metres]{} // the next flight has its own …
		t.Plan = ""                                 // … and may have no plan, by which it would be exempt
		e.markTrack(t)
	}
	t.stays = t.stays[:0]
	t.paired = nil
	t.setUnjudged(nil, nil)
	t.unjudged = nil
	for _, a := range e.alertsOf(t) {
		if a.State != lowsky.AlertResolved {
			e.resolve(a, lowsky.ResolvedLanded)
		}
	}
}

// flew reports whether the aircraft flew when it made this late report: what the report says, else what the track is.
func (t *track) flew(r *lowsky.TelemetryReport) bool {
	switch r.Status.Or(lowsky.StatusUnknown) {
	case lowsky.StatusAirborne, lowsky.StatusEmergency:
		return true
	case lowsky.StatusGround:
		return false
	}
	h := heightOver(r, lowsky.Opt[lowsky.Metres]{})
	return r.ForcedLanding || t.Airborne || r.GroundSpeed.Or(0) > flyingSpeed || h.Or(0) > flyingHeight
}
