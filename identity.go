package lowsky

import "time"

// Role is what a person may do. More roles come with the county workflow; until then everybody is an administrator.
type Role string

// Administrator may do everything, everywhere.
const Administrator Role = "administrator"

// Valid reports whether r is a role this version knows.
func (r Role) Valid() bool { return r == Administrator }

// User is a person who may sign in.
type User struct {
	// Username is what is typed at sign-in: [a-z0-9._-]{1,64}, compared in lower case.
	Username    string `json:"username"`
	DisplayName string `json:"display_name"`
	// PasswordHash is an argon2id PHC string; "" can never sign in. It never leaves the server.
	PasswordHash  string           `json:"-"`
	Roles         []Role           `json:"roles"`
	Disabled      bool             `json:"disabled,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
	CreatedAt     time.Time        `json:"created_at"`
	// PasswordChangedAt ends every session that began before it.
	PasswordChangedAt time.Time `json:"password_changed_at"`
}

// APIToken is a key for programs, sent as "Authorization: Bearer …". The secret is shown once and never kept.
type APIToken struct {
	ID       string `json:"id"`   // public name of the token, for the audit log and to revoke it
	Name     string `json:"name"` // what it is for, as its maker wrote it
	Username string `json:"username"`
	// Hash is the SHA-256 of the whole secret. The secret is 128 random bits, so a fast hash is enough.
	Hash      [32]byte  `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // zero: until revoked
	RevokedAt time.Time `json:"revoked_at,omitzero"` // zero: not revoked
}

// AuditEntry is one thing a person (or a program in their name) did or tried to do. Rows are only ever added.
type AuditEntry struct {
	At            time.Time        `json:"at"`
	By            string           `json:"by"`               // username as typed, "" for nobody
	From          string           `json:"from,omitempty"`   // network address
	Action        string           `json:"action"`           // "session.begin", "session.refused", "token.issue", "alert.acknowledge" …
	Object        string           `json:"object,omitempty"` // what it was done to
	Detail        string           `json:"detail,omitempty"`
	Organisation  OrganisationID   `json:"organisation_id"`
	Jurisdictions []JurisdictionID `json:"jurisdiction_ids"`
}
