package picture

import (
	"time"

	"lowsky"
	"lowsky/airspace"
)

// confirmations is how many consecutive reports must confirm an impossible jump before it is believed.
const confirmations = 3

// anySpeed is the speed of an aircraft whose class is not known.
const anySpeed = lowsky.MetresPerSecond(60)

// classSpeed is the speed of the class that the jump filter goes by. 微型 and 轻型 as 条例 art. 62 defines the classes
// (40 and 100 km/h); the statute gives the others none, so theirs are what such aircraft fly. They decide what is a
// jump, not what is allowed.
func classSpeed(a *lowsky.Aircraft) lowsky.MetresPerSecond {
	if a == nil {
		return anySpeed
	}
	switch a.Class {
	case lowsky.Micro:
		return 40 / 3.6
	case lowsky.Light:
		return 100 / 3.6
	case lowsky.Small:
		return 150 / 3.6
	case lowsky.Medium:
		return 80
	case lowsky.Large:
		return 200
	}
	return anySpeed
}

// possible reports whether the aircraft can have flown from a to b: at no more than twice the speed of its class, or of
// what it has proven to fly.
func (t *track) possible(a, b *lowsky.TrackPoint, trusted bool) bool {
	return t.needed(a, b, trusted) <= 2*max(classSpeed(t.entry), t.pace)
}

// needed answers the speed that the aircraft needs to get from a to b, after what both fixes may be off.
func (t *track) needed(a, b *lowsky.TrackPoint, trusted bool) lowsky.MetresPerSecond {
	dt := b.At.Sub(a.At)
	if !trusted { // stamped on arrival: a burst is not a jump
		dt = max(dt, t.Interval)
	}
	slack := min(a.HorizontalAccuracy.Or(5), 50) + min(b.HorizontalAccuracy.Or(5), 50)
	d := max(0, airspace.Distance(a.Position, b.Position)-slack)
	return lowsky.MetresPerSecond(float64(d) / max(dt, 100*time.Millisecond).Seconds())
}

// jumped passes a live fix through the jump filter and reports whether it must not be judged. The newest position is
// drawn whatever it is. A jump waits for three consecutive reports that are possible from it; a fix that is possible
// from the last confirmed position ends the matter at once. So a wild fix is never judged and a real aircraft never lost.
func (e *Engine) jumped(t *track, pt *lowsky.TrackPoint, trusted bool) bool {
	if !t.hasPoint || t.possible(&t.previous, pt, trusted) {
		if n := len(t.candidate); n > 0 && t.ghost.follow(t, &t.candidate[n-1], trusted) {
			t.ElsewhereAt = t.ghost.fix.At
		}
		t.accept(pt)
		return false
	}
	n := len(t.candidate)
	// Confirming goes by the speed of any aircraft: one that flies faster than its registered class would otherwise never
	// be confirmed, however well it reports.
	if n == 0 || t.needed(&t.candidate[n-1], pt, trusted) > 2*max(anySpeed, classSpeed(t.entry)) {
		e.counts.Jumps++
		t.candidate = append(t.candidate[:0], *pt)
		t.Unconfirmed = true
		return true
	}
	if n < confirmations { // the jump itself and fewer than three that confirm it
		t.candidate = append(t.candidate, *pt)
		return true
	}
	for i := range t.candidate {
		if i > 0 {
			t.pace = max(t.pace, min(anySpeed, t.needed(&t.candidate[i-1], &t.candidate[i], trusted)))
		}
		t.remember(t.candidate[i])
	}
	last := t.candidate[n-1]
	t.courseFrom = last
	t.accept(pt)
	t.segmentFrom, t.segmentOK, t.segmentUnjudged = last, true, true
	return false
}

// ghost is what another one that transmits under the same id over the same link looks like: jumps to and fro, where all of
// the far ends are one flight. A receiver that errs now and then does not come back to the same flight within ghostWithin.
type ghost struct {
	fix   lowsky.TrackPoint
	seen  int       // fixes in a row that are one flight
	aloft time.Time // when it last showed flight
}

const ghostWithin = 15 * time.Second

// follow takes the far end of a jump that came back and reports whether there have been enough of one flight to say that
// somebody else is there.
func (g *ghost) follow(t *track, far *lowsky.TrackPoint, trusted bool) bool {
	if g.seen == 0 || far.At.Sub(g.fix.At) > ghostWithin || t.needed(&g.fix, far, trusted) > 2*anySpeed {
		g.seen = 0
	}
	g.fix = *far
	g.seen++
	p := &far.Position
	if far.GroundSpeed.Or(0) > flyingSpeed || p.AboveTakeoff.Or(p.AGL.Or(0)) > flyingHeight {
		g.aloft = far.At
	}
	return g.seen > confirmations
}

// flies reports whether the other one has shown flight a moment ago. What stands on the ground here is then not all that
// there is to judge under this id.
func (g *ghost) flies(now time.Time) bool {
	return g.seen > confirmations && !g.aloft.IsZero() && now.Sub(g.aloft) <= fastestGap
}

// haunted reports whether a live report is of the other one under this id and link, while the aircraft itself is still heard:
// it is judged where it is and does not move the track. When the aircraft is not heard any more it may be the one that goes
// on, and goes through the jump filter.
func (t *track) haunted(f *feed, a *arrival, now time.Time) bool {
	g := &t.ghost
	if f != &t.feed || g.seen <= confirmations || !t.hasPoint || !a.Position.OK || a.Position.Value.Check() != nil ||
		now.Sub(t.previous.At) > max(leadLeast, t.Interval*3/2) {
		return false
	}
	is := a.fix()
	if is.At.Sub(g.fix.At) > ghostWithin || t.possible(&t.previous, &is, a.trusted) || t.needed(&g.fix, &is, a.trusted) > 2*anySpeed {
		return false
	}
	g.fix = is
	switch h := heightOver(a.TelemetryReport, lowsky.Opt[lowsky.Metres]{}); a.Status.Or(lowsky.StatusUnknown) {
	case lowsky.StatusAirborne, lowsky.StatusEmergency:
		g.aloft = is.At
	default:
		if a.GroundSpeed.Or(0) > flyingSpeed || h.Or(0) > flyingHeight {
			g.aloft = is.At
		}
	}
	return true
}

// accept makes pt the last confirmed position; the segment to it starts at the one before.
func (t *track) accept(pt *lowsky.TrackPoint) {
	t.segmentFrom, t.segmentOK, t.segmentUnjudged = t.previous, t.hasPoint, false
	t.previous, t.hasPoint = *pt, true
	t.candidate = t.candidate[:0]
	t.Unconfirmed = false
}
