package server

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
)

// front is the server's HTTP handler from its first moment on: until the platform is up it answers /livez, and on
// /readyz what is being waited for; then everything goes to the API.
type front struct {
	waiting atomic.Pointer[string]
	api     atomic.Pointer[http.Handler]
}

func (f *front) waitFor(what string) { f.waiting.Store(&what) }

func (f *front) open(api http.Handler) { f.api.Store(&api) }

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if api := f.api.Load(); api != nil {
		(*api).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path == "/livez" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
		return
	}
	what := "starting"
	if p := f.waiting.Load(); p != nil {
		what = *p
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": false, "checks": map[string]string{"start": what}})
}
