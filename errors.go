package lowsky

import "errors"

// The kinds of failure that packages tell each other; wrap them with what was being done. SQL, HTTP and MQTT errors
// never leave the package that met them.
var (
	ErrNotFound        = errors.New("not found")
	ErrConflict        = errors.New("conflict")
	ErrInvalid         = errors.New("invalid")
	ErrForbidden       = errors.New("forbidden")
	ErrUnauthenticated = errors.New("not signed in")
	ErrStale           = errors.New("changed by somebody else meanwhile")
	ErrUnavailable     = errors.New("not available now")
)

// InvalidError names the field that was refused and why. errors.Is(err, ErrInvalid) holds.
type InvalidError struct {
	Field   string // as the sender wrote it, e.g. "latitude_deg" or "features[3].properties.floor"
	Problem string // what is wrong, in English; the console translates by Field and kind
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Is makes every InvalidError an ErrInvalid.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }
