package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/airspace"
	"lowsky/airspace/exchange"
	"lowsky/airspace/geojson"
)

const (
	// maxImport is the most bytes that one import may hold.
	maxImport = exchange.MaxBytes
	// readWithin bounds the processor time that one file may take: the worst 16 MB would take a core for minutes.
	readWithin = 25 * time.Second
	// maxTold is how many refusals a problem lists.
	maxTold = 100
)

// ImportCounts is what became of the zones of a file. read = accepted + refused; accepted = new + changed + same.
type ImportCounts struct {
	exchange.Counts
	New     int `json:"new" doc:"Not in force before"`
	Changed int `json:"changed" doc:"In force with another content"`
	Same    int `json:"same" doc:"In force just so: no new version is made"`
	Ended   int `json:"ended" doc:"In force from the same superior and not in the file, with end_missing"`
}

// ImportAnswer is what a file would put in force, or has.
type ImportAnswer struct {
	Format    exchange.Format   `json:"format" doc:"As told or found"`
	CRS       airspace.CRS      `json:"crs"`
	DryRun    bool              `json:"dry_run"`
	Published bool              `json:"published"`
	Counts    ImportCounts      `json:"counts"`
	Zones     any               `json:"zones" doc:"GeoJSON FeatureCollection in WGS-84, in the order of the file; each feature has the property import_change: new, changed or same"`
	Ended     []lowsky.ZoneID   `json:"ended" doc:"With end_missing"`
	Remarks   []airspace.Remark `json:"remarks" doc:"What was repaired, refused or worth knowing, by zone and place in the file; code is stable (zone_remark.<code> in the console's words)"`
}

type (
	importInput struct {
		Format         string `query:"format" default:"auto" doc:"auto, geojson, ed269, ed318, kml, kmz or openair"`
		CRS            string `query:"crs" doc:"Must be declared: wgs84, cgcs2000, gcj02 or bd09. Everything is converted to WGS-84 once"`
		DryRun         bool   `query:"dry_run" default:"false" doc:"Only say what it would do"`
		WithoutRefused bool   `query:"without_refused" default:"false" doc:"Publish the others although some zones are refused"`
		Superior       string `query:"superior" maxLength:"128" doc:"The superior platform that the zones are copies of; they are read-only then"`
		EndMissing     bool   `query:"end_missing" default:"false" doc:"With superior: end its zones that are not in the file"`
		Source         string `query:"source" maxLength:"400" doc:"Written into every zone as where it came from"`
		Reason         string `query:"reason" maxLength:"1000" doc:"Why, for the zones' versions"`
		RawBody        []byte `contentType:"application/octet-stream"`
	}
	importOutput struct{ Body ImportAnswer }
	exportInput  struct {
		Format string   `query:"format" enum:"geojson,ed269,ed318,kml" default:"geojson"`
		IDs    []string `query:"id,explode" maxItems:"2000" doc:"Repeatable; without it everything in force that the caller may see"`
	}
	exportOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Remarks     string `header:"Lowsky-Remarks" doc:"How many remarks there are on what the format cannot say"`
		Body        []byte
	}
)

func (s *Server) exchangeOperations(tags []string) {
	operation(s, huma.Operation{
		OperationID: "import-zones", Method: http.MethodPost, Path: "/api/v1/zones/import", Tags: tags,
		Summary: "Publish the zones of a file, or look at what that would do",
		Description: "The body is the file as it is, at most 16 MB. Every zone that it holds is accepted, perhaps repaired, or refused " +
			"with its place in the file and the reason. All or nothing: with refused zones nothing is stored (422) unless " +
			"without_refused is true. A zone whose id is in force gets a new version if it differs.",
		MaxBodyBytes: maxImport, BodyReadTimeout: 60 * time.Second,
	}, lowsky.WriteZones, s.importZones)
	operation(s, huma.Operation{
		OperationID: "export-zones", Method: http.MethodGet, Path: "/api/v1/zones/export", Tags: tags,
		Summary: "Zones in force as a file",
	}, lowsky.ReadZones, s.exportZones)
}

// incoming is one import on its way.
type incoming struct {
	*exchange.Result
	options exchange.Options
	newest  map[lowsky.ZoneID]lowsky.ZoneRecord
	change  map[lowsky.ZoneID]string // new, changed, same
	upsert  []*lowsky.Zone
	ended   []lowsky.ZoneID
}

func (s *Server) importZones(ctx context.Context, in *importInput) (*importOutput, error) {
	if s.cfg.Register == nil || s.cfg.Records == nil {
		return nil, errNoPart
	}
	if in.EndMissing && in.Superior == "" {
		return nil, &lowsky.InvalidError{Field: "end_missing", Problem: "needs superior: whose zones are to be ended"}
	}
	// One file at a time: reading the worst takes a core for as long as it may.
	if !s.importing.TryLock() {
		return nil, fmt.Errorf("another file of zones is being read: %w", lowsky.ErrUnavailable)
	}
	defer s.importing.Unlock()
	im := &incoming{options: exchange.Options{
		Format: exchange.Format(in.Format), CRS: airspace.CRS(in.CRS), Source: in.Source, Superior: in.Superior,
	}}
	var err error
	if im.Result, err = readFile(ctx, in.RawBody, im.options, readWithin); err != nil {
		return nil, err
	}
	who := principalOf(ctx)
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if err := s.compare(ctx, im); err != nil {
		return nil, err
	}
	if in.EndMissing {
		if err := s.missing(ctx, im); err != nil {
			return nil, err
		}
	}
	if err := indexable(ctx, im.upsert, indexWithin); err != nil {
		return nil, err
	}
	if !in.DryRun {
		if im.Counts.Refused > 0 && !in.WithoutRefused {
			return nil, refusedZones(ctx, im.Result)
		}
		if im.Counts.Accepted == 0 {
			return nil, &lowsky.InvalidError{Field: "document", Problem: "holds no zone that can be published"}
		}
		if len(im.upsert)+len(im.ended) > 0 {
			p := lowsky.ZonePublication{Upsert: im.upsert, Remove: im.ended, By: who.Username, From: requestOf(ctx).from, Reason: in.Reason}
			if err := s.cfg.Register.PublishZones(ctx, p); err != nil {
				return nil, fmt.Errorf("publish zones: %w", err)
			}
		}
	}
	return &importOutput{im.answer(in.DryRun)}, nil
}

// readFile reads a document within a bound of time of its own.
func readFile(ctx context.Context, doc []byte, o exchange.Options, within time.Duration) (*exchange.Result, error) {
	timed, cancel := context.WithTimeoutCause(ctx, within, errTooComplex)
	defer cancel()
	r, err := exchange.Read(timed, doc, o)
	if err != nil && errors.Is(context.Cause(timed), errTooComplex) {
		return nil, &lowsky.InvalidError{Field: "document", Problem: fmt.Sprintf("takes longer than %v to read: simplify its outlines, or split it", within)}
	}
	return r, err
}

// refusedZones is the problem of a file with zones that cannot be taken.
func refusedZones(ctx context.Context, r *exchange.Result) error {
	p := &Problem{Status: http.StatusUnprocessableEntity, Detail: say(ctx, lowsky.Text{
		ZH: fmt.Sprintf("%d 个空域中有 %d 个被拒绝，未存储任何内容", r.Counts.Read, r.Counts.Refused),
		EN: fmt.Sprintf("%d of %d zones are refused; nothing was stored", r.Counts.Refused, r.Counts.Read),
	})}
	for _, m := range r.Remarks {
		if m.Kind == airspace.RemarkRefused && len(p.Errors) < maxTold {
			reason := m.Problem
			if m.Zone != "" {
				reason = fmt.Sprintf("zone %s: %s", m.Zone, m.Problem)
			}
			p.Errors = append(p.Errors, FieldProblem{m.Place, reason})
		}
	}
	if len(p.Errors) > 0 {
		p.Field, p.Reason = p.Errors[0].Field, p.Errors[0].Reason
	}
	return p
}

// compare says of each zone how it stands to what is in force, refuses what may not be changed by this import, and
// prepares the others to be published.
func (s *Server) compare(ctx context.Context, im *incoming) error {
	ids := make([]lowsky.ZoneID, len(im.Zones))
	for i, z := range im.Zones {
		ids[i] = z.ID
	}
	var err error
	if im.newest, err = s.cfg.Records.NewestZones(ctx, lowsky.Everything, ids); err != nil {
		return fmt.Errorf("newest versions: %w", err)
	}
	who := principalOf(ctx)
	im.change = make(map[lowsky.ZoneID]string, len(im.Zones))
	kept, places := im.Zones[:0:0], im.Places[:0:0]
	for i, z := range im.Zones {
		if i%16 == 0 && ctx.Err() != nil {
			return fmt.Errorf("%s: %w", im.Places[i], ctx.Err())
		}
		old, inForce := im.newest[z.ID].Zone, im.newest[z.ID].Current
		switch {
		case old != nil && !who.Authority.All && !who.Scope.Owns(old.Organisation):
			if !who.Scope.SeesZone(old.Organisation, old.Jurisdictions) {
				s.denied(ctx, "zone", string(z.ID))
			}
			im.refuse(i, "belongs_to_others", "has the id of a zone that belongs to others")
			continue
		case old != nil && old.Superior != z.Superior && old.Superior != "":
			im.refuse(i, "superior_read_only", fmt.Sprintf("is a copy from the superior platform %.80q: only an import from there changes it", old.Superior))
			continue
		case inForce && old.Superior != z.Superior:
			im.refuse(i, "id_is_ours", "has the id of a zone of our own, which a copy would replace")
			continue
		}
		s.dress(ctx, z, old)
		if why, ok := s.areaProblem(&who, z.Jurisdictions); !ok {
			im.refuse(i, "area_of_others", say(ctx, why))
			continue
		}
		if err := s.endsInTime(z); err != nil {
			im.refuse(i, "temporary_invalid", err.Error())
			continue
		}
		if last, ends := lastUntil(z); ends && !last.After(s.now()) {
			im.Remarks = append(im.Remarks, airspace.Remark{Zone: z.ID, Place: im.Places[i], Kind: airspace.RemarkNoted, Code: "over_already",
				Problem: "no longer applies: its last period ended " + last.UTC().Format(time.RFC3339)})
		}
		kept, places = append(kept, z), append(places, im.Places[i])
		switch {
		case !inForce:
			im.change[z.ID] = "new"
		case exchange.Same(z, old):
			im.change[z.ID] = "same"
			z.Version, z.PublishedAt, z.Jurisdictions = old.Version, old.PublishedAt, old.Jurisdictions
			continue
		default:
			im.change[z.ID] = "changed"
		}
		im.upsert = append(im.upsert, z)
	}
	im.Zones, im.Places = kept, places
	return nil
}

// refuse counts a zone that was read well but may not be published.
func (im *incoming) refuse(i int, code, problem string) {
	im.Remarks = append(im.Remarks, airspace.Remark{Zone: im.Zones[i].ID, Place: im.Places[i], Kind: airspace.RemarkRefused, Code: code, Problem: problem})
	im.Counts.Accepted--
	im.Counts.Refused++
}

// missing finds the superior's zones in force that the file does not hold. A file of which not every zone could be told
// by its id must end nothing: the zone may be among those.
func (s *Server) missing(ctx context.Context, im *incoming) error {
	held := map[lowsky.ZoneID]bool{}
	told := 0
	for _, z := range im.Zones {
		held[z.ID] = true
	}
	for _, m := range im.Remarks {
		if m.Kind == airspace.RemarkRefused && m.Zone != "" {
			held[m.Zone] = true
			told++
		}
	}
	if told < im.Counts.Refused {
		return &lowsky.InvalidError{Field: "end_missing", Problem: "is not possible: zones of the file were refused whose id is not known"}
	}
	zones, _ := s.board.Zones(principalOf(ctx).Scope)
	for _, z := range zones {
		if z.Superior == im.options.Superior && !held[z.ID] && s.mayKeepZone(ctx, z) == nil {
			im.ended = append(im.ended, z.ID)
		}
	}
	return nil
}

func (im *incoming) answer(dry bool) ImportAnswer {
	a := ImportAnswer{
		Format: im.Format, CRS: im.CRS, DryRun: dry, Published: !dry,
		Counts: ImportCounts{Counts: im.Counts, Ended: len(im.ended)},
		Ended:  append([]lowsky.ZoneID{}, im.ended...), Remarks: append([]airspace.Remark{}, im.Remarks...),
	}
	features := make([]previewFeature, len(im.Zones))
	for i, z := range im.Zones {
		change := im.change[z.ID]
		features[i] = previewFeature{z, change}
		switch change {
		case "new":
			a.Counts.New++
		case "changed":
			a.Counts.Changed++
		default:
			a.Counts.Same++
		}
	}
	a.Zones = map[string]any{"type": "FeatureCollection", "features": features}
	return a
}

// previewFeature is a zone with how it stands to what is in force.
type previewFeature struct {
	zone   *lowsky.Zone
	change string
}

func (f previewFeature) MarshalJSON() ([]byte, error) {
	raw, err := geojson.Feature(f.zone)
	if err != nil {
		return nil, err
	}
	// The properties are the last member of a feature.
	raw, ok := bytes.CutSuffix(raw, []byte("}}"))
	if !ok {
		return nil, fmt.Errorf("zone %s: its properties are not last", f.zone.ID)
	}
	return append(append(raw, `,"import_change":`...), strconv.Quote(f.change)+"}}"...), nil
}

func (s *Server) exportZones(ctx context.Context, in *exportInput) (*exportOutput, error) {
	zones, _ := s.board.Zones(principalOf(ctx).Scope)
	if len(in.IDs) > 0 {
		for _, id := range in.IDs {
			if !slices.ContainsFunc(zones, func(z *lowsky.Zone) bool { return string(z.ID) == id }) {
				return nil, s.hidden(ctx, "zone", id, fmt.Errorf("zone %.200s: %w", id, lowsky.ErrNotFound))
			}
		}
		zones = slices.DeleteFunc(zones, func(z *lowsky.Zone) bool { return !slices.Contains(in.IDs, string(z.ID)) })
	}
	var b bytes.Buffer
	format := exchange.Format(in.Format)
	remarks, err := exchange.Write(&b, format, zones)
	if err != nil {
		return nil, err
	}
	extension, media := exchange.File(format)
	name := fmt.Sprintf("lowsky-zones-%s.%s", s.now().In(lowsky.Shanghai).Format("20060102-1504"), extension)
	return &exportOutput{media, `attachment; filename="` + name + `"`, strconv.Itoa(len(remarks)), b.Bytes()}, nil
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
		if zones[at].PositionCount() > some {
			n = 1 // a large one can be slow by itself
		}
		if ctx.Err() == nil {
			if _, err := airspace.NewIndex(zones[at : at+n]); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			if errors.Is(context.Cause(ctx), errTooComplex) {
				return &lowsky.InvalidError{Field: fmt.Sprintf("zone %s", zones[at].ID), Problem: "is where the file becomes too complex to take in at once: simplify its outlines, or split it"}
			}
			return fmt.Errorf("index zones: %w", ctx.Err())
		}
		at += n
	}
	return nil
}

var errTooComplex = errors.New("too complex")
