package score

import (
	"math"

	"lowsky"
	"lowsky/simulator"
)

// nearZone is how far from the tracks a zone still shows, metres.
const nearZone = 300.0

// outlinesNear answers the outlines of the zone that a finding is about, and of the others near its tracks.
func outlinesNear(s *simulator.Scenario, f *lowsky.ScoreFinding) []lowsky.ScoredOutline {
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, t := range f.Tracks {
		for _, fix := range t.Truth {
			west, east = min(west, fix.Longitude), max(east, fix.Longitude)
			south, north = min(south, fix.Latitude), max(north, fix.Latitude)
		}
	}
	byLat := nearZone / metresPerDegree
	byLon := byLat / math.Cos(south*math.Pi/180)
	out := []lowsky.ScoredOutline{}
	for _, z := range s.Zones {
		own := f.Subject.Kind == lowsky.ObjectZone && f.Subject.ID == string(z.ID)
		if !own && len(out) >= zonesPerMap-1 {
			continue
		}
		o := outlineOf(z)
		w, e, so, n := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for _, ring := range o.Rings {
			for _, c := range ring {
				w, e, so, n = min(w, c[0]), max(e, c[0]), min(so, c[1]), max(n, c[1])
			}
		}
		if own || w <= east+byLon && e >= west-byLon && so <= north+byLat && n >= south-byLat {
			out = append(out, o)
		}
	}
	return out
}

// outlineOf answers a zone's outline: a circle as 48 corners, a corridor as one ring round it, both widened by the zone's
// buffer; polygons as they are.
func outlineOf(z *lowsky.Zone) lowsky.ScoredOutline {
	o := lowsky.ScoredOutline{ID: z.ID, Rings: [][][2]float64{}}
	wider := float64(z.Buffer.Or(0))
	for i := range z.VolumeCount() {
		g := z.Volume(i).Geometry
		switch {
		case g.IsCircle():
			o.Rings = append(o.Rings, arc(nil, g.Centre[0], g.Centre[1], float64(g.Radius)+wider, 0, 2*math.Pi, 48))
		case g.IsCorridor() && len(g.Line) > 1:
			o.Rings = append(o.Rings, roundLine(g.Line, float64(g.Width)/2+wider))
		default:
			for _, p := range g.Polygons {
				for _, r := range p {
					ring := make([][2]float64, 0, len(r))
					for _, c := range thin(r, cornersPerRing) {
						ring = append(ring, [2]float64{place(c[0]), place(c[1])})
					}
					o.Rings = append(o.Rings, ring)
				}
			}
		}
	}
	return o
}

// arc adds corners on a circle of a radius in metres, from an angle (from east, counterclockwise) over another.
func arc(ring [][2]float64, lon, lat, radius, from, over float64, corners int) [][2]float64 {
	perLon := metresPerDegree * math.Cos(lat*math.Pi/180)
	for i := range corners + 1 {
		s, c := math.Sincos(from + over*float64(i)/float64(max(1, corners)))
		ring = append(ring, [2]float64{place(lon + radius*c/perLon), place(lat + radius*s/metresPerDegree)})
	}
	return ring
}

// roundLine goes along a line at a distance on its right, round its end, and back along the other side.
func roundLine[P ~[2]float64, L ~[]P](line L, distance float64) [][2]float64 {
	var ring [][2]float64
	angle := func(a, b P) float64 {
		return math.Atan2(b[1]-a[1], (b[0]-a[0])*math.Cos(a[1]*math.Pi/180))
	}
	side := func(at, step int) {
		for n := 0; n < len(line)-1; n++ {
			i := at + n*step
			here := angle(line[i], line[i+step])
			from, over := here-math.Pi/2, 0.0
			if n > 0 { // round the bend, outside only; inside the two sides meet anyway
				before := angle(line[i-step], line[i])
				over = math.Remainder(here-before, 2*math.Pi)
				from = before - math.Pi/2
			}
			if over > 0 {
				ring = arc(ring, line[i][0], line[i][1], distance, from, over, 4)
			} else {
				ring = arc(ring, line[i][0], line[i][1], distance/max(0.3, math.Cos(over/2)), from+over/2, 0, 0)
			}
		}
		end := at + (len(line)-1)*step
		ring = arc(ring, line[end][0], line[end][1], distance, angle(line[end-step], line[end])-math.Pi/2, math.Pi, 12)
	}
	side(0, 1)
	side(len(line)-1, -1)
	return append(ring, ring[0])
}

// place rounds degrees to a tenth of a metre.
func place(deg float64) float64 { return math.Round(deg*1e6) / 1e6 }
