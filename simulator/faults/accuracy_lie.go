package faults

import (
	"time"

	"lowsky"
)

// accuracyLie: the receiver claims an accuracy that it does not have: reported accuracy, true 1 sigma error of each
// horizontal axis, and 1.5 times that of the height.
var accuracyLie = Kind{
	Name:  "accuracy_lie",
	Needs: []string{"accuracy", "error"},
	Apply: func(k *Knobs, p Params, _ time.Duration) { k.Accuracy, k.Error = lowsky.Some(p.Accuracy), p.Error },
}
