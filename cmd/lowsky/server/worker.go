package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"lowsky"
)

// Scenario files are read and flown in a process of their own (`lowsky score --worker`), for testers write them: a file
// that takes all time or memory takes it there. It has the lowest priority, one processor of Go's, none of the platform's
// secrets and no connection to anything, and it is killed with everything it started.

const (
	// workerMemory is the most resident memory of the process; its own collector aims below it.
	workerMemory = 1 << 30
	workerAim    = "GOMEMLIMIT=768MiB"
	// workerAnswer is the most bytes that it may answer, all lines together.
	workerAnswer = 16 << 20
	// workerLook is how often its memory is looked at: at a gigabyte a second that is how far it can get.
	workerLook = 100 * time.Millisecond
	// workerGone is how long its end is waited for once it is killed.
	workerGone = 2 * time.Second
)

// workerRequest is what the process reads, one JSON value.
type workerRequest struct {
	List   bool     `json:"list,omitempty"`
	Lint   bool     `json:"lint,omitempty"`
	Name   string   `json:"name,omitempty"`
	Source string   `json:"source,omitempty"`
	Seeds  []uint64 `json:"seeds,omitempty"`
}

// workerLine is one line of what it answers: how far it is, and at last one of the others.
type workerLine struct {
	Done      *int                      `json:"done"`
	Scenarios []lowsky.ScenarioFile     `json:"scenarios"`
	Problems  *[]lowsky.ScenarioProblem `json:"problems"`
	Card      *lowsky.Scorecard         `json:"card"`
	Error     string                    `json:"error"`
}

// workerError says why there is no answer, as the row of a simulation tells it.
type workerError struct {
	kind lowsky.SimulationProblem
	said string // in the process's words; "" nothing
}

func (e *workerError) Error() string {
	if e.said == "" {
		return string(e.kind)
	}
	return string(e.kind) + ": " + e.said
}

// worker starts the process anew for each request.
type worker struct {
	command []string
	memory  int64 // 0: workerMemory
	answer  int64 // 0: workerAnswer
}

// ask answers the last line of the process. Progress lines are handed to progress, which may take its time: the process
// waits. Without an answer the error is a *workerError, or ctx's own where that was cancelled; a deadline is timed_out.
func (w *worker) ask(ctx context.Context, q workerRequest, progress func(done int)) (*workerLine, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var said tail
	cmd := exec.Command(w.command[0], w.command[1:]...)
	cmd.Env = []string{"GOMAXPROCS=1", workerAim} // ours holds secrets
	cmd.Stdin, cmd.Stderr, cmd.WaitDelay = bytes.NewReader(append(body, '\n')), &said, workerGone
	cmd.SysProcAttr = ownGroup()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, &workerError{lowsky.SimulationDied, "the process did not start"}
	}
	leastOfAll(cmd.Process.Pid)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		w.watch(ctx, cancel, cmd.Process.Pid)
	}()
	last, err := w.read(out, progress)
	failure := context.Cause(ctx) // before the end below becomes one
	cancel(nil)
	<-watched
	ended := cmd.Wait()
	var why *workerError
	switch {
	case err == nil && last.Error != "":
		return nil, &workerError{lowsky.SimulationRefused, last.Error}
	case err == nil:
		return last, nil
	case errors.As(failure, &why):
		return nil, why
	case errors.Is(failure, context.DeadlineExceeded):
		return nil, &workerError{lowsky.SimulationTimedOut, ""}
	case failure != nil:
		return nil, failure
	case errors.As(err, &why):
		return nil, why
	}
	// What it wrote to standard error may name paths: that is for the log.
	return nil, fmt.Errorf("%w (%v; %q)", &workerError{lowsky.SimulationDied, ""}, ended, said.String())
}

// watch kills the process once ctx ends or it has too much memory, and in the end whatever it left behind.
func (w *worker) watch(ctx context.Context, cancel context.CancelCauseFunc, pid int) {
	most := w.memory
	if most == 0 {
		most = workerMemory
	}
	tick := time.NewTicker(workerLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			killGroup(pid)
			return
		case <-tick.C:
			if residentMemory(pid) > most {
				cancel(&workerError{lowsky.SimulationMemory, ""})
			}
		}
	}
}

// read answers the first line that is an answer. errNoAnswer: the process ended without one.
func (w *worker) read(out io.Reader, progress func(int)) (*workerLine, error) {
	most := w.answer
	if most == 0 {
		most = workerAnswer
	}
	limited := &io.LimitedReader{R: out, N: most}
	lines := bufio.NewReaderSize(limited, 64<<10)
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil && limited.N == 0 {
			return nil, &workerError{lowsky.SimulationOutput, ""}
		}
		if err != nil {
			return nil, errNoAnswer
		}
		var line workerLine
		if err := json.Unmarshal(text, &line); err != nil {
			return nil, &workerError{lowsky.SimulationOutput, ""}
		}
		switch {
		case line.Card != nil, line.Problems != nil, line.Scenarios != nil, line.Error != "":
			return &line, nil
		case line.Done != nil && progress != nil:
			progress(*line.Done)
		}
	}
}

var errNoAnswer = errors.New("no answer")

// tail keeps the end of what is written to it.
type tail struct{ last []byte }

const tailBytes = 2 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.last = append(t.last, p[max(0, len(p)-tailBytes):]...)
	t.last = t.last[max(0, len(t.last)-tailBytes):]
	return len(p), nil
}

func (t *tail) String() string { return string(t.last) }
