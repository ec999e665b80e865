package rules

import "lowsky"

// Identity finds an airborne aircraft that is not in the register: Advisory, and Caution inside a zone that nobody may
// enter without an authorisation. Registered or not, an id under which two are flying at once, in different places, is a
// Caution: one of them is not what it says, and the picture can follow only one of them. It says nothing about plans: whether a flight needs one is another question.
//
// The subject is the aircraft alone, so one alert escalates from zone to zone. Where the heights cannot be compared the
// stay is not taken for one inside; zone_entry names that zone as unjudged.
type Identity struct {
	// ElsewhereFor is how long after the last report of the other one it still counts as there. Default 15 s.
	ElsewhereFor float64 `yaml:"elsewhere_s"`
}

// NewIdentity makes the defaults.
func NewIdentity() *Identity { return &Identity{ElsewhereFor: 15} }

// Validate implements [Params].
func (p *Identity) Validate() error { return between("elsewhere_s", p.ElsewhereFor, 1, 300) }

// Variants implements [Params].
func (p *Identity) Variants() []string { return []string{"unknown", "unknown_in_zone", "two_places"} }

// Check implements [Params].
func (p *Identity) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	if at := s.Track.ElsewhereAt; !at.IsZero() && s.Now.Sub(at) <= seconds(p.ElsewhereFor) {
		out.Found(lowsky.Finding{Severity: lowsky.Caution, Variant: "two_places", Position: s.Position})
		return
	}
	if s.Aircraft != nil {
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
