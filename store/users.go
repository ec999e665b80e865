package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const userColumns = `username, display_name, password_hash, external_id, roles, disabled, organisation_id, jurisdiction_ids,
	created_at, password_changed_at, must_change, last_sign_in_at`

func scanUser(row pgx.CollectableRow) (lowsky.User, error) {
	var u lowsky.User
	var roles, js []string
	var signedIn *time.Time
	err := row.Scan(&u.Username, &u.DisplayName, &u.PasswordHash, &u.External, &roles, &u.Disabled, &u.Organisation, &js, &u.CreatedAt,
		&u.PasswordChangedAt, &u.MustChange, &signedIn)
	u.Roles, u.Jurisdictions = typed[lowsky.Role](roles), typed[lowsky.JurisdictionID](js)
	u.CreatedAt, u.PasswordChangedAt, u.LastSignInAt = u.CreatedAt.UTC(), u.PasswordChangedAt.UTC(), orZero(signedIn)
	return u, err
}

// User answers one user for signing in, so it takes no Scope; ErrNotFound if there is none.
func (s *Store) User(ctx context.Context, username string) (lowsky.User, error) {
	rows, _ := s.pool.Query(ctx, `SELECT `+userColumns+` FROM users WHERE username = $1`, storable(username))
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	if err != nil {
		return lowsky.User{}, outward("user "+username, err)
	}
	return u, nil
}

// UserByExternal answers whom "issuer#subject" names, for signing in; ErrNotFound if nobody.
func (s *Store) UserByExternal(ctx context.Context, external string) (lowsky.User, error) {
	rows, _ := s.pool.Query(ctx, `SELECT `+userColumns+` FROM users WHERE external_id = $1 AND external_id <> ''`, storable(external))
	u, err := pgx.CollectExactlyOneRow(rows, scanUser)
	if err != nil {
		return lowsky.User{}, outward("external user", err)
	}
	return u, nil
}

// Users answers the users in scope, by name.
func (s *Store) Users(ctx context.Context, scope lowsky.Scope) ([]lowsky.User, error) {
	var a args
	rows := a.query(ctx, s.pool, `SELECT `+userColumns+` FROM users WHERE `+scoped(&a, scope)+` ORDER BY username`)
	out, err := pgx.CollectRows(rows, scanUser)
	return out, outward("users", err)
}

// seatOf answers what rows of an organisation touch. It keeps the organisation from changing until the transaction
// ends, so that the row moves with its seat or is written after. It comes before the locks on users and tokens, as where
// an organisation is saved.
func seatOf(ctx context.Context, tx pgx.Tx, id lowsky.OrganisationID) ([]lowsky.JurisdictionID, error) {
	var seat lowsky.JurisdictionID
	err := tx.QueryRow(ctx, `SELECT jurisdiction_id FROM organisations WHERE id = $1 FOR SHARE`, string(id)).Scan(&seat)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, fmt.Errorf("organisation %s: %w", id, lowsky.ErrNotFound)
	case err != nil:
		return nil, err
	}
	return []lowsky.JurisdictionID{seat}, nil
}

// CreateUser adds a user; ErrConflict if the name or the external id is taken, ErrNotFound if the organisation does not
// exist. Jurisdictions are those of the organisation, whatever u says.
func (s *Store) CreateUser(ctx context.Context, by lowsky.Actor, u lowsky.User) error {
	return s.act(ctx, "create user "+u.Username, by, func(tx pgx.Tx) ([]change, error) {
		var err error
		if u.Jurisdictions, err = seatOf(ctx, tx, u.Organisation); err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO users (`+userColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			u.Username, u.DisplayName, u.PasswordHash, u.External, texts(u.Roles), u.Disabled, string(u.Organisation), texts(u.Jurisdictions),
			u.CreatedAt, u.PasswordChangedAt, u.MustChange, instant(u.LastSignInAt))
		return []change{{action: "person.create", object: "user/" + u.Username, after: u, organisation: u.Organisation, jurisdictions: u.Jurisdictions}}, err
	}, "user")
}

// lockUser answers a user whose row will be changed.
func lockUser(ctx context.Context, tx pgx.Tx, username string) (lowsky.User, error) {
	rows, _ := tx.Query(ctx, `SELECT `+userColumns+` FROM users WHERE username = $1 FOR UPDATE`, storable(username))
	return pgx.CollectExactlyOneRow(rows, scanUser)
}

// UpdateUser replaces DisplayName, External, Roles, Disabled and Organisation of a user, and with the organisation moves
// the tokens. Passwords and instants stay; see SetPassword. ErrNotFound if there is no such user or organisation,
// ErrConflict if the external id is taken or nobody would be left who administers the city.
func (s *Store) UpdateUser(ctx context.Context, by lowsky.Actor, u lowsky.User) error {
	return s.act(ctx, "update user "+u.Username, by, func(tx pgx.Tx) ([]change, error) {
		seat, err := seatOf(ctx, tx, u.Organisation)
		if err != nil {
			return nil, err
		}
		// Administrators are locked before the one user, always in the same order: two who demote each other wait here.
		others, err := administratorsBut(ctx, tx, u)
		if err != nil {
			return nil, err
		}
		before, err := lockUser(ctx, tx, u.Username)
		if err != nil {
			return nil, err
		}
		if administers(before) && !administers(u) && others == 0 {
			return nil, fmt.Errorf("the last administrator of the city cannot be disabled or lose the role: %w", lowsky.ErrConflict)
		}
		after := before
		after.DisplayName, after.External, after.Roles, after.Disabled, after.Organisation = u.DisplayName, u.External, u.Roles, u.Disabled, u.Organisation
		after.Jurisdictions = seat
		if same(before, after) {
			return nil, nil
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET display_name = $2, external_id = $3, roles = $4, disabled = $5, organisation_id = $6,
				jurisdiction_ids = $7 WHERE username = $1`,
			after.Username, after.DisplayName, after.External, texts(after.Roles), after.Disabled, string(after.Organisation), texts(after.Jurisdictions)); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, `UPDATE api_tokens SET organisation_id = $2, jurisdiction_ids = $3 WHERE username = $1`,
			after.Username, string(after.Organisation), texts(after.Jurisdictions)); err != nil {
			return nil, err
		}
		c := change{action: "person.change", object: "user/" + u.Username, before: before, after: after, organisation: after.Organisation, jurisdictions: after.Jurisdictions}
		if after.Disabled && !before.Disabled {
			c.action = "person.disable"
		}
		return []change{c}, nil
	}, "user")
}

func administers(u lowsky.User) bool {
	return !u.Disabled && slices.Contains(u.Roles, lowsky.CityAdministrator)
}

// administratorsBut counts who else administers the city, and locks them if u is to do so no more.
func administratorsBut(ctx context.Context, tx pgx.Tx, u lowsky.User) (others int, err error) {
	if administers(u) {
		return 1, nil
	}
	rows, _ := tx.Query(ctx, `SELECT username FROM users WHERE NOT disabled AND $1 = ANY(roles) ORDER BY username FOR UPDATE`, string(lowsky.CityAdministrator))
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, n := range names {
		if n != u.Username {
			others++
		}
	}
	return others, err
}

// SetPassword replaces the password hash; sessions that began before at are over. mustChange: the password was given by
// somebody else. ErrNotFound if there is no such user.
func (s *Store) SetPassword(ctx context.Context, by lowsky.Actor, username, hash string, mustChange bool, at time.Time) error {
	return s.act(ctx, "set password of "+username, by, func(tx pgx.Tx) ([]change, error) {
		u, err := lockUser(ctx, tx, username)
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `UPDATE users SET password_hash = $2, password_changed_at = $3, must_change = $4 WHERE username = $1`, u.Username, hash, at, mustChange)
		c := change{action: "person.password", object: "user/" + u.Username, organisation: u.Organisation, jurisdictions: u.Jurisdictions}
		if mustChange {
			c.detail = "must be changed at the next sign-in"
		}
		return []change{c}, err
	}, "user")
}

// SignedIn notes when somebody signed in last. ErrNotFound if there is no such user.
func (s *Store) SignedIn(ctx context.Context, username string, at time.Time) error {
	return s.one(ctx, "sign in "+username, `UPDATE users SET last_sign_in_at = greatest(last_sign_in_at, $2) WHERE username = $1`, storable(username), at)
}

// one executes a statement that must touch a row.
func (s *Store) one(ctx context.Context, doing, sql string, args ...any) error {
	tag, err := s.pool.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = lowsky.ErrNotFound
	}
	return outward(doing, err)
}
