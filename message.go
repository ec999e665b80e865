package lowsky

import "time"

type (
	// AircraftID is the identifier an aircraft reports under: [A-Za-z0-9._-]{1,64}.
	AircraftID string
	// SourceID names who relays reports, taken from the message and stable across reconnects: a gateway id, a DJI
	// gateway serial, or "direct:"+aircraft where the aircraft reports by itself. It is not a connection.
	SourceID string
	// Format names a wire format: "native", "dji".
	Format string
)

// Message is what a decoder yields: one of *TelemetryReport, *TrafficReport, *StationReport, *Topology, *DeviceEvent,
// *DeviceRequest. A message is not changed after it was decoded.
type Message interface{ message() }

// FlightStatus is what the aircraft says about itself.
type FlightStatus string

const (
	StatusUnknown   FlightStatus = ""
	StatusGround    FlightStatus = "ground"
	StatusAirborne  FlightStatus = "airborne"
	StatusEmergency FlightStatus = "emergency" // declared by the crew or the aircraft; counts as airborne
)

// TelemetryReport is one decoded report of one aircraft. Absent fields stay absent: a partial document is a report
// with few fields.
type TelemetryReport struct {
	Aircraft   AircraftID // "" where the wire names only the gateway (DJI drc/up): join it by Source, or drop it
	Source     SourceID
	Format     Format
	MeasuredAt time.Time // the device's clock, UTC; zero where it sent none. A wrong clock is kept as sent
	ReceivedAt time.Time // our clock at arrival, UTC
	// Digest is a checksum (CRC-32C) of the bytes the report was read from. Together with Aircraft, MeasuredAt and Source it
	// tells a redelivery from another part of the same instant: a dock spreads one state over several documents.
	Digest   uint32
	BackFill bool // an element of an array that is not its newest: stored and judged as late

	Position           Opt[Position]
	GroundSpeed        Opt[MetresPerSecond]
	Course             Opt[Degrees]         // over ground, [0, 360)
	Heading            Opt[Degrees]         // of the nose, [0, 360)
	VerticalSpeed      Opt[MetresPerSecond] // up positive
	HorizontalAccuracy Opt[Metres]          // 1 sigma as reported
	VerticalAccuracy   Opt[Metres]
	Battery            Opt[Percent]
	ReturnNeed         Opt[Percent] // battery the aircraft says it needs to return (DJI return_home_power)
	Link               Opt[Percent]
	Status             Opt[FlightStatus]
	ForcedLanding      bool      // DJI forced landing or three-blade landing: an emergency by itself
	C2Lost             Opt[bool] // the device itself reports its command-and-control link lost
	Pilot              Opt[Position]
	// TakeoffHAE is the ellipsoidal height of the take-off point where the wire tells it (DJI: height − elevation).
	TakeoffHAE Opt[Metres]
	Home       Opt[Position] // return point as the aircraft holds it, without height
	Mode       string        // flight mode as the vendor names it, for people
	Model      string        // as the vendor names it; "" unknown
	Scenario   Scenario
	Plan       string // plan_id as sent
	Simulated  bool   // sent by the simulator's own credential and flagged so; consoles mark it 演示
}

// TrafficReport is crewed traffic, seen by an aircraft's ADS-B receiver or a surveillance source.
type TrafficReport struct {
	Traffic    string // ICAO address or the source's track id
	Source     SourceID
	SeenBy     AircraftID
	MeasuredAt time.Time
	ReceivedAt time.Time
	Position   Position
	// PressureAltitude is above 1013.25 hPa; it is a height only together with a QNH.
	PressureAltitude Opt[Metres]
	GroundSpeed      Opt[MetresPerSecond]
	Course           Opt[Degrees]
	VerticalSpeed    Opt[MetresPerSecond]
	WarningLevel     int // DJI airsense 0 … 4, 3 and above: give way
	Category         string
}

// StationKind says what a station is; a partial document may not tell.
type StationKind string

const (
	StationUnknown StationKind = ""
	StationDock    StationKind = "dock"
	// StationRemote is a remote controller: its position is the pilot's, for every aircraft whose Source it is.
	StationRemote StationKind = "remote_controller"
	// StationWeather is a weather station or mast.
	StationWeather StationKind = "weather"
)

// StationReport is a dock or a weather mast: where it is, what it measures, whether the aircraft is inside.
type StationReport struct {
	Station     string
	Kind        StationKind
	Source      SourceID
	MeasuredAt  time.Time
	ReceivedAt  time.Time
	Position    Opt[Position]
	Aircraft    AircraftID // the aircraft the dock is paired with; "" unknown
	DroneInDock Opt[bool]
	WindSpeed   Opt[MetresPerSecond]
	Rain        Opt[int]     // 0 none, 1 light, 2 moderate, 3 heavy
	Temperature Opt[float64] // °C, outside
	Humidity    Opt[Percent]
	QNH         Opt[float64] // hPa, reduced to mean sea level
	Mode        string
}

// Topology says which gateway is up and which aircraft hang on it.
type Topology struct {
	Gateway    SourceID
	ReceivedAt time.Time
	Online     bool         // a gateway status "offline" is false
	Complete   bool         // Aircraft is the full list: an aircraft missing from it is offline
	Aircraft   []AircraftID // with a native gateway status: empty and Complete false
	Model      string
	Models     []string // of Aircraft, in the same order, as the vendor names them; nil unknown
}

// DeviceEvent is something a device tells once: an HMS alarm list, a task's progress.
type DeviceEvent struct {
	Gateway    SourceID
	Aircraft   AircraftID // "" where the event is the gateway's
	Method     string
	MeasuredAt time.Time
	ReceivedAt time.Time
	NeedReply  bool
	Tid, Bid   string
	// HMS is the complete list of alarms when Method is "hms": one missing from the next list is cleared.
	HMS      []HMSAlarm
	Progress Opt[int] // percent
	Status   string   // of the task, as sent
	Result   int      // as sent, 0 is success
}

// HMSAlarm is one entry of a DJI health list.
type HMSAlarm struct {
	Code     string
	Level    int // 0 notice, 1 reminder, 2 warning
	InTheSky bool
	Imminent bool
}

// DeviceRequest asks the platform for something; the device may wait for the answer.
type DeviceRequest struct {
	Gateway    SourceID
	Method     string
	MeasuredAt time.Time
	ReceivedAt time.Time
	Tid, Bid   string
	Data       []byte // the request's data as received, JSON; nil where absent
}

func (*TelemetryReport) message() {}
func (*TrafficReport) message()   {}
func (*StationReport) message()   {}
func (*Topology) message()        {}
func (*DeviceEvent) message()     {}
func (*DeviceRequest) message()   {}

// Scenario is one of the six applications; "" is unknown.
type Scenario string

const (
	Wellness    Scenario = "wellness"    // 低空+生态康养
	Rescue      Scenario = "rescue"      // 应急救援
	City        Scenario = "city"        // 城市治理
	Logistics   Scenario = "logistics"   // 物流
	Agriculture Scenario = "agriculture" // 农林植保
	Tourism     Scenario = "tourism"     // 文旅
)

// Scenarios is all of them, in the order in which consoles list them.
var Scenarios = []Scenario{Wellness, Rescue, City, Logistics, Agriculture, Tourism}
