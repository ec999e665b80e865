package score

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lowsky"
)

// findingsInText is how many findings a terminal shows.
const findingsInText = 20

// idleInText is how many levels that met nothing a terminal names: one file meets few of them.
const idleInText = 8

// WriteText writes the card as plain text of up to 160 columns for terminals: the table, the gates, what changed, and the
// first findings. An asterisk marks the levels for which the gates of safety rules hold.
func WriteText(w io.Writer, c *lowsky.Scorecard) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s  runs %d  seeds %s  simulated %.1f h  took %s", c.Suite, len(c.Runs), seeds(c.Seeds), c.Hours, c.Took.Round(100*time.Millisecond))
	if c.Version != "" {
		fmt.Fprintf(b, "  version %s", c.Version)
	}
	b.WriteString("\n\n")
	writeTable(b, c)
	fmt.Fprintf(b, "\nfalse and unscored alerts per operator-hour: %.2f\n", c.Nuisance)
	writeGates(b, c)
	writeComparison(b, c.Comparison)
	writeFindings(b, c)
	for _, f := range c.Faults {
		fmt.Fprintf(b, "fault while flying: %s\n", oneLine(f))
	}
	if c.Broken {
		b.WriteString("interrupted: this is the score so far\n")
	}
	if c.Passed {
		b.WriteString("passed\n")
	} else {
		b.WriteString("NOT passed\n")
	}
	return b.Flush()
}

// writeTable writes one line for each level, the name first and numbers to the right.
func writeTable(b *bufio.Writer, c *lowsky.Scorecard) {
	table := [][]string{strings.Split("rule and level\tevents\tnear\tTP\tFN\tFP\trecall %\t95 %\tprecision %\t95 %\tp50 s\tp95 s\tmax s\tdouble\tlate\tearly\tunscored", "\t")}
	line := func(r *lowsky.RuleScore, name string) {
		table = append(table, strings.Split(fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%d\t%d\t%d\t%d", name, r.Events, r.NearMisses,
			r.TP, r.FN, r.FP, share(r.Recall), share(r.Precision), waits(r.Delay), r.Duplicates, r.LateClears, r.EarlyClears, r.Nuisance), "\t"))
	}
	var idle []string
	for i := range c.Rules {
		r := &c.Rules[i]
		if nothing(r) {
			idle = append(idle, oneLine(fmt.Sprintf("%s %s", r.Rule, r.Level)))
			continue
		}
		name := fmt.Sprintf("%s %s, %s", r.Rule, r.Level, r.Severity)
		if r.Safety {
			name += " *"
		}
		line(r, oneLine(name))
	}
	line(&c.Total, "total")
	width := make([]int, len(table[0]))
	for _, cells := range table {
		for i, cell := range cells {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, cells := range table {
		fmt.Fprintf(b, "%-*s", width[0], cells[0])
		for i, cell := range cells[1:] {
			fmt.Fprintf(b, "  %*s", width[i+1], cell)
		}
		b.WriteByte('\n')
	}
	switch {
	case len(idle) > idleInText:
		fmt.Fprintf(b, "nothing to score: %d more levels\n", len(idle))
	case len(idle) > 0:
		fmt.Fprintf(b, "nothing to score: %s\n", strings.Join(idle, ", "))
	}
}

// nothing reports whether a row counts nothing at all.
func nothing(r *lowsky.RuleScore) bool {
	return r.Events+r.NearMisses+r.FP+r.Duplicates+r.LateClears+r.EarlyClears+r.Nuisance == 0
}

func writeGates(b *bufio.Writer, c *lowsky.Scorecard) {
	kept := 0
	for _, g := range c.Gates {
		if g.Passed {
			kept++
		}
	}
	fmt.Fprintf(b, "gates: %d of %d kept\n", kept, len(c.Gates))
	for _, g := range c.Gates {
		if !g.Passed {
			fmt.Fprintf(b, "  not kept: %s\n", sayGate(g))
		}
	}
}

// sayGate says a gate with what was measured beside its limit.
func sayGate(g lowsky.ScoreGate) string {
	than := "at most"
	if g.AtLeast {
		than = "at least"
	}
	s := fmt.Sprintf("%s %s, %s %s", g.ID, measureGate(g), than, measure(g.Limit, g.Unit))
	if g.Rule != "" {
		return s + fmt.Sprintf(" (%s %s)", g.Rule, g.Level)
	}
	if g.Unit != "" {
		s += " (all rules)"
	}
	return s
}

// measureGate writes what was measured, with more digits where a gate that is not kept would read like its limit.
func measureGate(g lowsky.ScoreGate) string {
	s := measure(g.Measured, g.Unit)
	if g.Passed || s != measure(g.Limit, g.Unit) {
		return s
	}
	v, unit := g.Measured, ""
	switch g.Unit {
	case "%":
		v, unit = 100*v, " %"
	case "s":
		unit = " s"
	}
	return strconv.FormatFloat(v, 'f', 4, 64) + unit
}

func measure(v float64, unit string) string {
	switch unit {
	case "%":
		return percent(v) + " %"
	case "s":
		return strconv.FormatFloat(v, 'f', 2, 64) + " s"
	}
	if v != math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func writeComparison(b *bufio.Writer, x *lowsky.ScoreComparison) {
	if x == nil {
		return
	}
	word := "no worse"
	if x.Worse {
		word = "WORSE"
	}
	only := ""
	if x.RatesOnly {
		only = " (other files or seeds: rates and delays only)"
	}
	fmt.Fprintf(b, "compared with %s of %s: %s, %d figures changed%s\n", x.With, x.At.In(lowsky.Shanghai).Format("2006-01-02 15:04"), word, len(x.Changes), only)
	for _, ch := range x.Changes {
		mark := ""
		if ch.Worse {
			mark = "  worse"
		}
		name := "total"
		if ch.Rule != "" {
			name = fmt.Sprintf("%s %s", ch.Rule, ch.Level)
		}
		unit := figureUnit(ch.Figure)
		fmt.Fprintf(b, "  %s %s: %s -> %s%s\n", name, ch.Figure, measure(ch.Was, unit), measure(ch.Is, unit), mark)
	}
}

func writeFindings(b *bufio.Writer, c *lowsky.Scorecard) {
	for i := range c.Findings {
		if i == findingsInText {
			fmt.Fprintf(b, "… and %d more findings\n", c.FindingCount-i)
			break
		}
		f := &c.Findings[i]
		where := f.File
		if f.Line > 0 {
			where += ":" + strconv.Itoa(f.Line)
		}
		fmt.Fprintf(b, "%s: seed %d: %s: %s %s %s: from %s: %s\n", where, f.Seed, f.Result, f.Rule, f.Level, objects(f), seconds(f.From), oneLine(f.What.EN))
	}
}

// objects names what a finding is about.
func objects(f *lowsky.ScoreFinding) string {
	s := string(f.Object.Kind) + ":" + f.Object.ID
	if f.Subject != (lowsky.Subject{}) {
		s += " " + string(f.Subject.Kind) + ":" + f.Subject.ID
	}
	return oneLine(s)
}

// oneLine keeps text of others from making lines of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// share is a rate and its interval in two cells.
func share(r lowsky.Rate) string {
	if !r.OK {
		return "–\t"
	}
	return percent(r.Value) + "\t" + percent(r.Low) + "–" + percent(r.High)
}

// percent writes a share with one decimal, and never rounds what is less than all up to all.
func percent(v float64) string {
	p := 100 * v
	if p < 100 && p > 99.9 {
		p = 99.9
	}
	return strconv.FormatFloat(p, 'f', 1, 64)
}

func waits(d lowsky.ScoreDelay) string {
	if d.Count == 0 {
		return "–\t–\t–"
	}
	return fmt.Sprintf("%.2f\t%.2f\t%.2f", d.P50, d.P95, d.Max)
}

// seeds writes 1 2 3 4 7 as 1–4 7.
func seeds(all []uint64) string {
	var out []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		s := strconv.FormatUint(all[i], 10)
		if j > i {
			s += "–" + strconv.FormatUint(all[j], 10)
		}
		out = append(out, s)
		i = j + 1
	}
	return strings.Join(out, " ")
}
