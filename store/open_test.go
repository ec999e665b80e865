package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

// A database that answers and says no will say no again: waiting for it would hide the cause for ever. The error names
// what to mend, and never the password.
func TestOpenSaysWhatTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	base := storetest.URL(t)
	role := fmt.Sprintf("stranger_%d", os.Getpid())
	if err := tryExec(t, base, "CREATE ROLE "+role+" LOGIN PASSWORD 'pw-not-shown'"); err != nil {
		// The private cluster's owner may not make roles: the checks below that need none still run.
		role = ""
	} else {
		t.Cleanup(func() { _ = tryExec(t, base, "DROP ROLE "+role) })
	}
	with := func(change func(*url.URL)) string {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	for name, c := range map[string]struct{ url, says string }{
		"no such database": {with(func(u *url.URL) { u.Path = "/nowhere" }), "nowhere"},
		"no such user":     {with(func(u *url.URL) { u.User = url.UserPassword("nobody_at_all", "pw-not-shown") }), "nobody_at_all"},
		"no such schema": {with(func(u *url.URL) {
			q := u.Query()
			q.Set("search_path", "not_there")
			u.RawQuery = q.Encode()
		}), "schema"},
	} {
		_, err := store.Open(t.Context(), c.url)
		switch {
		case err == nil:
			t.Errorf("%s: opened", name)
		case errors.Is(err, lowsky.ErrUnavailable) || !strings.Contains(err.Error(), c.says):
			t.Errorf("%s: %v", name, err)
		case strings.Contains(err.Error(), "pw-not-shown"):
			t.Errorf("%s: tells the password: %v", name, err)
		}
	}
	// One that does not answer yet is waited for by the caller.
	if _, err := store.Open(t.Context(), "postgres://u:pw-not-shown@127.0.0.1:1/x?connect_timeout=2"); !errors.Is(err, lowsky.ErrUnavailable) || strings.Contains(err.Error(), "pw-not-shown") {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := store.Open(t.Context(), "postgres://u:pw-not-shown@[::bad/x"); err == nil || strings.Contains(err.Error(), "pw-not-shown") {
		t.Errorf("unreadable: %v", err)
	}
}

// Rights too few to make tables in the schema: said at once, with the right that is missing.
func TestOpenWithTooFewRights(t *testing.T) {
	t.Parallel()
	base := storetest.URL(t)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("search_path")
	if err := tryExec(t, base, "REVOKE CREATE ON SCHEMA "+schema+" FROM CURRENT_USER"); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), base)
	if err == nil || errors.Is(err, lowsky.ErrUnavailable) || !strings.Contains(err.Error(), "CREATE") {
		t.Errorf("opened without the right to make tables: %v", err)
	}
	if err := tryExec(t, base, "GRANT CREATE ON SCHEMA "+schema+" TO CURRENT_USER"); err != nil {
		t.Fatal(err)
	}
}

// Two servers on one database would each pass over what the other's journal holds. The second says so and waits.
func TestOneJournalPerDatabase(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	first, second := storetest.Open(t, url), storetest.Open(t, url)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	one, two := new(journal), new(journal)
	one.add(telemetry(report("one", noon)))
	running.Go(func() { _ = first.Consume(ctx, one, decode, store.ConsumeOptions{}) })
	eventually(t, "the first stores", func() bool { return first.State().Position == 1 })

	two.add(telemetry(report("two", noon)), telemetry(report("two", noon.Add(time.Second))))
	ctx2, cancel2 := context.WithCancel(t.Context())
	var other sync.WaitGroup
	other.Go(func() { _ = second.Consume(ctx2, two, decode, store.ConsumeOptions{}) })
	eventually(t, "the second says why it does not store", func() bool {
		return strings.Contains(second.State().Trouble, "another Lowsky")
	})
	if got := history(t, second, lowsky.Everything, "two"); len(got) != 0 || second.State().OK {
		t.Errorf("the second stored %d reports, state %+v", len(got), second.State())
	}
	cancel()
	running.Wait()
	eventually(t, "the second goes on when the first has gone", func() bool { return second.State().OK })
	cancel2()
	other.Wait()
}

// People's requests that wait for the database must not keep the journal from being written.
func TestReadersDoNotStarveTheJournal(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE users"); err != nil { // whoever asks for a user waits
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 50 {
		asking.Go(func() { _, _ = s.User(ctx, "admin") })
	}
	j := new(journal)
	j.add(telemetry(report("a", noon)))
	began := time.Now()
	catchUp(t, s, j)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the journal waited %v", took)
	}
	cancel()
	asking.Wait()
	if err := tx.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
}
