package native

// span is the closed range of values that a key may have.
type span struct{ min, max float64 }

// The ranges of docs/telemetry.md. A value outside is a fault of the sender's and is refused with its key: a number
// that cannot be true must not be judged, and one that is dropped in silence is never mended.
var (
	longitudes    = span{-180, 180}
	latitudes     = span{-90, 90}
	altitudes     = span{-1000, 20000}
	groundSpeeds  = span{0, 350}
	angles        = span{-180, 360} // normalised to [0, 360)
	climbs        = span{-150, 150}
	accuracies    = span{0, 100000}
	percentages   = span{0, 100}
	maxElements   = 4096 // of a back-fill array
	maxPlanLength = 64   // bytes
)
