package store

import (
	"context"
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
			if h.Alert == a.ID && h.seq < rec.Seq && !r.isApplied(h.ID) && shows(a, h.HandlingCommand) {
				r.applied = append(r.applied, appliedRow{h, a})
			}
		}
	}
}

func (r *rows) isApplied(id string) bool {
	return slices.ContainsFunc(r.applied, func(x appliedRow) bool { return x.ID == id })
}

// shows reports whether the revision bears the mark of the command.
func shows(a *lowsky.Alert, h *lowsky.HandlingCommand) bool {
	switch h.Action {
	case lowsky.ActionAcknowledge:
		return a.Handling.AcknowledgedBy == h.By
	case lowsky.ActionClose:
		return a.Handling.ClosedBy == h.By && a.Handling.CloseReason == h.Reason
	case lowsky.ActionLogCall:
		return a.Handling.CallLoggedBy == h.By
	case lowsky.ActionComment:
		return slices.ContainsFunc(a.Handling.Comments, func(c lowsky.Comment) bool { return c.By == h.By && c.Text == h.Comment })
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
	rows, _ := from.Query(ctx, `SELECT seq, at, request_id, alert_id, action, by_user, from_address, comment, close_reason
		FROM alert_handling WHERE state = 'pending' ORDER BY seq`)
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (handlingRow, error) {
		h := handlingRow{HandlingCommand: new(lowsky.HandlingCommand)}
		err := row.Scan(&h.seq, &h.at, &h.ID, &h.Alert, &h.Action, &h.By, &h.From, &h.Comment, &h.Reason)
		return h, err
	})
	return out, outward("pending handling", err)
}

// queueHandling writes the commands of the batch, what became of earlier ones, and the audit rows that go with it.
func queueHandling(b *pgx.Batch, r *rows) {
	for _, h := range r.handling {
		b.Queue(`INSERT INTO alert_handling (request_id, alert_id, seq, at, action, by_user, from_address, comment, close_reason,
				state, organisation_id, jurisdiction_ids)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', coalesce(a.organisation_id, ''), coalesce(a.jurisdiction_ids, '{}')
			FROM (SELECT) one LEFT JOIN alerts a ON a.id = $2
			ON CONFLICT (request_id) DO NOTHING`,
			h.ID, string(h.Alert), h.seq, h.at, string(h.Action), h.By, h.From, h.Comment, string(h.Reason))
	}
	for _, x := range r.applied {
		b.Queue(`UPDATE alert_handling SET state = 'applied', rev = $2, organisation_id = $3, jurisdiction_ids = $4 WHERE request_id = $1`,
			x.ID, x.alert.Rev, string(x.alert.Organisation), texts(x.alert.Jurisdictions))
		b.Queue(insertAudit, auditArgs(lowsky.AuditEntry{
			At: x.at, By: x.By, From: x.From, Action: "alert." + string(x.Action), Object: "alert/" + string(x.Alert),
			Detail: x.detail() + "revision " + strconv.FormatUint(x.alert.Rev, 10), Organisation: x.alert.Organisation, Jurisdictions: x.alert.Jurisdictions,
		})...)
	}
	for _, h := range r.expired {
		b.Queue(`UPDATE alert_handling SET state = 'no_effect' WHERE request_id = $1`, h.ID)
		b.Queue(`INSERT INTO audit (at, by_user, from_address, action, object, detail, organisation_id, jurisdiction_ids)
			SELECT at, by_user, from_address, 'alert.' || action || '_refused', 'alert/' || alert_id, $2, organisation_id, jurisdiction_ids
			FROM alert_handling WHERE request_id = $1`, h.ID, h.detail()+"no effect")
	}
}

func (h handlingRow) detail() string {
	d := "request " + h.ID + "; "
	if h.Reason != "" {
		d += "reason " + string(h.Reason) + "; "
	}
	if h.Comment != "" {
		d += "comment: " + h.Comment + "; "
	}
	return d
}
