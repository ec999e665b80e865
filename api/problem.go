package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity"
)

// Problem is an error as RFC 9457 shows it. ID is in the server's log beside the cause.
type Problem struct {
	Type   string         `json:"type" doc:"Always about:blank: the status says the kind" example:"about:blank"`
	Title  string         `json:"title" doc:"The kind of problem, in the user's language"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty" doc:"What was wrong this time"`
	ID     string         `json:"id" doc:"Id of the request, also in the server's log"`
	Field  string         `json:"field,omitempty" doc:"What was refused, as the sender wrote it"`
	Reason string         `json:"reason,omitempty" doc:"Why"`
	Errors []FieldProblem `json:"errors,omitempty" doc:"Every refusal, when there are several"`
	Rows   []CheckedRow   `json:"rows,omitempty" doc:"Of a file for a register: what is wrong with it, row by row"`
	Counts *RowCounts     `json:"counts,omitempty" doc:"Of those rows"`

	Problems []lowsky.ScenarioProblem `json:"problems,omitempty" doc:"Of a scenario file: what is wrong with it, by line"`

	retryAfter int // seconds; 0 says nothing
}

// FieldProblem is one refused field.
type FieldProblem struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Error, GetStatus and ContentType make a Problem an error that huma writes as it is.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

// Is makes a Problem of status 403 an ErrForbidden, for who asks without HTTP.
func (p *Problem) Is(target error) bool {
	return target == lowsky.ErrForbidden && p.Status == http.StatusForbidden
}

// GetStatus answers the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType answers application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders says when to try again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

// titles are what people read per status.
var titles = map[int]lowsky.Text{
	http.StatusBadRequest:            {ZH: "请求有误", EN: "The request is malformed"},
	http.StatusUnauthorized:          {ZH: "未登录", EN: "Not signed in"},
	http.StatusForbidden:             {ZH: "无权进行此操作", EN: "Not allowed"},
	http.StatusNotFound:              {ZH: "未找到", EN: "Not found"},
	http.StatusMethodNotAllowed:      {ZH: "不支持此方法", EN: "Method not allowed"},
	http.StatusNotAcceptable:         {ZH: "无法按要求的格式答复", EN: "Not available in that format"},
	http.StatusRequestTimeout:        {ZH: "请求超时", EN: "The request took too long"},
	http.StatusConflict:              {ZH: "与当前状态冲突", EN: "In conflict with the present state"},
	http.StatusPreconditionFailed:    {ZH: "已被他人修改", EN: "Changed by somebody else meanwhile"},
	http.StatusRequestEntityTooLarge: {ZH: "内容过大", EN: "Too large"},
	http.StatusUnsupportedMediaType:  {ZH: "不支持的内容类型", EN: "Content type not supported"},
	http.StatusUnprocessableEntity:   {ZH: "内容无效", EN: "The content is not valid"},
	http.StatusPreconditionRequired:  {ZH: "须注明所修改的版本", EN: "The version that was edited must be named"},
	http.StatusTooManyRequests:       {ZH: "请求过于频繁", EN: "Too many requests"},
	http.StatusInternalServerError:   {ZH: "服务器内部错误", EN: "Internal error"},
	http.StatusServiceUnavailable:    {ZH: "暂时不可用", EN: "Not available now"},
}

func titleOf(status int, language string) string {
	t, ok := titles[status]
	if !ok {
		return http.StatusText(status)
	}
	if language == "en" {
		return t.EN
	}
	return t.ZH
}

// language answers "zh" or "en", whichever Accept-Language prefers; "zh" when it says nothing of either.
func language(accept string) string {
	best, bestQ := "zh", -1.0
	for _, part := range strings.Split(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			parsed, err := strconv.ParseFloat(v, 64)
			if err != nil {
				continue
			}
			q = parsed
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (primary == "zh" || primary == "en") && q > bestQ {
			best, bestQ = primary, q
		}
	}
	return best
}

// statusOf maps the kinds of failure that packages tell each other.
func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, lowsky.ErrInvalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, lowsky.ErrUnauthenticated):
		return http.StatusUnauthorized
	case errors.Is(err, lowsky.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, lowsky.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, lowsky.ErrStale):
		return http.StatusPreconditionFailed
	case errors.Is(err, lowsky.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, lowsky.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problemOf makes the problem of an error and logs what the problem does not tell. What went wrong inside stays inside:
// only refusals of what the sender wrote carry their text.
func problemOf(ctx context.Context, log *slog.Logger, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		log.InfoContext(ctx, "request refused", "id", requestOf(ctx).id, "status", p.Status)
		return p.dress(ctx)
	}
	p = &Problem{Status: statusOf(err)}
	var tooMany *identity.TooManyError
	if errors.As(err, &tooMany) {
		p.Status, p.retryAfter = http.StatusTooManyRequests, int(tooMany.RetryAfter.Seconds())+1
	}
	var invalid *lowsky.InvalidError
	switch {
	case errors.As(err, &invalid):
		p.Field, p.Reason = invalid.Field, invalid.Problem
		p.Detail = invalid.Error()
	case p.Status == http.StatusConflict, p.Status == http.StatusPreconditionFailed, p.Status == http.StatusRequestEntityTooLarge:
		p.Detail = err.Error()
	}
	level := slog.LevelInfo
	if p.Status >= 500 {
		level = slog.LevelError
	}
	log.Log(ctx, level, "request refused", "id", requestOf(ctx).id, "status", p.Status, "error", err)
	return p.dress(ctx)
}

// dress fills what depends on the request.
func (p *Problem) dress(ctx context.Context) *Problem {
	rq := requestOf(ctx)
	d := *p
	d.Type, d.ID, d.Title = "about:blank", rq.id, titleOf(p.Status, rq.language)
	return &d
}

// translate turns the errors that huma itself makes, about parameters and bodies, into problems.
func (s *Server) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &Problem{Status: m.Status, Detail: m.Detail}
	for _, e := range m.Errors {
		if e != nil {
			field := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(e.Location, "body."), "query."), "path.")
			p.Errors = append(p.Errors, FieldProblem{Field: field, Reason: e.Message})
		}
	}
	if len(p.Errors) > 0 {
		p.Field, p.Reason = p.Errors[0].Field, p.Errors[0].Reason
	}
	if m.Status >= 500 { // never tells what went wrong inside
		p.Detail, p.Field, p.Reason, p.Errors = "", "", "", nil
	}
	s.log.Info("request refused", "id", requestOf(ctx.Context()).id, "status", m.Status, "error", m.Detail, "field", p.Field, "reason", p.Reason)
	return p.dress(ctx.Context()), nil
}

// wrong refuses one field, in the language of the request.
func wrong(ctx context.Context, field string, why lowsky.Text) *Problem {
	return &Problem{Status: http.StatusUnprocessableEntity, Field: field, Reason: say(ctx, why), Detail: field + ": " + say(ctx, why)}
}

// refused says to whoever may see something why they may not do that to it.
func refused(ctx context.Context, field string, why lowsky.Text) *Problem {
	return &Problem{Status: http.StatusForbidden, Field: field, Reason: say(ctx, why), Detail: say(ctx, why)}
}

// refuse writes a problem outside huma.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), s.log, err)
	for k, vs := range p.GetHeaders() {
		w.Header()[k] = vs
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
