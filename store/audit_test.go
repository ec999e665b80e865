package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lowsky"
	"lowsky/store"
	"lowsky/store/storetest"
)

// verify walks the whole chain as the platform does.
func verify(t testing.TB, s *store.Store, anchor lowsky.AuditHead) error {
	t.Helper()
	check := lowsky.ChainCheck{Anchor: anchor}
	var broken *lowsky.BrokenChainError
	if err := s.AuditChain(t.Context(), 1, check.Next); err != nil && !errors.As(err, &broken) {
		t.Fatal(err)
	}
	return check.End()
}

func addAudit(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		e := lowsky.AuditEntry{At: noon.Add(time.Duration(i) * time.Second), By: "wang", From: "10.0.0.7", Request: "r", Action: "person.change", Object: "user/li",
			Detail: fmt.Sprint("n ", i), Before: json.RawMessage(`{"a":1}`), After: json.RawMessage(`{"a":2}`), Organisation: "city", Jurisdictions: []lowsky.JurisdictionID{"421200", "421202"}}
		if err := s.Audit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

// What the trigger computes is what lowsky.EntryHash computes, whatever is in an entry.
func TestChainIsTheSameInGoAndSQL(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	nasty := []string{"", "0:", "12:abc", "'; DROP TABLE audit; --", "\\x00", "\\", "%s", "\n\r\t", "\u0000", "\xff\xfe", "a\xffb", "黑飞", "é", "e\u0301",
		"\U0001F681", "\u202eoops", "{", `{"a":"\u0000"}`, "NULL", "$1", " ", strings.Repeat("长", 5000)}
	var seq uint64
	rapid.Check(t, func(r *rapid.T) {
		text := func() string {
			return rapid.OneOf(rapid.SampledFrom(nasty), rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) })).Draw(r, "text")
		}
		e := lowsky.AuditEntry{
			At: time.Unix(rapid.Int64Range(-62_000_000_000, 200_000_000_000).Draw(r, "s"), rapid.Int64Range(0, 999_999_999).Draw(r, "ns")),
			By: text(), From: text(), Request: text(), Action: text(), Object: text(), Detail: text(), Before: json.RawMessage(text()), After: json.RawMessage(text()),
			Organisation: lowsky.OrganisationID(text()),
		}
		for range rapid.IntRange(0, 4).Draw(r, "n") {
			e.Jurisdictions = append(e.Jurisdictions, lowsky.JurisdictionID(strings.ToValidUTF8(strings.ReplaceAll(text(), "\x00", ""), "")))
		}
		if err := s.Audit(t.Context(), e); err != nil {
			r.Fatal(err)
		}
		seq++
		var got lowsky.AuditEntry
		if err := s.AuditChain(t.Context(), seq, func(e lowsky.AuditEntry) error { got = e; return nil }); err != nil {
			r.Fatal(err)
		}
		if got.Seq != seq || got.Hash != lowsky.EntryHash(got.Previous, got) {
			r.Fatalf("%+v: Go has %x", got, lowsky.EntryHash(got.Previous, got))
		}
		if !got.At.Equal(e.At.Truncate(time.Microsecond)) && !got.At.Equal(e.At.Truncate(time.Microsecond).Add(-time.Microsecond)) {
			r.Fatalf("at %v became %v", e.At, got.At)
		}
	})
	if err := verify(t, s, lowsky.AuditHead{}); err != nil {
		t.Error(err)
	}
	if h, err := s.AuditHead(t.Context()); err != nil || h.Seq != seq || h.Hash == [32]byte{} {
		t.Errorf("head %+v, %v, want %d", h, err, seq)
	}
}

// Many connections, single rows and transactions with several: one chain without a gap.
func TestChainOfManyWriters(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	stores := []*store.Store{storetest.Open(t, url), storetest.Open(t, url)}
	city(t, stores[0])
	const writers, rows = 12, 20
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			s := stores[w%2]
			for i := range rows {
				var err error
				if i%2 == 0 {
					err = s.Audit(t.Context(), lowsky.AuditEntry{At: noon, By: fmt.Sprint(w), Action: "personal.look", Organisation: "city"})
				} else {
					err = s.SavePilots(t.Context(), wang, []lowsky.Pilot{
						{ID: lowsky.PilotID(fmt.Sprintf("a-%d-%d", w, i)), Name: "a", Organisation: "org-1", UpdatedAt: noon},
						{ID: lowsky.PilotID(fmt.Sprintf("b-%d-%d", w, i)), Name: "b", Organisation: "org-1", UpdatedAt: noon}})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	check := new(lowsky.ChainCheck)
	if err := stores[0].AuditChain(t.Context(), 1, check.Next); err != nil {
		t.Fatal(err)
	}
	if want := uint64(4 + writers*(rows/2+rows/2*2)); check.Count() != want {
		t.Errorf("%d entries, want %d", check.Count(), want)
	}
	// What is rolled back leaves no gap.
	if err := stores[0].SavePilots(t.Context(), wang, []lowsky.Pilot{{ID: "x", Organisation: "org-1", UpdatedAt: noon}, {ID: "y", Organisation: "nowhere", UpdatedAt: noon}}); !errors.Is(err, lowsky.ErrNotFound) {
		t.Errorf("a pilot of nobody: %v", err)
	}
	addAudit(t, stores[1], 1)
	if err := verify(t, stores[0], lowsky.AuditHead{}); err != nil {
		t.Error(err)
	}
}

// Who may write the table, triggers off, is found out: at the entry that was touched.
func TestChainFindsWhatWasTampered(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	s := storetest.Open(t, url)
	addAudit(t, s, 9)
	head, err := s.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(t, s, head); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`UPDATE audit SET by_user = 'li'`, `DELETE FROM audit`, `TRUNCATE audit`} {
		if err := tryExec(t, url, sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
	// Whoever inserts does not choose where.
	exec(t, url, `INSERT INTO audit (seq, at, by_user, from_address, request_id, action, object, detail, before, after, organisation_id, jurisdiction_ids, previous, hash)
		VALUES (3, now(), '', '', '', '', '', '', '', '', '', '{}', '\x00', '\x00')`)
	if err := verify(t, s, head); err != nil {
		t.Error(err)
	}
	exec(t, url, `ALTER TABLE audit DISABLE TRIGGER ALL`)
	exec(t, url, `CREATE TABLE audit_sound AS SELECT * FROM audit`)
	restore := func() {
		t.Helper()
		exec(t, url, `DELETE FROM audit`)
		exec(t, url, `INSERT INTO audit SELECT * FROM audit_sound`)
	}
	expect := func(name string, seq uint64, faults ...lowsky.ChainFault) {
		t.Helper()
		var broken *lowsky.BrokenChainError
		if err := verify(t, s, head); !errors.As(err, &broken) || broken.Seq != seq || !slices.Contains(faults, broken.Fault) {
			t.Errorf("%s: %v, want %v at %d", name, err, faults, seq)
		}
		restore()
	}
	for _, column := range []string{"by_user", "from_address", "request_id", "action", "object", "detail", "before", "after", "organisation_id"} {
		for at := range query[int](t, url, `SELECT length(`+column+`) FROM audit WHERE seq = 5`) {
			exec(t, url, fmt.Sprintf(`UPDATE audit SET %[1]s = overlay(%[1]s PLACING chr(ascii(substr(%[1]s, %[2]d, 1)) # 1) FROM %[2]d) WHERE seq = 5`, column, at+1))
			expect(fmt.Sprint(column, " ", at), 5, lowsky.ChainHash)
		}
	}
	for at := range 32 {
		exec(t, url, fmt.Sprintf(`UPDATE audit SET previous = set_byte(previous, %[1]d, get_byte(previous, %[1]d) # 1) WHERE seq = 5`, at))
		expect(fmt.Sprint("previous ", at), 5, lowsky.ChainPrevious)
		exec(t, url, fmt.Sprintf(`UPDATE audit SET hash = set_byte(hash, %[1]d, get_byte(hash, %[1]d) # 128) WHERE seq = 5`, at))
		expect(fmt.Sprint("hash ", at), 5, lowsky.ChainHash)
	}
	exec(t, url, `UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 5`)
	expect("at", 5, lowsky.ChainHash)
	exec(t, url, `UPDATE audit SET jurisdiction_ids = '{421200}' WHERE seq = 5`)
	expect("jurisdictions", 5, lowsky.ChainHash)
	exec(t, url, `UPDATE audit SET jurisdiction_ids = '{421202,421200}' WHERE seq = 5`)
	expect("their order", 5, lowsky.ChainHash)
	exec(t, url, `UPDATE audit SET seq = 100 WHERE seq = 5`)
	expect("seq", 5, lowsky.ChainGap)
	exec(t, url, `DELETE FROM audit WHERE seq = 5`)
	expect("a row removed", 5, lowsky.ChainGap)
	exec(t, url, `DELETE FROM audit WHERE seq >= 8`)
	expect("the end removed", 8, lowsky.ChainShort)

	// All anew, as somebody would who knows how: sound in itself, and not what the anchor names.
	exec(t, url, `DELETE FROM audit; ALTER TABLE audit ENABLE TRIGGER audit_chain;
		INSERT INTO audit SELECT * FROM (SELECT * FROM audit_sound ORDER BY seq) sound;
		UPDATE audit_sound SET by_user = 'li' WHERE seq = 3`)
	if err := verify(t, s, head); err != nil {
		t.Errorf("the same again: %v", err)
	}
	exec(t, url, `DELETE FROM audit; INSERT INTO audit SELECT * FROM (SELECT * FROM audit_sound ORDER BY seq) changed`)
	if err := verify(t, s, lowsky.AuditHead{}); err != nil {
		t.Errorf("without an anchor: %v", err)
	}
	var broken *lowsky.BrokenChainError
	if err := verify(t, s, head); !errors.As(err, &broken) || broken.Fault != lowsky.ChainAnchor || broken.Seq != head.Seq {
		t.Errorf("with the anchor: %v", err)
	}
}

func TestAuditTrailQueries(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	add := func(minute int, by, action, object string, org lowsky.OrganisationID) {
		t.Helper()
		if err := s.Audit(t.Context(), lowsky.AuditEntry{At: noon.Add(time.Duration(minute) * time.Minute), By: by, Action: action, Object: object,
			Organisation: org, Jurisdictions: []lowsky.JurisdictionID{"421202"}}); err != nil {
			t.Fatal(err)
		}
	}
	add(0, "wang", "person.create", "user/li", "city")
	add(1, "li", "session.begin", "user/li", "county")
	add(2, "li", "personal.look", "aircraft/a_1", "county")
	add(3, "li", "personal.look", "aircraft/a-1", "org-1")
	add(4, "wang", "person.change", "user/li", "city")
	for _, c := range []struct {
		name  string
		scope lowsky.Scope
		q     lowsky.AuditQuery
		want  []uint64
	}{
		{"all, newest first", lowsky.Everything, lowsky.AuditQuery{}, []uint64{5, 4, 3, 2, 1}},
		{"a page", lowsky.Everything, lowsky.AuditQuery{Limit: 2}, []uint64{5, 4}},
		{"the next", lowsky.Everything, lowsky.AuditQuery{Limit: 2, Before: 4}, []uint64{3, 2}},
		{"who", lowsky.Everything, lowsky.AuditQuery{By: "wang"}, []uint64{5, 1}},
		{"what", lowsky.Everything, lowsky.AuditQuery{Action: "personal.look"}, []uint64{4, 3}},
		{"what begins so", lowsky.Everything, lowsky.AuditQuery{Action: "person.*"}, []uint64{5, 1}},
		{"a prefix is no pattern", lowsky.Everything, lowsky.AuditQuery{Object: "aircraft/a_*"}, []uint64{3}},
		{"percent is no pattern", lowsky.Everything, lowsky.AuditQuery{Object: "%*"}, nil},
		{"to what", lowsky.Everything, lowsky.AuditQuery{Object: "user/*", Action: "session.*"}, []uint64{2}},
		{"when, half open", lowsky.Everything, lowsky.AuditQuery{From: noon.Add(time.Minute), To: noon.Add(3 * time.Minute)}, []uint64{3, 2}},
		{"no such", lowsky.Everything, lowsky.AuditQuery{By: "zhao\x00\xff"}, nil},
		{"a company", lowsky.Scope{Organisations: []lowsky.OrganisationID{"org-1"}}, lowsky.AuditQuery{}, []uint64{4}},
		{"a county", lowsky.Scope{Jurisdictions: []lowsky.JurisdictionID{"421202"}}, lowsky.AuditQuery{By: "li"}, []uint64{4, 3, 2}},
		{"nobody", lowsky.Scope{}, lowsky.AuditQuery{}, nil},
	} {
		got, err := s.AuditTrail(t.Context(), c.scope, c.q)
		var seqs []uint64
		for _, e := range got {
			seqs = append(seqs, e.Seq)
		}
		if d := cmp.Diff(c.want, seqs); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", c.name, err, d)
		}
	}
}
