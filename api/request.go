package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"lowsky"
	"lowsky/identity"
)

// accounts is what identity does for requests.
type accounts interface {
	sessions
	principals
	elsewhere
	ownAccount
	peopleKeeper
	tokenKeeper
	deviceKeeper
}

type sessions interface {
	// SignIn answers who it is and the cookie of a new session. Every refusal is the same ErrUnauthenticated; too many
	// attempts are an *identity.TooManyError.
	SignIn(ctx context.Context, now time.Time, c identity.Credentials) (identity.Principal, *http.Cookie, error)
	// SignOut ends the session of the cookie's value and answers a cookie that clears it.
	SignOut(ctx context.Context, now time.Time, session, from string) (*http.Cookie, error)
	CookieName() string
}

type principals interface {
	// Authenticate answers who sent the request, by token or session: ErrUnauthenticated when nobody, ErrUnavailable
	// when it cannot be told now.
	Authenticate(ctx context.Context, now time.Time, r *http.Request) (identity.Principal, error)
	// Still asks whether the principal may go on, for what stays open long, and answers them as they are now.
	Still(ctx context.Context, now time.Time, p identity.Principal) (identity.Principal, error)
}

type requestKey struct{}

// request is what the server stamps on every request.
type request struct {
	id       string
	language string // of the person: "zh" or "en"
	from     string // network address, without port
	agent    string // how the browser names itself, cut
	secure   bool   // over TLS, to us or to a proxy of ours
	who      identity.Principal
	session  string // value of the session cookie that it came with; "" with a token
}

func requestOf(ctx context.Context) *request {
	if rq, ok := ctx.Value(requestKey{}).(*request); ok {
		return rq
	}
	return &request{id: "-", language: "zh"}
}

// principalOf answers who asks; authenticate has made sure that somebody does.
func principalOf(ctx context.Context) identity.Principal { return requestOf(ctx).who }

const (
	streamPath = "/api/v1/stream"
	// requestTimeout bounds the work for one request, an import of 16 MB on a busy machine included.
	requestTimeout = 60 * time.Second
)

// stamped gives the request its id, bounds its body and its time, counts it, and turns a panic into a problem.
func (s *Server) stamped(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rq := &request{id: rand.Text()[:16], language: language(r.Header.Get("Accept-Language")), agent: agent(r)}
		rq.from, rq.secure = s.peer(r)
		ctx := context.WithValue(r.Context(), requestKey{}, rq)
		if r.URL.Path != streamPath {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, requestTimeout)
			defer cancel()
			// A peer that does not read its answer does not hold it for ever.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(requestTimeout + 10*time.Second))
		}
		r = r.WithContext(ctx)
		w.Header().Set("X-Request-Id", rq.id)
		if strings.HasPrefix(r.URL.Path, "/api/") {
			w.Header().Set("Content-Language", rq.language)
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Add("Vary", "Accept-Language")
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxImport+1)
		began := s.now()
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.log.Error("request panicked", "id", rq.id, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				s.refuse(w, r, fmt.Errorf("panic: %v", p))
			} else if p != nil {
				panic(p)
			}
			if r.URL.Path != streamPath {
				s.metrics.requests.WithLabelValues(method(r)).Observe(s.now().Sub(began).Seconds())
			}
		}()
		if unfit(r) {
			s.refuse(w, r, &Problem{Status: http.StatusNotFound})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// unfit reports whether the address holds what no id and no word of ours holds: control characters, or bytes that are no
// text. PostgreSQL would refuse some of them, each in its own way.
func unfit(r *http.Request) bool {
	return !utf8.ValidString(r.URL.Path) || strings.ContainsFunc(r.URL.Path, unicode.IsControl) || strings.Contains(r.URL.RawQuery, "%00")
}

// method keeps the label's values few, whatever peers send.
func method(r *http.Request) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "DELETE"}, r.Method) {
		return r.Method
	}
	return "other"
}

// authenticate finds out who asks before an operation that is not public.
func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	needs, _ := ctx.Operation().Metadata["permission"].(lowsky.Permission)
	if needs == public {
		next(ctx)
		return
	}
	r, w := humago.Unwrap(ctx)
	who, err := s.whoami(r)
	if err == nil {
		err = allow(r.Context(), who, needs, ctx.Operation().OperationID)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	next(ctx)
}

// beforeChange are the operations that a person may call who must choose a new password first.
var beforeChange = []string{"who-am-i", "sign-out", "change-password"}

// allow refuses whoever lacks the permission, and who has to choose a new password first. A token is no person: it goes
// on while its user has to.
func allow(ctx context.Context, who identity.Principal, needs lowsky.Permission, operation string) error {
	switch {
	case who.MustChange && who.Token == "" && !slices.Contains(beforeChange, operation):
		return &Problem{Status: http.StatusForbidden, Field: "must_change", Reason: "a new password has to be chosen first", Detail: say(ctx, lowsky.Text{
			ZH: "当前密码由他人设置，请先设置自己的新密码。", EN: "The password was given by somebody else: choose your own first.",
		})}
	case needs != anybody && !who.May(needs):
		return &Problem{Status: http.StatusForbidden, Field: "permission", Reason: "lacks " + string(needs), Detail: say(ctx, lowsky.Text{
			ZH: "此操作需要权限 " + string(needs) + "。", EN: "This needs the permission " + string(needs) + ".",
		})}
	}
	return nil
}

// whoami answers who asks and notes it on the request.
func (s *Server) whoami(r *http.Request) (identity.Principal, error) {
	who, err := s.cfg.Accounts.Authenticate(r.Context(), s.now(), r)
	if err != nil {
		return who, fmt.Errorf("who asks: %w", err)
	}
	rq := requestOf(r.Context())
	rq.who = who
	if who.Token == "" {
		if c, err := r.Cookie(s.cfg.Accounts.CookieName()); err == nil {
			rq.session = c.Value
		}
	}
	return who, nil
}

// stream finds out who asks and hands the connection to the hub.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	who, err := s.whoami(r)
	if err == nil {
		err = allow(r.Context(), who, lowsky.ReadFlights, "stream")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	roles := make([]string, len(who.Roles))
	for i, role := range who.Roles {
		roles[i] = string(role)
	}
	err = s.cfg.Hub.Serve(w, r, Viewer{
		Name: who.Username, Roles: roles, Scope: who.Scope, Session: requestOf(r.Context()).session,
		Valid: func(ctx context.Context) (lowsky.Scope, error) {
			now, err := s.cfg.Accounts.Still(ctx, s.now(), who)
			if err == nil && allow(ctx, now, lowsky.ReadFlights, "stream") != nil {
				err = lowsky.ErrForbidden
			}
			return now.Scope, err
		},
	})
	if err != nil {
		s.refuse(w, r, fmt.Errorf("stream: %w", err))
	}
}

// apiNotFound answers what has no route under /api with a problem: 405 where another method would do, else 404.
func (s *Server) apiNotFound(mux *http.ServeMux) {
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, m := range []string{"GET", "POST", "PUT", "DELETE"} {
			other := r.Clone(r.Context())
			other.Method = m
			if _, pattern := mux.Handler(other); pattern != "/api/" {
				allowed = append(allowed, m)
			}
		}
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			s.refuse(w, r, &Problem{Status: http.StatusMethodNotAllowed})
			return
		}
		s.refuse(w, r, fmt.Errorf("no route: %w", lowsky.ErrNotFound))
	})
}

type serverMetrics struct{ requests *prometheus.HistogramVec }

func newServerMetrics(reg prometheus.Registerer) *serverMetrics {
	m := &serverMetrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lowsky_http_request_seconds", Help: "Time to answer a request, without streams.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"method"}),
	}
	if reg != nil {
		reg.MustRegister(m.requests)
	}
	return m
}

// queryTime reads an instant that must name its zone.
func queryTime(field, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return time.Time{}, &lowsky.InvalidError{Field: field, Problem: "must be an RFC 3339 instant with its zone, such as 2026-11-02T08:00:00+08:00"}
	}
	return t.UTC(), nil
}

// queryNumbers reads n numbers separated by commas.
func queryNumbers(field, value string, n int) ([]float64, error) {
	parts := strings.Split(value, ",")
	if len(parts) != n {
		return nil, &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf("must be %d numbers separated by commas", n)}
	}
	out := make([]float64, n)
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !lowsky.Finite(f) {
			return nil, &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf("must be %d numbers separated by commas", n)}
		}
		out[i] = f
	}
	return out, nil
}
