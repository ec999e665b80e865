package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"

	"lowsky"
)

// What a console sends; see docs/stream.md.
type (
	// view is the box on screen. Longitudes may run beyond ±180, as maps give them after panning round the Earth.
	view struct {
		West, South, East, North lowsky.Degrees
	}
	// watch asks for one aircraft's whole track; "" ends it.
	watch struct{ Aircraft lowsky.AircraftID }
	// resync asks for a new snapshot.
	resync struct{}
)

var aircraftID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// parseMessage reads one text frame of a console: a view, a watch or a resync. Anything else is an
// *lowsky.InvalidError.
func parseMessage(raw []byte) (any, error) {
	var m struct {
		Type     string             `json:"type"`
		West     *float64           `json:"west"`
		South    *float64           `json:"south"`
		East     *float64           `json:"east"`
		North    *float64           `json:"north"`
		Aircraft *lowsky.AircraftID `json:"aircraft_id"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, &lowsky.InvalidError{Field: "message", Problem: "must be one JSON object of docs/stream.md"}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &lowsky.InvalidError{Field: "message", Problem: "must be one JSON object and nothing after it"}
	}
	switch m.Type {
	case "view":
		if m.West == nil || m.South == nil || m.East == nil || m.North == nil {
			return nil, &lowsky.InvalidError{Field: "view", Problem: "needs west, south, east and north"}
		}
		v := view{lowsky.Degrees(*m.West), lowsky.Degrees(*m.South), lowsky.Degrees(*m.East), lowsky.Degrees(*m.North)}
		return v, v.check()
	case "watch":
		if m.Aircraft == nil || *m.Aircraft != "" && !aircraftID.MatchString(string(*m.Aircraft)) {
			return nil, &lowsky.InvalidError{Field: "aircraft_id", Problem: "must be an aircraft id, or empty"}
		}
		return watch{*m.Aircraft}, nil
	case "resync":
		return resync{}, nil
	}
	return nil, &lowsky.InvalidError{Field: "type", Problem: "must be view, watch or resync"}
}

func (v view) check() error {
	for _, l := range [...]lowsky.Degrees{v.West, v.East} {
		if !(l >= -540 && l <= 540) {
			return &lowsky.InvalidError{Field: "view", Problem: "west and east must be from -540 to 540"}
		}
	}
	if !(v.South >= -90 && v.South <= v.North && v.North <= 90) {
		return &lowsky.InvalidError{Field: "view", Problem: "south and north must be from -90 to 90, south first"}
	}
	return nil
}
