package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lowsky"
)

const mapping = `# what the city's groups are here
city-duty = city_duty_officer @ xianning
/counties/chibi/duty = county_duty_officer @ chibi
cn=chibi-audit,ou=groups = auditor @ chibi
tongshan-duty = county_duty_officer @ tongshan
misfit = pilot @ chibi
ghost = auditor @ atlantis
`

func oidcGate(t *testing.T, b *book, p *provider) *Gate {
	t.Helper()
	groups, err := ParseOIDCGroups(strings.NewReader(mapping))
	if err != nil {
		t.Fatal(err)
	}
	cfg := gate(t, b).cfg
	cfg.OIDC = OIDC{
		Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: redirectURL,
		Name: lowsky.Text{ZH: "统一身份认证", EN: "City ID"}, Groups: groups,
	}
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// back is a browser that returns from the provider.
func back(q url.Values, cookies ...*http.Cookie) *http.Request {
	r, _ := http.NewRequest("GET", redirectURL+"?"+q.Encode(), nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func begin(t *testing.T, g *Gate, p *provider) (url.Values, *http.Cookie) {
	t.Helper()
	redirect, c, err := g.BeginOIDC(t.Context(), time.Now(), "10.0.0.9")
	if err != nil {
		t.Fatal(err)
	}
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge <= 0 || c.MaxAge > 600 {
		t.Errorf("cookie %+v", c)
	}
	return p.authorize(t, redirect), c
}

func finish(t *testing.T, g *Gate, r *http.Request) (Principal, *http.Cookie, error) {
	t.Helper()
	return g.FinishOIDC(t.Context(), time.Now(), r, "10.0.0.9", "Firefox")
}

func TestOIDC(t *testing.T) {
	b, p := newBook(), newProvider(t)
	g := oidcGate(t, b, p)
	if name, ok := g.OIDC(); !ok || name.EN != "City ID" {
		t.Errorf("%v %v", name, ok)
	}
	p.person = jsonMap{"sub": "4711", "preferred_username": "Li.Na@city.example", "name": "李娜", "groups": []string{"staff", "/counties/chibi/duty", "cn=chibi-audit,ou=groups"}}
	q, c := begin(t, g, p)
	planted := &http.Cookie{Name: "lowsky", Value: strings.Repeat("A", 43)} // of whoever prepared this browser
	who, session, err := finish(t, g, back(q, c, planted))
	if err != nil || who.Username != "li.na" || who.DisplayName != "李娜" || who.Organisation.ID != "chibi" || !who.External ||
		!cmp.Equal(who.Roles, []lowsky.Role{lowsky.CountyDutyOfficer, lowsky.Auditor}) || session.Value == planted.Value || session.SameSite != http.SameSiteStrictMode {
		t.Fatalf("%+v, %+v, %v", who, session, err)
	}
	if e := b.audit[len(b.audit)-1]; e.Action != "session.begin" || e.By != "li.na" || e.From != "10.0.0.9" || e.Object != "user/li.na" || e.Organisation != "chibi" || e.At.IsZero() {
		t.Errorf("audit %+v", e)
	}
	if err := g.who(t, with(session)); err != nil {
		t.Error(err)
	}
	if err := g.who(t, with(planted)); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("the planted session: %v", err)
	}
	if u := b.users["li.na"]; u.External != p.URL+"#4711" || u.PasswordHash != "" || u.MustChange {
		t.Errorf("%+v", u)
	}
	// It has no password here, whatever is put into its row, and nobody gives it one.
	u := b.users["li.na"]
	u.PasswordHash = adminHash()
	b.users["li.na"] = u
	if _, _, err := g.SignIn(t.Context(), time.Now(), Credentials{Username: "li.na", Password: password, From: "10.0.0.9"}); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("with a password: %v", err)
	}
	if _, err := g.ResetPassword(t.Context(), shell(), nil, "li.na"); !errors.Is(err, lowsky.ErrInvalid) {
		t.Errorf("a password for it: %v", err)
	}

	// Other groups, another place: at the next sign-in, and for the session of before at once.
	p.person["groups"] = "city-duty"
	q, c = begin(t, g, p)
	if who, _, err = finish(t, g, back(q, c)); err != nil || who.Organisation.ID != "xianning" || !who.Scope.All || len(b.users) != 2 {
		t.Errorf("%+v, %v", who, err)
	}
	if now, err := g.Authenticate(t.Context(), time.Now(), with(session)); err != nil || !now.Is(lowsky.CityDutyOfficer) {
		t.Errorf("%+v, %v", now, err)
	}
	u = b.users["li.na"]
	u.Disabled = true
	b.users["li.na"] = u
	q, c = begin(t, g, p)
	if _, _, err = finish(t, g, back(q, c)); !errors.Is(err, lowsky.ErrForbidden) {
		t.Errorf("disabled: %v", err)
	}

	// Who is called like the platform is not it.
	p.person = jsonMap{"sub": "13", "preferred_username": "Server", "groups": []string{"tongshan-duty"}}
	q, c = begin(t, g, p)
	if who, _, err = finish(t, g, back(q, c)); err != nil || !strings.HasPrefix(who.Username, "server-") {
		t.Errorf("%+v, %v", who, err)
	}

	// Who is called like somebody here is not them.
	p.person = jsonMap{"sub": "666", "preferred_username": "admin", "groups": []string{"tongshan-duty"}}
	q, c = begin(t, g, p)
	if who, _, err = finish(t, g, back(q, c)); err != nil || !strings.HasPrefix(who.Username, "admin-") || who.Organisation.ID != "tongshan" {
		t.Errorf("%+v, %v", who, err)
	}
}

// Who is in no group, in groups of two organisations, or in one that does not fit, is told so; it is in the audit.
func TestOIDCRefusesByGroup(t *testing.T) {
	b, p := newBook(), newProvider(t)
	g := oidcGate(t, b, p)
	for _, c := range []struct {
		groups any
		say    string
	}{
		{nil, "None of your groups"}, {[]string{"staff"}, "None of your groups"}, {[]string{"tongshan-duty", "city-duty"}, "tongshan, xianning"},
		{[]string{"misfit"}, "pilot"}, {[]string{"ghost"}, "atlantis"},
	} {
		p.person = jsonMap{"sub": "1", "preferred_username": "somebody", "groups": c.groups}
		q, cookie := begin(t, g, p)
		_, session, err := finish(t, g, back(q, cookie))
		var refused *RefusedError
		if !errors.As(err, &refused) || !errors.Is(err, lowsky.ErrForbidden) || session != nil || !strings.Contains(refused.Reason.EN, c.say) || refused.Reason.ZH == "" {
			t.Errorf("%v: %v", c.groups, err)
		}
		if last := b.audit[len(b.audit)-1]; last.Action != "session.refused" || last.By != "somebody" || !strings.Contains(last.Detail, c.say) {
			t.Errorf("%v: audit %+v", c.groups, last)
		}
	}
	if len(b.users) != 1 {
		t.Errorf("accounts %v", b.users)
	}
}

func TestOIDCRefusesForgeries(t *testing.T) {
	p := newProvider(t)
	person := jsonMap{"sub": "1", "preferred_username": "somebody", "groups": []string{"city-duty"}}
	claim := func(name string, v any) func(h, c jsonMap) { return func(_, c jsonMap) { c[name] = v } }
	for name, spoil := range map[string]func(h, c jsonMap){
		"nonce":          claim("nonce", "another"),
		"no nonce":       claim("nonce", nil),
		"audience":       claim("aud", "another-client"),
		"audiences":      claim("aud", []string{clientID, "another-client"}),
		"party":          claim("azp", "another-client"),
		"issuer":         claim("iss", "https://id.example"),
		"expired":        claim("exp", time.Now().Add(-time.Minute).Unix()),
		"no expiry":      claim("exp", nil),
		"nobody":         claim("sub", ""),
		"a long subject": claim("sub", strings.Repeat("x", 256)),
		"odd groups":     claim("groups", jsonMap{"city-duty": true}),
		"alg none": func(h, _ jsonMap) {
			h["alg"] = "none"
			p.sign = func(string) string { return "" }
		},
		"alg HS256 with the client secret": func(h, _ jsonMap) {
			h["alg"] = "HS256"
			p.sign = func(text string) string {
				m := hmac.New(sha256.New, []byte(clientSecret))
				m.Write([]byte(text))
				return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
			}
		},
		"another key": func(_, _ jsonMap) { p.sign = func(text string) string { return p.rs256(p.otherKey, text) } },
		"a key of its own": func(h, _ jsonMap) {
			h["jku"] = "http://203.0.113.1/keys"
			p.sign = func(text string) string { return p.rs256(p.otherKey, text) }
		},
		"cut": func(_, _ jsonMap) { p.sign = func(string) string { return "AAAA" } },
	} {
		b := newBook()
		g := oidcGate(t, b, p)
		p.person, p.spoil, p.sign = person, spoil, nil
		q, c := begin(t, g, p)
		if _, session, err := finish(t, g, back(q, c)); !errors.Is(err, lowsky.ErrUnauthenticated) || session != nil || len(b.users) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		p.spoil, p.sign = nil, nil
	}
}

// The way back counts once, in the browser that went, within ten minutes, and only as it was sent.
func TestOIDCRefusesReturns(t *testing.T) {
	b, p := newBook(), newProvider(t)
	g := oidcGate(t, b, p)
	p.person = jsonMap{"sub": "1", "preferred_username": "somebody", "groups": []string{"city-duty"}}
	but := func(q url.Values, name, value string) url.Values {
		out := url.Values{}
		for k, v := range q {
			out[k] = v
		}
		out.Set(name, value)
		return out
	}
	q, c := begin(t, g, p)
	otherQ, otherC := begin(t, g, p)
	twice := back(q, c)
	twice.URL.RawQuery += "&state=" + q.Get("state")
	unreadable := back(q, c)
	unreadable.URL.RawQuery = "state=%zz"
	changed := *c
	changed.Value = "A" + c.Value[1:]
	long := back(q, c)
	long.URL.RawQuery += "&x=" + strings.Repeat("x", 1<<20)
	for name, r := range map[string]*http.Request{
		"wrong state": back(but(q, "state", "made-up"), c), "no state": back(but(q, "state", ""), c), "no cookie": back(q),
		"another browser": back(q, otherC), "the other way round": back(otherQ, c), "a changed cookie": back(q, &changed),
		"two states": twice, "unreadable": unreadable, "1 MB": long, "another issuer": back(but(q, "iss", "https://id.example"), c),
		"refused there": back(but(q, "error", "access_denied"), c), "no code": back(but(q, "code", ""), c),
		"a long cookie": back(q, &http.Cookie{Name: c.Name, Value: strings.Repeat("A", 1<<20)}),
	} {
		if _, session, err := finish(t, g, r); !errors.Is(err, lowsky.ErrUnauthenticated) || session != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := g.FinishOIDC(t.Context(), time.Now().Add(oidcFor+time.Second), back(q, c), "10.0.0.9", ""); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("too late: %v", err)
	}
	if p.tokens != 0 {
		t.Fatalf("%d codes were sent on", p.tokens)
	}
	if _, _, err := finish(t, g, back(q, c)); err != nil {
		t.Fatalf("after all of it: %v", err)
	}
	if _, _, err := finish(t, g, back(q, c)); !errors.Is(err, lowsky.ErrUnauthenticated) || p.tokens != 1 {
		t.Errorf("replayed: %v, %d tokens", err, p.tokens)
	}
	p.sloppy = true
	again, c2 := begin(t, g, p)
	if _, _, err := finish(t, g, back(again, c2)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := finish(t, g, back(again, c2)); !errors.Is(err, lowsky.ErrUnauthenticated) || p.tokens != 2 {
		t.Errorf("replayed to a provider that would take it: %v, %d tokens", err, p.tokens)
	}
	p.sloppy = false
	// A provider's own refusal of a code that was used, in an errand of its own.
	if _, _, err := finish(t, g, back(but(otherQ, "code", q.Get("code")), otherC)); !errors.Is(err, lowsky.ErrUnauthenticated) {
		t.Errorf("a used code: %v", err)
	}
	for range freePerNetwork {
		_, _, _ = finish(t, g, back(q))
	}
	var wait *TooManyError
	if _, _, err := finish(t, g, back(q)); !errors.As(err, &wait) {
		t.Errorf("after many: %v", err)
	}
	if _, _, err := g.BeginOIDC(t.Context(), time.Now(), "10.0.0.9"); !errors.As(err, &wait) {
		t.Errorf("after many: %v", err)
	}
}

// The provider may be away at the start, and later; it is asked again after a while, and nobody is refused for it.
func TestOIDCProviderAway(t *testing.T) {
	b, p := newBook(), newProvider(t)
	p.away.Store(true)
	g := oidcGate(t, b, p)
	now := time.Now()
	if _, _, err := g.BeginOIDC(t.Context(), now, ""); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("away: %v", err)
	}
	p.away.Store(false)
	if _, _, err := g.BeginOIDC(t.Context(), now.Add(time.Second), ""); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("asked again at once: %v", err)
	}
	redirect, c, err := g.BeginOIDC(t.Context(), now.Add(oidcRetry), "")
	if err != nil {
		t.Fatal(err)
	}
	p.person = jsonMap{"sub": "1", "groups": []string{"city-duty"}}
	q := p.authorize(t, redirect)
	p.away.Store(true)
	rows := len(b.audit)
	if _, _, err := finish(t, g, back(q, c)); !errors.Is(err, lowsky.ErrUnavailable) || len(b.audit) != rows {
		t.Errorf("away meanwhile: %v, %d rows", err, len(b.audit)-rows)
	}
	none := gate(t, newBook())
	if _, ok := none.OIDC(); ok {
		t.Error("a provider out of nothing")
	}
	if _, _, err := none.BeginOIDC(t.Context(), now, ""); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	if _, _, err := finish(t, none, back(q, c)); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}

func TestParseOIDCGroups(t *testing.T) {
	got, err := ParseOIDCGroups(strings.NewReader("\ufeff" + mapping))
	if err != nil || len(got) != 6 || got["cn=chibi-audit,ou=groups"] != (OIDCGroup{lowsky.Auditor, "chibi"}) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = ParseOIDCGroups(strings.NewReader("a = auditor @ x\n\nb auditor x\nc = king @ x\nd = auditor @\na = auditor @ y\n= auditor @ x\ne = api_client @ x\nf = auditor @ x @ y\n"))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"line 3: must read", `line 4: group "c": "king"`, `line 5: group "d": ""`, `line 6: group "a" is already in line 1`, "line 7: a group has", "line 8: group \"e\": api_client is not for people", `line 9: group "f"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	for _, bad := range []string{"", "# nothing\n", strings.Repeat("x", 1<<17)} {
		if _, err := ParseOIDCGroups(strings.NewReader(bad)); err == nil {
			t.Errorf("%.10q is taken", bad)
		}
	}
}

func FuzzOIDCReturn(f *testing.F) {
	rp := &relyingParty{}
	var err error
	if rp, err = newRelyingParty(OIDC{Issuer: "https://id.example", ClientID: "a", RedirectURL: "b", Groups: map[string]OIDCGroup{"g": {lowsky.Auditor, "x"}}}); err != nil {
		f.Fatal(err)
	}
	b := newBook()
	g, err := New(Config{Users: b, Tokens: b, Audit: b, Sessions: b, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	g.oidc = rp
	f.Add("state=a&code=b", "AAAA")
	f.Add("state=%zz", "")
	f.Add("error=access_denied&iss=x;y", "=")
	f.Fuzz(func(t *testing.T, query, cookie string) {
		r := &http.Request{URL: &url.URL{RawQuery: query}, Header: http.Header{"Cookie": {g.OIDCCookieName() + "=" + cookie}}}
		if _, err := g.returned(t.Context(), time.Now(), r); !errors.Is(err, lowsky.ErrUnauthenticated) {
			t.Errorf("%q %q: %v", query, cookie, err)
		}
	})
}
