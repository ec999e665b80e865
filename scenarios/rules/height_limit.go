package rules

import "lowsky"

// HeightLimit finds an aircraft above the height that its class may fly without an application, above the ground
// straight below it (真高). Exactly the limit is allowed.
//
// The evidence is Situation.AGL, strongest first. Where it assumes flat ground the finding is never above Caution; where
// there is none the height is unjudged. An aircraft whose class is not known is held to Unknown and the finding says so
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
}

// NewHeightLimit makes the defaults.
func NewHeightLimit() *HeightLimit {
	return &HeightLimit{
		Micro: At(50), Light: At(120), Small: At(120), Agricultural: At(30), Unknown: At(120),
		Margin: 5, WarningOver: 30, DefaultAccuracy: 3, AccuracyCap: 15,
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
	)
}

// Variants implements [Params].
func (p *HeightLimit) Variants() []string { return []string{"over", "far_over"} }

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
	over := float64(s.AGL.Metres.Value) - limit.Value
	if over <= 0 {
		return
	}
	accuracy := verticalAccuracy(s, p.DefaultAccuracy, p.AccuracyCap)
	if s.AGL.Bound.OK {
		accuracy = bounded(s.AGL.Bound, p.DefaultAccuracy, p.AccuracyCap)
	}
	f := lowsky.Finding{
		Severity: lowsky.Caution, Variant: "over",
		Suspected: over <= float64(max(p.Margin, accuracy)),
		Measured:  some(s.AGL.Metres.Value), Limit: some(limit.Value), Margin: some(over), Accuracy: some(accuracy), Unit: "m",
		Height: s.AGL.From, Position: s.Position,
	}
	if over > float64(p.WarningOver) {
		f.Severity, f.Variant = lowsky.Warning, "far_over"
	}
	if s.AGL.From == lowsky.HeightFlatAssumed {
		f.Severity, f.Note = min(f.Severity, lowsky.Caution), noteFlatGround
	}
	if !known {
		f.Note = noteClassUnknown // Height still says what the height rests on
	}
	out.Found(f)
}
