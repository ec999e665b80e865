package rules

import (
	"strings"
	"time"

	"lowsky"
)

// What rules read from a situation in more than one kind. A late report is judged by its own fields: the track is as
// it was, and may be minutes ahead of it.

// freshest is how old a joined field may be and still count as present: partial reports carry a field every few
// reports, so it is three learned intervals, at least 5 s.
func freshest(t *lowsky.Track) time.Duration { return max(5*time.Second, 3*t.Interval) }

// airborne says whether rules judge the aircraft at all.
func airborne(s *lowsky.Situation) bool {
	if s.Track == nil {
		return false
	}
	if s.Late && s.Report != nil {
		r := s.Report
		switch r.Status.Or(lowsky.StatusUnknown) {
		case lowsky.StatusAirborne, lowsky.StatusEmergency:
			return true
		case lowsky.StatusGround:
			return false
		}
		if r.GroundSpeed.Or(0) > 2 || r.Position.Value.AboveTakeoff.Or(0) > 5 {
			return true
		}
	}
	return s.Track.Airborne
}

// unjudgedPosition answers why the aircraft's position cannot be judged now; "" when it can. A position that is
// joined from older reports is judged again only while it is fresh: an old one is no new evidence that all is clear.
func unjudgedPosition(s *lowsky.Situation) lowsky.Reason {
	switch {
	case !s.Position.OK:
		return lowsky.ReasonNoPosition
	case s.Late:
		return ""
	case s.Track.Unconfirmed:
		return lowsky.ReasonJumpUnconfirmed
	case !s.Track.Position.Fresh(s.Now, freshest(s.Track)).OK:
		return lowsky.ReasonNoPosition
	}
	return ""
}

// reported answers a field of the report that is judged: the late report's own, else the track's while it is fresh.
func reported[T any](s *lowsky.Situation, own func(*lowsky.TelemetryReport) lowsky.Opt[T], joined *lowsky.Aged[T], fresh time.Duration) lowsky.Opt[T] {
	if s.Late && s.Report != nil {
		return own(s.Report)
	}
	return joined.Fresh(s.Now, fresh)
}

func ownGroundSpeed(r *lowsky.TelemetryReport) lowsky.Opt[lowsky.MetresPerSecond] {
	return r.GroundSpeed
}
func ownHorizontalAccuracy(r *lowsky.TelemetryReport) lowsky.Opt[lowsky.Metres] {
	return r.HorizontalAccuracy
}
func ownVerticalAccuracy(r *lowsky.TelemetryReport) lowsky.Opt[lowsky.Metres] {
	return r.VerticalAccuracy
}
func ownBattery(r *lowsky.TelemetryReport) lowsky.Opt[lowsky.Percent]    { return r.Battery }
func ownReturnNeed(r *lowsky.TelemetryReport) lowsky.Opt[lowsky.Percent] { return r.ReturnNeed }

// bounded answers the accuracy to judge with: what the device reports, but never below zero nor above cap, so that a
// device that reports a kilometre cannot hide; fallback where it reports none.
func bounded(reported lowsky.Opt[lowsky.Metres], fallback, cap lowsky.Metres) lowsky.Metres {
	if !reported.OK || !lowsky.Finite(reported.Value) || reported.Value < 0 {
		return fallback
	}
	return min(reported.Value, cap)
}

func horizontalAccuracy(s *lowsky.Situation, fallback, cap lowsky.Metres) lowsky.Metres {
	return bounded(reported(s, ownHorizontalAccuracy, &s.Track.HorizontalAccuracy, freshest(s.Track)), fallback, cap)
}

func verticalAccuracy(s *lowsky.Situation, fallback, cap lowsky.Metres) lowsky.Metres {
	return bounded(reported(s, ownVerticalAccuracy, &s.Track.VerticalAccuracy, freshest(s.Track)), fallback, cap)
}

// strict says whether nobody may enter the zone without an authorisation: prohibited, by authorisation, or a word that
// this version does not know, which counts as the strictest.
func strict(z *lowsky.Zone) bool {
	return z.Restriction != lowsky.NoRestriction && z.Restriction != lowsky.Conditional
}

// direct reports whether the source is the aircraft itself: there is then no gateway that could be down.
func direct(id lowsky.SourceID) bool { return strings.HasPrefix(string(id), "direct:") }

func some[F ~float64](v F) lowsky.Opt[float64] { return lowsky.Some(float64(v)) }

// The caveats a finding can carry, see Finding.Note.
const (
	noteFlatGround   = "flat_ground"
	noteClassUnknown = "class_unknown"
)
