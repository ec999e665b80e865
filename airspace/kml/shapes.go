package kml

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"lowsky/airspace"
)

// refusal is why a placemark is no zone.
type refusal struct{ code, problem string }

func refuse(code, problem string, args ...any) *refusal {
	return &refusal{code, fmt.Sprintf(problem, args...)}
}

// shape is one geometry of a placemark.
type shape struct {
	kind    string // Polygon, LineString, Point
	rings   []orb.Ring
	heights []float64 // of all positions that have one
	bare    bool      // some position has none
	extrude bool
	mode    string // altitudeMode
}

// shapes collects the geometries of a placemark in the order of the file.
type shapes struct {
	all   []shape
	count int // positions
	other string
}

func (s *shapes) collect(n *node) *refusal {
	for _, c := range n.children {
		var r *refusal
		switch c.name {
		case "MultiGeometry":
			r = s.collect(c)
		case "Polygon":
			r = s.polygon(c)
		case "LineString", "LinearRing", "Point":
			kind := strings.Replace(c.name, "LinearRing", "LineString", 1)
			x := newShape(kind, c)
			var ring orb.Ring
			if ring, r = s.coordinates(&x, c); r == nil {
				x.rings = []orb.Ring{ring}
				r = s.add(x)
			}
		case "Model", "Track", "MultiTrack":
			s.other = c.name
		}
		if r != nil {
			return r
		}
	}
	return nil
}

func (s *shapes) add(x shape) *refusal {
	if s.all = append(s.all, x); len(s.all) > 2*airspace.MaxParts {
		return refuse("too_many", "has more than %d geometries", 2*airspace.MaxParts)
	}
	return nil
}

func newShape(kind string, n *node) shape {
	x := shape{kind: kind, mode: "clampToGround"}
	if e := n.child("extrude"); e != nil {
		v := strings.TrimSpace(e.text)
		x.extrude = v == "1" || v == "true"
	}
	if m := n.child("altitudeMode"); m != nil {
		x.mode = strings.TrimSpace(m.text)
	}
	return x
}

func (s *shapes) polygon(n *node) *refusal {
	x := newShape("Polygon", n)
	for _, border := range [...]string{"outerBoundaryIs", "innerBoundaryIs"} {
		for _, b := range n.children {
			if b.name != border {
				continue
			}
			for _, l := range b.children {
				if l.name != "LinearRing" {
					continue
				}
				if border == "outerBoundaryIs" && len(x.rings) > 0 {
					return refuse("geometry_mixed", "is a polygon with two outer rings")
				}
				if len(x.rings) > airspace.MaxParts {
					return refuse("too_many", "has more than %d rings", airspace.MaxParts)
				}
				ring, r := s.coordinates(&x, l)
				if r != nil {
					return r
				}
				x.rings = append(x.rings, ring)
			}
		}
		if len(x.rings) == 0 {
			return refuse("geometry_absent", "is a polygon without an outer ring")
		}
	}
	return s.add(x)
}

// coordinates reads tuples "longitude,latitude[,altitude]" divided by white space.
func (s *shapes) coordinates(x *shape, n *node) (orb.Ring, *refusal) {
	var out orb.Ring
	for _, c := range n.children {
		if c.name != "coordinates" {
			continue
		}
		if out != nil {
			return nil, refuse("member_twice", "has coordinates twice in one geometry")
		}
		for tuple := range strings.FieldsSeq(c.text) {
			if s.count++; s.count > airspace.MaxVertices {
				return nil, refuse("too_many", "has more than %d positions", airspace.MaxVertices)
			}
			var v [3]float64
			parts := 0
			for part := range strings.SplitSeq(tuple, ",") {
				f, ok := number(part)
				if parts > 2 || !ok {
					parts = 0
					break
				}
				v[parts] = f
				parts++
			}
			if parts < 2 {
				return nil, refuse("coordinates_unreadable", "has the position %.60q, which is not longitude,latitude or longitude,latitude,altitude", tuple)
			}
			out = append(out, orb.Point{v[0], v[1]})
			if parts == 3 {
				x.heights = append(x.heights, v[2])
			} else {
				x.bare = true
			}
		}
	}
	if len(out) == 0 {
		return nil, refuse("geometry_absent", "has a %s without coordinates", x.kind)
	}
	return out, nil
}

// number reads a decimal number; infinities, hexadecimals and the like are none.
func number(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// ceiling reads the height of extruded shapes: KML draws them from the ground up to it. ok is false where the shapes do
// not say, or not alike, how high they reach; varies where their positions differ, then it is the highest.
func ceiling(all []shape) (metres float64, datum string, varies, ok bool) {
	if len(all) == 0 {
		return 0, "", false, false
	}
	metres = math.Inf(-1)
	for _, x := range all {
		if !x.extrude || x.bare || len(x.heights) == 0 || x.mode != all[0].mode {
			return 0, "", false, false
		}
		for _, h := range x.heights {
			varies = varies || math.Abs(h-all[0].heights[0]) > 0.01
			metres = max(metres, h)
		}
	}
	switch {
	case all[0].mode == "relativeToGround" && metres > 0:
		return metres, "agl", varies, true
	case all[0].mode == "absolute":
		return metres, "amsl", varies, true
	}
	return 0, "", false, false
}

// digest names what polygons look like, so that one that was moved by hand is noticed.
func digest(ps []orb.Polygon) string {
	h := sha256.New()
	var b []byte
	for _, p := range ps {
		for _, r := range p {
			for _, v := range r {
				b = strconv.AppendFloat(append(b[:0], ' '), v[0], 'g', -1, 64)
				b = strconv.AppendFloat(append(b, ','), v[1], 'g', -1, 64)
				h.Write(b)
			}
			h.Write([]byte{';'})
		}
		h.Write([]byte{'|'})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
