package api

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

// elsewhere signs people in at the city's identity provider.
type elsewhere interface {
	// OIDC names the provider; ok is false where there is none.
	OIDC() (name lowsky.Text, ok bool)
	// BeginOIDC answers where to send the browser, and the cookie that ties its return to it.
	BeginOIDC(ctx context.Context, now time.Time, from string) (redirect string, cookie *http.Cookie, err error)
	// FinishOIDC takes the browser's return and begins a session.
	FinishOIDC(ctx context.Context, now time.Time, r *http.Request, from, agent string) (identity.Principal, *http.Cookie, error)
}

// SignInMethods are the ways to sign in.
type SignInMethods struct {
	Password bool        `json:"password"`
	OIDC     *OIDCMethod `json:"oidc" doc:"null: none is set up"`
}

// OIDCMethod is the identity provider.
type OIDCMethod struct {
	Name lowsky.Text `json:"name" doc:"As the button says it"`
}

type methodsOutput struct{ Body SignInMethods }

const (
	oidcPath     = "/api/v1/session/oidc"
	callbackPath = "/api/v1/session/oidc/callback"
)

func (s *Server) oidcOperations(tags []string) {
	operation(s, huma.Operation{
		OperationID: "sign-in-methods", Method: http.MethodGet, Path: "/api/v1/session/methods", Tags: tags,
		Summary: "Which ways there are to sign in",
	}, public, func(context.Context, *struct{}) (*methodsOutput, error) {
		out := &methodsOutput{SignInMethods{Password: true}}
		if name, ok := s.cfg.Accounts.OIDC(); ok {
			out.Body.OIDC = &OIDCMethod{name}
		}
		return out, nil
	})
	// The two below are steps of a browser, not calls of a program: they have routes of their own, as the provider may
	// add parameters to its answer, and are in the document by hand.
	s.documentStep("begin-oidc", oidcPath, "Go to the identity provider to sign in", "302", tags)
	s.documentStep("finish-oidc", callbackPath, "Return from the identity provider", "200", tags)
}

func (s *Server) documentStep(id, path, summary, status string, tags []string) {
	problem := s.api.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: tags,
		Description: "For browsers: the answer is a redirect or a page.",
		Extensions:  map[string]any{"x-permission": public},
		Responses: map[string]*huma.Response{
			status: {Description: "The next step of the browser"},
			"default": {Description: "A problem (RFC 9457)",
				Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}},
		},
	})
}

func (s *Server) oidcRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+oidcPath, s.beginOIDC)
	mux.HandleFunc("GET "+callbackPath, s.finishOIDC)
}

func (s *Server) beginOIDC(w http.ResponseWriter, r *http.Request) {
	redirect, cookie, err := s.cfg.Accounts.BeginOIDC(r.Context(), s.now(), requestOf(r.Context()).from)
	if err != nil {
		s.callbackPage(w, r, err)
		return
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, redirect, http.StatusFound)
}

func (s *Server) finishOIDC(w http.ResponseWriter, r *http.Request) {
	rq := requestOf(r.Context())
	_, cookie, err := s.cfg.Accounts.FinishOIDC(r.Context(), s.now(), r, rq.from, rq.agent)
	if err == nil {
		http.SetCookie(w, cookie)
	}
	s.callbackPage(w, r, err)
}

// The session cookie is SameSite=Strict: a redirect that began at the provider would not carry it, so the browser ends
// on a page of ours that goes on to the console by itself.
var callbackHTML = template.Must(template.New("callback").Parse(`<!doctype html>
<html lang="{{.Language}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
{{if .OK}}<meta http-equiv="refresh" content="0;url=/">{{end}}
<title>Lowsky</title>
<p>{{.Text}}</p>
<p><a href="/">{{.Link}}</a></p>
{{if .ID}}<p><small>{{.ID}}</small></p>{{end}}
</html>
`))

func (s *Server) callbackPage(w http.ResponseWriter, r *http.Request, err error) {
	rq, status := requestOf(r.Context()), http.StatusOK
	view := struct {
		OK                       bool
		Language, Text, Link, ID string
	}{
		OK: err == nil, Language: rq.language,
		Text: say(r.Context(), lowsky.Text{ZH: "已登录，正在打开控制台。", EN: "Signed in; opening the console."}),
		Link: say(r.Context(), lowsky.Text{ZH: "继续", EN: "Continue"}),
	}
	if err != nil {
		p := problemOf(r.Context(), s.log, err)
		status, view.ID = p.Status, p.ID
		view.Text = say(r.Context(), refusalOf(err))
		view.Link = say(r.Context(), lowsky.Text{ZH: "返回登录", EN: "Back to signing in"})
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if err := callbackHTML.Execute(w, view); err != nil {
		s.log.Info("page after signing in", "id", rq.id, "error", err)
	}
}

// refusalOf says why signing in elsewhere did not work, without what the provider said.
func refusalOf(err error) lowsky.Text {
	switch {
	case errors.Is(err, lowsky.ErrNotFound):
		return lowsky.Text{ZH: "未设置统一身份认证。", EN: "No identity provider is set up."}
	case errors.Is(err, lowsky.ErrForbidden):
		return lowsky.Text{ZH: "您的账号没有本平台的角色，请联系管理员。", EN: "Your account has no role on this platform; ask an administrator."}
	case errors.Is(err, lowsky.ErrUnavailable):
		return lowsky.Text{ZH: "统一身份认证暂时不可用。", EN: "The identity provider is not available now."}
	}
	return lowsky.Text{ZH: "登录未完成，请重试。", EN: "Signing in did not succeed; try again."}
}
