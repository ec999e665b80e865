package rules

import (
	"math"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// turnsAway reports whether an aircraft that circles misses the zone: the straight line on its present course leads into
// it within entry, the arc that it flies does not, for as long as the prediction looks ahead. One that circles beside a
// zone points at it once in each round and goes nowhere near.
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
	if !speed.OK || !course.OK || !lowsky.Finite(speed.Value) || !lowsky.Finite(course.Value) || !circles(s) {
		return false
	}
	slack := float64(p.Margin + horizontalAccuracy(s, p.DefaultAccuracy, p.AccuracyCap))
	heading, rate := float64(course.Value)*math.Pi/180, float64(s.TurnRate)*math.Pi/180
	step := float64(speed.Value) * arcStep.Seconds()
	var way [arcMost]vector
	n := 1 // way[0] is where it is
	for turned := 0.0; n <= int(seconds(p.LookAhead)/arcStep) && n < arcMost && turned < 2*math.Pi; n++ {
		heading += rate * arcStep.Seconds() / 2
		way[n] = way[n-1].plus(vector{step * math.Sin(heading), step * math.Cos(heading)})
		heading += rate * arcStep.Seconds() / 2
		turned += math.Abs(rate) * arcStep.Seconds() // after a round it is where it has been
	}
	ground := newPlane(s.Position.Value)
	return !ground.wayComesWithin(r.Zone, way[:n], slack)
}

const (
	arcStep  = time.Second
	arcLeast = 6 * time.Second
	arcMost  = 121 // places on an arc: the longest look-ahead
	// circled is how far it must have turned one way, degrees. One that weaves on its way to the zone turns as steadily for
	// some seconds at a time, and is told of.
	circled     = 90.0
	circledBack = 5.0 // degrees that it may have turned the other way: noise
	circledLeg  = 8.0 // metres between two places that tell a course
	circledGap  = 10 * time.Second
)

// circles reports whether the aircraft has turned at least a quarter of a round the way it turns now.
func circles(s *lowsky.Situation) bool {
	way := math.Copysign(1, float64(s.TurnRate))
	var later *lowsky.TrackPoint
	var course lowsky.Degrees
	var since time.Time
	known := false
	turned, most := 0.0, 0.0
	for i := len(s.History) - 1; i >= 0; i-- {
		at := &s.History[i]
		if later != nil && later.At.Sub(at.At) > circledGap || known && since.Sub(at.At) > circledGap {
			return false
		}
		is, ok := at.Course.Value, at.Course.OK
		if !ok { // the way to the place looked at last
			if later != nil && airspace.Distance(at.Position, later.Position) < circledLeg {
				continue
			}
			if ok = later != nil; ok {
				is = airspace.Course(at.Position, later.Position)
			}
			later = at
		}
		if !ok || !lowsky.Finite(is) {
			continue
		}
		if known {
			turned += way * math.Remainder(float64(course-is), 360)
		}
		course, since, known = is, at.At, true
		if most = max(most, turned); turned >= circled {
			return true
		}
		if turned < most-circledBack {
			return false
		}
	}
	return false
}

// wayComesWithin reports whether a way, from place to place, comes within so many metres of the zone's area, any of its
// volumes, buffer included. An edge that is far from all of the way costs next to nothing: a zone may have thousands.
func (p plane) wayComesWithin(z *lowsky.Zone, way []vector, metres float64) bool {
	low, high := way[0], way[0]
	for _, v := range way {
		low, high = vector{min(low.x, v.x), min(low.y, v.y)}, vector{max(high.x, v.x), max(high.y, v.y)}
	}
	for i := range z.VolumeCount() {
		g, reach := z.Volume(i).Geometry, float64(z.Buffer.Or(0))+metres
		switch {
		case g.IsCircle():
			for k := range len(way) - 1 {
				if distanceToSegment(p.at(g.Centre), way[k], way[k+1]) <= float64(g.Radius)+reach {
					return true
				}
			}
		case g.IsCorridor():
			if _, near := p.wayNearLine(g.Line, way, low, high, float64(g.Width)/2+reach); near {
				return true
			}
		default:
			for _, poly := range g.Polygons {
				within := false
				for _, ring := range poly {
					inside, near := p.wayNearLine(orb.LineString(ring), way, low, high, reach)
					if near {
						return true
					}
					within = within != inside
				}
				if within {
					return true
				}
			}
		}
	}
	return false
}

// wayNearLine reports whether the way comes within reach of the line, and whether it begins inside of the line if that is a
// ring. low and high are the corners of the way.
func (p plane) wayNearLine(line orb.LineString, way []vector, low, high vector, reach float64) (inside, near bool) {
	if len(line) == 0 {
		return false, false
	}
	low, high = low.plus(vector{-reach, -reach}), high.plus(vector{reach, reach})
	from, d := way[0], p.at(line[0])
	for _, pt := range line[1:] {
		c := d
		d = p.at(pt)
		if (c.y > from.y) != (d.y > from.y) && from.x < c.x+(from.y-c.y)/(d.y-c.y)*(d.x-c.x) {
			inside = !inside
		}
		if c.x < low.x && d.x < low.x || c.x > high.x && d.x > high.x || c.y < low.y && d.y < low.y || c.y > high.y && d.y > high.y {
			continue
		}
		for k := range len(way) - 1 {
			if segmentsNear(way[k], way[k+1], c, d, reach) {
				return inside, true
			}
		}
	}
	return inside, false
}
