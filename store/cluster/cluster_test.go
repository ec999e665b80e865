package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"lowsky"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("CLUSTER_TEST_VICTIM"); dir != "" {
		victim(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// victim is the server that tests kill: it starts the cluster, says the numbers of the postmaster and of the watcher,
// and waits to die.
func victim(dir string) {
	c, err := Start(context.Background(), Config{DataDir: dir, Unsafe: true})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println(c.server.cmd.Process.Pid, c.server.watcher.Process.Pid)
	select {}
}

// needPostgreSQL answers a directory that the account of the cluster can enter.
func needPostgreSQL(t *testing.T) string {
	t.Helper()
	if _, err := findBinaries(0); err != nil {
		if os.Getenv("LOWSKY_TEST_STRICT") == "1" {
			t.Fatal("needs PostgreSQL: ", err)
		}
		t.Skip("needs PostgreSQL: ", err)
	}
	dir, err := os.MkdirTemp("", "lowsky-cluster-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func startAt(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{DataDir: dir, Fallback: filepath.Join(dir, "fallback"), Unsafe: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func ask(t *testing.T, c *Cluster, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func tell(t *testing.T, c *Cluster, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	for !ok() {
		if !sleep(ctx, 10*time.Millisecond) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestStartStopStart(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	c := startAt(t, dir)
	if got := ask(t, c, `SELECT current_user || ' ' || rolsuper || ' ' || current_setting('listen_addresses') || '.' FROM pg_roles WHERE rolname = current_user`); got != "lowsky false ." {
		t.Errorf("user, superuser, addresses: %q", got)
	}
	if got := ask(t, c, `SHOW server_encoding`); got != "UTF8" {
		t.Errorf("encoding %s", got)
	}
	if got := ask(t, c, `SHOW data_checksums`); got != "on" {
		t.Errorf("checksums of pages %s", got)
	}
	for _, d := range []string{c.dir, c.socket, c.pgdata()} {
		info, err := os.Stat(d)
		if err != nil {
			t.Fatal(err)
		}
		if p := info.Mode().Perm(); p != 0o700 {
			t.Errorf("%s can be entered by others: %o", d, p)
		}
	}
	tell(t, c, `CREATE TABLE kept AS SELECT 'still here' AS what`)
	if _, err := Start(t.Context(), Config{DataDir: dir}); !errors.Is(err, lowsky.ErrConflict) {
		t.Errorf("a second server on the same directory: %v, want ErrConflict", err)
	}
	pid := c.server.cmd.Process.Pid
	// Somebody is still connected: it is stopped all the same.
	conn, err := pgx.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if alive(pid) {
		t.Error("the postmaster is still there")
	}
	if _, err := os.Stat(filepath.Join(c.pgdata(), "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("not a clean end: %v", err)
	}
	if got := ask(t, startAt(t, dir), `SELECT what FROM kept`); got != "still here" {
		t.Errorf("after the restart: %q", got)
	}
}

// kill starts a server in a process of its own, kills it with SIGKILL and answers the numbers of its children.
func kill(t *testing.T, dir string, also func(postmaster, watcher int)) (postmaster int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CLUSTER_TEST_VICTIM="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var watcher int
	if _, err := fmt.Sscan(line, &postmaster, &watcher); err != nil {
		t.Fatal(line)
	}
	if also != nil {
		also(postmaster, watcher)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	return postmaster
}

func signal(t *testing.T, pid int, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, sig); err != nil {
		t.Fatal(err)
	}
}

func TestKilledServerLeavesNoPostgreSQL(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	pid := kill(t, dir, nil)
	eventually(t, "the watcher stops PostgreSQL", func() bool { return !alive(pid) })
	startAt(t, dir)
}

// A new server that comes at once, while the watcher is still stopping the old PostgreSQL.
func TestKilledAndStartedAtOnce(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	kill(t, dir, nil)
	c := startAt(t, dir)
	tell(t, c, `CREATE TABLE a (b int)`)
	pid := c.server.cmd.Process.Pid
	// The old watcher must not end the new PostgreSQL.
	if sleep(t.Context(), 300*time.Millisecond); !alive(pid) {
		t.Error("the new PostgreSQL was stopped")
	}
}

func TestLeftoverIsStopped(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	pid := kill(t, dir, func(_, watcher int) { signal(t, watcher, syscall.SIGKILL) })
	if !alive(pid) {
		t.Fatal("the postmaster should have been left over")
	}
	c := startAt(t, dir)
	if alive(pid) {
		t.Error("the old postmaster is still there")
	}
	if c.server.cmd.Process.Pid == pid {
		t.Error("the same postmaster")
	}
}

func TestStaleLock(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	// Everything is killed at once, as by a loss of power: the lock files stay.
	kill(t, dir, func(postmaster, watcher int) {
		signal(t, watcher, syscall.SIGKILL)
		signal(t, postmaster, syscall.SIGKILL)
	})
	pidFile := filepath.Join(dir, "postgresql", "data", "postmaster.pid")
	b, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatalf("no stale lock to test with: %v", err)
	}
	c := startAt(t, dir)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	// After a reboot the number belongs to another program of the same user.
	other := c.as.command("/bin/sleep", "600")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	_, rest, _ := strings.Cut(string(b), "\n")
	stale := strconv.Itoa(other.Process.Pid) + "\n"
	if err := os.WriteFile(pidFile, []byte(stale+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.socket, socketFile+".lock"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{pidFile, filepath.Join(c.socket, socketFile+".lock")} {
		if err := os.Lchown(f, c.as.uid, c.as.gid); err != nil {
			t.Fatal(err)
		}
	}
	startAt(t, dir)
	if !alive(other.Process.Pid) {
		t.Error("another program was killed")
	}
}

func TestRunStartsItAgain(t *testing.T) {
	t.Parallel()
	c := startAt(t, needPostgreSQL(t))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	pid := c.server.cmd.Process.Pid
	signal(t, pid, syscall.SIGKILL)
	eventually(t, "a new postmaster", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.server != nil && c.server.cmd.Process.Pid != pid
	})
	tell(t, c, `CREATE TABLE a (b int)`)
	if err := c.Pause(); err != nil {
		t.Fatal(err)
	}
	if _, err := pgx.Connect(t.Context(), c.URL()); err == nil {
		t.Error("paused, but it answers")
	}
	if err := c.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	tell(t, c, `INSERT INTO a VALUES (1)`)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestFallbackWhereTheUserCannotEnter(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	if os.Geteuid() != 0 {
		t.Skip("only as root PostgreSQL runs as another user")
	}
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil { // as /root is
		t.Fatal(err)
	}
	fallback := filepath.Join(dir, "fallback")
	c, err := Start(t.Context(), Config{DataDir: filepath.Join(home, "data"), Fallback: fallback, Unsafe: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	if !strings.HasPrefix(c.Dir(), fallback) {
		t.Errorf("the cluster lies in %s", c.Dir())
	}
	tell(t, c, `CREATE TABLE a (b int)`)
	if _, err := os.Stat(filepath.Join(home, "data", "postgresql")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty directory was left where the data is not: %v", err)
	}
}

func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	long := filepath.Join(dir, strings.Repeat("long-", 20))
	c := startAt(t, long)
	defer os.RemoveAll(c.socket)
	if n := len(c.socket) + 1 + len(socketFile); n > socketMost {
		t.Errorf("the socket's path has %d bytes", n)
	}
	tell(t, c, `CREATE TABLE a (b int)`)
}

func TestBrokenOffInitdb(t *testing.T) {
	t.Parallel()
	dir := needPostgreSQL(t)
	half := filepath.Join(dir, "postgresql", "data.new")
	if err := os.MkdirAll(filepath.Join(half, "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	startAt(t, dir)
}

func TestMissingBinaries(t *testing.T) { // not parallel: it changes where binaries are looked for
	t.Setenv("PATH", t.TempDir())
	patterns := placePatterns
	placePatterns = []string{filepath.Join(t.TempDir(), "*/bin")}
	defer func() { placePatterns = patterns }()
	_, err := Start(t.Context(), Config{DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, lowsky.ErrNotFound) || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("%v", err)
	}
}

func TestBinariesOfTheRightVersion(t *testing.T) { // not parallel: as above
	root := t.TempDir()
	for _, major := range []int{9, 14, 17} {
		bin := filepath.Join(root, strconv.Itoa(major), "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"postgres", "initdb"} {
			script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %d.4 (Debian)'\n", name, major)
			if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("PATH", filepath.Join(root, "14", "bin"))
	patterns := placePatterns
	placePatterns = []string{filepath.Join(root, "*", "bin")}
	defer func() { placePatterns = patterns }()
	if b, err := findBinaries(0); err != nil || b.major != 17 {
		t.Errorf("newest: %+v, %v", b, err)
	}
	if b, err := findBinaries(14); err != nil || b.major != 14 {
		t.Errorf("of an existing cluster: %+v, %v", b, err)
	}
	if _, err := findBinaries(16); !errors.Is(err, lowsky.ErrNotFound) || !strings.Contains(err.Error(), "apt-get install postgresql-16") {
		t.Errorf("a version that is not installed: %v", err)
	}
	placePatterns = nil
	t.Setenv("PATH", filepath.Join(root, "9", "bin"))
	if _, err := findBinaries(0); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("too old: %v", err)
	}
}
