package rules

import (
	"time"

	"lowsky"
)

// Separation finds two aircraft that are too near each other, or will be: Caution while the closest approach below both
// minima lies within CautionWithin, Warning within WarningWithin and while the minima are broken now. Exactly the minima
// are kept. The picture looks for the pairs ([lowsky.PairReach]) and carries both on as they fly.
//
// What is below the minima only by how little is known of the two (accuracy, age, conversion of heights, at least the
// margins) is suspected: it holds an alert and raises none that fires. Without a common height a pair that comes too near
// horizontally is unjudged, and so where heights are known to less than 45 m, or the vertical minimum if that is more.
type Separation struct {
	// Minima between two aircraft without crew. Defaults 50 m and 15 m.
	Horizontal lowsky.Metres `yaml:"horizontal_m"`
	Vertical   lowsky.Metres `yaml:"vertical_m"`
	// Minima against crewed traffic. Defaults 500 m and 100 m.
	CrewedHorizontal lowsky.Metres `yaml:"crewed_horizontal_m"`
	CrewedVertical   lowsky.Metres `yaml:"crewed_vertical_m"`
	// CautionWithin and WarningWithin are how far ahead the closest approach is. Defaults 30 s and 15 s.
	CautionWithin float64 `yaml:"caution_within_s"`
	WarningWithin float64 `yaml:"warning_within_s"`
	// Margins beyond the minima that hold an alert, so that two who fly along them do not come and go. Defaults 5 m and 3 m.
	Margin         lowsky.Metres `yaml:"margin_m"`
	VerticalMargin lowsky.Metres `yaml:"vertical_margin_m"`
	// Accuracies where none is reported, and the most that is believed. Defaults 5 m, 30 m, 5 m, 15 m.
	DefaultAccuracy         lowsky.Metres `yaml:"default_accuracy_m"`
	AccuracyCap             lowsky.Metres `yaml:"accuracy_cap_m"`
	DefaultVerticalAccuracy lowsky.Metres `yaml:"default_vertical_accuracy_m"`
	VerticalAccuracyCap     lowsky.Metres `yaml:"vertical_accuracy_cap_m"`
	// MaxAge of a position that is carried on. Default 15 s.
	MaxAge float64 `yaml:"max_age_s"`
	// MaxQNHAge of the pressure that makes a height of crewed traffic's pressure altitude. Default 60 min.
	MaxQNHAge float64 `yaml:"max_qnh_age_min"`
}

// coarseHeight is how far two heights together may be off and still decide between aircraft without crew: an accuracy of
// 15 m each, and as much again for what was converted.
const coarseHeight lowsky.Metres = 45

// NewSeparation makes the defaults.
func NewSeparation() *Separation {
	return &Separation{
		Horizontal: 50, Vertical: 15, CrewedHorizontal: 500, CrewedVertical: 100, CautionWithin: 30, WarningWithin: 15,
		Margin: 5, VerticalMargin: 3, DefaultAccuracy: 5, AccuracyCap: 30, DefaultVerticalAccuracy: 5, VerticalAccuracyCap: 15,
		MaxAge: 15, MaxQNHAge: 60,
	}
}

// Validate implements [Params].
func (p *Separation) Validate() error {
	err := firstError(
		between("horizontal_m", p.Horizontal, 1, 2000),
		between("vertical_m", p.Vertical, 1, 500),
		between("crewed_horizontal_m", p.CrewedHorizontal, 1, 10000),
		between("crewed_vertical_m", p.CrewedVertical, 1, 2000),
		between("caution_within_s", p.CautionWithin, 1, 120),
		between("warning_within_s", p.WarningWithin, 0, 120),
		between("margin_m", p.Margin, 0, 500),
		between("vertical_margin_m", p.VerticalMargin, 0, 100),
		between("default_accuracy_m", p.DefaultAccuracy, 0, 100),
		between("accuracy_cap_m", p.AccuracyCap, 0, 200),
		between("default_vertical_accuracy_m", p.DefaultVerticalAccuracy, 0, 100),
		between("vertical_accuracy_cap_m", p.VerticalAccuracyCap, 0, 100),
		between("max_age_s", p.MaxAge, 2, 60),
		between("max_qnh_age_min", p.MaxQNHAge, 1, 360),
	)
	if err == nil && p.WarningWithin > p.CautionWithin {
		err = &lowsky.InvalidError{Field: "warning_within_s", Problem: "must not be above caution_within_s"}
	}
	return err
}

// Variants implements [Params].
func (p *Separation) Variants() []string { return []string{"predicted", "broken"} }

// Pairs implements [PairParams].
func (p *Separation) Pairs() lowsky.PairReach {
	return lowsky.PairReach{
		LookAhead: seconds(p.CautionWithin),
		Uncrewed:  lowsky.Minima{Horizontal: p.Horizontal, Vertical: p.Vertical},
		Crewed:    lowsky.Minima{Horizontal: p.CrewedHorizontal, Vertical: p.CrewedVertical},
		Margin:    lowsky.Minima{Horizontal: p.Margin, Vertical: p.VerticalMargin},
		Accuracy:  lowsky.Minima{Horizontal: p.DefaultAccuracy, Vertical: p.DefaultVerticalAccuracy},
		Cap:       lowsky.Minima{Horizontal: p.AccuracyCap, Vertical: p.VerticalAccuracyCap},
		MaxAge:    seconds(p.MaxAge), MaxQNHAge: time.Duration(p.MaxQNHAge * float64(time.Minute)),
	}
}

// Check implements [Params].
func (p *Separation) Check(s *lowsky.Situation, out lowsky.Verdicts) {
	if s.Pair == nil {
		return
	}
	q := s.Pair
	reach := p.Pairs()
	minima := reach.Minima(q.Crewed)
	now, at := &q.Now, &q.Closest
	broken := now.Breaks(minima)
	switch {
	case broken:
		at = now
	case q.Reason != "":
		out.Unjudged(lowsky.Subject{}, q.Reason)
		if !now.Vertical.OK || !now.MayBreak(minima) {
			return
		}
		at = now
	case !at.MayBreak(minima):
		return
	case !at.Vertical.OK:
		out.Unjudged(lowsky.Subject{}, at.Reason)
		return
	}
	// Heights that were brought together over ground that is hardly known say nothing about so small a distance.
	if at.VerticalBound > max(coarseHeight, minima.Vertical) {
		out.Unjudged(lowsky.Subject{}, lowsky.ReasonNoCommonDatum)
		return
	}
	f := lowsky.Finding{
		Severity: lowsky.Caution, Variant: "predicted", Pair: q, Suspected: !at.Breaks(minima),
		Measured: some(at.Horizontal), Limit: some(minima.Horizontal), Margin: some(minima.Horizontal - at.Horizontal),
		Accuracy: some(at.HorizontalBound), Unit: "m", Vertical: some(at.Vertical.Value), Within: lowsky.Some(at.In),
		Position: lowsky.Some(q.A.Position),
	}
	if q.A.Kind == lowsky.ObjectTraffic {
		f.Position = lowsky.Some(q.B.Position)
	}
	if broken {
		f.Variant = "broken"
	}
	if broken || at.In <= seconds(p.WarningWithin) {
		f.Severity = lowsky.Warning
	}
	out.Found(f)
}
