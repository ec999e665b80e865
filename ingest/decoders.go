package ingest

import (
	"fmt"
	"time"

	"lowsky"
	"lowsky/ingest/dji"
	"lowsky/ingest/native"
	"lowsky/ingest/wire"
)

// decoder is one line of the written list: what topics a wire format has, and how they are read.
type decoder struct {
	format  lowsky.Format
	filters []string // MQTT subscription filters, disjoint over the list
	decode  func(topic string, payload []byte, received time.Time, notes *wire.Notes) ([]lowsky.Message, error)
	// sender answers the id in the topic, whose own topic it is; false: the topic is not one of this format.
	sender func(topic string) (id string, ok bool)
	source func(topic string) lowsky.SourceID // who is counted for a message that could not be read
}

// decoders is the written list. A new wire format is one line here.
var decoders = []decoder{
	{native.Format, []string{native.TelemetryFilter, native.StatusFilter, native.TrafficFilter, native.WeatherFilter}, native.Decode, native.Sender, native.Source},
	{dji.Format, dji.Filters, dji.Decode, dji.Sender, dji.Source},
}

// Filters is every uplink topic, as MQTT subscription filters.
func Filters() []string {
	var all []string
	for _, d := range decoders {
		all = append(all, d.filters...)
	}
	return all
}

// decoderFor finds the decoder of a topic and the id that the topic belongs to.
func decoderFor(topic string) (*decoder, string) {
	for i := range decoders {
		if id, ok := decoders[i].sender(topic); ok {
			return &decoders[i], id
		}
	}
	return nil, ""
}

// Decode reads one uplink message of any format. It is a pure function of its arguments, waits for nothing and never
// panics; it does not keep payload. received is the arrival time on our clock.
//
// An error is a *wire.Refusal with a Reason that is counted. Messages may come with an error: of an array, the
// elements that could be read are answered together with why another could not be. Take the messages in any case.
//
// TelemetryReport.Simulated is as sent; see [DecodeRecord].
func Decode(topic string, payload []byte, received time.Time) ([]lowsky.Message, error) {
	var notes wire.Notes
	return decode(topic, payload, received, &notes)
}

// DecodeRecord reads a message of the journal as it was taken: like [Decode], but Simulated stands only where the
// record came with the simulator's own credential. Records of another kind have no messages.
func DecodeRecord(rec lowsky.Record) ([]lowsky.Message, error) {
	if rec.Kind != lowsky.RecordMessage {
		return nil, nil
	}
	msgs, err := Decode(rec.Topic, rec.Payload, rec.At)
	if !rec.Simulated {
		clearSimulated(msgs)
	}
	return msgs, err
}

// clearSimulated takes back what only the simulator may say: a real aircraft must not hide as a demonstration.
func clearSimulated(msgs []lowsky.Message) {
	for _, m := range msgs {
		if r, ok := m.(*lowsky.TelemetryReport); ok {
			r.Simulated = false
		}
	}
}

func decode(topic string, payload []byte, received time.Time, notes *wire.Notes) (msgs []lowsky.Message, err error) {
	d, _ := decoderFor(topic)
	if d == nil {
		return nil, wire.Refuse(wire.ReasonTopic, "topic", "is not an uplink topic")
	}
	if len(payload) > wire.MaxPayload {
		return nil, wire.Refuse(wire.ReasonTooLarge, "payload", "is over 256 kB")
	}
	defer func() {
		if p := recover(); p != nil { // a fault of ours must cost one message, not the stream
			msgs, err = nil, wire.Refuse(wire.ReasonPanic, "payload", fmt.Sprint("made the decoder panic: ", p))
		}
	}()
	return d.decode(topic, payload, received, notes)
}
