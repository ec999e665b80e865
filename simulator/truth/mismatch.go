package truth

import (
	"lowsky"
	"lowsky/simulator"
)

// mismatchOracle knows when a device speaks under an id that is not its own.
type mismatchOracle struct{}

func newMismatchOracle(*Watch, *Level) *mismatchOracle { return &mismatchOracle{} }

func (o *mismatchOracle) see(*Watch, *simulator.State) {}

var _ = lowsky.HazardMismatch
