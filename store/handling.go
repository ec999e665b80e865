package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

type (
	alertRow struct {
		seq   uint64
		alert *lowsky.Alert
	}
	handlingRow struct {
		seq uint64
		at  time.Time
		*lowsky.HandlingCommand
	}
	// appliedRow is a command with the revision that shows its effect.
	appliedRow struct {
		handlingRow
		alert *lowsky.Alert
	}
)

// pendingHandling is the commands whose effect has not been seen yet, oldest first.
type pendingHandling []handlingRow

// handlingPatience is how long, on the journal's clock, the effect of a command may take. The picture answers within
// the step; what did nothing for so long was refused.
const handlingPatience = time.Minute

func (c *consumer) handle(r *rows, rec *lowsky.Record, h *lowsky.HandlingCommand) {
	if h.ID == "" {
		h.ID = "journal/" + strconv.FormatUint(rec.Seq, 10)
	}
	r.handling = append(r.handling, handlingRow{rec.Seq, rec.At, h})
}

// alert adds a revision, and the commands whose effect it shows.
func (c *consumer) alert(r *rows, rec *lowsky.Record, a *lowsky.Alert) {
	r.alerts = append(r.alerts, alertRow{rec.Seq, a})
	for _, list := range [][]handlingRow{c.pending, r.handling} {
		for _, h := range list {
			if h.Alert == a.ID && h.seq < rec.Seq && !r.isApplied(h.ID) && shows(a, h) {
				r.applied = append(r.applied, appliedRow{h, a})
			}
		}
	}
}

func (r *rows) isApplied(id string) bool {
	return slices.ContainsFunc(r.applied, func(x appliedRow) bool { return x.ID == id })
}

// shows reports whether the revision bears the mark of the command.
func shows(a *lowsky.Alert, h handlingRow) bool {
	switch h.Action {
	case lowsky.ActionAcknowledge:
		return a.Handling.AcknowledgedBy == h.By
	case lowsky.ActionClose:
		return a.Handling.ClosedBy == h.By && a.Handling.CloseReason == h.Reason
	case lowsky.ActionLogCall:
		return a.Handling.CallLoggedBy == h.By
	case lowsky.ActionComment:
		return slices.ContainsFunc(a.Handling.Comments, func(c lowsky.Comment) bool { return c.By == h.By && c.Text == h.Comment })
	case lowsky.ActionAssign:
		return a.Handling.AssignedBy == h.By && a.Handling.AssignedTo == h.Assignee
	case lowsky.ActionHandOver, lowsky.ActionPullUp:
		// An alert may go to and fro between the same two: only what happened since counts.
		return slices.ContainsFunc(a.Handling.Transfers, func(t lowsky.Transfer) bool {
			return t.Action == h.Action && t.By == h.By && (t.To == h.To || h.To == "") && !t.At.Before(h.at.Truncate(time.Microsecond))
		})
	}
	return false
}

// expire gives up commands that showed no effect in time.
func (c *consumer) expire(r *rows, recs []lowsky.Record) {
	if len(recs) == 0 {
		return
	}
	now := recs[len(recs)-1].At
	for _, h := range c.pending {
		if now.Sub(h.at) > handlingPatience && !r.isApplied(h.ID) {
			r.expired = append(r.expired, h)
		}
	}
}

// pendingAfter is what is still pending after the batch was committed.
func (r *rows) pendingAfter(before pendingHandling) pendingHandling {
	if len(before) == 0 && len(r.handling) == 0 {
		return before
	}
	var after pendingHandling
	for _, list := range [][]handlingRow{before, r.handling} {
		for _, h := range list {
			if !r.isApplied(h.ID) && !slices.ContainsFunc(r.expired, func(x handlingRow) bool { return x.ID == h.ID }) {
				after = append(after, h)
			}
		}
	}
	return after
}

func loadPending(ctx context.Context, from querier) (pendingHandling, error) {
	rows, _ := from.Query(ctx, `SELECT seq, at, request_id, alert_id, action, by_user, from_address, comment, close_reason,
			to_id, assignee_organisation_id, assignee_username
		FROM alert_handling WHERE state = 'pending' ORDER BY seq`)
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (handlingRow, error) {
		h := handlingRow{HandlingCommand: new(lowsky.HandlingCommand)}
		err := row.Scan(&h.seq, &h.at, &h.ID, &h.Alert, &h.Action, &h.By, &h.From, &h.Comment, &h.Reason,
			&h.To, &h.Assignee.Organisation, &h.Assignee.Username)
		return h, err
	})
	return out, outward("pending handling", err)
}

// queueHandling writes the commands of the batch and what became of earlier ones.
func queueHandling(b *pgx.Batch, r *rows) {
	for _, h := range r.handling {
		b.Queue(`INSERT INTO alert_handling (request_id, alert_id, seq, at, action, by_user, from_address, comment, close_reason,
				to_id, assignee_organisation_id, assignee_username, state, organisation_id, jurisdiction_ids)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending', coalesce(a.organisation_id, ''), coalesce(a.jurisdiction_ids, '{}')
			FROM (SELECT) one LEFT JOIN alerts a ON a.id = $2
			ON CONFLICT (request_id) DO NOTHING`,
			h.ID, string(h.Alert), h.seq, h.at, string(h.Action), h.By, h.From, h.Comment, string(h.Reason),
			string(h.To), string(h.Assignee.Organisation), h.Assignee.Username)
	}
	for _, x := range r.applied {
		b.Queue(`UPDATE alert_handling SET state = 'applied', rev = $2, organisation_id = $3, jurisdiction_ids = $4 WHERE request_id = $1`,
			x.ID, x.alert.Rev, string(x.alert.Organisation), texts(x.alert.Jurisdictions))
	}
	for _, h := range r.expired {
		b.Queue(`UPDATE alert_handling SET state = 'no_effect' WHERE request_id = $1`, h.ID)
	}
}

// queueHandlingAudit writes the audit rows of what took effect and of what did not.
func queueHandlingAudit(b *pgx.Batch, r *rows) error {
	for _, x := range r.applied {
		after, err := handled(x.alert)
		if err != nil {
			return err
		}
		e := lowsky.AuditEntry{
			At: x.at, By: x.By, From: x.From, Request: x.ID, Action: "alert." + string(x.Action), Object: "alert/" + string(x.Alert),
			Detail: x.detail() + "revision " + strconv.FormatUint(x.alert.Rev, 10), After: after,
			Organisation: x.alert.Organisation, Jurisdictions: x.alert.Jurisdictions,
		}
		b.Queue(`INSERT INTO audit (at, by_user, from_address, request_id, action, object, detail, before, after, organisation_id, jurisdiction_ids)
			SELECT $1, $2, $3, $4, $5, $6, $7, coalesce((SELECT jsonb_build_object('rev', rev, 'handling', body->'handling' #- '{comments}' #- '{transfers}')::text
				FROM alert_revisions WHERE alert_id = $12 AND rev = $13), $8), $9, $10, $11`,
			append(auditArgs(e), string(x.Alert), int64(x.alert.Rev)-1)...)
	}
	for _, h := range r.expired {
		b.Queue(`INSERT INTO audit (at, by_user, from_address, request_id, action, object, detail, before, after, organisation_id, jurisdiction_ids)
			SELECT at, by_user, from_address, request_id, 'alert.' || action || '_refused', 'alert/' || alert_id, $2, '', '', organisation_id, jurisdiction_ids
			FROM alert_handling WHERE request_id = $1`, h.ID, bounded(h.detail()+"no effect", 8000))
	}
	return nil
}

// handled is what people did with an alert, as the audit trail tells it. Comments and transfers have rows of their own.
func handled(a *lowsky.Alert) (json.RawMessage, error) {
	h := a.Handling
	h.Comments, h.Transfers = nil, nil
	b, err := json.Marshal(struct {
		Rev      uint64          `json:"rev"`
		Handling lowsky.Handling `json:"handling"`
	}{a.Rev, h})
	if err != nil {
		return nil, &lowsky.InvalidError{Field: "alert " + string(a.ID), Problem: err.Error()}
	}
	return b, nil
}

func (h handlingRow) detail() string {
	d := ""
	if h.Reason != "" {
		d += "reason " + string(h.Reason) + "; "
	}
	if h.To != "" {
		d += "to_id " + string(h.To) + "; "
	}
	if h.Assignee.Organisation != "" {
		d += "assignee organisation " + string(h.Assignee.Organisation) + "; "
	}
	if h.Assignee.Username != "" {
		d += "assignee " + h.Assignee.Username + "; "
	}
	if h.Comment != "" {
		d += "comment: " + h.Comment + "; "
	}
	return d
}
