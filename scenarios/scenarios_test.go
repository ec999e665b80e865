package scenarios

import "testing"

func TestPacks(t *testing.T) {
	p, err := Packs()
	if err != nil {
		t.Fatal(err)
	}
	if len(p) != 7 || len(p[0].Rules) != 10 {
		t.Fatal(len(p), len(p[0].Rules))
	}
}
