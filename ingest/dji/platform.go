package dji

import (
	"time"

	"lowsky"
)

// Platform is what a device is told about us.
type Platform struct {
	AppID, AppKey, AppLicense string // of developer.dji.com; all three or none
	NTPHost                   string
	NTPPort                   int    // 123 if 0
	Organisation              string // organisation id, "lowsky" if empty
	OrganisationName          string // shown on the controller, "Lowsky" if empty
}

// Licensed reports whether the config request can be answered.
func (p Platform) Licensed() bool { return p.AppID != "" && p.AppKey != "" && p.AppLicense != "" }

// MethodConfig is the request for the licence.
const MethodConfig = "config"

// Answer is one reply.
type Answer struct {
	Topic    string
	Payload  []byte
	Method   string
	Gateway  lowsky.SourceID
	Withheld bool // there is something to answer, but not without a licence
}

// Answer answers what a device waits for; false where it waits for nothing.
func (p Platform) Answer(topic string, payload []byte, now time.Time) (Answer, bool) {
	return Answer{}, false
}

// Redact removes secrets from a payload.
func Redact(topic string, payload []byte) bool { return true }
