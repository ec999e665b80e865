package roster

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"lowsky"
)

var at = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// Entries with everything that a file can say, awkward text included.
var (
	someAircraft = []lowsky.Aircraft{
		{ID: "a-1", Class: lowsky.Light, Agricultural: true, Model: "T60, \"new\"", Name: lowsky.Text{ZH: "农-1", EN: "A-1"}, Scenario: lowsky.Agriculture,
			ContactName: "=王; 五", Serial: "1581F5FJC244N00E0J5X", RegistrationMark: "UAS12345678", RemoteIDs: []string{"1581F5FJC244N00E0J5Y", "r.2"},
			ICAOAddress: "78a1b2", EmptyMass: lowsky.Some[lowsky.Kilograms](3.25), TakeoffMass: lowsky.Some[lowsky.Kilograms](6.9),
			InsuredUntil: "2027-03-31", Organisation: "lufei", UpdatedAt: at},
		{ID: "a-2", Name: lowsky.Text{ZH: "'-2", EN: "''"}, Model: "-x", UpdatedAt: at},
		{ID: "0012", Class: lowsky.Large, ContactName: "＝1", UpdatedAt: at},
	}
	somePilots = []lowsky.Pilot{
		{ID: "p-1", Name: "李四", Licence: "UA-2024-000123", LicenceUntil: "2026-12-01", Classes: []lowsky.Class{lowsky.Light, lowsky.Small}, Username: "li.si", Organisation: "lufei", UpdatedAt: at},
		{ID: "p-2", Name: "@home", UpdatedAt: at},
	}
	someCompanies = []lowsky.Organisation{
		{ID: "lufei", Kind: lowsky.Company, Name: lowsky.Text{ZH: "绿飞", EN: "Lufei"}, Jurisdiction: "421202", CreditCode: "91350100M000100Y43",
			ContactName: "+赵", CertifiedUntil: "2028-01-01", UpdatedAt: at},
		{ID: "b", Kind: lowsky.Company, Name: lowsky.Text{ZH: "乙", EN: "乙"}, UpdatedAt: at},
	}
	someSites = []lowsky.Site{
		{ID: "s-1", Kind: lowsky.SiteDock, Name: lowsky.Text{ZH: "温泉机巢", EN: "Wenquan dock"}, Device: "dock-7", Organisation: "lufei", UpdatedAt: at,
			Position: lowsky.Position{Longitude: 114.3221123456, Latitude: -29.87, AMSL: lowsky.Some[lowsky.Metres](-3.5), AMSLGeoid: lowsky.EGM96}},
		{ID: "s-2", Kind: lowsky.SitePad, Name: lowsky.Text{ZH: "坪", EN: "坪"}, Position: lowsky.Position{Longitude: -0.5, Latitude: 1}, UpdatedAt: at},
	}
)

// What is written is read back as it was, in both formats and both languages.
func TestRoundTrip(t *testing.T) {
	roundTrip(t, Aircraft, someAircraft)
	roundTrip(t, Pilots, somePilots)
	roundTrip(t, Companies, someCompanies)
	roundTrip(t, Sites, someSites)
}

func roundTrip[T Entry](t *testing.T, l *List[T], entries []T) {
	t.Helper()
	for _, f := range []Format{CSV, XLSX} {
		for _, lang := range []string{"zh", "en"} {
			var b bytes.Buffer
			if err := l.Write(&b, f, lang, entries); err != nil {
				t.Fatal(err)
			}
			rows, err := l.Read("list."+string(f), b.Bytes(), at, DefaultLimits)
			if err != nil || len(rows) != len(entries) {
				t.Fatalf("%s %s %s: %d rows, %v", l.Kind, f, lang, len(rows), err)
			}
			for i, r := range rows {
				if len(r.Problems) > 0 || r.Phone.OK || r.Number != i+2 {
					t.Errorf("%s %s %s row %d: %+v phone %v", l.Kind, f, lang, r.Number, r.Problems, r.Phone)
				}
				if d := cmp.Diff(entries[i], r.Entry); d != "" {
					t.Errorf("%s %s %s row %d:\n%s", l.Kind, f, lang, r.Number, d)
				}
				if over, problems := r.Over(entries[i]); cmp.Diff(entries[i], over) != "" || len(problems) > 0 {
					t.Errorf("%s %s %s row %d over itself: %+v %v", l.Kind, f, lang, r.Number, over, problems)
				}
			}
			b.Reset()
			if err := l.Template(&b, f, lang); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Read("", b.Bytes(), at, DefaultLimits); code(err) != "no_rows" {
				t.Errorf("template %s %s %s: %v", l.Kind, f, lang, err)
			}
		}
	}
}

// No cell that we write begins a formula: the raw text of every cell of a CSV.
func TestWhatWeWriteIsHarmless(t *testing.T) {
	var b bytes.Buffer
	hostile := lowsky.Aircraft{ID: "-a", ContactName: "=HYPERLINK(\"http://x\")", Model: "\t=1", Name: lowsky.Text{ZH: "@SUM", EN: "+1"}, Serial: "-1", RegistrationMark: "＝1"}
	if err := Aircraft.Write(&b, CSV, "en", []lowsky.Aircraft{hostile}); err != nil {
		t.Fatal(err)
	}
	seen := 0
	rows, err := openCSV(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	_ = rows(func(n int, cells []cell) error {
		for _, c := range cells {
			if startsFormula(c.text) {
				t.Errorf("row %d holds %q", n, c.text)
			}
			if strings.HasPrefix(c.text, "'") {
				seen++
			}
		}
		return nil
	})
	if seen != 7 {
		t.Errorf("%d cells were made harmless", seen)
	}
	b.Reset()
	if err := Aircraft.Write(&b, XLSX, "en", []lowsky.Aircraft{hostile}); err != nil {
		t.Fatal(err)
	}
	read, err := Aircraft.Read("a.xlsx", b.Bytes(), at, DefaultLimits)
	if err != nil || len(read) != 1 || read[0].Entry.ContactName != hostile.ContactName {
		t.Errorf("%+v %v", read, err)
	}
}

func code(err error) string {
	var f *FileError
	if errors.As(err, &f) && errors.Is(err, lowsky.ErrInvalid) && f.Text.ZH != "" && f.Text.EN != "" && f.Text.EN != f.Code {
		return f.Code
	}
	return fmt.Sprint(err)
}

func codes(problems []RowProblem) string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Field+":"+p.Code)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestEncodingsAndSeparators(t *testing.T) {
	const table = "编号,名称,联系人\r\na1,物-12,王五\r\n\r\na2,\"物,13\",赵\"\"\r\n"
	fixed := strings.Replace(table, `赵""`, `"赵"""`, 1)
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(fixed)
	le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(fixed)
	be, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(fixed)
	for name, s := range map[string]string{
		"utf-8": fixed, "bom": "\xEF\xBB\xBF" + fixed, "gb18030": gb, "utf-16le": le, "utf-16be": be, "lf": strings.ReplaceAll(fixed, "\r\n", "\n"),
		"semicolon": strings.Replace(strings.NewReplacer(",", ";").Replace(fixed), "物;13", "物,13", 1), "tab": strings.Replace(strings.NewReplacer(",", "\t").Replace(fixed), "物\t13", "物,13", 1),
		"sep":  "sep=;\r\n" + strings.Replace(strings.NewReplacer(",", ";").Replace(fixed), "物;13", "物,13", 1),
		"case": strings.Replace(fixed, "编号,名称,联系人", "ID, NAME_ZH ,Contact", 1), "width": strings.Replace(fixed, "编号,名称", "ＩＤ,名 称", 1),
	} {
		rows, err := Aircraft.Read("a.csv", []byte(s), at, DefaultLimits)
		if err != nil || len(rows) != 2 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
			continue
		}
		if a, b := rows[0], rows[1]; a.ID != "a1" || a.Entry.Name.ZH != "物-12" || a.Entry.ContactName != "王五" || b.Entry.Name.ZH != "物,13" || b.Entry.ContactName != `赵"` ||
			len(a.Problems)+len(b.Problems) > 0 {
			t.Errorf("%s: %+v", name, rows)
		}
		if n := rows[1].Number; name == "utf-8" && n != 4 || name == "sep" && n != 5 {
			t.Errorf("%s: the last row is %d", name, n)
		}
	}
	for name, s := range map[string]string{"latin-1": "id,name\na,\xe9\xff\n", "nul": "id,name\na\x00,b\n", "half a character": "id\n\xb1"} {
		if _, err := Aircraft.Read("a.csv", []byte(s), at, DefaultLimits); code(err) != "encoding_unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFilesRefused(t *testing.T) {
	wide := strings.Repeat("id,", 65)
	for want, s := range map[string]string{
		"file_empty": "\n\n", "no_rows": "id\n", "columns_unknown": "id,colour,父母\na,b,c\n", "column_missing": "name\nx\n", "column_twice": "id,编号\na,b\n",
		"csv_broken": "id,name\na,\"b\n", "too_many_columns": wide + "id\n", "xls_old": "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "xlsx_broken": "PK\x03\x04rubbish",
	} {
		if _, err := Aircraft.Read("", []byte(s), at, DefaultLimits); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Aircraft.Read("", []byte("id,colour,父母\na,b,c\n"), at, DefaultLimits); err == nil || !strings.Contains(err.Error(), "“colour”, “父母”") {
		t.Errorf("unknown columns are not named: %v", err)
	}
	if _, err := Aircraft.Read("", make([]byte, 16<<20+1), at, DefaultLimits); code(err) != "file_too_large" || !strings.Contains(err.Error(), "16 MB") {
		t.Errorf("17 MB: %v", err)
	}
	if _, err := Aircraft.Read("a.xlsx", []byte("id\na\n"), at, DefaultLimits); code(err) != "xlsx_broken" {
		t.Errorf("CSV as XLSX: %v", err)
	}
	million := "id\n" + strings.Repeat("a\n", 1_000_000)
	if _, err := Aircraft.Read("", []byte(million), at, DefaultLimits); code(err) != "too_many_rows" || !strings.Contains(err.Error(), "20000") {
		t.Errorf("a million rows: %v", err)
	}
}

func TestRowsRefused(t *testing.T) {
	long := strings.Repeat("长", 1001)
	table := `编号,名称,name_en,单位编号,类别,空机重量(kg),最大起飞重量(kg),常规农用,应用场景,序列号,登记标志,远程识别编号,应答机地址,保险有效期至,联系人,联系电话
a1,甲,A,lufei,轻型,3,6,是,物流,SN1,,,,2027-3-1,王,+86 139-0000-0000
a1,,,,,,,,,,,,,,,
a b,,,,huge,x,-3,vielleicht,space,,,,12345,2027-02-30,,call me
a3,甲,,lufei,小型,3,6,,,,,,,,,
a4,,,,,9,6,,,,,,,,,
a5,,,,,,,,,SN1,,,,,,
a6,,,,,,,,,,,SN7|a1,,,,
a7,,,,,,,,,SN7,,,,,,
,=乙,,,,,,,,,,,,,-王,=1
a8,` + "\"\t乙\",\u200b,,,,,,,,,,,,,\n" + `a9,` + long + `,,Lufei!,,,,,,,,,,1890-01-01,,
a10,,,,,NaN,1e999,,,,,,,,,,extra
`
	rows, err := Aircraft.Read("a.csv", []byte(table), at, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"",
		"id:duplicate_id",
		"agricultural:yes_no class:class_unknown contact_phone:phone_invalid empty_mass_kg:number_invalid icao_address:icao_invalid id:id_invalid insured_until:day_invalid scenario:scenario_unknown takeoff_mass_kg:mass_invalid",
		"class:class_contradicts name_zh:duplicate_name",
		"empty_mass_kg:masses_contradict",
		"serial:duplicate_alias",
		"remote_ids:duplicate_alias",
		"serial:duplicate_alias",
		"contact_name:formula_text contact_phone:formula_text id:needed name_zh:formula_text",
		"name_en:control_character name_zh:formula_text",
		"insured_until:day_invalid name_zh:cell_too_long organisation_id:organisation_unknown",
		":cell_without_heading empty_mass_kg:number_invalid takeoff_mass_kg:number_invalid",
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		if got := codes(r.Problems); got != want[i] {
			t.Errorf("row %d: %s\nwant %s", r.Number, got, want[i])
		}
		for _, p := range r.Problems {
			if p.Text.ZH == "" || p.Text.EN == "" || p.Text.EN == p.Code || strings.Contains(p.Text.EN+p.Text.ZH, "%!") || strings.Contains(p.Text.ZH, "%v") {
				t.Errorf("row %d: no words for %+v", r.Number, p)
			}
		}
	}
	a := rows[0].Entry
	if a.Class != lowsky.Light || !a.Agricultural || a.Scenario != lowsky.Logistics || a.InsuredUntil != "2027-03-01" || rows[0].Phone != lowsky.Some("+86 139-0000-0000") {
		t.Errorf("%+v %v", a, rows[0].Phone)
	}
	if rows[1].Phone != lowsky.Some("") {
		t.Errorf("an empty phone does not say to remove it: %v", rows[1].Phone)
	}
	if p := rows[3].Problems; !strings.Contains(fmt.Sprint(p), "轻型") || !strings.Contains(fmt.Sprint(p), "row 2") {
		t.Errorf("the contradiction and the duplicate are not named: %v", p)
	}
}

// Columns that the file lacks keep what is registered; masses alone tell the class anew.
func TestOver(t *testing.T) {
	old := someAircraft[0]
	read := func(table string) Row[lowsky.Aircraft] {
		t.Helper()
		rows, err := Aircraft.Read("", []byte(table), at, DefaultLimits)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		return rows[0]
	}
	r := read("id,model,insured_until\na-1,M350,\n")
	got, problems := r.Over(old)
	want := old
	want.Model, want.InsuredUntil = "M350", ""
	if d := cmp.Diff(want, got); d != "" || len(problems) > 0 || !r.Has("model") || r.Has("class") {
		t.Error(problems, d)
	}
	r = read("id,takeoff_mass_kg\na-1,24\n")
	if got, problems := r.Over(old); got.Class != lowsky.Small || len(problems) > 0 {
		t.Errorf("%s %v", got.Class, problems)
	}
	r = read("id,class\na-1,large\n")
	if _, problems := r.Over(old); codes(problems) != "class:class_contradicts" || len(r.Problems) > 0 {
		t.Errorf("%v %v", problems, r.Problems)
	}
	r = read("id,名称\na-1,乙\n")
	if got, _ := r.Over(lowsky.Aircraft{ID: "a-1", Name: lowsky.Text{ZH: "甲", EN: "甲"}}); got.Name != (lowsky.Text{ZH: "乙", EN: "乙"}) {
		t.Errorf("%+v", got.Name)
	}
}

func TestOtherKindsRefuse(t *testing.T) {
	pilots, err := Pilots.Read("", []byte("编号,姓名,执照编号,准驾类别,账号,电话\np1,王,L1,轻型、小型,wang,139\np2,,L1,轻型 飞艇,Wang!,\np3,李,,,wang,12\n"), at, DefaultLimits)
	if err != nil || codes(pilots[0].Problems) != "" || codes(pilots[1].Problems) != "classes:class_unknown licence:duplicate_value name:needed username:username_invalid" ||
		codes(pilots[2].Problems) != "phone:phone_invalid username:duplicate_value" {
		t.Errorf("%+v %v", pilots, err)
	}
	companies, err := Companies.Read("", []byte("编号,名称,统一社会信用代码,区划代码\nlufei,绿飞,91350100M000100Y43,421202\nLUFEI,绿飞,91350100M000100Y44,\nb,,,\n"), at, DefaultLimits)
	if err != nil || codes(companies[0].Problems) != "" || codes(companies[1].Problems) != "credit_code:credit_code_invalid id:company_id_invalid name_zh:duplicate_name" ||
		codes(companies[2].Problems) != "name_zh:needed" {
		t.Errorf("%+v %v", companies, err)
	}
	sites, err := Sites.Read("", []byte("编号,类型,名称,经度,纬度,海拔\ns1,机巢,甲,114.3,29.8,40\ns2,屋顶,乙,214,29.8,99999\ns3,pad,丙,0,0,\ns4,pad,丁,,x,\n"), at, DefaultLimits)
	if err != nil || codes(sites[0].Problems) != "" || codes(sites[1].Problems) != "altitude_amsl_m:height_invalid kind:site_kind_unknown longitude_deg:position_invalid" ||
		codes(sites[2].Problems) != "longitude_deg:position_invalid" || !strings.Contains(codes(sites[3].Problems), "latitude_deg:number_invalid") {
		t.Errorf("%+v %v", sites, err)
	}
}

func TestCodesSayEachOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Codes {
		if seen[s.Code] || s.ZH == "" || s.EN == "" || strings.Count(s.ZH, "%v") != strings.Count(s.EN, "%v") {
			t.Errorf("%+v", s)
		}
		seen[s.Code] = true
	}
	if !CreditCodeValid("91350100M000100Y43") || CreditCodeValid("91350100M000100Y42") || CreditCodeValid("") || CreditCodeValid("91350100M000100I43") {
		t.Error("credit codes are told wrongly")
	}
}
