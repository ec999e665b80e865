package truth

import (
	"fmt"
	"time"

	"lowsky"
)

// zone is a zone of the scenario made ready.
type zone struct {
	*lowsky.Zone
	subject lowsky.Subject
	strict  bool    // nobody may be in it without leave
	band    float64 // within which an aircraft is told that it is near; below 0 none
	volumes []volume
}

type volume struct {
	area   *area
	limits []limit
}

func newZone(z *lowsky.Zone) (*zone, error) {
	out := &zone{
		Zone: z, subject: lowsky.Subject{Kind: lowsky.ObjectZone, ID: string(z.ID)}, band: -1,
		strict: z.Restriction != lowsky.NoRestriction && z.Restriction != lowsky.Conditional,
	}
	if z.WarningBand.OK {
		out.band = float64(z.WarningBand.Value)
	}
	add := func(v lowsky.Volume3D) error {
		g := v.Geometry
		if !g.IsCircle() && !g.IsCorridor() && (len(g.Polygons) == 0 || len(g.Polygons[0]) == 0 || len(g.Polygons[0][0]) < 3) ||
			g.IsCorridor() && len(g.Line) == 0 {
			return fmt.Errorf("zone %s: %w", z.ID, &lowsky.InvalidError{Field: "geometry", Problem: "has no area"})
		}
		made := volume{area: newArea(g, float64(z.Buffer.Or(0)))}
		if l, ok := newLimit(v.Floor, +1); ok {
			made.limits = append(made.limits, l)
		}
		if l, ok := newLimit(v.Ceiling, -1); ok {
			made.limits = append(made.limits, l)
		}
		out.volumes = append(out.volumes, made)
		return nil
	}
	if err := add(lowsky.Volume3D{Geometry: z.Geometry, Floor: z.Floor, Ceiling: z.Ceiling}); err != nil {
		return nil, err
	}
	for _, v := range z.Further {
		if err := add(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// exempts reports whether the aircraft may be inside.
func (z *zone) exempts(c *craft, plan string) bool {
	if c.entry == nil {
		return false
	}
	for _, x := range z.Exemptions {
		if x != (lowsky.Exemption{}) && (x.Organisation == "" || x.Organisation == c.entry.Organisation) &&
			(x.Scenario == "" || x.Scenario == c.entry.Scenario) && (x.Plan == "" || x.Plan == plan) {
			return true
		}
	}
	return false
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// activeAt reports whether the zone applies at t. Twilight is taken to be all day, as it is published.
func (z *zone) activeAt(t time.Time) bool {
	for _, p := range z.Applicability {
		if (!p.From.OK || !t.Before(p.From.Value)) && (!p.Until.OK || t.Before(p.Until.Value)) && onDay(&p, t.In(shanghai)) {
			return true
		}
	}
	return len(z.Applicability) == 0
}

func onDay(p *lowsky.Period, local time.Time) bool {
	falls := func(day time.Weekday) bool {
		for _, d := range p.Weekdays {
			if d == day {
				return true
			}
		}
		return len(p.Weekdays) == 0
	}
	today, yesterday := local.Weekday(), local.AddDate(0, 0, -1).Weekday()
	if p.StartEvent != "" || p.EndEvent != "" {
		return true
	}
	if !p.Start.OK && !p.End.OK {
		return falls(today)
	}
	minute, start, end := local.Hour()*60+local.Minute(), p.Start.Or(0), p.End.Or(24*60)
	if start < end {
		return minute >= start && minute < end && falls(today)
	}
	return minute >= start && falls(today) || minute < end && falls(yesterday)
}
