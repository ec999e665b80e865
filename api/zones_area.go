package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"lowsky"
	"lowsky/identity"
)

// shownTo answers the zone as somebody of the scope may read it. Who sees it only because airspace is published, as a
// company does, is not told which other organisations are exempt: that is those organisations' business.
func shownTo(scope lowsky.Scope, z *lowsky.Zone) *lowsky.Zone {
	others := func(x lowsky.Exemption) bool { return x.Organisation != "" && !scope.Owns(x.Organisation) }
	if scope.Sees(z.Organisation, z.Jurisdictions) || !slices.ContainsFunc(z.Exemptions, others) {
		return z
	}
	shown := *z
	shown.Exemptions = slices.DeleteFunc(slices.Clone(z.Exemptions), others)
	if len(shown.Exemptions) == 0 {
		shown.Exemptions = nil
	}
	return &shown
}

// beyond answers the first county-level jurisdiction of a zone that is not the caller's, or "" with whether there is
// one at all. The city has authority over every zone.
func (s *Server) beyond(who *identity.Principal, js []lowsky.JurisdictionID) (other lowsky.JurisdictionID, within bool) {
	if who.Authority.All {
		return "", true
	}
	for _, j := range js {
		if level, known := s.level(j); known && level == 0 {
			continue // the city's outline is round every county's
		}
		if !who.Authority.Over(j) {
			return j, false
		}
		within = true
	}
	return "", within
}

// areaProblem says in words why the caller may not change a zone that touches these jurisdictions; ok where they may.
func (s *Server) areaProblem(who *identity.Principal, js []lowsky.JurisdictionID) (why lowsky.Text, ok bool) {
	other, within := s.beyond(who, js)
	switch {
	case within:
		return lowsky.Text{}, true
	case other != "":
		name := s.jurisdictionName(other)
		return lowsky.Text{
			ZH: "该空域涉及" + name.ZH + "，不在您的管辖范围内。", EN: "The zone touches " + name.EN + ", which is not yours.",
		}, false
	case len(who.Authority.Jurisdictions) == 0:
		return lowsky.Text{
			ZH: "您的单位没有管辖范围，不能发布空域。", EN: "Your organisation has authority over no area and publishes no zones.",
		}, false
	}
	names := make([]lowsky.Text, len(who.Authority.Jurisdictions))
	var zh, en []string
	for i, j := range who.Authority.Jurisdictions {
		names[i] = s.jurisdictionName(j)
		zh, en = append(zh, names[i].ZH), append(en, names[i].EN)
	}
	return lowsky.Text{
		ZH: "该空域不在" + strings.Join(zh, "、") + "范围内。", EN: "The zone lies outside " + strings.Join(en, ", ") + ".",
	}, false
}

// jurisdictionName is what people call a jurisdiction; its id where the region does not know it.
func (s *Server) jurisdictionName(id lowsky.JurisdictionID) lowsky.Text {
	if s.cfg.Region != nil {
		for i := range s.cfg.Region.Jurisdictions {
			if j := &s.cfg.Region.Jurisdictions[i]; j.ID == id && j.Name.ZH != "" && j.Name.EN != "" {
				return j.Name
			}
		}
	}
	return lowsky.Text{ZH: string(id), EN: string(id)}
}

// mayChange refuses to change a zone that the caller sees: a copy of a superior's, one of another organisation, one that
// reaches into somebody else's area.
func (s *Server) mayChange(ctx context.Context, old *lowsky.Zone) error {
	if old.Superior != "" {
		return readOnly(ctx, old)
	}
	return s.mayKeepZone(ctx, old)
}

func (s *Server) mayKeepZone(ctx context.Context, old *lowsky.Zone) error {
	who := principalOf(ctx)
	if !who.Authority.All && !who.Scope.Owns(old.Organisation) {
		return notOwned(ctx, old.Organisation)
	}
	return s.inArea(ctx, old)
}

// inArea refuses a zone that touches more than the caller's own area.
func (s *Server) inArea(ctx context.Context, z *lowsky.Zone) error {
	who := principalOf(ctx)
	if why, ok := s.areaProblem(&who, z.Jurisdictions); !ok {
		return &Problem{Status: http.StatusForbidden, Field: "geometry", Reason: why.EN, Detail: say(ctx, why)}
	}
	return nil
}

// publisherOf is the organisation that zones of the caller belong to.
func (s *Server) publisherOf(ctx context.Context) lowsky.OrganisationID {
	if o := principalOf(ctx).Organisation.ID; o != "" {
		return o
	}
	return s.cfg.Organisation
}
