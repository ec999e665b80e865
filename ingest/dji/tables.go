package dji

import (
	"strconv"

	"lowsky"
	"lowsky/ingest/wire"
)

// mode is what a mode_code means to us.
type mode struct {
	name   string
	status lowsky.FlightStatus // StatusUnknown: says nothing
	forced bool                // a landing that nobody chose
}

// modes is the mode_code of an aircraft (device-protocols §1.4). Which are airborne is our reading of the names.
var modes = map[int]mode{
	0:  {"standby", lowsky.StatusGround, false},
	1:  {"take_off_preparation", lowsky.StatusGround, false},
	2:  {"take_off_ready", lowsky.StatusGround, false},
	3:  {"manual", lowsky.StatusAirborne, false},
	4:  {"auto_take_off", lowsky.StatusAirborne, false},
	5:  {"wayline", lowsky.StatusAirborne, false},
	6:  {"panorama", lowsky.StatusAirborne, false},
	7:  {"tracking", lowsky.StatusAirborne, false},
	8:  {"adsb_avoidance", lowsky.StatusAirborne, false},
	9:  {"return_home", lowsky.StatusAirborne, false},
	10: {"auto_landing", lowsky.StatusAirborne, false},
	11: {"forced_landing", lowsky.StatusAirborne, true},
	12: {"three_blade_landing", lowsky.StatusAirborne, true},
	13: {"upgrading", lowsky.StatusGround, false},
	14: {"not_connected", lowsky.StatusUnknown, false},
	15: {"apas", lowsky.StatusAirborne, false},
	16: {"virtual_stick", lowsky.StatusAirborne, false},
	17: {"live_flight_controls", lowsky.StatusAirborne, false},
	18: {"airborne_rtk_fixing", lowsky.StatusAirborne, false},
	19: {"dock_address_selecting", lowsky.StatusAirborne, false},
	20: {"point_of_interest", lowsky.StatusAirborne, false},
}

// modeOf answers an unknown code by its number: newer firmware has more.
func modeOf(code int) mode {
	if m, ok := modes[code]; ok {
		return m
	}
	return mode{name: "mode_" + strconv.Itoa(code)}
}

var dockModes = map[int]string{0: "idle", 1: "on_site_debug", 2: "remote_debug", 3: "firmware_upgrade", 4: "working"}

func dockMode(code int) string {
	if m, ok := dockModes[code]; ok {
		return m
	}
	return "mode_" + strconv.Itoa(code)
}

// c2Lost reads mode_code_reason. 6 is the control link lost. 0 (none), 4 (button on the controller), 5 (app) and 18
// (flown by hand) cannot be while it is. The others, among them the stages of a return that a lost link began, say
// nothing about it.
func c2Lost(reason int) lowsky.Opt[bool] {
	switch reason {
	case 6:
		return lowsky.Some(true)
	case 0, 4, 5, 18:
		return lowsky.Some(false)
	}
	return lowsky.Opt[bool]{}
}

// model is domain-type-sub_type, DJI's device_model_key.
type model struct {
	domain, kind, sub lowsky.Opt[int]
	gateway           bool // the device is a gateway: without a domain it is a remote controller or a dock
}

// read reads one key of a device in a topology; false: not one of the model's.
func (m *model) read(s *wire.Scanner, key []byte) bool {
	var none wire.Notes
	switch string(key) {
	case "domain":
		code(s, &m.domain, &none)
	case "type":
		code(s, &m.kind, &none)
	case "sub_type":
		code(s, &m.sub, &none)
	default: // device_secret, nonce, thing_version, version, index: never kept
		s.Skip()
		return false
	}
	return true
}

// models is data: a model that is not here is shown by its key.
var models = map[string]string{
	"0-60-0": "M300 RTK", "0-67-0": "M30", "0-67-1": "M30T", "0-77-0": "Mavic 3E", "0-77-1": "Mavic 3T", "0-77-2": "Mavic 3M",
	"0-89-0": "M350 RTK", "0-91-0": "M3D", "0-91-1": "M3TD",
	"2-56-0": "Smart Controller", "2-119-0": "RC Plus", "2-144-0": "RC Pro",
	"3-1-0": "Dock", "3-2-0": "Dock 2",
}

// name answers the model's name, its key where it is unknown, "" where there is no type. Older firmware sends no
// domain: an aircraft's is 0, and a gateway's type tells dock (1, 2) from controller.
func (m *model) name() string {
	if !m.kind.OK {
		return ""
	}
	domain := m.domain.Value
	if !m.domain.OK && m.gateway {
		domain = 2
		if m.kind.Value < 50 {
			domain = 3
		}
	}
	key := strconv.Itoa(domain) + "-" + strconv.Itoa(m.kind.Value) + "-" + strconv.Itoa(m.sub.Value)
	if name, ok := models[key]; ok {
		return name
	}
	return key
}

// kinds notes which sort of device sends such a key.
func (f *fields) kinds(key []byte) {
	switch string(key) {
	case "attitude_head", "attitude_pitch", "attitude_roll", "elevation", "horizontal_speed", "vertical_speed", "gear",
		"battery", "home_distance", "home_latitude", "home_longitude", "height_limit", "distance_limit_status", "rid_state",
		"cameras", "total_flight_time", "total_flight_distance", "total_flight_sorties", "track_id", "mode_code_reason",
		"obstacle_avoidance", "night_lights_state", "rth_altitude", "rc_lost_action", "wind_direction",
		"is_near_height_limit", "is_near_area_limit", "speed_x":
		f.aircraft = true
	case "drone_in_dock", "cover_state", "putter_state", "rainfall", "environment_temperature", "sub_device",
		"flighttask_step_code", "job_number", "acc_time", "drone_charge_state", "supplement_light_state",
		"emergency_stop_state", "alternate_land_point", "network_state", "air_conditioner", "electric_supply_voltage",
		"working_voltage", "working_current", "backup_battery", "battery_store_mode", "drone_battery_maintenance_info",
		"media_file_detail", "first_power_on", "home_position_is_valid", "alarm_state":
		f.dock = true
	case "capacity_percent": // at the top level only a remote controller's
		f.remote = true
	}
}

// known are keys of OSD and state that are documented and not used.
var known = func() map[string]bool {
	k := map[string]bool{}
	for _, key := range []string{
		"attitude_pitch", "attitude_roll", "gear", "home_distance", "height_limit", "distance_limit_status", "rid_state",
		"cameras", "total_flight_time", "total_flight_distance", "total_flight_sorties", "track_id", "obstacle_avoidance",
		"night_lights_state", "rth_altitude", "rc_lost_action", "wind_direction", "is_near_height_limit",
		"is_near_area_limit", "cover_state", "putter_state", "flighttask_step_code", "job_number", "acc_time",
		"drone_charge_state", "supplement_light_state", "emergency_stop_state", "alternate_land_point", "network_state",
		"air_conditioner", "electric_supply_voltage", "working_voltage", "working_current", "backup_battery",
		"battery_store_mode", "drone_battery_maintenance_info", "media_file_detail", "first_power_on",
		"home_position_is_valid", "alarm_state", "capacity_percent", "activation_time", "maintain_status", "storage",
		"position_state", "firmware_version", "wireless_link", "temperature", "humidity", "country", "payload", "heading",
		"exit_wayline_when_rc_lost", "control_source", "low_battery_warning_threshold", "current_rth_mode", "live_status",
		"dongle_infos", "wireless_link_topo", "best_link_gateway", "live_capacity", "speed_z", "gimbal_pitch",
		"gimbal_roll", "gimbal_yaw",
	} {
		k[key] = true
	}
	return k
}()
