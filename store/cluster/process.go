package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"lowsky"
)

// process is a postmaster that is our child, with its watcher.
type process struct {
	cmd     *exec.Cmd
	done    chan struct{} // closed when it has ended and was waited for
	err     error         // of Wait
	out     *keeper
	watcher *exec.Cmd
	leash   io.Closer // our end of the watcher's pipe
	once    sync.Once
}

// watchScript waits for the end of the pipe on its standard input and then asks the postmaster to end (SIGINT: fast
// shutdown, no new connections, open ones are ended). The pid file says whether the number still names that postmaster.
const watchScript = `cat >/dev/null
[ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] && kill -INT "$1"`

// launch starts the postmaster.
func (c *Cluster) launch() (*process, error) {
	settings := map[string]string{
		"listen_addresses":         "", // the unix socket only
		"port":                     "5432",
		"unix_socket_directories":  c.socket,
		"unix_socket_permissions":  "0700",
		"max_connections":          "40",
		"shared_buffers":           "128MB",
		"max_wal_size":             "2GB",
		"wal_compression":          "on",
		"log_destination":          "stderr",
		"logging_collector":        "on",
		"log_directory":            filepath.Join(c.dir, "log"),
		"log_filename":             "postgresql-%a.log", // a week, each day over the one of last week
		"log_truncate_on_rotation": "on",
		"log_rotation_age":         "1d",
		"log_rotation_size":        "0",
		"timezone":                 "UTC",
		"log_timezone":             "UTC",
	}
	if c.cfg.Unsafe {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
		settings["shared_buffers"], settings["max_connections"], settings["logging_collector"] = "64MB", "100", "off"
	}
	args := []string{"-D", c.pgdata()}
	for k, v := range settings {
		args = append(args, "-c", k+"="+v)
	}
	p := &process{done: make(chan struct{}), out: new(keeper)}
	p.cmd = c.as.command(c.bin.path("postgres"), args...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.WaitDelay = time.Second // backends inherit the pipe; do not wait for those of a killed postmaster
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := p.watch(c.as, filepath.Join(c.pgdata(), "postmaster.pid")); err != nil {
		return nil, errors.Join(err, p.stop(stopTimeout))
	}
	return p, nil
}

// watch starts the watcher. Both ends of its pipe are closed in every other child, so only this process holds it.
func (p *process) watch(as account, pidFile string) error {
	p.watcher = as.command("/bin/sh", "-c", watchScript, "lowsky-postgresql-watcher", strconv.Itoa(p.cmd.Process.Pid), pidFile)
	leash, err := p.watcher.StdinPipe()
	if err != nil {
		return fmt.Errorf("start the watcher: %w", err)
	}
	p.leash = leash
	if err := p.watcher.Start(); err != nil {
		p.watcher = nil
		return fmt.Errorf("start the watcher: %w", err)
	}
	return nil
}

// stop ends the server and waits: fast first, which writes everything to its files, then, after the time given,
// immediately, which leaves that to the next start.
func (p *process) stop(patience time.Duration) error {
	defer p.dismiss()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		t := time.NewTimer(patience)
		select {
		case <-p.done:
			t.Stop()
			return nil
		case <-t.C:
		}
	}
	return fmt.Errorf("PostgreSQL does not end: %w", lowsky.ErrUnavailable)
}

// dismiss lets the watcher go, after the server has ended: it finds nothing to do.
func (p *process) dismiss() {
	p.once.Do(func() {
		if p.watcher == nil {
			return
		}
		p.leash.Close()
		_ = p.watcher.Wait() // its last word is whether it had something to do
	})
}

func (p *process) said() string { return p.out.String() }

// how says how it ended; only after done.
func (p *process) how() string {
	if p.err == nil {
		return "it ended in order"
	}
	return p.err.Error()
}

// keeper keeps the end of what is written to it.
type keeper struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (k *keeper) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	const most = 16 << 10
	if k.buf.Len()+len(b) > most {
		k.buf.Next(min(k.buf.Len(), k.buf.Len()+len(b)-most))
	}
	k.buf.Write(b)
	return len(b), nil
}

func (k *keeper) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.buf.String()
}

// stopLeftover ends a postmaster that an earlier server of this directory left running, and makes sure that the files it
// left do not keep the next one from starting. The caller holds the lock of the directory, so it is nobody's.
func stopLeftover(pgdata, socket string, logger *slog.Logger) error {
	pidFile := filepath.Join(pgdata, "postmaster.pid")
	b, err := os.ReadFile(pidFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	first, rest, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	switch {
	case err != nil || pid <= 1 || !alive(pid):
		// PostgreSQL itself knows what to do with the file of one that is gone.
	case isPostmaster(pid, pgdata):
		logger.Warn("a PostgreSQL of an earlier run is still there; stopping it", "pid", pid)
		if err := endOther(pid); err != nil {
			return err
		}
	default:
		// The number is another program's now, which PostgreSQL would take for a server. The file is kept, because it
		// also names the shared memory that backends of the dead one may still use; only the number is made one that
		// no process can have.
		logger.Warn("the lock of a PostgreSQL that is gone bears the number of another program", "pid", pid)
		if err := os.WriteFile(pidFile, []byte("2147483646\n"+rest), 0o600); err != nil {
			return err
		}
	}
	// No server is running: a lock of the socket is a leftover, whoever has its number now.
	for _, name := range []string{socketFile + ".lock", socketFile} {
		if err := os.Remove(filepath.Join(socket, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// endOther stops a postmaster that is not our child.
func endOther(pid int) error {
	const look = 20 * time.Millisecond // there is nothing to wait on
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the PostgreSQL of an earlier run (pid %d): %w", pid, err)
		}
		for range int(stopTimeout / look) {
			if !alive(pid) {
				return nil
			}
			time.Sleep(look)
		}
	}
	return fmt.Errorf("the PostgreSQL of an earlier run (pid %d) does not end: %w", pid, lowsky.ErrConflict)
}

// alive reports whether pid names a process that has not ended. One that has, but was not waited for, counts as ended.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true // not Linux: believe the signal
	}
	if i := bytes.LastIndexByte(b, ')'); i >= 0 && i+2 < len(b) {
		return b[i+2] != 'Z' && b[i+2] != 'X'
	}
	return true
}

// isPostmaster reports whether pid is a server on pgdata: its working directory is (PostgreSQL changes into it). Where
// that cannot be seen the pid file is believed.
func isPostmaster(pid int, pgdata string) bool {
	cwd, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd")
	if err != nil {
		_, perr := os.Stat("/proc/self")
		return perr != nil
	}
	real, err := filepath.EvalSymlinks(pgdata)
	return err == nil && cwd == real
}
