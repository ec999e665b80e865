package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
)

// maxDraft is the most bytes that one drawn zone may hold: 50,000 positions and its texts.
const maxDraft = 4 << 20

// ZoneVersion names one version of a zone.
type ZoneVersion struct {
	ID      lowsky.ZoneID `json:"id"`
	Version int           `json:"version"`
}

// ZoneVersionView is one version of a zone as it was published.
type ZoneVersionView struct {
	Version     int                   `json:"version"`
	PublishedAt time.Time             `json:"published_at"`
	PublishedBy string                `json:"published_by"`
	Reason      string                `json:"reason,omitempty" doc:"Of the publication"`
	EndedAt     lowsky.Opt[time.Time] `json:"ended_at,omitzero" doc:"Absent while it is in force"`
	EndedBy     string                `json:"ended_by,omitempty"`
	EndReason   string                `json:"end_reason,omitempty"`
	Current     bool                  `json:"current" doc:"It is in force"`
	Feature     any                   `json:"feature" doc:"The zone as it was then, a GeoJSON Feature"`
}

type (
	createInput struct {
		Reason  string `query:"reason" maxLength:"1000" doc:"Why, for the zone's versions"`
		RawBody []byte `contentType:"application/geo+json"`
	}
	updateInput struct {
		ID      string `path:"id" maxLength:"128"`
		IfMatch string `header:"If-Match" doc:"The version it was edited from, in quotes: \"3\""`
		Reason  string `query:"reason" maxLength:"1000" doc:"Why, for the zone's versions"`
		RawBody []byte `contentType:"application/geo+json"`
	}
	restoreInput struct {
		ID   string `path:"id" maxLength:"128"`
		Body struct {
			Version int    `json:"version" minimum:"1" doc:"Whose content comes back"`
			Reason  string `json:"reason,omitempty" maxLength:"1000"`
		}
	}
	publishedOutput struct {
		ETag string `header:"ETag"`
		Body ZoneVersion
	}
	versionsOutput struct{ Body []ZoneVersionView }
)

// permission says whether a zone may be published: it is handed its newest version, nil for an id that is new.
type permission func(old *lowsky.Zone, inForce bool) error

func (s *Server) createZone(ctx context.Context, in *createInput) (*publishedOutput, error) {
	z, _, err := geojson.ReadFeature(in.RawBody, lowsky.ZoneID("z-"+strings.ToLower(rand.Text()[:10])))
	if err != nil {
		return nil, err
	}
	return s.publishDraft(ctx, z, in.Reason, func(old *lowsky.Zone, inForce bool) error {
		if old != nil && !principalOf(ctx).Scope.SeesZone(old.Organisation, old.Jurisdictions) {
			// Whoever may not see it learns no more than that the id is not theirs.
			s.denied(ctx, "zone", string(z.ID))
			return refused(ctx, "properties.id", lowsky.Text{ZH: "此编号不归您使用。", EN: "The id belongs to others."})
		}
		if inForce {
			return fmt.Errorf("zone %s is in force already, version %d: %w", z.ID, old.Version, lowsky.ErrConflict)
		}
		return nil
	})
}

func (s *Server) updateZone(ctx context.Context, in *updateInput) (*publishedOutput, error) {
	if in.IfMatch == "" {
		return nil, &Problem{Status: http.StatusPreconditionRequired, Field: "If-Match", Reason: "is missing", Detail: say(ctx, lowsky.Text{
			ZH: "请在 If-Match 中注明所修改的版本，例如 \"3\"。", EN: "If-Match must name the version that was edited, such as \"3\".",
		})}
	}
	id := lowsky.ZoneID(in.ID)
	z, _, err := geojson.ReadFeature(in.RawBody, id)
	if err != nil {
		return nil, err
	}
	if z.ID != id {
		return nil, &lowsky.InvalidError{Field: "properties.id", Problem: "is not that of the address"}
	}
	return s.publishDraft(ctx, z, in.Reason, func(old *lowsky.Zone, inForce bool) error {
		if !inForce || !principalOf(ctx).Scope.SeesZone(old.Organisation, old.Jurisdictions) {
			return s.hidden(ctx, "zone", in.ID, fmt.Errorf("zone %s: %w", id, lowsky.ErrNotFound))
		}
		if strings.Trim(strings.TrimPrefix(in.IfMatch, "W/"), `"`) != strconv.Itoa(old.Version) {
			return fmt.Errorf("zone %s is at version %d, not %.40s: %w", id, old.Version, in.IfMatch, lowsky.ErrStale)
		}
		return nil
	})
}

// publishDraft puts one zone in force if it is allowed.
func (s *Server) publishDraft(ctx context.Context, z *lowsky.Zone, reason string, allowed permission) (*publishedOutput, error) {
	if s.cfg.Register == nil || s.cfg.Records == nil {
		return nil, errNoPart
	}
	if z.Superior != "" {
		return nil, &lowsky.InvalidError{Field: "properties.superior", Problem: "marks a copy, which only an import can make"}
	}
	who := principalOf(ctx)
	s.publishing.Lock()
	defer s.publishing.Unlock()
	newest, err := s.cfg.Records.NewestZones(ctx, lowsky.Everything, []lowsky.ZoneID{z.ID})
	if err != nil {
		return nil, fmt.Errorf("newest version: %w", err)
	}
	old, inForce := newest[z.ID].Zone, newest[z.ID].Current
	if old != nil && old.Superior != "" && who.Scope.SeesZone(old.Organisation, old.Jurisdictions) {
		return nil, readOnly(ctx, old)
	}
	if err := allowed(old, inForce); err != nil {
		return nil, err
	}
	if old != nil {
		if err := s.mayChange(ctx, old); err != nil {
			return nil, err
		}
	}
	s.dress(ctx, z, old)
	if err := s.fitToPublish(z); err != nil {
		return nil, err
	}
	if err := s.inArea(ctx, z); err != nil {
		return nil, err
	}
	if err := indexable(ctx, []*lowsky.Zone{z}, indexWithin); err != nil {
		return nil, err
	}
	if err := s.cfg.Register.PublishZones(ctx, lowsky.ZonePublication{Upsert: []*lowsky.Zone{z}, By: who.Username, From: requestOf(ctx).from, Reason: reason}); err != nil {
		return nil, fmt.Errorf("publish zone %s: %w", z.ID, err)
	}
	return &publishedOutput{etag(z), ZoneVersion{z.ID, z.Version}}, nil
}

func (s *Server) restoreZone(ctx context.Context, in *restoreInput) (*publishedOutput, error) {
	if s.cfg.Records == nil {
		return nil, errNoPart
	}
	id := lowsky.ZoneID(in.ID)
	stored, err := s.cfg.Records.ZoneVersion(ctx, principalOf(ctx).Scope, id, in.Body.Version)
	if err != nil {
		if _, unseen := s.cfg.Records.ZoneVersion(ctx, principalOf(ctx).Scope, id, 0); unseen == nil {
			return nil, err // of a zone that they see: there is no such version
		}
		return nil, s.hidden(ctx, "zone", in.ID, err)
	}
	if stored.Superior != "" {
		return nil, readOnly(ctx, stored)
	}
	z := *stored
	reason := in.Body.Reason
	if reason == "" {
		reason = fmt.Sprintf("恢复自版本 %d · restored from version %[1]d", stored.Version)
	}
	return s.publishDraft(ctx, &z, reason, func(*lowsky.Zone, bool) error { return nil })
}

func (s *Server) listZoneVersions(ctx context.Context, in *zonePath) (*versionsOutput, error) {
	if s.cfg.Records == nil {
		return nil, errNoPart
	}
	scope := principalOf(ctx).Scope
	records, err := s.cfg.Records.ZoneVersions(ctx, scope, lowsky.ZoneID(in.ID))
	if err != nil {
		return nil, s.hidden(ctx, "zone", in.ID, err)
	}
	out := &versionsOutput{Body: make([]ZoneVersionView, 0, len(records))}
	for _, r := range records {
		out.Body = append(out.Body, ZoneVersionView{
			Version: r.Zone.Version, PublishedAt: r.PublishedAt, PublishedBy: r.PublishedBy, Reason: r.Reason,
			EndedAt: r.EndedAt, EndedBy: r.EndedBy, EndReason: r.EndReason, Current: r.Current, Feature: zoneFeature{shownTo(scope, r.Zone)},
		})
	}
	return out, nil
}

// dress gives a zone what publishing gives it: version, owner, instant, buffer of its kind and jurisdictions. old is its
// newest version; nil: the id is new.
func (s *Server) dress(ctx context.Context, z, old *lowsky.Zone) {
	z.Version, z.Organisation = 1, s.publisherOf(ctx)
	if old != nil {
		z.Version, z.Organisation = old.Version+1, old.Organisation
	}
	z.PublishedAt = s.now().UTC()
	z.Demo = old != nil && old.Demo // demo zones come with the demo, and an edited one goes with it
	if b := s.bufferOf(z.Kind); !z.Buffer.OK && b > 0 {
		z.Buffer = lowsky.Some(b)
	}
	z.Jurisdictions = s.locate(z)
}

// bufferOf is the region's buffer around a kind of object.
func (s *Server) bufferOf(kind string) lowsky.Metres {
	if s.cfg.Region == nil || kind == "" {
		return 0
	}
	for _, k := range s.cfg.Region.ZoneKinds {
		if k.Kind == kind {
			return k.Buffer
		}
	}
	return 0
}

// fitToPublish checks what a zone must be now besides being valid.
func (s *Server) fitToPublish(z *lowsky.Zone) error {
	if err := airspace.Validate(z); err != nil {
		return geojson.Located("", true, err)
	}
	return s.endsInTime(z)
}

// endsInTime checks that a temporary zone has an end, and that it lies ahead.
func (s *Server) endsInTime(z *lowsky.Zone) error {
	if !z.Temporary {
		return nil
	}
	last, ends := lastUntil(z)
	switch {
	case !ends:
		return &lowsky.InvalidError{Field: "properties.applicability", Problem: "must end: the zone is temporary, so every period needs until"}
	case !last.After(s.now()):
		return &lowsky.InvalidError{Field: "properties.applicability", Problem: "is over already"}
	}
	return nil
}

// lastUntil is when the last period of a zone ends; false when one never does.
func lastUntil(z *lowsky.Zone) (last time.Time, ok bool) {
	for _, p := range z.Applicability {
		if !p.Until.OK {
			return time.Time{}, false
		}
		if p.Until.Value.After(last) {
			last = p.Until.Value
		}
	}
	return last, len(z.Applicability) > 0
}

// locate answers the jurisdictions that any volume of the zone touches, buffer included, smallest first.
func (s *Server) locate(z *lowsky.Zone) []lowsky.JurisdictionID {
	out := []lowsky.JurisdictionID{}
	if s.cfg.Locate != nil {
		out = append(out, s.cfg.Locate(z)...)
	}
	return out
}
