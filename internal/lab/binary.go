package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lowsky/store/cluster"
)

var built struct {
	once sync.Once
	path string
	err  error
	out  []byte
}

// Binary builds cmd/lowsky once per test process, with the race detector if the tests have it.
func Binary(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		_, here, _, _ := runtime.Caller(0)
		dir, err := os.MkdirTemp("", "lowsky-binary-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "lowsky")
		args := []string{"build", "-o", built.path}
		if raceEnabled {
			args = append(args, "-race")
		}
		cmd := exec.Command("go", append(args, "./cmd/lowsky")...)
		cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..")
		built.out, built.err = cmd.CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("building lowsky: %v\n%s", built.err, built.out)
	}
	return built.path
}

// removeBinary is for TestMain.
func removeBinary() {
	if built.path != "" {
		os.RemoveAll(filepath.Dir(built.path))
	}
}

// Process is a server in a process of its own, for tests that kill it.
type Process struct {
	cmd  *exec.Cmd
	http string
	done chan struct{}
}

// StartProcess runs the binary with an environment of exactly these LOWSKY_* variables; it is killed when the test ends.
func StartProcess(t testing.TB, httpAddr string, env ...string) *Process {
	t.Helper()
	cmd := exec.Command(Binary(t), "serve")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "LOWSKY_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, append(env, "LOWSKY_HTTP_ADDR="+httpAddr, "LOWSKY_ADMIN_PASSWORD="+Password)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Process{cmd: cmd, http: "http://" + httpAddr, done: make(chan struct{})}
	verbose := testing.Verbose()
	go func() {
		defer close(p.done)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if verbose || strings.Contains(lines.Text(), "DATA RACE") {
				os.Stderr.WriteString("  lowsky: " + lines.Text() + "\n")
			}
		}
		_ = cmd.Wait()
	}()
	t.Cleanup(p.Kill)
	return p
}

// Kill is kill -9, and returns when the process is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

// Ready asks /readyz; it answers false also while nobody listens.
func (p *Process) Ready() (bool, map[string]string) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.http+"/readyz", nil)
	if err != nil {
		return false, nil
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false, map[string]string{"http": err.Error()}
	}
	defer resp.Body.Close()
	var answer struct {
		Ready  bool
		Checks map[string]string
	}
	_ = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.Ready, answer.Checks
}

// Platform answers the process as a platform that a test can speak to, signed in.
func (p *Process) Platform(t testing.TB) *Platform {
	t.Helper()
	pl := &Platform{HTTP: p.http}
	pl.stopped.Do(func() {})
	pl.signIn(t)
	return pl
}

// PostgreSQL is a private cluster of the test's own, which it may pause.
func PostgreSQL(t testing.TB) *cluster.Cluster {
	t.Helper()
	Program(t, "psql")
	c, err := cluster.Start(context.Background(), cluster.Config{DataDir: Dir(t), Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Errorf("PostgreSQL: %v", err)
		}
	})
	return c
}
