package simulator

import (
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// end says which value of a range is taken.
type end uint8

const (
	drawn   end = iota // evenly between the two ends, by the seed
	lowest             // the lower end of every range
	highest            // the upper end of every range
	mixed              // one or the other
)

// draw takes values out of ranges. What it answers depends on the seed, the scenario's id and the path of the field
// alone, so that a new line in a file leaves the other values as they were.
type draw struct {
	end      end
	seed     uint64
	scenario string
	// index numbers the ranges by the paths of their fields. Of mixed ends, those are upper whose number has the bit, or
	// with flip those that have it not.
	index map[string]int
	bit   uint
	flip  bool
}

// share answers where in its range the field lies: 0 at the lower end, below or at 1 at the upper.
func (d *draw) share(path string) float64 {
	if _, ok := d.index[path]; !ok && d.index != nil {
		d.index[path] = len(d.index)
	}
	switch d.end {
	case lowest:
		return 0
	case highest:
		return 1
	case mixed:
		if (d.index[path]>>d.bit&1 == 1) != d.flip {
			return 1
		}
		return 0
	}
	h := fnv.New64a()
	var seed [8]byte
	for i := range seed {
		seed[i] = byte(d.seed >> (8 * i))
	}
	h.Write(seed[:])
	h.Write([]byte(d.scenario))
	h.Write([]byte{0})
	h.Write([]byte(path))
	// FNV leaves like texts with like upper bits; the finaliser of splitmix64 (Steele, Lea, Flood 2014) spreads them.
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11) / (1 << 53)
}

// between answers the value at share u, never outside.
func between(lo, hi, u float64) float64 { return min(max(lo+(hi-lo)*u, lo), hi) }

var rangeNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// ends splits "8..60". A plain value answers false.
func ends(n *yaml.Node) (lo, hi string, isRange bool) {
	if n.Kind != yaml.ScalarNode {
		return "", "", false
	}
	return strings.Cut(n.Value, "..")
}

// numberIn reads a plain number or a range of them and draws from it.
func (d *reader) numberIn(n *yaml.Node, field string) (v, lo, hi float64, ok bool) {
	from, to, isRange := ends(n)
	if !isRange {
		ok = n.Kind == yaml.ScalarNode && (n.Tag == "!!float" || n.Tag == "!!int") && n.Decode(&v) == nil
		return v, v, v, ok
	}
	if !rangeNumber.MatchString(from) || !rangeNumber.MatchString(to) {
		return 0, 0, 0, false
	}
	lo, err := strconv.ParseFloat(from, 64)
	if err != nil {
		return 0, 0, 0, false
	}
	if hi, err = strconv.ParseFloat(to, 64); err != nil {
		return 0, 0, 0, false
	}
	return between(lo, hi, d.draw.share(d.path(field))), lo, hi, true
}

// wholeIn is numberIn for whole numbers; both ends are as likely as the others.
func (d *reader) wholeIn(n *yaml.Node, field string) (v, lo, hi int, ok bool) {
	from, to, isRange := ends(n)
	if !isRange {
		ok = n.Kind == yaml.ScalarNode && n.Tag == "!!int" && n.Decode(&v) == nil
		return v, v, v, ok
	}
	lo, err := strconv.Atoi(from)
	if err != nil {
		return 0, 0, 0, false
	}
	if hi, err = strconv.Atoi(to); err != nil {
		return 0, 0, 0, false
	}
	v = lo + int(d.draw.share(d.path(field))*(float64(hi)-float64(lo)+1))
	return min(max(v, lo), hi), lo, hi, true
}

// spanIn is numberIn for durations, drawn to the millisecond.
func (d *reader) spanIn(n *yaml.Node, field string) (v, lo, hi time.Duration, ok bool) {
	from, to, isRange := ends(n)
	if !isRange {
		v, err := time.ParseDuration(n.Value)
		return v, v, v, err == nil
	}
	lo, err := time.ParseDuration(from)
	if err != nil {
		return 0, 0, 0, false
	}
	if hi, err = time.ParseDuration(to); err != nil {
		return 0, 0, 0, false
	}
	v = time.Duration(between(float64(lo), float64(hi), d.draw.share(d.path(field)))).Round(time.Millisecond)
	return min(max(v, lo), hi), lo, hi, true
}

// entry says under which name the fields of the list entry that is being read are drawn: by its id, so that an entry
// before it in the file changes nothing.
type entry struct{ field, name string }

// path is the name of a field for draws.
func (d *reader) path(field string) string {
	if rest, ok := strings.CutPrefix(field, d.entry.field); ok && d.entry.field != "" {
		return d.entry.name + rest
	}
	return field
}

// enter begins an entry of a top list and answers how to leave it. Its name is made of its id, or of what it is about
// and how many such ones came before.
func (d *reader) enter(n *yaml.Node, section, field string) (leave func()) {
	before := d.entry
	name := section
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		switch k := n.Content[i].Value; k {
		case "id", "fault", "command", "aircraft", "gateway", "object", "hazard", "subject", "level":
			name += " " + k + "=" + n.Content[i+1].Value
		}
	}
	d.named[name]++
	d.entry = entry{field, name + " " + strconv.Itoa(d.named[name])}
	return func() { d.entry = before }
}
