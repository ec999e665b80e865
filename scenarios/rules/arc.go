package rules

import (
	"math"
	"time"

	"lowsky"
)

// turnsAway reports whether an aircraft that is turning steadily misses the zone: the straight line on its present course
// leads into it within entry, the arc that it flies does not, for as long as the prediction looks ahead. One that circles
// beside a zone points at it once in each round and goes nowhere near.
//
//	        ┌────
//	╭─╮ ─ ─ │ ─ →   the straight line enters
//	╰─╯     │       the arc does not
//	        └────
//
// An entry within arcLeast is found whatever it turns: an estimate of a turn is a second or two old.
func (p *ZoneEntry) turnsAway(s *lowsky.Situation, r *lowsky.ZoneRelation) bool {
	if s.TurnRate == 0 || r.Inside || r.Entry.Value <= arcLeast {
		return false
	}
	fresh := freshest(s.Track)
	speed, course := s.Track.GroundSpeed.Fresh(s.Now, fresh), s.Track.Course.Fresh(s.Now, fresh)
	if !speed.OK || !course.OK || !lowsky.Finite(speed.Value) || !lowsky.Finite(course.Value) {
		return false
	}
	slack := float64(p.Margin + horizontalAccuracy(s, p.DefaultAccuracy, p.AccuracyCap))
	ground := newPlane(s.Position.Value)
	at, heading, rate := vector{}, float64(course.Value)*math.Pi/180, float64(s.TurnRate)*math.Pi/180
	step := float64(speed.Value) * arcStep.Seconds()
	turned := 0.0
	for range int(seconds(p.LookAhead) / arcStep) {
		heading += rate * arcStep.Seconds() / 2
		next := at.plus(vector{step * math.Sin(heading), step * math.Cos(heading)})
		heading += rate * arcStep.Seconds() / 2
		if ground.comesWithin(r.Zone, at, next, slack) {
			return false
		}
		if turned += math.Abs(rate) * arcStep.Seconds(); turned >= 2*math.Pi {
			break // from here on it is where it has been
		}
		at = next
	}
	return true
}

const (
	arcStep  = time.Second
	arcLeast = 6 * time.Second
)
