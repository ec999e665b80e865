// Package store keeps everything in PostgreSQL. It is the only package that knows SQL.
//
// Device reports, alerts, zones and what people did come out of the journal (see Store.Consume): rows and the position
// in the journal commit in one transaction, so nothing is stored twice and nothing is lost while PostgreSQL is away.
// Every read takes a lowsky.Scope and filters in SQL (scope.go); only what signs somebody in does not, for nobody is known
// yet, nor what the platform asks for itself. Every change of people, tokens, devices, organisations, registers and zones
// is written together with its audit row, which continues a hash chain, and with the notice that Watch hears (act.go).
//
// Errors are the root package's: ErrNotFound, ErrConflict, ErrStale, ErrInvalid, ErrUnavailable. Those of the driver
// do not leave the package.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"lowsky"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	connectTimeout = 5 * time.Second
	// poolConns bounds the connections for people's requests, unless the address sets pool_max_conns; writerConns those
	// for the journal and the migrations, which must not wait behind people's.
	poolConns   = 12
	writerConns = 3
	// statementTimeout ends a read that whoever asked has long given up, idleTimeout a transaction whose client is gone
	// without a word: it would hold the lock on the position for as long as the network takes to notice.
	statementTimeout = 60 * time.Second
	idleTimeout      = 60 * time.Second
)

// Store is a database with the newest schema. Its methods may be called from any goroutine.
type Store struct {
	pool   *pgxpool.Pool // for whatever somebody waits for
	writer *pgxpool.Pool // for the journal and the migrations
	logger *slog.Logger

	mu         sync.Mutex
	state      State
	journal    Journal
	partitions map[string]bool // days for which a partition exists or cannot be made
}

// Open connects to the database that url names and brings its schema up to date. ErrUnavailable: no answer yet, which
// may be waited for. What the database refuses (user, password, database, rights) is another error and says what to mend.
func Open(ctx context.Context, url string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &lowsky.InvalidError{Field: "database_url", Problem: "cannot be read as a PostgreSQL address"} // err would show the password
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	params := cfg.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "lowsky"
	}
	params["timezone"] = "UTC"
	writing := cfg.Copy()
	writing.MaxConns = writerConns
	writing.MinConns, writing.MinIdleConns = 0, 0
	writing.AfterConnect = limited(0)
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = poolConns
	}
	cfg.AfterConnect = limited(statementTimeout)
	s := &Store{logger: slog.Default(), partitions: make(map[string]bool)}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, outward("open database", err)
	}
	if s.writer, err = pgxpool.NewWithConfig(ctx, writing); err != nil {
		s.pool.Close()
		return nil, outward("open database", err)
	}
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, opening(err)
	}
	return s, nil
}

// limited has the server itself end what nobody waits for any more; 0 is no limit to a statement. It is not asked for
// in the start-up packet, which some poolers refuse.
func limited(statement time.Duration) func(context.Context, *pgx.Conn) error {
	sql := fmt.Sprintf(`SELECT set_config('statement_timeout', '%d', false), set_config('idle_in_transaction_session_timeout', '%d', false)`,
		statement.Milliseconds(), idleTimeout.Milliseconds())
	return func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, sql)
		return err
	}
}

// Close ends the connections; it waits for those in use.
func (s *Store) Close() {
	s.writer.Close()
	s.pool.Close()
}

// migrate brings the schema up to date. Two servers that start together wait for each other.
func (s *Store) migrate(ctx context.Context) error {
	p, done, err := s.provider(ctx, s.writer)
	if err != nil {
		return err
	}
	defer done()
	results, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	for _, r := range results {
		s.logger.Info("database schema moved on", "migration", r.Source.Path, "took", r.Duration)
	}
	return nil
}

func (s *Store) provider(ctx context.Context, pool *pgxpool.Pool) (*goose.Provider, func(), error) {
	var schema string
	if err := pool.QueryRow(ctx, "SELECT coalesce(current_schema(), '')").Scan(&schema); err != nil {
		return nil, nil, fmt.Errorf("open database: %w", err)
	}
	if schema == "" {
		return nil, nil, fmt.Errorf("open database: the search_path names no schema that is there: %w", lowsky.ErrNotFound)
	}
	h := fnv.New64a()
	h.Write([]byte("lowsky migrations " + schema))
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(int64(h.Sum64() >> 1)))
	if err != nil {
		return nil, nil, fmt.Errorf("migrate database: %w", err)
	}
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, nil, fmt.Errorf("migrate database: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	p, err := goose.NewProvider(goose.DialectPostgres, db, sub, goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		db.Close()
		return nil, nil, fmt.Errorf("migrate database: %w", err)
	}
	return p, func() { db.Close() }, nil
}

// Ready answers nil if the database answers now and has the schema of this version.
func (s *Store) Ready(ctx context.Context) error {
	p, done, err := s.provider(ctx, s.pool)
	if err != nil {
		return outward("database", err)
	}
	defer done()
	pending, err := p.HasPending(ctx)
	if err != nil {
		return outward("database", err)
	}
	if pending {
		return fmt.Errorf("database: migrations are pending: %w", lowsky.ErrUnavailable)
	}
	return nil
}

// opening sorts what keeps a database from being opened: what it refuses now it will refuse the next time, so whoever
// gave the address has to be told, instead of being left to wait.
func opening(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return outward("database", err)
	}
	hint, kind := "", error(nil)
	switch {
	case strings.HasPrefix(pg.Code, "28"): // invalid_authorization_specification, invalid_password
		hint, kind = "check the user and password of LOWSKY_DATABASE_URL", lowsky.ErrForbidden
	case pg.Code == "3D000": // invalid_catalog_name
		hint, kind = "make the database first, owned by the user of LOWSKY_DATABASE_URL", lowsky.ErrNotFound
	case pg.Code == "42501": // insufficient_privilege
		hint, kind = "the user of LOWSKY_DATABASE_URL needs the right to make tables: GRANT USAGE, CREATE ON SCHEMA …, or make it the owner of the database", lowsky.ErrForbidden
	case strings.HasPrefix(pg.Code, "42"), strings.HasPrefix(pg.Code, "0A"): // syntax_error_or_access_rule_violation, feature_not_supported
		hint, kind = "the database holds other tables of the same names, or is older than PostgreSQL 13", lowsky.ErrConflict
	default:
		return outward("database", err)
	}
	return fmt.Errorf("%s (%s); %s: %w", pg.Message, pg.Code, hint, kind)
}

// outward turns an error of the driver into one of ours, saying what was being done. Ours and the context's pass.
func outward(doing string, err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", doing, err)
	case isOurs(err):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s: %w", doing, lowsky.ErrNotFound)
	case errors.As(err, &pg):
		return fmt.Errorf("%s: %s (%s): %w", doing, pg.Message, pg.Code, kindOf(pg))
	}
	return fmt.Errorf("%s: %s: %w", doing, err.Error(), lowsky.ErrUnavailable)
}

func isOurs(err error) bool {
	for _, ours := range []error{lowsky.ErrNotFound, lowsky.ErrConflict, lowsky.ErrInvalid, lowsky.ErrStale,
		lowsky.ErrUnavailable, lowsky.ErrForbidden, lowsky.ErrUnauthenticated} {
		if errors.Is(err, ours) {
			return true
		}
	}
	return false
}

// kindOf sorts PostgreSQL's error classes (appendix A of its manual) into ours.
func kindOf(pg *pgconn.PgError) error {
	switch {
	case pg.Code == "23505": // unique_violation
		return lowsky.ErrConflict
	case pg.Code == "23503": // foreign_key_violation
		return lowsky.ErrNotFound
	case refusesData(pg):
		return lowsky.ErrInvalid
	}
	return lowsky.ErrUnavailable
}

// refusesData reports whether it is the row that is at fault, whatever time it is tried again: data exceptions,
// integrity violations, and limits such as the size of an index entry.
func refusesData(pg *pgconn.PgError) bool {
	switch pg.Code[:min(2, len(pg.Code))] {
	case "22", "23", "54":
		return true
	}
	return false
}

// texts copies typed names for the driver; never nil, for NULL would answer NULL.
func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

func typed[S ~string](in []string) []S {
	if len(in) == 0 {
		return nil
	}
	out := make([]S, len(in))
	for i, s := range in {
		out[i] = S(s)
	}
	return out
}

// instant is t for a nullable column: zero is NULL.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
