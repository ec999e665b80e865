package rules

import (
	"slices"
	"strconv"
	"time"

	"lowsky"
)

// The phases of a zone entry, which are also the variants of its findings.
const (
	PhasePredicted   = "predicted"   // course, speed and climb lead into it within the look-ahead: Caution
	PhaseInside      = "inside"      // Warning
	PhaseCrossed     = "crossed"     // between two reports: Warning
	PhasePossible    = "possible"    // the two reports are too far apart to call it a crossing: Advisory
	PhaseNear        = "near"        // within the zone's own warning band: Advisory
	PhaseConditional = "conditional" // inside a conditional zone, only where conditional_zones is set: Advisory
)

// ZoneEntry finds an aircraft that enters, is in or has crossed a zone that nobody may enter without an authorisation.
// An entry is not predicted of an aircraft that turns away steadily (turnsAway). One finding per zone, of the highest phase; the subject is the zone. Zones that do not apply now are clear, and so are
// those that exempt the aircraft.
//
// A crossing, through the area or inside of it through the height band, is one that no report saw, or too few to have been
// found as a stay: the first report after a stay, whose segment touches the zone too, is none. It
// is suspected where it could vanish within margin and accuracy (a corner cut).
//
// A zone the aircraft is over or under is clear only where the heights can be compared; where they cannot the zone is
// unjudged. A comparison that assumes flat ground is never above Caution.
type ZoneEntry struct {
	// Phases this rule looks for. A crossing is over when it is found, so it needs a rule without persistence.
	Phases []string `yaml:"phases"`
	// LookAhead bounds the prediction. Default 30 s; the picture predicts no further than that.
	LookAhead float64 `yaml:"look_ahead_s"`
	// Margin is how deep inside, beyond the accuracy, before it is more than suspected. Default 5 m.
	Margin lowsky.Metres `yaml:"margin_m"`
	// DefaultAccuracy is used where the device reports none (default 5 m); AccuracyCap bounds what it reports
	// (default 30 m).
	DefaultAccuracy lowsky.Metres `yaml:"default_accuracy_m"`
	AccuracyCap     lowsky.Metres `yaml:"accuracy_cap_m"`
	// The same vertically: within it of the ceiling or floor is suspected. Defaults 5 m and 15 m.
	DefaultVerticalAccuracy lowsky.Metres `yaml:"default_vertical_accuracy_m"`
	VerticalAccuracyCap     lowsky.Metres `yaml:"vertical_accuracy_cap_m"`
	// ConfirmAfter ends the horizontal accuracy gate for an aircraft that has been inside without a break for so long:
	// errors of many reports do not all point the same way. The margin stays. Default 30 s.
	ConfirmAfter float64 `yaml:"confirm_after_s"`
	// Seen is how long, by its reports, a stay lasted that the phase inside has found: the way out of such a one is no
	// crossing, that of a shorter one is. It is the persistence of the rule that looks for inside. Default 2 s.
	Seen float64 `yaml:"seen_s"`
	// ConditionalZones makes a stay in a conditional zone an Advisory. Default false: their conditions are not data yet.
	ConditionalZones bool `yaml:"conditional_zones"`
}

// NewZoneEntry makes the defaults.
func NewZoneEntry() *ZoneEntry {
	return &ZoneEntry{
		Phases: []string{PhasePredicted, PhaseInside, PhaseNear}, LookAhead: 30, Margin: 5,
		DefaultAccuracy: 5, AccuracyCap: 30, DefaultVerticalAccuracy: 5, VerticalAccuracyCap: 15, ConfirmAfter: 30, Seen: 2,
	}
}

// Validate implements [Params].
func (p *ZoneEntry) Validate() error {
	if len(p.Phases) == 0 {
		return &lowsky.InvalidError{Field: "phases", Problem: "must name at least one phase"}
	}
	for i, ph := range p.Phases {
		field := "phases[" + strconv.Itoa(i) + "]"
		if !slices.Contains([]string{PhasePredicted, PhaseInside, PhaseCrossed, PhasePossible, PhaseNear}, ph) {
			return &lowsky.InvalidError{Field: field, Problem: "must be predicted, inside, crossed, possible or near"}
		}
		if slices.Contains(p.Phases[:i], ph) {
			return &lowsky.InvalidError{Field: field, Problem: "is there twice"}
		}
	}
	if p.ConditionalZones && !p.looksFor(PhaseInside) {
		return &lowsky.InvalidError{Field: "conditional_zones", Problem: "needs the phase inside"}
	}
	return firstError(
		between("look_ahead_s", p.LookAhead, 1, 120),
		between("margin_m", p.Margin, 0, 500),
		between("default_accuracy_m", p.DefaultAccuracy, 0, 100),
		between("accuracy_cap_m", p.AccuracyCap, 0, 200),
		between("default_vertical_accuracy_m", p.DefaultVerticalAccuracy, 0, 100),
		between("vertical_accuracy_cap_m", p.VerticalAccuracyCap, 0, 100),
		between("confirm_after_s", p.ConfirmAfter, 1, 3600),
		between("seen_s", p.Seen, 0, 60),
	)
}

// Variants implements [Params].
func (p *ZoneEntry) Variants() []string {
	v := slices.Clone(p.Phases)
	if p.ConditionalZones {
		v = append(v, PhaseConditional)
	}
	return v
}

func (p *ZoneEntry) looksFor(phase string) bool { return slices.Contains(p.Phases, phase) }

// Check implements [Params].
func (p *ZoneEntry) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if !airborne(s) {
		return
	}
	if why := unjudgedPosition(s); why != "" {
		out.Unjudged(lowsky.Subject{}, why)
		return
	}
	if !s.ZonesOK {
		out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoZones)
		return
	}
	for i := range s.Zones {
		r := &s.Zones[i]
		if !r.Active || r.Exempt || !strict(r.Zone) && !(p.ConditionalZones && r.Zone.Restriction == lowsky.Conditional) {
			continue
		}
		phase := p.phase(r, s.Late)
		if phase == PhasePredicted && p.turnsAway(s, r) {
			phase = p.short(r)
		}
		if phase == "" {
			if (r.Inside || r.Crossed) && outsideByAssumption(r) {
				// Over hills the height above take-off says little about the height above the ground here: that it would
				// be outside the band on flat ground is no reason to call it clear.
				out.Unjudged(zoneSubject(r.Zone), lowsky.ReasonNoTerrain)
			}
			continue
		}
		if r.Vertical.State == lowsky.VerticalUnknown {
			why := r.Vertical.Reason
			if why == "" {
				why = lowsky.ReasonNoCommonDatum
			}
			out.Unjudged(zoneSubject(r.Zone), why)
			continue
		}
		if (phase == PhaseCrossed || phase == PhasePossible) && r.WasIn && r.Stayed >= seconds(p.Seen) {
			continue // the stay was found as such
		}
		out.Found(p.finding(s, r, phase))
	}
}

// phase answers the highest phase this rule looks for that holds, "" for none. Vertically it only asks for "not known
// to be outside": whether it is known at all is judged afterwards. A late report predicts nothing: what came after it
// is known.
func (p *ZoneEntry) phase(r *lowsky.ZoneRelation, late bool) string {
	v := r.Vertical.State
	level := v == lowsky.VerticalWithin || v == lowsky.VerticalUnknown
	if r.Zone.Restriction == lowsky.Conditional {
		if r.Inside && level {
			return PhaseConditional
		}
		return ""
	}
	switch {
	case r.Inside && level && p.looksFor(PhaseInside):
		return PhaseInside
	case (r.Crossed && level || r.Through) && !r.Possible && p.looksFor(PhaseCrossed):
		return PhaseCrossed
	case r.Entry.OK && !late && r.Entry.Value <= seconds(p.LookAhead) && p.looksFor(PhasePredicted):
		return PhasePredicted
	case (r.Crossed && level || r.Through) && r.Possible && p.looksFor(PhasePossible):
		return PhasePossible
	case r.Zone.WarningBand.OK && !late && level && !r.Inside && r.Distance <= r.Zone.WarningBand.Value && p.looksFor(PhaseNear):
		return PhaseNear
	}
	return ""
}

// short answers the phase below predicted that holds, "" for none.
func (p *ZoneEntry) short(r *lowsky.ZoneRelation) string {
	without := *r
	without.Entry = lowsky.Opt[time.Duration]{}
	return p.phase(&without, false)
}

// outsideByAssumption reports whether only the assumption of flat ground puts the aircraft outside the zone's band.
func outsideByAssumption(r *lowsky.ZoneRelation) bool {
	v := &r.Vertical
	return v.Assumed && (v.State == lowsky.VerticalAbove || v.State == lowsky.VerticalBelow)
}

func (p *ZoneEntry) finding(s *lowsky.Situation, r *lowsky.ZoneRelation, phase string) lowsky.Finding {
	accuracy := horizontalAccuracy(s, p.DefaultAccuracy, p.AccuracyCap)
	f := lowsky.Finding{
		Variant: phase, Subject: zoneSubject(r.Zone), Zone: r.Zone, Position: s.Position,
		Unit: "m", Accuracy: some(accuracy),
	}
	switch phase {
	case PhaseInside, PhaseConditional:
		depth := -r.Distance
		f.Severity = lowsky.Warning
		if phase == PhaseConditional {
			f.Severity = lowsky.Advisory
		}
		f.Measured, f.Limit, f.Margin = some(depth), some(0.), some(depth)
		need := p.Margin + accuracy
		if p.stayed(s, r) {
			need = p.Margin
		}
		f.Suspected = depth <= need || p.nearVertical(s, r)
	case PhaseCrossed:
		f.Severity = lowsky.Warning
		f.Suspected = !r.Through && p.nearVertical(s, r) || p.grazes(s, r, accuracy)
	case PhasePossible:
		f.Severity = lowsky.Advisory
	case PhaseNear:
		band, distance := r.Zone.WarningBand.Value, max(r.Distance, 0)
		f.Severity = lowsky.Advisory
		f.Measured, f.Limit, f.Margin = some(distance), some(band), some(band-distance)
		f.Suspected = band-distance <= accuracy
	case PhasePredicted:
		f.Severity = lowsky.Caution
		f.Within = r.Entry
		f.Measured, f.Limit = some(max(r.Distance, 0)), some(0.)
	}
	if r.Vertical.Assumed {
		f.Severity = min(f.Severity, lowsky.Caution)
		f.Note, f.Height = noteFlatGround, lowsky.HeightFlatAssumed
	}
	return f
}

// nearVertical says whether the height is within the vertical accuracy, and the bound of its conversion on top, of a limit
// of the zone's band. After ConfirmAfter inside no more than the default accuracy is granted: an aircraft that claims a
// poor one cannot stay suspected for good. The bound stays: what the ground or the geoid is off does not average out.
func (p *ZoneEntry) nearVertical(s *lowsky.Situation, r *lowsky.ZoneRelation) bool {
	limit := p.VerticalAccuracyCap
	if p.stayed(s, r) {
		limit = min(limit, p.DefaultVerticalAccuracy)
	}
	m := r.Vertical.Margin
	return m.OK && m.Value <= verticalAccuracy(s, p.DefaultVerticalAccuracy, limit)+r.Vertical.Bound
}

// stayed says whether the aircraft has been inside without a break for ConfirmAfter.
func (p *ZoneEntry) stayed(s *lowsky.Situation, r *lowsky.ZoneRelation) bool {
	return !r.EnteredAt.IsZero() && s.Now.Sub(r.EnteredAt) >= seconds(p.ConfirmAfter)
}

// grazes says whether the crossing lies within margin and accuracy. Without the position before it cannot be told, and
// the crossing stands. Where a report or two fell inside, the way out alone could be moved out of the zone: what counts is
// the whole way, from before they went in.
func (p *ZoneEntry) grazes(s *lowsky.Situation, r *lowsky.ZoneRelation, accuracy lowsky.Metres) bool {
	n := len(s.History)
	if n < 2 {
		return false
	}
	to, off := s.Position.Value, p.Margin+accuracy
	if !grazes(r.Zone, s.History[n-2].Position, to, off) {
		return false
	}
	for i := n - 3; r.WasIn && i >= max(0, n-2-passageMost) && s.Now.Sub(s.History[i].At) <= passage; i-- {
		if through(r.Zone, s.History[i].Position, to, off) {
			return false
		}
	}
	return true
}

// passage bounds how long ago the aircraft was still before a zone that it has passed with a report or two inside.
const (
	passage     = 5 * time.Second
	passageMost = 4 // places looked at: each costs nine looks at every edge of the zone
)

func zoneSubject(z *lowsky.Zone) lowsky.Subject {
	return lowsky.Subject{Kind: lowsky.ObjectZone, ID: string(z.ID)}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
