package dji

import (
	"lowsky"
	"lowsky/ingest/wire"
)

// eventMethod answers the method, or guesses it: DJI's own examples of hms and airsense_warning have none.
func (m *message) eventMethod() string {
	if m.method != "" || len(m.data) == 0 {
		return m.method
	}
	if m.data[0] == '[' {
		return "airsense_warning"
	}
	method := ""
	member(m.data, func(s *wire.Scanner, key []byte) {
		switch string(key) {
		case "list":
			method = "hms"
		case "icao":
			method = "airsense_warning"
		}
		s.Skip()
	})
	return method
}

// requestMethod answers the method, or guesses it: DJI's own examples of airport_* have none.
func (m *message) requestMethod() string {
	if m.method != "" {
		return m.method
	}
	method := ""
	member(m.data, func(s *wire.Scanner, key []byte) {
		switch string(key) {
		case "devices":
			method = "airport_bind_status"
		case "bind_devices":
			method = "airport_organization_bind"
		case "device_binding_code":
			method = "airport_organization_get"
		case "config_type":
			method = MethodConfig
		}
		s.Skip()
	})
	return method
}

func (m *message) events() []lowsky.Message {
	switch method := m.eventMethod(); method {
	case "hms":
		return []lowsky.Message{m.hms()}
	case "airsense_warning":
		return m.airsense()
	default:
		ev := m.event(method)
		m.progress(ev)
		return []lowsky.Message{ev}
	}
}

// hms reads the list of alarms. It is the complete list: HMS is never nil.
func (m *message) hms() *lowsky.DeviceEvent {
	ev := m.event("hms")
	ev.HMS = []lowsky.HMSAlarm{}
	member(m.data, func(s *wire.Scanner, key []byte) {
		if string(key) != "list" {
			s.Skip()
			return
		}
		elements(s, func(s *wire.Scanner) {
			var a lowsky.HMSAlarm
			var level lowsky.Opt[int]
			members(s, func(s *wire.Scanner, key []byte) {
				switch string(key) {
				case "code":
					a.Code = s.LooseText(maxText)
				case "level":
					code(s, &level, m.notes)
				case "in_the_sky":
					v, _ := s.Loose()
					a.InTheSky = v != 0
				case "imminent":
					v, _ := s.Loose()
					a.Imminent = v != 0
				default: // module, device_type, args
					s.Skip()
				}
			})
			a.Level = level.Value
			if len(ev.HMS) < maxAlarms {
				ev.HMS = append(ev.HMS, a)
			} else {
				m.notes.Dropped++
			}
		})
	})
	return ev
}

// progress reads how a task goes: flighttask_progress and its like wrap it in output, fly_to_point_progress and its
// like do not.
func (m *message) progress(ev *lowsky.DeviceEvent) {
	var result, percent lowsky.Opt[int]
	read := func(s *wire.Scanner, key []byte) {
		switch string(key) {
		case "result":
			code(s, &result, m.notes)
		case "status":
			ev.Status = s.LooseText(maxText)
		case "percent":
			code(s, &percent, m.notes)
		default:
			s.Skip()
		}
	}
	member(m.data, func(s *wire.Scanner, key []byte) {
		switch string(key) {
		case "output":
			members(s, func(s *wire.Scanner, key []byte) {
				if string(key) == "progress" {
					members(s, read)
					return
				}
				read(s, key)
			})
		default:
			read(s, key)
		}
	})
	ev.Result = result.Value
	if percent.OK && percent.Value >= 0 && percent.Value <= 100 {
		ev.Progress = percent
	}
}

// airsense reads crewed aircraft that the ADS-B receiver of an aircraft has seen. One without a place is left out.
func (m *message) airsense() []lowsky.Message {
	var msgs []lowsky.Message
	s := wire.NewScanner(m.data)
	if len(m.data) == 0 {
		return nil
	}
	elements(&s, func(s *wire.Scanner) {
		var lat, lon, heading lowsky.Opt[lowsky.Degrees]
		var altitude lowsky.Opt[lowsky.Metres]
		var level, datum lowsky.Opt[int]
		t := &lowsky.TrafficReport{Source: m.source(), MeasuredAt: m.at, ReceivedAt: m.received}
		members(s, func(s *wire.Scanner, key []byte) {
			switch string(key) {
			case "icao":
				t.Traffic = s.LooseText(maxText)
			case "latitude":
				within(s, -90, 90, &lat, m.notes)
			case "longitude":
				within(s, -180, 180, &lon, m.notes)
			case "altitude":
				within(s, -1000, 40000, &altitude, m.notes)
			case "altitude_type":
				code(s, &datum, m.notes)
			case "heading":
				within(s, -360, 360, &heading, m.notes)
			case "warning_level":
				code(s, &level, m.notes)
			default: // relative_altitude, vert_trend, distance
				s.Skip()
			}
		})
		t.Position = lowsky.Position{Longitude: lon.Value, Latitude: lat.Value}
		if !lat.OK || !lon.OK || t.Position.Check() != nil || len(msgs) >= maxTraffic {
			m.notes.Dropped++
			return
		}
		if t.Traffic == "" {
			t.Traffic = "airsense"
		}
		if m.gateway != "" && string(m.gateway) != m.sn {
			t.SeenBy = lowsky.AircraftID(m.sn)
		}
		switch {
		case datum.OK && datum.Value == 0:
			t.Position.HAE = altitude
		case datum.OK && datum.Value == 1:
			t.Position.AMSL = altitude
		}
		t.Course = degrees(heading)
		t.WarningLevel = level.Value
		msgs = append(msgs, t)
	})
	return msgs
}
