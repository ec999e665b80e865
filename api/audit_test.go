package api

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"lowsky"
)

func TestAuditPages(t *testing.T) {
	h := newHouse(t)
	for i := range 7 {
		e := lowsky.AuditEntry{At: epoch, By: "admin", Action: fmt.Sprintf("zone.%d", i), Object: "zone/z1", Before: []byte(`{"a":1}`), Organisation: "city"}
		if i == 3 {
			e.Organisation, e.Jurisdictions = "wings", []lowsky.JurisdictionID{"421281"}
		}
		if err := h.ledger.Audit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	var seqs []string
	for path := "/api/v1/audit?limit=3&action=zone.*"; ; {
		var page struct {
			Entries []struct {
				Seq    uint64
				Hash   string
				Before json.RawMessage
			}
			Next string
		}
		if err := json.Unmarshal(h.want(200, "GET", path, "").raw, &page); err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			seqs = append(seqs, fmt.Sprint(e.Seq))
			if want := h.ledger.entries[e.Seq-1].Hash; e.Hash != hex.EncodeToString(want[:]) || string(e.Before) != `{"a":1}` {
				t.Errorf("%+v", e)
			}
		}
		if page.Next == "" {
			break
		}
		path = "/api/v1/audit?limit=3&action=zone.*&cursor=" + page.Next
	}
	if got := strings.Join(seqs, " "); got != "7 6 5 4 3 2 1" {
		t.Errorf("%s", got)
	}
	if a := h.ask("county", "GET", "/api/v1/audit", "").json(t); len(a["entries"].([]any)) != 1 {
		t.Errorf("out of scope: %v", a)
	}
	for _, path := range []string{"?cursor=x", "?cursor=0", "?from=yesterday", "?to=1", "?limit=0", "?limit=1001", "?verify=1"} {
		h.want(422, "GET", "/api/v1/audit"+path, "")
	}
}

// The walk finds the byte that was changed, and the end that was cut off where an anchor is known.
func TestAuditVerify(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		_ = h.ledger.Audit(t.Context(), lowsky.AuditEntry{At: epoch, By: "admin", Action: "zone.publish", Detail: "reason"})
	}
	head := h.ledger.entries[4].Hash
	anchor := fmt.Sprintf("?anchor_seq=5&anchor_hash=%x", head)
	verify := func(query, lang string) (v AuditVerdict) {
		t.Helper()
		if err := json.Unmarshal(h.want(200, "GET", "/api/v1/audit/verify"+query, "", "Accept-Language", lang).raw, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verify(anchor, "zh"); !v.OK || v.Entries != 5 || v.Head.Seq != 5 || v.Head.Hash != hex.EncodeToString(head[:]) || v.Reason != "" {
		t.Errorf("%+v", v)
	}
	h.ledger.entries[2].Detail = "reasom"
	for lang, words := range map[string]string{"zh": "内容与其哈希不符", "en": "its contents do not match"} {
		if v := verify("", lang); v.OK || v.BrokenAt != 3 || v.Entries != 2 || !strings.Contains(v.Reason, words) {
			t.Errorf("%+v", v)
		}
	}
	h.ledger.entries = h.ledger.entries[:2]
	if v := verify("", "en"); !v.OK || v.Entries != 2 { // nothing in the table tells
		t.Errorf("%+v", v)
	}
	if v := verify(anchor, "en"); v.OK || v.BrokenAt != 3 {
		t.Errorf("%+v", v)
	}
	for _, query := range []string{"?anchor_seq=5", "?anchor_hash=" + strings.Repeat("a", 64), "?anchor_seq=5&anchor_hash=xyz", "?anchor_seq=-1"} {
		h.want(422, "GET", "/api/v1/audit/verify"+query, "")
	}
	h.server.verifying.Lock()
	defer h.server.verifying.Unlock()
	h.want(503, "GET", "/api/v1/audit/verify", "")
}
