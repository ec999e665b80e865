package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
)

// How far a draft's check looks, and how much of it is answered.
const (
	nearDraft    = 1000 // metres from the rim within which an aircraft is near
	maxOccupants = 1000 // rows of one list
	oldPosition  = 30 * time.Second
	awaySpeed    = 50 // metres per second at which an aircraft with an old position may have come nearer
)

// DraftCheck is what a draft would mean if it were published now.
type DraftCheck struct {
	Valid    bool           `json:"valid"`
	Problems []DraftProblem `json:"problems" doc:"Why it is not valid"`
	// Inside holds whoever is over the area now, also above or below the height band or where that cannot be told.
	Inside []Occupant `json:"inside" doc:"Over its area now, buffer included; vertical_state says where to the height band"`
	Near   []Occupant `json:"near" doc:"Within 1,000 m of it or predicted to enter within 30 s"`
	// CannotTell holds aircraft whose position is absent, or too old and not far enough away: they may be inside.
	CannotTell    []Occupant              `json:"cannot_tell" doc:"Aircraft whose position is not known now: they may be inside"`
	Complete      bool                    `json:"complete" doc:"False: a list was cut off at 1,000 rows"`
	ActiveNow     bool                    `json:"active_now" doc:"Its schedule applies at this moment; the lists are as if it did"`
	Jurisdictions []lowsky.JurisdictionID `json:"jurisdiction_ids" doc:"Whose ground it touches, smallest first"`
	Area          float64                 `json:"area_m2" doc:"Of its largest volume, without buffer"`
	Buffer        lowsky.Metres           `json:"buffer_m" doc:"As it would be published: from its kind where it gives none"`
	At            time.Time               `json:"at"`
}

// DraftProblem is one reason why a draft is not valid.
type DraftProblem struct {
	Field   string `json:"field" doc:"Within the feature, such as properties.floor_m"`
	Problem string `json:"problem"`
}

// Occupant is one aircraft as it stands to a draft.
type Occupant struct {
	Aircraft lowsky.AircraftID   `json:"aircraft_id"`
	Name     lowsky.Text         `json:"name"`
	Volume   int                 `json:"volume" doc:"Which of the zone's volumes, from 0"`
	Vertical string              `json:"vertical_state,omitempty" enum:"within,above,below,unknown" doc:"unknown: cannot tell, never clear"`
	Distance lowsky.Metres       `json:"distance_m" doc:"To the rim, negative inside"`
	Entry    lowsky.Opt[float64] `json:"entry_s,omitzero" doc:"Predicted time to entry"`
	Exempt   bool                `json:"exempt,omitempty" doc:"An exemption of the draft fits it, not counting plans"`
	Demo     bool                `json:"demo,omitempty"`
	Grounded bool                `json:"on_ground,omitempty"`
	Observed time.Time           `json:"observed_at,omitzero"`
	Reason   lowsky.Reason       `json:"reason,omitempty" doc:"Why it cannot be told"`
}

type (
	checkInput struct {
		RawBody []byte `contentType:"application/geo+json"`
	}
	checkOutput struct{ Body DraftCheck }
)

func (s *Server) checkZone(ctx context.Context, in *checkInput) (*checkOutput, error) {
	now := s.now().UTC()
	out := &checkOutput{DraftCheck{
		Problems: []DraftProblem{}, Inside: []Occupant{}, Near: []Occupant{}, CannotTell: []Occupant{},
		Jurisdictions: []lowsky.JurisdictionID{}, Complete: true, At: now,
	}}
	d := &out.Body
	z, _, err := geojson.ReadFeature(in.RawBody, "draft")
	if err == nil {
		if b := s.bufferOf(z.Kind); !z.Buffer.OK && b > 0 {
			z.Buffer = lowsky.Some(b)
		}
		if err = s.fitToPublish(z); err == nil {
			err = indexable(ctx, []*lowsky.Zone{z}, indexWithin)
		}
	}
	var invalid *lowsky.InvalidError
	if errors.As(err, &invalid) {
		d.Problems = append(d.Problems, DraftProblem{invalid.Field, invalid.Problem})
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	d.Valid, d.ActiveNow, d.Buffer = true, z.Applicability.ActiveAt(now), z.Buffer.Or(0)
	d.Jurisdictions = s.locate(z)
	who := principalOf(ctx)
	if why, ok := s.areaProblem(&who, d.Jurisdictions); !ok {
		d.Valid = false
		d.Problems = append(d.Problems, DraftProblem{"geometry", say(ctx, why)})
	}
	for v := range z.VolumeCount() {
		d.Area = max(d.Area, airspace.SquareMetres(z.Volume(v).Geometry))
	}
	return out, s.occupants(ctx, z, d)
}

// occupants goes through the tracks that the caller may see.
func (s *Server) occupants(ctx context.Context, z *lowsky.Zone, d *DraftCheck) error {
	always := *z
	always.Applicability, always.Temporary = nil, false // as if it applied now
	ix, err := airspace.NewIndex([]*lowsky.Zone{&always})
	if err != nil {
		return fmt.Errorf("draft: %w", err)
	}
	near := max(nearDraft, z.WarningBand.Or(0))
	var relations []lowsky.ZoneRelation
	for i, v := range s.board.Tracks(principalOf(ctx).Scope) {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		o := Occupant{Aircraft: v.ID, Name: v.Name, Demo: v.Demo, Grounded: v.State == lowsky.TrackGround, Observed: v.ObservedAt}
		if !v.Position.OK || v.Position.Value.Check() != nil {
			o.Reason = lowsky.ReasonNoPosition
			d.CannotTell = append(d.CannotTell, o)
			continue
		}
		age := d.At.Sub(v.ObservedAt)
		old := v.State != lowsky.TrackGround && age > max(oldPosition, 3*v.Interval)
		look := near
		if old {
			look += lowsky.Metres(age.Seconds() * awaySpeed)
		}
		relations = ix.Relations(relations[:0], &airspace.Query{
			Position: v.Position.Value, Now: d.At, GroundSpeed: v.GroundSpeed, Course: v.Course, VerticalSpeed: v.VerticalSpeed,
			Near: look, Terrain: s.cfg.Terrain,
		})
		if len(relations) > 0 {
			r := &relations[0]
			o.Volume, o.Distance = r.Volume, r.Distance
			o.Vertical, o.Reason = verticalName(r.Vertical.State), r.Vertical.Reason
			if r.Entry.OK {
				o.Entry = lowsky.Some(r.Entry.Value.Seconds())
			}
			o.Exempt = s.exempt(z, v.ID)
		}
		switch {
		case len(relations) == 0:
		case old:
			o.Reason = lowsky.ReasonSilent
			d.CannotTell = append(d.CannotTell, o)
		case relations[0].Inside:
			d.Inside = append(d.Inside, o)
		default:
			d.Near = append(d.Near, o)
		}
	}
	for _, list := range []*[]Occupant{&d.Inside, &d.Near, &d.CannotTell} {
		slices.SortStableFunc(*list, func(a, b Occupant) int { return cmp.Compare(a.Distance, b.Distance) })
		if len(*list) > maxOccupants {
			*list, d.Complete = (*list)[:maxOccupants], false
		}
	}
	return nil
}

// exempt reports whether an exemption of the zone fits the aircraft; what plan it reports to fly is not on the board.
func (s *Server) exempt(z *lowsky.Zone, id lowsky.AircraftID) bool {
	s.board.mu.RLock()
	a := s.board.register[id]
	s.board.mu.RUnlock()
	return slices.ContainsFunc(z.Exemptions, func(x lowsky.Exemption) bool { return x.Fits(a, "") })
}

func verticalName(v lowsky.VerticalState) string {
	switch v {
	case lowsky.VerticalWithin:
		return "within"
	case lowsky.VerticalAbove:
		return "above"
	case lowsky.VerticalBelow:
		return "below"
	}
	return "unknown"
}
