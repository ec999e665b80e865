package roster

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lowsky"
)

// cell is one cell as the file has it.
type cell struct {
	text    string
	number  bool   // kept as a number, not as text: of a workbook
	epoch   bool   // … whose days count from 1904
	trouble string // code of what is wrong with it whatever its column is: a formula, an error, too long
}

func (c cell) empty() bool { return c.trouble == "" && strings.TrimSpace(c.text) == "" }

// formulaStarts are what a spreadsheet may take for the beginning of a formula, in full width too.
const formulaStarts = "=+-@\t\r＝＋－＠"

// startsFormula reports whether text begins like a formula.
func startsFormula(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && strings.ContainsRune(formulaStarts, r)
}

// harmless is the text as it is written: what a spreadsheet might evaluate gets an apostrophe before it. What begins with
// an apostrophe gets another, so that reading knows which was ours.
func harmless(s string) string {
	if startsFormula(s) || strings.HasPrefix(s, "'") {
		return "'" + s
	}
	return s
}

// meant undoes harmless.
func meant(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && (startsFormula(rest) || strings.HasPrefix(rest, "'")) {
		return rest
	}
	return s
}

// cell reads one cell into the row.
func (rd *reading[T]) cell(r *Row[T], at int, raw cell) {
	c := &rd.list.columns[at]
	value, code := rd.value(c.kind, raw)
	switch {
	case code != "":
	case c.kind == phone:
		if code = PhoneCode(value); code == "" {
			r.Phone = lowsky.Some(value)
		}
	default:
		value = c.spoken(value)
		var probe T
		if code = c.set(&probe, value); code == "" {
			r.cells = append(r.cells, laid{at, value})
		}
	}
	switch code {
	case "":
	case "cell_too_long":
		r.bad = append(r.bad, problem(c.key, code, rd.limits.Characters))
	default:
		r.bad = append(r.bad, problem(c.key, code))
	}
}

// value answers what the cell says, or the code of what is wrong with it.
func (rd *reading[T]) value(k kind, raw cell) (string, string) {
	if raw.trouble != "" {
		return "", raw.trouble
	}
	if utf8.RuneCountInString(raw.text) > rd.limits.Characters {
		return "", "cell_too_long"
	}
	if k == text && strings.ContainsAny(firstOf(raw.text), "\t\r") {
		return "", "formula_text"
	}
	s := strings.TrimSpace(raw.text)
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError || invisible(r) }) {
		return "", "control_character"
	}
	switch {
	case raw.number && (k == text || k == phone):
		// A spreadsheet keeps 15 digits of a number: a serial of 20 is no longer what was typed.
		if strings.ContainsAny(s, "eE.") && !shortDecimal(s) || len(strings.TrimLeft(s, "-")) > 15 {
			return "", "number_for_text"
		}
		if strings.HasPrefix(s, "-") {
			return "", "formula_text"
		}
	case raw.number && k == day:
		return rd.serialDay(s, raw.epoch)
	case k == text && startsFormula(s):
		return "", "formula_text"
	case k == phone && startsFormula(s) && !strings.HasPrefix(s, "+"):
		return "", "formula_text"
	case k == day && s != "":
		return rd.day(meant(s))
	}
	return meant(s), ""
}

func firstOf(s string) string {
	if s == "" {
		return ""
	}
	return s[:1]
}

// invisible characters make two ids look the same.
func invisible(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069 || r == 0xFEFF
}

// shortDecimal tells 3.5 from 1.2e+19.
func shortDecimal(s string) bool { return !strings.ContainsAny(s, "eE") && len(s) <= 15 }

// dayForms are how people write days.
var dayForms = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102", "2006-01-02T15:04:05", "2006-01-02 15:04:05"}

func (rd *reading[T]) day(s string) (string, string) {
	s = strings.TrimSuffix(s, " 00:00:00")
	for _, form := range dayForms {
		if t, err := time.Parse(form, s); err == nil {
			return plausible(t, rd.list.now)
		}
	}
	return "", "day_invalid"
}

// plausible refuses days that nobody means: before there were such licences, or more than 50 years ahead.
func plausible(t, now time.Time) (string, string) {
	if t.Year() < 1990 || t.After(now.AddDate(50, 0, 0)) {
		return "", "day_invalid"
	}
	return t.Format(time.DateOnly), ""
}

// serialDay reads a day as spreadsheets keep it: days since the end of 1899, or since 1904.
func (rd *reading[T]) serialDay(s string, since1904 bool) (string, string) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 1 && f < 200_000) {
		return rd.day(s) // 20270331 typed as a number
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if since1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return plausible(first.AddDate(0, 0, int(f)), rd.list.now)
}

// PhoneCode answers the code of what is wrong with a telephone number, or "". Digits, spaces, hyphens, brackets and a
// leading +; an extension after "x" or "转".
func PhoneCode(s string) string {
	if s == "" {
		return ""
	}
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -()（）x转", r) && i > 0:
		default:
			return "phone_invalid"
		}
	}
	if digits < 3 || len(s) > 40 {
		return "phone_invalid"
	}
	return ""
}
