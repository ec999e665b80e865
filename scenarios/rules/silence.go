package rules

import (
	"time"

	"lowsky"
)

// Silence (失联) finds an aircraft that was last known airborne and has not been heard for longer than Factor of its
// learned intervals, at least Minimum: Caution, and Warning after WarningAfter. It is asked on ticks and measured on our
// clock.
//
// After a start of the picture and after its gateway came back, silence counts from then (Track.SilenceFrom); until the
// threshold it is unjudged.
//
// An aircraft on the ground is not silent, nor one whose last word was that it is, nor one that its gateway took off the network while the dock reports it
// inside. While its gateway is down the silence is unjudged: the gateway's alert stands for it. An aircraft that reports
// by itself has no gateway that could be down.
type Silence struct {
	// Factor of the learned interval. Default 3.
	Factor float64 `yaml:"factor"`
	// Minimum silence, default 10 s; Maximum bounds the threshold, so that an aircraft that reports ever more rarely
	// cannot slip away. Default 300 s.
	Minimum float64 `yaml:"minimum_s"`
	Maximum float64 `yaml:"maximum_s"`
	// WarningAfter is the silence above which it is a Warning. Default 60 s.
	WarningAfter float64 `yaml:"warning_after_s"`
}

// NewSilence makes the defaults.
func NewSilence() *Silence { return &Silence{Factor: 3, Minimum: 10, Maximum: 300, WarningAfter: 60} }

// Validate implements [Params].
func (p *Silence) Validate() error {
	err := firstError(
		between("factor", p.Factor, 1, 20),
		between("minimum_s", p.Minimum, 1, 600),
		between("maximum_s", p.Maximum, 1, 3600),
		between("warning_after_s", p.WarningAfter, 1, 3600),
	)
	if err == nil && p.Maximum < p.Minimum {
		err = &lowsky.InvalidError{Field: "maximum_s", Problem: "must not be below minimum_s"}
	}
	return err
}

// Variants implements [Params].
func (p *Silence) Variants() []string { return []string{"silent", "long_silent"} }

// Check implements [Params].
func (p *Silence) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	t := s.Track
	if t == nil || !t.Airborne || t.SaidGround || t.ReceivedAt.IsZero() {
		return
	}
	silent := s.Now.Sub(t.ReceivedAt)
	threshold := min(max(time.Duration(p.Factor*float64(t.Interval)), seconds(p.Minimum)), seconds(p.Maximum))
	if silent <= threshold {
		return
	}
	// "In the dock" counts only if it was said since take-off: a dock that fell silent still holds what it said before.
	docked := t.DroneInDock.Known().Or(false) && t.DroneInDock.At.After(t.AirborneSince)
	if docked && t.Offline.Known().Or(false) {
		return
	}
	if s.Source != nil && s.Source.Down && !s.Source.Presumed && !direct(s.Source.ID) {
		out.Unjudged(lowsky.Subject{}, lowsky.ReasonSourceDown)
		return
	}
	counted := silent
	if t.SilenceFrom.After(t.ReceivedAt) {
		counted = s.Now.Sub(t.SilenceFrom)
	}
	if counted <= threshold { // it has not had the time to be heard again: neither missed nor well
		out.Unjudged(lowsky.Subject{}, lowsky.ReasonSilent)
		return
	}
	f := lowsky.Finding{
		Severity: lowsky.Caution, Variant: "silent",
		Measured: some(silent.Seconds()), Limit: some(threshold.Seconds()), Margin: some((silent - threshold).Seconds()), Unit: "s",
		Position: s.Position,
	}
	if counted > seconds(p.WarningAfter) {
		f.Severity, f.Variant = lowsky.Warning, "long_silent"
	}
	out.Found(f)
}
