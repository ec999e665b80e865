package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"lowsky"
)

// mostWaiting bounds how many wait for their turn to hash, in each of the two lines: a second's worth.
const mostWaiting = 32

// hasher hashes passwords, one at a time: each takes 19 MiB and tens of milliseconds of a core that also judges reports.
type hasher struct {
	turn  turn
	child *hashProcess // nil: in this process
	log   *slog.Logger
	dummy phc // of a password nobody has: verified for unknown users so that they take the same time
}

// newHasher makes a hasher that works in a process of its own, started by the command, or with none in this one.
func newHasher(command []string, log *slog.Logger) (*hasher, error) {
	h := &hasher{log: log}
	if len(command) > 0 {
		h.child = &hashProcess{command: command}
	}
	salt, key := make([]byte, saltBytes), make([]byte, keyBytes)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	h.dummy = phc{memory: memoryKiB, passes: passes, lanes: lanes, salt: salt, key: key}
	return h, nil
}

// close ends the process, if there is one; a later hash starts it again.
func (h *hasher) close() {
	if h.child == nil || h.turn.acquire(context.Background(), true) != nil {
		return
	}
	defer h.turn.release()
	h.child.end()
}

// hash answers the PHC string of a new password, which has been checked.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	p := phc{memory: memoryKiB, passes: passes, lanes: lanes, salt: make([]byte, saltBytes)}
	if _, err := rand.Read(p.salt); err != nil {
		return "", err
	}
	var err error
	p.key, err = h.derive(ctx, p, password, keyBytes, true, nil)
	return p.String(), err
}

// verify reports whether the password is the one of the PHC string. An empty or unreadable string verifies nothing but
// takes as long. With first it does not wait behind those without: who has signed in from there before need not queue
// with strangers who try names. still is asked when it is its turn, and its error answered instead: what was free to try
// when it began to wait may be so no more. nil asks nobody.
func (h *hasher) verify(ctx context.Context, encoded, password string, first bool, still func() error) (bool, error) {
	if len(password) > longestPassword {
		return false, nil // no such password can have been set
	}
	p, known := parsePHC(encoded)
	if !known {
		p = h.dummy
	}
	key, err := h.derive(ctx, p, password, len(p.key), first, still)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, p.key) == 1 && known, nil
}

func (h *hasher) derive(ctx context.Context, p phc, password string, n int, first bool, still func() error) ([]byte, error) {
	if err := h.turn.acquire(ctx, first); err != nil {
		return nil, err
	}
	defer h.turn.release()
	if still != nil {
		if err := still(); err != nil {
			return nil, err
		}
	}
	if h.child != nil {
		key, err := h.child.derive(p, password, n)
		if err == nil {
			return key, nil
		}
		h.log.Warn("the process that hashes passwords failed; hashing here", "error", err)
	}
	return p.derive(password, n), nil
}

// turn lets one at a time; those who wait in the first line go before those in the second.
type turn struct {
	mu    sync.Mutex
	taken bool
	lines [2][]chan struct{}
}

// acquire waits for the turn. With too many waiting already it answers ErrUnavailable at once.
func (t *turn) acquire(ctx context.Context, first bool) error {
	line := &t.lines[1]
	if first {
		line = &t.lines[0]
	}
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	if len(*line) >= mostWaiting {
		t.mu.Unlock()
		return fmt.Errorf("too many sign-ins at once: %w", lowsky.ErrUnavailable)
	}
	mine := make(chan struct{})
	*line = append(*line, mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(*line, mine)
	if i >= 0 {
		*line = slices.Delete(*line, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 { // it came at the same moment
		t.release()
	}
	return ctx.Err()
}

func (t *turn) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.lines {
		if len(t.lines[i]) > 0 {
			next := t.lines[i][0]
			t.lines[i] = t.lines[i][1:]
			close(next)
			return
		}
	}
	t.taken = false
}
