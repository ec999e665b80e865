package rules

import "lowsky"

// Battery finds an airborne aircraft whose battery is at or below a level, or below what the aircraft itself says it
// needs to return. The highest of them is found, so one alert escalates. Without a recent level it is unjudged.
type Battery struct {
	// Levels at or below which it is an Advisory, a Caution, a Warning. Defaults 30, 20 and 10 %.
	Advisory lowsky.Percent `yaml:"advisory_pct"`
	Caution  lowsky.Percent `yaml:"caution_pct"`
	Warning  lowsky.Percent `yaml:"warning_pct"`
	// StaleAfter is how old a level or return need may be and still count. Default 60 s.
	StaleAfter float64 `yaml:"stale_after_s"`
}

// NewBattery makes the defaults.
func NewBattery() *Battery { return &Battery{Advisory: 30, Caution: 20, Warning: 10, StaleAfter: 60} }

// Validate implements [Params].
func (p *Battery) Validate() error {
	err := firstError(
		between("advisory_pct", p.Advisory, 0, 100),
		between("caution_pct", p.Caution, 0, 100),
		between("warning_pct", p.Warning, 0, 100),
		between("stale_after_s", p.StaleAfter, 1, 3600),
	)
	switch {
	case err != nil:
	case p.Caution > p.Advisory:
		err = &lowsky.InvalidError{Field: "caution_pct", Problem: "must not be above advisory_pct"}
	case p.Warning > p.Caution:
		err = &lowsky.InvalidError{Field: "warning_pct", Problem: "must not be above caution_pct"}
	}
	return err
}

// Variants implements [Params].
func (p *Battery) Variants() []string {
	return []string{"low", "very_low", "critical", "below_return_need"}
}

// Check implements [Params].
func (p *Battery) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	fresh := seconds(p.StaleAfter)
	level := reported(s, ownBattery, &s.Track.Battery, fresh)
	if !level.OK || !lowsky.Finite(level.Value) {
		out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoBattery)
		return
	}
	f := lowsky.Finding{Unit: "%", Measured: some(level.Value), Position: s.Position}
	need := reported(s, ownReturnNeed, &s.Track.ReturnNeed, fresh)
	limit := p.Advisory
	switch {
	case need.OK && level.Value < need.Value:
		f.Severity, f.Variant, limit = lowsky.Warning, "below_return_need", need.Value
	case level.Value <= p.Warning:
		f.Severity, f.Variant, limit = lowsky.Warning, "critical", p.Warning
	case level.Value <= p.Caution:
		f.Severity, f.Variant, limit = lowsky.Caution, "very_low", p.Caution
	case level.Value <= p.Advisory:
		f.Severity, f.Variant = lowsky.Advisory, "low"
	default:
		return
	}
	f.Limit, f.Margin = some(limit), some(limit-level.Value)
	out.Found(f)
}
