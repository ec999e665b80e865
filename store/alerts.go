package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

func scanAlert(row pgx.CollectableRow) (*lowsky.Alert, error) {
	var body []byte
	if err := row.Scan(&body); err != nil {
		return nil, err
	}
	a := new(lowsky.Alert)
	if err := json.Unmarshal(body, a); err != nil {
		return nil, fmt.Errorf("stored alert: %w", err)
	}
	return a, nil
}

// maxAlerts bounds a page whatever the caller asks for.
const maxAlerts = 1000

// Alerts answers the alerts in scope that q picks, newest RaisedAt first, ties by id descending.
func (s *Store) Alerts(ctx context.Context, scope lowsky.Scope, q lowsky.AlertQuery) ([]*lowsky.Alert, error) {
	var a args
	where := []string{scopedAlert(&a, scope)}
	add := func(cond string, v ...any) {
		for _, x := range v {
			cond = strings.Replace(cond, "?", a.add(x), 1)
		}
		where = append(where, cond)
	}
	switch q.State {
	case lowsky.AlertsOpen:
		add("open")
	case lowsky.AlertsResolved:
		add("NOT open")
	case lowsky.AlertsAll:
	default:
		return nil, &lowsky.InvalidError{Field: "state", Problem: "must be open, resolved or absent"}
	}
	if q.MinSeverity > lowsky.SeverityNone {
		add("peak_severity >= ?", int16(q.MinSeverity))
	}
	if q.Hazard != "" {
		add("hazard = ?", string(q.Hazard))
	}
	if q.Jurisdiction != "" {
		add("jurisdiction_ids @> ARRAY[?]", string(q.Jurisdiction))
	}
	if q.Aircraft != "" {
		// A pair is the ids of both, joined by "+", which no id holds.
		add("(object_kind = 'aircraft' AND object_id = ? OR object_kind = 'pair' AND ? = ANY (string_to_array(object_id, '+')))",
			string(q.Aircraft), string(q.Aircraft))
	}
	if !q.Since.IsZero() {
		add("raised_at >= ?", q.Since)
	}
	if !q.After.IsZero() {
		add("(raised_at, id) < (?, ?)", q.After, string(q.AfterID))
	}
	limit := q.Limit
	if limit <= 0 || limit > maxAlerts {
		limit = maxAlerts
	}
	rows := a.query(ctx, s.pool, `SELECT body FROM alerts WHERE `+strings.Join(where, " AND ")+
		` ORDER BY raised_at DESC, id DESC LIMIT `+strconv.Itoa(limit))
	out, err := pgx.CollectRows(rows, scanAlert)
	return out, outward("alerts", err)
}

// OpenAlerts answers every alert in scope that is still in the working list (see lowsky.Alert.Open), with its clocks:
// what a picture begins with. Oldest first.
func (s *Store) OpenAlerts(ctx context.Context, scope lowsky.Scope) ([]*lowsky.Alert, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT body FROM alerts WHERE open AND `+scopedAlert(&a, scope)+` ORDER BY raised_at, id`)
	out, err := pgx.CollectRows(rows, scanAlert)
	return out, outward("open alerts", err)
}

// Alert answers the newest revision of one alert; ErrNotFound if it does not exist or is out of scope.
func (s *Store) Alert(ctx context.Context, scope lowsky.Scope, id lowsky.AlertID) (*lowsky.Alert, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT body FROM alerts WHERE id = `+a.add(storable(string(id)))+` AND `+scopedAlert(&a, scope))
	alert, err := pgx.CollectExactlyOneRow(rows, scanAlert)
	if err != nil {
		return nil, outward("alert "+string(id), err)
	}
	return alert, nil
}

// AlertRevisions answers every stored revision of one alert, oldest first. Who may see the alert as it is now may see
// how it became so; ErrNotFound otherwise.
func (s *Store) AlertRevisions(ctx context.Context, scope lowsky.Scope, id lowsky.AlertID) ([]*lowsky.Alert, error) {
	a := args{storable(string(id))}
	rows := a.query(ctx, s.pool, `SELECT body FROM alert_revisions WHERE alert_id = $1
			AND EXISTS (SELECT FROM alerts WHERE id = $1 AND `+scopedAlert(&a, scope)+`) ORDER BY rev`)
	out, err := pgx.CollectRows(rows, scanAlert)
	if err == nil && len(out) == 0 {
		err = lowsky.ErrNotFound
	}
	return out, outward("revisions of alert "+string(id), err)
}
