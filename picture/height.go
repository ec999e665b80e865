package picture

import (
	"time"

	"lowsky"
	"lowsky/airspace"
)

// takeoffKept is how long an aircraft may not be heard and still be on the flight that its take-off point is known of.
const takeoffKept = 5 * time.Minute

// corrections are the configured ones by what they are about.
type corrections struct {
	source map[lowsky.SourceID]lowsky.HeightCorrection
	format map[lowsky.Format]lowsky.HeightCorrection
}

func correctionsOf(list []lowsky.HeightCorrection) corrections {
	c := corrections{map[lowsky.SourceID]lowsky.HeightCorrection{}, map[lowsky.Format]lowsky.HeightCorrection{}}
	for _, h := range list {
		if h.Source != "" {
			c.source[h.Source] = h
		} else {
			c.format[h.Format] = h
		}
	}
	return c
}

// corrected answers a position as reported with what the configuration knows about its source's heights.
func (e *Engine) corrected(s *source, f lowsky.Format, p lowsky.Position) lowsky.Position {
	if !p.AMSL.OK || len(e.corrections.source)+len(e.corrections.format) == 0 {
		return p
	}
	h, ok := lowsky.HeightCorrection{}, false
	if s != nil {
		h, ok = e.corrections.source[s.ID]
	}
	if !ok {
		h, ok = e.corrections.format[f]
	}
	if ok {
		p.AMSL.Value += h.Offset
		if h.Geoid != "" {
			p.AMSLGeoid = h.Geoid
		}
	}
	return p
}

// aboveEllipsoid answers the position's height above the ellipsoid, as reported or by the geoid.
func aboveEllipsoid(p *lowsky.Position) lowsky.Opt[lowsky.Metres] {
	if p.HAE.OK || !p.AMSL.OK {
		return p.HAE
	}
	c, why := airspace.Convert(lowsky.Altitude{Metres: p.AMSL.Value, Datum: lowsky.AMSL, Geoid: p.AMSLGeoid}, lowsky.Ellipsoid, *p, nil)
	return lowsky.Opt[lowsky.Metres]{Value: c.Altitude.Metres, OK: why == ""}
}

// takeoffIn answers the height of the take-off point that a report tells by itself: in so many words, as the difference
// of two heights in it, or, of one on the ground that knows nothing of its height above take-off, as its own height.
func takeoffIn(r *lowsky.TelemetryReport, p *lowsky.Position, ground bool) lowsky.Opt[lowsky.Metres] {
	if r.TakeoffHAE.OK {
		return r.TakeoffHAE
	}
	h := aboveEllipsoid(p)
	if !h.OK || !p.AboveTakeoff.OK && !ground {
		return lowsky.Opt[lowsky.Metres]{}
	}
	return lowsky.Some(h.Value - p.AboveTakeoff.Or(0))
}

// learnTakeoff takes the take-off point from a live report with a fix, if it tells it. p is its position, corrected, with
// nothing carried over from other reports.
func (t *track) learnTakeoff(a *arrival, p *lowsky.Position, ground bool) {
	join(&t.TakeoffHAE, takeoffIn(a.TelemetryReport, p, ground), a.observed)
}

// onGround takes the take-off point of the next flight from a report that shows the aircraft on the ground.
func (e *Engine) onGround(t *track, a *arrival) {
	if a.Position.OK && a.Position.Value.Check() == nil && !t.Unconfirmed {
		p := e.corrected(t.source, a.Format, a.Position.Value)
		t.learnTakeoff(a, &p, true)
	}
}

// takeoffOf answers the take-off point of a late report: as it tells, else the present flight's if it is of that.
func (t *track) takeoffOf(a *arrival, p *lowsky.Position) lowsky.Opt[lowsky.Metres] {
	if h := takeoffIn(a.TelemetryReport, p, false); h.OK {
		return h
	}
	if t.Airborne && !a.observed.Before(t.AirborneSince) {
		return t.TakeoffHAE.Known()
	}
	return lowsky.Opt[lowsky.Metres]{}
}
