package picture

import (
	"math"
	"time"

	"lowsky"
	"lowsky/airspace"
)

// When an aircraft counts as turning: three courses in a row that change the same way, the newest two changes fast enough
// on average. One that flies a polygon for a circle turns by fits and starts, so a single change may be slow. One that is
// merely noisy, or has straightened out, must be taken to fly straight on.
const (
	turnPoints   = 4
	turnWindow   = 6 * time.Second
	turnSpeed    = 2.0  // m/s: slower than this a course says little
	turnSlow     = 1.5  // degrees per second
	turnFast     = 45.0 // degrees per second
	turnAll      = 6.0  // degrees over all of it
	turnBack     = 1.0  // degrees: a change the other way that is still noise
	betweenLeast = 500 * time.Millisecond
	betweenMost  = 10 * time.Second
)

// motion answers how the aircraft moves at its newest position: as reported, else from its last positions; and the rate
// at which it turns, in degrees per second clockwise.
func (t *track) motion() (v velocity, turn lowsky.Degrees) {
	at, p := t.Position.At, patience(&t.Track)
	speed, course := t.GroundSpeed.Fresh(at, p), t.Course.Fresh(at, p)
	n := len(t.history)
	var dt time.Duration
	if n >= 2 {
		from, to := &t.history[n-2], &t.history[n-1]
		if dt = to.At.Sub(from.At); !from.At.Before(t.leadSince) && dt >= betweenLeast && dt <= betweenMost {
			v.between(&from.Position, &to.Position, dt.Seconds())
		}
	}
	if vertical := t.VerticalSpeed.Fresh(at, p); vertical.OK {
		v.up = vertical.Value
	}
	if speed.OK && (course.OK || speed.Value < 1) && !(t.courseDerived && v.known) {
		v.along(speed.Value, course.Value)
	} else if speed.OK && v.known { // how fast it says, whither its positions say
		if is := lowsky.MetresPerSecond(math.Hypot(float64(v.east), float64(v.north))); is > 0.5 {
			v.east, v.north = v.east*speed.Value/is, v.north*speed.Value/is
		}
	}
	turn, bearing := t.turning()
	if turn != 0 && bearing { // the way between two places is the course in the middle of it
		s, c := math.Sincos(float64(turn) * dt.Seconds() / 2 * math.Pi / 180)
		v.east, v.north = v.east*lowsky.MetresPerSecond(c)+v.north*lowsky.MetresPerSecond(s),
			v.north*lowsky.MetresPerSecond(c)-v.east*lowsky.MetresPerSecond(s)
	}
	return v, turn
}

// turning answers the rate of turn, 0 when it flies straight; bearing says that the courses come from positions.
func (t *track) turning() (rate lowsky.Degrees, bearing bool) {
	n := len(t.history)
	if n < 3 || t.GroundSpeed.Known().Or(lowsky.MetresPerSecond(turnSpeed+1)) < turnSpeed {
		return 0, false
	}
	newest := &t.history[n-1]
	bearing = !newest.Course.OK
	var later lowsky.Degrees
	var laterAt time.Time
	var all, took float64
	var newestAll, newestTook float64 // of the newest two changes
	courses := 0
	for i := n - 1; i >= max(0, n-turnPoints) && newest.At.Sub(t.history[i].At) <= turnWindow && !t.history[i].At.Before(t.leadSince); i-- {
		pt := &t.history[i]
		course, at := pt.Course.Value, pt.At
		if bearing {
			if i == 0 || t.history[i-1].At.Before(t.leadSince) || airspace.Distance(t.history[i-1].Position, pt.Position) < 2 {
				break
			}
			before := &t.history[i-1]
			course, at = airspace.Course(before.Position, pt.Position), before.At.Add(pt.At.Sub(before.At)/2)
		} else if !pt.Course.OK {
			break
		}
		if courses > 0 {
			dt := laterAt.Sub(at).Seconds()
			d := math.Remainder(float64(later-course), 360)
			if dt < 0.1 || math.Abs(d/dt) > turnFast || all*d < 0 && (bearing || math.Abs(d) > turnBack) ||
				bearing && math.Abs(d/dt) < turnSlow { // a way between two places is too noisy for fits and starts
				break
			}
			all, took = all+d, took+dt
			if courses <= 2 {
				newestAll, newestTook = all, took
			}
		}
		later, laterAt = course, at
		courses++
	}
	if courses < 3 || math.Abs(all) < turnAll || math.Abs(newestAll) < turnSlow*newestTook || all*newestAll < 0 {
		return 0, false
	}
	return lowsky.Degrees(all / took), bearing
}
