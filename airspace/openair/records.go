package openair

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"lowsky"
	"lowsky/airspace"
)

// reader holds what the records read so far make of the document.
type reader struct {
	zones   []*lowsky.Zone
	places  []string
	remarks airspace.Remarks
	count   int
	block   *block // the airspace that is being read
	ids     map[string]int
	same    map[[32]byte]int // lines of airspaces by what they hold
}

// block is one airspace from its AC to the next.
type block struct {
	line                  int
	class, kind, name, id string
	upper, lower          lowsky.Opt[limit]
	times, texts          []string
	frequencies, stations []string
	unknown               map[string]bool
	notes                 []airspace.Remark
	refused               *airspace.Remark // why; the rest of the block is passed over

	centre    lowsky.Opt[orb.Point]
	anti      bool // V D=-: arcs run counter-clockwise
	width     lowsky.Opt[float64]
	points    []orb.Point
	radius    lowsky.Opt[float64]
	airway    bool // its points are those of a centre line
	lastPoint int  // line of the last record of the geometry
}

func (b *block) refuse(line int, code, problem string, args ...any) {
	if b.refused == nil {
		b.refused = &airspace.Remark{Place: fmt.Sprintf("line %d", line), Kind: airspace.RemarkRefused, Code: code, Problem: fmt.Sprintf(problem, args...)}
	}
}

func (b *block) note(line int, code, problem string, args ...any) {
	b.notes = append(b.notes, airspace.Remark{Place: fmt.Sprintf("line %d", line), Kind: airspace.RemarkNoted, Code: code, Problem: fmt.Sprintf(problem, args...)})
}

// line reads one record. Before the first AC, and within terrain (TO, TC), everything is passed over.
func (rd *reader) line(n int, line string) error {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '*' || line[0] == '#' {
		return nil
	}
	word, value, _ := strings.Cut(line, " ")
	if tab := strings.IndexByte(word, '\t'); tab >= 0 {
		word, value = line[:tab], line[tab+1:]
	}
	word, value = strings.ToUpper(word), strings.TrimSpace(value)
	switch word {
	case "AC":
		rd.finish()
		if rd.count++; rd.count > MaxZones {
			return invalid(fmt.Sprintf("line %d", n), "begins airspace %d, and no more than %d are read", rd.count, MaxZones)
		}
		rd.block = &block{line: n, class: strings.ToUpper(value)}
		if len(line) <= maxLine {
			return nil
		}
	case "TO", "TC":
		rd.finish()
		rd.remarks.Add(airspace.Remark{Place: fmt.Sprintf("line %d", n), Kind: airspace.RemarkNoted, Code: "terrain_ignored", Problem: "begins terrain, which is no airspace: passed over"})
		return nil
	}
	b := rd.block
	if b == nil || b.refused != nil {
		if b != nil && word == "AN" && b.name == "" && len(line) <= maxLine {
			b.name = value // so that the refusal names it
		}
		return nil
	}
	if len(line) > maxLine {
		b.refuse(n, "record_too_long", "is longer than %d bytes", maxLine)
		return nil
	}
	b.record(n, word, value)
	return nil
}

func (b *block) record(n int, word, value string) {
	keep := func(texts *[]string) {
		if value != "" && len(*texts) < maxTexts {
			*texts = append(*texts, value)
		}
	}
	switch word {
	case "AN":
		b.name = value
	case "AY":
		b.kind = strings.ToUpper(value)
	case "AI":
		b.id = value
	case "AH":
		b.limit(n, "upper", value, &b.upper)
	case "AL":
		b.limit(n, "lower", value, &b.lower)
	case "AF":
		keep(&b.frequencies)
	case "AG":
		keep(&b.stations)
	case "AA", "AP", "AP!", "AW", "AW!", "TW":
		if strings.ToUpper(value) != "NONE" {
			value = word + " " + value
			keep(&b.times)
		}
	case "AX":
		keep(&b.texts)
	case "AT", "SP", "SB": // where to write the name, pen and brush
	case "V":
		b.variable(n, value)
	case "DP":
		if p, ok := b.place(n, value); ok {
			b.add(n, p)
		}
	case "DY":
		if p, ok := b.place(n, value); ok {
			if len(b.points) > 0 && !b.airway {
				b.refuse(n, "geometry_mixed", "mixes an airway (DY) with an outline")
				return
			}
			b.airway = true
			b.add(n, p)
		}
	case "DC":
		b.circle(n, value)
	case "DA":
		b.arcByAngles(n, value)
	case "DB":
		b.arcByEnds(n, value)
	default:
		if word[0] == 'D' || word[0] == 'V' { // it would belong to the outline
			b.refuse(n, "geometry_unknown", "has the record %.20q, which is not known and may belong to the outline", word)
			return
		}
		if !b.unknown[word] && len(b.unknown) < maxTexts {
			if b.unknown == nil {
				b.unknown = map[string]bool{}
			}
			b.unknown[word] = true
			b.note(n, "unknown_record", "has the record %.20q, which is not known and was left out", word)
		}
	}
}

func (b *block) limit(n int, which, value string, into *lowsky.Opt[limit]) {
	l, ok := parseLimit(value)
	switch {
	case !ok || which == "lower" && l.unlimited:
		b.refuse(n, "limit_unreadable", "the %s limit %.40q is not understood", which, value)
	case into.OK && into.Value != l:
		b.refuse(n, "member_twice", "gives a second %s limit", which)
	}
	if l.assumed {
		b.note(n, "limit_reference_assumed", "the %s limit %.40q names no reference: read as above mean sea level", which, value)
	}
	*into = lowsky.Some(l)
}

// place reads a position that is all of the record.
func (b *block) place(n int, value string) (orb.Point, bool) {
	p, rest, ok := parsePosition(value)
	if rest = strings.TrimSpace(rest); !ok || rest != "" && rest[0] != '*' && rest[0] != ',' {
		b.refuse(n, "coordinates_unreadable", "the position %.60q is not understood", value)
		return p, false
	}
	return p, true
}

func (b *block) add(n int, ps ...orb.Point) {
	if b.radius.OK {
		b.refuse(n, "geometry_mixed", "has a circle and an outline")
		return
	}
	if len(b.points)+len(ps) > airspace.MaxVertices {
		b.refuse(n, "too_many", "has more than %d positions", airspace.MaxVertices)
		b.points = nil
		return
	}
	b.lastPoint = n
	for _, p := range ps {
		if k := len(b.points); k == 0 || b.points[k-1] != p { // arcs begin where the position before them lies
			b.points = append(b.points, p)
		}
	}
}

// variable reads V X=, D=, W= and passes over Z= (the zoom at which it shows).
func (b *block) variable(n int, value string) {
	key, v, found := strings.Cut(value, "=")
	v = strings.TrimSpace(v)
	switch strings.ToUpper(strings.TrimSpace(key)) {
	case "X":
		if p, ok := b.place(n, v); ok {
			b.centre = lowsky.Some(p)
		}
		return
	case "D":
		if v == "+" || v == "-" {
			b.anti = v == "-"
			return
		}
	case "W":
		if w, rest, ok := leadingNumber(v); ok && w > 0 && strings.TrimSpace(rest) == "" {
			b.width = lowsky.Some(w * nauticalMile)
			return
		}
	case "Z":
		return
	}
	if !found {
		b.refuse(n, "geometry_unknown", "sets %.40q, which is no variable", value)
		return
	}
	b.refuse(n, "geometry_unknown", "sets the variable %.40q, which is not understood", value)
}

// radiusOf answers a radius in metres of a record that needs a centre.
func (b *block) radiusOf(n int, miles float64) bool {
	switch r := miles * nauticalMile; {
	case !b.centre.OK:
		b.refuse(n, "centre_absent", "needs a centre, and no V X= stands before it")
	case !(r > 0):
		b.refuse(n, "radius_unreadable", "has a radius that is not above 0")
	case r > maxArc:
		b.refuse(n, "radius_unreadable", "has a radius above %.0f km", maxArc/1000)
	default:
		return true
	}
	return false
}

func (b *block) circle(n int, value string) {
	miles, rest, ok := leadingNumber(value)
	if !ok || strings.TrimSpace(rest) != "" {
		b.refuse(n, "radius_unreadable", "the radius %.40q is not a number of nautical miles", value)
		return
	}
	if !b.radiusOf(n, miles) {
		return
	}
	if len(b.points) > 0 || b.radius.OK {
		b.refuse(n, "geometry_mixed", "has a circle beside another outline")
		return
	}
	b.lastPoint = n
	b.radius = lowsky.Some(miles * nauticalMile)
}

// arcByAngles reads DA radius, first course, last course.
func (b *block) arcByAngles(n int, value string) {
	var v [3]float64
	parts := strings.Split(value, ",")
	ok := len(parts) == 3
	for i := 0; ok && i < 3; i++ {
		x, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		v[i], ok = x, err == nil && lowsky.Finite(x) && (i == 0 || math.Abs(x) <= 720)
	}
	if !ok {
		b.refuse(n, "arc_unreadable", "the arc %.60q is not a radius and two courses", value)
		return
	}
	if !b.radiusOf(n, v[0]) {
		return
	}
	r := v[0] * nauticalMile
	b.add(n, arc(nil, b.centre.Value, v[1], v[2], r, r, !b.anti)...)
}

// arcByEnds reads DB first place, last place, around the centre.
func (b *block) arcByEnds(n int, value string) {
	from, rest, ok := parsePosition(value)
	rest = strings.TrimLeft(rest, " \t,")
	var to orb.Point
	if ok {
		to, ok = b.place(n, rest)
	}
	if !ok {
		b.refuse(n, "coordinates_unreadable", "the arc %.80q is not two positions", value)
		return
	}
	if !b.centre.OK {
		b.refuse(n, "centre_absent", "needs a centre, and no V X= stands before it")
		return
	}
	c := position(b.centre.Value)
	ra, rb := float64(airspace.Distance(c, position(from))), float64(airspace.Distance(c, position(to)))
	if !b.radiusOf(n, max(ra, rb)/nauticalMile) || !b.radiusOf(n, min(ra, rb)/nauticalMile) {
		return
	}
	if d := math.Abs(ra - rb); d > endsDiffer*max(ra, rb) && d > 2*arcSlack {
		b.refuse(n, "arc_ends_differ", "the ends of the arc lie %.0f m and %.0f m from its centre", ra, rb)
		return
	}
	ps := arc(nil, b.centre.Value, float64(airspace.Course(c, position(from))), float64(airspace.Course(c, position(to))), ra, rb, !b.anti)
	ps[0], ps[len(ps)-1] = from, to
	b.add(n, ps...)
}
