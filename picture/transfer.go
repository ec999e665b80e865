package picture

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lowsky"
)

// Who has an alert in hand. It begins with its Owner, the smallest jurisdiction that it lies in, and while nobody has
// touched it, it follows the aircraft: the desk that can do something about it is the one below it. Once somebody has
// acknowledged, assigned, transferred, closed it or logged a call, it stays where it is, wherever the aircraft flies: an
// alert that a person has in hand must not slip away to a desk that knows nothing of it. It then moves by hand only.

const (
	transfersMost = 50
	// ownerMoves is how long an untouched alert must be found outside its Owner's area before another desk gets it: along a
	// border it would go to and fro.
	ownerMoves = 10 * time.Second
)

// authorise refuses who has no authority over the alert's holder. A comment needs none. No authority at all is a record of
// before there was any, or the server's own.
func authorise(a *alert, c *lowsky.HandlingCommand) error {
	if c.Authority == nil || c.Action == lowsky.ActionComment {
		return nil
	}
	if holder := a.Holder(); !c.Authority.Over(holder) {
		return fmt.Errorf("held by %s: %w", holderName(holder), lowsky.ErrForbidden)
	}
	if c.Action == lowsky.ActionPullUp && !c.Authority.All {
		return fmt.Errorf("held by %s, and only the city pulls up: %w", holderName(a.Holder()), lowsky.ErrForbidden)
	}
	return nil
}

func holderName(j lowsky.JurisdictionID) string {
	if j == "" {
		return "the city"
	}
	return string(j)
}

// checkAssignee refuses what is nobody, or two.
func checkAssignee(who *lowsky.Assignee) error {
	organisation, username := strings.TrimSpace(string(who.Organisation)), strings.TrimSpace(who.Username)
	if (organisation == "") == (username == "") || len(organisation) > nameMost || len(username) > nameMost {
		return &lowsky.InvalidError{Field: "assignee", Problem: "must be one organisation or one person"}
	}
	return nil
}

// assign gives the alert to somebody, which acknowledges it. done: the same person did just that before.
func assign(h *lowsky.Handling, c *lowsky.HandlingCommand, now time.Time) (done bool, err error) {
	switch h.State {
	case lowsky.HandlingNew:
		h.AcknowledgedBy, h.AcknowledgedAt = c.By, now
	case lowsky.HandlingAcknowledged:
	case lowsky.HandlingAssigned:
		if h.AssignedTo == c.Assignee {
			if h.AssignedBy == c.By {
				return true, nil // a double click
			}
			return false, fmt.Errorf("assigned so by %s already: %w", h.AssignedBy, lowsky.ErrConflict)
		}
	case lowsky.HandlingClosed:
		return false, fmt.Errorf("closed by %s: %w", h.ClosedBy, lowsky.ErrConflict)
	default:
		return false, fmt.Errorf("it is %s: %w", h.State, lowsky.ErrConflict)
	}
	h.State, h.AssignedTo, h.AssignedBy, h.AssignedAt = lowsky.HandlingAssigned, c.Assignee, c.By, now
	return false, nil
}

// transfer hands the alert over, for which it is new again so that the receiving desk hears it, or pulls it up, which
// acknowledges it: who pulls knows of it.
func transfer(a *alert, c *lowsky.HandlingCommand, now time.Time) error {
	h := &a.Handling
	from := a.Holder()
	switch {
	case h.State == lowsky.HandlingClosed:
		return fmt.Errorf("closed by %s: %w", h.ClosedBy, lowsky.ErrConflict)
	case c.To == from:
		return fmt.Errorf("held by %s already: %w", holderName(from), lowsky.ErrConflict)
	}
	h.Holder, h.HolderSince = c.To, now
	if over := len(h.Transfers) + 1 - transfersMost; over > 0 {
		h.Transfers = slices.Delete(h.Transfers, 0, over)
	}
	h.Transfers = append(h.Transfers, lowsky.Transfer{Action: c.Action, From: from, To: c.To, By: c.By, At: now})
	h.AssignedTo, h.AssignedBy, h.AssignedAt = lowsky.Assignee{}, "", time.Time{}
	if c.Action == lowsky.ActionPullUp {
		h.State, h.AcknowledgedBy, h.AcknowledgedAt = lowsky.HandlingAcknowledged, c.By, now
	} else {
		h.State, h.AcknowledgedBy, h.AcknowledgedAt = lowsky.HandlingNew, "", time.Time{}
	}
	return nil
}

// touched reports whether somebody has done anything about the alert but write a comment.
func (a *alert) touched() bool {
	h := &a.Handling
	return h.State != lowsky.HandlingNew || h.Holder != "" || !h.AcknowledgedAt.IsZero() || !h.AssignedAt.IsZero() ||
		!h.ClosedAt.IsZero() || !h.CallLoggedAt.IsZero()
}

// follow makes another jurisdiction the Owner of an untouched alert that has been found outside its Owner's area for a
// while. Of a pair, both members' jurisdictions count: it stays with its Owner while one of them is there.
func (a *alert) follow(js, others []lowsky.JurisdictionID, now time.Time) {
	if len(js) == 0 {
		js, others = others, nil
	}
	if len(js) == 0 || a.touched() { // outside of every area it stays where it was last
		return
	}
	switch {
	case a.Owner == "":
		a.Owner = js[0]
	case slices.Contains(js, a.Owner) || slices.Contains(others, a.Owner):
		a.outside = time.Time{}
	case a.outside.IsZero():
		a.outside = now
	case now.Sub(a.outside) >= ownerMoves:
		a.Owner, a.outside = js[0], time.Time{}
	}
}
