package score

import (
	"math"
	"strconv"
	"strings"
	"time"

	"lowsky"
)

// The small map of a finding, in its own units.
const (
	mapWidth  = 520.0
	mapHeight = 340.0
	mapRim    = 44.0 // free around what it shows: for the scale and labels
	mapLeast  = 60.0 // metres across that it shows at least
)

// drawing is a small map, ready for the page.
type drawing struct {
	Width, Height float64
	Zones         []shape
	Tracks        []drawnTrack
	ScaleAt       float64 // x of the left end of the scale bar
	ScaleWidth    float64
	Scale         string
}

type shape struct {
	Path  string
	Label label
}

type label struct {
	X, Y float64
	Text string
	End  bool // the text ends there
}

type drawnTrack struct {
	Crewed   bool
	Truth    string // path
	Window   string // the part of Truth that lies in the finding's window
	Reported []label
	Ticks    []label // every ten seconds
	Nose     string  // triangle at its end
	Name     label
	Alert    *label // where it truly was when the alert came
}

// project makes map units of degrees.
type project struct {
	west, north    float64 // degrees
	perLon, perLat float64 // map units for each degree
	metre          float64 // map units for each metre
	left, top      float64
}

// metresPerDegree of latitude on a sphere: a small map needs no better.
const metresPerDegree = 111320.0

// fit answers the projection that shows every fix, north up, and false where there is none.
func fit(tracks []lowsky.ScoredTrack) (project, bool) {
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, t := range tracks {
		for _, list := range [][]lowsky.ScoredFix{t.Truth, t.Reported} {
			for _, f := range list {
				if !lowsky.Finite(f.Longitude) || !lowsky.Finite(f.Latitude) {
					continue
				}
				west, east = min(west, f.Longitude), max(east, f.Longitude)
				south, north = min(south, f.Latitude), max(north, f.Latitude)
			}
		}
	}
	if west > east {
		return project{}, false
	}
	middle := (south + north) / 2
	perLon := metresPerDegree * math.Cos(middle*math.Pi/180)
	width, height := max(mapLeast, (east-west)*perLon), max(mapLeast, (north-south)*metresPerDegree)
	p := project{west: west, north: north, metre: min((mapWidth-2*mapRim)/width, (mapHeight-2*mapRim)/height)}
	p.perLon, p.perLat = perLon*p.metre, metresPerDegree*p.metre
	p.left = (mapWidth - (east-west)*p.perLon) / 2
	p.top = (mapHeight - (north-south)*p.perLat) / 2
	return p, true
}

func (p project) at(lon, lat float64) (x, y float64) {
	return p.left + (lon-p.west)*p.perLon, p.top + (p.north-lat)*p.perLat
}

// sketch draws the map of a finding; nil where it has no tracks.
func sketch(f *lowsky.ScoreFinding) *drawing {
	p, ok := fit(f.Tracks)
	if !ok {
		return nil
	}
	d := &drawing{Width: mapWidth, Height: mapHeight}
	d.scale(p)
	for _, z := range f.Zones {
		d.Zones = append(d.Zones, p.outline(z))
	}
	for i := range f.Tracks {
		d.Tracks = append(d.Tracks, p.track(&f.Tracks[i], f))
	}
	return d
}

// scale chooses a round length of at most a third of the width for the bar.
func (d *drawing) scale(p project) {
	length := 1.0
	for _, m := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000} {
		if m*p.metre <= mapWidth/3 {
			length = m
		}
	}
	d.ScaleWidth = tenth(length * p.metre)
	d.ScaleAt = tenth(mapWidth - 12 - d.ScaleWidth)
	d.Scale = strconv.FormatFloat(length, 'f', -1, 64) + " m"
	if length >= 1000 {
		d.Scale = strconv.FormatFloat(length/1000, 'f', -1, 64) + " km"
	}
}

func (p project) outline(z lowsky.ScoredOutline) shape {
	var s shape
	var b strings.Builder
	best := math.Inf(1)
	for _, ring := range z.Rings {
		for i, c := range ring {
			x, y := p.at(c[0], c[1])
			x, y = min(max(x, -1e5), 1e5), min(max(y, -1e5), 1e5)
			pen(&b, i, x, y)
			// The label stands at the corner that is nearest to the upper middle of the map.
			if away := math.Hypot(x-mapWidth/2, y-mapHeight/4); away < best && lowsky.Finite(away) {
				best = away
				s.Label = label{X: tenth(min(max(x, 40), mapWidth-40)), Y: tenth(min(max(y-4, 14), mapHeight-20)), Text: string(z.ID), End: x > mapWidth/2}
			}
		}
		b.WriteByte('Z')
	}
	s.Path = b.String()
	return s
}

func (p project) track(t *lowsky.ScoredTrack, f *lowsky.ScoreFinding) drawnTrack {
	d := drawnTrack{Crewed: t.Crewed}
	var whole, window strings.Builder
	n, in := 0, 0
	next := time.Duration(0)
	if len(t.Truth) > 0 {
		next = t.Truth[0].At.Truncate(10*time.Second) + 10*time.Second
	}
	var x, y, beforeX, beforeY float64
	for i := range t.Truth {
		fix := &t.Truth[i]
		fx, fy := p.at(fix.Longitude, fix.Latitude)
		pen(&whole, n, fx, fy)
		n++
		if fix.At >= f.From && fix.At <= f.Until {
			pen(&window, in, fx, fy)
			in++
		}
		if fix.At >= next {
			d.Ticks = append(d.Ticks, label{X: tenth(fx), Y: tenth(fy), Text: clock(next)})
			next = fix.At.Truncate(10*time.Second) + 10*time.Second
		}
		if f.AlertAt > 0 && d.Alert == nil && fix.At >= f.AlertAt && fix.At < f.AlertAt+time.Second {
			d.Alert = &label{X: tenth(fx), Y: tenth(fy), Text: clock(f.AlertAt)}
		}
		if math.Hypot(fx-x, fy-y) > 2 || i == 0 {
			beforeX, beforeY = x, y
			if i == 0 {
				beforeX, beforeY = fx, fy
			}
			x, y = fx, fy
		}
	}
	d.Truth, d.Window = whole.String(), window.String()
	for _, fix := range t.Reported {
		fx, fy := p.at(fix.Longitude, fix.Latitude)
		d.Reported = append(d.Reported, label{X: tenth(fx), Y: tenth(fy)})
	}
	if n > 0 {
		d.Nose = nose(x, y, math.Atan2(y-beforeY, x-beforeX))
		last := t.Truth[len(t.Truth)-1]
		d.Name = label{X: tenth(x), Y: tenth(y), Text: t.ID + " " + strconv.FormatFloat(last.AGL, 'f', 0, 64) + " m", End: x > mapWidth*2/3}
	} else if len(d.Reported) > 0 {
		last := d.Reported[len(d.Reported)-1]
		d.Name = label{X: last.X, Y: last.Y, Text: t.ID, End: last.X > mapWidth*2/3}
	}
	d.Name.X += map[bool]float64{false: 8, true: -8}[d.Name.End]
	d.Name.Y = tenth(min(max(d.Name.Y-6, 12), mapHeight-8))
	return d
}

// nose is a triangle that points along an angle of the map.
func nose(x, y, angle float64) string {
	var b strings.Builder
	for i, turn := range []float64{0, 2.5, -2.5} {
		size := 7.0
		if i > 0 {
			size = 5
		}
		pen(&b, i, x+size*math.Cos(angle+turn), y+size*math.Sin(angle+turn))
	}
	return b.String() + "Z"
}

// pen moves to the first place of a path and draws to the others.
func pen(b *strings.Builder, i int, x, y float64) {
	b.WriteByte("ML"[min(i, 1)])
	b.WriteString(strconv.FormatFloat(tenth(x), 'f', -1, 64))
	b.WriteByte(' ')
	b.WriteString(strconv.FormatFloat(tenth(y), 'f', -1, 64))
}

func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// clock writes a time of the run as +m:ss.
func clock(d time.Duration) string {
	t := int64(d.Round(time.Second) / time.Second)
	sign := "+"
	if t < 0 {
		sign, t = "−", -t
	}
	return sign + strconv.FormatInt(t/60, 10) + ":" + strconv.FormatInt(t%60/10, 10) + strconv.FormatInt(t%10, 10)
}
