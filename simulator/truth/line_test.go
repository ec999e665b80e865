package truth

import (
	"math/rand/v2"
	"testing"
	"time"

	"lowsky"
	"lowsky/simulator"
)

// script is readings of a line by tenths of what follows, a letter for each second: "." clear, "n" near, "u" uncertain,
// "t" true, "f" uncertain for what the aircraft tells.
func script(l *line, text string, heard func(at time.Duration) bool) []Span {
	var out []Span
	n := news{-1, -1}
	for i, c := range text {
		for k := range 5 {
			at := time.Duration(i)*time.Second + time.Duration(k)*simulator.Step
			if k == 0 && (heard == nil || heard(at)) {
				n = news{at, at + 100*ms}
			}
			r := reading{past: -20}
			switch c {
			case 'n':
				r.near = true
			case 'u':
				r.class, r.past = maybe, 1
			case 't':
				r.class, r.past = yes, 10+float64(i)
			case 'f':
				r.class, r.forced = maybe, true
			}
			l.step(at, &r, n, &out)
		}
	}
	l.finish(time.Duration(len(text))*time.Second, &out)
	return out
}

// For is 5 s and KeepFiring 10 s: an event is true for more than 7 s, and a stretch below 4 s is a near miss.
func TestLine(t *testing.T) {
	level := &Level{Name: "over", For: 5 * time.Second, KeepFiring: 10 * time.Second}
	for _, c := range []struct{ text, want string }{
		{"..........", ""},
		{"..nnn.....", "near_miss 2.0–5.0; "},
		{"..nnnttttttttnnn..", "event 5.0–13.0; "}, // on its way in and out: one approach
		{"..nnnnuuuunn..nn..", "uncertain 6.0–10.0; near_miss 14.0–16.0; "},
		{"..ttttttt..", "uncertain 2.0–9.0; "},                                                         // 7 s
		{"..tttttttt..", "event 2.0–10.0; "},                                                           // 8 s
		{"..ttt..", "near_miss 2.0–5.0; "},                                                             // 3 s
		{"..tttt..", "uncertain 2.0–6.0; "},                                                            // 4 s
		{"..utu..", "near_miss 2.0–5.0; "},                                                             // however true
		{"..tft..", "uncertain 2.0–5.0; "},                                                             // but nothing that is not believed
		{"..uuttttttttuu..", "uncertain 2.0–4.0; event 4.0–12.0; uncertain 12.0–14.0; "},               //
		{"..ttttttttuuutttttttt..", "event 2.0–21.0; "},                                                // the alert goes on
		{"..ttttttttuuuuuuuuuuuttttttttt..", "event 2.0–10.0; uncertain 10.0–21.0; event 21.0–30.0; "}, // it does not
		{"..ttttttttuutttuu..", "event 2.0–10.0; uncertain 10.0–17.0; "},
		{"..ttttttttt", "event 2.0–11.0…; "},
		{"..ttt", "uncertain 2.0–5.0…; "}, // who knows how long
		{"..nnn", "near_miss 2.0–5.0…; "},
	} {
		l := &line{level: level, unit: "m"}
		want(t, script(l, c.text, nil), c.want)
	}
}

// Whatever happens, spans of a line follow each other without overlap, and cover what was not clear.
func TestLineProperty(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	level := &Level{Name: "over", For: 2 * time.Second, KeepFiring: 5 * time.Second}
	for range 3000 {
		text := make([]byte, 40)
		for i := range text {
			text[i] = "..nnuttttf"[random.IntN(10)]
		}
		var last time.Duration
		covered := map[int]bool{}
		for _, s := range script(&line{level: level}, string(text), nil) {
			if s.From < last || s.Until <= s.From || s.Onset > s.From {
				t.Fatalf("%s: %+v after %v", text, s, last)
			}
			last = s.Until
			for at := s.From; at < s.Until; at += time.Second {
				covered[int(at/time.Second)] = true
			}
			if c := text[int(s.From/time.Second)]; s.Kind == lowsky.SpanEvent && c != 't' {
				t.Fatalf("%s: an event begins at %v", text, s.From)
			}
		}
		for i, c := range text {
			if (c == 'u' || c == 't' || c == 'f') != covered[i] && c != 'n' {
				t.Fatalf("%s: %d is %v", text, i, covered[i])
			}
		}
	}
}

func TestLineTells(t *testing.T) {
	level := &Level{Name: "over", For: 5 * time.Second, KeepFiring: 10 * time.Second}
	heard := func(at time.Duration) bool { return at < 4*time.Second || at >= 7*time.Second }
	got := script(&line{level: level, unit: "m"}, "..uuttttttttuu..", heard)
	e := got[1]
	if e.Onset != 2*time.Second || e.Heard != 7100*ms || e.Depth != 21 || e.Unit != "m" {
		t.Errorf("%+v", e)
	}
	got = script(&line{level: level, unit: "m"}, "..nnn..", nil)
	if got[0].Depth != 20 || got[0].Heard != 2100*ms {
		t.Errorf("%+v", got[0])
	}
	if got = script(&line{level: level}, "..nnn..", func(at time.Duration) bool { return at < 2*time.Second }); len(got) != 0 {
		t.Errorf("nothing came: %s", brief(got))
	}
	got = script(&line{level: level, unit: "m"}, "..ttt..", nil)
	if got[0].Depth != 2 || got[0].Unit != "s" { // 2 s were lacking
		t.Errorf("%+v", got[0])
	}
	if got = script(&line{level: level, least: 10 * time.Second}, "..nnnnnnnnn..", nil); len(got) != 0 {
		t.Error(brief(got))
	}
	if got = script(&line{level: level, lasting: true}, "..ttt..", nil); brief(got) != "uncertain 2.0–5.0; " {
		t.Error(brief(got))
	}
	e = script(&line{level: level}, "..ttttttttt", func(at time.Duration) bool { return at < 2*time.Second })[0]
	if e.Heard != -1 {
		t.Errorf("nothing came: %v", e.Heard)
	}
}

// A record is what was true so far; taking one changes nothing, and spans come by key, level and time.
func TestRecord(t *testing.T) {
	w := newWorld(t, 2)
	w.circle(0, 0, 100)
	whole := w.run(t, 60*time.Second, func(at time.Duration, s *simulator.State) {
		hover(s)
		s.Fleet[0].AGL = 140
		fly(&s.Fleet[1], 300-8*at.Seconds(), 0, 60, 8, 270)
		if at == 30*time.Second {
			half := w.last.Record(at)
			if half.Duration != at || len(half.Spans) == 0 {
				t.Errorf("%+v", half)
			}
			for _, s := range half.Spans {
				if s.Until > at {
					t.Errorf("%+v", s)
				}
			}
		}
	})
	if got := brief(spans(whole, lowsky.HazardHeight, "over")); got != "event 0.0–60.0…; " {
		t.Error(got)
	}
	for i, s := range whole.Spans {
		if s.From >= s.Until || s.Until > whole.Duration || s.Onset > s.From {
			t.Errorf("%+v", s)
		}
		if i == 0 {
			continue
		}
		if p := whole.Spans[i-1]; p.Key == s.Key && p.Level == s.Level && p.Until > s.From {
			t.Errorf("%+v overlaps %+v", p, s)
		}
	}
}

func TestReadRules(t *testing.T) {
	rules := basePack(t)
	if len(rules) != 11 || rules[0].ID != "base/zone-entry" || rules[0].For != 2*time.Second || rules[0].KeepFiring != 10*time.Second {
		t.Fatalf("%d rules: %+v", len(rules), rules[0])
	}
	levels := Levels(rules)
	seen := map[string]bool{}
	for _, l := range levels {
		k := string(l.Rule) + " " + l.Name
		if seen[k] || l.Severity == 0 {
			t.Errorf("%s twice, or without severity", k)
		}
		seen[k] = true
	}
	if !seen["base/zone-entry inside"] || !seen["base/zone-crossing crossed"] || !seen["identity_mismatch claimed"] {
		t.Errorf("%v", seen)
	}
	for name, pack := range map[string]string{
		"unknown kind":      "id: x\nrules: [{id: x/a, kind: weather, for: 0s, keep_firing: 0s}]",
		"unknown parameter": "id: x\nrules: [{id: x/a, kind: battery, for: 0s, keep_firing: 0s, params: {tempo: 3}}]",
		"no number":         "id: x\nrules: [{id: x/a, kind: battery, for: 0s, keep_firing: 0s, params: {caution_pct: lots}}]",
		"no time":           "id: x\nrules: [{id: x/a, kind: battery, for: 5, keep_firing: 0s}]",
		"no yaml":           ":",
	} {
		if _, err := ReadRules([]byte(pack)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	own, err := ReadRules([]byte("id: x\nscenario: city\nrules: [{id: x/a, kind: height_limit, hazard: height, for: 1s, keep_firing: 2s, params: {light_m: none, micro_m: 30}}]"))
	if err != nil || own[0].number("micro_m") != 30 || own[0].number("small_m") != 120 || own[0].number("light_m") < 1e9 || own[0].Scenario != "city" {
		t.Errorf("%+v %v", own, err)
	}
}
