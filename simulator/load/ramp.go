package load

import (
	"context"
	"fmt"
	"time"

	"lowsky"
)

// Ramp is a load of rising rates, each for a while, which ends where it is too much.
type Ramp struct {
	Rates []float64     // messages per second, rising
	Step  time.Duration // how long each
	// MaxLoss is the part of what was due, 0 … 1, that may be skipped, not acknowledged, or not received by the platform.
	MaxLoss float64
	// MaxLatency bounds the 95th percentile: with Watch of stamp → this report or a newer one on the websocket, else of the
	// acknowledgement with QoS 1.
	MaxLatency time.Duration
}

// RampStep is one rate of a ramp.
type RampStep struct {
	Rate   float64 `json:"rate"`
	Result Result  `json:"result"`
	Over   string  `json:"over,omitempty"` // why the ramp ends here
}

// Run goes up the ramp with l; of l, Rate, Duration and Count are not looked at. told hears of each step. The steps until
// the end come back also with an error. It ends early, without one, after the step that was too much, or with ctx.
func (r Ramp) Run(ctx context.Context, l Load, told func(RampStep)) ([]RampStep, error) {
	bad := func(problem string) error { return &lowsky.InvalidError{Field: "ramp", Problem: problem} }
	switch {
	case len(r.Rates) == 0:
		return nil, bad("must have at least one rate")
	case r.Step <= 0:
		return nil, &lowsky.InvalidError{Field: "step", Problem: "must be above zero"}
	}
	for i, rate := range r.Rates {
		if i > 0 && rate <= r.Rates[i-1] {
			return nil, bad(fmt.Sprintf("must rise: %g after %g", rate, r.Rates[i-1]))
		}
		one := l
		one.Rate, one.Duration, one.Count = rate, r.Step, 0
		if err := one.complete(); err != nil { // before anything is sent
			return nil, fmt.Errorf("step %g: %w", rate, err)
		}
	}
	var steps []RampStep
	for _, rate := range r.Rates {
		l.Rate, l.Duration, l.Count = rate, r.Step, 0
		result, err := Run(ctx, l)
		if err != nil {
			return steps, fmt.Errorf("step %g: %w", rate, err)
		}
		s := RampStep{Rate: rate, Result: result}
		s.Over = r.over(result)
		steps = append(steps, s)
		told(s)
		if s.Over != "" || ctx.Err() != nil {
			break
		}
	}
	return steps, nil
}

// over says what was too much; "" nothing.
func (r Ramp) over(x Result) string {
	lost := x.Skipped + max(x.Lost, x.MissingAtPlatform().Or(0))
	if part := percent(lost, x.Due) / 100; part > r.MaxLoss {
		return fmt.Sprintf("%.3f %% lost or skipped, the bound is %.3f %%", 100*part, 100*r.MaxLoss)
	}
	latency, what := x.Ack, "acknowledgement"
	if x.Watch.OK {
		latency, what = x.Watch.Value.Shown, "stamp to websocket"
		if latency.Count == 0 && x.Sent > 0 {
			return "nothing came out on the websocket"
		}
	}
	if r.MaxLatency > 0 && latency.P95 > r.MaxLatency {
		return fmt.Sprintf("%s p95 %s, the bound is %s", what, latency.P95.Round(time.Millisecond), r.MaxLatency)
	}
	return ""
}
