package identity

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// provider is a small OpenID Connect provider that signs in whoever person says.
type provider struct {
	*httptest.Server
	key, otherKey *rsa.PrivateKey
	away          atomic.Bool

	mu     sync.Mutex
	person map[string]any      // claims of whoever signs in next
	codes  map[string]issued   // each is good once
	spoil  func(h, c jsonMap)  // what the test does to header and claims
	sign   func(string) string // how; nil: RS256
	tokens int
	sloppy bool // takes a code more than once
}

type jsonMap = map[string]any

type issued struct{ nonce, challenge, redirect string }

var providerKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var out [2]*rsa.PrivateKey
	for i := range out {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out[i] = key
	}
	return out
})

const (
	clientID     = "lowsky-console"
	clientSecret = "n3pQ0s8aTzv1LkYw"
	redirectURL  = "https://lowsky.example/api/v1/session/oidc/callback"
)

func newProvider(t *testing.T) *provider {
	keys := providerKeys()
	p := &provider{key: keys[0], otherKey: keys[1], codes: map[string]issued{}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		answer(w, 200, jsonMap{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		answer(w, 200, jsonMap{"keys": []jsonMap{{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k1",
			"n": base64.RawURLEncoding.EncodeToString(p.key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, basic := r.BasicAuth()
		if !basic {
			id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		code, ok := p.codes[r.FormValue("code")]
		if !p.sloppy {
			delete(p.codes, r.FormValue("code"))
		}
		verifier := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if !ok || id != clientID || secret != clientSecret || r.FormValue("redirect_uri") != code.redirect ||
			base64.RawURLEncoding.EncodeToString(verifier[:]) != code.challenge {
			answer(w, 400, jsonMap{"error": "invalid_grant"})
			return
		}
		p.tokens++
		answer(w, 200, jsonMap{"access_token": "x", "token_type": "Bearer", "id_token": p.token(code.nonce)})
	})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// token makes the ID token; the caller holds mu.
func (p *provider) token(nonce string) string {
	h := jsonMap{"alg": "RS256", "kid": "k1", "typ": "JWT"}
	c := jsonMap{"iss": p.URL, "aud": clientID, "nonce": nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()}
	maps.Copy(c, p.person)
	if p.spoil != nil {
		p.spoil(h, c)
	}
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(h) + "." + part(c)
	if p.sign != nil {
		return text + "." + p.sign(text)
	}
	return text + "." + p.rs256(p.key, text)
}

func (p *provider) rs256(key *rsa.PrivateKey, text string) string {
	h := sha256.Sum256([]byte(text))
	s, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, h[:])
	return base64.RawURLEncoding.EncodeToString(s)
}

// authorize is what the provider does once the person has signed in there: it sends the browser back.
func (p *provider) authorize(t *testing.T, redirect string) url.Values {
	t.Helper()
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("client_id") != clientID || q.Get("redirect_uri") != redirectURL {
		t.Fatalf("asked for %v", q)
	}
	code := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = issued{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")}
	return url.Values{"code": {code}, "state": {q.Get("state")}}
}
