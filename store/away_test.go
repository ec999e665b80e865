package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/store/storetest"
)

// While the database is away nothing is lost and the state says so.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	j := new(journal)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Consume(ctx, j, decode, options) }()
	j.add(telemetry(report("a", noon)))
	eventually(t, "the first report stored", func() bool { return s.State().OK && s.State().Backlog == 0 })
	// As far as this consumer can see, a table that is gone is a database that is ill.
	exec(t, url, `ALTER TABLE journal_position RENAME TO journal_position_away`)
	j.add(telemetry(report("a", noon.Add(time.Second))), telemetry(report("a", noon.Add(2*time.Second))))
	eventually(t, "the trouble shown", func() bool {
		st := s.State()
		return !st.OK && st.Backlog == 2 && st.Trouble != "" && st.Since.Equal(noon)
	})
	exec(t, url, `ALTER TABLE journal_position_away RENAME TO journal_position`)
	eventually(t, "caught up", func() bool { st := s.State(); return st.OK && st.Backlog == 0 && st.Trouble == "" })
	if got := len(history(t, s, lowsky.Everything, "a")); got != 3 {
		t.Errorf("%d reports, want 3", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func exec(t testing.TB, url, sql string) {
	t.Helper()
	if err := tryExec(t, url, sql); err != nil {
		t.Fatal(err)
	}
}

func tryExec(t testing.TB, url, sql string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), sql)
	return err
}

func TestErrorsOfTheDriverStayInside(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	exec(t, url, `DROP TABLE zones`)
	_, err := s.Zones(t.Context(), lowsky.Everything)
	if !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%T", e), "pg") {
			t.Errorf("%T leaves the package", e)
		}
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("ready: %v", err)
	}
	s.Close()
	if err := s.Ready(t.Context()); !errors.Is(err, lowsky.ErrUnavailable) {
		t.Errorf("ready after the end: %v", err)
	}
}
