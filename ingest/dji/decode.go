package dji

import (
	"time"

	"lowsky"
	"lowsky/ingest/wire"
)

// Decode reads one uplink message.
func Decode(topic string, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error) {
	return nil, wire.Refuse(wire.ReasonTopic, "topic", "is not one of the DJI Cloud API")
}
