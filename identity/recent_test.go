package identity

import (
	"context"
	"testing"
	"time"
)

// What was being read while somebody said that it has changed is read again: it may be what was before.
func TestDoubtWhileReading(t *testing.T) {
	r := newRecent[string, int]()
	reads := 0
	read := func(context.Context, string) (int, error) {
		if reads++; reads == 1 {
			r.doubt()
		}
		return reads, nil
	}
	now := time.Now()
	for i, want := range []int{1, 2, 2} {
		if got, err := r.get(t.Context(), now, "x", read); err != nil || got != want {
			t.Errorf("%d: %d, %v; want %d", i, got, err, want)
		}
	}
}
