package lab

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"time"
)

// As signs somebody in and answers the platform as they reach it.
func (p *Platform) As(t testing.TB, username, password string) *Platform {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	q := p.with(&http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: p.transport})
	q.Do(t, "POST", "/api/v1/session", map[string]string{"username": username, "password": password}, nil)
	return q
}

// WithToken answers the platform as a program with that token reaches it; "" is nobody.
func (p *Platform) WithToken(token string) *Platform {
	return p.with(&http.Client{Transport: bearer(token), Timeout: 20 * time.Second})
}

// with is the same platform for another client. Who started it stops it.
func (p *Platform) with(c *http.Client) *Platform {
	return &Platform{HTTP: p.HTTP, MQTT: p.MQTT, MQTTS: p.MQTTS, DataDir: p.DataDir, Client: c, transport: p.transport}
}

// bearer adds a token to each request.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if b != "" {
		r.Header.Set("Authorization", "Bearer "+string(b))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Hire makes an account whose password need not be changed first, and signs it in.
func (p *Platform) Hire(t testing.TB, username, organisation string, roles ...string) *Platform {
	t.Helper()
	const given = "given-for-the-lab-7"
	p.Do(t, "POST", "/api/v1/people", map[string]any{
		"username": username, "display_name": username, "organisation_id": organisation, "roles": roles, "password": given,
	}, nil)
	q := p.As(t, username, given)
	q.Do(t, "PUT", "/api/v1/account/password", map[string]string{"old": given, "new": HiredPassword}, nil)
	return p.As(t, username, HiredPassword)
}

// HiredPassword is the password of everybody whom Hire made.
const HiredPassword = "own-for-the-lab-91"

// do sends a request and answers the status and the whole body.
func do(c *http.Client, req *http.Request) (int, string) {
	resp, err := c.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}
