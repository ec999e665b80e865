package rules

import "lowsky"

// Identity finds an airborne aircraft that is not in the register: Advisory, and Caution inside a zone that nobody may
// enter without an authorisation. It says nothing about plans: whether a flight needs one is another question.
//
// The subject is the aircraft alone, so one alert escalates from zone to zone. Where the heights cannot be compared the
// stay is not taken for one inside; zone_entry names that zone as unjudged.
type Identity struct{}

// NewIdentity makes the (empty) defaults.
func NewIdentity() *Identity { return &Identity{} }

// Validate implements [Params].
func (p *Identity) Validate() error { return nil }

// Variants implements [Params].
func (p *Identity) Variants() []string { return []string{"unknown", "unknown_in_zone"} }

// Check implements [Params].
func (p *Identity) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if s.Aircraft != nil || !airborne(s) {
		return
	}
	f := lowsky.Finding{Severity: lowsky.Advisory, Variant: "unknown", Position: s.Position}
	if s.ZonesOK && unjudgedPosition(s) == "" {
		for i := range s.Zones {
			r := &s.Zones[i]
			if r.Active && r.Inside && r.Vertical.State == lowsky.VerticalWithin && strict(r.Zone) {
				f.Severity, f.Variant, f.Zone = lowsky.Caution, "unknown_in_zone", r.Zone
				break
			}
		}
	}
	out.Found(f)
}
