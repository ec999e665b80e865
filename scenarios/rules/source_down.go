package rules

import "lowsky"

// SourceDown finds a gateway or dock that is down: Info, and Caution while airborne aircraft report through it. Their
// silence is folded under this one alert. The outside broker is a source too: Caution, Warning while anybody is airborne. An aircraft that reports by itself is not a gateway: silence judges it.
type SourceDown struct{}

// NewSourceDown makes the (empty) defaults.
func NewSourceDown() *SourceDown { return &SourceDown{} }

// Validate implements [Params].
func (p *SourceDown) Validate() error { return nil }

// Variants implements [Params].
func (p *SourceDown) Variants() []string { return []string{"down", "down_in_use", "broker"} }

// Check implements [Params].
func (p *SourceDown) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	src := s.Source
	if src == nil || !src.Down || direct(src.ID) {
		return
	}
	f := lowsky.Finding{Severity: lowsky.Info, Variant: "down"}
	if s.Dependants > 0 {
		f.Severity, f.Variant = lowsky.Caution, "down_in_use"
	}
	if src.ID == lowsky.BrokerSource { // nobody at all can be heard
		f.Severity, f.Variant = lowsky.Caution, "broker"
		if s.Dependants > 0 {
			f.Severity = lowsky.Warning
		}
	}
	if !src.DownSince.IsZero() {
		f.Measured, f.Unit = some(max(0, s.Now.Sub(src.DownSince).Seconds())), "s"
	}
	out.Found(f)
}
