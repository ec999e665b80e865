package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/geojson"
)

// publisher puts zones and register entries in force: stored in PostgreSQL and through the journal into the picture.
// It returns when the publication is safe; nothing of a refused one is stored.
type publisher interface {
	PublishZones(ctx context.Context, p lowsky.ZonePublication) error
	PublishAircraft(ctx context.Context, p lowsky.AircraftPublication) error
}

// maxImport is the most bytes that one import may hold.
const maxImport = 16 << 20

// Zones answers every zone in force with the scope's rows, by id, and the number of the newest publication.
func (b *Board) Zones(scope lowsky.Scope) ([]*lowsky.Zone, uint64) {
	b.mu.RLock()
	zones := make([]*lowsky.Zone, 0, len(b.zones))
	for _, z := range b.zones {
		if scope.Sees(z.Organisation, z.Jurisdictions) {
			zones = append(zones, z)
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
	if z := b.zones[id]; z != nil && scope.Sees(z.Organisation, z.Jurisdictions) {
		return z, nil
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
	importInput struct {
		RawBody []byte `contentType:"application/geo+json"`
	}
	importOutput struct {
		Body struct {
			Zones    []ZoneVersion     `json:"zones" doc:"What is in force now, in the order of the file"`
			Warnings []airspace.Remark `json:"warnings" doc:"What was odd and did not keep a zone from being read"`
		}
	}
)

// ZoneVersion names one version of a zone.
type ZoneVersion struct {
	ID      lowsky.ZoneID `json:"id"`
	Version int           `json:"version"`
}

func (s *Server) zoneOperations() {
	tags := []string{"zones"}
	operation(s, huma.Operation{
		OperationID: "list-zones", Method: http.MethodGet, Path: "/api/v1/zones", Tags: tags,
		Summary:     "Zones in force, as a GeoJSON FeatureCollection",
		Description: "The member zones_seq is the number of the newest publication in it, as on the stream.",
	}, anybody, s.listZones)
	operation(s, huma.Operation{
		OperationID: "get-zone", Method: http.MethodGet, Path: "/api/v1/zones/{id}", Tags: tags,
		Summary: "One zone in force, as a GeoJSON Feature",
	}, anybody, s.getZone)
	operation(s, huma.Operation{
		OperationID: "import-zones", Method: http.MethodPost, Path: "/api/v1/zones", Tags: tags,
		Summary:      "Publish the zones of a GeoJSON FeatureCollection",
		Description:  "All or nothing. A zone whose id is in force gets a new version.",
		MaxBodyBytes: maxImport, BodyReadTimeout: 60 * time.Second,
	}, dutyWork, s.importZones)
	operation(s, huma.Operation{
		OperationID: "end-zone", Method: http.MethodDelete, Path: "/api/v1/zones/{id}", Tags: tags,
		Summary: "End a zone", Description: "What is alerting because of it is resolved, with the reason.",
	}, dutyWork, s.endZone)
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
		return nil, err
	}
	raw, err := geojson.Feature(z)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", in.ID, err)
	}
	return &zonesOutput{"application/geo+json", strconv.Quote(strconv.Itoa(z.Version)), raw}, nil
}

func (s *Server) importZones(ctx context.Context, in *importInput) (*importOutput, error) {
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	// One file at a time: reading 16 MB of the worst kind takes a core for more than a minute.
	if !s.importing.TryLock() {
		return nil, fmt.Errorf("another file of zones is being read: %w", lowsky.ErrUnavailable)
	}
	defer s.importing.Unlock()
	zones, warnings, err := geojson.Read(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	if err := indexable(ctx, zones, indexWithin); err != nil {
		return nil, err
	}
	if len(zones) == 0 {
		return nil, &lowsky.InvalidError{Field: "features", Problem: "holds no zone"}
	}
	who := principalOf(ctx)
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if err := s.prepareZones(ctx, zones); err != nil {
		return nil, err
	}
	if err := s.cfg.Register.PublishZones(ctx, lowsky.ZonePublication{Upsert: zones, By: who.Username}); err != nil {
		return nil, fmt.Errorf("publish zones: %w", err)
	}
	out := &importOutput{}
	out.Body.Warnings = append([]airspace.Remark{}, warnings...)
	for _, z := range zones {
		out.Body.Zones = append(out.Body.Zones, ZoneVersion{z.ID, z.Version})
	}
	return out, nil
}

// indexWithin bounds what a publication may cost the picture, which judges nothing while it takes the zones in.
const indexWithin = 2 * time.Second

// indexable refuses zones whose index takes longer to build than the picture may pause. It is built here once for that,
// zone by zone, and thrown away.
func indexable(ctx context.Context, zones []*lowsky.Zone, within time.Duration) error {
	const some = 256
	ctx, cancel := context.WithTimeoutCause(ctx, within, errTooComplex)
	defer cancel()
	for at := 0; at < len(zones); {
		n := min(some, len(zones)-at)
		if len(zones[at].Geometry.Polygons) > 0 && positions(zones[at]) > some {
			n = 1 // a large one can be slow by itself
		}
		if ctx.Err() == nil {
			if _, err := airspace.NewIndex(zones[at : at+n]); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			if errors.Is(context.Cause(ctx), errTooComplex) {
				return &lowsky.InvalidError{Field: fmt.Sprintf("features[%d]", at), Problem: "is where the file becomes too complex to take in at once: simplify its outlines, or split it"}
			}
			return fmt.Errorf("index zones: %w", ctx.Err())
		}
		at += n
	}
	return nil
}

var errTooComplex = errors.New("too complex")

func positions(z *lowsky.Zone) (n int) {
	for _, p := range z.Geometry.Polygons {
		for _, ring := range p {
			n += len(ring)
		}
	}
	return n
}

// prepareZones checks every zone and gives it its version, owner and instant. The zones are fresh from the reader.
func (s *Server) prepareZones(ctx context.Context, zones []*lowsky.Zone) error {
	now := s.now().UTC()
	seen := map[lowsky.ZoneID]int{}
	for i, z := range zones {
		field := fmt.Sprintf("features[%d]", i)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		if first, twice := seen[z.ID]; twice {
			return &lowsky.InvalidError{Field: field + ".properties.id", Problem: fmt.Sprintf("is also the id of features[%d]", first)}
		}
		seen[z.ID] = i
		old, err := s.newestZone(ctx, z.ID)
		if err != nil {
			return fmt.Errorf("zone %s: %w", z.ID, err)
		}
		z.Version, z.Organisation = 1, s.cfg.Organisation
		if old != nil {
			if !principalOf(ctx).Scope.Sees(old.Organisation, old.Jurisdictions) {
				return fmt.Errorf("zone %s belongs to others: %w", z.ID, lowsky.ErrForbidden)
			}
			z.Version, z.Organisation = old.Version+1, old.Organisation
		}
		z.PublishedAt = now
		z.Demo = false // demo zones come with the demo, not by import
		z.Jurisdictions = []lowsky.JurisdictionID{}
		if err := airspace.Validate(z); err != nil {
			var invalid *lowsky.InvalidError
			if errors.As(err, &invalid) {
				return &lowsky.InvalidError{Field: field + "." + invalid.Field, Problem: invalid.Problem}
			}
			return fmt.Errorf("%s: %w", field, err)
		}
		if s.cfg.Locate != nil {
			z.Jurisdictions = append(z.Jurisdictions, s.cfg.Locate(z.Geometry)...)
		}
	}
	return nil
}

// newestZone answers the newest version of a zone, ended or not; nil for an id that was never used.
func (s *Server) newestZone(ctx context.Context, id lowsky.ZoneID) (*lowsky.Zone, error) {
	s.board.mu.RLock()
	z := s.board.zones[id]
	s.board.mu.RUnlock()
	if z != nil || s.cfg.Records == nil {
		return z, nil
	}
	z, err := s.cfg.Records.ZoneVersion(ctx, lowsky.Everything, id, 0)
	if errors.Is(err, lowsky.ErrNotFound) {
		return nil, nil
	}
	return z, err
}

func (s *Server) endZone(ctx context.Context, in *zonePath) (*struct{}, error) {
	who := principalOf(ctx)
	if _, err := s.board.Zone(who.Scope, lowsky.ZoneID(in.ID)); err != nil {
		return nil, err
	}
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	p := lowsky.ZonePublication{Remove: []lowsky.ZoneID{lowsky.ZoneID(in.ID)}, By: who.Username}
	if err := s.cfg.Register.PublishZones(ctx, p); err != nil {
		return nil, fmt.Errorf("end zone %s: %w", in.ID, err)
	}
	return nil, nil
}
