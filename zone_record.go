package lowsky

import "time"

// ZoneRecord is one stored version of a zone with what is known of its publication and its end.
type ZoneRecord struct {
	Zone        *Zone
	PublishedAt time.Time
	PublishedBy string
	Reason      string         // of the publication
	EndedAt     Opt[time.Time] // absent while it is in force
	EndedBy     string
	EndReason   string
	Current     bool // it is in force
}
