package dji

import (
	"strings"

	"lowsky"
)

// Format is the name of this wire format.
const Format lowsky.Format = "dji"

// Filters are the uplink topics as subscription filters: by wildcard from the start, so that a restart of the platform
// loses no device.
var Filters = []string{
	"sys/product/+/status",
	"thing/product/+/osd",
	"thing/product/+/state",
	"thing/product/+/events",
	"thing/product/+/requests",
	"thing/product/+/services_reply",
	"thing/product/+/property/set_reply",
	"thing/product/+/drc/up",
}

// channel is the last part of an uplink topic.
type channel string

const (
	chStatus      channel = "status"
	chOSD         channel = "osd"
	chState       channel = "state"
	chEvents      channel = "events"
	chRequests    channel = "requests"
	chServices    channel = "services_reply"
	chPropertySet channel = "property/set_reply"
	chDRC         channel = "drc/up"
)

// split takes an uplink topic apart into serial number and channel.
func split(topic string) (sn string, ch channel, ok bool) {
	if rest, is := strings.CutPrefix(topic, "sys/product/"); is {
		sn, rest, ok = strings.Cut(rest, "/")
		return sn, channel(rest), ok && rest == string(chStatus)
	}
	rest, is := strings.CutPrefix(topic, "thing/product/")
	if !is {
		return "", "", false
	}
	sn, rest, ok = strings.Cut(rest, "/")
	switch ch = channel(rest); ch {
	case chOSD, chState, chEvents, chRequests, chServices, chPropertySet, chDRC:
		return sn, ch, ok
	}
	return "", "", false
}

// Sender answers the serial number in an uplink topic.
func Sender(topic string) (string, bool) {
	sn, _, ok := split(topic)
	return sn, ok
}

// Source answers who relays what comes on an uplink topic, as far as the topic tells.
func Source(topic string) lowsky.SourceID {
	sn, _, _ := split(topic)
	return lowsky.SourceID(sn)
}
