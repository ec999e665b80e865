package rules

import "lowsky"

// C2Loss finds an airborne aircraft that itself reports its command-and-control link lost: Caution. Nothing is inferred:
// an aircraft that never reports its link is not looked at. What it last said stands until it says something else.
type C2Loss struct{}

// NewC2Loss makes the (empty) defaults.
func NewC2Loss() *C2Loss { return &C2Loss{} }

// Validate implements [Params].
func (p *C2Loss) Validate() error { return nil }

// Variants implements [Params].
func (p *C2Loss) Variants() []string { return []string{"lost"} }

// Check implements [Params].
func (p *C2Loss) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	lost := s.Track.C2Lost.Known()
	if s.Late && s.Report != nil {
		lost = s.Report.C2Lost
	}
	if lost.Or(false) {
		out.Found(lowsky.Finding{Severity: lowsky.Caution, Variant: "lost", Position: s.Position})
	}
}
