package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"lowsky"
)

// trail is where the server notes what people did and tried to do.
type trail interface {
	Audit(ctx context.Context, e lowsky.AuditEntry) error
	// Exists reports whether there is such a thing, whoever may see it. kind is aircraft, zone, alert, user,
	// organisation, pilot, site, device, token or simulation.
	Exists(ctx context.Context, kind, id string) bool
	auditReader
}

const (
	deniedPerMinute = 30   // rows about one principal's guesses before the summary row
	deniedHeld      = 4096 // principals remembered at once
)

// denials counts the guesses of each principal, so that whoever guesses in a loop does not fill the trail.
type denials struct {
	mu     sync.Mutex
	byName map[string]denied
}

type denied struct {
	since time.Time // start of the minute
	count int       // guesses in it
	mute  int       // of them not told
}

// tell counts one guess. It reports whether it is worth a row, and what the row says besides the object.
func (d *denials) tell(name string, now time.Time) (detail string, row bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byName == nil {
		d.byName = map[string]denied{}
	}
	g, known := d.byName[name]
	if age := now.Sub(g.since); !known || age < 0 || age >= time.Minute {
		if g.mute > 0 {
			detail = fmt.Sprintf("%d more, not listed, in the minute from %s", g.mute, g.since.UTC().Format(time.RFC3339))
		}
		g = denied{since: now}
	}
	g.count++
	if g.count > deniedPerMinute+1 {
		g.mute++
	}
	if !known && len(d.byName) >= deniedHeld {
		for other, o := range d.byName {
			if now.Sub(o.since) >= time.Minute || len(d.byName) >= deniedHeld {
				delete(d.byName, other)
			}
		}
	}
	d.byName[name] = g
	switch {
	case g.count <= deniedPerMinute:
		return detail, true
	case g.count == deniedPerMinute+1:
		return fmt.Sprintf("more than %d within a minute: the further ones of the minute are not listed", deniedPerMinute), true
	}
	return "", false
}

// hidden is what every scoped read and change hands its error through: a thing that exists and is out of the caller's
// scope answers what an unknown id answers, and the guess is noted. It answers err as it is. kind as in trail.Exists.
func (s *Server) hidden(ctx context.Context, kind, id string, err error) error {
	if !errors.Is(err, lowsky.ErrNotFound) || s.cfg.Trail == nil || id == "" || len(id) > 256 ||
		!utf8.ValidString(id) || strings.ContainsRune(id, 0) || !s.exists(ctx, kind, id) {
		return err
	}
	s.denied(ctx, kind, id)
	return err
}

// guessWait is how long a refusal waits for the database to tell whether it was a guess: a database that hangs must not hold
// up the live picture's answers.
const guessWait = 500 * time.Millisecond

// deniedWait is how long the row about a guess may take, behind whatever else is writing to the audit.
const deniedWait = 5 * time.Second

// exists also knows aircraft that fly and nobody has registered.
func (s *Server) exists(ctx context.Context, kind, id string) bool {
	ctx, cancel := context.WithTimeout(ctx, guessWait)
	defer cancel()
	if kind == "aircraft" {
		if _, err := s.board.Track(lowsky.Everything, lowsky.AircraftID(id)); err == nil {
			return true
		}
	}
	return s.cfg.Trail.Exists(ctx, kind, id)
}

// denied notes that the caller asked for something that is not theirs to know of.
func (s *Server) denied(ctx context.Context, kind, id string) {
	ctx, cancel := context.WithTimeout(ctx, deniedWait)
	defer cancel()
	if detail, row := s.denials.tell(requestOf(ctx).who.Username, s.now()); row {
		s.audit(ctx, "access.denied", kind+"/"+id, detail)
	}
}

// audit notes what the caller did. A row that cannot be kept goes to the log: it must not undo what has been done.
func (s *Server) audit(ctx context.Context, action, object, detail string) {
	if s.cfg.Trail == nil {
		return
	}
	by := s.actorOf(ctx)
	e := lowsky.AuditEntry{
		At: by.At, By: by.Name, From: by.From, Request: by.Request, Action: action, Object: object, Detail: by.Tell(detail),
		Organisation: by.Organisation, Jurisdictions: by.Jurisdictions,
	}
	if err := s.cfg.Trail.Audit(ctx, e); err != nil {
		s.log.Error("audit row not stored", "id", by.Request, "by", e.By, "action", action, "object", object, "error", err)
	}
}
