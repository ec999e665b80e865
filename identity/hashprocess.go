package identity

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"time"
)

// Passwords are hashed in a process of their own. In this one a hash keeps one of Go's processors for its 30 ms, which
// the scheduler takes back only after 10, and its 19 MiB bring on collections of everything else's garbage: both delay
// the picture's tick by many milliseconds (docs/performance.md). A thread of lower priority makes it worse: it holds the
// processor while the system does not run it, and every collection waits for it. Another process with a lower priority
// has none of that.

// hashNice is how much lower the priority of the process is: a third of the platform's share where a core is fully used.
const hashNice = 5

// hashWait bounds one hash on a machine that has no time for it.
const hashWait = 20 * time.Second

// hashProcess is the parent's end. It is used by one goroutine at a time.
type hashProcess struct {
	command []string
	running *exec.Cmd
	in, out *os.File
}

func (h *hashProcess) start() error {
	inChild, in, err := os.Pipe()
	if err != nil {
		return err
	}
	out, outChild, err := os.Pipe()
	if err != nil {
		return errors.Join(err, inChild.Close(), in.Close())
	}
	cmd := exec.Command(h.command[0], h.command[1:]...)
	cmd.Stdin, cmd.Stdout = inChild, outChild
	cmd.Env = []string{} // ours holds secrets
	cmd.SysProcAttr = apart()
	err = cmd.Start()
	_, _ = inChild.Close(), outChild.Close()
	if err != nil {
		return errors.Join(err, in.Close(), out.Close())
	}
	h.running, h.in, h.out = cmd, in, out
	return nil
}

// end ends the process: it does so by itself when nobody can ask any more, and at once if it is in the middle of a hash.
func (h *hashProcess) end() {
	if h.running == nil {
		return
	}
	_, _ = h.in.Close(), h.out.Close()
	_ = h.running.Process.Kill()
	_ = h.running.Wait()
	h.running = nil
}

// derive asks the process, and starts it where it does not run. One that has died meanwhile is replaced once.
func (h *hashProcess) derive(p phc, password string, n int) ([]byte, error) {
	var err error
	for range 2 {
		if h.running == nil {
			if err = h.start(); err != nil {
				return nil, fmt.Errorf("start: %w", err)
			}
		}
		var key []byte
		if key, err = h.ask(p, password, n); err == nil {
			return key, nil
		}
		h.end()
	}
	return nil, err
}

// A question is six numbers, the lengths of what follows among them, the salt and the password; the answer is the key.
func (h *hashProcess) ask(p phc, password string, n int) ([]byte, error) {
	question := make([]byte, 0, 24+len(p.salt)+len(password))
	for _, v := range []int{int(p.memory), int(p.passes), int(p.lanes), len(p.salt), len(password), n} {
		question = binary.LittleEndian.AppendUint32(question, uint32(v))
	}
	question = append(append(question, p.salt...), password...)
	deadline := time.Now().Add(hashWait) // of the system, not of the world: how long a pipe may stay silent
	if err := errors.Join(h.in.SetWriteDeadline(deadline), h.out.SetReadDeadline(deadline)); err != nil {
		return nil, err
	}
	if _, err := h.in.Write(question); err != nil {
		return nil, err
	}
	clear(question)
	key := make([]byte, n)
	_, err := io.ReadFull(h.out, key)
	return key, err
}

// ServeHashes is the whole of the process that hashes passwords: it answers what comes from in on out, until in ends. It
// gives itself a low priority and has nothing of the platform: no database, no configuration, no environment.
func ServeHashes(in io.Reader, out io.Writer) error {
	runtime.LockOSThread() // the priority is the thread's
	defer runtime.UnlockOSThread()
	lowPriority(hashNice)
	debug.SetGCPercent(50) // two hashes' worth of memory, not more
	r := bufio.NewReader(in)
	var head [6]uint32
	for {
		err := binary.Read(r, binary.LittleEndian, &head)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("hash: %w", err)
		}
		p := phc{memory: head[0], passes: head[1], lanes: uint8(head[2]), salt: make([]byte, min(head[3], 64))}
		password := make([]byte, min(head[4], longestPassword))
		p.key = make([]byte, min(head[5], 64))
		if !p.bearable() || head[2] > 255 || head[3] > 64 || head[4] > longestPassword || head[5] > 64 {
			return errors.New("hash: more work than is ever asked for")
		}
		if _, err := io.ReadFull(r, p.salt); err != nil {
			return fmt.Errorf("hash: %w", err)
		}
		if _, err := io.ReadFull(r, password); err != nil {
			return fmt.Errorf("hash: %w", err)
		}
		key := p.derive(string(password), len(p.key))
		clear(password)
		if _, err := out.Write(key); err != nil {
			return fmt.Errorf("hash: %w", err)
		}
	}
}
