package api

import (
	"strings"
	"testing"
)

// An aircraft's notices are read by whoever holds its secret: they say no more than its company reads.
func TestNoticesDoNotNameTheOther(t *testing.T) {
	for _, c := range []struct{ one, other string }{{"own-1", "FOREIGN-1"}, {"FOREIGN-1", "own-1"}, {"own-1", "traffic:FOREIGN-1"}} {
		b, _, a := pairing(t, c.one, c.other)
		id, text := b.Noticed("own-1", a)
		if id != b.redactor(company("post")).id(a) || id == a.ID {
			t.Errorf("%s: the id %s is not what the company calls it", a.Object.ID, id)
		}
		if strings.Contains(text.ZH+text.EN, "FOREIGN") || !strings.Contains(text.EN, "Name-own-1 and another aircraft") || !strings.Contains(text.ZH, "41 m") {
			t.Errorf("%s: %+v", a.Object.ID, text)
		}
	}
	b, _, a := pairing(t, "own-1", "own-2")
	if id, text := b.Noticed("own-1", a); id == a.ID || text != a.Text {
		t.Errorf("both its own: %s %+v", id, text)
	}
	// Nobody registered them: they may be anybody's.
	stray := *a
	stray.Object.ID = "FOREIGN-8+stray-9"
	if _, text := b.Noticed("stray-9", &stray); strings.Contains(text.ZH+text.EN, "own-") || strings.Contains(text.EN, "FOREIGN") || !strings.HasPrefix(text.EN, "stray-9 and another aircraft") {
		t.Errorf("nobody's: %+v", text)
	}
	one := firing("x", "own-1", 1)
	if id, text := b.Noticed("own-1", one); id != "x" || text != one.Text {
		t.Errorf("of one aircraft: %s %+v", id, text)
	}
}
