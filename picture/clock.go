package picture

import (
	"time"

	"lowsky"
)

// What time means here; house rule "Time".
const (
	clockOff     = time.Hour        // further off than this a clock is implausible
	skewUsed     = 5 * time.Second  // a delay below this is age; above it is "clock or link n s"
	liveAge      = 15 * time.Second // older on arrival is late
	skewWindow   = 10 * time.Minute
	skewBuckets  = 10
	clockStep    = time.Second // measured_at that falls back by more may be a clock set back
	fastestGap   = 5 * time.Second
	startOf2020  = 1577836800 // Unix seconds
	unlearnt     = 5 * time.Second
	learnedAfter = 3 // gaps
)

// plausible reports whether a device's clock may be believed at all.
func plausible(measured, received time.Time) bool {
	if measured.IsZero() || measured.Unix() < startOf2020 {
		return false
	}
	d := received.Sub(measured)
	return d <= clockOff && d >= -clockOff
}

// skew estimates how far a source's clock is off: the smallest measured→received delay of the last ten minutes, kept in
// one-minute buckets. One-way, a late clock and a slow link look the same; age is never explained away beyond it.
type skew struct {
	least [skewBuckets]time.Duration
	at    [skewBuckets]int64 // the bucket's minute; 0 is empty
}

// add takes the delay of one report received at now.
func (s *skew) add(now time.Time, delay time.Duration) {
	minute := now.Unix() / int64(skewWindow/skewBuckets/time.Second)
	i := int(((minute % skewBuckets) + skewBuckets) % skewBuckets)
	if s.at[i] != minute || delay < s.least[i] {
		s.at[i], s.least[i] = minute, delay
	}
}

// reset forgets everything: the clock was set.
func (s *skew) reset() { *s = skew{} }

// value answers what to add to measured_at: the smallest delay where it is negative (the clock is ahead) or above 5 s.
func (s *skew) value(now time.Time) time.Duration {
	minute := now.Unix() / int64(skewWindow/skewBuckets/time.Second)
	var least time.Duration
	found := false
	for i, at := range s.at {
		if at == 0 || minute-at >= skewBuckets {
			continue
		}
		if !found || s.least[i] < least {
			least, found = s.least[i], true
		}
	}
	if found && (least < 0 || least > skewUsed) {
		return least
	}
	return 0
}

// stepDetector tells a clock that was set back from a report that was overtaken: after an overtaken report the next
// one is as new as ever; after a step the next one still is not.
type stepDetector struct {
	newest  time.Time // newest measured_at from this source
	stepped time.Time // measured_at of the suspected step; zero: none
	source  lowsky.SourceID
}

// back reports whether measured, which came from source, confirms that the clock was set back. A connection made anew is
// the same clock: a device that restarts with a wrong one must not be late for ten minutes.
func (d *stepDetector) back(measured time.Time, source lowsky.SourceID) bool {
	if d.source != source {
		*d = stepDetector{newest: measured, source: source}
		return false
	}
	if !measured.Before(d.newest.Add(-clockStep)) {
		if measured.After(d.newest) {
			d.newest = measured
		}
		d.stepped = time.Time{}
		return false
	}
	if !d.stepped.IsZero() && measured.After(d.stepped) {
		*d = stepDetector{newest: measured, source: source}
		return true
	}
	d.stepped = measured
	return false
}

// stuck finds a clock that stands: report after report, of different content, with one measured_at. By it an aircraft
// that reports well would soon be too old to be live, for an hour.
type stuck struct {
	at, since time.Time
	n         int
}

const stuckReports = 5

// stands takes the measured_at of a report and says whether the clock is not to be believed.
func (s *stuck) stands(now, measured time.Time) bool {
	if !measured.Equal(s.at) {
		*s = stuck{at: measured, since: now, n: 1}
		return false
	}
	s.n++
	return s.n >= stuckReports && now.Sub(s.since) > lagTime
}

// lag finds the one aircraft behind a gateway whose own clock is behind: its delay is the same report after report, where
// a backlog that drains comes ever sooner. Without it such an aircraft would never be live, however well it reports.
type lag struct {
	n           int
	since       time.Time
	least, most time.Duration
}

const (
	lagReports = 5
	lagTime    = 10 * time.Second
)

// settle takes the delay of a report that is too old by the source's estimate off, and answers what to correct by.
func (l *lag) settle(now time.Time, delay, off time.Duration) time.Duration {
	if l.n == 0 || delay > l.least+skewUsed || delay < l.most-skewUsed {
		*l = lag{n: 1, since: now, least: delay, most: delay}
		return off
	}
	l.n++
	l.least, l.most = min(l.least, delay), max(l.most, delay)
	if l.n < lagReports || now.Sub(l.since) < lagTime {
		return off
	}
	return l.least
}

// timely ends it when a report is live by the source's own estimate.
func (l *lag) timely(age time.Duration) {
	if age <= liveAge {
		l.n = 0
	}
}

// writable answers t in UTC, or zero where it is no date that JSON can hold.
func writable(t time.Time) time.Time {
	if y := t.Year(); t.IsZero() || y < 1 || y > 9999 {
		return time.Time{}
	}
	return t.UTC().Round(0)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// interval learns how often an aircraft reports: the median of its last ten gaps.
type interval struct {
	gaps [10]time.Duration
	n    int // gaps seen, all time
}

func (v *interval) add(gap time.Duration) (median time.Duration, learned bool) {
	v.gaps[v.n%len(v.gaps)] = gap
	v.n++
	if v.n < learnedAfter {
		return unlearnt, false
	}
	var sorted [10]time.Duration
	k := min(v.n, len(v.gaps))
	for i, g := range v.gaps[:k] {
		j := i
		for j > 0 && sorted[j-1] > g {
			sorted[j] = sorted[j-1]
			j--
		}
		sorted[j] = g
	}
	if k%2 == 1 {
		return sorted[k/2], true
	}
	return (sorted[k/2-1] + sorted[k/2]) / 2, true
}

// patience is how far apart two reports of a track may be and still count as consecutive.
func patience(t *lowsky.Track) time.Duration { return max(fastestGap, 3*t.Interval) }
