package simulator

import (
	"cmp"
	"math"
	"time"

	"lowsky"
	"lowsky/simulator/faults"
)

// Scenario is a scenario file after it was read and checked. It is not changed afterwards; several engines may fly it
// at once.
type Scenario struct {
	File string
	ID   string
	Name lowsky.Text
	Seed uint64
	// Duration is the length of the script: faults and expectations lie within it.
	Duration time.Duration
	// Repeat starts the script again that long after its last start, for ever; 0 plays it once. At least Duration.
	Repeat time.Duration
	// Start is the instant of the virtual clock at which the run begins.
	Start time.Time
	// Region names the region pack whose zones of the demo are in force too; "" none.
	Region       string
	Demo         bool // its register entries are marked Demo
	Organisation lowsky.OrganisationID
	// Geoid is the height of mean sea level above the ellipsoid, metres: HAE = AMSL + Geoid. About -14 m at Xianning.
	Geoid float64
	// Ground is what the platform knows of the ground; nil: nothing.
	Ground   *KnownGround
	Noise    Noise
	Weather  Weather
	Zones    []*lowsky.Zone
	Plans    []*Plan
	Profiles map[string]*Profile
	Gateways []*Gateway
	Aircraft []*Aircraft // swarms are written out
	Traffic  []*Traffic
	Commands []*Command
	Faults   []*Fault
	Expect   []Expectation
	Forbid   []Expectation // alerts that must not come; Severity is the lowest that counts
	Only     bool          // nothing may come besides what Expect names
}

// KnownGround is flat ground of which the platform knows the height, to ± Accuracy.
type KnownGround struct {
	HAE      float64 // above the ellipsoid, metres
	Accuracy float64 // metres
}

// Weather of the whole run. Wind is what the air does to the aircraft; the pressure is reported by a weather station.
type Weather struct {
	WindFrom  float64 // degrees from true north
	WindSpeed float64 // m/s
	Gust      float64 // sigma of the gusts on top, m/s, 1 s to 10 s long
	QNH       float64 // hPa, 0: no station reports any
}

// Plan is the filed intention of one aircraft; those that fly one together have a Plan each, with the same ID. Until plans
// are part of the platform it is what the aircraft names in its reports between From and Until.
type Plan struct {
	ID       string
	Aircraft *Aircraft
	From     time.Duration
	Until    time.Duration
	line     int
}

// Traffic is a crewed aircraft that a surveillance source sees: straight lines through its points at a constant speed,
// then gone.
type Traffic struct {
	ID       string // ICAO address, six hex digits
	Callsign string
	Source   lowsky.SourceID
	Speed    float64 // m/s
	Interval time.Duration
	Start    time.Duration
	// Path: AMSL heights in the place of AGL.
	Path     []Waypoint
	Pressure bool // it reports a pressure altitude instead of a geometric height
	line     int
}

// Command is what somebody orders of an aircraft at a time. The order holds until another or Until.
type Command struct {
	Kind     faults.Kind
	Aircraft *Aircraft
	At, For  time.Duration
	Params   faults.Params
	file     string
	field    string
	line     int
}

// Noise of reported positions: a first-order Gauss–Markov error with time constant Tau plus a white one, 1 sigma in
// metres, each horizontal axis by itself.
type Noise struct {
	Horizontal, Vertical, White float64
	Tau                         time.Duration
	Speed                       float64       // of the reported speeds, m/s
	Loss                        float64       // share of the reports that get lost on the way, 0 … 1
	Latency, Jitter             time.Duration // from measured to received: Latency, and up to Jitter on top
}

// Sigma answers the total error of one horizontal axis, and of the height: 1 sigma, metres.
func (n Noise) Sigma() (horizontal, vertical float64) {
	return math.Hypot(n.Horizontal, n.White), math.Hypot(n.Vertical, n.White)
}

// Profile is a type of aircraft: what it is, and the limits its motion keeps.
type Profile struct {
	Name         string
	Class        lowsky.Class
	Agricultural bool
	Model        string
	Speed        float64       // cruise, m/s; also the most it ever flies
	Acceleration float64       // along the track, m/s²
	Climb, Sink  float64       // m/s, both positive
	Turn         float64       // of the course, degrees/s
	Endurance    time.Duration // from 100 % to 0 % in flight
	ReturnAt     float64       // percent of battery at which it flies straight home
}

// Gateway relays reports: a native one with a retained status, or a DJI dock.
type Gateway struct {
	ID     lowsky.SourceID
	Wire   lowsky.Format
	Name   lowsky.Text
	Model  string
	At     Point
	Ground float64 // ellipsoidal height of the ground there, metres
	line   int
}

// Aircraft is one aircraft of the fleet.
type Aircraft struct {
	ID           lowsky.AircraftID
	Name         lowsky.Text
	Scenario     lowsky.Scenario
	Profile      *Profile
	ContactName  string
	ContactPhone string
	Wire         lowsky.Format
	Gateway      *Gateway // nil: it reports by itself
	Interval     time.Duration
	Organisation lowsky.OrganisationID // that operates it; the scenario's unless it says otherwise
	OtherIDs     []lowsky.AircraftID   // the register knows it by these too
	Swarm        string                // "" or the name of the swarm that it is one of
	// Heights are the datums it reports heights in.
	Heights Heights
	// Accuracies says whether it reports how accurate its positions are.
	Accuracies bool
	Home       Point
	Ground     float64 // ellipsoidal height of the ground under the whole flight (flat), metres
	Mission    Mission
	line       int
}

// Heights are the datums in which an aircraft reports its height. A DJI one reports those of its protocol whatever this says.
type Heights struct{ HAE, AMSL, AGL, AboveTakeoff bool }

// Mission is what an aircraft does over and over: take off, fly Legs Laps times, fly home, land, change the battery.
type Mission struct {
	Legs []Leg
	Laps int
	// Start of the first mission; before 0 it is under way when the run begins.
	Start time.Duration
	// Every is the time from one take-off to the next; 0: Turnaround after each landing. A flight still under way at
	// its next take-off time takes the one after.
	Every      time.Duration
	Turnaround time.Duration
}

// Leg is one piece of a mission; exactly one of its shapes is set.
type Leg struct {
	Speed     float64    // m/s; 0: the profile's
	Waypoints []Waypoint // flown in order
	Orbit     *Orbit
	Lanes     *Lanes
	Hover     *Hover
	Land      *Land
	Grid      *Grid
	Parcels   *Parcels
	line      int
}

// Waypoint is a place at a height above ground.
type Waypoint struct {
	At  Point
	AGL float64
}

// Orbit is a circle flown Turns times, clockwise or not.
type Orbit struct {
	Centre  Point
	Radius  float64
	AGL     float64
	Turns   int
	Reverse bool
}

// Lanes is back and forth over a field or a grid: Count parallel lanes of Length, Spacing apart, the first from From in
// direction Course, the next ones to its right.
type Lanes struct {
	From            Point
	Course          float64
	Length, Spacing float64
	Count           int
	AGL             float64
}

// Grid is a survey of a rectangle in both directions: lanes along Course, then lanes across it. From is one corner, Length
// goes along Course, Width to its right.
type Grid struct {
	From                   Point
	Course                 float64
	Length, Width, Spacing float64
	AGL                    float64
}

// Parcels is a loop over pads: at each it lands and stays for Stay.
type Parcels struct {
	Pads []Point
	AGL  float64
	Stay time.Duration
}

// Hover is a stay at one place.
type Hover struct {
	At  Point
	AGL float64
	For time.Duration
}

// Land is a landing at a pad with a stay on the ground; it flies there at AGL.
type Land struct {
	At  Point
	AGL float64
	For time.Duration
}

// Fault is something that happens to one aircraft or gateway from At for For.
type Fault struct {
	Kind     faults.Kind
	Aircraft *Aircraft // nil for a gateway's, and for one of the broker or the air
	Gateway  *Gateway
	At, For  time.Duration
	Params   faults.Params
	line     int
}

// Expectation is an alert that must come: raised within [From, Until] of the script's start, with Severity as the
// highest it reaches. It may come again within the window: once is enough, and every repeat counts as expected.
type Expectation struct {
	Object   lowsky.Object
	Hazard   lowsky.Hazard
	Subject  lowsky.Subject
	Severity lowsky.Severity
	From     time.Duration
	Until    time.Duration
	// Level is the variant of the finding that is meant; "" any.
	Level string
	File  string
	Line  int
}

// Register answers the register entries of the fleet, in file order: every aircraft but those a rogue fault keeps out.
// Jurisdictions, UpdatedAt and the phone, which is sealed with
// a key that the simulator does not have, are left for the caller.
func (s *Scenario) Register() []*lowsky.Aircraft {
	unregistered := map[lowsky.AircraftID]bool{}
	for _, f := range s.Faults {
		var k faults.Knobs
		f.Kind.Apply(&k, f.Params, 0)
		if k.Unregistered && f.Aircraft != nil {
			unregistered[f.Aircraft.ID] = true
		}
	}
	out := make([]*lowsky.Aircraft, 0, len(s.Aircraft))
	for _, a := range s.Aircraft {
		if unregistered[a.ID] {
			continue
		}
		out = append(out, &lowsky.Aircraft{
			ID: a.ID, Class: a.Profile.Class, Agricultural: a.Profile.Agricultural, Model: a.Profile.Model,
			Name: a.Name, Scenario: a.Scenario, ContactName: a.ContactName,
			Demo: s.Demo, Organisation: cmp.Or(a.Organisation, s.Organisation),
		})
	}
	return out
}
