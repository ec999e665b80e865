package truth

import (
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// Light: 120 m. Sigma upward is 2 m: clear below 114, over for certain above 120+5+6 = 131, far over above 120+30+6 = 156.
func TestHeight(t *testing.T) {
	const base = 10 // seconds
	for _, c := range []struct {
		name        string
		agl         float64
		last        int // seconds up there
		over, above string
	}{
		{"low", 59, 30, "", ""},
		{"within 60 m of the limit", 100.5, 30, "near_miss 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"only on its way", 100, 9, "", ""},
		{"at the limit", 118, 30, "uncertain 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"just over, within margin and error", 130.5, 30, "uncertain 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"over", 131.5, 30, "event 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"over for as long as an event must last", 131.5, 7, "uncertain 10.0–17.0; ", ""},
		{"over for a little longer", 131.5, 8, "event 10.0–18.0; ", ""},
		{"over for less than For by more than 1 s", 131.5, 3, "near_miss 10.0–13.0; ", ""},
		{"far over", 157, 30, "event 10.0–40.0; ", "event 10.0–40.0; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
				agl := 50.0
				if at >= base*time.Second && at < time.Duration(base+c.last)*time.Second {
					agl = c.agl
				}
				fly(&s.Fleet[0], 0, 0, agl, 5, 0)
			})
			want(t, spans(r, lowsky.HazardHeight, "over"), c.over)
			want(t, spans(r, lowsky.HazardHeight, "far_over"), c.above)
		})
	}
}

// Light: 100 km/h = 27.78 m/s. Speeds are known to 3 x 0.1 + 0.1 m/s; over for certain above 1.1 x 27.78 + 0.4 = 30.96, far
// over above 1.25 x 27.78 + 0.4 = 35.12, near from 20.83 to 27.37.
func TestSpeed(t *testing.T) {
	for _, c := range []struct {
		name        string
		speed       float64
		over, above string
	}{
		{"slow", 20, "", ""},
		{"near", 21, "near_miss 10.0–40.0; ", ""},
		{"at the limit", 27.78, "uncertain 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"within the margin", 30.9, "uncertain 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"over", 31.1, "event 10.0–40.0; ", "near_miss 10.0–40.0; "},
		{"far over", 35.2, "event 10.0–40.0; ", "event 10.0–40.0; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			r := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
				speed := 5.0
				if at >= 10*time.Second && at < 40*time.Second {
					speed = c.speed
				}
				fly(&s.Fleet[0], 0, 0, 50, speed, 0)
			})
			want(t, spans(r, lowsky.HazardSpeed, "over"), c.over)
			want(t, spans(r, lowsky.HazardSpeed, "far_over"), c.above)
		})
	}
}
