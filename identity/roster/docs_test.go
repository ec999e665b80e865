package roster

import (
	"os"
	"strings"
	"testing"
)

// docs/registers.md has a line for every column, and marks where it is.
func TestDocumentedColumns(t *testing.T) {
	page, err := os.ReadFile("../../docs/registers.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) > 7 {
			lines[strings.Trim(cells[1], " `")] = line
		}
	}
	documented(t, lines, 3, Aircraft)
	documented(t, lines, 4, Pilots)
	documented(t, lines, 5, Companies)
	documented(t, lines, 6, Sites)
}

func documented[T Entry](t *testing.T, lines map[string]string, at int, l *List[T]) {
	t.Helper()
	here := 0
	for _, c := range l.columns {
		cells := strings.Split(lines[c.key], "|")
		if len(cells) < 8 || strings.TrimSpace(cells[2]) != c.zh || strings.TrimSpace(cells[at]) == "" || strings.Contains(cells[at], "●") && !c.needed && c.key != "name_zh" {
			t.Errorf("%s %s (%s): %q", l.Kind, c.key, c.zh, lines[c.key])
		}
	}
	for key, line := range lines {
		if mark := strings.TrimSpace(strings.Split(line, "|")[at]); mark == "●" || mark == "○" {
			here++
		} else if mark != "" && !strings.HasPrefix(key, "column") && !strings.HasPrefix(mark, "-") {
			t.Errorf("%s: %q", key, mark)
		}
	}
	if here != len(l.columns) {
		t.Errorf("%s: %d columns are documented, there are %d", l.Kind, here, len(l.columns))
	}
}
