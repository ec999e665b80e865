package server

import (
	"context"
	"time"

	"lowsky"
	"lowsky/picture"
)

// handlingTimeout bounds how long a person waits to hear what became of an action. Past it the action may still be
// applied, and the console shows the alert as it then is.
const handlingTimeout = 5 * time.Second

// handling gives what people do with alerts the instant of the request and a time limit.
type handling struct{ picture *picture.Picture }

// Handle answers when the action is applied and on disk.
func (h handling) Handle(ctx context.Context, c lowsky.HandlingCommand) (lowsky.Alert, error) {
	ctx, cancel := context.WithTimeout(ctx, handlingTimeout)
	defer cancel()
	a, err := h.picture.Handle(ctx, c, time.Now().UTC())
	if err != nil {
		return lowsky.Alert{}, err
	}
	return *a, nil
}
