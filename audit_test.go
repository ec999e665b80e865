package lowsky

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func chainOf(n int) []AuditEntry {
	out := make([]AuditEntry, n)
	var previous [32]byte
	for i := range out {
		e := AuditEntry{Seq: uint64(i + 1), At: time.Unix(1_790_000_000, int64(i)*1000).UTC(), By: "wang", From: "10.0.0.7", Request: "r",
			Action: "person.change", Object: "user/li", Detail: "d", Before: json.RawMessage(`{"a":1}`), After: json.RawMessage(`{"a":2}`),
			Organisation: "city", Jurisdictions: []JurisdictionID{"421200", "421202"}, Previous: previous}
		e.Hash = EntryHash(previous, e)
		previous, out[i] = e.Hash, e
	}
	return out
}

func walk(c ChainCheck, entries []AuditEntry) error {
	for _, e := range entries {
		_ = c.Next(e)
	}
	return c.End()
}

func TestChainFindsEveryChange(t *testing.T) {
	sound := chainOf(9)
	if err := walk(ChainCheck{Anchor: AuditHead{Seq: 5, Hash: sound[4].Hash}}, sound); err != nil {
		t.Fatal(err)
	}
	if err := walk(ChainCheck{}, nil); err != nil {
		t.Errorf("no entry at all: %v", err)
	}
	expect := func(name string, c ChainCheck, entries []AuditEntry, seq uint64, fault ChainFault) {
		t.Helper()
		var broken *BrokenChainError
		if err := walk(c, entries); !errors.As(err, &broken) || broken.Seq != seq || broken.Fault != fault || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want %s at %d", name, err, fault, seq)
		}
	}
	for name, change := range map[string]func(*AuditEntry){
		"at":            func(e *AuditEntry) { e.At = e.At.Add(time.Microsecond) },
		"by":            func(e *AuditEntry) { e.By = "wanh" },
		"from":          func(e *AuditEntry) { e.From = "10.0.0.8" },
		"request":       func(e *AuditEntry) { e.Request = "" },
		"action":        func(e *AuditEntry) { e.Action = "person.create" },
		"object":        func(e *AuditEntry) { e.Object = "user/lj" },
		"detail":        func(e *AuditEntry) { e.Detail = "" },
		"before":        func(e *AuditEntry) { e.Before = nil },
		"after":         func(e *AuditEntry) { e.After = json.RawMessage(`{"a":3}`) },
		"organisation":  func(e *AuditEntry) { e.Organisation = "org-1" },
		"jurisdictions": func(e *AuditEntry) { e.Jurisdictions = e.Jurisdictions[:1] },
		"order":         func(e *AuditEntry) { e.Jurisdictions = []JurisdictionID{"421202", "421200"} },
		"moved bytes":   func(e *AuditEntry) { e.By, e.From = e.By+e.From[:1], e.From[1:] },
		"hash":          func(e *AuditEntry) { e.Hash[31] ^= 1 },
	} {
		changed := slices.Clone(sound)
		change(&changed[4])
		expect(name, ChainCheck{}, changed, 5, ChainHash)
	}
	changed := slices.Clone(sound)
	changed[4].Previous[0] ^= 1
	expect("previous", ChainCheck{}, changed, 5, ChainPrevious)
	expect("one removed", ChainCheck{}, slices.Delete(slices.Clone(sound), 4, 5), 5, ChainGap)
	expect("the first removed", ChainCheck{}, sound[1:], 1, ChainGap)
	expect("twice", ChainCheck{}, slices.Insert(slices.Clone(sound), 4, sound[3]), 5, ChainGap)
	expect("the end removed", ChainCheck{Anchor: AuditHead{Seq: 9, Hash: sound[8].Hash}}, sound[:7], 8, ChainShort)
	anew := slices.Clone(sound)
	anew[2].By = "li"
	for i := 2; i < len(anew); i++ {
		anew[i].Previous = anew[i-1].Hash
		anew[i].Hash = EntryHash(anew[i].Previous, anew[i])
	}
	if err := walk(ChainCheck{}, anew); err != nil {
		t.Errorf("a chain made anew is sound in itself: %v", err)
	}
	expect("made anew", ChainCheck{Anchor: AuditHead{Seq: 7, Hash: sound[6].Hash}}, anew, 7, ChainAnchor)
}

// No two different entries have the same bytes under the hash.
func TestEntryHashTellsEntriesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entry := rapid.Custom(func(t *rapid.T) AuditEntry {
			s := func() string { return rapid.StringMatching(`[0-3:]{0,4}`).Draw(t, "s") }
			e := AuditEntry{Seq: rapid.Uint64Range(1, 3).Draw(t, "seq"), By: s(), From: s(), Request: s(), Action: s(), Object: s(), Detail: s(),
				Before: json.RawMessage(s()), After: json.RawMessage(s()), Organisation: OrganisationID(s())}
			for range rapid.IntRange(0, 3).Draw(t, "n") {
				e.Jurisdictions = append(e.Jurisdictions, JurisdictionID(s()))
			}
			return e
		})
		a, b := entry.Draw(t, "a"), entry.Draw(t, "b")
		same := a.Seq == b.Seq && a.By == b.By && a.From == b.From && a.Request == b.Request && a.Action == b.Action && a.Object == b.Object &&
			a.Detail == b.Detail && string(a.Before) == string(b.Before) && string(a.After) == string(b.After) &&
			a.Organisation == b.Organisation && slices.Equal(a.Jurisdictions, b.Jurisdictions)
		if (EntryHash([32]byte{}, a) == EntryHash([32]byte{}, b)) != same {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}
