package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"lowsky"
	"lowsky/airspace"
)

// ServerConfig is what a [Server] needs. Board, Hub and Accounts must be set; an operation whose part is nil answers
// 503.
type ServerConfig struct {
	Board    *Board
	Hub      *Hub
	Accounts accounts
	Records  records
	// Directory keeps people, organisations and devices.
	Directory directory
	// Trail is the audit.
	Trail trail
	// Registers keeps pilots, sites and companies, and knows what expires.
	Registers registers
	// Contain answers the jurisdictions that a position lies in, smallest first; nil: none.
	Contain func(lowsky.Position) []lowsky.JurisdictionID
	// Sealer seals and opens phone numbers.
	Sealer sealer
	// DeviceStates is what the broker knows of the devices now; nil: nothing is known.
	DeviceStates func() map[lowsky.DeviceID]lowsky.DeviceState
	Handler      handler
	Register     publisher
	// Simulations keeps runs of simulations, Simulator flies them, Report writes what they found.
	Simulations simulationRecords
	Simulator   simulations
	Report      ReportWriter
	// Organisation owns what is published through the server.
	Organisation lowsky.OrganisationID
	// Locate answers the jurisdictions that a valid zone touches, smallest first; nil: none.
	Locate func(*lowsky.Zone) []lowsky.JurisdictionID
	// Terrain is what a draft's heights are judged with, as the picture judges them; nil knows nothing.
	Terrain airspace.Terrain
	Ingest  func() []SourceCount
	Region  *Region
	Rules   func() []*lowsky.RulePack
	Status  func(context.Context) Status
	Ready   []ReadyCheck

	Gatherer prometheus.Gatherer   // served at /metrics; nil: none
	Metrics  prometheus.Registerer // where the server's own counters go; nil: nowhere

	Console      fs.FS // the built console, or its placeholder
	ConsoleBuilt bool

	Version string
	// Proxies are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed; none: nobody's.
	Proxies []netip.Prefix
	Origins []string // origins besides the server's own host that may change things, e.g. behind a proxy
	Now     func() time.Time
	Logger  *slog.Logger
}

// Server answers HTTP. It has nothing to run: [Server.Handler] is the whole of it, beside the hub's Run.
type Server struct {
	cfg     ServerConfig
	board   *Board
	log     *slog.Logger
	now     func() time.Time
	api     huma.API
	metrics *serverMetrics
	handler http.Handler

	importing sync.Mutex    // one file of zones at a time is read
	verifying sync.Mutex    // one walk along the audit at a time
	reporting chan struct{} // one report is written at a time
	denials   denials

	looking    sync.Mutex // guards the last look at what has to be ready
	looked     readiness
	lookedAt   time.Time
	publishing sync.Mutex // one publication at a time, so that zone versions count without gaps
}

// NewServer builds the routes and the OpenAPI document.
func NewServer(cfg ServerConfig) (*Server, error) {
	if cfg.Board == nil || cfg.Hub == nil || cfg.Accounts == nil {
		return nil, fmt.Errorf("api: Board, Hub and Accounts are needed")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Version == "" {
		cfg.Version = "unknown"
	}
	s := &Server{
		cfg: cfg, board: cfg.Board, log: cfg.Logger, now: cfg.Now,
		metrics: newServerMetrics(cfg.Metrics), reporting: make(chan struct{}, 1),
	}
	mux := http.NewServeMux()
	s.api = humago.New(mux, s.humaConfig())
	s.api.UseMiddleware(s.authenticate)
	s.sessionOperations()
	s.accountOperations()
	s.peopleOperations()
	s.organisationOperations()
	s.deviceOperations()
	s.auditOperations()
	s.trackOperations()
	s.zoneOperations()
	s.gridOperations()
	s.alertOperations()
	s.aircraftOperations()
	s.sourceOperations()
	s.surroundingOperations()
	s.platformOperations()
	s.simulationOperations()
	document, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("api: OpenAPI document: %w", err)
	}
	s.documentRoutes(mux, document)
	s.oidcRoutes(mux)
	s.apiNotFound(mux)

	cross := http.NewCrossOriginProtection()
	for _, o := range cfg.Origins {
		if err := cross.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("api: trusted origin %q: %w", o, err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, fmt.Errorf("cross-origin request: %w", lowsky.ErrForbidden))
	}))

	root := http.NewServeMux()
	s.healthRoutes(root)
	root.HandleFunc("GET "+streamPath, s.stream)
	root.Handle("/api/", mux)
	root.Handle("/", consoleHandler(cfg.Console, cfg.ConsoleBuilt))
	s.handler = s.stamped(securityHeaders(cross.Handler(root)))
	return s, nil
}

// Handler answers every request of the server.
func (s *Server) Handler() http.Handler { return s.handler }

// OpenAPI answers the document that describes every operation under /api/v1 but the stream.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

func (s *Server) humaConfig() huma.Config {
	c := huma.DefaultConfig("Lowsky", s.cfg.Version)
	c.CreateHooks = nil // no $schema links in answers
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{s.translate}
	c.Info.Description = "市县一体化低空管控平台 · low-altitude operations for a city and its counties. " +
		"Positions are WGS-84, instants RFC 3339, every key carries its unit. The live stream is GET /api/v1/stream " +
		"(websocket), described in docs/stream.md."
	aliasOptionals(c.Components.Schemas)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: s.cfg.Accounts.CookieName()},
		"token":   {Type: "http", Scheme: "bearer", Description: "from `lowsky admin token`"},
	}
	return c
}

// signedIn is the security of every operation that needs somebody.
var signedIn = []map[string][]string{{"session": {}}, {"token": {}}}

// operation registers one operation. Errors of the handler become problems; the permission that it needs is checked
// before it (authenticate) and told in the document as x-permission.
func operation[I, O any](s *Server, op huma.Operation, needs lowsky.Permission, do func(context.Context, *I) (*O, error)) {
	if needs != public {
		op.Security = signedIn
	}
	op.Metadata = map[string]any{"permission": needs}
	op.Extensions = map[string]any{"x-permission": needs}
	if op.DefaultStatus == 0 && op.Method == http.MethodDelete {
		op.DefaultStatus = http.StatusNoContent
	}
	problem := s.api.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	op.Responses = map[string]*huma.Response{"default": {
		Description: "A problem (RFC 9457)",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: problem}},
	}}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, s.log, err)
		}
		return out, nil
	})
}

// What an operation may need besides a permission of people.
const (
	public  lowsky.Permission = "public"  // nobody needs to be signed in
	anybody lowsky.Permission = "anybody" // anybody who is signed in
)

// errNoPart is the answer of an operation whose part was not given.
var errNoPart = fmt.Errorf("not part of this server: %w", lowsky.ErrUnavailable)
