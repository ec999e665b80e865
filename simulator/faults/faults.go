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
	Gateway bool     // it strikes a gateway
	Broker  bool     // it strikes the broker, so neither an aircraft nor a gateway is named
	Goes    bool     // of a command: it sends the aircraft somewhere
	Needs   []string // parameters that must be given, by the keys of Params
	Or      []string // parameters that may be given in the place of Needs: all of the one or all of the other
	May     []string // parameters that may be given besides
	// Apply turns the knobs for one instant, since after the fault began. It is called at every step while the fault
	// lasts and must depend on its arguments alone. Where several are in force they are applied in the order of the file,
	// commands first, by time.
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

// Order is where an aircraft is sent instead of its mission.
type Order uint8

const (
	None   Order = iota // it flies its mission
	FlyTo               // to To, and stays there
	Home                // home, and lands there; the mission is over
	Land                // straight down, and stays on the ground
	Hold                // stays where it is
	Breach              // over the nearest rim of Zone, perpendicularly, down to Depth, and stays there
	Graze               // along the rim of Zone, outside by Margin, for Length
)

// Knobs is everything that faults and commands can turn for one step. The zero Knobs is normal flight.
type Knobs struct {
	Order  Order
	To     Place
	Zone   *lowsky.Zone
	Depth  float64 // metres
	Margin float64
	Length float64                       // 0: until the order ends
	AGL    lowsky.Opt[float64]           // fly at this height above ground, metres, whatever the mission says
	Speed  lowsky.Opt[float64]           // fly at this speed, m/s, at most the profile's
	StayUp bool                          // the mission is flown again instead of a landing, and the plan is named although it is over
	Gust   struct{ East, North float64 } // wind on top of the weather's, m/s, where it blows to

	Emergency bool // declared: native status "emergency", DJI forced landing
	C2Lost    bool // the aircraft itself says its command-and-control link is lost
	NoPlan    bool // no plan is named

	Drain      bool    // the battery falls to DrainTo within DrainOver, linearly from what it held
	DrainTo    float64 // percent
	DrainOver  time.Duration
	DrainSince time.Duration

	East     float64 // added to the reported position, metres
	North    float64
	Error    float64             // 1 sigma of a further error of every reported axis, metres; the height's is 1.5 times that
	Accuracy lowsky.Opt[float64] // reported instead of the true accuracies, metres
	Freeze   bool                // the reported position and motion stay as they were when this began
	Skew     time.Duration       // of the aircraft's clock

	Mute   bool          // nothing is sent; the flight goes on
	Keep   bool          // nothing is sent either, and what was to be sent is kept and handed on at once at the end
	Late   time.Duration // every report is held up by up to so long, each by itself, so that they overtake one another
	Copies int           // every report comes so often; 0 and 1: once

	Clone Clone // another transmitter under its id

	Unregistered bool // it is in nobody's register: left out of Scenario.Register
	Down         bool // the gateway is off: its status says so and nothing behind it gets through. Of the broker: it is away
}

// Clone is a second transmitter that uses an aircraft's id. It flies straight on from From.
type Clone struct {
	On     bool
	From   Place
	AGL    float64 // metres
	Speed  float64 // m/s
	Course float64 // degrees
	// Other: it speaks over the connection of a device of its own, not over one in the name of the aircraft.
	Other bool
	Since time.Duration
}

// Kinds is the written list of faults.
var Kinds = []Kind{
	linkLoss,
	burstAfterLoss,
	outOfOrder,
	duplicate,
	clockSkew,
	gpsDrift,
	gpsJump,
	accuracyLie,
	freeze,
	zoneBreach,
	graze,
	altitudeBust,
	windGust,
	batteryDrop,
	planOverrun,
	noPlan,
	rogue,
	idClone,
	emergency,
	c2Loss,
	gatewayDown,
	brokerRestart,
}

// ByName answers the kind of fault of that name.
func ByName(name string) (Kind, bool) { return named(Kinds, name) }

// CommandByName answers the kind of command of that name.
func CommandByName(name string) (Kind, bool) { return named(Commands, name) }

func named(list []Kind, name string) (Kind, bool) {
	for _, k := range list {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
