package store

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lowsky"
)

// change is one audit row in the making: what was done to which object.
type change struct {
	action, object, detail string
	before, after          any // as JSON without secrets; nil is none
	organisation           lowsky.OrganisationID
	jurisdictions          []lowsky.JurisdictionID
}

func (c change) entry(by lowsky.Actor) (lowsky.AuditEntry, error) {
	e := lowsky.AuditEntry{At: by.At, By: by.Name, From: by.From, Request: by.Request, Action: c.action, Object: c.object, Detail: by.Tell(c.detail),
		Organisation: c.organisation, Jurisdictions: c.jurisdictions}
	if e.Organisation == "" && len(e.Jurisdictions) == 0 {
		e.Organisation, e.Jurisdictions = by.Organisation, by.Jurisdictions
	}
	var err error
	if e.Before, err = told(c.before); err != nil {
		return e, err
	}
	e.After, err = told(c.after)
	return e, err
}

// told writes an object for the audit trail: phones as "sealed", for whoever holds the key could open even a sealed one.
// Hashes of passwords and secrets are no part of the JSON of their types.
func told(v any) (json.RawMessage, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case *lowsky.Aircraft:
		hidden := *x
		hidden.ContactPhone = veil(x.ContactPhone)
		v = hidden
	case lowsky.Organisation:
		x.ContactPhone = veil(x.ContactPhone)
		v = x
	case lowsky.Pilot:
		x.Phone = veil(x.Phone)
		v = x
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, &lowsky.InvalidError{Field: "object", Problem: err.Error()}
	}
	return b, nil
}

func veil(s lowsky.Sealed) lowsky.Sealed {
	if s == "" {
		return ""
	}
	return "sealed"
}

// same reports whether two objects are the same as JSON, sealed phones and all.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// act changes something in somebody's name: what do does, an audit row for each change that it answers, and the notice
// of the kinds that changed, all in one transaction. Without a change nothing is told.
//
// The audit rows are written last and together with the COMMIT, in one message to the server: the chain is locked from
// its first row to the end of the transaction, and nothing may be waited for meanwhile.
func (s *Store) act(ctx context.Context, doing string, by lowsky.Actor, do func(tx pgx.Tx) ([]change, error), notices ...string) error {
	return outward(doing, s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		tx, err := conn.Begin(ctx)
		if err != nil {
			return err
		}
		changes, err := do(tx)
		var b pgx.Batch
		for i, c := range changes {
			e, bad := c.entry(by)
			if bad != nil {
				err = bad
				break
			}
			if i == 0 {
				for _, kind := range notices {
					queueNotice(&b, kind)
				}
			}
			b.Queue(insertAudit, auditArgs(e)...)
		}
		if err != nil {
			rollback(ctx, tx)
			return err
		}
		return commitWith(ctx, tx, &b)
	}))
}

// commitWith sends the last statements of a transaction and its COMMIT in one message.
func commitWith(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	b.Queue("commit")
	err := tx.SendBatch(ctx, b).Close()
	if err != nil {
		rollback(ctx, tx)
	}
	return err
}

// rollback ends a transaction also when whoever asked has gone.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sessionTimeout)
	defer cancel()
	_ = tx.Rollback(ctx) // a connection on which this fails is thrown away by its pool
}

// send executes what was queued, if anything was.
func send(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, b).Close()
}
