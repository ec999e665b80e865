package geojson

// Codes of remarks: stable keys that consoles translate.
const (
	codeCRSMember          = "crs_member"          // noted: the file names a coordinate system; the declared one counts
	codeMemberUnknown      = "unknown_member"      // noted: left out
	codeRestrictionUnknown = "restriction_unknown" // noted: counts as prohibited
	codeRestrictionAbsent  = "restriction_absent"  // noted: counts as prohibited
	codeOrdinatesDropped   = "ordinates_dropped"   // noted: longitude and latitude were kept
	codeNameAbsent         = "name_absent"         // noted: something else stands for it
	codeIDMade             = "id_made"             // noted: the file has none that is fit

	codeNotAFeature      = "not_a_feature"
	codeMemberTwice      = "member_twice"
	codeMemberMissing    = "member_missing"
	codeMemberWrong      = "member_wrong"
	codeLimitIncomplete  = "limit_incomplete"
	codePeriodUnreadable = "period_unreadable"
	codeGeometryAbsent   = "geometry_absent"
	codeGeometryType     = "geometry_type"
	codeNoArea           = "geometry_no_area"
	codeCoordinates      = "coordinates_unreadable"
	codeIDsDiffer        = "ids_differ"
	codeCRSOther         = "crs_other"
	codeTooMany          = "too_many"
)
