package cluster

import (
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"lowsky"
)

// account is who PostgreSQL runs as: ourselves, or, because it refuses to run as root, another user.
type account struct {
	name     string
	uid, gid int
	other    bool // not ourselves
}

func chooseAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{name: "uid " + strconv.Itoa(os.Geteuid()), uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.Atoi(u.Uid)
		gid, gerr := strconv.Atoi(u.Gid)
		if uerr == nil && gerr == nil && uid != 0 {
			return account{name, uid, gid, true}, nil
		}
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres or nobody; run the server as another user: %w", lowsky.ErrForbidden)
}

// command is a program run by the account, in a session of its own: the interrupt key of the terminal must reach the
// server only, which then stops PostgreSQL when nothing writes any more.
func (a account) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "LANG=C", "TZ=UTC"} // PGHOST and its like must not reach it
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// place makes the directory for the cluster and answers where it is: wanted, or, when the account cannot work there
// (a home directory that others cannot enter), a directory below fallback that belongs to wanted alone.
func (a account) place(wanted, fallback string, logger *slog.Logger) (string, error) {
	err := a.own(wanted)
	if err == nil {
		return wanted, nil
	}
	if !a.other {
		return "", err
	}
	h := fnv.New32a()
	h.Write([]byte(wanted))
	second := filepath.Join(fallback, fmt.Sprintf("postgresql-%08x", h.Sum32()))
	if merr := os.MkdirAll(fallback, 0o755); merr != nil {
		return "", errors.Join(err, merr)
	}
	if ferr := a.own(second); ferr != nil {
		return "", errors.Join(err, ferr)
	}
	logger.Warn("the database lies elsewhere: its user cannot enter the data directory", "user", a.name, "wanted", wanted, "used", second, "error", err)
	// Do not leave the empty one behind to be taken for the data; one that is not empty stays.
	if rerr := os.Remove(wanted); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
		logger.Debug("the unused directory stays", "dir", wanted, "error", rerr)
	}
	return second, nil
}

// own makes dir private to the account and tries, as the account, whether it can work in it.
func (a account) own(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no directory: %w", dir, lowsky.ErrConflict)
	}
	if a.other {
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return err
		}
	} else if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != a.uid {
		return fmt.Errorf("%s belongs to another user: %w", dir, lowsky.ErrForbidden)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	out, err := a.command("/bin/sh", "-c", `cd "$1" && : > .probe && rm .probe`, "sh", dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("user %s cannot work in %s: %w: %s", a.name, dir, err, tail(out))
	}
	return nil
}

// socketMost is how long the path of a unix socket may be: 107 bytes and a zero.
const (
	socketMost = 107
	socketFile = ".s.PGSQL.5432"
)

// socketDir answers a directory for the socket that only the account can enter: one inside dir, or a short one where
// that path would be too long.
func (a account) socketDir(dir string) (string, error) {
	inside := filepath.Join(dir, "socket")
	if len(inside)+1+len(socketFile) <= socketMost {
		return inside, a.own(inside)
	}
	h := fnv.New64a()
	h.Write([]byte(dir))
	short := filepath.Join(os.TempDir(), fmt.Sprintf("lowsky-%d-%016x", a.uid, h.Sum64()))
	if len(short)+1+len(socketFile) > socketMost {
		short = filepath.Join("/tmp", filepath.Base(short))
	}
	// Anybody may make directories there: one that is not ours, or a link, is refused by own, except that as root it
	// would be taken over; so it has to be the account's already, or new.
	if info, err := os.Lstat(short); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && (int(st.Uid) != a.uid || !info.IsDir()) {
			return "", fmt.Errorf("%s belongs to another user: %w", short, lowsky.ErrForbidden)
		}
	}
	return short, a.own(short)
}
