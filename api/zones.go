package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/airspace/geojson"
)

// publisher puts zones and register entries in force: stored in PostgreSQL and through the journal into the picture.
// It returns when the publication is safe; nothing of a refused one is stored.
type publisher interface {
	PublishZones(ctx context.Context, p lowsky.ZonePublication) error
	PublishAircraft(ctx context.Context, p lowsky.AircraftPublication) error
}

// zoneRecords is what is stored of zones besides what is in force.
type zoneRecords interface {
	// ZoneVersion answers one version of a zone, in force or not; version 0 is the newest.
	ZoneVersion(ctx context.Context, scope lowsky.Scope, id lowsky.ZoneID, version int) (*lowsky.Zone, error)
	// ZoneVersions answers the versions of a zone, newest first; ErrNotFound when there is none to see.
	ZoneVersions(ctx context.Context, scope lowsky.Scope, id lowsky.ZoneID) ([]lowsky.ZoneRecord, error)
	// NewestZones answers the newest version of each of the zones, in force or not, as far as they were ever used.
	NewestZones(ctx context.Context, scope lowsky.Scope, ids []lowsky.ZoneID) (map[lowsky.ZoneID]lowsky.ZoneRecord, error)
}

// Zones answers every zone in force that the scope sees, as it may be read there, by id, and the number of the newest
// publication.
func (b *Board) Zones(scope lowsky.Scope) ([]*lowsky.Zone, uint64) {
	b.mu.RLock()
	zones := make([]*lowsky.Zone, 0, len(b.zones))
	for _, z := range b.zones {
		if scope.SeesZone(z.Organisation, z.Jurisdictions) {
			zones = append(zones, shownTo(scope, z))
		}
	}
	seq := b.zonesSeq
	b.mu.RUnlock()
	slices.SortFunc(zones, func(a, b *lowsky.Zone) int { return cmp.Compare(a.ID, b.ID) })
	return zones, seq
}

// Zone answers one zone in force; ErrNotFound when there is none to see.
func (b *Board) Zone(scope lowsky.Scope, id lowsky.ZoneID) (*lowsky.Zone, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if z := b.zones[id]; z != nil && scope.SeesZone(z.Organisation, z.Jurisdictions) {
		return shownTo(scope, z), nil
	}
	return nil, fmt.Errorf("zone %s: %w", id, lowsky.ErrNotFound)
}

type (
	zonesOutput struct {
		ContentType string `header:"Content-Type"`
		ETag        string `header:"ETag"`
		Body        []byte
	}
	zonePath struct {
		ID string `path:"id" maxLength:"128"`
	}
	endInput struct {
		ID     string `path:"id" maxLength:"128"`
		Reason string `query:"reason" maxLength:"1000" doc:"Why, for the zone's versions and the alerts that it ends"`
	}
)

func (s *Server) zoneOperations() {
	tags := []string{"zones"}
	operation(s, huma.Operation{
		OperationID: "list-zones", Method: http.MethodGet, Path: "/api/v1/zones", Tags: tags,
		Summary:     "Zones in force, as a GeoJSON FeatureCollection",
		Description: "The member zones_seq is the number of the newest publication in it, as on the stream.",
	}, lowsky.ReadZones, s.listZones)
	operation(s, huma.Operation{
		OperationID: "get-zone", Method: http.MethodGet, Path: "/api/v1/zones/{id}", Tags: tags,
		Summary: "One zone in force, as a GeoJSON Feature", Description: "The ETag is its version in quotes, as If-Match of a change wants it.",
	}, lowsky.ReadZones, s.getZone)
	operation(s, huma.Operation{
		OperationID: "create-zone", Method: http.MethodPost, Path: "/api/v1/zones", Tags: tags,
		Summary: "Publish one drawn zone",
		Description: "The body is a GeoJSON Feature in WGS-84; docs/zones.md has its properties. Without an id it is given one. " +
			"An id that is in force is a conflict (409). Files of zones go to /api/v1/zones/import.",
		MaxBodyBytes: maxDraft, BodyReadTimeout: 30 * time.Second,
	}, lowsky.WriteZones, s.createZone)
	operation(s, huma.Operation{
		OperationID: "update-zone", Method: http.MethodPut, Path: "/api/v1/zones/{id}", Tags: tags,
		Summary: "Publish a new version of a zone in force",
		Description: "The body is the whole zone as a GeoJSON Feature. If-Match must hold the version it was edited from, in " +
			"quotes: without it 428, with another than the newest 412. A copy of a superior platform's zone is read-only (403).",
		MaxBodyBytes: maxDraft, BodyReadTimeout: 30 * time.Second,
	}, lowsky.WriteZones, s.updateZone)
	operation(s, huma.Operation{
		OperationID: "end-zone", Method: http.MethodDelete, Path: "/api/v1/zones/{id}", Tags: tags,
		Summary: "End a zone", Description: "What is alerting because of it is resolved, with the reason. A copy of a superior platform's zone is read-only (403).",
	}, lowsky.WriteZones, s.endZone)
	operation(s, huma.Operation{
		OperationID: "check-zone", Method: http.MethodPost, Path: "/api/v1/zones/check", Tags: tags,
		Summary: "What a draft would mean: whether it is valid, and who is inside right now",
		Description: "The body is a GeoJSON Feature in WGS-84. Nothing is stored. An invalid draft is answered with valid false and " +
			"its problems, not with an error. Aircraft are those that the caller may see; the draft counts as applying now.",
		MaxBodyBytes: maxDraft, BodyReadTimeout: 30 * time.Second,
	}, lowsky.WriteZones, s.checkZone)
	operation(s, huma.Operation{
		OperationID: "list-zone-versions", Method: http.MethodGet, Path: "/api/v1/zones/{id}/versions", Tags: tags,
		Summary: "Every version of a zone, newest first, with who published and ended it and why",
	}, lowsky.ReadZones, s.listZoneVersions)
	operation(s, huma.Operation{
		OperationID: "restore-zone", Method: http.MethodPost, Path: "/api/v1/zones/{id}/restore", Tags: tags,
		Summary:     "Publish a new version with the content of an old one",
		Description: "Also for a zone that was ended: it is in force again.",
	}, lowsky.WriteZones, s.restoreZone)
	s.exchangeOperations(tags)
}

func (s *Server) listZones(ctx context.Context, _ *struct{}) (*zonesOutput, error) {
	zones, seq := s.board.Zones(principalOf(ctx).Scope)
	features := make([]zoneFeature, len(zones))
	for i, z := range zones {
		features[i] = zoneFeature{z}
	}
	raw, err := json.Marshal(struct {
		Type     string        `json:"type"`
		ZonesSeq uint64        `json:"zones_seq"`
		Features []zoneFeature `json:"features"`
	}{"FeatureCollection", seq, features})
	if err != nil {
		return nil, fmt.Errorf("zones: %w", err)
	}
	return &zonesOutput{"application/geo+json", strconv.Quote(strconv.FormatUint(seq, 10)), raw}, nil
}

func (s *Server) getZone(ctx context.Context, in *zonePath) (*zonesOutput, error) {
	z, err := s.board.Zone(principalOf(ctx).Scope, lowsky.ZoneID(in.ID))
	if err != nil {
		return nil, s.hidden(ctx, "zone", in.ID, err)
	}
	raw, err := geojson.Feature(z)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", in.ID, err)
	}
	return &zonesOutput{"application/geo+json", etag(z), raw}, nil
}

// etag is the version of a zone in quotes.
func etag(z *lowsky.Zone) string { return strconv.Quote(strconv.Itoa(z.Version)) }

func (s *Server) endZone(ctx context.Context, in *endInput) (*struct{}, error) {
	who := principalOf(ctx)
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	z, err := s.board.Zone(who.Scope, lowsky.ZoneID(in.ID))
	if err != nil {
		return nil, s.hidden(ctx, "zone", in.ID, err)
	}
	if err := s.mayChange(ctx, z); err != nil {
		return nil, err
	}
	p := lowsky.ZonePublication{Remove: []lowsky.ZoneID{z.ID}, By: who.Username, From: requestOf(ctx).from, Reason: in.Reason}
	if err := s.cfg.Register.PublishZones(ctx, p); err != nil {
		return nil, fmt.Errorf("end zone %s: %w", in.ID, err)
	}
	return nil, nil
}

// readOnly is the refusal to change a copy of a superior platform's zone.
func readOnly(ctx context.Context, z *lowsky.Zone) error {
	return &Problem{Status: http.StatusForbidden, Field: "superior", Reason: "the zone is a copy from " + z.Superior, Detail: say(ctx, lowsky.Text{
		ZH: "该空域由上级平台「" + z.Superior + "」下发，只读；只有从该平台重新导入才能修改或终止。",
		EN: "The zone is a copy from the superior platform " + z.Superior + " and read-only: only another import from there changes or ends it.",
	})}
}

// say answers a text in the language of the request.
func say(ctx context.Context, t lowsky.Text) string {
	if requestOf(ctx).language == "en" {
		return t.EN
	}
	return t.ZH
}
