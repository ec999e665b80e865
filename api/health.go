package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ReadyCheck is one thing that must hold for the server to be ready: the database, the broker, the journal, the
// migrations.
type ReadyCheck struct {
	Name string
	// Check answers nil, or what is wrong in words fit for anybody on the network: no address, no secret.
	Check func(context.Context) error
}

// readyTimeout bounds one check; checks run side by side.
const readyTimeout = 2 * time.Second

type readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"` // name → "ok" or what is wrong
}

// healthRoutes serve what supervisors and Prometheus ask, without signing in.
func (s *Server) healthRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		answer := s.readiness(r.Context())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !answer.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	if s.cfg.Gatherer != nil {
		mux.Handle("GET /metrics", promhttp.HandlerFor(s.cfg.Gatherer, promhttp.HandlerOpts{
			MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
		}))
	}
}

// readyFresh is how long an answer is given again: anybody on the network may ask, and each look asks the database.
const readyFresh = 500 * time.Millisecond

// readiness answers what was found a moment ago, or looks; who asks meanwhile waits for that look.
func (s *Server) readiness(ctx context.Context) readiness {
	s.looking.Lock()
	defer s.looking.Unlock()
	now := s.now()
	if age := now.Sub(s.lookedAt); s.lookedAt.IsZero() || age < 0 || age >= readyFresh {
		// The peer may go; its look serves the others.
		s.looked = s.look(context.WithoutCancel(ctx))
		s.lookedAt = s.now()
	}
	return s.looked
}

func (s *Server) look(ctx context.Context) readiness {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	results := make([]error, len(s.cfg.Ready))
	var checks sync.WaitGroup
	for i, c := range s.cfg.Ready {
		checks.Go(func() { results[i] = c.Check(ctx) })
	}
	checks.Wait()
	answer := readiness{Ready: true, Checks: map[string]string{}}
	for i, c := range s.cfg.Ready {
		answer.Checks[c.Name] = "ok"
		if results[i] != nil {
			answer.Ready = false
			answer.Checks[c.Name] = results[i].Error()
		}
	}
	return answer
}
