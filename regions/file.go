package regions

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"lowsky"
)

// regionFile is region.json as it is written.
type regionFile struct {
	ID            string                `json:"id"`
	Name          lowsky.Text           `json:"name"`
	Organisation  lowsky.OrganisationID `json:"organisation_id"`
	Organisations []Organisation        `json:"organisations"`
	Jurisdictions []jurisdictionFile    `json:"jurisdictions"`
	Places        []Place               `json:"places"`
	Lines         []Line                `json:"lines"`
	ZoneKinds     []ZoneKind            `json:"zone_kinds"`
	Credits       []lowsky.Text         `json:"credits"`
}

// jurisdictionFile is a node of the tree. Its area is either written here or said to come from somewhere: outline
// "file" is the feature of outlines.geojson with adcode = id, "union" is all its children from the file together.
type jurisdictionFile struct {
	ID      lowsky.JurisdictionID `json:"id"`
	Parent  lowsky.JurisdictionID `json:"parent_id"`
	Name    lowsky.Text           `json:"name"`
	Level   int                   `json:"level"`
	Seat    seat                  `json:"seat"`
	Outline string                `json:"outline"`
	Area    orb.MultiPolygon      `json:"area"`
	// Official outlines are not schematic; ours are.
	Official bool `json:"official"`
}

type seat struct {
	Longitude lowsky.Degrees `json:"longitude_deg"`
	Latitude  lowsky.Degrees `json:"latitude_deg"`
}

func (f *regionFile) region(outlines map[lowsky.JurisdictionID]orb.MultiPolygon) (*Region, error) {
	r := &Region{
		ID: f.ID, Name: f.Name, Organisation: f.Organisation, Organisations: f.Organisations,
		Places: f.Places, Lines: f.Lines, ZoneKinds: f.ZoneKinds, Credits: f.Credits,
	}
	if !packName.MatchString(f.ID) {
		return nil, &lowsky.InvalidError{Field: "id", Problem: "must be lower-case letters, digits and hyphens"}
	}
	if len(f.Jurisdictions) == 0 {
		return nil, &lowsky.InvalidError{Field: "jurisdictions", Problem: "is empty"}
	}
	seen := map[lowsky.JurisdictionID]bool{}
	for i := range f.Jurisdictions {
		field := fmt.Sprintf("jurisdictions[%d]", i)
		j, err := f.jurisdiction(i, field, seen, outlines)
		if err != nil {
			return nil, err
		}
		seen[j.ID] = true
		r.Jurisdictions = append(r.Jurisdictions, j)
	}
	for id := range outlines {
		if !seen[id] {
			return nil, &lowsky.InvalidError{Field: "outlines.geojson", Problem: "has an outline of " + string(id) + ", which is not in the tree"}
		}
	}
	if err := f.checkOrganisations(seen); err != nil {
		return nil, err
	}
	return r, f.checkMap()
}

func (f *regionFile) jurisdiction(i int, field string, seen map[lowsky.JurisdictionID]bool, outlines map[lowsky.JurisdictionID]orb.MultiPolygon) (lowsky.Jurisdiction, error) {
	jf := &f.Jurisdictions[i]
	j := lowsky.Jurisdiction{
		ID: jf.ID, Parent: jf.Parent, Name: jf.Name, Level: jf.Level, Schematic: !jf.Official, Area: jf.Area,
		Seat: lowsky.Position{Longitude: jf.Seat.Longitude, Latitude: jf.Seat.Latitude},
	}
	bad := func(key, problem string) (lowsky.Jurisdiction, error) {
		return j, &lowsky.InvalidError{Field: field + "." + key, Problem: problem}
	}
	switch {
	case jf.ID == "" || strings.ContainsAny(string(jf.ID), " \t\n/"):
		return bad("id", "must be an adcode or a local code")
	case seen[jf.ID]:
		return bad("id", "is there twice")
	case i == 0 && (jf.Parent != "" || jf.Level != 0):
		return bad("parent_id", "the first is the whole region: no parent, level 0")
	case i > 0 && !seen[jf.Parent]:
		return bad("parent_id", "must be the id of one before it")
	case i > 0 && (jf.Level < 1 || jf.Level > 4):
		return bad("level", "must be from 1 to 4 below the region")
	case jf.Name.ZH == "" || jf.Name.EN == "":
		return bad("name", "must be there in zh and en")
	case j.Seat.Check() != nil:
		return bad("seat", j.Seat.Check().Error())
	case (jf.Outline == "") == (jf.Area == nil):
		return bad("outline", "needs either an outline or an area")
	}
	switch jf.Outline {
	case "":
	case "file":
		if j.Area = outlines[jf.ID]; j.Area == nil {
			return bad("outline", "outlines.geojson has none with adcode "+string(jf.ID))
		}
	case "union":
		var parts []orb.MultiPolygon
		for k := range f.Jurisdictions {
			if c := &f.Jurisdictions[k]; c.Parent == jf.ID && c.Outline == "file" {
				parts = append(parts, outlines[c.ID])
			}
		}
		if j.Area = union(parts); len(j.Area) == 0 {
			return bad("outline", "no child has an outline in outlines.geojson")
		}
	default:
		return bad("outline", "must be file or union")
	}
	if err := checkArea(j.Area); err != nil {
		return bad("area", err.Error())
	}
	return j, nil
}

func (f *regionFile) checkOrganisations(jurisdictions map[lowsky.JurisdictionID]bool) error {
	seen := map[lowsky.OrganisationID]bool{}
	desks := map[lowsky.JurisdictionID]bool{} // with a city's or county's own organisation
	for i, o := range f.Organisations {
		field := fmt.Sprintf("organisations[%d]", i)
		switch {
		case o.ID == "" || seen[o.ID]:
			return &lowsky.InvalidError{Field: field + ".id", Problem: "is missing or there twice"}
		case o.Name.ZH == "" || o.Name.EN == "":
			return &lowsky.InvalidError{Field: field + ".name", Problem: "must be there in zh and en"}
		case !jurisdictions[o.Jurisdiction]:
			return &lowsky.InvalidError{Field: field + ".jurisdiction_id", Problem: "is not in the tree"}
		case !o.Kind.Valid():
			return &lowsky.InvalidError{Field: field + ".kind", Problem: "must be city, county, department or company"}
		case (o.Kind == lowsky.Department) != (len(o.Scenarios) > 0):
			return &lowsky.InvalidError{Field: field + ".scenarios", Problem: "belong to a department, which has some"}
		case slices.ContainsFunc(o.Scenarios, func(s lowsky.Scenario) bool { return !slices.Contains(lowsky.Scenarios, s) }):
			return &lowsky.InvalidError{Field: field + ".scenarios", Problem: "has an unknown one"}
		case (o.Kind == lowsky.CityOrganisation) != (o.ID == f.Organisation):
			return &lowsky.InvalidError{Field: field + ".kind", Problem: "city is the one that organisation_id names, and no other"}
		case o.Kind == lowsky.CityOrganisation && o.Jurisdiction != f.Jurisdictions[0].ID,
			o.Kind == lowsky.CountyOrganisation && o.Jurisdiction == f.Jurisdictions[0].ID:
			return &lowsky.InvalidError{Field: field + ".jurisdiction_id", Problem: "must be the whole region for the city, and below it for a county"}
		case o.Kind == lowsky.CountyOrganisation && desks[o.Jurisdiction]:
			return &lowsky.InvalidError{Field: field + ".jurisdiction_id", Problem: "has a county organisation already"}
		case o.Demo && !demoName(o.Name):
			return &lowsky.InvalidError{Field: field + ".name", Problem: "must begin 演示 and Demo"}
		}
		seen[o.ID] = true
		desks[o.Jurisdiction] = desks[o.Jurisdiction] || o.Kind == lowsky.CountyOrganisation
	}
	if !seen[f.Organisation] {
		return &lowsky.InvalidError{Field: "organisation_id", Problem: "is not one of organisations"}
	}
	return nil
}

// maxAround bounds buffers and warning bands, in metres.
const maxAround = 10_000

var kindName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (f *regionFile) checkMap() error {
	for i, p := range f.Places {
		field := fmt.Sprintf("places[%d]", i)
		if p.Name.ZH == "" || p.Name.EN == "" || p.Kind == "" {
			return &lowsky.InvalidError{Field: field + ".name", Problem: "needs a kind and a name in zh and en"}
		}
		if err := (lowsky.Position{Longitude: p.Longitude, Latitude: p.Latitude}).Check(); err != nil {
			return &lowsky.InvalidError{Field: field, Problem: err.Error()}
		}
	}
	for i, l := range f.Lines {
		field := fmt.Sprintf("lines[%d]", i)
		if l.Name.ZH == "" || l.Name.EN == "" || l.Kind == "" || len(l.Points) < 2 {
			return &lowsky.InvalidError{Field: field, Problem: "needs a kind, a name in zh and en, and two points"}
		}
		for _, pt := range l.Points {
			if err := checkPoint(pt); err != nil {
				return &lowsky.InvalidError{Field: field + ".points", Problem: err.Error()}
			}
		}
	}
	kinds := map[string]bool{}
	for i, k := range f.ZoneKinds {
		field := fmt.Sprintf("zone_kinds[%d]", i)
		switch {
		case !kindName.MatchString(k.Kind) || kinds[k.Kind]:
			return &lowsky.InvalidError{Field: field + ".kind", Problem: "must be lower-case letters, digits and underscores, once"}
		case k.Name.ZH == "" || k.Name.EN == "":
			return &lowsky.InvalidError{Field: field + ".name", Problem: "must be there in zh and en"}
		case !(k.Buffer >= 0 && k.Buffer <= maxAround) || !(k.WarningBand >= 0 && k.WarningBand <= maxAround):
			return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf("buffer_m and warning_band_m must be 0 to %d", maxAround)}
		}
		kinds[k.Kind] = true
	}
	for i, c := range f.Credits {
		if c.ZH == "" || c.EN == "" {
			return &lowsky.InvalidError{Field: fmt.Sprintf("credits[%d]", i), Problem: "must be there in zh and en"}
		}
	}
	if len(f.Credits) == 0 {
		return &lowsky.InvalidError{Field: "credits", Problem: "is empty: outlines have a source"}
	}
	return nil
}

func demoName(t lowsky.Text) bool {
	return strings.HasPrefix(t.ZH, "演示") && strings.HasPrefix(t.EN, "Demo")
}

// readDemoZones answers the document after checking the one thing that belongs to the pack and not to the format: every
// zone in it is flagged and named as a demo.
func readDemoZones(fsys fs.FS) ([]byte, error) {
	const name = "demo/zones.geojson"
	b, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var doc struct {
		Features []struct {
			ID         string `json:"id"`
			Properties struct {
				NameZH string `json:"name_zh"`
				NameEN string `json:"name_en"`
				Demo   bool   `json:"demo"`
			} `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, &lowsky.InvalidError{Field: name, Problem: err.Error()}
	}
	var ids []string
	for i, f := range doc.Features {
		field := fmt.Sprintf("%s: features[%d]", name, i)
		switch {
		case f.ID == "" || slices.Contains(ids, f.ID):
			return nil, &lowsky.InvalidError{Field: field + ".id", Problem: "is missing or there twice"}
		case !f.Properties.Demo:
			return nil, &lowsky.InvalidError{Field: field + ".properties.demo", Problem: "must be true"}
		case !demoName(lowsky.Text{ZH: f.Properties.NameZH, EN: f.Properties.NameEN}):
			return nil, &lowsky.InvalidError{Field: field + ".properties.name_zh", Problem: "must begin 演示 and Demo"}
		}
		ids = append(ids, f.ID)
	}
	return b, nil
}
