package simulator

import (
	"fmt"
	"strings"
	"time"

	"lowsky"
)

// Report says how the alerts of a run compare with what the file expects.
type Report struct {
	Met        []Met
	Missed     []Missed
	Unexpected []lowsky.Alert // nothing in the file asks for them
	only       bool
}

// Met is an expectation with the alert that met it.
type Met struct {
	Expectation Expectation
	Repeat      int // 0 is the first time through the script
	Alert       lowsky.Alert
}

// Missed is an expectation that no alert met, and the nearest one that did not.
type Missed struct {
	Expectation Expectation
	Repeat      int
	Near        string // what was wrong with the alert on the same key; "" none came
}

// OK reports whether everything expected came and, with only, nothing else.
func (r Report) OK() bool { return len(r.Missed) == 0 && (!r.only || len(r.Unexpected) == 0) }

func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d met, %d missed, %d unexpected\n", len(r.Met), len(r.Missed), len(r.Unexpected))
	for _, m := range r.Missed {
		fmt.Fprintf(&b, "missed (line %d, repeat %d): %s", m.Expectation.Line, m.Repeat, m.Expectation)
		if m.Near != "" {
			fmt.Fprintf(&b, ": %s", m.Near)
		}
		b.WriteByte('\n')
	}
	for i := range r.Unexpected {
		a := &r.Unexpected[i]
		fmt.Fprintf(&b, "unexpected: %s %s %s %s %s, peak %s, raised %s, %s\n", a.Object.Kind, a.Object.ID, a.Hazard,
			a.Subject.Kind, a.Subject.ID, a.PeakSeverity, a.RaisedAt.Format(time.RFC3339), a.State)
	}
	return b.String()
}

func (e Expectation) String() string {
	s := fmt.Sprintf("%s:%s %s", e.Object.Kind, e.Object.ID, e.Hazard)
	if e.Subject != (lowsky.Subject{}) {
		s += fmt.Sprintf(" %s:%s", e.Subject.Kind, e.Subject.ID)
	}
	return s + fmt.Sprintf(" %s from %s until %s", e.Severity, e.From, e.Until)
}

// Check compares the alerts of a run that began at start and has lasted elapsed. Repeats of the script count; an
// expectation whose window is not over yet may be met but is not missed. Each expectation takes all alerts on its key
// raised in its window, and the one that reached its severity meets it. Alerts folded under another one stand for
// nothing by themselves and are left out, and so are those raised before start.
func (s *Scenario) Check(start time.Time, elapsed time.Duration, alerts []lowsky.Alert) Report {
	r := Report{only: s.Only}
	taken := make([]bool, len(alerts))
	for repeat := 0; ; repeat++ {
		shift := time.Duration(repeat) * s.Repeat
		if repeat > 0 && (s.Repeat <= 0 || shift >= elapsed) {
			break
		}
		for _, e := range s.Expect {
			if e.From+shift > elapsed {
				continue
			}
			met, near := -1, ""
			for i := range alerts {
				a := &alerts[i]
				if a.Object != e.Object || a.Hazard != e.Hazard || a.Subject != e.Subject {
					continue
				}
				raised := a.RaisedAt.Sub(start) - shift
				switch {
				case raised < e.From || raised > e.Until:
					near = fmt.Sprintf("raised at %s", raised.Round(100*time.Millisecond))
				case a.PeakSeverity != e.Severity:
					taken[i] = true
					near = fmt.Sprintf("reached %s", a.PeakSeverity)
				case a.FiredAt.IsZero():
					taken[i] = true
					near = "stayed suspected"
				default:
					taken[i] = true
					met = i
				}
			}
			switch {
			case met >= 0:
				r.Met = append(r.Met, Met{e, repeat, alerts[met]})
			case e.Until+shift <= elapsed:
				r.Missed = append(r.Missed, Missed{e, repeat, near})
			}
		}
	}
	for i := range alerts {
		if !taken[i] && alerts[i].Parent == "" && !alerts[i].RaisedAt.Before(start) {
			r.Unexpected = append(r.Unexpected, alerts[i])
		}
	}
	return r
}
