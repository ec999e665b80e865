package ed

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

const day = 24 * 60 // minutes

// shift is how far the wall clock of Asia/Shanghai, in which a Period counts, is ahead of UTC, in which both formats do.
const shift = 8 * 60

var dayNames = [7]string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"} // by time.Weekday

// TimePeriod reads startDateTime, endDateTime and the schedule (dailyPeriod in the CIS variant) of one entry of an
// applicability: one Period for every row of the schedule. bounded is false where it bounds nothing, so that it is always.
func TimePeriod(o *Object, n *Notes) (periods []lowsky.Period, bounded bool) {
	base := lowsky.Period{
		From:  n.Instant(o.Take("startDateTime")),
		Until: n.Instant(o.Take("endDateTime")),
	}
	bounded = base.From.OK || base.Until.OK
	schedule := o.Take("schedule", "dailyPeriod")
	if schedule.IsObject() {
		schedule = Value{raw: slices.Concat([]byte{'['}, schedule.raw, []byte{']'}), Place: schedule.Place}
	}
	if schedule.Present() && !schedule.IsArray() {
		n.Repair(schedule.Place, "schedule_unreadable", "is no list: read as every hour")
	}
	for _, v := range schedule.Elements() {
		row, err := v.Object()
		if err != nil {
			n.Repair(v.Place, "schedule_unreadable", "cannot be read: read as every hour")
			periods = append(periods, base)
			continue
		}
		p, limited := n.daily(row, base)
		bounded = bounded || limited
		periods = append(periods, p)
		n.Unknown(row, "schedule.")
		if len(periods) > airspace.MaxPeriods {
			break // refused by Hours
		}
	}
	if len(periods) == 0 {
		periods = append(periods, base)
	}
	return periods, bounded
}

// Instant reads a date and time. What cannot be read bounds nothing.
func (n *Notes) Instant(v Value) lowsky.Opt[time.Time] {
	if !v.Present() {
		return lowsky.Opt[time.Time]{}
	}
	s, _ := v.Text()
	s = strings.TrimSpace(s)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		for _, layout := range []string{"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02"} {
			if t, err = time.Parse(layout, s); err == nil {
				n.Repair(v.Place, "instant_short", "is %.40q, no full date and time with its zone: read as %s", s, t.UTC().Format(time.RFC3339))
				break
			}
		}
	}
	if t = t.UTC(); err != nil || t.Year() < 1 || t.Year() > 9998 || t.IsZero() {
		n.Repair(v.Place, "instant_unreadable", "is %.40q, no date and time: read as no bound", s)
		return lowsky.Opt[time.Time]{}
	}
	return lowsky.Some(t)
}

// daily reads one row of a schedule. limited is false where it is every hour of every day.
func (n *Notes) daily(row *Object, p lowsky.Period) (_ lowsky.Period, limited bool) {
	days := n.weekdays(row.Take("day", "days"))
	start, carry := n.clock(row.Take("startTime"), false)
	end, _ := n.clock(row.Take("endTime"), true)
	days = turned(days, carry)
	p.StartEvent, p.EndEvent = n.event(row.Take("startEvent")), n.event(row.Take("endEvent"))
	if p.StartEvent != "" || p.EndEvent != "" {
		n.Note(row.Place, "day_event", "begins or ends with the sun (%s–%s): judged as every hour until that is computed", p.StartEvent, p.EndEvent)
		p.Weekdays = days
		if start.OK {
			p.Start = lowsky.Some((start.Value + shift) % day)
		}
		if end.OK {
			p.End = lowsky.Some((end.Value + shift) % day)
		}
		return p, true
	}
	if !start.OK && !end.OK {
		start, end = lowsky.Some(0), lowsky.Some(day)
	}
	return Shanghai(p, days, start.Or(0), end.Or(day))
}

// Shanghai gives p the hours from start to end, in minutes of the UTC day, on the days (none: all) on which they start:
// end at or before start is on the next day. limited is false where that is always.
func Shanghai(p lowsky.Period, days []time.Weekday, start, end int) (_ lowsky.Period, limited bool) {
	length := end - start
	if length <= 0 {
		length += day
	}
	if length >= day && len(days) == 0 {
		return p, false
	}
	carry := 0
	if start += shift; start >= day {
		start -= day
		carry = 1
	}
	days = turned(days, carry)
	if end = start + length; end > day {
		end -= day
	}
	p.Weekdays, p.Start, p.End = days, lowsky.Some(start), lowsky.Some(end)
	return p, true
}

// UTC is the inverse of [Shanghai] for a period with hours or weekdays and without events: from start (0 … 1439) to end
// (1 … 1440) of the UTC day, end at or before start on the next day.
func UTC(p lowsky.Period) (days []time.Weekday, start, end int) {
	start, end = p.Start.Or(0), p.End.Or(day)
	length := end - start
	if length <= 0 {
		length += day
	}
	carry := 0
	if start -= shift; start < 0 {
		start += day
		carry = -1
	}
	days = turned(p.Weekdays, carry)
	if end = start + length; end > day {
		end -= day
	}
	return days, start, end
}

// turned moves days of the week by some; all seven are none, which is every day.
func turned(days []time.Weekday, by int) []time.Weekday {
	var out []time.Weekday
	for _, d := range days {
		if d = time.Weekday(((int(d)+by)%7 + 7) % 7); !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	if len(out) == 7 {
		return nil
	}
	slices.Sort(out)
	return out
}

// weekdays answers nil for every day.
func (n *Notes) weekdays(v Value) []time.Weekday {
	var days []time.Weekday
	read := func(v Value) bool {
		s, _ := v.Text()
		s = strings.ToUpper(strings.TrimSpace(s))
		if s == "ANY" || s == "ALL" {
			return false
		}
		for i, name := range dayNames {
			if s == name || len(s) > 3 && strings.HasPrefix(strings.ToUpper(time.Weekday(i).String()), s) {
				if !slices.Contains(days, time.Weekday(i)) {
					days = append(days, time.Weekday(i))
				}
				return true
			}
		}
		n.Repair(v.Place, "day_unknown", "is %.20q, no day of the week: read as every day", s)
		return false
	}
	if v.IsText() && !read(v) {
		return nil
	}
	for _, e := range v.Elements() {
		if !read(e) {
			return nil
		}
	}
	if len(days) == 7 {
		return nil
	}
	slices.Sort(days)
	return days
}

func (n *Notes) event(v Value) lowsky.DayEvent {
	if !v.Present() {
		return ""
	}
	s, _ := v.Text()
	switch e := lowsky.DayEvent(strings.ToUpper(strings.TrimSpace(s))); e {
	case lowsky.MorningTwilight, lowsky.Sunrise, lowsky.Sunset, lowsky.EveningTwilight:
		return e
	}
	n.Repair(v.Place, "event_unknown", "is %.20q, no event of the day: read as every hour", s)
	return ""
}

// clock reads a time of day as minutes of the UTC day: hh:mm, hh:mm:ss or hh:mm:ss.ff, with Z, with an offset, or with
// neither, which counts as Z. Seconds widen: a start goes down to its minute, an end up, and 23:59 ends with the day.
// carry is by how many days the offset moves the time.
func (n *Notes) clock(v Value, up bool) (_ lowsky.Opt[int], carry int) {
	if !v.Present() {
		return lowsky.Opt[int]{}, 0
	}
	s, _ := v.Text()
	minutes, seconds, carry, ok := parseClock(strings.TrimSpace(s))
	if !ok {
		n.Repair(v.Place, "time_unreadable", "is %.40q, no time of day: read as the %s of the day", s, map[bool]string{false: "begin", true: "end"}[up])
		return lowsky.Opt[int]{}, 0
	}
	if up && (seconds > 0 || minutes == day-1) {
		minutes++
	}
	if seconds > 0 && seconds < 59 || seconds >= 59 && !up {
		n.Note(v.Place, "time_rounded", "is %s: hours are kept in whole minutes, so the zone applies a little longer", s)
	}
	if minutes > day || minutes == day && !up {
		minutes -= day
	}
	return lowsky.Some(minutes), carry
}

func parseClock(s string) (minutes int, seconds float64, carry int, ok bool) {
	if len(s) < 5 || s[2] != ':' {
		return 0, 0, 0, false
	}
	number := func(s string, max int) int {
		v, err := strconv.Atoi(s)
		if err != nil || v < 0 || v > max || s[0] < '0' || s[0] > '9' {
			ok = false
		}
		return v
	}
	ok = true
	minutes = number(s[:2], 24)*60 + number(s[3:5], 59)
	rest := s[5:]
	if strings.HasPrefix(rest, ":") {
		end := 1
		for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || rest[end] == '.') {
			end++
		}
		v, err := strconv.ParseFloat(rest[1:end], 64)
		ok = ok && err == nil && v < 61
		seconds, rest = v, rest[end:]
	}
	switch {
	case rest == "" || rest == "Z" || rest == "z":
	case (rest[0] == '+' || rest[0] == '-') && len(rest) == 6 && rest[3] == ':':
		off := number(rest[1:3], 14)*60 + number(rest[4:6], 59)
		if rest[0] == '+' {
			off = -off
		}
		if minutes += off; minutes < 0 {
			minutes, carry = minutes+day, -1
		} else if minutes >= day && off > 0 {
			minutes, carry = minutes-day, 1
		}
	default:
		ok = false
	}
	return minutes, seconds, carry, ok && minutes <= day && (minutes < day || seconds == 0)
}

// Hours refuses an applicability by which a zone never applies, or that has too many periods.
func Hours(place string, a lowsky.Applicability) error {
	probe := &lowsky.Zone{ID: "hours", Name: lowsky.Text{ZH: "hours", EN: "hours"}, Applicability: a, Geometry: lowsky.Geometry{Centre: orb.Point{114, 30}, Radius: 1}}
	if err := airspace.Validate(probe); err != nil {
		return Refuse(place, "never_applies", "%v", err)
	}
	return nil
}

// Row is one row of a schedule on its way out.
type Row struct {
	Day        []string        `json:"day"`
	StartTime  string          `json:"startTime,omitempty"`
	StartEvent lowsky.DayEvent `json:"startEvent,omitempty"`
	EndTime    string          `json:"endTime,omitempty"`
	EndEvent   lowsky.DayEvent `json:"endEvent,omitempty"`
}

// Span is one entry of an applicability on its way out.
type Span struct {
	Start     string `json:"startDateTime,omitempty"`
	End       string `json:"endDateTime,omitempty"`
	Permanent string `json:"permanent,omitempty"` // of ED-269
	Schedule  []Row  `json:"schedule,omitempty"`
}

// Spans writes an applicability with times of the day in layout ("15:04:05Z"), consecutive periods of the same dates in one
// entry. It is nil for what is always.
func Spans(a lowsky.Applicability, layout string) []Span {
	var out []Span
	for i, p := range a {
		s := Span{Start: date(p.From), End: date(p.Until)}
		days, start, end := UTC(p)
		scheduled := len(days) > 0 || (end-start)%day != 0 || p.StartEvent != "" || p.EndEvent != ""
		if !scheduled && s.Start == "" && s.End == "" {
			return nil // one of several that is always: so are all together
		}
		if scheduled {
			s.Schedule = []Row{row(p, layout)}
		}
		if last := len(out) - 1; i > 0 && scheduled && len(out[last].Schedule) > 0 && out[last].Start == s.Start && out[last].End == s.End {
			out[last].Schedule = append(out[last].Schedule, s.Schedule...)
			continue
		}
		out = append(out, s)
	}
	return out
}

func date(t lowsky.Opt[time.Time]) string {
	if !t.OK {
		return ""
	}
	return t.Value.UTC().Format(time.RFC3339Nano)
}

func row(p lowsky.Period, layout string) Row {
	r := Row{StartEvent: p.StartEvent, EndEvent: p.EndEvent}
	days, start, end := UTC(p)
	if p.StartEvent != "" || p.EndEvent != "" {
		days = turned(p.Weekdays, 0)
	}
	for _, d := range days {
		r.Day = append(r.Day, dayNames[d])
	}
	if len(days) == 0 {
		r.Day = []string{"ANY"}
	}
	text := func(minutes int) string {
		if minutes == day { // 24:00 is no time of day; the published files end their days so
			return time.Date(2000, 1, 1, 23, 59, 59, 0, time.UTC).Format(layout)
		}
		return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format(layout)
	}
	if r.StartEvent == "" {
		r.StartTime = text(start)
	}
	if r.EndEvent == "" {
		r.EndTime = text(end)
	}
	return r
}
