// Package cluster runs a private PostgreSQL for one Lowsky: it finds the binaries of this machine, makes a database
// cluster below the data directory, starts it on a unix socket only, and stops it together with the server.
//
// PostgreSQL runs as a child of this process. What ends it when this process is killed is a watcher, a shell that waits
// for the end of a pipe which only this process holds: the kernel closes it however the process ends. (A parent-death
// signal would fire when the thread that forked ends, which in Go may be long before the process does.) Should the
// watcher be killed as well, the next start finds the postmaster still running and stops it before it starts its own; a
// lock on the directory makes sure that it is nobody else's.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
)

const (
	superuser = "lowsky_admin" // makes the database; nothing else signs in as it
	owner     = "lowsky"       // owns the database and is what the server signs in as; no superuser
	database  = "lowsky"

	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
)

// Config says where the cluster lies.
type Config struct {
	// DataDir is the server's data directory; the cluster is its subdirectory "postgresql".
	DataDir string
	// Fallback is used as root when the user that runs PostgreSQL cannot enter DataDir; "" is /var/lib/lowsky.
	Fallback string
	// Unsafe turns off syncing to the disk: for tests, whose data nobody needs after a loss of power.
	Unsafe bool
	Logger *slog.Logger
}

// Cluster is a running PostgreSQL.
type Cluster struct {
	cfg    Config
	logger *slog.Logger
	bin    binaries
	as     account
	dir    string // of the cluster
	socket string // directory of the socket
	lock   *os.File

	mu     sync.Mutex
	server *process // nil while stopped
}

// Start makes the cluster if it is not there, starts it and waits until it answers. Errors that the person who started
// the server can mend say how. ErrConflict: another process uses the directory.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Fallback == "" {
		cfg.Fallback = "/var/lib/lowsky"
	}
	c := &Cluster{cfg: cfg, logger: cfg.Logger}
	if err := c.prepare(); err != nil {
		c.unlock()
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	if err := c.start(ctx); err != nil {
		c.unlock()
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	if err := c.makeDatabase(ctx); err != nil {
		err = fmt.Errorf("private PostgreSQL: %w", err)
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// URL is the address for store.Open.
func (c *Cluster) URL() string { return c.url(owner, database) }

func (c *Cluster) url(user, db string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + db,
		RawQuery: url.Values{"host": {c.socket}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}

// Dir is where the cluster's files are.
func (c *Cluster) Dir() string { return c.dir }

// Run watches PostgreSQL until ctx ends, and starts it again should it end by itself. It does not stop it: Stop does,
// after everything that writes has ended.
func (c *Cluster) Run(ctx context.Context) error {
	pause := time.Second
	for {
		c.mu.Lock()
		p := c.server
		c.mu.Unlock()
		if p == nil { // paused
			if !sleep(ctx, 100*time.Millisecond) {
				return nil
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.done:
		}
		c.mu.Lock()
		stopped := c.server != p
		if !stopped {
			c.server = nil
			p.dismiss()
		}
		c.mu.Unlock()
		if stopped {
			continue
		}
		c.logger.Error("PostgreSQL has ended by itself; starting it again", "how", p.how())
		for {
			if !sleep(ctx, pause) {
				return nil
			}
			err := c.start(ctx)
			if err == nil {
				pause = time.Second
				break
			}
			pause = min(2*pause, time.Minute)
			c.logger.Error("PostgreSQL does not start", "error", err, "again_in", pause)
		}
	}
}

// Pause stops PostgreSQL until Resume: what tests of an absent database do.
func (c *Cluster) Pause() error { return c.stop() }

// Resume starts it again.
func (c *Cluster) Resume(ctx context.Context) error { return c.start(ctx) }

// Stop stops PostgreSQL cleanly, disconnecting whoever is still there, and gives the directory free.
func (c *Cluster) Stop() error {
	err := c.stop()
	c.unlock()
	return err
}

func (c *Cluster) unlock() {
	if c.lock != nil {
		c.lock.Close()
		c.lock = nil
	}
}

func (c *Cluster) stop() error {
	c.mu.Lock()
	p := c.server
	c.server = nil
	c.mu.Unlock()
	if p == nil {
		return nil
	}
	return p.stop(stopTimeout)
}

// prepare finds the binaries, the user, the directory, and makes the cluster.
func (c *Cluster) prepare() error {
	as, err := chooseAccount()
	if err != nil {
		return err
	}
	c.as = as
	data, err := filepath.Abs(c.cfg.DataDir)
	if err != nil {
		return err
	}
	if c.dir, err = c.as.place(filepath.Join(data, "postgresql"), c.cfg.Fallback, c.logger); err != nil {
		return err
	}
	if c.lock, err = lockDir(c.dir); err != nil {
		return err
	}
	if c.bin, err = findBinaries(majorOf(c.dir)); err != nil {
		return err
	}
	if c.socket, err = c.as.socketDir(c.dir); err != nil {
		return err
	}
	if err := stopLeftover(c.pgdata(), c.socket, c.logger); err != nil {
		return err
	}
	return c.initialise()
}

// initialise runs initdb. A directory it did not finish is made anew: without PG_VERSION and our mark nothing is in it.
func (c *Cluster) initialise() error {
	pgdata := c.pgdata()
	if _, err := os.Stat(filepath.Join(pgdata, "PG_VERSION")); err == nil {
		return nil
	}
	fresh := pgdata + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", superuser, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--no-locale", "--no-instructions", "--data-checksums"}
	if c.cfg.Unsafe {
		args = append(args, "--no-sync")
	}
	out, err := c.as.command(c.bin.path("initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(out))
	}
	if err := os.Rename(fresh, pgdata); err != nil {
		return err
	}
	c.logger.Info("made a private PostgreSQL", "dir", pgdata, "version", c.bin.major, "user", c.as.name)
	return nil
}

func (c *Cluster) pgdata() string { return filepath.Join(c.dir, "data") }

// start starts the server and waits until it answers.
func (c *Cluster) start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		return nil
	}
	// Backends of a postmaster that was killed hold its shared memory for a moment: it is tried again until they ended.
	deadline, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		p, err := c.launch()
		if err != nil {
			return err
		}
		if err = c.awaitReady(deadline, p); err == nil {
			c.server = p
			return nil
		}
		serr := p.stop(stopTimeout)
		if serr != nil {
			return errors.Join(err, serr)
		}
		if !strings.Contains(p.said(), "still in use") && !strings.Contains(p.said(), "lock file") {
			return err
		}
		if !sleep(deadline, 200*time.Millisecond) {
			return err
		}
	}
}

func (c *Cluster) awaitReady(ctx context.Context, p *process) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		conn, err := pgx.Connect(attempt, c.url(superuser, "postgres"))
		if err == nil {
			err = conn.Close(attempt)
		}
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("the server ended at its start: %s: %s", p.how(), tail([]byte(p.said())))
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w: %s", lowsky.ErrUnavailable, tail([]byte(p.said())))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// makeDatabase makes the role and the database that the server uses.
func (c *Cluster) makeDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url(superuser, "postgres"))
	if err != nil {
		return fmt.Errorf("connect: %s: %w", err, lowsky.ErrUnavailable)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, step := range []struct{ exists, create string }{
		{`SELECT 1 FROM pg_roles WHERE rolname = '` + owner + `'`, `CREATE ROLE ` + owner + ` LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB`},
		{`SELECT 1 FROM pg_database WHERE datname = '` + database + `'`, `CREATE DATABASE ` + database + ` OWNER ` + owner},
	} {
		tag, err := conn.Exec(ctx, step.exists)
		if err == nil && tag.RowsAffected() == 0 {
			_, err = conn.Exec(ctx, step.create)
		}
		if err != nil {
			return fmt.Errorf("make the database: %s: %w", err, lowsky.ErrUnavailable)
		}
	}
	return nil
}

// lockDir takes the lock of dir, which the kernel gives back when the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another process uses %s: %w", dir, lowsky.ErrConflict)
	}
	return f, nil
}

// sleep waits d and answers whether ctx still runs.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tail is the end of what a program said, on one line.
func tail(out []byte) string {
	s := strings.Join(strings.Fields(string(out)), " ")
	const most = 600
	if len(s) > most {
		s = "…" + strings.ToValidUTF8(s[len(s)-most:], "")
	}
	return s
}
