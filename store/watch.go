package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// channel is on which changes are told, of whichever schema; payload is the schema and the kind.
const channel = "lowsky_changed"

const noticeSQL = `SELECT pg_notify('` + channel + `', current_schema() || ' ' || $1)`

func queueNotice(b *pgx.Batch, kind string) { b.Queue(noticeSQL, kind) }

const (
	watchPauseFirst = 200 * time.Millisecond
	watchPauseMost  = 5 * time.Second
	watchAlive      = 30 * time.Second // a connection that was silent for so long is asked whether it still is one
)

// Watch tells changed what kind of row was written, by this process or another: "user", "token", "session",
// "organisation", "device", "aircraft". It answers "" after every time it connected, for then nobody knows what was
// missed. It goes on, over lost connections too, until ctx ends, and then answers nil. changed is called by one
// goroutine; while it runs, notices of the same kind wait in the connection.
func (s *Store) Watch(ctx context.Context, changed func(kind string)) error {
	pause, told := watchPauseFirst, false
	for {
		connected, err := s.watch(ctx, changed)
		if ctx.Err() != nil {
			return nil
		}
		if connected {
			pause, told = watchPauseFirst, false
		}
		if !told {
			s.logger.Warn("does not hear of changes in the database; connecting again", "error", outward("watch", err))
			told = true
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil
		}
		pause = min(2*pause, watchPauseMost)
	}
}

// watch listens over one connection of its own until it is lost, and answers whether there was one.
func (s *Store) watch(ctx context.Context, changed func(kind string)) (connected bool, err error) {
	cfg := s.pool.Config().ConnConfig
	connecting, cancel := context.WithTimeout(ctx, 2*connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(connecting, cfg)
	if err != nil {
		return false, err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing) // whether or not the server hears of it
	}()
	var schema string
	if err := conn.QueryRow(connecting, `SELECT current_schema()`).Scan(&schema); err != nil {
		return false, err
	}
	if _, err := conn.Exec(connecting, `LISTEN `+channel); err != nil {
		return false, err
	}
	changed("")
	for {
		n, err := s.next(ctx, conn)
		if err != nil {
			return true, err
		}
		if n == nil {
			continue
		}
		if of, kind, ok := strings.Cut(n.Payload, " "); ok && of == schema {
			changed(kind)
		}
	}
}

// next answers the next notice, or nil where the connection was silent for long and still lives.
func (s *Store) next(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	waiting, cancel := context.WithTimeout(ctx, watchAlive)
	defer cancel()
	n, err := conn.WaitForNotification(waiting)
	if err == nil || ctx.Err() != nil || waiting.Err() == nil {
		return n, err
	}
	asking, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return nil, conn.Ping(asking)
}
