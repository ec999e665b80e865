package identity

import (
	"context"
	"errors"
	"sync"
	"time"

	"lowsky"
)

// freshFor is how long a row is used without asking the store again, where nobody says that it has changed.
const freshFor = 10 * time.Second

// mostRecent bounds what is remembered.
const mostRecent = 10000

// recent remembers rows that were read. While the store cannot answer, what was last read stands.
type recent[K comparable, V any] struct {
	mu     sync.Mutex
	rows   map[K]recentRow[V]
	doubts int // what was being read when somebody said that it has changed is not fresh
}

type recentRow[V any] struct {
	value V
	at    time.Time
	away  bool // kept because the store did not answer
}

func newRecent[K comparable, V any]() *recent[K, V] { return &recent[K, V]{rows: map[K]recentRow[V]{}} }

// get answers the row, from memory while it is fresh or while read fails for another reason than ErrNotFound. What
// read cannot tell and memory does not hold is ErrUnavailable.
func (r *recent[K, V]) get(ctx context.Context, now time.Time, key K, read func(context.Context, K) (V, error)) (V, error) {
	return r.read(ctx, now, key, read, false)
}

// newest is get that asks the store in any case while it answers: for signing in, where a password that was replaced a
// moment ago must not open a session.
func (r *recent[K, V]) newest(ctx context.Context, now time.Time, key K, read func(context.Context, K) (V, error)) (V, error) {
	return r.read(ctx, now, key, read, true)
}

func (r *recent[K, V]) read(ctx context.Context, now time.Time, key K, read func(context.Context, K) (V, error), newest bool) (V, error) {
	r.mu.Lock()
	row, held := r.rows[key]
	doubts := r.doubts
	r.mu.Unlock()
	if age := now.Sub(row.at); held && age >= 0 && age < freshFor && (row.away || !newest) {
		return row.value, nil
	}
	ask, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	v, err := read(ask, key)
	switch {
	case err == nil:
		r.hold(key, recentRow[V]{v, now, false}, doubts)
		return v, nil
	case errors.Is(err, lowsky.ErrNotFound):
		r.drop(key)
		return v, err
	case held:
		r.hold(key, recentRow[V]{row.value, now, true}, doubts) // ask again only after a while: each question may wait for its whole time-out
		return row.value, nil
	}
	return v, unavailable(err)
}

func (r *recent[K, V]) hold(key K, row recentRow[V], doubts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rows) >= mostRecent {
		clear(r.rows)
	}
	if doubts != r.doubts {
		row.at = time.Time{}
	}
	r.rows[key] = row
}

// doubt has every row read again before it is next used; what the store cannot tell then still stands.
func (r *recent[K, V]) doubt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubts++
	for key, row := range r.rows {
		row.at = time.Time{}
		r.rows[key] = row
	}
}

func (r *recent[K, V]) drop(key K) {
	r.mu.Lock()
	delete(r.rows, key)
	r.mu.Unlock()
}
