// Package faults is what can be ordered of a simulated aircraft or gateway, or go wrong with it. Each kind is one pure
// function in a file of its own plus a line in [Kinds].
package faults

import (
	"time"

	"lowsky"
)

// Kind is one kind of fault or command.
type Kind struct {
	Name    string
	Gateway bool     // it strikes a gateway; otherwise an aircraft
	Needs   []string // parameters that must be given, by the keys of Params
	May     []string // parameters that may be given
	// Apply turns the knobs for one instant, since after the fault began. It is called at every step while the fault
	// lasts and must depend on its arguments alone.
	Apply func(k *Knobs, p Params, since time.Duration)
}

// Params are the values given in the scenario file. The zero value of one that was not given; the Has flags tell a zero
// that was given from none where zero means something.
type Params struct {
	To         Place         // "to": a place to fly to
	From       Place         // "from": a place to fly from
	AGL        float64       // "agl": metres above ground
	By         float64       // "by": metres
	Course     float64       // "course": degrees clockwise from true north
	Speed      float64       // "speed": m/s
	Rate       float64       // "rate": m/s
	Limit      float64       // "limit": metres
	Accuracy   float64       // "accuracy": metres, as reported
	Error      float64       // "error": metres, 1 sigma, as it really is
	Percent    float64       // "percent": of battery
	Count      int           // "count": how many copies come
	Over       time.Duration // "over": how long the change takes, or how far it spreads
	Skew       time.Duration // "skew": added to the clock; negative: it is slow
	Zone       *lowsky.Zone  // "zone": one of the file's zones, placed for this seed; nil: none given
	Depth      float64       // "depth": metres inside the rim of Zone
	Margin     float64       // "margin": metres outside the rim of Zone
	Length     float64       // "length": metres along the rim
	Credential string        // "credential": "same" or "other"; "" not given

	HasTo, HasFrom, HasAGL, HasCourse, HasDepth, HasMargin bool
}

// Place is a position in WGS-84 degrees.
type Place struct{ Longitude, Latitude float64 }

// Knobs is everything a fault can turn for one step. The zero Knobs is normal flight.
type Knobs struct {
	FlyTo *Place   // leave the mission for this place and stay there
	AGL   *float64 // fly at this height above ground, metres, whatever the mission says

	Mute      bool    // nothing is reported; the flight goes on
	Freeze    bool    // the reported position and motion stay as they were when this began
	East      float64 // added to the reported position, metres
	North     float64
	Emergency bool // declared: native status "emergency", DJI forced landing
	C2Lost    bool // the aircraft itself says its command-and-control link is lost

	Drain      bool    // the battery falls to DrainTo within DrainOver, linearly from what it held
	DrainTo    float64 // percent
	DrainOver  time.Duration
	DrainSince time.Duration

	Unregistered bool // it is in nobody's register: left out of Scenario.Register
	Down         bool // the gateway is off: its status says so and nothing behind it gets through
}

// Kinds is the written list.
var Kinds = []Kind{
	linkLoss,
	zoneBreach,
	altitudeBust,
	batteryDrop,
	emergency,
	rogue,
	gatewayDown,
	gpsJump,
	freeze,
	c2Loss,
}

// ByName answers the kind of that name.
func ByName(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
