package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

//go:embed documents.html
var documentsHTML string

var documentsPage = template.Must(template.New("documents").Parse(documentsHTML))

// documentRoutes serve the OpenAPI document, and a page made from it that needs nothing from anywhere else.
func (s *Server) documentRoutes(mux *http.ServeMux, document []byte) {
	var page bytes.Buffer
	if err := documentsPage.Execute(&page, describe(s.api.OpenAPI())); err != nil {
		panic(fmt.Errorf("api: documents page: %w", err)) // our template and our document: a fault of the build
	}
	serve := func(contentType string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'") // no scripts at all
			_, _ = w.Write(body)
		}
	}
	mux.HandleFunc("GET /api/v1/openapi.json", serve("application/openapi+json", document))
	mux.HandleFunc("GET /api/v1/docs", serve("text/html; charset=utf-8", page.Bytes()))
}

type (
	pageView struct {
		Title, Version, Description string
		Groups                      []groupView
		Schemas                     []schemaView
	}
	groupView struct {
		Name       string
		Operations []operationView
	}
	operationView struct {
		ID, Method, Path, Summary, Description, Body, Answer string
		Needs                                                lowsky.Permission // "" where nobody needs to be signed in
		Parameters                                           []fieldView
	}
	schemaView struct {
		Name   string
		Fields []fieldView
	}
	fieldView struct {
		Name, In, Type, Description string
		Required                    bool
	}
)

// describe turns the document into what the page shows.
func describe(o *huma.OpenAPI) pageView {
	p := pageView{Title: o.Info.Title, Version: o.Info.Version, Description: o.Info.Description}
	groups := map[string]*groupView{}
	for path, item := range o.Paths {
		for _, op := range operationsOf(item) {
			name := "other"
			if len(op.Tags) > 0 {
				name = op.Tags[0]
			}
			if groups[name] == nil {
				groups[name] = &groupView{Name: name}
			}
			groups[name].Operations = append(groups[name].Operations, describeOperation(path, op))
		}
	}
	for _, g := range groups {
		slices.SortFunc(g.Operations, func(a, b operationView) int {
			return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
		})
		p.Groups = append(p.Groups, *g)
	}
	slices.SortFunc(p.Groups, func(a, b groupView) int { return strings.Compare(a.Name, b.Name) })
	for name, schema := range o.Components.Schemas.Map() {
		v := schemaView{Name: name}
		for field, of := range schema.Properties {
			v.Fields = append(v.Fields, fieldView{
				Name: field, Type: typeOf(of), Description: of.Description, Required: slices.Contains(schema.Required, field),
			})
		}
		slices.SortFunc(v.Fields, func(a, b fieldView) int { return strings.Compare(a.Name, b.Name) })
		p.Schemas = append(p.Schemas, v)
	}
	slices.SortFunc(p.Schemas, func(a, b schemaView) int { return strings.Compare(a.Name, b.Name) })
	return p
}

// operationsOf answers the operations of one path.
func operationsOf(item *huma.PathItem) []*huma.Operation {
	var ops []*huma.Operation
	for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Patch} {
		if op != nil {
			ops = append(ops, op)
		}
	}
	return ops
}

func describeOperation(path string, op *huma.Operation) operationView {
	v := operationView{
		ID: op.OperationID, Method: op.Method, Path: path, Summary: op.Summary, Description: op.Description,
	}
	if needs, _ := op.Extensions["x-permission"].(lowsky.Permission); needs != public {
		v.Needs = needs
	}
	for _, p := range op.Parameters {
		v.Parameters = append(v.Parameters, fieldView{
			Name: p.Name, In: p.In, Type: typeOf(p.Schema), Description: p.Description, Required: p.Required,
		})
	}
	if op.RequestBody != nil {
		v.Body = contentOf(op.RequestBody.Content)
	}
	for status, r := range op.Responses {
		if strings.HasPrefix(status, "2") {
			v.Answer = status + " " + contentOf(r.Content)
		}
	}
	return v
}

func contentOf(content map[string]*huma.MediaType) string {
	var parts []string
	for kind, m := range content {
		if m.Schema != nil && typeOf(m.Schema) != "" {
			kind += ": " + typeOf(m.Schema)
		}
		parts = append(parts, kind)
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// typeOf names a schema in a few words.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.Type == huma.TypeArray:
		return "[" + typeOf(s.Items) + "]"
	case len(s.Enum) > 0:
		words, _ := json.Marshal(s.Enum)
		return string(words)
	case s.Format != "":
		return s.Type + " " + s.Format
	}
	return s.Type
}
