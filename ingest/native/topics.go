package native

import (
	"strings"

	"lowsky"
)

const (
	telemetryPrefix = "lowsky/v1/telemetry/"
	gatewayPrefix   = "lowsky/v1/gateway/"
	gatewaySuffix   = "/status"
	noticePrefix    = "lowsky/v1/notice/"
	trafficPrefix   = "lowsky/v1/traffic/"
	weatherPrefix   = "lowsky/v1/weather/"

	// TelemetryFilter, StatusFilter, TrafficFilter and WeatherFilter are the uplink topics as subscription filters.
	TelemetryFilter = telemetryPrefix + "+"
	StatusFilter    = gatewayPrefix + "+" + gatewaySuffix
	TrafficFilter   = trafficPrefix + "+"
	WeatherFilter   = weatherPrefix + "+"

	// Format is the name of this wire format.
	Format lowsky.Format = "native"

	// Online and Offline are the payloads of a gateway status.
	Online, Offline = "online", "offline"
)

// TelemetryTopic is where an aircraft reports.
func TelemetryTopic(id lowsky.AircraftID) string { return telemetryPrefix + string(id) }

// StatusTopic is where a gateway says that it is there; retained, and meant as its will.
func StatusTopic(gateway lowsky.SourceID) string {
	return gatewayPrefix + string(gateway) + gatewaySuffix
}

// NoticeTopic is where an aircraft, or who flies it, reads what the platform has to say about it.
func NoticeTopic(id lowsky.AircraftID) string { return noticePrefix + string(id) }

// Direct is the source of an aircraft that reports by itself.
func Direct(id lowsky.AircraftID) lowsky.SourceID { return lowsky.SourceID("direct:" + id) }

// AircraftOf answers the aircraft of a telemetry topic.
func AircraftOf(topic string) (lowsky.AircraftID, bool) {
	id, ok := strings.CutPrefix(topic, telemetryPrefix)
	return lowsky.AircraftID(id), ok
}

// GatewayOf answers the gateway of a status topic.
func GatewayOf(topic string) (lowsky.SourceID, bool) {
	id, ok := strings.CutPrefix(topic, gatewayPrefix)
	if ok {
		id, ok = strings.CutSuffix(id, gatewaySuffix)
	}
	return lowsky.SourceID(id), ok
}

// TrafficTopic is where a surveillance source reports crewed traffic, WeatherTopic where a weather station reports.
func TrafficTopic(source lowsky.SourceID) string  { return trafficPrefix + string(source) }
func WeatherTopic(station lowsky.SourceID) string { return weatherPrefix + string(station) }

// ObserverOf answers the surveillance source or the weather station of a topic.
func ObserverOf(topic string) (lowsky.SourceID, bool) {
	id, ok := strings.CutPrefix(topic, trafficPrefix)
	if !ok {
		id, ok = strings.CutPrefix(topic, weatherPrefix)
	}
	return lowsky.SourceID(id), ok
}

// Sender answers the id in an uplink topic: of the aircraft, the gateway, or who looks on.
func Sender(topic string) (string, bool) {
	if id, ok := AircraftOf(topic); ok {
		return string(id), true
	}
	if id, ok := ObserverOf(topic); ok {
		return string(id), true
	}
	id, ok := GatewayOf(topic)
	return string(id), ok
}

// Source answers who relays what comes on an uplink topic, as far as the topic tells.
func Source(topic string) lowsky.SourceID {
	if id, ok := AircraftOf(topic); ok {
		return Direct(id)
	}
	if id, ok := ObserverOf(topic); ok {
		return id
	}
	id, _ := GatewayOf(topic)
	return id
}
