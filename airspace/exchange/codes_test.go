package exchange

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sayers are the functions of the readers that take a code.
var sayers = []string{"Note", "Repair", "Refuse", "Remark", "note", "refuse", "repaired", "repair", "noted", "fail", "remark", "add", "refuseFor", "drop", "cannot"}

var codeShape = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// codesInSource finds the codes of remarks in the sources of the packages that make them: members Code of literals,
// constants whose name begins with code, and snake-case arguments of the sayers.
func codesInSource(t *testing.T) map[string]string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../repair.go", "../untangle.go", "../remarks.go", "../ed/*.go", "../ed269/*.go", "../ed318/*.go", "../geojson/*.go", "../kml/*.go", "../openair/*.go", "*.go", "../../api/zones_exchange.go"} {
		found, _ := filepath.Glob(pattern)
		files = append(files, found...)
	}
	out := map[string]string{}
	literal := func(e ast.Expr, file, prefix string, underscore bool) {
		l, ok := e.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return
		}
		s, _ := strconv.Unquote(l.Value)
		if codeShape.MatchString(s) && strings.HasPrefix(s, prefix) && (!underscore || strings.Contains(s, "_")) {
			out[s] = file
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && (k.Name == "Code" || k.Name == "code") {
					literal(n.Value, file, "", false)
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if strings.HasPrefix(strings.ToLower(name.Name), "code") && i < len(n.Values) {
						literal(n.Values[i], file, "", false)
					}
				}
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				prefix := ""
				if name == "Lost" || name == "Once" { // of writers, which also name the member
					prefix = "out_"
				}
				if prefix != "" || slices.Contains(sayers, name) {
					for _, a := range n.Args {
						literal(a, file, prefix, true)
					}
				}
			}
			return true
		})
	}
	return out
}

// Every code that a reader, a repair or the import can give has its meaning in both languages, and no other has.
func TestEveryCodeHasAMeaning(t *testing.T) {
	inSource := codesInSource(t)
	if len(inSource) < 100 {
		t.Errorf("only %d codes were found in the sources: how are remarks made now?", len(inSource))
	}
	for code, file := range inSource {
		if s := Say(code); s.ZH == "" || s.EN == "" {
			t.Errorf("%s: %s has no meaning in Codes", file, code)
		}
	}
	seen := map[string]bool{}
	for _, s := range Codes {
		if !codeShape.MatchString(s.Code) || seen[s.Code] || s.ZH == "" || s.EN == "" {
			t.Errorf("%+v", s)
		}
		seen[s.Code] = true
	}
	for _, p := range problems {
		if !seen[p.code] {
			t.Errorf("%s has no meaning in Codes", p.code)
		}
	}
}
