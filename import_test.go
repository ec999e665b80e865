package lowsky_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports is the import table of the house (docs/ARCHITECTURE.md): what each folder may import of this module. A "*"
// may import anything; "x/*" means the folders below x. An entry for a folder covers the folders below it, unless they
// have an entry of their own. The standard library and third-party modules are free, but for root and airspace's orb.
var imports = map[string][]string{
	".":                {},
	"airspace":         {"."},
	"airspace/geojson": {".", "airspace"},
	// ed is what the two formats of EUROCAE share.
	"airspace/ed":    {".", "airspace"},
	"airspace/ed269": {".", "airspace", "airspace/ed", "airspace/ed/*"},
	"airspace/ed318": {".", "airspace", "airspace/ed", "airspace/ed/*"},
	// a placemark is a feature in other clothes: its properties are read and written by geojson.
	"airspace/kml":     {".", "airspace", "airspace/geojson"},
	"airspace/openair": {".", "airspace"},
	"airspace/terrain": {".", "airspace"},
	// exchange joins the formats: it reads and writes any of them with a declared CRS and reports what it did.
	"airspace/exchange": {".", "airspace", "airspace/*"},
	"ingest":            {".", "ingest/*"},
	"ingest/wire":       {"."},
	"ingest/native":     {".", "ingest/wire"},
	"ingest/dji":        {".", "ingest/wire"},
	"scenarios":         {".", "airspace", "scenarios/*"},
	"journal":           {"."},
	"picture":           {".", "airspace"},
	"plans":             {".", "airspace"},
	"regions":           {"."},
	"identity":          {"."},
	// lists of aircraft, pilots, companies and sites as CSV and XLSX: read by api and by the shell.
	"identity/roster": {"."},
	"store":           {".", "store", "store/*"},
	"api":             {".", "identity", "identity/*", "plans", "airspace", "airspace/*"},
	"web":             {},
	"simulator":       {".", "ingest/*", "simulator", "simulator/*"},
	"internal/lab":    {"*"},
	"cmd/lowsky":      {"*"},
}

// testImports is what test files of a folder may import besides: tests may look at more than the code.
var testImports = []string{"internal/lab", "store/storetest"}

func TestImportDirection(t *testing.T) {
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n != "." && (strings.HasPrefix(n, ".") || n == "node_modules" || n == "testdata" || n == "data") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		allowed, ok := rowFor(dir)
		if !ok {
			t.Errorf("%s: folder %s is not in the import table", path, dir)
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			if p != "lowsky" && !strings.HasPrefix(p, "lowsky/") {
				continue
			}
			target := strings.TrimPrefix(strings.TrimPrefix(p, "lowsky"), "/")
			if target == "" {
				target = "."
			}
			if target == dir || permits(allowed, target) {
				continue
			}
			if strings.HasSuffix(path, "_test.go") && (slices.Contains(testImports, target) || permits(allowed, target)) {
				continue
			}
			t.Errorf("%s imports %s, which the import table does not allow for %s", path, p, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rowFor finds the row of the folder, or of the nearest folder above it.
func rowFor(dir string) ([]string, bool) {
	for d := dir; ; d = filepath.ToSlash(filepath.Dir(d)) {
		if row, ok := imports[d]; ok && (d != "." || dir == ".") {
			return row, true
		}
		if d == "." {
			return nil, false
		}
	}
}

func permits(allowed []string, target string) bool {
	for _, a := range allowed {
		if a == "*" || a == target || strings.HasSuffix(a, "/*") && strings.HasPrefix(target, strings.TrimSuffix(a, "*")) {
			return true
		}
	}
	return false
}

// TestImportTableRefuses shows that the test can fail: the rows really refuse.
func TestImportTableRefuses(t *testing.T) {
	for _, c := range []struct {
		dir, target string
		want        bool
	}{
		{"picture", "airspace", true}, {"picture", "scenarios", false}, {"picture", "store", false}, {"picture", "api", false},
		{"simulator", "ingest/native", true}, {"simulator", "ingest", false}, {"simulator", "airspace", false},
		{"store", "picture", false}, {"api", "airspace/geojson", true}, {"web", ".", false}, {"cmd/lowsky", "store", true},
	} {
		row, ok := rowFor(c.dir)
		if !ok {
			t.Fatalf("no row for %s", c.dir)
		}
		if got := permits(row, c.target); got != c.want {
			t.Errorf("%s → %s: permitted %v, want %v", c.dir, c.target, got, c.want)
		}
	}
	if _, ok := rowFor("utils"); ok {
		t.Error("an unknown folder was accepted")
	}
}
