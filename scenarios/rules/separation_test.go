package rules

import (
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// comingNear is a pair that is so far apart now and at its closest.
func comingNear(crewed bool, now, closest lowsky.Approach) *lowsky.Situation {
	return &lowsky.Situation{On: lowsky.EachTickGroup, Pair: &lowsky.Pair{
		A: lowsky.PairMember{Kind: lowsky.ObjectAircraft, ID: "a"}, B: lowsky.PairMember{Kind: lowsky.ObjectAircraft, ID: "b"},
		Crewed: crewed, Now: now, Closest: closest,
	}}
}

func apartBy(in time.Duration, horizontal, vertical lowsky.Metres) lowsky.Approach {
	return lowsky.Approach{In: in, Horizontal: horizontal, HorizontalBound: 5, Vertical: lowsky.Some(vertical), VerticalBound: 3}
}

// TestSeparation: below, at and above the minima of both pair classes, and the times of the severities.
func TestSeparation(t *testing.T) {
	far := apartBy(0, 3000, 0)
	for _, c := range []struct {
		name      string
		s         *lowsky.Situation
		severity  lowsky.Severity // none: clear
		suspected bool
		variant   string
		unjudged  lowsky.Reason
	}{
		{"in 30 s", comingNear(false, far, apartBy(30*time.Second, 49, 14)), lowsky.Caution, false, "predicted", ""},
		{"in 15.1 s", comingNear(false, far, apartBy(15100*time.Millisecond, 49, 14)), lowsky.Caution, false, "predicted", ""},
		{"in 15 s", comingNear(false, far, apartBy(15*time.Second, 49, 14)), lowsky.Warning, false, "predicted", ""},
		{"now", comingNear(false, apartBy(0, 49, 14), apartBy(25*time.Second, 10, 0)), lowsky.Warning, false, "broken", ""},
		{"at the horizontal minimum", comingNear(false, far, apartBy(20*time.Second, 50, 0)), lowsky.Caution, true, "predicted", ""},
		{"at the vertical minimum", comingNear(false, far, apartBy(20*time.Second, 0, 15)), lowsky.Caution, true, "predicted", ""},
		{"beyond accuracy", comingNear(false, far, apartBy(20*time.Second, 55, 0)), lowsky.SeverityNone, false, "", ""},
		{"above accuracy", comingNear(false, far, apartBy(20*time.Second, 0, 18)), lowsky.SeverityNone, false, "", ""},
		{"crewed, below", comingNear(true, far, apartBy(20*time.Second, 499, 99)), lowsky.Caution, false, "predicted", ""},
		{"crewed, at", comingNear(true, far, apartBy(20*time.Second, 500, 0)), lowsky.Caution, true, "predicted", ""},
		{"crewed, beyond", comingNear(true, far, apartBy(20*time.Second, 505, 0)), lowsky.SeverityNone, false, "", ""},
		{"no height", comingNear(false, far, lowsky.Approach{In: 20 * time.Second, Horizontal: 40, Reason: lowsky.ReasonNoQNH}), lowsky.SeverityNone, false, "", lowsky.ReasonNoQNH},
		{"no height, but apart", comingNear(false, far, lowsky.Approach{In: 20 * time.Second, Horizontal: 60, HorizontalBound: 5, Reason: lowsky.ReasonNoQNH}), lowsky.SeverityNone, false, "", ""},
		{"heights hardly known", comingNear(false, far, lowsky.Approach{In: 20 * time.Second, Horizontal: 40, Vertical: lowsky.Some(lowsky.Metres(5)), VerticalBound: 46}), lowsky.SeverityNone, false, "", lowsky.ReasonNoCommonDatum},
		{"heights known just enough", comingNear(false, far, lowsky.Approach{In: 20 * time.Second, Horizontal: 40, Vertical: lowsky.Some(lowsky.Metres(5)), VerticalBound: 45}), lowsky.Caution, false, "predicted", ""},
		{"not a pair", &lowsky.Situation{On: lowsky.EachTickGroup}, lowsky.SeverityNone, false, "", ""},
	} {
		out := new(saidOfPair)
		NewSeparation().Check(c.s, out)
		switch {
		case c.severity == lowsky.SeverityNone && len(out.found) > 0, c.severity != lowsky.SeverityNone && len(out.found) != 1, out.why != c.unjudged:
			t.Errorf("%s: found %+v, unjudged %q", c.name, out.found, out.why)
		case len(out.found) == 1:
			if f := out.found[0]; f.Severity != c.severity || f.Suspected != c.suspected || f.Variant != c.variant || f.Pair == nil || !f.Vertical.OK {
				t.Errorf("%s: %+v", c.name, f)
			}
		}
	}
}

// TestSeparationMinimaAreConfigured: a pack's own minima and times are what is looked for and what is judged by.
func TestSeparationMinimaAreConfigured(t *testing.T) {
	p := NewSeparation()
	pack := "horizontal_m: 30\nvertical_m: 10\ncrewed_horizontal_m: 800\ncrewed_vertical_m: 200\ncaution_within_s: 20\nwarning_within_s: 5\n"
	if err := yaml.Unmarshal([]byte(pack), p); err != nil || p.Validate() != nil {
		t.Fatal(err, p.Validate())
	}
	reach := p.Pairs()
	if reach.LookAhead != 20*time.Second || reach.Minima(false) != (lowsky.Minima{Horizontal: 30, Vertical: 10}) ||
		reach.Minima(true) != (lowsky.Minima{Horizontal: 800, Vertical: 200}) {
		t.Errorf("%+v", reach)
	}
	far := apartBy(0, 3000, 0)
	for _, c := range []struct {
		s        *lowsky.Situation
		severity lowsky.Severity
	}{
		{comingNear(false, far, apartBy(10*time.Second, 40, 0)), lowsky.SeverityNone}, // too near by default
		{comingNear(false, far, apartBy(10*time.Second, 29, 9)), lowsky.Caution},      // a warning by default
		{comingNear(false, far, apartBy(5*time.Second, 29, 9)), lowsky.Warning},
		{comingNear(true, far, apartBy(10*time.Second, 799, 199)), lowsky.Caution}, // clear by default
	} {
		out := new(saidOfPair)
		p.Check(c.s, out)
		if got := len(out.found); got > 1 || got == 0 != (c.severity == lowsky.SeverityNone) || got == 1 && (out.found[0].Severity != c.severity || out.found[0].Suspected) {
			t.Errorf("%+v: %+v", c.s.Pair.Closest, out.found)
		}
	}
	p.WarningWithin = 21
	if p.Validate() == nil {
		t.Error("a warning before the caution")
	}
}

type saidOfPair struct {
	found []lowsky.Finding
	why   lowsky.Reason
}

func (s *saidOfPair) Found(f lowsky.Finding)                     { s.found = append(s.found, f) }
func (s *saidOfPair) Unjudged(_ lowsky.Subject, r lowsky.Reason) { s.why = r }
