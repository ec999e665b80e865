package main

import (
	"fmt"
	"io"
	"strings"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/exchange"
)

// report is what import prints of one file: a line for each zone, and under it what there is to say about it.
type report struct {
	format    exchange.Format
	crs       airspace.CRS
	published bool
	counts    string // as key=value
	rows      []reportRow
	remarks   []airspace.Remark
}

type reportRow struct {
	id, name string
	state    string // taken, new, changed, same
	version  int
}

func reportOf(r *exchange.Result) *report {
	out := &report{format: r.Format, crs: r.CRS, counts: countsOf(r.Counts), remarks: r.Remarks}
	for _, z := range r.Zones {
		out.rows = append(out.rows, reportRow{string(z.ID), nameOf(z.Name), "taken", 0})
	}
	return out
}

func countsOf(c exchange.Counts) string {
	return fmt.Sprintf("read=%d accepted=%d repaired=%d refused=%d", c.Read, c.Accepted, c.Repaired, c.Refused)
}

func nameOf(t lowsky.Text) string {
	if t.ZH == t.EN || t.EN == "" {
		return t.ZH
	}
	return t.ZH + " · " + t.EN
}

func (a *importAnswer) report() *report {
	out := &report{format: a.Format, crs: a.CRS, published: a.Published, remarks: a.Remarks,
		counts: fmt.Sprintf("%s new=%d changed=%d same=%d ended=%d", countsOf(a.Counts.Counts), a.Counts.New, a.Counts.Changed, a.Counts.Same, a.Counts.Ended)}
	for _, f := range a.Zones.Features {
		p := f.Properties
		out.rows = append(out.rows, reportRow{p.ID, nameOf(lowsky.Text{ZH: p.NameZH, EN: p.NameEN}), p.Change, p.Version})
	}
	return out
}

// words of the report.
var words = map[string]lowsky.Text{
	"taken":     {ZH: "可采用", EN: "fit"},
	"new":       {ZH: "新增", EN: "new"},
	"changed":   {ZH: "更改", EN: "changed"},
	"same":      {ZH: "相同", EN: "same"},
	"refused":   {ZH: "拒绝", EN: "refused"},
	"repaired":  {ZH: "修复", EN: "repaired"},
	"noted":     {ZH: "说明", EN: "noted"},
	"file":      {ZH: "整个文件", EN: "the whole file"},
	"published": {ZH: "已发布", EN: "published"},
	"nothing":   {ZH: "未发布任何内容", EN: "nothing was published"},
}

func word(key, lang string) string {
	w := words[key]
	if lang == "zh" {
		return w.ZH
	}
	return w.EN
}

// writeReport prints the table: state, id, version and name of each zone, its remarks indented below; then the refused
// zones; then what concerns the whole file; last the counts.
func writeReport(w io.Writer, lang, file string, r *report) {
	fmt.Fprintf(w, "%s  %s, %s\n", file, r.format, r.crs)
	of := map[string][]airspace.Remark{}
	for _, m := range r.remarks {
		of[string(m.Zone)] = append(of[string(m.Zone)], m)
	}
	known := map[string]bool{}
	for _, row := range r.rows {
		known[row.id] = true
		version := ""
		if row.version > 0 {
			version = fmt.Sprintf("v%d", row.version)
		}
		fmt.Fprintf(w, "%s  %-32s %-4s %s\n", pad(word(row.state, lang), 8), printable(row.id), version, printable(row.name))
		for _, m := range of[row.id] {
			writeRemark(w, lang, m)
		}
	}
	for _, m := range r.remarks {
		if known[string(m.Zone)] {
			continue
		}
		if m.Zone != "" {
			fmt.Fprintf(w, "%s  %s\n", pad(word(string(m.Kind), lang), 8), printable(string(m.Zone)))
		} else if m.Kind != airspace.RemarkRefused {
			fmt.Fprintf(w, "%s\n", word("file", lang))
		}
		writeRemark(w, lang, m)
	}
	state := word("nothing", lang)
	if r.published {
		state = word("published", lang)
	}
	fmt.Fprintf(w, "%s  %s\n", state, r.counts)
}

// writeRemark prints the meaning in the language, the place, and the server's words about this one.
func writeRemark(w io.Writer, lang string, m airspace.Remark) {
	meaning := exchange.Say(m.Code).EN
	if lang == "zh" {
		meaning = exchange.Say(m.Code).ZH
	}
	if meaning == "" {
		meaning = m.Code
	}
	fmt.Fprintf(w, "          %s: %s\n            %s: %s\n", word(string(m.Kind), lang), meaning, printable(m.Place), printable(m.Problem))
}

// pad fills up to a width, counting a Chinese character as two.
func pad(s string, width int) string {
	have := 0
	for _, c := range s {
		have++
		if c >= 0x2e80 {
			have++
		}
	}
	return s + strings.Repeat(" ", max(0, width-have))
}

// printable keeps what a file says from steering the terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 {
			return '·'
		}
		return c
	}, s)
}
