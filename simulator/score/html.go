package score

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"lowsky"
)

//go:embed report.gohtml
var reportText string

// mapsOnPage bounds a page to what a person can still look through.
const mapsOnPage = 200

// WriteHTML writes the card as one page that needs nothing else: no script, no font, no picture from anywhere. lang is "zh"
// or "en"; anything else is Chinese. It prints on white. Only the first 200 findings have a map.
func WriteHTML(w io.Writer, c *lowsky.Scorecard, lang string) error {
	if lang != "en" {
		lang = "zh"
	}
	r := &report{Card: c, Lang: lang}
	t, err := template.New("report").Funcs(template.FuncMap{
		"word": func(key any) (string, error) { return r.word(fmt.Sprint(key)) }, "say": r.say, "percent": percent, "measure": measure, "measured": measureGate, "seconds": seconds, "seeds": seeds,
		"sec": func(v float64) string { return fmt.Sprintf("%.2f", v) }, "hours": func(v float64) string { return fmt.Sprintf("%.1f", v) },
		"when": func(t time.Time) string { return t.In(lowsky.Shanghai).Format("2006-01-02 15:04:05") },
		"took": func(d time.Duration) string { return seconds(d) }, "severity": severityWord,
		"level": r.level, "rule": r.rule, "object": r.object, "gate": r.gate, "figure": r.figure, "unit": figureUnit,
	}).Parse(reportText)
	if err != nil {
		return err
	}
	return t.Execute(w, r)
}

// severityWord answers the key of a severity; the template writes the highest as 4.
func severityWord(s any) string {
	switch v := s.(type) {
	case lowsky.Severity:
		return v.String()
	case int:
		return lowsky.Severity(v).String()
	}
	return lowsky.SeverityNone.String()
}

// report is what the page shows.
type report struct {
	Card *lowsky.Scorecard
	Lang string
}

// word answers a word of the page; one that nobody wrote ends the page with an error.
func (r *report) word(key string) (string, error) {
	t, ok := pageWords[key]
	if !ok {
		return "", fmt.Errorf("no word for %q", key)
	}
	return r.say(t), nil
}

// say answers a text in the page's language, or in the other one where it has none.
func (r *report) say(t lowsky.Text) string {
	if r.Lang == "en" {
		return cmp.Or(t.EN, t.ZH)
	}
	return cmp.Or(t.ZH, t.EN)
}

// level answers the words of a variant; what nobody wrote stands as it is.
func (r *report) level(name string) string {
	if t, ok := levelWords[name]; ok {
		return r.say(t)
	}
	return name
}

// rule answers the name of a rule.
func (r *report) rule(id lowsky.RuleID) string {
	for i := range r.Card.Rules {
		if x := &r.Card.Rules[i]; x.Rule == id && x.Name != (lowsky.Text{}) {
			return r.say(x.Name)
		}
	}
	return string(id)
}

func (r *report) object(kind lowsky.ObjectKind, id string) string {
	if t, ok := objectWords[kind]; ok {
		return r.say(t) + " " + id
	}
	return string(kind) + " " + id
}

func (r *report) gate(id string) string {
	if t, ok := gateWords[id]; ok {
		return r.say(t)
	}
	return id
}

func (r *report) figure(name string) string {
	if t, ok := figureWords[name]; ok {
		return r.say(t)
	}
	return name
}

// Language is that of the page for its readers and their machines.
func (r *report) Language() string { return map[string]string{"zh": "zh-CN", "en": "en"}[r.Lang] }

// Failed are the gates that were not kept.
func (r *report) Failed() []lowsky.ScoreGate { return r.gates(false) }

// Passed are the gates that were kept; the page shows them when asked to.
func (r *report) Passed() []lowsky.ScoreGate { return r.gates(true) }

func (r *report) gates(passed bool) (out []lowsky.ScoreGate) {
	for _, g := range r.Card.Gates {
		if g.Passed == passed {
			out = append(out, g)
		}
	}
	return out
}

// Key is one of the figures at the top: a gate's, of all its levels the worst.
func (r *report) Key() []lowsky.ScoreGate {
	var out []lowsky.ScoreGate
	for _, id := range []string{"recall", "precision", "delay_p95", "duplicates", "late_clears", "early_clears", "false_alerts", "nuisance", "events", "near_misses", "expected", "forbidden"} {
		var worst *lowsky.ScoreGate
		for i := range r.Card.Gates {
			g := &r.Card.Gates[i]
			if g.ID == id && (worst == nil || g.AtLeast && g.Measured < worst.Measured || !g.AtLeast && g.Measured > worst.Measured) {
				worst = g
			}
		}
		if worst != nil {
			out = append(out, *worst)
		}
	}
	return out
}

// fileRow is what the runs of one file came to.
type fileRow struct {
	File                            string
	Name                            lowsky.Text
	Runs, Messages, Lost, Rejected  int
	Events, Missed, False, Aircraft int
	Flown                           time.Duration
	Hash                            string // of its only run
	Seeds                           []uint64
}

// Files are the runs by file, in the order of the card.
func (r *report) Files() []fileRow {
	var out []fileRow
	for i := range r.Card.Runs {
		x := &r.Card.Runs[i]
		if n := len(out); n == 0 || out[n-1].File != x.File {
			out = append(out, fileRow{File: x.File, Name: x.Name, Aircraft: x.Aircraft, Hash: x.Hash})
		}
		f := &out[len(out)-1]
		f.Runs++
		f.Messages, f.Lost, f.Rejected = f.Messages+x.Messages, f.Lost+x.Lost, f.Rejected+x.Rejected
		f.Events, f.Missed, f.False = f.Events+x.Events, f.Missed+x.Missed, f.False+x.False
		f.Flown += x.Duration
		f.Seeds = append(f.Seeds, x.Seed)
	}
	return out
}

// finding is one thing to look at, with its map.
type finding struct {
	*lowsky.ScoreFinding
	Number int
	Map    *drawing
}

// Findings are those of the card.
func (r *report) Findings() []finding {
	var out []finding
	for i := range r.Card.Findings {
		f := finding{ScoreFinding: &r.Card.Findings[i], Number: i + 1}
		if i < mapsOnPage {
			f.Map = sketch(f.ScoreFinding)
		}
		out = append(out, f)
	}
	return out
}

// More is how many findings the card does not hold.
func (r *report) More() int { return max(0, r.Card.FindingCount-len(r.Card.Findings)) }

// Window says when a finding was: its span, and the alert if one came.
func (f finding) Window() string {
	s := clock(f.From)
	if f.Until > f.From {
		s += " – " + clock(f.Until)
	}
	return s
}

// Scored are the rows that count something.
func (r *report) Scored() []lowsky.RuleScore {
	return slices.DeleteFunc(slices.Clone(r.Card.Rules), func(x lowsky.RuleScore) bool { return nothing(&x) })
}

// Idle are the others.
func (r *report) Idle() []lowsky.RuleScore {
	return slices.DeleteFunc(slices.Clone(r.Card.Rules), func(x lowsky.RuleScore) bool { return !nothing(&x) })
}

// numbers is a row of the table with its shares written out.
type numbers struct {
	lowsky.RuleScore
	RecallIs, RecallIn, PrecisionIs, PrecisionIn string
}

// Row writes out the shares of a row.
func (r *report) Row(x lowsky.RuleScore) numbers {
	n := numbers{RuleScore: x}
	n.RecallIs, n.RecallIn, _ = strings.Cut(share(x.Recall), "\t")
	n.PrecisionIs, n.PrecisionIn, _ = strings.Cut(share(x.Precision), "\t")
	return n
}

// Results are those that a time line marks.
func (r *report) Results() []lowsky.ScoreResult { return resultOrder }

// Timelines are the runs that come with lines.
func (r *report) Timelines() []timeline {
	var out []timeline
	for i := range r.Card.Runs {
		if x := &r.Card.Runs[i]; len(x.Lines) > 0 {
			out = append(out, r.timeline(x))
		}
	}
	return out
}

// Packs names the rule packs.
func (r *report) Packs() string {
	var out []string
	for _, p := range r.Card.Packs {
		out = append(out, p.ID+" "+p.Version)
	}
	return strings.Join(out, ", ")
}
