package dji

import (
	"math"

	"lowsky"
	"lowsky/ingest/wire"
)

// fields is what an OSD, state or DRC document of an aircraft, a dock or a remote controller may hold of what we use.
// Documents are partial: what is not there is absent, and the picture joins them field by field.
type fields struct {
	latitude, longitude         lowsky.Opt[lowsky.Degrees]
	height, elevation           lowsky.Opt[lowsky.Metres]
	speed, vertical             lowsky.Opt[lowsky.MetresPerSecond]
	speedX, speedY              lowsky.Opt[lowsky.MetresPerSecond]
	heading                     lowsky.Opt[lowsky.Degrees]
	battery, returnPower        lowsky.Opt[lowsky.Percent]
	mode, reason                lowsky.Opt[int]
	homeLatitude, homeLongitude lowsky.Opt[lowsky.Degrees]

	inDock      lowsky.Opt[int]
	rain        lowsky.Opt[int]
	wind        lowsky.Opt[lowsky.MetresPerSecond]
	temperature lowsky.Opt[float64]
	paired      string // serial number of the dock's aircraft

	offEarth string // key of a coordinate that no place has

	aircraft, dock, remote bool // keys that only such a device sends were seen
}

// read reads one key of data.
func (f *fields) read(s *wire.Scanner, key []byte, notes *wire.Notes) {
	if f.kinds(key); len(key) > 0 && key[0] >= '0' && key[0] <= '9' { // payload objects, "52-0-0"
		s.Skip()
		return
	}
	switch string(key) {
	case "latitude":
		f.coordinate(s, "latitude", 90, &f.latitude, notes)
	case "longitude":
		f.coordinate(s, "longitude", 180, &f.longitude, notes)
	case "height":
		within(s, -1000, 20000, &f.height, notes)
	case "elevation":
		within(s, -1000, 20000, &f.elevation, notes)
	case "horizontal_speed":
		within(s, 0, 350, &f.speed, notes)
	case "vertical_speed":
		within(s, -150, 150, &f.vertical, notes)
	case "speed_x":
		within(s, -350, 350, &f.speedX, notes)
	case "speed_y":
		within(s, -350, 350, &f.speedY, notes)
	case "attitude_head":
		within(s, -180, 360, &f.heading, notes)
	case "battery":
		f.power(s, notes)
	case "mode_code":
		code(s, &f.mode, notes)
	case "mode_code_reason":
		code(s, &f.reason, notes)
	case "home_latitude":
		within(s, -90, 90, &f.homeLatitude, notes)
	case "home_longitude":
		within(s, -180, 180, &f.homeLongitude, notes)
	case "drone_in_dock":
		code(s, &f.inDock, notes)
	case "rainfall":
		code(s, &f.rain, notes)
	case "wind_speed": // of a dock; an aircraft's is an estimate without a unit and is never used
		within(s, 0, 100, &f.wind, notes)
	case "environment_temperature":
		within(s, -90, 90, &f.temperature, notes)
	case "sub_device":
		members(s, func(s *wire.Scanner, key []byte) {
			if string(key) != "device_sn" {
				s.Skip()
				return
			}
			if sn := s.LooseText(maxText + 1); wire.ValidID(sn) {
				f.paired = sn
			}
		})
	default:
		if !known[string(key)] {
			notes.Unknown(key)
		}
		s.Skip()
	}
}

// coordinate reads a latitude or longitude. One that is off the Earth must fail the message, not vanish.
func (f *fields) coordinate(s *wire.Scanner, key string, limit float64, to *lowsky.Opt[lowsky.Degrees], notes *wire.Notes) {
	v, ok := s.Loose()
	switch {
	case !ok:
		notes.Dropped++
	case math.Abs(v) > limit:
		f.offEarth = key
	default:
		*to = lowsky.Some(lowsky.Degrees(v))
	}
}

func (f *fields) power(s *wire.Scanner, notes *wire.Notes) {
	members(s, func(s *wire.Scanner, key []byte) {
		switch string(key) {
		case "capacity_percent":
			within(s, 0, 100, &f.battery, notes)
		case "return_home_power":
			within(s, 0, 100, &f.returnPower, notes)
		default: // remain_flight_time, landing_power, batteries
			s.Skip()
		}
	})
}

// place joins the coordinates. (0,0) is no fix, and then height and elevation mean nothing either.
func place(lat, lon lowsky.Opt[lowsky.Degrees]) (lowsky.Position, bool) {
	if !lat.OK || !lon.OK || lat.Value == 0 && lon.Value == 0 {
		return lowsky.Position{}, false
	}
	return lowsky.Position{Longitude: lon.Value, Latitude: lat.Value}, true
}

// fill puts what an aircraft says into r. It answers an error for coordinates off the Earth.
func (f *fields) fill(r *lowsky.TelemetryReport, notes *wire.Notes) error {
	if f.offEarth != "" {
		return wire.Refuse(wire.ReasonRange, "data."+f.offEarth, "is off the Earth")
	}
	if p, ok := place(f.latitude, f.longitude); ok {
		p.HAE, p.AboveTakeoff = f.height, f.elevation
		r.Position = lowsky.Some(p)
		if f.height.OK && f.elevation.OK {
			r.TakeoffHAE = lowsky.Some(f.height.Value - f.elevation.Value)
		}
	}
	if p, ok := place(f.homeLatitude, f.homeLongitude); ok {
		r.Home = lowsky.Some(p)
	}
	r.GroundSpeed, r.VerticalSpeed = f.speed, f.vertical
	if f.speedX.OK && f.speedY.OK {
		r.GroundSpeed = lowsky.Some(lowsky.MetresPerSecond(math.Hypot(float64(f.speedX.Value), float64(f.speedY.Value))))
	}
	r.Heading = degrees(f.heading)
	r.Battery, r.ReturnNeed = f.battery, f.returnPower
	if f.mode.OK {
		m := modeOf(f.mode.Value)
		r.Mode, r.ForcedLanding = m.name, m.forced
		if m.status != lowsky.StatusUnknown {
			r.Status = lowsky.Some(m.status)
		}
	}
	if f.reason.OK {
		r.C2Lost = c2Lost(f.reason.Value)
	}
	return nil
}

// osd reads the regular push of any device.
func (m *message) osd() ([]lowsky.Message, error) {
	var f fields
	member(m.data, func(s *wire.Scanner, key []byte) { f.read(s, key, m.notes) })
	if m.isStation(&f) {
		return m.station(&f), nil
	}
	r := m.report(m.sn)
	if err := f.fill(r, m.notes); err != nil {
		return nil, err
	}
	return []lowsky.Message{r}, nil
}

// isStation tells a gateway's own OSD from its aircraft's. What the keys say comes first; then whether the envelope's
// gateway is the device itself. Without a gateway and without a telling key it is taken for an aircraft: better one
// too many on the map than one too few.
func (m *message) isStation(f *fields) bool {
	own := m.gateway != "" && string(m.gateway) == m.sn
	switch {
	case f.aircraft && !own:
		return false
	case f.dock || f.remote:
		return true
	case f.aircraft:
		return false
	}
	return own
}

func (m *message) station(f *fields) []lowsky.Message {
	st := &lowsky.StationReport{Station: m.sn, Source: m.source(), MeasuredAt: m.at, ReceivedAt: m.received,
		Aircraft: lowsky.AircraftID(f.paired), WindSpeed: f.wind, Temperature: f.temperature}
	if f.offEarth != "" {
		m.notes.Dropped++
	} else if p, ok := place(f.latitude, f.longitude); ok {
		p.HAE = f.height
		st.Position = lowsky.Some(p)
	}
	switch {
	case f.dock:
		st.Kind = lowsky.StationDock
		if f.mode.OK {
			st.Mode = dockMode(f.mode.Value)
		}
	case f.remote:
		st.Kind = lowsky.StationRemote
	}
	if f.inDock.OK && (f.inDock.Value == 0 || f.inDock.Value == 1) {
		st.DroneInDock = lowsky.Some(f.inDock.Value == 1)
	}
	if f.rain.OK && f.rain.Value >= 0 && f.rain.Value <= 3 {
		st.Rain = f.rain
	}
	return []lowsky.Message{st}
}

// state reads the push on change. Of a gateway there is nothing in it for us.
func (m *message) state() []lowsky.Message {
	var f fields
	member(m.data, func(s *wire.Scanner, key []byte) { f.read(s, key, m.notes) })
	if m.gateway == "" && !f.aircraft || string(m.gateway) == m.sn {
		return nil
	}
	f.offEarth, f.latitude = "", lowsky.Opt[lowsky.Degrees]{} // positions come with OSD
	r := m.report(m.sn)
	if err := f.fill(r, m.notes); err != nil {
		return nil
	}
	return []lowsky.Message{r}
}
