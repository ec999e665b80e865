package openair

import (
	"math"
	"strconv"
	"strings"

	"lowsky"
)

const (
	foot         = 0.3048
	nauticalMile = 1852.0
)

// limit is an upper or lower limit as read.
type limit struct {
	altitude  lowsky.Altitude
	ground    bool // GND, SFC
	unlimited bool
	assumed   bool // a number without a reference: above mean sea level
}

// parseLimit reads a limit: GND, SFC, UNL, "FL 95", "FL095", "2000 MSL", "2000ft AMSL", "500 AGL", "300m AGL",
// "19501ft STD". A number without a unit is in feet, one without a reference above mean sea level, which for aviation is
// EGM-96 (ICAO Annex 15). FL and STD are pressure altitude. false: not understood.
func parseLimit(s string) (limit, bool) {
	s = strings.ToUpper(strings.Join(strings.Fields(s), " "))
	switch s {
	case "GND", "SFC", "GROUND", "SURFACE", "0 AGL", "0FT AGL", "0 FT AGL", "0 GND", "0 SFC":
		return limit{ground: true, altitude: lowsky.Altitude{Datum: lowsky.AGL, Feet: true}}, true
	case "UNL", "UNLIM", "UNLTD", "UNLIMITED":
		return limit{unlimited: true}, true
	}
	rest, level := strings.CutPrefix(s, "FL")
	number, rest, ok := leadingNumber(strings.TrimSpace(rest))
	if !ok {
		return limit{}, false
	}
	rest = strings.TrimSpace(rest)
	if level {
		if rest != "" && rest != "STD" {
			return limit{}, false
		}
		return limit{altitude: lowsky.Altitude{Metres: lowsky.Metres(number * 100 * foot), Datum: lowsky.PressureISA, Feet: true}}, true
	}
	a := lowsky.Altitude{Metres: lowsky.Metres(number * foot), Feet: true}
	reference := rest
	for _, unit := range [...]struct {
		word   string
		metres bool
	}{{"FEET", false}, {"FT", false}, {"F", false}, {"METRES", true}, {"METERS", true}, {"M", true}} {
		tail, found := strings.CutPrefix(rest, unit.word)
		if !found || tail != "" && tail[0] >= 'A' && tail[0] <= 'Z' && !isReference(tail) || unit.word == "M" && strings.HasPrefix(rest, "MSL") {
			continue
		}
		if unit.metres {
			a = lowsky.Altitude{Metres: lowsky.Metres(number)}
		}
		reference = strings.TrimSpace(tail)
		break
	}
	l := limit{altitude: a}
	switch reference {
	case "MSL", "AMSL", "ALT":
		l.altitude.Datum, l.altitude.Geoid = lowsky.AMSL, lowsky.EGM96
	case "":
		l.altitude.Datum, l.altitude.Geoid, l.assumed = lowsky.AMSL, lowsky.EGM96, true
	case "AGL", "ASFC", "GND", "SFC":
		l.altitude.Datum = lowsky.AGL
	case "STD":
		l.altitude.Datum = lowsky.PressureISA
	default:
		return limit{}, false
	}
	return l, true
}

func isReference(s string) bool {
	switch s {
	case "MSL", "AMSL", "ALT", "AGL", "ASFC", "GND", "SFC", "STD":
		return true
	}
	return false
}

// leadingNumber splits a decimal number off the front.
func leadingNumber(s string) (v float64, rest string, ok bool) {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' || n == 0 && (s[n] == '-' || s[n] == '+')) {
		n++
	}
	v, err := strconv.ParseFloat(s[:n], 64)
	return v, s[n:], err == nil && !math.IsInf(v, 0)
}
