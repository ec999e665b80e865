package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
)

// auditReader reads the trail.
type auditReader interface {
	// AuditTrail answers the entries in scope that q picks, newest first.
	AuditTrail(ctx context.Context, scope lowsky.Scope, q lowsky.AuditQuery) ([]lowsky.AuditEntry, error)
	// AuditChain hands each every entry from seq from on, in order, and passes its error on.
	AuditChain(ctx context.Context, from uint64, each func(lowsky.AuditEntry) error) error
}

// AuditEntryView is one entry with its place in the chain.
type AuditEntryView struct {
	lowsky.AuditEntry
	Hash string `json:"hash" doc:"Of this entry and, through the one before, of all before it; hex"`
}

// AuditVerdict is what a walk along the whole chain found.
type AuditVerdict struct {
	OK       bool          `json:"ok"`
	Entries  uint64        `json:"entries" doc:"That are sound"`
	Head     AuditHeadView `json:"head" doc:"The newest of them; what an anchor keeps elsewhere"`
	BrokenAt uint64        `json:"broken_at,omitempty" doc:"The first entry that is not sound, or is missing"`
	Reason   string        `json:"reason,omitempty"`
}

// AuditHeadView names an entry of the chain.
type AuditHeadView struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
}

type (
	auditInput struct {
		By     string `query:"by" maxLength:"200" doc:"Who"`
		Action string `query:"action" maxLength:"100" doc:"Such as session.begin; alert.* is every action that begins so"`
		Object string `query:"object" maxLength:"400" doc:"Such as aircraft/n-1; aircraft/* is every object that begins so"`
		From   string `query:"from" doc:"At or after; RFC 3339 with zone"`
		To     string `query:"to" doc:"Before; RFC 3339 with zone"`
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor string `query:"cursor" maxLength:"20" doc:"next of the page before"`
	}
	auditOutput struct {
		Body struct {
			Entries []AuditEntryView `json:"entries" doc:"Newest first"`
			Next    string           `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
		}
	}
	verifyInput struct {
		AnchorSeq  uint64 `query:"anchor_seq" doc:"With anchor_hash: an entry as it was once noted elsewhere"`
		AnchorHash string `query:"anchor_hash" maxLength:"64" pattern:"^([0-9a-fA-F]{64})?$"`
	}
	verifyOutput struct{ Body AuditVerdict }
)

func (s *Server) auditOperations() {
	tags := []string{"audit"}
	operation(s, huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/api/v1/audit", Tags: tags,
		Summary: "What was done, by whom, when and from where", Description: "Entries whose object, or else whose actor, is in the caller's scope.",
	}, lowsky.ReadAudit, s.listAudit)
	operation(s, huma.Operation{
		OperationID: "verify-audit", Method: http.MethodGet, Path: "/api/v1/audit/verify", Tags: tags,
		Summary: "Walk the whole chain and tell whether it is sound", Description: "One walk at a time (503).",
	}, lowsky.ReadAudit, s.verifyAudit)
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	if s.cfg.Trail == nil {
		return nil, errNoPart
	}
	q := lowsky.AuditQuery{By: in.By, Action: in.Action, Object: in.Object, Limit: in.Limit + 1}
	var err error
	if q.From, err = queryTime("from", in.From); err != nil {
		return nil, err
	}
	if q.To, err = queryTime("to", in.To); err != nil {
		return nil, err
	}
	if in.Cursor != "" {
		if q.Before, err = strconv.ParseUint(in.Cursor, 10, 64); err != nil || q.Before == 0 {
			return nil, wrong(ctx, "cursor", lowsky.Text{ZH: "须为上一页的 next", EN: "must be next of the page before"})
		}
	}
	entries, err := s.cfg.Trail.AuditTrail(ctx, principalOf(ctx).Scope, q)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	out := &auditOutput{}
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		out.Body.Next = strconv.FormatUint(entries[in.Limit-1].Seq, 10)
	}
	out.Body.Entries = make([]AuditEntryView, len(entries))
	for i, e := range entries {
		if e.Jurisdictions == nil {
			e.Jurisdictions = []lowsky.JurisdictionID{}
		}
		out.Body.Entries[i] = AuditEntryView{e, hex.EncodeToString(e.Hash[:])}
	}
	return out, nil
}

func (s *Server) verifyAudit(ctx context.Context, in *verifyInput) (*verifyOutput, error) {
	if s.cfg.Trail == nil {
		return nil, errNoPart
	}
	var check lowsky.ChainCheck
	if in.AnchorSeq > 0 || in.AnchorHash != "" {
		hash, err := hex.DecodeString(in.AnchorHash)
		if err != nil || len(hash) != len(check.Anchor.Hash) || in.AnchorSeq == 0 {
			return nil, wrong(ctx, "anchor_hash", lowsky.Text{ZH: "锚点须同时给出序号与 64 位十六进制哈希", EN: "an anchor is a seq and a hash of 64 hex digits"})
		}
		check.Anchor.Seq = in.AnchorSeq
		copy(check.Anchor.Hash[:], hash)
	}
	if !s.verifying.TryLock() {
		return nil, fmt.Errorf("the audit is being verified: %w", lowsky.ErrUnavailable)
	}
	defer s.verifying.Unlock()
	err := s.cfg.Trail.AuditChain(ctx, 1, check.Next)
	if err == nil {
		err = check.End()
	}
	var broken *lowsky.BrokenChainError
	if err != nil && !errors.As(err, &broken) {
		return nil, fmt.Errorf("verify audit: %w", err)
	}
	head := check.Head()
	out := &verifyOutput{AuditVerdict{
		OK: broken == nil, Entries: check.Count(), Head: AuditHeadView{head.Seq, hex.EncodeToString(head.Hash[:])},
	}}
	if broken != nil {
		out.Body.BrokenAt, out.Body.Reason = broken.Seq, say(ctx, broken.Fault.Text())
	}
	return out, nil
}
