package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"lowsky"
	"lowsky/identity/roster"
)

// enrol puts aircraft on the board as if somebody had registered them.
func (h *house) enrol(list ...*lowsky.Aircraft) {
	h.board.Publish([]lowsky.Change{{Aircraft: &lowsky.AircraftPublication{Upsert: list}}})
}

func (h *house) registered(id lowsky.AircraftID) *lowsky.Aircraft {
	a, err := h.board.Registered(lowsky.Everything, id)
	if err != nil {
		return nil
	}
	return a
}

func TestAircraftBelongSomewhere(t *testing.T) {
	h := newHouse(t)
	h.enrol(&lowsky.Aircraft{ID: "b1", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421202"}, Serial: "SNB", ICAOAddress: "780abc"},
		&lowsky.Aircraft{ID: "guest", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421281"}})
	h.ledger.more = map[string]bool{"aircraft/b1": true}
	for _, c := range []struct {
		as, method, id, body string
		status               int
		field                string
	}{
		{"company", "PUT", "w1", `{"empty_mass_kg":3,"takeoff_mass_kg":6,"serial":"SNW","contact_phone":"139 1"}`, 200, ""},
		{"company", "PUT", "w2", `{"class":"small","empty_mass_kg":3,"takeoff_mass_kg":6}`, 422, "class"},
		{"company", "PUT", "w2", `{"empty_mass_kg":7,"takeoff_mass_kg":6}`, 422, "empty_mass_kg"},
		{"company", "PUT", "w2", `{"empty_mass_kg":-1}`, 422, "empty_mass_kg"},
		{"company", "PUT", "w2", `{"insured_until":"2027-02-30"}`, 422, "insured_until"},
		{"company", "PUT", "w2", `{"contact_phone":"call me"}`, 422, "contact_phone"},
		{"company", "PUT", "w2", `{"model":"a\u0007b"}`, 422, "model"},
		{"company", "PUT", "w2", `{"organisation_id":"blades"}`, 422, "organisation_id"}, // not seen: there is none
		{"company", "PUT", "w2", `{"organisation_id":"nobody"}`, 422, "organisation_id"},
		{"auditor", "PUT", "w2", `{}`, 403, ""},
		{"company", "PUT", "w2", `{"serial":"b1"}`, 409, "serial"},
		{"company", "PUT", "SNB", `{}`, 409, "id"},
		{"company", "PUT", "w2", `{"icao_address":"780ABC"}`, 409, "icao_address"},
		{"company", "PUT", "b1", `{}`, 404, ""},
		{"company", "DELETE", "b1", ``, 404, ""},
		{"company", "GET", "b1", ``, 404, ""},
		{"county", "PUT", "guest", `{}`, 403, "organisation_id"},
		{"county", "DELETE", "guest", ``, 403, "organisation_id"},
		{"county", "GET", "guest", ``, 200, ""},
		{"county", "PUT", "c1", `{"organisation_id":"wings"}`, 200, ""},
		{"admin", "PUT", "c2", `{"organisation_id":"blades"}`, 200, ""},
	} {
		a := h.ask(c.as, c.method, "/api/v1/aircraft/"+c.id, c.body)
		if a.StatusCode != c.status || c.field != "" && a.json(t)["field"] != c.field {
			t.Errorf("%v: %d %s", c, a.StatusCode, a.raw)
		}
		if c.status != 200 && strings.Contains(string(a.raw), "blades") && c.as == "company" {
			t.Errorf("%v tells whose: %s", c, a.raw)
		}
	}
	w := h.registered("w1")
	if w == nil || w.Class != lowsky.Light || w.Organisation != "wings" || !slices.Equal(w.Jurisdictions, []lowsky.JurisdictionID{"421281"}) || w.ContactPhone != "sealed.139 1" {
		t.Fatalf("%+v", w)
	}
	if c := h.registered("c2"); c == nil || !slices.Equal(c.Jurisdictions, []lowsky.JurisdictionID{"421202"}) {
		t.Errorf("%+v", c)
	}
	if n := len(h.ledger.told("access.denied")); n != 3 {
		t.Errorf("%d guesses were noted", n)
	}
	if p := h.picture.aircraft; p.By != "admin" || p.From != "127.0.0.1" {
		t.Errorf("published by %q from %q", p.By, p.From)
	}
}

// The number is kept sealed, is told nowhere, stays where a change says nothing of it, and goes where it is empty.
func TestPhonesAreSealed(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		body string
		kept lowsky.Sealed
	}{
		{`{"contact_phone":" 139-0000 "}`, "sealed.139-0000"}, {`{"contact_name":"王"}`, "sealed.139-0000"}, {`{"contact_phone":""}`, ""},
	} {
		a := h.ask("company", "PUT", "/api/v1/aircraft/w1", c.body)
		if got := h.registered("w1"); a.StatusCode != 200 || got.ContactPhone != c.kept || a.json(t)["has_phone"] != (c.kept != "") {
			t.Errorf("%s: %s, %+v", c.body, a.raw, got)
		}
		if b := h.ask("company", "PUT", "/api/v1/pilots/q1", `{"name":"王",`+strings.NewReplacer("contact_", "").Replace(c.body[1:])); c.body != `{"contact_name":"王"}` &&
			(b.StatusCode != 200 || h.registry.pilots["q1"].Phone != c.kept) {
			t.Errorf("pilot %s: %s %+v", c.body, b.raw, h.registry.pilots["q1"])
		}
		for _, path := range []string{"/api/v1/aircraft", "/api/v1/aircraft/w1", "/api/v1/pilots", "/api/v1/pilots/q1", "/api/v1/registers/aircraft/export", "/api/v1/registers/pilots/export", "/api/v1/tracks", "/api/v1/alerts"} {
			if raw := h.want(200, "GET", path, "").raw; bytes.Contains(raw, []byte("139-0000")) || bytes.Contains(raw, []byte("sealed.")) || bytes.Contains(raw, []byte("phone_sealed")) {
				t.Errorf("%s tells the number: %s", path, raw)
			}
		}
	}
	if strings.Contains(h.log.String(), "139-0000") {
		t.Error("the log holds the number")
	}
}

func TestPilotsAndSites(t *testing.T) {
	h := newHouse(t)
	h.registry.pilots["b1"] = lowsky.Pilot{ID: "b1", Name: "外", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421202"}}
	h.registry.pilots["v1"] = lowsky.Pilot{ID: "v1", Name: "客", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	h.registry.sites["b1"] = lowsky.Site{ID: "b1", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421202"}}
	h.registry.sites["v1"] = lowsky.Site{ID: "v1", Organisation: "blades", Jurisdictions: []lowsky.JurisdictionID{"421281"}}
	h.ledger.more = map[string]bool{"pilot/b1": true, "site/b1": true}
	const pilot, site = `{"name":"王"}`, `{"kind":"dock","name":{"zh":"甲","en":"A"},"position":{"longitude_deg":113.5,"latitude_deg":29.5},"device_id":"dock-9"}`
	for _, c := range []struct {
		as, method, path, body string
		status                 int
	}{
		{"company", "PUT", "pilots/w1", pilot, 200}, {"company", "PUT", "pilots/b1", pilot, 404}, {"county", "PUT", "pilots/v1", pilot, 403},
		{"county", "DELETE", "pilots/v1", "", 403}, {"county", "GET", "pilots/v1", "", 200}, {"company", "GET", "pilots/b1", "", 404}, {"company", "DELETE", "pilots/b1", "", 404},
		{"company", "PUT", "pilots/w2", `{"name":"王","organisation_id":"blades"}`, 422}, {"company", "PUT", "pilots/w2", `{"name":" "}`, 422},
		{"company", "PUT", "pilots/w2", `{"name":"王","licence_until":"soon"}`, 422}, {"company", "PUT", "pilots/w2", `{"name":"王","classes":["heavy"]}`, 422},
		{"company", "DELETE", "pilots/w1", "", 204}, {"company", "DELETE", "pilots/w1", "", 404},
		{"company", "PUT", "sites/w1", site, 200}, {"company", "PUT", "sites/b1", site, 404}, {"county", "PUT", "sites/v1", site, 403},
		{"county", "DELETE", "sites/v1", "", 403}, {"county", "GET", "sites/v1", "", 200}, {"company", "GET", "sites/b1", "", 404},
		{"company", "PUT", "sites/w2", strings.Replace(site, "113.5", "213.5", 1), 422}, {"company", "PUT", "sites/w2", strings.Replace(site, `"甲"`, `""`, 1), 422},
		{"company", "PUT", "sites/w2", strings.Replace(site, "dock", "roof", 1), 422},
	} {
		if a := h.ask(c.as, c.method, "/api/v1/"+c.path, c.body); a.StatusCode != c.status {
			t.Errorf("%v: %d %s", c, a.StatusCode, a.raw)
		}
	}
	if s := h.registry.sites["w1"]; s.Organisation != "wings" || !slices.Equal(s.Jurisdictions, []lowsky.JurisdictionID{"421281", "421200"}) || s.Device != "dock-9" {
		t.Errorf("%+v", s)
	}
	if n := len(h.ledger.told("access.denied")); n != 5 {
		t.Errorf("%d guesses were noted: %v", n, h.ledger.told("access.denied"))
	}
	h.want(200, "GET", "/api/v1/expiring?days=60", "")
	if h.registry.until != "2027-01-01" { // 2026-11-02 in Shanghai
		t.Errorf("asked for what ends by %s", h.registry.until)
	}
}

func (h *house) file(as, what, body string) (CheckedFile, answer) {
	h.t.Helper()
	a := h.ask(as, "POST", "/api/v1/registers/"+what, body, "Content-Type", "application/octet-stream")
	var f CheckedFile
	if err := json.Unmarshal(a.raw, &f); err != nil {
		h.t.Fatalf("%v in %s", err, a.raw)
	}
	return f, a
}

// brief tells rows as "2 w1 changed model,phone" or "3 b1 refused id:belongs_to_others".
func brief(f CheckedFile) string {
	var b strings.Builder
	for _, r := range f.Rows {
		fmt.Fprintf(&b, "%d %s %s %s", r.Row, r.ID, r.Change, strings.Join(r.Fields, ","))
		for _, p := range r.Problems {
			fmt.Fprintf(&b, "%s:%s ", p.Field, p.Code)
			if p.Text.ZH == "" || p.Text.EN == "" {
				b.WriteString("WITHOUT WORDS ")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestImportAircraft(t *testing.T) {
	h := newHouse(t)
	h.enrol(&lowsky.Aircraft{ID: "w1", Class: lowsky.Light, Model: "M3", Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}, ContactPhone: "sealed.139"},
		&lowsky.Aircraft{ID: "w2", Class: lowsky.Light, Model: "M3", Organisation: "wings", Jurisdictions: []lowsky.JurisdictionID{"421281"}, ContactPhone: "sealed.138"},
		&lowsky.Aircraft{ID: "b1", Class: lowsky.Light, Organisation: "blades", Serial: "SNB", Jurisdictions: []lowsky.JurisdictionID{"421202"}})
	const table = "编号,型号,单位编号,类别,空机重量(kg),最大起飞重量(kg),联系电话,序列号\n" +
		"w1,M4,wings,轻型,,,137-0000,\n" + // changed, the phone too
		"w2,M3,,轻型,,,138,\n" + // same
		"w3,M3,,小型,3,6,,\n" + // contradiction
		"b1,M3,,轻型,,,,\n" + // others'
		"w4,M3,blades,轻型,,,,\n" + // for an organisation that the company does not see
		"w5,M3,,轻型,,,,SNB\n" + // a name that others bear
		"w6,M3,,,3,6,136-0000,\n" // new
	const want = "2 w1 changed model,contact_phone\n3 w2 same \n4 w3 refused class:class_contradicts \n5 b1 refused id:belongs_to_others \n" +
		"6 w4 refused organisation_id:organisation_unknown \n7 w5 refused serial:alias_taken \n8 w6 new \n"
	f, a := h.file("company", "aircraft/check", table)
	if a.StatusCode != 200 || brief(f) != want || f.Counts != (RowCounts{New: 1, Changed: 1, Same: 1, Refused: 4}) || f.Published {
		t.Errorf("%d %+v\n%s", a.StatusCode, f.Counts, brief(f))
	}
	for _, secret := range []string{"blades", "137-0000", "sealed"} {
		if strings.Contains(strings.ReplaceAll(string(a.raw), `"organisation_id","code"`, ""), secret) {
			t.Errorf("the answer holds %s", secret)
		}
	}
	if told := h.ledger.told("access.denied"); len(told) != 1 || !strings.Contains(told[0], "aircraft/b1") {
		t.Errorf("a guess in a file was noted as %+v", told)
	}
	f, a = h.file("company", "aircraft/import", table)
	if a.StatusCode != 422 || brief(f) != want || h.registered("w6") != nil || h.registered("w1").Model != "M3" || h.picture.aircraft.By != "" {
		t.Errorf("with refused rows: %d %s", a.StatusCode, a.raw)
	}
	if p := a.json(t); p["field"] != "4.class" || !strings.Contains(fmt.Sprint(p["detail"]), "7 行中有 4 行被拒绝") {
		t.Errorf("%v", p)
	}
	// What fails on the way is not half done.
	h.picture.err = fmt.Errorf("aircraft w6 and b7 are both SNX: %w", lowsky.ErrConflict)
	if _, a = h.file("company", "aircraft/import?without_refused=true", table); a.StatusCode != 409 || h.registered("w6") != nil || strings.Contains(string(a.raw), "b7") {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
	h.picture.err = nil
	f, a = h.file("company", "aircraft/import?without_refused=true&name=机队.csv", table)
	if a.StatusCode != 200 || brief(f) != want || !f.Published {
		t.Errorf("%d %s", a.StatusCode, a.raw)
	}
	if p := h.picture.aircraft; len(p.Upsert) != 2 || p.By != "company" || p.From == "" {
		t.Errorf("published %+v", p)
	}
	w1, w6 := h.registered("w1"), h.registered("w6")
	if w1.ContactPhone != "sealed.137-0000" || w1.Model != "M4" || w6.Class != lowsky.Light || w6.Organisation != "wings" || w6.ContactPhone != "sealed.136-0000" ||
		!slices.Equal(w6.Jurisdictions, []lowsky.JurisdictionID{"421281"}) || h.registered("w2").ContactPhone != "sealed.138" {
		t.Errorf("%+v %+v", w1, w6)
	}
	if told := h.ledger.told("register.import"); len(told) != 1 || told[0] != `company register/aircraft file "机队.csv": 1 new, 1 changed, 1 same, 4 refused` {
		t.Errorf("audit %v", told)
	}
	// Once more: nothing to do, and nothing is published.
	h.picture.aircraft = lowsky.AircraftPublication{}
	f, _ = h.file("company", "aircraft/import", "id,model,contact_phone\nw1,M4,137-0000\nw6,M3,136-0000\n")
	if f.Counts != (RowCounts{Same: 2}) || h.picture.aircraft.By != "" {
		t.Errorf("%+v %+v", f, h.picture.aircraft)
	}
	if f, a := h.file("company", "aircraft/import?without_refused=true", "id\nb1\n"); a.StatusCode != 422 || f.Published {
		t.Errorf("nothing but refused rows: %d", a.StatusCode)
	}
	if _, a := h.file("rival", "pilots/check", "id,name\np1,x\n"); a.StatusCode != 200 || !strings.Contains(string(a.raw), "belongs_to_others") || strings.Contains(string(a.raw), "李四") {
		t.Errorf("others' pilot: %s", a.raw)
	}
}

func TestImportCompanies(t *testing.T) {
	h := newHouse(t)
	f, _ := h.file("county", "companies/check", "编号,名称,英文名称,区划代码,联系电话,统一社会信用代码\nwings,翼航,Wings,,137,\nnew,新,New,421281,,91350100M000100Y43\nfar,远,Far,421202,,\n"+
		"blades,桨,B,421281,,\nchibi,赤,C,421281,,\nnone,无,N,999999,,\n")
	const want = "2 wings changed name_zh,contact_phone\n3 new new \n4 far refused jurisdiction_id:jurisdiction_not_owned \n5 blades refused id:belongs_to_others \n" +
		"6 chibi refused id:not_a_company \n7 none refused jurisdiction_id:jurisdiction_unknown \n"
	if brief(f) != want {
		t.Errorf("%s", brief(f))
	}
	f, a := h.file("county", "companies/import", "id,name_zh,name_en,contact_phone\nwings,翼航,Wings,137\nnew,新,New,\n")
	if o := h.people.organisations; a.StatusCode != 200 || o["wings"].Name.ZH != "翼航" || o["wings"].ContactPhone != "sealed.137" || o["new"].Jurisdiction != "421281" || o["new"].Kind != lowsky.Company || h.registry.saves != 1 {
		t.Errorf("%s %+v", a.raw, o)
	}
	f, _ = h.file("company", "companies/check", "id,name_zh,credit_code\nwings,翼翼,91350100M000100Y43\nmine,我,\n")
	if got := brief(f); !strings.Contains(got, "2 wings refused") || !strings.Contains(got, "3 mine refused") {
		t.Errorf("%s", got)
	}
}

// What is exported is the same when it comes back, whatever the kind, the format and the language; and without a number.
func TestExportComesBack(t *testing.T) {
	h := newHouse(t)
	h.people.organisations["wings"] = lowsky.Organisation{ID: "wings", Kind: lowsky.Company, Name: lowsky.Text{ZH: "=翼", EN: "-W"}, Jurisdiction: "421281", ContactPhone: "sealed.139"}
	for _, kind := range []string{"aircraft", "pilots", "companies", "sites"} {
		for _, format := range []string{"csv", "xlsx"} {
			for _, lang := range []string{"zh", "en"} {
				a := h.want(200, "GET", "/api/v1/registers/"+kind+"/export?format="+format, "", "Accept-Language", lang)
				if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="lowsky-`+kind+`-export-`) || !strings.HasSuffix(d, "."+format+`"`) {
					t.Errorf("%s", d)
				}
				f, b := h.file("admin", kind+"/check", string(a.raw))
				if b.StatusCode != 200 || f.Counts.Same != len(f.Rows) || len(f.Rows) == 0 {
					t.Errorf("%s %s %s: %s", kind, format, lang, b.raw)
				}
			}
		}
	}
	if raw := h.ask("company", "GET", "/api/v1/registers/companies/export", "").raw; bytes.Contains(raw, []byte("blades")) || !bytes.Contains(raw, []byte("wings")) {
		t.Errorf("a company exports %s", raw)
	}
}

func TestHostileFiles(t *testing.T) {
	h := newHouse(t)
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("编号,联系人\nw1,王五\n")
	if f, a := h.file("company", "aircraft/import", gb); a.StatusCode != 200 || f.Counts.New != 1 || h.registered("w1").ContactName != "王五" {
		t.Errorf("GB18030: %s", a.raw)
	}
	for body, want := range map[string]string{
		"id\n" + strings.Repeat("a\n", 1_000_000): "20000", "id,weapon\na,b\n": "“weapon”", "": "", "id\n": "no rows",
		"PK\x03\x04not a workbook": "XLSX", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1": "password",
	} {
		a := h.ask("company", "POST", "/api/v1/registers/aircraft/import", body, "Content-Type", "application/octet-stream", "Accept-Language", "en")
		if p := a.json(t); a.StatusCode != 422 && body != "" || !strings.Contains(fmt.Sprint(p["detail"]), want) {
			t.Errorf("%.20q: %d %s", body, a.StatusCode, a.raw)
		}
	}
	a := h.ask("company", "POST", "/api/v1/registers/aircraft/import", strings.Repeat("x", 17<<20), "Content-Type", "application/octet-stream")
	if a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("17 MB: %d %s", a.StatusCode, a.raw)
	}
	f, _ := h.file("company", "pilots/check", "id,name,phone\np9,=cmd|' /C calc'!A0,+86 139\np8,@SUM(A1),=1\n")
	if got := brief(f); got != "2 p9 refused name:formula_text \n3 p8 refused name:formula_text phone:formula_text \n" {
		t.Errorf("formulas: %s", got)
	}
	for _, path := range []string{"drones/check", "aircraft/import?without_refused=perhaps"} {
		if a := h.ask("admin", "POST", "/api/v1/registers/"+path, "id\na\n", "Content-Type", "application/octet-stream"); a.StatusCode != 422 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	// However many problems there are, the answer stays small.
	f, a = h.file("company", "aircraft/check", "id,class,scenario\n"+strings.Repeat("a b,x,y\n", 19_000))
	if len(f.Rows) != 19_000 || f.Rows[18_999].Problems[0].Code != "too_many_problems" || len(a.raw) > 8<<20 {
		t.Errorf("%d rows, %d bytes", len(f.Rows), len(a.raw))
	}
}

// Two imports at once: one is told to wait, or they go one after the other; never both at once.
func TestTwoImports(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for i := range 8 {
		wg.Go(func() {
			a := h.ask("company", "POST", "/api/v1/registers/aircraft/import", fmt.Sprintf("id,serial\nw%d,SAME\n", i), "Content-Type", "application/octet-stream")
			mu.Lock()
			statuses[a.StatusCode]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if statuses[200] != 1 || statuses[200]+statuses[422]+statuses[503] != 8 {
		t.Errorf("%v", statuses)
	}
	if n := len(h.board.Aircraft(principal("company").Scope)); n != 1 {
		t.Errorf("%d aircraft with one serial", n)
	}
}

func TestEveryCodeIsTold(t *testing.T) {
	for _, code := range []string{"belongs_to_others", "organisation_unknown", "organisation_not_owned", "alias_taken", "jurisdiction_unknown", "jurisdiction_not_owned", "not_a_company", "too_many_problems"} {
		if s := roster.Say(code); s.EN == code {
			t.Errorf("%s has no words", code)
		}
	}
}
