package score

import (
	"math"
	"slices"
	"time"

	"lowsky"
)

// z is the quantile of the normal distribution for 95 % between both ends.
const z = 1.959963984540054

// rate answers k of n with its 95 % interval after Wilson, which keeps within 0 … 1 and says something for 0 and all.
func rate(k, n int) lowsky.Rate {
	if n <= 0 {
		return lowsky.Rate{}
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	scale := 1 + z*z/m
	r := lowsky.Rate{OK: true, Value: p, Low: max(0, (middle-half)/scale), High: min(1, (middle+half)/scale)}
	if k == 0 { // exactly, whatever the last bit says
		r.Low = 0
	}
	if k == n {
		r.High = 1
	}
	return r
}

// delays answers the percentiles (nearest rank) of the delays, which it puts in order.
func delays(d []time.Duration) lowsky.ScoreDelay {
	if len(d) == 0 {
		return lowsky.ScoreDelay{}
	}
	slices.Sort(d)
	rank := func(p float64) float64 {
		i := int(math.Ceil(p*float64(len(d)))) - 1
		return d[max(0, i)].Seconds()
	}
	return lowsky.ScoreDelay{Count: len(d), P50: rank(0.5), P95: rank(0.95), Max: d[len(d)-1].Seconds()}
}
