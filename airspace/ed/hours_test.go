package ed

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lowsky"
)

func value(t testing.TB, doc string) Value {
	t.Helper()
	v, err := Document([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func periods(t testing.TB, doc string) ([]lowsky.Period, bool, *Notes) {
	t.Helper()
	o, err := value(t, doc).Object()
	if err != nil {
		t.Fatal(err)
	}
	n := &Notes{}
	p, bounded := TimePeriod(o, n)
	return p, bounded, n
}

func codes(n *Notes) string {
	var all []string
	for _, m := range n.list {
		all = append(all, m.Code)
	}
	return strings.Join(all, " ")
}

func minute(m int) lowsky.Opt[int] { return lowsky.Some(m) }

func TestTimePeriod(t *testing.T) {
	const sat, sun, mon = time.Saturday, time.Sunday, time.Monday
	for _, c := range []struct {
		name, doc string
		want      lowsky.Period
		bounded   bool
		codes     string
	}{
		{"nothing", `{}`, lowsky.Period{}, false, ""},
		{"whole day, every day", `{"schedule":[{"day":["ANY"],"startTime":"00:00:00Z","endTime":"23:59:59Z"}]}`, lowsky.Period{}, false, ""},
		{"no day is every day", `{"schedule":[{"startTime":"00:00Z","endTime":"04:00Z"}]}`, lowsky.Period{Start: minute(480), End: minute(720)}, true, ""},
		{"an empty list of days is every day", `{"schedule":[{"day":[],"startTime":"00:00Z","endTime":"04:00Z"}]}`, lowsky.Period{Start: minute(480), End: minute(720)}, true, ""},
		{"a day of UTC begins at eight", `{"schedule":[{"day":["SAT"]}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(480), End: minute(480)}, true, ""},
		{"long form", `{"schedule":[{"day":["SAT"],"startTime":"01:00:00.00Z","endTime":"03:30:00.00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(540), End: minute(690)}, true, ""},
		{"start after 16:00 is the next day here", `{"schedule":[{"day":["SAT","SUN"],"startTime":"17:00:00.00Z","endTime":"23:59:59.00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sun, mon}, Start: minute(60), End: minute(480)}, true, ""},
		{"16:00 is midnight here", `{"schedule":[{"day":["SAT"],"startTime":"16:00Z","endTime":"17:00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sun}, Start: minute(0), End: minute(60)}, true, ""},
		{"until midnight here", `{"schedule":[{"day":["SAT"],"startTime":"10:00Z","endTime":"16:00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(1080), End: minute(1440)}, true, ""},
		{"over midnight of UTC", `{"schedule":[{"day":["SAT"],"startTime":"22:00Z","endTime":"02:00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sun}, Start: minute(360), End: minute(600)}, true, ""},
		{"over midnight of here", `{"schedule":[{"day":["SAT"],"startTime":"15:00Z","endTime":"17:00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(1380), End: minute(60)}, true, ""},
		{"equal times are a whole day", `{"schedule":[{"day":["SAT"],"startTime":"00:00:00Z","endTime":"00:00:00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(480), End: minute(480)}, true, ""},
		{"offset", `{"schedule":[{"day":["MON"],"startTime":"01:00:00+02:00","endTime":"03:00:00+02:00"}]}`, lowsky.Period{Weekdays: []time.Weekday{mon}, Start: minute(420), End: minute(540)}, true, ""},
		{"seconds widen", `{"schedule":[{"startTime":"01:00:30Z","endTime":"02:00:30Z"}]}`, lowsky.Period{Start: minute(540), End: minute(601)}, true, "time_rounded time_rounded"},
		{"the last minute is the end of the day", `{"schedule":[{"startTime":"01:00Z","endTime":"23:59Z"}]}`, lowsky.Period{Start: minute(540), End: minute(480)}, true, ""},
		{"CIS: dailyPeriod", `{"dailyPeriod":{"day":"SAT","startTime":"01:00Z","endTime":"02:00Z"}}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(540), End: minute(600)}, true, ""},
		{"unreadable time", `{"schedule":[{"day":["SAT"],"startTime":"early","endTime":"02:00Z"}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, Start: minute(480), End: minute(600)}, true, "time_unreadable"},
		{"unknown day", `{"schedule":[{"day":["HOL","SAT"],"startTime":"01:00Z","endTime":"02:00Z"}]}`, lowsky.Period{Start: minute(540), End: minute(600)}, true, "day_unknown"},
		{"all seven days", `{"schedule":[{"day":["MON","TUE","WED","THU","FRI","SAT","SUN"]}]}`, lowsky.Period{}, false, ""},
		{"sun", `{"schedule":[{"day":["SAT"],"startEvent":"SR","endEvent":"SS"}]}`, lowsky.Period{Weekdays: []time.Weekday{sat}, StartEvent: "SR", EndEvent: "SS"}, true, "day_event"},
		{"sun and clock", `{"schedule":[{"startEvent":"BMCT","endTime":"10:00:00Z"}]}`, lowsky.Period{StartEvent: "BMCT", End: minute(1080)}, true, "day_event"},
		{"unknown event", `{"schedule":[{"startEvent":"NOON"}]}`, lowsky.Period{}, false, "event_unknown"},
		{"dates", `{"startDateTime":"2026-06-15T09:00:00.50+02:00","endDateTime":"2027-01-01T00:00:00Z"}`,
			lowsky.Period{From: lowsky.Some(time.Date(2026, 6, 15, 7, 0, 0, 5e8, time.UTC)), Until: lowsky.Some(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))}, true, ""},
		{"short date", `{"startDateTime":"2026-06-15"}`, lowsky.Period{From: lowsky.Some(time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC))}, true, "instant_short"},
		{"no date", `{"startDateTime":"soon","endDateTime":12}`, lowsky.Period{}, false, "instant_unreadable instant_unreadable"},
		{"schedule is no list", `{"schedule":"daily"}`, lowsky.Period{}, false, "schedule_unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, bounded, n := periods(t, c.doc)
			if len(got) != 1 || bounded != c.bounded {
				t.Fatalf("got %d periods, bounded %v", len(got), bounded)
			}
			if d := cmp.Diff(c.want, got[0]); d != "" {
				t.Error(d)
			}
			if codes(n) != c.codes {
				t.Errorf("remarks %q, want %q", codes(n), c.codes)
			}
		})
	}
}

// TestShanghaiAgainstUTC holds the converted hours against the plain reading in UTC, minute by minute over nine days.
func TestShanghaiAgainstUTC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 6), func(i int) time.Weekday { return time.Weekday(i) }), 0, 6, rapid.ID[time.Weekday]).Draw(t, "days")
		start, end := rapid.IntRange(0, day-1).Draw(t, "start"), rapid.IntRange(1, day).Draw(t, "end")
		p, limited := Shanghai(lowsky.Period{}, days, start, end)
		on := func(d time.Weekday) bool { return len(days) == 0 || slices.Contains(days, d) }
		at := time.Date(2026, 11, 20, 0, 0, 30, 0, time.UTC)
		for range 9 * day {
			m := at.Hour()*60 + at.Minute()
			want := on(at.Weekday()) && m >= start && (m < end || end <= start) ||
				end <= start && m < end && on((at.Weekday()+6)%7)
			if got := p.ActiveAt(at); got != want {
				t.Fatalf("%v %d–%d at %s: %v, want %v (%+v)", days, start, end, at, got, want, p)
			}
			at = at.Add(time.Minute)
		}
		if limited {
			back, s, e := UTC(p)
			q, _ := Shanghai(lowsky.Period{}, back, s, e)
			if d := cmp.Diff(p, q, cmpopts.EquateEmpty()); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestHoursNever(t *testing.T) {
	for _, doc := range []string{
		`{"startDateTime":"2026-06-15T09:00:00Z","endDateTime":"2026-06-15T09:00:00Z"}`,
		`{"startDateTime":"2026-06-15T09:00:00Z","endDateTime":"2025-06-15T09:00:00Z"}`,
		// A Monday only, with hours on Saturdays.
		`{"startDateTime":"2026-11-23T00:00:00Z","endDateTime":"2026-11-24T00:00:00Z","schedule":[{"day":["SAT"],"startTime":"01:00Z","endTime":"02:00Z"}]}`,
	} {
		p, _, _ := periods(t, doc)
		if err := Hours("here", p); err == nil || !strings.HasPrefix(err.Error(), "here: ") {
			t.Errorf("%s: %v", doc, err)
		}
	}
	p, _, _ := periods(t, `{"startDateTime":"2026-11-23T00:00:00Z","endDateTime":"2026-11-24T00:00:00Z","schedule":[{"day":["MON"],"startTime":"01:00Z","endTime":"02:00Z"}]}`)
	if err := Hours("here", p); err != nil {
		t.Error(err)
	}
}

func TestSpans(t *testing.T) {
	from := lowsky.Some(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		name string
		a    lowsky.Applicability
		want string
	}{
		{"always", nil, `null`},
		{"one of several is always", lowsky.Applicability{{From: from}, {}}, `null`},
		{"all day of all days is always", lowsky.Applicability{{Start: minute(5), End: minute(5)}}, `null`},
		{"same dates together", lowsky.Applicability{{From: from, Start: minute(480), End: minute(540)}, {From: from, Weekdays: []time.Weekday{0}}},
			`[{"startDateTime":"2026-01-01T00:00:00Z","schedule":[{"day":["ANY"],"startTime":"00:00:00Z","endTime":"01:00:00Z"},{"day":["SAT"],"startTime":"16:00:00Z","endTime":"16:00:00Z"}]}]`},
		{"midnight of UTC", lowsky.Applicability{{Weekdays: []time.Weekday{1}, Start: minute(420), End: minute(480)}},
			`[{"schedule":[{"day":["SUN"],"startTime":"23:00:00Z","endTime":"23:59:59Z"}]}]`},
		{"events", lowsky.Applicability{{StartEvent: "SR", End: minute(600)}}, `[{"schedule":[{"day":["ANY"],"startEvent":"SR","endTime":"02:00:00Z"}]}]`},
	} {
		b, err := json.Marshal(Spans(c.a, "15:04:05Z"))
		if err != nil || string(b) != c.want {
			t.Errorf("%s: %s %v", c.name, b, err)
		}
	}
}
