package airspace

import "lowsky"

// MaxRemarks bounds the remarks on one file. Where there were more, the last one says how many were dropped.
const MaxRemarks = 10_000

// Remark is what a reader has to say about one zone of a file.
type Remark struct {
	Zone    lowsky.ZoneID `json:"zone,omitempty"` // as far as known
	Place   string        `json:"place"`          // where in the file: "features[12].geometry[0]", "line 482", "Placemark 3"
	Kind    RemarkKind    `json:"kind"`
	Problem string        `json:"problem"` // English sentence fragment: "upper limit is absent: read as unlimited"
	Code    string        `json:"code"`    // stable key that consoles translate ("zone_remark."+code), snake_case
}

// RemarkKind is what became of the zone that a remark is about.
type RemarkKind string

const (
	RemarkNoted    RemarkKind = "noted"    // taken as it is; the reader should know something
	RemarkRepaired RemarkKind = "repaired" // taken, after something unambiguous was put right
	RemarkRefused  RemarkKind = "refused"  // not taken
)

// Reading is what came of a file: nothing of it is published yet.
type Reading struct {
	Zones   []*lowsky.Zone // in file order; refused ones are not among them
	Places  []string       // of Zones: where each stands in the file, as in Remark.Place
	Remarks []Remark       // in file order, at most MaxRemarks
	Read    int            // zones that the file holds; every one is in Zones or refused in Remarks
}

// String is the place and the problem.
func (r Remark) String() string { return r.Place + ": " + r.Problem }
