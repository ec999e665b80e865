package scenarios

import (
	"io/fs"
	"strings"
	"testing"
)

func TestSources(t *testing.T) {
	packs, err := Packs()
	if err != nil {
		t.Fatal(err)
	}
	texts, err := Sources()
	if err != nil || len(texts) != len(packs) {
		t.Fatalf("%d texts of %d packs, %v", len(texts), len(packs), err)
	}
	for i, b := range texts {
		if p, err := Compile(b); err != nil || p.PackRef != packs[i].PackRef {
			t.Errorf("text %d is not that of pack %s: %v", i, packs[i].ID, err)
		}
	}
}

func TestFlights(t *testing.T) {
	files, err := fs.Glob(Flights(), "*/flights/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for _, f := range files {
		if !strings.Contains(f, "/_") {
			whole++
		}
	}
	if whole < 40 {
		t.Errorf("%d scenario files, at least 40 are promised", whole)
	}
}
