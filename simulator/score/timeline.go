package score

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"lowsky"
)

// The time line of a run, in its own units.
const (
	lineWidth  = 860.0 // of the time itself
	lineLabel  = 240.0
	lineHeight = 18.0
	lineTop    = 22.0
	linesShown = 60
)

// timeline is one run as a page shows it: a row for each level and object, spans as bars, alerts as strokes.
type timeline struct {
	Run           *lowsky.ScoredRun
	Width, Height float64
	Ticks         []label
	Rows          []timeRow
	Left, Right   float64
	More          int // rows that are not shown
}

type timeRow struct {
	Y      float64
	Name   string
	Bars   []bar
	Alerts []float64 // x of its strokes
	Marks  []mark
}

type bar struct {
	X, Width float64
	Kind     string // event, near_miss, uncertain, fault
	Title    string
	Text     string
}

// mark stands where something went wrong.
type mark struct {
	X      float64
	Result lowsky.ScoreResult
}

func (r *report) timeline(x *lowsky.ScoredRun) timeline {
	t := timeline{Run: x, Width: lineLabel + lineWidth + 12, Left: lineLabel, Right: lineLabel + lineWidth}
	total := max(time.Second, x.Duration)
	for _, l := range x.Lines {
		total = max(total, l.Until)
	}
	at := func(d time.Duration) float64 {
		return tenth(lineLabel + lineWidth*min(1, max(0, d.Seconds()/total.Seconds())))
	}
	each := tickEach(total)
	for d := time.Duration(0); d <= total; d += each {
		t.Ticks = append(t.Ticks, label{X: at(d), Y: 14, Text: clock(d)})
	}
	add := func(name string) *timeRow {
		t.Rows = append(t.Rows, timeRow{Y: lineTop + lineHeight*float64(len(t.Rows)), Name: name})
		return &t.Rows[len(t.Rows)-1]
	}
	if len(x.Faults) > 0 {
		row := add(r.say(pageWords["faults_ordered"]))
		for _, f := range x.Faults {
			row.Bars = append(row.Bars, bar{X: at(f.From), Width: tenth(max(2, at(f.Until)-at(f.From))), Kind: "fault", Title: f.Fault + " " + f.Object.ID, Text: f.Fault})
		}
	}
	lines := slices.Clone(x.Lines)
	name := func(l *lowsky.ScoreLine) string {
		s := l.Object.ID
		if l.Subject.ID != "" {
			s += " · " + l.Subject.ID
		}
		return r.level(l.Level) + " · " + s
	}
	slices.SortStableFunc(lines, func(a, b lowsky.ScoreLine) int {
		return cmp.Or(cmp.Compare(a.Object.ID, b.Object.ID), cmp.Compare(a.Subject.ID, b.Subject.ID), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Level, b.Level), cmp.Compare(a.From, b.From))
	})
	var row *timeRow
	for i := range lines {
		l := &lines[i]
		if i == 0 || name(l) != name(&lines[i-1]) {
			if len(t.Rows) >= linesShown {
				t.More++
				row = nil
				continue
			}
			row = add(name(l))
		}
		if row == nil {
			continue
		}
		if l.Kind != lowsky.SpanNothing {
			row.Bars = append(row.Bars, bar{X: at(l.From), Width: tenth(max(2, at(l.Until)-at(l.From))), Kind: string(l.Kind), Title: clock(l.From) + " – " + clock(l.Until)})
		}
		for _, a := range l.Alerts {
			row.Alerts = append(row.Alerts, at(a))
		}
		switch l.Result {
		case lowsky.ScoreMissed, lowsky.ScoreFalse:
			row.Marks = append(row.Marks, mark{X: at(l.From), Result: l.Result})
		case lowsky.ScoreDouble, lowsky.ScoreEarlyClear, lowsky.ScoreLateClear:
			row.Marks = append(row.Marks, mark{X: tenth(min(lineLabel+lineWidth, at(l.Until)+8)), Result: l.Result})
		}
	}
	t.Height = lineTop + lineHeight*float64(len(t.Rows)) + 6
	return t
}

// tickEach answers a round distance of the ticks, so that there are at most ten.
func tickEach(total time.Duration) time.Duration {
	for _, d := range []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute} {
		if total <= 10*d {
			return d
		}
	}
	return max(time.Hour, (total / 10).Truncate(time.Hour))
}

// Shown is a number for the page.
func (t timeline) Shown() string { return strconv.Itoa(len(t.Rows)) }
