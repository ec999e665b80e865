package openair

import (
	"strings"

	"github.com/paulmach/orb"
)

// parsePosition reads "52:10:47 N 005:13:38 E" and its relatives: degrees, degrees and minutes, or degrees, minutes and
// seconds, the last part with a fraction, divided by colons or the signs ° ' ", the hemisphere after the number with or
// without a space, in either order of latitude and longitude. rest is what follows.
func parsePosition(s string) (p orb.Point, rest string, ok bool) {
	var have [2]bool
	rest = s
	for range 2 {
		v, hemisphere, tail, ok := parseAngle(rest)
		if !ok {
			return orb.Point{}, s, false
		}
		axis, most := 0, 180.0
		if hemisphere == 'N' || hemisphere == 'S' {
			axis, most = 1, 90
		}
		if hemisphere == 'S' || hemisphere == 'W' {
			v = -v
		}
		if have[axis] || v < -most || v > most {
			return orb.Point{}, s, false
		}
		p[axis], have[axis], rest = v, true, tail
		if !have[0] || !have[1] {
			rest = strings.TrimLeft(rest, " \t,")
		}
	}
	return p, rest, true
}

// parseAngle reads one angle with its hemisphere, a letter of NSEW. Minutes and seconds are below 60, or 60 itself, which
// rounding makes.
func parseAngle(s string) (v float64, hemisphere byte, rest string, ok bool) {
	rest = strings.TrimLeft(s, " \t")
	scale := 1.0
	for part := 0; ; part++ {
		if part == 3 || rest == "" || rest[0] < '0' || rest[0] > '9' {
			return 0, 0, s, false
		}
		x, tail, good := leadingNumber(rest)
		if !good || part > 0 && x > 60 || x > 180 {
			return 0, 0, s, false
		}
		whole := !strings.Contains(rest[:len(rest)-len(tail)], ".")
		v += x * scale
		scale /= 60
		rest = tail
		more := false
		for _, sign := range [...]string{":", "°", "'", "′", "\"", "″"} {
			if t, found := strings.CutPrefix(rest, sign); found {
				rest, more = t, true
				break
			}
		}
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return 0, 0, s, false
		}
		if c := rest[0] &^ 0x20; c == 'N' || c == 'S' || c == 'E' || c == 'W' {
			return v, c, rest[1:], true
		}
		if !more || !whole {
			return 0, 0, s, false
		}
	}
}
