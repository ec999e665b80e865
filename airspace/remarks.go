package airspace

import "fmt"

// Remarks collects what a reader has to say, at most MaxRemarks of it. The zero value is ready.
type Remarks struct {
	All              []Remark // for Reading.Remarks
	dropped, refused int
}

// Add appends a remark. Once MaxRemarks are there, the last one counts what was dropped, and is a refusal when one of
// those was.
func (r *Remarks) Add(m Remark) {
	if r.dropped == 0 && len(r.All) < MaxRemarks-1 {
		r.All = append(r.All, m)
		return
	}
	if r.dropped++; m.Kind == RemarkRefused {
		r.refused++
	}
	last := Remark{Place: "file", Kind: RemarkNoted, Code: "remarks_dropped",
		Problem: fmt.Sprintf("%d more remarks are not shown, %d of them refusals", r.dropped, r.refused)}
	if r.refused > 0 {
		last.Kind = RemarkRefused
	}
	if r.dropped == 1 {
		r.All = append(r.All, last)
	} else {
		r.All[len(r.All)-1] = last
	}
}
