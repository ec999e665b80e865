package airspace

import (
	"iter"

	"lowsky"
)

// Index finds zones. It is immutable and safe for concurrent readers; Apply makes a new one.
type Index struct{ zones []*lowsky.Zone }

func NewIndex(zones []*lowsky.Zone) (*Index, error) { return &Index{zones}, nil }

func (ix *Index) Apply(upsert []*lowsky.Zone, remove []lowsky.ZoneID) (*Index, error) { return ix, nil }

func (ix *Index) Len() int { return len(ix.zones) }

func (ix *Index) Zone(id lowsky.ZoneID) *lowsky.Zone { return nil }

func (ix *Index) All() iter.Seq[*lowsky.Zone] { return func(yield func(*lowsky.Zone) bool) {} }

func (ix *Index) Inside(dst []*lowsky.Zone, p lowsky.Position) []*lowsky.Zone { return dst }
