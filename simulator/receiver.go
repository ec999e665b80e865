package simulator

import (
	"math"
	"math/rand/v2"
	"time"

	"lowsky"
)

// receiver is the error of one satellite receiver.
type receiver struct {
	noise  Noise
	random *rand.Rand
	at     time.Duration
	slow   [3]float64 // east, north, up; metres
	worse  [3]float64 // of accuracy_lie
}

func newReceiver(n Noise, random *rand.Rand) receiver {
	r := receiver{noise: n, random: random}
	for i, sigma := range [3]float64{n.Horizontal, n.Horizontal, n.Vertical} {
		r.slow[i] = sigma * random.NormFloat64()
	}
	return r
}

// err answers the error at t, metres; more is the sigma of a further error, which begins at nothing.
func (r *receiver) err(t time.Duration, more float64) (east, north, up float64) {
	n := &r.noise
	if n.Horizontal == 0 && n.Vertical == 0 && n.White == 0 && more == 0 {
		return 0, 0, 0
	}
	keep, tau := 0.0, n.Tau.Seconds()
	if tau > 0 {
		keep = math.Exp(-(t - r.at).Seconds() / tau)
	}
	fresh := math.Sqrt(1 - keep*keep)
	r.at = t
	var out [3]float64
	for i, sigma := range [3]float64{n.Horizontal, n.Horizontal, n.Vertical} {
		r.slow[i] = r.slow[i]*keep + sigma*fresh*r.random.NormFloat64()
		out[i] = r.slow[i] + n.White*r.random.NormFloat64()
	}
	if more > 0 {
		for i, sigma := range [3]float64{more, more, 1.5 * more} {
			r.worse[i] = r.worse[i]*keep + sigma*fresh*r.random.NormFloat64()
			out[i] += r.worse[i]
		}
	} else {
		r.worse = [3]float64{}
	}
	return out[0], out[1], out[2]
}

// speeds answers what the receiver makes of a ground speed and a climb, m/s.
func (r *receiver) speeds(ground, climb float64) (float64, float64) {
	if r.noise.Speed == 0 {
		return ground, climb
	}
	return max(0, ground+r.noise.Speed*r.random.NormFloat64()), climb + r.noise.Speed*r.random.NormFloat64()
}

func metres(v float64) lowsky.Opt[lowsky.Metres] { return lowsky.Some(lowsky.Metres(round(v, 100))) }

// round keeps as many parts of one as per says: 100 keeps hundredths.
func round(v, per float64) float64 { return math.Round(v*per) / per }
