package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lowsky"
)

const serverStartTimeout = 30 * time.Second

// lockDir takes the lock of dir, which the kernel gives back when the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("journal: another process uses %s: %w", dir, lowsky.ErrConflict)
		}
		return nil, fmt.Errorf("journal: lock %s: %w", dir, err)
	}
	return f, nil
}

// startServer starts the embedded server: no listener, file storage below dir, every write synced.
func startServer(dir string, maxBytes int64, logger *slog.Logger) (*server.Server, error) {
	opts := &server.Options{
		ServerName: "lowsky-journal",
		DontListen: true,
		NoLog:      true,
		NoSigs:     true,
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: true,
		// A part is at most batchBytes and its header.
		MaxPayload: 2 * batchBytes,
		// The server would size itself by the free space it finds; the stream's own bound is what counts here. The
		// share above it is what the files need beyond the records.
		JetStreamMaxStore:  maxBytes + maxBytes/4 + 64<<20,
		JetStreamMaxMemory: 64 << 20,
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("embedded server: %w", err)
	}
	srv.SetLoggerV2(serverLog{logger}, false, false, false)
	srv.Start()
	if !srv.ReadyForConnections(serverStartTimeout) {
		stopServer(srv)
		return nil, fmt.Errorf("embedded server did not start in %s: %w", serverStartTimeout, lowsky.ErrUnavailable)
	}
	if err := assertConfig(srv, dir); err != nil {
		stopServer(srv)
		return nil, err
	}
	return srv, nil
}

// assertConfig checks what is in force, not what was asked for: a server that syncs every two minutes passes every
// test but the loss of power.
func assertConfig(srv *server.Server, dir string) error {
	js := srv.JetStreamConfig()
	switch {
	case js == nil || !srv.JetStreamEnabled():
		return errors.New("embedded server: JetStream is not on")
	case !js.SyncAlways:
		return errors.New("embedded server: SyncAlways is not in force")
	case !within(js.StoreDir, dir):
		return fmt.Errorf("embedded server: stores in %s, not below %s", js.StoreDir, dir)
	case srv.Addr() != nil:
		return errors.New("embedded server: it listens")
	}
	return nil
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func stopServer(srv *server.Server) {
	srv.Shutdown()
	srv.WaitForShutdown()
}

// serverLog hands the server's words to slog. What it calls a notice is its start-up chatter.
type serverLog struct{ l *slog.Logger }

func (s serverLog) Noticef(f string, v ...any) { s.l.Debug("nats: " + fmt.Sprintf(f, v...)) }
func (s serverLog) Warnf(f string, v ...any)   { s.l.Warn("nats: " + fmt.Sprintf(f, v...)) }
func (s serverLog) Errorf(f string, v ...any)  { s.l.Error("nats: " + fmt.Sprintf(f, v...)) }
func (s serverLog) Debugf(string, ...any)      {}
func (s serverLog) Tracef(string, ...any)      {}

// Fatalf is only logged: the server shuts itself down after it, and the writer sees that.
func (s serverLog) Fatalf(f string, v ...any) { s.l.Error("nats: " + fmt.Sprintf(f, v...)) }
