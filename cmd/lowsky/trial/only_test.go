package trial

import (
	"testing"
	"time"

	"lowsky"
)

// TestOnlyWhatIsExpected: where a file says that nothing may come besides what it expects, nothing does, not even where the
// truth could not tell: the score counts such an alert as nuisance, and lets it pass.
func TestOnlyWhatIsExpected(t *testing.T) {
	flown := 0
	for _, f := range Shipped() {
		for _, seed := range seedsUpTo(5) {
			s, err := f.Load(lowsky.Some(seed))
			if err != nil {
				t.Fatal(err)
			}
			if !s.Only {
				continue
			}
			flown++
			newest := map[lowsky.AlertID]lowsky.Alert{}
			_, err = Fly(t.Context(), s, Options{Alert: func(_ time.Duration, a *lowsky.Alert) { newest[a.ID] = *a }})
			if err != nil {
				t.Fatal(err)
			}
			var fired []lowsky.Alert
			for _, a := range newest {
				if !a.FiredAt.IsZero() {
					fired = append(fired, a)
				}
			}
			if r := s.Check(s.Start, s.Duration, fired); !r.OK() {
				t.Errorf("%s, seed %d: %s", f.Name, seed, r)
			}
		}
	}
	if flown == 0 {
		t.Error("no file says so")
	}
}
