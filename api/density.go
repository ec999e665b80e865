package api

import (
	"math"
	"slices"
	"strings"
	"time"

	"lowsky"
)

// Bounds of what is remembered of where aircraft were: about 70 MB at the very most.
const (
	densityMinutes = 60
	maxSightings   = 100_000 // of one minute
	maxOwners      = 1 << 16
)

// sighting is where an aircraft was when it was first heard in a minute.
type sighting struct {
	longitude, latitude int32 // 1e-7 degrees
	owner               uint32
}

// owner is who may see a sighting.
type owner struct {
	organisation  lowsky.OrganisationID
	scenario      lowsky.Scenario
	jurisdictions []lowsky.JurisdictionID
}

// density remembers for an hour in which minute an aircraft was where. Slices only ever grow at their end and are never
// used again, so that what a reader has taken hold of under the board's lock can be read without it.
type density struct {
	minutes [densityMinutes]struct {
		minute    int64 // since 1970
		sightings []sighting
	}
	owners  []owner // the first is for whatever found no place: only who sees everything sees it
	byOwner map[string]uint32
	since   time.Time // of the first sighting
	cut     bool      // a minute was too full
}

// saw notes the first report of a minute of an aircraft that may be flying. The caller holds the board's lock.
func (d *density) saw(e *entry, v *lowsky.TrackView) {
	minute := v.ReceivedAt.Unix() / 60
	if minute <= e.minute || !v.Position.OK || !flying(v) || v.Position.Value.Check() != nil {
		return
	}
	e.minute = minute
	b := &d.minutes[minute%densityMinutes]
	switch {
	case minute < b.minute:
		return // of an hour ago
	case minute > b.minute:
		b.minute, b.sightings = minute, make([]sighting, 0, len(b.sightings)+len(b.sightings)/8)
	}
	if d.since.IsZero() {
		d.since = v.ReceivedAt
	}
	if len(b.sightings) >= maxSightings {
		d.cut = true
		return
	}
	p := v.Position.Value
	b.sightings = append(b.sightings, sighting{tenMillionths(p.Longitude), tenMillionths(p.Latitude), d.owner(v)})
}

// flying reports whether an aircraft counts as traffic. One that is lost may still fly.
func flying(v *lowsky.TrackView) bool {
	return v.State != lowsky.TrackGround && v.State != lowsky.TrackOffline
}

func (d *density) owner(v *lowsky.TrackView) uint32 {
	if d.byOwner == nil {
		d.byOwner, d.owners = map[string]uint32{}, []owner{{}}
	}
	var key strings.Builder
	key.WriteString(string(v.Organisation))
	key.WriteByte(0)
	key.WriteString(string(v.Scenario))
	for _, j := range v.Jurisdictions {
		key.WriteByte(0)
		key.WriteString(string(j))
	}
	if n, ok := d.byOwner[key.String()]; ok {
		return n
	}
	if len(d.owners) >= maxOwners {
		return 0
	}
	n := uint32(len(d.owners))
	d.byOwner[key.String()] = n
	d.owners = append(d.owners, owner{v.Organisation, v.Scenario, slices.Clone(v.Jurisdictions)})
	return n
}

// seen is what a reader has taken hold of.
type seen struct {
	minutes [][]sighting
	owners  []owner
	since   time.Time
	cut     bool
}

// sightings answers those of the newest minutes, the present one included.
func (b *Board) sightings(now time.Time, minutes int) seen {
	b.mu.RLock()
	defer b.mu.RUnlock()
	d := &b.density
	s := seen{owners: d.owners, since: d.since, cut: d.cut}
	for i := range d.minutes {
		if m := &d.minutes[i]; m.minute > now.Unix()/60-int64(minutes) && len(m.sightings) > 0 {
			s.minutes = append(s.minutes, m.sightings)
		}
	}
	return s
}

func tenMillionths(d lowsky.Degrees) int32 { return int32(math.Round(float64(d) * 1e7)) }
