package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"lowsky"
	"lowsky/store/storetest"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "fake-worker" {
		fakeWorker(os.Stdin)
		return
	}
	os.Exit(storetest.Main(m))
}

// fakeWorkerCommand is this test as a worker: what it does is what the file is called.
func fakeWorkerCommand(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, "fake-worker"}
}

func fakeWorker(in io.Reader) {
	var q workerRequest
	if err := json.NewDecoder(in).Decode(&q); err != nil {
		fmt.Println(`{"error":"unreadable"}`)
		return
	}
	say := func(v any) {
		if err := json.NewEncoder(os.Stdout).Encode(v); err != nil {
			os.Exit(3)
		}
	}
	switch {
	case q.List:
		say(map[string]any{"scenarios": []lowsky.ScenarioFile{{Name: "base/breach"}}})
		return
	case q.Lint && q.Name == "wrong":
		say(map[string]any{"problems": []lowsky.ScenarioProblem{{File: q.Name, Line: 3, Field: "seed", Problem: "is negative"}}})
		return
	case q.Lint:
		say(map[string]any{"problems": []lowsky.ScenarioProblem{}})
		return
	}
	switch name, argument, _ := strings.Cut(q.Name, " "); name {
	case "fly":
		for i := range q.Seeds {
			say(map[string]int{"done": i + 1, "runs": len(q.Seeds)})
		}
		say(map[string]any{"card": lowsky.Scorecard{Suite: q.Source, Version: fmt.Sprint(os.Environ()), Seeds: q.Seeds, Passed: true}})
	case "hold": // until the file that it is given is there
		say(map[string]int{"done": 1, "runs": 2})
		for {
			if _, err := os.Stat(argument); err == nil {
				say(map[string]any{"card": lowsky.Scorecard{Passed: true}})
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	case "child": // leaves a process behind that holds everything open
		c := exec.Command("/bin/sleep", "600")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Start(); err != nil {
			os.Exit(4)
		}
		if err := os.WriteFile(argument, []byte(strconv.Itoa(c.Process.Pid)), 0o600); err != nil {
			os.Exit(5)
		}
		select {}
	case "eat":
		var held [][]byte
		for {
			held = append(held, bytes.Repeat([]byte{1}, 8<<20))
			time.Sleep(time.Millisecond)
			_ = held
		}
	case "flood":
		for {
			fmt.Println(`{"done":1,"runs":2}`)
		}
	case "endless":
		for {
			fmt.Print(strings.Repeat(" ", 1<<16))
		}
	case "rubbish":
		fmt.Println("panic: at /home/somebody/secret.go")
	case "die":
		fmt.Fprintln(os.Stderr, "panic: at /home/somebody/secret.go")
		os.Exit(2)
	case "silent":
	case "error":
		say(map[string]string{"error": "includes are not there"})
	case "problems":
		say(map[string]any{"problems": []lowsky.ScenarioProblem{{File: "a.yaml", Line: 3, Field: "seed", Problem: "is negative"}}})
	case "nice":
		b, _ := os.ReadFile("/proc/self/stat")
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		say(map[string]string{"error": fields[16]})
	}
}

// What a worker does wrong ends it, and is told in words that name nothing of the machine.
func TestWorkerIsBounded(t *testing.T) {
	t.Parallel()
	w := worker{command: fakeWorkerCommand(t), memory: 200 << 20, answer: 1 << 20}
	for name, want := range map[string]string{
		"eat": "memory", "flood": "output", "endless": "output", "rubbish": "output", "die": "died", "silent": "died", "error": "refused: includes are not there",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := w.ask(ctx, workerRequest{Name: name, Seeds: []uint64{1}}, nil)
			var why *workerError
			if !errors.As(err, &why) || why.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var why *workerError
	if _, err := w.ask(ctx, workerRequest{Name: "hold " + t.TempDir() + "/never"}, nil); !errors.As(err, &why) || why.kind != lowsky.SimulationTimedOut {
		t.Errorf("%v", err)
	}
	if _, err := (&worker{command: []string{"/nowhere/at/all"}}).ask(t.Context(), workerRequest{}, nil); !errors.As(err, &why) || why.kind != lowsky.SimulationDied || strings.Contains(err.Error(), "nowhere") {
		t.Errorf("%v", err)
	}
}

// The process has nothing of the platform's environment, and the lowest priority.
func TestWorkerIsApart(t *testing.T) {
	t.Setenv("LOWSKY_DATABASE_URL", "postgres://secret")
	w := worker{command: fakeWorkerCommand(t)}
	done := 0
	line, err := w.ask(t.Context(), workerRequest{Name: "fly", Source: "text", Seeds: []uint64{1, 1<<53 - 1}}, func(n int) { done = n })
	if err != nil || done != 2 || line.Card.Suite != "text" || line.Card.Seeds[1] != 1<<53-1 {
		t.Fatalf("%+v, %v, %d done", line, err, done)
	}
	if env := line.Card.Version; strings.Contains(env, "secret") || !strings.Contains(env, "GOMAXPROCS=1") || !strings.Contains(env, "GOMEMLIMIT=") {
		t.Errorf("its environment: %s", env)
	}
	var why *workerError
	if _, err := w.ask(t.Context(), workerRequest{Name: "nice"}, nil); !errors.As(err, &why) || why.said != "19" {
		t.Errorf("its priority: %v", err)
	}
}

// Whatever it started ends with it.
func TestWorkerGroupIsKilled(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/pid"
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	w := worker{command: fakeWorkerCommand(t)}
	go func() {
		_, err := w.ask(ctx, workerRequest{Name: "child " + file}, nil)
		ended <- err
	}()
	var pid int
	eventually(t, "the child of the worker runs", func() bool {
		b, _ := os.ReadFile(file)
		pid, _ = strconv.Atoi(string(b))
		return pid > 0
	})
	cancel(errCancelled)
	if err := <-ended; !errors.Is(err, errCancelled) {
		t.Error(err)
	}
	eventually(t, "the child of the worker is gone", func() bool {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return err != nil || bytes.Contains(b, []byte(") Z "))
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline, tick := time.NewTimer(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatal("not in time: ", what)
		case <-tick.C:
		}
	}
}
