package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"lowsky"
	"lowsky/identity"
	"lowsky/identity/roster"
)

// registers keeps pilots, sites and companies, and knows what expires. What is saved is saved all or not at all.
type registers interface {
	aircraftRecords
	pilotRecords
	siteRecords
	// SaveOrganisations adds or replaces them.
	SaveOrganisations(ctx context.Context, by lowsky.Actor, list []lowsky.Organisation) error
	// Expiring answers the validities in scope that end on the day or before.
	Expiring(ctx context.Context, scope lowsky.Scope, until lowsky.Day) ([]lowsky.Expiry, error)
}

// aircraftRecords is what a change is held against: it is stored before it reaches the board, and somebody else's must be
// seen at once.
type aircraftRecords interface {
	Aircraft(ctx context.Context, scope lowsky.Scope) ([]*lowsky.Aircraft, error)
	AircraftByID(ctx context.Context, scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.Aircraft, error)
}

type pilotRecords interface {
	Pilots(ctx context.Context, scope lowsky.Scope) ([]lowsky.Pilot, error)
	// PilotByID answers ErrNotFound for one that the scope does not see; so do DeletePilot, SiteByID and DeleteSite.
	PilotByID(ctx context.Context, scope lowsky.Scope, id lowsky.PilotID) (lowsky.Pilot, error)
	SavePilots(ctx context.Context, by lowsky.Actor, list []lowsky.Pilot) error
	DeletePilot(ctx context.Context, by lowsky.Actor, scope lowsky.Scope, id lowsky.PilotID) error
}

type siteRecords interface {
	Sites(ctx context.Context, scope lowsky.Scope) ([]lowsky.Site, error)
	SiteByID(ctx context.Context, scope lowsky.Scope, id lowsky.SiteID) (lowsky.Site, error)
	SaveSites(ctx context.Context, by lowsky.Actor, list []lowsky.Site) error
	DeleteSite(ctx context.Context, by lowsky.Actor, scope lowsky.Scope, id lowsky.SiteID) error
}

// judgement is what somebody's entries are held against: who they are, and everything registered, whoever may see it.
type judgement struct {
	ctx           context.Context
	s             *Server
	who           identity.Principal
	organisations map[lowsky.OrganisationID]lowsky.Organisation
	aliases       map[lowsky.AircraftID]lowsky.AircraftID // every name that an aircraft bears, and whose it is
	addresses     map[string]lowsky.AircraftID            // the same of transponder addresses
	devices       map[lowsky.AircraftID]bool              // ids of others' devices, under which those report
}

// judge prepares a judgement. The caller holds s.publishing if it is going to publish by it.
func (s *Server) judge(ctx context.Context) (*judgement, error) {
	if s.cfg.Directory == nil || s.cfg.Registers == nil {
		return nil, errNoPart
	}
	all, err := s.cfg.Directory.Organisations(ctx, lowsky.Everything)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	devices, err := s.cfg.Directory.Devices(ctx, lowsky.Everything)
	if err != nil {
		return nil, fmt.Errorf("devices: %w", err)
	}
	j := &judgement{
		ctx: ctx, s: s, who: principalOf(ctx), organisations: map[lowsky.OrganisationID]lowsky.Organisation{}, devices: map[lowsky.AircraftID]bool{},
	}
	for _, d := range devices {
		if !j.who.Scope.Owns(d.Organisation) {
			j.devices[lowsky.AircraftID(d.ID)] = true
		}
	}
	if own := j.who.Organisation; own.ID != "" {
		j.organisations[own.ID] = own // the city's own is known before the database holds it
	}
	for _, o := range all {
		j.organisations[o.ID] = o
	}
	return j, nil
}

// seat answers where the organisation of an entry is seated; a problem where it is none that the caller may register
// for. What they do not see is not there.
func (j *judgement) seat(id lowsky.OrganisationID) ([]lowsky.JurisdictionID, []roster.RowProblem) {
	o, known := j.organisations[id]
	switch {
	case !known || !j.who.Scope.Sees(o.ID, o.Jurisdictions()):
		return nil, []roster.RowProblem{roster.NewProblem("organisation_id", "organisation_unknown")}
	case !j.who.Scope.Owns(id):
		return nil, []roster.RowProblem{roster.NewProblem("organisation_id", "organisation_not_owned")}
	}
	return o.Jurisdictions(), nil
}

// own is the organisation of an entry that names none: that of the entry before, else the caller's.
func (j *judgement) own(named, old lowsky.OrganisationID) lowsky.OrganisationID {
	switch {
	case named != "":
		return named
	case old != "":
		return old
	}
	return j.who.Organisation.ID
}

// rings reports whether a telephone number that was entered in the clear is another than is kept.
func (j *judgement) rings(entered lowsky.Opt[string], old lowsky.Sealed) bool {
	value := strings.TrimSpace(entered.Value)
	if !entered.OK || value == "" || old == "" || j.s.cfg.Sealer == nil {
		return entered.OK && (value != "" || old != "")
	}
	was, err := j.s.cfg.Sealer.Open(old)
	return err != nil || was != value
}

// phone answers what is kept of a telephone number that was entered in the clear: absent keeps what there is, "" is
// none, and the number that is kept already keeps its seal.
func (j *judgement) phone(field string, entered lowsky.Opt[string], old lowsky.Sealed) (lowsky.Sealed, error) {
	if !j.rings(entered, old) {
		return old, nil
	}
	return j.s.seal(j.ctx, field, entered.Value)
}

// aliasProblems refuses an aircraft that bears a name of another. The board may be a moment behind; what slips through is
// refused by store as a whole. The id of a device that is not the caller's is taken too: whoever registered it would see
// what the device reports as their own. A name that the entry bears already stays.
func (j *judgement) aliasProblems(a, old *lowsky.Aircraft) []roster.RowProblem {
	if j.aliases == nil {
		j.aliases, j.addresses = map[lowsky.AircraftID]lowsky.AircraftID{}, map[string]lowsky.AircraftID{}
		j.s.board.mu.RLock()
		for id, r := range j.s.board.register {
			ids, _ := roster.Aliases(r)
			for _, alias := range ids {
				j.aliases[alias] = id
			}
			if r.ICAOAddress != "" {
				j.addresses[r.ICAOAddress] = id
			}
		}
		j.s.board.mu.RUnlock()
	}
	var out []roster.RowProblem
	ids, fields := roster.Aliases(a)
	for i, alias := range ids {
		if other, taken := j.aliases[alias]; taken && other != a.ID || j.devices[alias] && !(old != nil && bears(old, alias)) {
			out = append(out, roster.NewProblem(fields[i], "alias_taken"))
		}
	}
	if other, taken := j.addresses[a.ICAOAddress]; taken && other != a.ID {
		out = append(out, roster.NewProblem("icao_address", "alias_taken"))
	}
	return out
}

// aircraft completes an entry and answers what is wrong with it beside what is registered.
func (j *judgement) aircraft(a, old *lowsky.Aircraft) []roster.RowProblem {
	var was lowsky.OrganisationID
	if old != nil {
		was, a.Demo = old.Organisation, old.Demo
	}
	a.Organisation = j.own(a.Organisation, was)
	js, problems := j.seat(a.Organisation)
	a.Jurisdictions = js
	return append(problems, j.aliasProblems(a, old)...)
}

// bears reports whether the aircraft may report under the id.
func bears(a *lowsky.Aircraft, id lowsky.AircraftID) bool {
	return a.ID == id || slices.Contains(a.OtherIDs(), id)
}

func (j *judgement) pilot(p, old *lowsky.Pilot) []roster.RowProblem {
	var was lowsky.OrganisationID
	if old != nil {
		was, p.Demo = old.Organisation, old.Demo
	}
	p.Organisation = j.own(p.Organisation, was)
	js, problems := j.seat(p.Organisation)
	p.Jurisdictions = js
	return problems
}

func (j *judgement) site(t, old *lowsky.Site) []roster.RowProblem {
	var was lowsky.OrganisationID
	if old != nil {
		was, t.Demo = old.Organisation, old.Demo
	}
	t.Organisation = j.own(t.Organisation, was)
	_, problems := j.seat(t.Organisation)
	t.Jurisdictions = []lowsky.JurisdictionID{}
	if j.s.cfg.Contain != nil && t.Position.Check() == nil {
		t.Jurisdictions = append(t.Jurisdictions, j.s.cfg.Contain(t.Position)...)
	}
	return problems
}

func (j *judgement) company(o, old *lowsky.Organisation) []roster.RowProblem {
	known := old != nil
	if known && old.Kind != lowsky.Company {
		return []roster.RowProblem{roster.NewProblem("id", "not_a_company")}
	}
	if !known {
		old = &lowsky.Organisation{}
	}
	o.Demo, o.Disabled = old.Demo, old.Disabled
	if o.Jurisdiction == "" {
		if o.Jurisdiction = old.Jurisdiction; o.Jurisdiction == "" {
			o.Jurisdiction = j.who.Organisation.Jurisdiction
		}
	}
	if _, ours := j.s.level(o.Jurisdiction); !ours {
		return []roster.RowProblem{roster.NewProblem("jurisdiction_id", "jurisdiction_unknown")}
	}
	if mayKeep(j.ctx, &j.who, o, old, known) != nil {
		if !j.who.Authority.Over(o.Jurisdiction) {
			return []roster.RowProblem{roster.NewProblem("jurisdiction_id", "jurisdiction_not_owned")}
		}
		return []roster.RowProblem{roster.NewProblem("id", "organisation_not_owned")}
	}
	return nil
}

// publishAircraft publishes; a name that somebody else took meanwhile is refused without telling whose it is.
func (s *Server) publishAircraft(ctx context.Context, p lowsky.AircraftPublication) error {
	p.By, p.From = principalOf(ctx).Username, requestOf(ctx).from
	err := s.cfg.Register.PublishAircraft(ctx, p)
	if errors.Is(err, lowsky.ErrConflict) {
		s.log.InfoContext(ctx, "register not changed", "id", requestOf(ctx).id, "error", err)
		return &Problem{Status: http.StatusConflict, Detail: say(ctx, roster.Say("alias_taken"))}
	}
	return err
}

// problemsOf makes the answer to an entry that is refused.
func problemsOf(ctx context.Context, status int, problems []roster.RowProblem) error {
	if len(problems) == 0 {
		return nil
	}
	p := &Problem{Status: status}
	for _, each := range problems {
		p.Errors = append(p.Errors, FieldProblem{each.Field, say(ctx, each.Text)})
	}
	p.Field, p.Reason = p.Errors[0].Field, p.Errors[0].Reason
	p.Detail = p.Field + ": " + p.Reason
	return p
}

// soon is how many days before its end a validity counts as expiring.
const soon = 30

// validity answers whether a day is over, or will be within soon.
func (s *Server) validity(d lowsky.Day) (expired, expiring bool) {
	now := s.now()
	expired = d.Ended(now)
	return expired, !expired && d.Ended(now.AddDate(0, 0, soon+1))
}

// sorted lets a list that may be nil be written as a list.
func sorted[T any](list []T, by func(a, b T) int) []T {
	list = append([]T{}, list...)
	slices.SortFunc(list, by)
	return list
}
