// Package storetest gives tests a real PostgreSQL: one private cluster per test process (or the database that
// LOWSKY_TEST_DATABASE_URL names), and in it a schema per test, so that tests run in parallel.
//
// A package whose tests use it calls Main from its TestMain, which stops the cluster at the end.
package storetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/store"
	"lowsky/store/cluster"
)

var shared struct {
	once    sync.Once
	url     string
	err     error
	cluster *cluster.Cluster
	dir     string
	schemas atomic.Int64
}

// Main runs the tests and then stops the cluster, if a test started one. It answers the exit code.
func Main(m *testing.M) int {
	flag.Parse()
	if !testing.Verbose() {
		slog.SetDefault(slog.New(slog.DiscardHandler))
	}
	code := m.Run()
	if shared.cluster != nil {
		if err := shared.cluster.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "storetest:", err)
			code = max(code, 1)
		}
	}
	if shared.dir != "" {
		if err := os.RemoveAll(shared.dir); err != nil {
			fmt.Fprintln(os.Stderr, "storetest:", err)
		}
	}
	return code
}

func startShared() {
	if shared.url = os.Getenv("LOWSKY_TEST_DATABASE_URL"); shared.url != "" {
		return
	}
	shared.dir, shared.err = os.MkdirTemp("", "lowsky-test-")
	if shared.err != nil {
		return
	}
	if shared.err = os.Chmod(shared.dir, 0o755); shared.err != nil { // its user has to enter it
		return
	}
	shared.cluster, shared.err = cluster.Start(context.Background(), cluster.Config{
		DataDir: shared.dir, Fallback: filepath.Join(os.TempDir(), "lowsky-test-fallback"),
		Unsafe: os.Getenv("LOWSKY_TEST_SYNC") == "", // for benchmarks: commits wait for the disk, as they do in earnest
		Logger: slog.New(slog.DiscardHandler),
	})
	if shared.err == nil {
		shared.url = shared.cluster.URL()
	}
}

// URL answers the address of an empty schema that is dropped when the test ends. Without PostgreSQL the test is skipped,
// or fails where LOWSKY_TEST_STRICT=1.
func URL(t testing.TB) string {
	t.Helper()
	shared.once.Do(startShared)
	if errors.Is(shared.err, lowsky.ErrNotFound) && os.Getenv("LOWSKY_TEST_STRICT") != "1" {
		t.Skip("needs PostgreSQL: ", shared.err)
	}
	if shared.err != nil {
		t.Fatal("needs PostgreSQL: ", shared.err)
	}
	h := fnv.New32a()
	h.Write([]byte(t.Name()))
	schema := fmt.Sprintf("test_%d_%d_%08x", os.Getpid(), shared.schemas.Add(1), h.Sum32())
	exec(t, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { exec(t, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(shared.url)
	if err != nil {
		t.Fatal("LOWSKY_TEST_DATABASE_URL cannot be read as a URL")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// New opens a store on a schema of its own; it is closed when the test ends.
func New(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, URL(t))
}

// Open opens a store on an address that URL gave; it is closed when the test ends.
func Open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func exec(t testing.TB, sql string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, shared.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Error(err)
	}
}
