package lowsky

import (
	"encoding/json"
	"time"
)

// User is a person, or a program of its own, who may sign in.
type User struct {
	// Username is what is typed at sign-in: [a-z0-9._-]{1,64}, compared in lower case.
	Username    string `json:"username"`
	DisplayName string `json:"display_name"`
	// PasswordHash is an argon2id PHC string; "" can never sign in with a password. It never leaves the server.
	PasswordHash string `json:"-"`
	// External is "issuer#subject" of whoever signs in through OIDC; "" for a local account.
	External     string         `json:"external_id,omitempty"`
	Roles        []Role         `json:"roles"`
	Disabled     bool           `json:"disabled,omitempty"`
	Organisation OrganisationID `json:"organisation_id"`
	// Jurisdictions that the organisation is seated in: who may see the account.
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	CreatedAt     time.Time        `json:"created_at"`
	// PasswordChangedAt ends every session that began before it.
	PasswordChangedAt time.Time `json:"password_changed_at"`
	// MustChange: the password was given by somebody else; the console asks for a new one first.
	MustChange   bool      `json:"must_change,omitempty"`
	LastSignInAt time.Time `json:"last_sign_in_at,omitzero"`
}

// APIToken is a key for programs, sent as "Authorization: Bearer …". The secret is shown once and never kept. It
// can never do more than its user, nor see more.
type APIToken struct {
	ID       string `json:"id"`   // public name of the token, for the audit log and to revoke it
	Name     string `json:"name"` // what it is for, as its maker wrote it
	Username string `json:"username"`
	// Permissions narrow what the user's roles grant; empty: all of it.
	Permissions []Permission `json:"permissions,omitempty"`
	// Hash is the SHA-256 of the whole secret. The secret is 128 random bits, so a fast hash is enough.
	Hash       [32]byte  `json:"-"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"` // zero: until revoked
	RevokedAt  time.Time `json:"revoked_at,omitzero"` // zero: not revoked
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
}

// SessionInfo is one session of a person, without what would open it.
type SessionInfo struct {
	ID       string    `json:"id"` // names it, opens nothing
	Username string    `json:"username"`
	BeganAt  time.Time `json:"began_at"`
	UsedAt   time.Time `json:"used_at"` // to the minute
	EndsAt   time.Time `json:"ends_at"`
	From     string    `json:"from"`            // network address at sign-in
	Agent    string    `json:"agent,omitempty"` // the browser as it names itself, cut to 200 bytes
}

// Actor is who does something, as the audit row will tell it.
type Actor struct {
	Name          string           // user name; "server", "demo" or "shell/user" where no account did it
	From          string           // network address; "" none
	Request       string           // id of the request, "" none
	Token         string           // id of the API token that it was done with, "" none
	At            time.Time        //
	Organisation  OrganisationID   // the actor's own, for rows about nothing else
	Jurisdictions []JurisdictionID //
}

// Tell is the detail of an audit row of the actor: it says so where it was a program with a token.
func (a Actor) Tell(detail string) string {
	switch {
	case a.Token == "":
		return detail
	case detail == "":
		return "token " + a.Token
	}
	return "token " + a.Token + "; " + detail
}

// AuditEntry is one thing a person (or a program in their name) did, tried to do, decided, or looked at. Rows are only
// ever added, and each holds the hash of the one before.
type AuditEntry struct {
	Seq     uint64          `json:"seq"` // 1, 2, 3 … without gaps; given by store
	At      time.Time       `json:"at"`  // microseconds
	By      string          `json:"by"`
	From    string          `json:"from,omitempty"`
	Request string          `json:"request_id,omitempty"`
	Action  string          `json:"action"`           // "session.begin", "token.issue", "alert.acknowledge", "personal.look" …
	Object  string          `json:"object,omitempty"` // what it was done to, "kind/id"
	Detail  string          `json:"detail,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"` // the object as it was, without secrets
	After   json.RawMessage `json:"after,omitempty"`
	// Whose the object is, else whose the actor is: who may read the entry.
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	Previous      [32]byte         `json:"-"` // hash of the entry before; zero of the first
	Hash          [32]byte         `json:"-"`
}

// AuditQuery picks entries; what is left at zero asks for nothing. Newest first.
type AuditQuery struct {
	By, Action, Object string // Action and Object also as a prefix that ends in "*"
	From, To           time.Time
	Before             uint64 // Seq below this one: the next page
	Limit              int
}

// AuditHead names the newest entry: what an anchor keeps outside the database.
type AuditHead struct {
	Seq  uint64   `json:"seq"`
	Hash [32]byte `json:"-"`
}
