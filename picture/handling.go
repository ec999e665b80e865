package picture

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"lowsky"
)

// Bounds of what people write.
const (
	commentMost  = 2000 // characters
	commentsMost = 200  // per alert
	nameMost     = 200
)

// handle applies what a person does with an alert. The outcome, refusal or not, goes to whoever waits for it; a refusal
// is no fault of the record.
func (e *Engine) handle(c *lowsky.HandlingCommand) error {
	a := e.alerts[c.Alert]
	err := e.handleAlert(a, c)
	out := Outcome{Command: c.ID, Err: err}
	if err != nil {
		out.Err = fmt.Errorf("%s alert %s: %w", c.Action, c.Alert, err)
		if a != nil {
			out.Alert = a.told
		}
		e.outcomes = append(e.outcomes, out)
		return nil
	}
	if a.handled {
		e.mark(a)
	}
	e.answering = append(e.answering, answering{c.ID, a})
	return nil
}

// answering is a command that was applied: its outcome carries the revision made at the end of the Step.
type answering struct {
	command string
	alert   *alert
}

func (e *Engine) handleAlert(a *alert, c *lowsky.HandlingCommand) error {
	if err := checkCommand(c); err != nil {
		return err
	}
	if a == nil {
		return lowsky.ErrNotFound
	}
	if err := authorise(a, c); err != nil {
		return err
	}
	if c.Rev > a.Rev {
		return &lowsky.InvalidError{Field: "rev", Problem: "is above the alert's revision"}
	}
	if c.Rev != 0 && c.Rev < a.handledRev {
		return lowsky.ErrStale
	}
	h := &a.Handling
	if c.Comment != "" && len(h.Comments) >= commentsMost {
		return fmt.Errorf("it has %d comments already: %w", commentsMost, lowsky.ErrConflict)
	}
	switch c.Action {
	case lowsky.ActionAcknowledge:
		switch {
		case h.State == lowsky.HandlingNew:
		case (h.State == lowsky.HandlingAcknowledged || h.State == lowsky.HandlingAssigned) && h.AcknowledgedBy == c.By:
			return nil // the same person again: a double click
		case h.State == lowsky.HandlingClosed:
			return fmt.Errorf("closed by %s: %w", h.ClosedBy, lowsky.ErrConflict)
		default:
			return fmt.Errorf("acknowledged by %s: %w", h.AcknowledgedBy, lowsky.ErrConflict)
		}
		h.State, h.AcknowledgedBy, h.AcknowledgedAt = lowsky.HandlingAcknowledged, c.By, e.now
	case lowsky.ActionLogCall:
		h.CallLoggedBy, h.CallLoggedAt = c.By, e.now
	case lowsky.ActionClose:
		if h.State == lowsky.HandlingClosed {
			return fmt.Errorf("closed by %s: %w", h.ClosedBy, lowsky.ErrConflict)
		}
		if a.State != lowsky.AlertResolved && c.Reason == lowsky.CloseTrue {
			return fmt.Errorf("it is not over; only a false alarm, a duplicate or a drill may be closed now: %w", lowsky.ErrConflict)
		}
		h.State, h.ClosedBy, h.ClosedAt, h.CloseReason = lowsky.HandlingClosed, c.By, e.now, c.Reason
		a.closedAt = a.Severity
	case lowsky.ActionAssign:
		if done, err := assign(h, c, e.now); done || err != nil {
			return err
		}
	case lowsky.ActionHandOver, lowsky.ActionPullUp:
		if err := transfer(a, c, e.now); err != nil {
			return err
		}
	}
	if c.Comment != "" {
		h.Comments = append(h.Comments, lowsky.Comment{By: c.By, At: e.now, Text: c.Comment})
	}
	a.handled = true
	return nil
}

// checkCommand refuses what is no command at all.
func checkCommand(c *lowsky.HandlingCommand) error {
	text := strings.TrimSpace(c.Comment)
	switch {
	case strings.TrimSpace(c.By) == "" || len(c.By) > nameMost:
		return &lowsky.InvalidError{Field: "by", Problem: "must name a person"}
	case !utf8.ValidString(c.Comment) || utf8.RuneCountInString(c.Comment) > commentMost:
		return &lowsky.InvalidError{Field: "comment", Problem: "must be at most 2000 characters"}
	case c.Comment != "" && text == "":
		return &lowsky.InvalidError{Field: "comment", Problem: "must not be blank"}
	}
	switch c.Action {
	case lowsky.ActionAcknowledge, lowsky.ActionLogCall:
	case lowsky.ActionComment:
		if text == "" {
			return &lowsky.InvalidError{Field: "comment", Problem: "must not be empty"}
		}
	case lowsky.ActionClose:
		switch c.Reason {
		case lowsky.CloseTrue, lowsky.CloseFalseAlarm, lowsky.CloseDuplicate, lowsky.CloseDrill:
		default:
			return &lowsky.InvalidError{Field: "reason", Problem: "must be true, false_alarm, duplicate or drill"}
		}
	case lowsky.ActionAssign:
		return checkAssignee(&c.Assignee)
	case lowsky.ActionHandOver, lowsky.ActionPullUp:
		if strings.TrimSpace(string(c.To)) == "" || len(c.To) > nameMost {
			return &lowsky.InvalidError{Field: "to_id", Problem: "must name a jurisdiction"}
		}
	default:
		return &lowsky.InvalidError{Field: "action", Problem: "must be acknowledge, comment, log_call, close, assign, hand_over or pull_up"}
	}
	return nil
}
