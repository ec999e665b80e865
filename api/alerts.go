package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// handler takes what a person does with an alert: into the journal, through the picture, and back with the outcome.
// ErrConflict and ErrStale say that the picture refused; ErrNotFound that it does not know the alert.
type handler interface {
	Handle(ctx context.Context, c lowsky.HandlingCommand) (lowsky.Alert, error)
}

// Alerts answers the alerts on the board that the query asks for: all open ones, and the newest of the others.
func (b *Board) Alerts(scope lowsky.Scope, q lowsky.AlertQuery) []AlertView {
	hide := b.redactor(scope)
	b.mu.RLock()
	views := make([]AlertView, 0, len(b.byObject))
	for _, a := range b.alerts {
		if a.Visible(scope) && asked(a, &q) {
			views = append(views, b.seenBy(hide, a))
		}
	}
	b.mu.RUnlock()
	slices.SortFunc(views, func(a, b AlertView) int {
		return cmp.Or(b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(b.ID, a.ID))
	})
	if q.Limit > 0 && len(views) > q.Limit {
		views = views[:q.Limit]
	}
	return views
}

func asked(a *lowsky.Alert, q *lowsky.AlertQuery) bool {
	switch {
	case q.State == lowsky.AlertsOpen && !a.Open(), q.State == lowsky.AlertsResolved && a.Open(),
		a.PeakSeverity < q.MinSeverity,
		q.Hazard != "" && a.Hazard != q.Hazard,
		q.Jurisdiction != "" && !slices.Contains(a.Jurisdictions, q.Jurisdiction),
		q.Aircraft != "" && !a.Concerns(q.Aircraft),
		a.RaisedAt.Before(q.Since):
		return false
	}
	return q.AfterID == "" || a.RaisedAt.Before(q.After) || a.RaisedAt.Equal(q.After) && a.ID < q.AfterID
}

// Alert answers one alert of the board; ErrNotFound when there is none to see.
func (b *Board) Alert(scope lowsky.Scope, id lowsky.AlertID) (AlertView, error) {
	hide := b.redactor(scope)
	known, ciphered := hide.resolve(id)
	b.mu.RLock()
	defer b.mu.RUnlock()
	a := b.alerts[known]
	if a == nil || !a.Visible(scope) || !hide.knows(a, ciphered) {
		return AlertView{}, fmt.Errorf("alert %s: %w", id, lowsky.ErrNotFound)
	}
	return b.seenBy(hide, a), nil
}

// dressed joins stored alerts with whom to call; what is stored is saved.
func (b *Board) dressed(scope lowsky.Scope, stored []*lowsky.Alert) []AlertView {
	hide := b.redactor(scope)
	b.mu.RLock()
	defer b.mu.RUnlock()
	views := make([]AlertView, len(stored))
	for i, a := range stored {
		views[i] = b.seenBy(hide, finite(a))
		views[i].SavedRev = max(views[i].SavedRev, a.Rev)
	}
	return views
}

type (
	alertsInput struct {
		State        string `query:"state" enum:"open,resolved,all" default:"open" doc:"open comes from the live picture, the others from the database"`
		Severity     string `query:"severity" enum:"info,advisory,caution,warning" doc:"at least, by the highest it had"`
		Hazard       string `query:"hazard" maxLength:"64"`
		Jurisdiction string `query:"jurisdiction" maxLength:"64"`
		Aircraft     string `query:"aircraft" pattern:"^[A-Za-z0-9._-]{1,64}$"`
		Since        string `query:"since" doc:"raised at or after; RFC 3339 with zone"`
		Limit        int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
		Cursor       string `query:"cursor" maxLength:"200" doc:"next of the page before"`
	}
	alertsOutput struct {
		Body struct {
			Alerts []AlertView `json:"alerts" doc:"Newest first"`
			Next   string      `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
		}
	}
	alertInput struct {
		ID string `path:"id" maxLength:"128"`
	}
	alertDetailOutput struct {
		Body struct {
			Alert              AlertView       `json:"alert"`
			Revisions          []*lowsky.Alert `json:"revisions" doc:"Every stored revision, oldest first"`
			RevisionsAvailable bool            `json:"revisions_available" doc:"False: the database cannot be asked now"`
		}
	}
	alertOutput      struct{ Body AlertView }
	acknowledgeInput struct {
		ID   string `path:"id" maxLength:"128"`
		Body *struct {
			Comment string `json:"comment,omitempty" maxLength:"2000"`
			Rev     uint64 `json:"rev,omitempty" doc:"Refuse (412) if the handling changed after this revision"`
		}
	}
	commentInput struct {
		ID   string `path:"id" maxLength:"128"`
		Body struct {
			Comment string `json:"comment" minLength:"1" maxLength:"2000"`
			Rev     uint64 `json:"rev,omitempty"`
		}
	}
	closeInput struct {
		ID   string `path:"id" maxLength:"128"`
		Body struct {
			Reason  lowsky.CloseReason `json:"reason" enum:"true,false_alarm,duplicate,drill" doc:"An alert that fires may only be closed as false_alarm, duplicate or drill"`
			Comment string             `json:"comment,omitempty" maxLength:"2000"`
			Rev     uint64             `json:"rev,omitempty"`
		}
	}
)

func (s *Server) alertOperations() {
	tags := []string{"alerts"}
	operation(s, huma.Operation{
		OperationID: "list-alerts", Method: http.MethodGet, Path: "/api/v1/alerts", Tags: tags, Summary: "Alerts",
	}, lowsky.ReadAlerts, s.listAlerts)
	operation(s, huma.Operation{
		OperationID: "get-alert", Method: http.MethodGet, Path: "/api/v1/alerts/{id}", Tags: tags,
		Summary: "One alert and every revision of it",
	}, lowsky.ReadAlerts, s.getAlert)
	operation(s, huma.Operation{
		OperationID: "acknowledge-alert", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/acknowledge", Tags: tags,
		Summary: "Acknowledge: silences the sound, nothing else", MaxBodyBytes: maxHandling,
	}, lowsky.HandleAlerts, s.acknowledge)
	operation(s, huma.Operation{
		OperationID: "comment-alert", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/comment", Tags: tags,
		Summary: "Comment", MaxBodyBytes: maxHandling,
	}, lowsky.HandleAlerts, func(ctx context.Context, in *commentInput) (*alertOutput, error) {
		if strings.TrimSpace(in.Body.Comment) == "" {
			return nil, &lowsky.InvalidError{Field: "comment", Problem: "must not be blank"}
		}
		return s.handle(ctx, in.ID, lowsky.HandlingCommand{Action: lowsky.ActionComment, Comment: in.Body.Comment, Rev: in.Body.Rev})
	})
	operation(s, huma.Operation{
		OperationID: "close-alert", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/close", Tags: tags,
		Summary: "Close with a reason", MaxBodyBytes: maxHandling,
	}, lowsky.HandleAlerts, func(ctx context.Context, in *closeInput) (*alertOutput, error) {
		return s.handle(ctx, in.ID, lowsky.HandlingCommand{
			Action: lowsky.ActionClose, Reason: in.Body.Reason, Comment: in.Body.Comment, Rev: in.Body.Rev,
		})
	})
	operation(s, huma.Operation{
		OperationID: "log-call", Method: http.MethodPost, Path: "/api/v1/alerts/{id}/call", Tags: tags,
		Summary: "Log that the contact was called", MaxBodyBytes: maxHandling,
	}, lowsky.HandleAlerts, s.logCall)
	s.assignOperations(tags)
}

// revisionsWait is how long the revisions of an alert that is on the board are waited for.
const revisionsWait = 3 * time.Second

// maxHandling bounds what a person may send about an alert: 2000 characters and their keys.
const maxHandling = 16 << 10

func (s *Server) listAlerts(ctx context.Context, in *alertsInput) (*alertsOutput, error) {
	q := lowsky.AlertQuery{
		State: lowsky.AlertFilter(in.State), Hazard: lowsky.Hazard(in.Hazard),
		Jurisdiction: lowsky.JurisdictionID(in.Jurisdiction), Aircraft: lowsky.AircraftID(in.Aircraft), Limit: in.Limit + 1,
	}
	if in.State == "all" {
		q.State = lowsky.AlertsAll
	}
	if in.Severity != "" {
		if err := q.MinSeverity.UnmarshalText([]byte(in.Severity)); err != nil {
			return nil, err
		}
	}
	var err error
	if q.Since, err = queryTime("since", in.Since); err != nil {
		return nil, err
	}
	if q.After, q.AfterID, err = readCursor(in.Cursor); err != nil {
		return nil, err
	}
	scope := principalOf(ctx).Scope
	if q.AfterID != "" {
		q.AfterID, _ = s.board.redactor(scope).resolve(q.AfterID)
	}
	var views []AlertView
	switch {
	case q.Aircraft != "" && !s.board.mayAsk(scope, q.Aircraft):
		views = []AlertView{}
	case q.State == lowsky.AlertsOpen:
		views = s.board.Alerts(scope, q)
	case s.cfg.Records == nil:
		return nil, errNoPart
	default:
		stored, err := s.cfg.Records.Alerts(ctx, scope, q)
		if err != nil {
			return nil, fmt.Errorf("alerts: %w", err)
		}
		views = s.board.dressed(scope, stored)
	}
	out := &alertsOutput{}
	if len(views) > in.Limit {
		views = views[:in.Limit]
		out.Body.Next = writeCursor(views[in.Limit-1])
	}
	out.Body.Alerts = views
	return out, nil
}

func writeCursor(last AlertView) string {
	return base64.RawURLEncoding.EncodeToString([]byte(last.RaisedAt.UTC().Format(time.RFC3339Nano) + " " + string(last.ID)))
}

func readCursor(cursor string) (time.Time, lowsky.AlertID, error) {
	if cursor == "" {
		return time.Time{}, "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, ok := strings.Cut(string(raw), " ")
	t, errTime := time.Parse(time.RFC3339Nano, at)
	if err != nil || errTime != nil || !ok || id == "" {
		return time.Time{}, "", &lowsky.InvalidError{Field: "cursor", Problem: "must be next of the page before"}
	}
	return t, lowsky.AlertID(id), nil
}

func (s *Server) getAlert(ctx context.Context, in *alertInput) (*alertDetailOutput, error) {
	scope, id := principalOf(ctx).Scope, lowsky.AlertID(in.ID)
	live, liveErr := s.board.Alert(scope, id)
	out := &alertDetailOutput{}
	hide := s.board.redactor(scope)
	known, ciphered := hide.resolve(id)
	out.Body.Alert, out.Body.Revisions = live, []*lowsky.Alert{}
	if s.cfg.Records == nil {
		return out, s.hidden(ctx, "alert", in.ID, liveErr)
	}
	ask, cancel := ctx, context.CancelFunc(func() {})
	if liveErr == nil { // the live picture does not wait long for a database that hangs
		ask, cancel = context.WithTimeout(ctx, revisionsWait)
	}
	defer cancel()
	revisions, err := s.cfg.Records.AlertRevisions(ask, scope, known)
	if err == nil && len(revisions) > 0 && !hide.knows(revisions[0], ciphered) {
		revisions, err = nil, lowsky.ErrNotFound
	}
	switch {
	case err == nil && len(revisions) > 0:
		out.Body.Revisions, out.Body.RevisionsAvailable = s.board.history(hide, revisions), true
		if newest := revisions[len(revisions)-1]; liveErr != nil || newest.Rev > live.Rev {
			out.Body.Alert = s.board.dressed(scope, []*lowsky.Alert{newest})[0]
		}
		return out, nil
	case err == nil || errors.Is(err, lowsky.ErrNotFound): // not stored yet
		out.Body.RevisionsAvailable = true
		return out, s.hidden(ctx, "alert", in.ID, liveErr)
	case liveErr == nil: // the live picture goes on without the database
		s.log.Warn("revisions of alert", "alert", id, "id", requestOf(ctx).id, "error", err)
		return out, nil
	}
	return nil, fmt.Errorf("alert %s: %w", id, err)
}

func (s *Server) acknowledge(ctx context.Context, in *acknowledgeInput) (*alertOutput, error) {
	c := lowsky.HandlingCommand{Action: lowsky.ActionAcknowledge}
	if in.Body != nil {
		c.Comment, c.Rev = in.Body.Comment, in.Body.Rev
	}
	return s.handle(ctx, in.ID, c)
}

func (s *Server) logCall(ctx context.Context, in *acknowledgeInput) (*alertOutput, error) {
	c := lowsky.HandlingCommand{Action: lowsky.ActionLogCall}
	if in.Body != nil {
		c.Comment, c.Rev = in.Body.Comment, in.Body.Rev
	}
	return s.handle(ctx, in.ID, c)
}

// handle puts what the person does through the picture. An alert that they may not see does not exist for them.
func (s *Server) handle(ctx context.Context, id string, c lowsky.HandlingCommand) (*alertOutput, error) {
	rq := requestOf(ctx)
	if _, err := s.board.Alert(rq.who.Scope, lowsky.AlertID(id)); err != nil {
		return nil, s.hidden(ctx, "alert", id, err)
	}
	if s.cfg.Handler == nil {
		return nil, errNoPart
	}
	hide := s.board.redactor(rq.who.Scope)
	known, _ := hide.resolve(lowsky.AlertID(id))
	c.ID, c.Alert, c.By, c.From, c.Authority = rq.id, known, rq.who.Username, rq.from, &rq.who.Authority
	a, err := s.cfg.Handler.Handle(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("%s alert %s: %w", c.Action, id, err)
	}
	s.board.mu.RLock()
	defer s.board.mu.RUnlock()
	return &alertOutput{s.board.seenBy(hide, finite(&a))}, nil
}
