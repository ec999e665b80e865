package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const zonesFile = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"good","name_zh":"甲","name_en":"A","restriction":"prohibited"},"geometry":{"type":"Polygon","coordinates":[[[114,29],[114.1,29],[114.1,29.1],[114,29.1]]]}},
{"type":"Feature","properties":{"id":"bow","name_zh":"乙","name_en":"B","restriction":"prohibited"},"geometry":{"type":"Polygon","coordinates":[[[114,29],[114.1,29.1],[114.1,29],[114,29.1],[114,29]]]}}]}`

func fileOf(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zones.geojson")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A dry run needs no server: the report names every zone, its repair or refusal, in both languages.
func TestImportDryRun(t *testing.T) {
	c := importCommand{DryRun: true, CRS: "wgs84", Format: "auto", Files: []string{fileOf(t, zonesFile)}}
	for lang, want := range map[string][]string{
		"zh": {"可采用    good", "甲 · A", "修复: 边界未闭合，已闭合", "features[0]: geometry.polygons[0][0]: was not closed", "拒绝      bow", "边界自相交或接触", "features[1].geometry.coordinates[0]: crosses itself", "未发布任何内容  read=2 accepted=1 repaired=1 refused=1"},
		"en": {"fit       good", "repaired: the outline was not closed: closed", "refused   bow", "nothing was published  read=2"},
	} {
		var out bytes.Buffer
		err := c.all(t.Context(), &out, lang)
		if !errors.Is(err, exitRefused) {
			t.Errorf("%v, want exit code %d", err, exitRefused)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, out.String())
			}
		}
	}
	c.Files = []string{fileOf(t, "nonsense")}
	if err := c.all(t.Context(), io.Discard, "en"); err == nil || errors.Is(err, exitRefused) {
		t.Errorf("nonsense: %v", err)
	}
	c.CRS = "utm"
	if err := c.all(t.Context(), io.Discard, "en"); err == nil || !strings.Contains(err.Error(), "crs") {
		t.Errorf("unknown system: %v", err)
	}
}

// Against a server it looks first, and publishes only what may be.
func TestImportThroughTheServer(t *testing.T) {
	var asked []string
	refused := "1"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, q.Get("dry_run"))
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(401)
			io.WriteString(w, `{"title":"Not signed in","status":401,"detail":"no"}`)
			return
		}
		if r.URL.Path != "/api/v1/zones/import" || q.Get("crs") != "gcj02" || q.Get("source") != "zones.geojson" || q.Get("superior") != "province" || len(body) != len(zonesFile) {
			t.Errorf("%s %d", r.URL, len(body))
		}
		published := "true"
		if q.Get("dry_run") == "true" {
			published = "false"
		}
		io.WriteString(w, `{"format":"geojson","crs":"gcj02","published":`+published+`,"counts":{"read":2,"accepted":1,"refused":`+refused+`,"new":1},
			"zones":{"features":[{"properties":{"id":"good","name_zh":"甲","name_en":"A","version":3,"import_change":"new"}}]},
			"remarks":[{"zone":"bow","place":"features[1]","kind":"refused","code":"ring_crosses_itself","problem":"crosses\u001b[2J itself"}]}`)
	}))
	defer srv.Close()
	c := importCommand{Server: srv.URL + "/", Token: "secret", CRS: "gcj02", Format: "auto", Superior: "province", Files: []string{fileOf(t, zonesFile)}}
	var out bytes.Buffer
	if err := c.all(t.Context(), &out, "en"); !errors.Is(err, exitRefused) || strings.Join(asked, " ") != "true" || !strings.Contains(out.String(), "nothing was published") || strings.Contains(out.String(), "\x1b") {
		t.Errorf("%v %v\n%s", err, asked, out.String())
	}
	asked, c.WithoutRefused = nil, true
	out.Reset()
	if err := c.all(t.Context(), &out, "en"); !errors.Is(err, exitRefused) || strings.Join(asked, " ") != "true false" || !strings.Contains(out.String(), "published  read=2") || !strings.Contains(out.String(), "v3") {
		t.Errorf("%v %v\n%s", err, asked, out.String())
	}
	refused = "0"
	if err := c.all(t.Context(), &out, "en"); err != nil {
		t.Errorf("nothing refused: %v", err)
	}
	c.Token = "wrong"
	if err := c.all(t.Context(), &out, "en"); err == nil || !strings.Contains(err.Error(), "401 Not signed in") {
		t.Errorf("%v", err)
	}
	c.Token = ""
	if err := c.all(t.Context(), &out, "en"); err == nil || !strings.Contains(err.Error(), "LOWSKY_TOKEN") {
		t.Errorf("%v", err)
	}
}

func TestLanguageOf(t *testing.T) {
	for _, c := range []struct{ all, lang, want string }{{"", "zh_CN.UTF-8", "zh"}, {"", "", "en"}, {"C", "zh_CN", "en"}, {"zh_TW", "C", "zh"}} {
		got := languageOf(func(n string) string { return map[string]string{"LC_ALL": c.all, "LANG": c.lang}[n] })
		if got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
