package roster

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"lowsky"
)

// small bounds let a fuzzer reach them.
var small = Limits{Bytes: 1 << 16, Rows: 50, Columns: 20, Characters: 40, Inflated: 1 << 18}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,name_zh,model\na1,甲,M350\n"))
	f.Add([]byte("编号;类别;空机重量(kg);联系电话\r\na1;轻型;3;+86 1\r\n"))
	f.Add([]byte("sep=;\nid;class\n'=1;\"a\nb\"\n"))
	f.Add([]byte("\xff\xfei\x00d\x00\n\x00a\x00"))
	f.Add([]byte("\xb1\xe0\xba\xc5\na\n"))
	f.Fuzz(fuzzed)
}

func FuzzXLSX(f *testing.F) {
	for _, format := range []string{"zh", "en"} {
		var b bytes.Buffer
		if err := Aircraft.Write(&b, XLSX, format, someAircraft); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add(book(f, [][]any{{"id", "class"}, {"a", 3}}, nil))
	f.Add(parts(f, `<row><c t="inlineStr"><is><t>id</t></is></c></row><row r="7"><c r="A7" t="s"><v>0</v></c></row>`, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>x</t></si></sst>"}))
	f.Fuzz(fuzzed)
}

// FuzzSheet fuzzes what is inside the zip.
func FuzzSheet(f *testing.F) {
	f.Add(`<row><c t="inlineStr"><is><t>id</t></is></c></row><row r="7"><c r="A7" t="s"><v>0</v></c></row>`, `<sst><si><t>x</t><rPh><t>y</t></rPh></si></sst>`)
	f.Add(`<row><c t="str"><v>id</v></c></row><row><c><f>1+1</f><v>2</v></c></row>`, ``)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		fuzzed(t, parts(t, sheet, map[string]string{"xl/sharedStrings.xml": shared}))
	})
}

// fuzzed: reading never panics, keeps to its bounds, and what it took without a problem can be written and read again.
func fuzzed(t *testing.T, data []byte) {
	rows, err := Aircraft.Read("", data, at, small)
	if err != nil {
		if code(err) == err.Error() {
			t.Errorf("an error without words: %v", err)
		}
		return
	}
	if len(rows) > small.Rows {
		t.Errorf("%d rows", len(rows))
	}
	var fine []lowsky.Aircraft
	for _, r := range rows {
		a := r.Entry
		if len(r.Problems) > 0 {
			continue
		}
		if !a.ID.Valid() || !a.Class.Valid() || !lowsky.Finite(a.EmptyMass.Value) || !utf8.ValidString(a.ContactName) || a.InsuredUntil.Check() != nil {
			t.Errorf("taken: %+v", a)
		}
		fine = append(fine, a)
	}
	if len(fine) == 0 {
		return
	}
	var b bytes.Buffer
	if err := Aircraft.Write(&b, CSV, "zh", fine); err != nil {
		t.Fatal(err)
	}
	again, err := Aircraft.Read("", b.Bytes(), at, DefaultLimits)
	if err != nil || len(again) != len(fine) {
		t.Fatalf("%d rows of %d, %v", len(again), len(fine), err)
	}
	for i := range again {
		if len(again[i].Problems) > 0 || again[i].ID != string(fine[i].ID) || again[i].Entry.ContactName != fine[i].ContactName {
			t.Errorf("%+v became %+v", fine[i], again[i])
		}
	}
}
