package rules

import "lowsky"

// SpeedLimit finds an aircraft over ground faster than its class is defined by. Exactly the limit is allowed. Small,
// medium, large and unknown classes have no such limit unless the pack gives one. Found speeds are in m/s; the limits of
// the law are in km/h, and so are the parameters.
type SpeedLimit struct {
	// Limits of the classes; defaults 40, 100, none, none, none (条例 art. 62).
	Micro  Limit `yaml:"micro_kmh"`
	Light  Limit `yaml:"light_kmh"`
	Small  Limit `yaml:"small_kmh"`
	Medium Limit `yaml:"medium_kmh"`
	Large  Limit `yaml:"large_kmh"`
	// Agricultural is the limit of a conventional agricultural aircraft, beside its class; the stricter holds. Default 50.
	Agricultural Limit `yaml:"agricultural_kmh"`
	// Unknown is the limit where the class is not known. Default none.
	Unknown Limit `yaml:"unknown_kmh"`
	// Margin above the limit within which it is only suspected: gusts and GNSS speed noise. Default 10 %.
	Margin float64 `yaml:"margin_pct"`
	// CautionOver is how far above the limit an Advisory becomes a Caution. Default 25 %.
	CautionOver float64 `yaml:"caution_over_pct"`
}

// NewSpeedLimit makes the defaults.
func NewSpeedLimit() *SpeedLimit {
	return &SpeedLimit{Micro: At(40), Light: At(100), Agricultural: At(50), Margin: 10, CautionOver: 25}
}

// Validate implements [Params].
func (p *SpeedLimit) Validate() error {
	err := firstError(
		limitBetween("micro_kmh", p.Micro, 1, 1000),
		limitBetween("light_kmh", p.Light, 1, 1000),
		limitBetween("small_kmh", p.Small, 1, 1000),
		limitBetween("medium_kmh", p.Medium, 1, 1000),
		limitBetween("large_kmh", p.Large, 1, 1000),
		limitBetween("agricultural_kmh", p.Agricultural, 1, 1000),
		limitBetween("unknown_kmh", p.Unknown, 1, 1000),
		between("margin_pct", p.Margin, 0, 100),
		between("caution_over_pct", p.CautionOver, 0, 1000),
	)
	if err == nil && p.CautionOver < p.Margin {
		err = &lowsky.InvalidError{Field: "caution_over_pct", Problem: "must not be below margin_pct"}
	}
	return err
}

// Variants implements [Params].
func (p *SpeedLimit) Variants() []string { return []string{"over", "far_over"} }

func (p *SpeedLimit) limits() classLimits {
	return classLimits{p.Micro, p.Light, p.Small, p.Medium, p.Large, p.Agricultural, p.Unknown}
}

// Check implements [Params].
func (p *SpeedLimit) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	limits := p.limits()
	limit, known := limits.of(s.Aircraft)
	if !limit.OK {
		return
	}
	speed := reported(s, ownGroundSpeed, &s.Track.GroundSpeed, freshest(s.Track))
	if !speed.OK || !lowsky.Finite(speed.Value) {
		out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoSpeed)
		return
	}
	// Compared in km/h, where the limit is exact: 27.777… m/s is not.
	over := float64(speed.Value)*3.6 - limit.Value
	if over <= 1e-9 {
		return
	}
	f := lowsky.Finding{
		Severity: lowsky.Advisory, Variant: "over",
		Suspected: over <= limit.Value*p.Margin/100,
		Measured:  some(speed.Value), Limit: some(limit.Value / 3.6), Margin: some(over / 3.6), Unit: "m/s",
		Position: s.Position,
	}
	if over > limit.Value*p.CautionOver/100 {
		f.Severity, f.Variant = lowsky.Caution, "far_over"
	}
	if !known {
		f.Note = noteClassUnknown
	}
	out.Found(f)
}
