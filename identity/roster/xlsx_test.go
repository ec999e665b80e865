package roster

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// book makes a workbook of the cells, as a spreadsheet program would.
func book(t testing.TB, rows [][]any, change func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts makes a workbook by hand: parts over those of an empty one; "" leaves a part out.
func parts(t testing.TB, sheet string, others map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml":        `<Types/>`,
		"xl/workbook.xml":            `<workbook xmlns:r="x"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`,
	}
	for k, v := range others {
		all[k] = v
	}
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for k, v := range all {
		if v == "" {
			continue
		}
		w, err := zw.Create(k)
		if err == nil {
			_, err = io.WriteString(w, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSXCells(t *testing.T) {
	data := book(t, [][]any{
		{"编号", "空机重量(kg)", "最大起飞重量(kg)", "保险有效期至", "型号", "常规农用", "序列号"},
		{12, 3.25, 6.5, time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC), "M350", true, "1581F5FJC244N00E0J5X"},
		{"a2", "3.25", nil, "2027/3/31", "=1+1", false, 12345678901234567890.0},
		{"a3", nil, nil, 20270331, nil, nil, nil},
		{},
		{"a5", nil, nil, nil, nil, nil, "x"},
	}, func(f *excelize.File) {
		_ = f.SetCellFormula("Sheet1", "B6", "=1+2")
		_ = f.SetCellRichText("Sheet1", "E6", []excelize.RichTextRun{{Text: "T"}, {Text: "60"}})
	})
	rows, err := Aircraft.Read("a.xlsx", data, at, DefaultLimits)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%+v %v", rows, err)
	}
	a := rows[0].Entry
	if a.ID != "12" || a.EmptyMass.Value != 3.25 || a.Class != "light" || a.InsuredUntil != "2027-03-31" || !a.Agricultural || a.Serial != "1581F5FJC244N00E0J5X" || len(rows[0].Problems) > 0 {
		t.Errorf("%+v %v", a, rows[0].Problems)
	}
	if got := codes(rows[1].Problems); got != "model:formula_text serial:number_for_text" || rows[1].Entry.InsuredUntil != "2027-03-31" || rows[1].Entry.EmptyMass.Value != 3.25 {
		t.Errorf("row 3: %s %+v", got, rows[1].Entry)
	}
	if rows[2].Entry.InsuredUntil != "2027-03-31" {
		t.Errorf("row 4: %+v", rows[2])
	}
	if got := codes(rows[3].Problems); got != "empty_mass_kg:formula_cell" || rows[3].Number != 6 || rows[3].Entry.Model != "T60" {
		t.Errorf("row 6: %s %+v", got, rows[3])
	}
}

func TestXLSXByHand(t *testing.T) {
	head := `<row r="1"><c t="inlineStr"><is><t>id</t></is></c><c t="inlineStr"><is><t>model</t></is></c><c t="inlineStr"><is><t>insured_until</t></is></c></row>`
	for name, c := range map[string]struct {
		sheet string
		parts map[string]string
		want  string
	}{
		"values":          {head + `<row r="3"><c r="A3" t="str"><v>a1</v></c><c r="C3"><v>46112</v></c></row>`, nil, "a1  2026-03-31 []"},
		"since 1904":      {head + `<row><c t="str"><v>a1</v></c><c/><c r="C2"><v>44650</v></c></row>`, map[string]string{"xl/workbook.xml": `<workbook xmlns:r="x"><workbookPr date1904="1"/><sheets><sheet r:id="rId1"/></sheets></workbook>`}, "a1  2026-03-31 []"},
		"phonetic":        {head + `<row><c t="s"><v>0</v></c></row>`, map[string]string{"xl/sharedStrings.xml": `<sst><si><r><t>a</t></r><r><t>b</t></r><rPh><t>zzz</t></rPh></si></sst>`}, "ab   []"},
		"error":           {head + `<row><c t="str"><v>a1</v></c><c t="e"><v>#REF!</v></c></row>`, nil, "a1   [model:cell_error]"},
		"shared missing":  {head + `<row><c t="s"><v>1</v></c></row>`, nil, "xlsx_broken"},
		"rows backwards":  {head + `<row r="9"/><row r="2"/>`, nil, "xlsx_broken"},
		"cells backwards": {head + `<row><c r="B2" t="str"><v>x</v></c><c r="A2" t="str"><v>x</v></c></row>`, nil, "xlsx_broken"},
		"far column":      {head + `<row><c r="XFD2" t="str"><v>x</v></c></row>`, nil, "too_many_columns"},
		"format only":     {head + `<row><c t="str"><v>a1</v></c><c r="XFD2" s="1"/></row>`, nil, "a1   []"},
		"cut off":         {head + `<row><c t="str"><v>a1`, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + head + `<row><c t="str"><v>a1`}, "xlsx_broken"},
		"entities":        {"", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData>` + head + `<row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>`}, "xlsx_broken"},
		"macros":          {head, map[string]string{"xl/vbaProject.bin": "x"}, "macros"},
		"links":           {head, map[string]string{"xl/externalLinks/externalLink1.xml": "<x/>"}, "external_links"},
		"objects":         {head, map[string]string{"xl/embeddings/oleObject1.bin": "x"}, "embedded"},
		"two sheets":      {head, map[string]string{"xl/workbook.xml": `<workbook xmlns:r="x"><sheets><sheet r:id="rId1"/><sheet r:id="rId2" state="hidden"/></sheets></workbook>`}, "several_sheets"},
		"no sheet":        {head, map[string]string{"xl/worksheets/sheet1.xml": ""}, "xlsx_broken"},
		"elsewhere":       {head, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="file:///etc/passwd" TargetMode="External"/></Relationships>`}, "xlsx_broken"},
		"other zip":       {"", map[string]string{"xl/workbook.xml": ""}, "xlsx_broken"},
	} {
		rows, err := Aircraft.Read("a.xlsx", parts(t, c.sheet, c.parts), at, DefaultLimits)
		got := code(err)
		if err == nil && len(rows) == 1 {
			got = fmt.Sprintf("%s %s %s [%s]", rows[0].ID, rows[0].Entry.Model, rows[0].Entry.InsuredUntil, codes(rows[0].Problems))
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A zip bomb, a million rows and a giant cell cost what the bounds say and no more.
func TestXLSXBounds(t *testing.T) {
	head := `<row><c t="inlineStr"><is><t>id</t></is></c></row>`
	million := strings.Repeat(`<row><c t="str"><v>a</v></c></row>`, 1_000_000)
	tight := DefaultLimits
	tight.Inflated = 8 << 20
	spaces := strings.Repeat(" ", 20<<20)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a million rows":   {parts(t, head+million, nil), "too_many_rows"},
		"bomb in sheet":    {parts(t, head+spaces, nil), "inflates"},
		"bomb in strings":  {parts(t, head, map[string]string{"xl/sharedStrings.xml": "<sst>" + spaces}), "inflates"},
		"bomb in a string": {parts(t, head, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>" + strings.Repeat("a", 20<<20)}), "inflates"},
		"bomb in workbook": {parts(t, head, map[string]string{"xl/workbook.xml": "<workbook>" + spaces}), "inflates"},
		"bomb elsewhere":   {parts(t, head+`<row><c t="str"><v>a</v></c></row>`, map[string]string{"xl/media/image1.png": spaces}), "<nil>"},
		"strings":          {parts(t, head, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 500_000)}), "too_many_rows"},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := Aircraft.Read("a.xlsx", c.data, at, tight)
		runtime.ReadMemStats(&after)
		if got := code(err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
			t.Errorf("%s: allocated %d MB", name, used>>20)
		}
	}
	long := strings.Repeat("长", 1001)
	rows, err := Aircraft.Read("", parts(t, head+`<row><c t="str"><v>`+long+`</v></c></row>`, nil), at, DefaultLimits)
	if err != nil || codes(rows[0].Problems) != "id:cell_too_long" {
		t.Errorf("a long cell: %+v %v", rows, err)
	}
}
