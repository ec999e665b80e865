package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lowsky"
)

// chain is an audit in memory.
type chain []lowsky.AuditEntry

func (c chain) AuditChain(_ context.Context, from uint64, each func(lowsky.AuditEntry) error) error {
	for _, e := range c {
		if e.Seq >= from {
			if err := each(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c chain) AuditHead(context.Context) (lowsky.AuditHead, error) {
	if len(c) == 0 {
		return lowsky.AuditHead{}, nil
	}
	return lowsky.AuditHead{Seq: c[len(c)-1].Seq, Hash: c[len(c)-1].Hash}, nil
}

func chainOf(actions ...string) (c chain) {
	var previous [32]byte
	for i, a := range actions {
		e := lowsky.AuditEntry{Seq: uint64(i + 1), At: time.UnixMicro(int64(i)), Action: a, Previous: previous}
		e.Hash = lowsky.EntryHash(previous, e)
		previous = e.Hash
		c = append(c, e)
	}
	return c
}

// What a chain of hashes cannot tell by itself, the anchors tell: an end that was cut off, and a chain that was made anew
// as a whole.
func TestAnchorsFindARewrittenAudit(t *testing.T) {
	file := AnchorFile(t.TempDir())
	sound := chainOf("a", "b", "c", "d")
	for _, upTo := range []int{2, 2, 4} { // nothing new in between: no second line
		a := &anchors{file: file, store: sound[:upTo], log: slog.New(slog.DiscardHandler)}
		a.note(t.Context())
		a.note(t.Context())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	noted, err := ReadAnchors(bytes.NewReader(text))
	if err != nil || len(noted) != 2 {
		t.Fatalf("%v, %d anchors in %s", err, len(noted), text)
	}
	for name, c := range map[string]struct {
		chain chain
		fault lowsky.ChainFault
		seq   uint64
	}{
		"sound":                 {sound, "", 4},
		"longer":                {chainOf("a", "b", "c", "d", "e"), "", 5},
		"cut off":               {sound[:3], lowsky.ChainShort, 4},
		"made anew from 2 on":   {chainOf("a", "x", "c", "d"), lowsky.ChainAnchor, 2},
		"made anew from 3 on":   {chainOf("a", "b", "x", "d"), lowsky.ChainAnchor, 4},
		"emptied":               {nil, lowsky.ChainShort, 1},
		"without its first row": {sound[1:], lowsky.ChainGap, 1},
	} {
		head, err := VerifyAudit(t.Context(), c.chain, noted)
		var broken *lowsky.BrokenChainError
		switch {
		case c.fault == "" && (err != nil || head.Seq != c.seq):
			t.Errorf("%s: %v, head %d", name, err, head.Seq)
		case c.fault != "" && (!errors.As(err, &broken) || broken.Fault != c.fault || broken.Seq != c.seq):
			t.Errorf("%s: %v, want %s at %d", name, err, c.fault, c.seq)
		}
	}
	for _, bad := range []string{"{}", "x", `{"seq":1,"hash":"00"}`, string(text) + strings.Replace(string(text), `"hash":"`, `"hash":"00`, 1)} {
		if _, err := ReadAnchors(strings.NewReader(bad)); !errors.Is(err, lowsky.ErrInvalid) {
			t.Errorf("%.60s: %v", bad, err)
		}
	}
	(&anchors{file: filepath.Join(file, "no-folder"), store: sound, log: slog.New(slog.DiscardHandler)}).note(t.Context()) // logs, and goes on
}
