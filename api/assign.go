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
	"lowsky/identity"
)

// Who may be given an alert, and where it may go.
type (
	// AssigneeOrganisation is a department or company.
	AssigneeOrganisation struct {
		ID   lowsky.OrganisationID   `json:"id"`
		Name lowsky.Text             `json:"name"`
		Kind lowsky.OrganisationKind `json:"kind"`
	}
	AssigneePerson struct {
		Username     string                `json:"username"`
		DisplayName  string                `json:"display_name"`
		Organisation lowsky.OrganisationID `json:"organisation_id"`
	}
	// TransferTarget is a jurisdiction that an alert may be handed over to.
	TransferTarget struct {
		ID   lowsky.JurisdictionID `json:"id"`
		Name lowsky.Text           `json:"name"`
	}
	assigneesInput struct {
		Alert string `query:"alert_id" maxLength:"128" doc:"Only who can see this alert; without it whoever may ever be given one"`
	}
	assigneesOutput struct {
		Body struct {
			Organisations []AssigneeOrganisation `json:"organisations"`
			People        []AssigneePerson       `json:"people"`
			Jurisdictions []TransferTarget       `json:"jurisdictions" doc:"Where the caller may hand an alert over to"`
		}
	}
	assignInput struct {
		ID   string `path:"id" maxLength:"128"`
		Body struct {
			Organisation lowsky.OrganisationID `json:"organisation_id,omitempty" maxLength:"64" doc:"Either this"`
			Username     string                `json:"username,omitempty" maxLength:"64" doc:"or this"`
			Comment      string                `json:"comment,omitempty" maxLength:"2000"`
			Rev          uint64                `json:"rev,omitempty"`
		}
	}
	handOverInput struct {
		ID   string `path:"id" maxLength:"128"`
		Body struct {
			To      lowsky.JurisdictionID `json:"to_id" minLength:"1" maxLength:"64"`
			Comment string                `json:"comment,omitempty" maxLength:"2000"`
			Rev     uint64                `json:"rev,omitempty"`
		}
	}
)

func (s *Server) assignOperations(tags []string) {
	operation(s, huma.Operation{
		OperationID: "list-assignees", Method: http.MethodGet, Path: "/api/v1/assignees", Tags: tags,
		Summary: "Whom an alert may be given to, and where it may be handed over",
	}, lowsky.TransferAlerts, s.listAssignees)
	operation(s, huma.Operation{
		OperationID: "assign-alert", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/assign", Tags: tags,
		Summary: "Give an alert to a department, a company or a person who can see it; acknowledges it", MaxBodyBytes: maxHandling,
	}, lowsky.TransferAlerts, s.assign)
	operation(s, huma.Operation{
		OperationID: "hand-over-alert", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/hand-over", Tags: tags,
		Summary:     "Hand an alert over to another jurisdiction, for which it is new again",
		Description: "The city to any county, district or zone; those to what lies above them only.", MaxBodyBytes: maxHandling,
	}, lowsky.TransferAlerts, s.handOver)
	operation(s, huma.Operation{
		OperationID: "pull-up-alert", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/pull-up", Tags: tags,
		Summary: "Take an alert up to the city, which has acknowledged it by that", MaxBodyBytes: maxHandling,
	}, lowsky.TransferAlerts, s.pullUp)
}

// targets are where somebody may hand an alert over to: the city to everything below it, others to what is right above
// what they decide about.
func (s *Server) targets(who *identity.Principal) []TransferTarget {
	out := []TransferTarget{}
	if s.cfg.Region == nil {
		return out
	}
	for i := range s.cfg.Region.Jurisdictions {
		j := &s.cfg.Region.Jurisdictions[i]
		above := slices.ContainsFunc(s.cfg.Region.Jurisdictions, func(below lowsky.Jurisdiction) bool {
			return below.Parent == j.ID && slices.Contains(who.Authority.Jurisdictions, below.ID)
		})
		if who.Authority.All && j.Level > 0 || !who.Authority.All && above {
			out = append(out, TransferTarget{j.ID, j.Name})
		}
	}
	return out
}

// receivers answers who in the caller's scope may be given an alert; a nil alert is any.
func (s *Server) receivers(ctx context.Context, alert *lowsky.Alert) ([]AssigneeOrganisation, []AssigneePerson, error) {
	if s.cfg.Directory == nil {
		return nil, nil, errNoPart
	}
	who := principalOf(ctx)
	all, err := s.cfg.Directory.Organisations(ctx, lowsky.Everything)
	if err != nil {
		return nil, nil, fmt.Errorf("organisations: %w", err)
	}
	users, err := s.cfg.Directory.Users(ctx, who.Scope)
	if err != nil {
		return nil, nil, fmt.Errorf("people: %w", err)
	}
	organisations, sees := []AssigneeOrganisation{}, map[lowsky.OrganisationID]bool{}
	for _, o := range all {
		scope, _ := identity.ScopeOf(o, all)
		sees[o.ID] = !o.Disabled && (alert == nil || alert.Visible(scope))
		if sees[o.ID] && (o.Kind == lowsky.Department || o.Kind == lowsky.Company) && who.Scope.Sees(o.ID, o.Jurisdictions()) {
			organisations = append(organisations, AssigneeOrganisation{o.ID, o.Name, o.Kind})
		}
	}
	people := []AssigneePerson{}
	for _, u := range users {
		if sees[u.Organisation] && !u.Disabled && slices.Contains(lowsky.Granted(u.Roles), lowsky.ReadAlerts) && !slices.Contains(u.Roles, lowsky.APIClient) {
			people = append(people, AssigneePerson{u.Username, u.DisplayName, u.Organisation})
		}
	}
	slices.SortFunc(organisations, func(a, b AssigneeOrganisation) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(people, func(a, b AssigneePerson) int { return cmp.Compare(a.Username, b.Username) })
	return organisations, people, nil
}

func (s *Server) listAssignees(ctx context.Context, in *assigneesInput) (*assigneesOutput, error) {
	who := principalOf(ctx)
	var alert *lowsky.Alert
	if in.Alert != "" {
		a, err := s.alertFor(ctx, in.Alert)
		if err != nil {
			return nil, err
		}
		alert = a
	}
	out := &assigneesOutput{}
	var err error
	if out.Body.Organisations, out.Body.People, err = s.receivers(ctx, alert); err != nil {
		return nil, err
	}
	out.Body.Jurisdictions = s.targets(&who)
	return out, nil
}

// alertFor answers an alert on the board that the caller sees, with nothing hidden.
func (s *Server) alertFor(ctx context.Context, id string) (*lowsky.Alert, error) {
	scope := principalOf(ctx).Scope
	if _, err := s.board.Alert(scope, lowsky.AlertID(id)); err != nil {
		return nil, s.hidden(ctx, "alert", id, err)
	}
	known, _ := s.board.redactor(scope).resolve(lowsky.AlertID(id))
	v, err := s.board.Alert(lowsky.Everything, known)
	return &v.Alert, err
}

func (s *Server) assign(ctx context.Context, in *assignInput) (*alertOutput, error) {
	alert, err := s.alertFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	to := lowsky.Assignee{Organisation: in.Body.Organisation, Username: folded(in.Body.Username)}
	if (to.Organisation == "") == (to.Username == "") {
		return nil, &lowsky.InvalidError{Field: "organisation_id", Problem: "or username: one of the two"}
	}
	organisations, people, err := s.receivers(ctx, alert)
	if err != nil {
		return nil, err
	}
	// Who does not exist, who may not be told of and who cannot see the alert get one answer.
	if to.Organisation != "" && !slices.ContainsFunc(organisations, func(o AssigneeOrganisation) bool { return o.ID == to.Organisation }) {
		return nil, wrong(ctx, "organisation_id", lowsky.Text{ZH: "不是可以接收此告警的部门或企业", EN: "is no department or company that this alert may be given to"})
	}
	if to.Username != "" && !slices.ContainsFunc(people, func(p AssigneePerson) bool { return p.Username == to.Username }) {
		return nil, wrong(ctx, "username", lowsky.Text{ZH: "不是可以接收此告警的人员", EN: "is nobody whom this alert may be given to"})
	}
	return s.handle(ctx, in.ID, lowsky.HandlingCommand{Action: lowsky.ActionAssign, Assignee: to, Comment: in.Body.Comment, Rev: in.Body.Rev})
}

func (s *Server) handOver(ctx context.Context, in *handOverInput) (*alertOutput, error) {
	if _, err := s.alertFor(ctx, in.ID); err != nil {
		return nil, err
	}
	who := principalOf(ctx)
	allowed := s.targets(&who)
	if !slices.ContainsFunc(allowed, func(t TransferTarget) bool { return t.ID == in.Body.To }) {
		var zh, en []string
		for _, t := range allowed {
			zh, en = append(zh, t.Name.ZH+" "+string(t.ID)), append(en, t.Name.EN+" "+string(t.ID))
		}
		return nil, wrong(ctx, "to_id", lowsky.Text{ZH: "只能移交给：" + strings.Join(zh, "、"), EN: "may be handed over to: " + strings.Join(en, ", ")})
	}
	return s.handle(ctx, in.ID, lowsky.HandlingCommand{Action: lowsky.ActionHandOver, To: in.Body.To, Comment: in.Body.Comment, Rev: in.Body.Rev})
}

func (s *Server) pullUp(ctx context.Context, in *acknowledgeInput) (*alertOutput, error) {
	if _, err := s.alertFor(ctx, in.ID); err != nil {
		return nil, err
	}
	if !principalOf(ctx).Authority.All {
		return nil, refused(ctx, "action", lowsky.Text{ZH: "只有市级可以上收告警。", EN: "Only the city pulls alerts up."})
	}
	city, err := s.cityID()
	if err != nil {
		return nil, err
	}
	c := lowsky.HandlingCommand{Action: lowsky.ActionPullUp, To: city}
	if in.Body != nil {
		c.Comment, c.Rev = in.Body.Comment, in.Body.Rev
	}
	return s.handle(ctx, in.ID, c)
}

var errNoCity = errors.New("the region has no city")

// cityID is the top of the region's tree.
func (s *Server) cityID() (lowsky.JurisdictionID, error) {
	if s.cfg.Region != nil {
		for i := range s.cfg.Region.Jurisdictions {
			if j := &s.cfg.Region.Jurisdictions[i]; j.Level == 0 {
				return j.ID, nil
			}
		}
	}
	return "", errNoCity
}
