package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity/roster"
)

// Aircraft answers every register entry with the scope's rows, by id.
func (b *Board) Aircraft(scope lowsky.Scope) []*lowsky.Aircraft {
	b.mu.RLock()
	list := make([]*lowsky.Aircraft, 0, len(b.register))
	for _, a := range b.register {
		if scope.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario) {
			list = append(list, a)
		}
	}
	b.mu.RUnlock()
	slices.SortFunc(list, func(a, b *lowsky.Aircraft) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Registered answers one register entry; ErrNotFound when there is none to see.
func (b *Board) Registered(scope lowsky.Scope, id lowsky.AircraftID) (*lowsky.Aircraft, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if a := b.register[id]; a != nil && scope.SeesFlight(a.Organisation, a.Jurisdictions, a.Scenario) {
		return a, nil
	}
	return nil, fmt.Errorf("aircraft %s: %w", id, lowsky.ErrNotFound)
}

// AircraftView is a register entry as the API tells it. The telephone number is not in it.
type AircraftView struct {
	lowsky.Aircraft
	HasPhone bool `json:"has_phone" doc:"A number is kept; POST /api/v1/contacts tells it"`
	Expired  bool `json:"expired" doc:"The insurance is over"`
	Expiring bool `json:"expiring" doc:"The insurance ends within 30 days"`
}

func (s *Server) aircraftView(a *lowsky.Aircraft) AircraftView {
	v := AircraftView{Aircraft: *a, HasPhone: a.ContactPhone != ""}
	v.ContactPhone = ""
	v.Expired, v.Expiring = s.validity(a.InsuredUntil)
	return v
}

type (
	aircraftListOutput struct {
		Body struct {
			Aircraft []AircraftView `json:"aircraft"`
		}
	}
	aircraftOutput struct{ Body AircraftView }
	registerInput  struct {
		Aircraft string `path:"aircraft_id" pattern:"^[A-Za-z0-9._-]{1,64}$"`
		Body     struct {
			Class            lowsky.Class                 `json:"class,omitempty" enum:"micro,light,small,medium,large," doc:"as 《无人驾驶航空器飞行管理暂行条例》 tests it by mass; empty: by the masses, else unknown"`
			Agricultural     bool                         `json:"agricultural,omitempty" doc:"conventional agricultural aircraft (常规农用)"`
			Model            string                       `json:"model,omitempty" maxLength:"128"`
			Name             lowsky.Text                  `json:"name,omitzero" doc:"short name on the map; absent: the id"`
			Scenario         lowsky.Scenario              `json:"scenario,omitempty" enum:"wellness,rescue,city,logistics,agriculture,tourism,"`
			ContactName      string                       `json:"contact_name,omitempty" maxLength:"128"`
			ContactPhone     *string                      `json:"contact_phone,omitempty" maxLength:"64" doc:"absent: as it is; empty: none"`
			Serial           string                       `json:"serial,omitempty" maxLength:"64"`
			RegistrationMark string                       `json:"registration_mark,omitempty" maxLength:"64"`
			RemoteIDs        []string                     `json:"remote_ids,omitempty" maxItems:"8"`
			ICAOAddress      string                       `json:"icao_address,omitempty" pattern:"^([0-9A-Fa-f]{6})?$"`
			EmptyMass        lowsky.Opt[lowsky.Kilograms] `json:"empty_mass_kg,omitzero"`
			TakeoffMass      lowsky.Opt[lowsky.Kilograms] `json:"takeoff_mass_kg,omitzero" doc:"maximum"`
			InsuredUntil     lowsky.Day                   `json:"insured_until,omitempty" maxLength:"10"`
			Organisation     lowsky.OrganisationID        `json:"organisation_id,omitempty" maxLength:"64" doc:"must be one's own; absent: as it is, else the caller's"`
		}
	}
)

func (s *Server) aircraftOperations() {
	tags := []string{"registers"}
	operation(s, huma.Operation{
		OperationID: "list-aircraft", Method: http.MethodGet, Path: "/api/v1/aircraft", Tags: tags,
		Summary: "The register of aircraft",
	}, lowsky.ReadRegister, func(ctx context.Context, _ *struct{}) (*aircraftListOutput, error) {
		out := &aircraftListOutput{}
		out.Body.Aircraft = []AircraftView{}
		for _, a := range s.board.Aircraft(principalOf(ctx).Scope) {
			out.Body.Aircraft = append(out.Body.Aircraft, s.aircraftView(a))
		}
		return out, nil
	})
	operation(s, huma.Operation{
		OperationID: "get-aircraft", Method: http.MethodGet, Path: "/api/v1/aircraft/{aircraft_id}", Tags: tags,
		Summary: "One entry of the register",
	}, lowsky.ReadRegister, func(ctx context.Context, in *trackInput) (*aircraftOutput, error) {
		a, err := s.board.Registered(principalOf(ctx).Scope, lowsky.AircraftID(in.Aircraft))
		if err != nil {
			return nil, s.hidden(ctx, "aircraft", in.Aircraft, err)
		}
		return &aircraftOutput{s.aircraftView(a)}, nil
	})
	operation(s, huma.Operation{
		OperationID: "put-aircraft", Method: http.MethodPut, Path: "/api/v1/aircraft/{aircraft_id}", Tags: tags,
		Summary:     "Register an aircraft, or change its entry",
		Description: "In an organisation of one's own. Where both masses are given they decide the class; another class is refused.", MaxBodyBytes: 16 << 10,
	}, lowsky.WriteRegister, s.putAircraft)
	operation(s, huma.Operation{
		OperationID: "remove-aircraft", Method: http.MethodDelete, Path: "/api/v1/aircraft/{aircraft_id}", Tags: tags,
		Summary: "Remove an entry; the aircraft is unknown from then on",
	}, lowsky.WriteRegister, s.removeAircraft)
	s.pilotOperations()
	s.siteOperations()
	s.fileOperations()
	s.expiringOperations()
	s.contactOperations()
}

// changeable answers the registered aircraft that somebody wants to change; nil where there is none. One that they do
// not see does not exist for them, and they cannot have its id either: 404, as for any id to which they may not go.
func (s *Server) changeable(ctx context.Context, id lowsky.AircraftID) (*lowsky.Aircraft, error) {
	if s.cfg.Registers == nil {
		return nil, errNoPart
	}
	scope := principalOf(ctx).Scope
	old, err := s.cfg.Registers.AircraftByID(ctx, lowsky.Everything, id)
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("aircraft %s: %w", id, err)
	case !scope.SeesFlight(old.Organisation, old.Jurisdictions, old.Scenario):
		return nil, s.hidden(ctx, "aircraft", string(id), fmt.Errorf("aircraft %s: %w", id, lowsky.ErrNotFound))
	case !scope.Owns(old.Organisation):
		return nil, notYours(ctx)
	}
	return old, nil
}

// notYours refuses to change what is seen but belongs to others.
func notYours(ctx context.Context) error {
	return refused(ctx, "organisation_id", lowsky.Text{ZH: "由其他单位登记，只能查看。", EN: "Another organisation registered it: it may be looked at only."})
}

func (s *Server) putAircraft(ctx context.Context, in *registerInput) (*aircraftOutput, error) {
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	id, body := lowsky.AircraftID(in.Aircraft), &in.Body
	a := &lowsky.Aircraft{
		ID: id, Class: body.Class, Agricultural: body.Agricultural, Model: body.Model, Name: body.Name, Scenario: body.Scenario,
		ContactName: body.ContactName, Serial: body.Serial, RegistrationMark: body.RegistrationMark, RemoteIDs: body.RemoteIDs,
		ICAOAddress: strings.ToLower(body.ICAOAddress), EmptyMass: body.EmptyMass, TakeoffMass: body.TakeoffMass,
		InsuredUntil: body.InsuredUntil, Organisation: body.Organisation, UpdatedAt: s.now().UTC(),
	}
	if err := checkAircraft(ctx, a); err != nil {
		return nil, err
	}
	s.publishing.Lock()
	defer s.publishing.Unlock()
	old, err := s.changeable(ctx, id)
	if err != nil {
		return nil, err
	}
	j, err := s.judge(ctx)
	if err != nil {
		return nil, err
	}
	if err := refusedEntry(ctx, j.aircraft(a, old)); err != nil {
		return nil, err
	}
	var kept lowsky.Sealed
	if old != nil {
		kept = old.ContactPhone
	}
	if a.ContactPhone, err = j.phone("contact_phone", entered(body.ContactPhone), kept); err != nil {
		return nil, err
	}
	if err := s.publishAircraft(ctx, lowsky.AircraftPublication{Upsert: []*lowsky.Aircraft{a}}); err != nil {
		return nil, fmt.Errorf("register aircraft %s: %w", id, err)
	}
	return &aircraftOutput{s.aircraftView(a)}, nil
}

// checkAircraft refuses what an entry cannot say, and lets the masses tell the class.
func checkAircraft(ctx context.Context, a *lowsky.Aircraft) error {
	switch {
	case len(a.Name.ZH) > 64 || len(a.Name.EN) > 64:
		return &lowsky.InvalidError{Field: "name", Problem: "must be at most 64 bytes in each language"}
	case (a.Name.ZH == "") != (a.Name.EN == ""):
		return &lowsky.InvalidError{Field: "name", Problem: "must be given in both languages, or in none"}
	case a.InsuredUntil.Check() != nil:
		return &lowsky.InvalidError{Field: "insured_until", Problem: "must be a day such as 2027-03-31"}
	}
	for _, t := range [...]struct{ field, text string }{{"model", a.Model}, {"name", a.Name.ZH + a.Name.EN}, {"contact_name", a.ContactName},
		{"serial", a.Serial}, {"registration_mark", a.RegistrationMark}, {"remote_ids", strings.Join(a.RemoteIDs, " ")}} {
		if !plain(t.text, 1024) {
			return &lowsky.InvalidError{Field: t.field, Problem: "must not hold control characters"}
		}
	}
	for _, id := range a.RemoteIDs {
		if id == "" || len(id) > 64 || strings.ContainsAny(id, " ") {
			return &lowsky.InvalidError{Field: "remote_ids", Problem: "must each be at most 64 characters without spaces"}
		}
	}
	for field, m := range map[string]lowsky.Opt[lowsky.Kilograms]{"empty_mass_kg": a.EmptyMass, "takeoff_mass_kg": a.TakeoffMass} {
		if m.OK && !(m.Value > 0 && m.Value <= 100_000) {
			return &lowsky.InvalidError{Field: field, Problem: "must be above 0 and at most 100,000 kg"}
		}
	}
	if a.Class == lowsky.ClassUnknown {
		a.Class = lowsky.ClassOf(a.EmptyMass, a.TakeoffMass)
	}
	return problemsOf(ctx, http.StatusUnprocessableEntity, roster.CheckAircraft(a))
}

// refusedEntry is 409 where a name is taken, 403 where the organisation is not one's own, else 422.
func refusedEntry(ctx context.Context, problems []roster.RowProblem) error {
	status := http.StatusUnprocessableEntity
	for _, p := range problems {
		switch p.Code {
		case "alias_taken":
			status = http.StatusConflict
		case "organisation_not_owned":
			return problemsOf(ctx, http.StatusForbidden, []roster.RowProblem{p})
		}
	}
	return problemsOf(ctx, status, problems)
}

// entered is a telephone number of a body: absent keeps what there is.
func entered(phone *string) lowsky.Opt[string] {
	if phone == nil {
		return lowsky.Opt[string]{}
	}
	return lowsky.Some(*phone)
}

func (s *Server) removeAircraft(ctx context.Context, in *trackInput) (*struct{}, error) {
	if s.cfg.Register == nil {
		return nil, errNoPart
	}
	id := lowsky.AircraftID(in.Aircraft)
	s.publishing.Lock()
	defer s.publishing.Unlock()
	old, err := s.changeable(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case old == nil:
		return nil, fmt.Errorf("aircraft %s: %w", id, lowsky.ErrNotFound)
	}
	if err := s.publishAircraft(ctx, lowsky.AircraftPublication{Remove: []lowsky.AircraftID{id}}); err != nil {
		return nil, fmt.Errorf("remove aircraft %s: %w", id, err)
	}
	return nil, nil
}
