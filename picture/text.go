package picture

import (
	"math"
	"strconv"
	"strings"

	"lowsky"
)

// demoZH and demoEN mark what is fictional wherever it is named.
const demoZH, demoEN = "演示", "Demo"

// render fills the placeholders of a rule's text: {measured} {limit} {margin} {unit} {zone} {accuracy} {seconds}, and of a
// pair {one} {other} {vertical}. What is not known is a dash. A variant without text shows the rule's name, never nothing.
func render(texts map[string]lowsky.Text, variant string, fallback lowsky.Text, f *lowsky.Finding) lowsky.Text {
	t, ok := texts[variant]
	if !ok {
		return fallback
	}
	zh, en := "–", "–"
	if f.Zone != nil {
		name := zoneName(f.Zone)
		zh, en = name.ZH, name.EN
	}
	seconds := lowsky.Opt[float64]{}
	switch {
	case f.Within.OK:
		seconds = lowsky.Some(math.Ceil(f.Within.Value.Seconds()))
	case f.Unit == "s":
		seconds = f.Measured
	}
	one, other := lowsky.Text{ZH: "–", EN: "–"}, lowsky.Text{ZH: "–", EN: "–"}
	if f.Pair != nil {
		one, other = f.Pair.A.Label(), f.Pair.B.Label()
	}
	fill := func(s, zone, one, other string) string {
		if !strings.Contains(s, "{") {
			return s
		}
		return strings.NewReplacer(
			"{measured}", number(f.Measured), "{limit}", number(f.Limit), "{margin}", number(f.Margin),
			"{unit}", f.Unit, "{zone}", zone, "{accuracy}", number(f.Accuracy), "{seconds}", number(seconds),
			"{one}", one, "{other}", other, "{vertical}", number(f.Vertical),
		).Replace(s)
	}
	return lowsky.Text{ZH: fill(t.ZH, zh, one.ZH, other.ZH), EN: fill(t.EN, en, one.EN, other.EN)}
}

// number writes a value for people: one decimal below ten, none above. A dash where there is none.
func number(v lowsky.Opt[float64]) string {
	if !v.OK {
		return "–"
	}
	if x := math.Abs(v.Value); x < 9.95 && x != math.Trunc(x) {
		s := strconv.FormatFloat(v.Value, 'f', 1, 64)
		if s == "-0.0" {
			return "0.0"
		}
		return s
	}
	s := strconv.FormatFloat(v.Value, 'f', 0, 64)
	if s == "-0" {
		return "0"
	}
	return s
}

// zoneName answers the name of a zone, with 演示 before a fictional one.
func zoneName(z *lowsky.Zone) lowsky.Text {
	n := z.Name
	if z.Demo {
		if !strings.Contains(n.ZH, demoZH) {
			n.ZH = demoZH + " " + n.ZH
		}
		if !strings.Contains(n.EN, demoEN) {
			n.EN = demoEN + " " + n.EN
		}
	}
	return n
}
