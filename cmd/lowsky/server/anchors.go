package server

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"lowsky"
)

// anchorEvery is how often the newest audit entry is noted outside the database.
const anchorEvery = time.Hour

// AnchorFile is where a server notes anchors, unless it is told another place to read them from.
func AnchorFile(dataDir string) string { return filepath.Join(dataDir, "audit-anchors.jsonl") }

// anchorLine is one line of the file.
type anchorLine struct {
	At   time.Time `json:"at"`
	Seq  uint64    `json:"seq"`
	Hash string    `json:"hash"`
}

// anchors notes the audit's newest entry in a file and the log, at the start, every hour and at the end: whoever
// rewrites the table, or cuts off its end, cannot make it fit what was noted.
type anchors struct {
	file  string
	store interface {
		AuditHead(ctx context.Context) (lowsky.AuditHead, error)
	}
	log  *slog.Logger
	last uint64
}

func (a *anchors) Run(ctx context.Context) error {
	tick := time.NewTicker(anchorEvery)
	defer tick.Stop()
	for {
		a.note(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			a.note(end)
			return nil
		}
	}
}

// note logs what it cannot do: no anchor is worth stopping the platform for, and the next one comes.
func (a *anchors) note(ctx context.Context) {
	head, err := a.store.AuditHead(ctx)
	if err == nil && head.Seq > a.last {
		if err = a.write(head); err == nil {
			a.last = head.Seq
			a.log.Info("audit anchor", "seq", head.Seq, "hash", hex.EncodeToString(head.Hash[:]))
		}
	}
	if err != nil {
		a.log.Warn("no audit anchor could be noted", "error", err)
	}
}

func (a *anchors) write(head lowsky.AuditHead) error {
	line, err := json.Marshal(anchorLine{time.Now().UTC(), head.Seq, hex.EncodeToString(head.Hash[:])})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(a.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(append(line, '\n')); err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// maxAnchors bounds what is read: more than a century of hours.
const maxAnchors = 1 << 20

// ReadAnchors reads what was noted, by seq. A line that is none is an error with its number: somebody was there.
func ReadAnchors(r io.Reader) (map[uint64][32]byte, error) {
	out := map[uint64][32]byte{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		var l anchorLine
		bad := &lowsky.InvalidError{Field: fmt.Sprintf("line %d", n), Problem: "is no anchor"}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.Seq == 0 || n > maxAnchors {
			return nil, bad
		}
		raw, err := hex.DecodeString(l.Hash)
		if err != nil || len(raw) != 32 {
			return nil, bad
		}
		hash := [32]byte(raw)
		if other, twice := out[l.Seq]; twice && other != hash {
			return nil, &lowsky.InvalidError{Field: fmt.Sprintf("line %d", n), Problem: "names another hash for an entry than a line before"}
		}
		out[l.Seq] = hash
	}
	return out, lines.Err()
}

// VerifyAudit walks the whole audit and compares it with what was noted outside the database. It answers the newest sound
// entry and a *lowsky.BrokenChainError for the first that is not.
func VerifyAudit(ctx context.Context, s interface {
	AuditChain(ctx context.Context, from uint64, each func(lowsky.AuditEntry) error) error
}, anchors map[uint64][32]byte) (lowsky.AuditHead, error) {
	var check lowsky.ChainCheck
	var last uint64
	for seq := range anchors {
		last = max(last, seq)
	}
	check.Anchor = lowsky.AuditHead{Seq: last, Hash: anchors[last]}
	err := s.AuditChain(ctx, 1, func(e lowsky.AuditEntry) error {
		if err := check.Next(e); err != nil {
			return err
		}
		if noted, ok := anchors[e.Seq]; ok && noted != e.Hash {
			return &lowsky.BrokenChainError{Seq: e.Seq, Fault: lowsky.ChainAnchor}
		}
		return nil
	})
	if err == nil {
		err = check.End()
	}
	return check.Head(), err
}
