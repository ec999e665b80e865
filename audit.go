package lowsky

import (
	"crypto/sha256"
	"fmt"
	"strconv"
)

// EntryHash answers the hash of an entry that follows one of hash previous: SHA-256 over netstrings (decimal length in
// bytes, ':', the bytes) of previous as 32 bytes, seq, at in microseconds since 1970, by, from, request, action, object,
// detail, before, after, organisation, the number of jurisdictions and each of them; numbers in decimal. The trigger of
// store's table computes the same, so neither alone can write a chain that the other takes.
func EntryHash(previous [32]byte, e AuditEntry) [32]byte {
	b := make([]byte, 0, 512+len(e.Detail)+len(e.Before)+len(e.After))
	b = netstring(b, string(previous[:]))
	b = netstring(b, strconv.FormatUint(e.Seq, 10))
	b = netstring(b, strconv.FormatInt(e.At.UnixMicro(), 10))
	for _, s := range []string{e.By, e.From, e.Request, e.Action, e.Object, e.Detail, string(e.Before), string(e.After), string(e.Organisation)} {
		b = netstring(b, s)
	}
	b = netstring(b, strconv.Itoa(len(e.Jurisdictions)))
	for _, j := range e.Jurisdictions {
		b = netstring(b, string(j))
	}
	return sha256.Sum256(b)
}

func netstring(b []byte, s string) []byte {
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, ':')
	return append(b, s...)
}

// ChainFault is what is wrong with an audit chain.
type ChainFault string

const (
	ChainGap      ChainFault = "gap"      // the entry is missing
	ChainPrevious ChainFault = "previous" // it does not hold the hash of the one before
	ChainHash     ChainFault = "hash"     // its contents are not what its hash was made of
	ChainAnchor   ChainFault = "anchor"   // the whole chain is sound, but not the one that the anchor was taken from
	ChainShort    ChainFault = "short"    // it ends before the anchor: entries at the end are missing
)

// Text says it to a person.
func (f ChainFault) Text() Text {
	switch f {
	case ChainGap:
		return Text{ZH: "该条记录缺失", EN: "the entry is missing"}
	case ChainPrevious:
		return Text{ZH: "与上一条记录的哈希不衔接", EN: "it does not hold the hash of the entry before"}
	case ChainHash:
		return Text{ZH: "内容与其哈希不符", EN: "its contents do not match its hash"}
	case ChainAnchor:
		return Text{ZH: "与留存的锚点不符，链条已被重算", EN: "it is not the entry that the anchor names: the chain was made anew"}
	case ChainShort:
		return Text{ZH: "链条在锚点之前中断，末尾记录缺失", EN: "the chain ends before the anchor: entries at its end are missing"}
	}
	return Text{ZH: string(f), EN: string(f)}
}

// BrokenChainError names the first entry at which an audit chain is not sound. errors.Is(err, ErrInvalid) holds.
type BrokenChainError struct {
	Seq   uint64 // of the entry that is wrong, or of the one that is missing
	Fault ChainFault
}

func (e *BrokenChainError) Error() string {
	return fmt.Sprintf("audit entry %d: %s", e.Seq, e.Fault.Text().EN)
}

// Is makes it an ErrInvalid.
func (e *BrokenChainError) Is(target error) bool { return target == ErrInvalid }

// ChainCheck walks an audit chain, entry by entry in ascending Seq. The zero ChainCheck begins with entry 1 and knows
// no anchor.
type ChainCheck struct {
	// Anchor is an entry as it was once noted outside the database; Seq 0 is none. Whoever may write the table can
	// compute all hashes anew, and only an anchor finds that.
	Anchor AuditHead

	head   AuditHead
	count  uint64
	broken *BrokenChainError
}

// Next takes the next entry. It answers a *BrokenChainError for the first that is not sound, and the same from then on.
func (c *ChainCheck) Next(e AuditEntry) error {
	switch {
	case c.broken != nil:
	case e.Seq != c.head.Seq+1:
		c.broken = &BrokenChainError{c.head.Seq + 1, ChainGap}
	case e.Previous != c.head.Hash:
		c.broken = &BrokenChainError{e.Seq, ChainPrevious}
	case e.Hash != EntryHash(c.head.Hash, e):
		c.broken = &BrokenChainError{e.Seq, ChainHash}
	case e.Seq == c.Anchor.Seq && e.Hash != c.Anchor.Hash:
		c.broken = &BrokenChainError{e.Seq, ChainAnchor}
	}
	if c.broken != nil {
		return c.broken
	}
	c.head = AuditHead{Seq: e.Seq, Hash: e.Hash}
	c.count++
	return nil
}

// End says that there are no more entries, and answers what Next found, or that the chain ends before its anchor.
func (c *ChainCheck) End() error {
	if c.broken == nil && c.head.Seq < c.Anchor.Seq {
		c.broken = &BrokenChainError{c.head.Seq + 1, ChainShort}
	}
	if c.broken != nil {
		return c.broken
	}
	return nil
}

// Head answers the newest entry that is sound with everything before it.
func (c *ChainCheck) Head() AuditHead { return c.head }

// Count answers how many entries were sound.
func (c *ChainCheck) Count() uint64 { return c.count }
