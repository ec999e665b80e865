package identity

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lowsky"
)

// OIDC is the identity provider that people may sign in at, with authorization code, PKCE, state and nonce; the zero
// value is none.
type OIDC struct {
	Issuer, ClientID, ClientSecret string
	// RedirectURL is where the provider sends people back to.
	RedirectURL string
	// GroupsClaim names the claim of the ID token that lists a person's groups; "" is "groups".
	GroupsClaim string
	// Name is what the sign-in page calls it.
	Name lowsky.Text
	// Groups says what a group of the provider is here, as ParseOIDCGroups reads it; who is in none does not get in.
	Groups map[string]OIDCGroup
}

const (
	// oidcWait bounds a question to the provider, oidcRetry is how long one that did not answer is left alone.
	oidcWait  = 10 * time.Second
	oidcRetry = 5 * time.Second
	// oidcFor is how long somebody may take to sign in at the provider.
	oidcFor = 10 * time.Minute
	// longestReturn bounds the query that the browser comes back with.
	longestReturn = 8192
	mostReturns   = 10000
)

// signatures are the algorithms an ID token may be signed with: neither "none" nor one with a shared secret.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// relyingParty is our end of the provider.
type relyingParty struct {
	cfg  OIDC
	http *http.Client
	aead cipher.AEAD // of this process: a sign-in does not outlive it

	asking   chan struct{} // one discovery at a time
	mu       sync.Mutex
	provider *oidc.Provider
	tried    time.Time
	returned map[string]time.Time // states that came back, until they would have ended
}

func newRelyingParty(cfg OIDC) (*relyingParty, error) {
	if cfg.Issuer == "" {
		return nil, nil
	}
	if cfg.ClientID == "" || cfg.RedirectURL == "" || len(cfg.Groups) == 0 {
		return nil, &lowsky.InvalidError{Field: "oidc", Problem: "needs a client id, a redirect URL and groups"}
	}
	for name, g := range cfg.Groups {
		if err := g.check(name); err != nil {
			return nil, &lowsky.InvalidError{Field: "oidc groups", Problem: err.Error()}
		}
	}
	if cfg.GroupsClaim == "" {
		cfg.GroupsClaim = "groups"
	}
	key := make([]byte, keyLength)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &relyingParty{
		cfg: cfg, http: &http.Client{Timeout: oidcWait, Transport: bounded{http.DefaultTransport}}, aead: aead, asking: make(chan struct{}, 1), returned: map[string]time.Time{},
	}, nil
}

// bounded cuts answers that are too long.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, 1<<20)
	}
	return answer, err
}

// OIDC answers what the sign-in page calls the identity provider; ok is false if there is none.
func (g *Gate) OIDC() (name lowsky.Text, ok bool) { return g.cfg.OIDC.Name, g.oidc != nil }

// discovered answers the provider, which is asked for what it can do the first time that somebody signs in there: it may
// be away when the platform starts.
func (rp *relyingParty) discovered(ctx context.Context, now time.Time) (*oidc.Provider, error) {
	select {
	case rp.asking <- struct{}{}:
		defer func() { <-rp.asking }()
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	}
	if rp.provider != nil {
		return rp.provider, nil
	}
	if since := now.Sub(rp.tried); !rp.tried.IsZero() && since >= 0 && since < oidcRetry {
		return nil, fmt.Errorf("the identity provider did not answer a moment ago: %w", lowsky.ErrUnavailable)
	}
	rp.tried = now
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, rp.http), rp.cfg.Issuer)
	if err != nil {
		return nil, unavailable(fmt.Errorf("the identity provider: %w", err))
	}
	rp.provider = p
	return p, nil
}

func (rp *relyingParty) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: rp.cfg.ClientID, ClientSecret: rp.cfg.ClientSecret, RedirectURL: rp.cfg.RedirectURL, Endpoint: p.Endpoint(),
		Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
}

// errand is what the browser carries to the provider and back, sealed, in a cookie.
type errand struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	Until    time.Time `json:"u"`
}

func (rp *relyingParty) seal(e errand) (string, error) {
	clear, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, rp.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(rp.aead.Seal(nonce, nonce, clear, nil)), nil
}

func (rp *relyingParty) open(s string) (e errand, ok bool) {
	if len(s) > 1024 {
		return e, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) < rp.aead.NonceSize() {
		return e, false
	}
	clear, err := rp.aead.Open(nil, raw[:rp.aead.NonceSize()], raw[rp.aead.NonceSize():], nil)
	if err != nil {
		return e, false
	}
	return e, json.Unmarshal(clear, &e) == nil && e.State != "" && e.Nonce != "" && e.Verifier != ""
}

// first notes that a state came back and reports whether it did so for the first time.
func (rp *relyingParty) first(now time.Time, e errand) bool {
	rp.mu.Lock()
	defer rp.mu.Unlock()
	if _, again := rp.returned[e.State]; again {
		return false
	}
	if len(rp.returned) >= mostReturns {
		for s, until := range rp.returned {
			if now.After(until) || len(rp.returned) > mostReturns*3/4 { // the provider takes no code twice either
				delete(rp.returned, s)
			}
		}
	}
	rp.returned[e.State] = e.Until
	return true
}

// OIDCCookieName is the cookie that ties what comes back from the provider to the browser that went there.
func (g *Gate) OIDCCookieName() string { return g.CookieName() + "-oidc" }

// BeginOIDC answers where to send the browser, and the cookie that ties its return to it. ErrNotFound without a provider,
// ErrUnavailable while it does not answer.
func (g *Gate) BeginOIDC(ctx context.Context, now time.Time, from string) (redirect string, cookie *http.Cookie, err error) {
	if g.oidc == nil {
		return "", nil, fmt.Errorf("identity provider: %w", lowsky.ErrNotFound)
	}
	if wait := g.limits.refuseNetwork(now, from); wait > 0 {
		return "", nil, &TooManyError{RetryAfter: wait}
	}
	p, err := g.oidc.discovered(ctx, now)
	if err != nil {
		return "", nil, err
	}
	e := errand{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Until: now.Add(oidcFor)}
	value, err := g.oidc.seal(e)
	if err != nil {
		return "", nil, fmt.Errorf("begin at the identity provider: %w", err)
	}
	// Lax: the way back begins on the provider's page.
	cookie = g.cookie(value, oidcFor)
	cookie.Name, cookie.SameSite = g.OIDCCookieName(), http.SameSiteLaxMode
	return g.oidc.oauth(p).AuthCodeURL(e.State, oidc.Nonce(e.Nonce), oauth2.S256ChallengeOption(e.Verifier)), cookie, nil
}

// FinishOIDC takes what the provider sent the browser back with, and answers as SignIn does. The account is made, or
// brought up to date, from the groups. ErrUnauthenticated for a return that is not the answer to what this browser asked;
// a *RefusedError, which is ErrForbidden, for somebody who has no place here; ErrUnavailable where the provider, or the
// database, does not answer.
func (g *Gate) FinishOIDC(ctx context.Context, now time.Time, r *http.Request, from, agent string) (Principal, *http.Cookie, error) {
	if g.oidc == nil {
		return Principal{}, nil, fmt.Errorf("identity provider: %w", lowsky.ErrNotFound)
	}
	by := lowsky.Actor{Name: "oidc", From: from, At: now}
	if wait := g.limits.refuseNetwork(now, from); wait > 0 {
		g.refused(ctx, by, "too many attempts", true)
		return Principal{}, nil, &TooManyError{RetryAfter: wait}
	}
	who, err := g.returned(ctx, now, r)
	var u lowsky.User
	if err == nil {
		by.Name = who.name()
		u, err = g.external(ctx, by, who)
	}
	var p Principal
	if err == nil {
		by = lowsky.Actor{Name: u.Username, From: from, At: now, Organisation: u.Organisation, Jurisdictions: u.Jurisdictions}
		p, err = g.principal(ctx, now, u)
	}
	if err == nil {
		g.known.add(now, u.Username, from)
		return g.begin(ctx, by, p, agent)
	}
	if !errors.Is(err, lowsky.ErrUnavailable) {
		g.limits.failedNetwork(now, from)
		g.refused(ctx, by, "identity provider: "+clean(err.Error(), 200), false)
	}
	return Principal{}, nil, fmt.Errorf("sign in at the identity provider: %w", err)
}

// returned answers who came back, once everything has been checked that the provider and the cookie say.
func (g *Gate) returned(ctx context.Context, now time.Time, r *http.Request) (claims, error) {
	rp := g.oidc
	refuse := func(why string) (claims, error) {
		return claims{}, fmt.Errorf("%s: %w", why, lowsky.ErrUnauthenticated)
	}
	if len(r.URL.RawQuery) > longestReturn {
		return refuse("the return is too long")
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refuse("the return cannot be read")
	}
	var e errand
	tied := false
	for _, c := range r.CookiesNamed(g.OIDCCookieName()) {
		if e, tied = rp.open(c.Value); tied {
			break
		}
	}
	switch {
	case !tied:
		return refuse("this browser did not begin here")
	case now.After(e.Until):
		return refuse("it took too long")
	case len(q["state"]) != 1 || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(e.State)) != 1:
		return refuse("state is not what was sent")
	case q.Has("iss") && q.Get("iss") != rp.cfg.Issuer: // RFC 9207
		return refuse("another issuer answered")
	case q.Has("error"):
		return refuse("the provider says " + clean(q.Get("error"), 64))
	case len(q["code"]) != 1 || q.Get("code") == "":
		return refuse("no code")
	case !rp.first(now, e):
		return refuse("this return has been used")
	}
	p, err := rp.discovered(ctx, now)
	if err != nil {
		return claims{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, rp.http), oidcWait)
	defer cancel()
	tokens, err := rp.oauth(p).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(e.Verifier))
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) && answered.Response.StatusCode < 500 {
		return refuse("the provider refused the code: " + clean(answered.ErrorCode, 64))
	}
	if err != nil {
		return claims{}, unavailable(errors.New("the identity provider did not change the code into tokens"))
	}
	raw, _ := tokens.Extra("id_token").(string)
	return rp.verify(ctx, p, now, raw, e.Nonce)
}
