package rules

import "lowsky"

// Emergency finds what an aircraft declares itself: the emergency status, a forced landing, or a health alarm of level
// 2 and above that it marks as "in the sky". A Warning each; nothing is measured, so there is nothing to suspect.
type Emergency struct {
	// HMSLevel is the lowest level of a health alarm that counts. Default 2, DJI's highest.
	HMSLevel int `yaml:"hms_level"`
}

// NewEmergency makes the defaults.
func NewEmergency() *Emergency { return &Emergency{HMSLevel: 2} }

// Validate implements [Params].
func (p *Emergency) Validate() error { return between("hms_level", float64(p.HMSLevel), 0, 2) }

// Variants implements [Params].
func (p *Emergency) Variants() []string { return []string{"declared", "forced_landing", "hms"} }

// Check implements [Params].
func (p *Emergency) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	variant := ""
	// Known, not Fresh: a declared emergency stands until the aircraft says something else, however long it is silent.
	status, forced := s.Track.Status.Known(), s.Track.ForcedLanding.Known().Or(false)
	alarms := s.Track.HMS.Value
	if s.Late && s.Report != nil {
		status, forced, alarms = s.Report.Status, s.Report.ForcedLanding, nil
	}
	switch {
	case status.Or(lowsky.StatusUnknown) == lowsky.StatusEmergency:
		variant = "declared"
	case forced:
		variant = "forced_landing"
	default:
		for i := range alarms {
			if alarms[i].InTheSky && alarms[i].Level >= p.HMSLevel {
				variant = "hms"
				break
			}
		}
	}
	if variant != "" {
		out.Found(lowsky.Finding{Severity: lowsky.Warning, Variant: variant, Position: s.Position})
	}
}
