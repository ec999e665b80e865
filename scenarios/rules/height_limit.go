package rules

import (
	"lowsky"
	"lowsky/airspace"
)

// HeightLimit finds an aircraft above the height that its class may fly without an application, above the ground
// straight below it (真高). Exactly the limit is allowed.
//
// The evidence is Situation.AGL, strongest first, and its bound decides: beyond the limit by more than the bound is
// found, at most the limit with the bound on top is clear. What lies between is suspected where the bound is fine, and
// unjudged where it is coarse, unless a height on flat ground stands in for it. Where flat ground is assumed the finding
// is never above Caution; where there is no evidence the height is unjudged. An aircraft whose class is not known is held to Unknown and the finding says so
// (note class_unknown). Medium and large aircraft have no such limit: none of theirs is ever found nor unjudged.
type HeightLimit struct {
	// Limits of the classes; defaults 50, 120, 120, none and none (条例 art. 19 and 62, see reference in the pack).
	Micro  Limit `yaml:"micro_m"`
	Light  Limit `yaml:"light_m"`
	Small  Limit `yaml:"small_m"`
	Medium Limit `yaml:"medium_m"`
	Large  Limit `yaml:"large_m"`
	// Agricultural is the limit of a conventional agricultural aircraft, beside its class; the stricter holds. Default 30.
	Agricultural Limit `yaml:"agricultural_m"`
	// Unknown is the limit where the class is not known. Default 120.
	Unknown Limit `yaml:"unknown_m"`
	// Margin above the limit within which it is only suspected. Default 5 m.
	Margin lowsky.Metres `yaml:"margin_m"`
	// WarningOver is how far above the limit a Caution becomes a Warning. Default 30 m.
	WarningOver lowsky.Metres `yaml:"warning_over_m"`
	// DefaultAccuracy is used where the device reports none (default 3 m); AccuracyCap bounds what it reports
	// (default 15 m).
	DefaultAccuracy lowsky.Metres `yaml:"default_accuracy_m"`
	AccuracyCap     lowsky.Metres `yaml:"accuracy_cap_m"`
	// Coarse is the bound of the ground below beyond which a height that may be above the limit or below it is unjudged
	// instead of suspected. Default 30 m, as for zones (airspace.CoarseBound).
	Coarse lowsky.Metres `yaml:"coarse_m"`
}

// NewHeightLimit makes the defaults.
func NewHeightLimit() *HeightLimit {
	return &HeightLimit{
		Micro: At(50), Light: At(120), Small: At(120), Agricultural: At(30), Unknown: At(120),
		Margin: 5, WarningOver: 30, DefaultAccuracy: 3, AccuracyCap: 15, Coarse: airspace.CoarseBound,
	}
}

// Validate implements [Params].
func (p *HeightLimit) Validate() error {
	return firstError(
		limitBetween("micro_m", p.Micro, 1, 1000),
		limitBetween("light_m", p.Light, 1, 1000),
		limitBetween("small_m", p.Small, 1, 1000),
		limitBetween("medium_m", p.Medium, 1, 10000),
		limitBetween("large_m", p.Large, 1, 20000),
		limitBetween("agricultural_m", p.Agricultural, 1, 1000),
		limitBetween("unknown_m", p.Unknown, 1, 1000),
		between("margin_m", p.Margin, 0, 100),
		between("warning_over_m", p.WarningOver, 0, 1000),
		between("default_accuracy_m", p.DefaultAccuracy, 0, 100),
		between("accuracy_cap_m", p.AccuracyCap, 0, 100),
		between("coarse_m", p.Coarse, 0, 100),
	)
}

// Variants implements [Params].
func (p *HeightLimit) Variants() []string { return []string{"over", "far_over", "near"} }

func (p *HeightLimit) limits() classLimits {
	return classLimits{p.Micro, p.Light, p.Small, p.Medium, p.Large, p.Agricultural, p.Unknown}
}

// Check implements [Params].
func (p *HeightLimit) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	limits := p.limits()
	limit, known := limits.of(s.Aircraft)
	if !limit.OK {
		return
	}
	if why := unjudgedPosition(s); why != "" {
		out.Unjudged(lowsky.Subject{}, why)
		return
	}
	if !s.AGL.Metres.OK || !lowsky.Finite(s.AGL.Metres.Value) {
		why := s.AGL.Reason
		if why == "" {
			why = lowsky.ReasonNoHeight
		}
		out.Unjudged(lowsky.Subject{}, why)
		return
	}
	e := s.AGL
	bound := max(0, e.Bound.Or(0))
	over := float64(e.Metres.Value) - limit.Value
	if over > -float64(bound) && over <= float64(bound) && bound > p.Coarse || !lowsky.Finite(bound) {
		if !e.Flat.OK || !lowsky.Finite(e.Flat.Value) {
			out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoTerrain)
			return
		}
		e, bound = lowsky.HeightEvidence{Metres: e.Flat, From: lowsky.HeightFlatAssumed}, 0
		over = float64(e.Metres.Value) - limit.Value
	}
	if over+float64(bound) <= 0 {
		return
	}
	accuracy := verticalAccuracy(s, p.DefaultAccuracy, p.AccuracyCap)
	certain := over - float64(bound) // so much at least
	f := lowsky.Finding{
		Severity: lowsky.Caution, Variant: "over",
		Suspected: certain <= float64(max(p.Margin, accuracy)),
		Measured:  some(e.Metres.Value), Limit: some(limit.Value), Margin: some(over), Accuracy: some(accuracy + bound), Unit: "m",
		Height: e.From, Position: s.Position,
	}
	switch {
	case certain > float64(p.WarningOver):
		f.Severity, f.Variant = lowsky.Warning, "far_over"
	case over <= 0:
		f.Variant = "near"
	}
	if e.From == lowsky.HeightFlatAssumed {
		f.Severity, f.Note = min(f.Severity, lowsky.Caution), noteFlatGround
	}
	if !known {
		f.Note = noteClassUnknown // Height still says what the height rests on
	}
	out.Found(f)
}
