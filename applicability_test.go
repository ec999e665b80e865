package lowsky

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// The console decides by the same vectors (web/src/picture/applicability.test.ts).
func TestApplicabilityVectors(t *testing.T) {
	raw, err := os.ReadFile("docs/applicability.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name    string
		Periods Applicability
		Cases   []struct {
			At     time.Time
			Active bool
		}
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 10 {
		t.Fatalf("%d vectors, want 10 or more", len(vectors))
	}
	for _, v := range vectors {
		for _, c := range v.Cases {
			if got := v.Periods.ActiveAt(c.At); got != c.Active {
				t.Errorf("%s: active at %s is %v, want %v", v.Name, c.At.Format(time.RFC3339), got, c.Active)
			}
		}
	}
}
