package truth

import (
	"testing"
	"time"

	"lowsky"
)

// 2026-10-15 is a Thursday.
func TestActiveAt(t *testing.T) {
	minute := func(h, m int) lowsky.Opt[int] { return lowsky.Some(h*60 + m) }
	night := lowsky.Period{Weekdays: []time.Weekday{time.Thursday}, Start: minute(22, 0), End: minute(6, 0)}
	day := lowsky.Period{Start: minute(8, 0), End: minute(18, 0)}
	for _, c := range []struct {
		name  string
		local string
		p     []lowsky.Period
		want  bool
	}{
		{"always", "2026-10-15 03:00", nil, true},
		{"at its beginning", "2026-10-15 08:00", []lowsky.Period{day}, true},
		{"at its end", "2026-10-15 18:00", []lowsky.Period{day}, false},
		{"in the night that begins on its day", "2026-10-16 05:59", []lowsky.Period{night}, true},
		{"in the night that began the day before", "2026-10-15 05:00", []lowsky.Period{night}, false},
		{"in the evening of its day", "2026-10-15 22:00", []lowsky.Period{night}, true},
		{"in the evening of another", "2026-10-16 23:00", []lowsky.Period{night}, false},
		{"on another weekday", "2026-10-16 12:00", []lowsky.Period{{Weekdays: []time.Weekday{time.Thursday}}}, false},
		{"in the second of two", "2026-10-15 09:00", []lowsky.Period{night, day}, true},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.local, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		z := &zone{Zone: &lowsky.Zone{Applicability: c.p}}
		if got := z.activeAt(at.UTC()); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
