package simulator

import (
	"cmp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
	"lowsky/simulator/faults"
)

// strike is what a fault and a command have in common in the file.
type strike struct {
	kind              string
	aircraft, gateway string
	zone              string
	at, lasts         time.Duration
	params            faults.Params
	given             map[string]*yaml.Node // parameters
}

// parameters answers the keys of everything a kind may need, in the order of README.md.
func (d *reader) parameters(x *strike) []key {
	x.given = map[string]*yaml.Node{}
	p := &x.params
	var to, from Point
	param := func(name string, read func(*yaml.Node, string)) key {
		return key{name, false, func(n *yaml.Node, f string) { x.given[name] = n; read(n, f) }}
	}
	return []key{
		param("to", func(n *yaml.Node, f string) { d.point(&to)(n, f); p.To = faults.Place(to) }),
		param("from", func(n *yaml.Node, f string) { d.point(&from)(n, f); p.From = faults.Place(from) }),
		param("zone", d.id(&x.zone)),
		param("agl", d.number(&p.AGL, 0, maxAGL)),
		param("by", d.number(&p.By, 0, 1e6)),
		param("course", d.number(&p.Course, 0, 360)),
		param("speed", d.number(&p.Speed, 0.5, 100)),
		param("rate", d.number(&p.Rate, 0.01, 100)),
		param("limit", d.number(&p.Limit, 1, 1e6)),
		param("accuracy", d.number(&p.Accuracy, 0.1, 1000)),
		param("error", d.number(&p.Error, 0.1, 1000)),
		param("depth", d.number(&p.Depth, 0, 50000)),
		param("margin", d.number(&p.Margin, 0, 50000)),
		param("length", d.number(&p.Length, 1, 100000)),
		param("percent", d.number(&p.Percent, 0, 100)),
		param("count", d.whole(&p.Count, 2, 20)),
		param("over", d.span(&p.Over, 0, day)),
		param("skew", d.span(&p.Skew, -2*day, 2*day)),
		param("credential", oneOf(d, &p.Credential, "same", "other")),
	}
}

// parametersFit checks the parameters given against those that the kind knows, and answers the zone it is about.
func (d *reader) parametersFit(n *yaml.Node, field string, x *strike, k faults.Kind) {
	p := &x.params
	p.HasTo, p.HasFrom, p.HasAGL = x.given["to"] != nil, x.given["from"] != nil, x.given["agl"] != nil
	p.HasCourse, p.HasDepth, p.HasMargin = x.given["course"] != nil, x.given["depth"] != nil, x.given["margin"] != nil
	needs := k.Needs
	for _, name := range needs {
		if x.given[name] == nil {
			d.fail(n, field+"."+name, "is missing: %s needs it", k.Name)
		}
	}
	names := make([]string, 0, len(x.given))
	for name := range x.given {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(needs, name) && !slices.Contains(k.May, name) {
			d.fail(x.given[name], field+"."+name, "means nothing to %s", k.Name)
		}
	}
	if x.zone == "" {
		return
	}
	if p.Zone = d.zones[x.zone]; p.Zone == nil {
		d.fail(x.given["zone"], field+".zone", "there is no zone %q in this file", x.zone)
		return
	}
	if p.HasDepth {
		if deepest := d.depth(p.Zone); p.Depth > deepest {
			d.fail(x.given["depth"], field+".depth", "%.4g m is deeper than zone %s is: at most %.4g m from its rim", p.Depth, x.zone, deepest)
		}
	}
}

// depth is depthOf, once for each zone.
func (d *reader) depth(z *lowsky.Zone) float64 {
	v, ok := d.depths[z]
	if !ok {
		v = depthOf(z)
		d.depths[z] = v
	}
	return v
}

// who answers the aircraft of that id, or the members of the swarm.
func (d *reader) who(id string) []*Aircraft {
	if a := d.fleet[id]; a != nil {
		return []*Aircraft{a}
	}
	return d.swarms[id]
}

// exists reports whether an aircraft or swarm has the id, be it one with errors.
func (d *reader) exists(id string) bool { return d.fleet[id] != nil || d.swarms[id] != nil }

// fits checks what the aircraft cannot fly.
func (d *reader) fits(field string, x *strike, list []*Aircraft) {
	for _, a := range list {
		if a.Profile != nil && x.given["speed"] != nil && x.params.Speed > a.Profile.Speed && x.kind != "id_clone" {
			d.fail(x.given["speed"], field+".speed", "%.4g m/s is above the %g m/s of profile %s", x.params.Speed, a.Profile.Speed, a.Profile.Name)
			return
		}
	}
}

func (d *reader) inRun(n *yaml.Node, field string, x *strike, s *Scenario) {
	if x.at >= s.Duration || x.at+x.lasts > s.Duration {
		d.fail(n, field, "%s to %s lies outside the run of %s", x.at, x.at+x.lasts, s.Duration)
	}
}

func (d *reader) fault(n *yaml.Node, field string, s *Scenario) {
	names := make([]string, len(faults.Kinds))
	for i, k := range faults.Kinds {
		names[i] = k.Name
	}
	var x strike
	if !d.object(n, field, append([]key{
		{"fault", true, oneOf(d, &x.kind, names...)},
		{"aircraft", false, d.id(&x.aircraft)},
		{"gateway", false, d.id(&x.gateway)},
		{"at", false, d.span(&x.at, 0, 7*day)},
		{"for", false, d.span(&x.lasts, time.Millisecond, 7*day)},
	}, d.parameters(&x)...)...) {
		return
	}
	kind, _ := faults.ByName(x.kind)
	before := d.failed
	d.parametersFit(n, field, &x, kind)
	var g *Gateway
	list := []*Aircraft{nil}
	switch {
	case kind.Gateway:
		if g = d.gateways[x.gateway]; g == nil || x.aircraft != "" {
			d.fail(n, field+".gateway", "%s strikes a gateway of this file, not %q", x.kind, x.gateway+x.aircraft)
		}
	case !d.exists(x.aircraft) || x.gateway != "":
		d.fail(n, field+".aircraft", "%s strikes an aircraft of this file, not %q", x.kind, x.aircraft+x.gateway)
	default:
		list = d.who(x.aircraft)
		d.fits(field, &x, list)
	}
	if x.lasts == 0 {
		x.lasts = s.Duration - x.at
	}
	d.inRun(n, field, &x, s)
	if len(s.Faults)+len(list) > 10*maxFleet {
		d.fail(n, field, "is too much: at most %d faults", 10*maxFleet)
	}
	if d.failed != before {
		return
	}
	for _, a := range list {
		s.Faults = append(s.Faults, &Fault{Kind: kind, Aircraft: a, Gateway: g, At: x.at, For: x.lasts, Params: x.params, line: n.Line})
	}
}

// command waits for the list of commands.
func (d *reader) command(n *yaml.Node, field string, _ *Scenario) {
	d.fail(n, field, "commands are not flown yet")
}

// sortOf says which commands are about the same: two of a sort cannot hold at once.
func sortOf(command string) string {
	switch command {
	case "speed", "climb_to":
		return command
	}
	return "where to fly"
}

// commandsInTurn puts the commands into the order of their times, lets those without an end hold until the next of their
// sort, and refuses two that hold at once.
func (d *reader) commandsInTurn(s *Scenario) {
	slices.SortStableFunc(s.Commands, func(a, b *Command) int { return cmp.Compare(a.At, b.At) })
	type subject struct {
		aircraft *Aircraft
		sort     string
	}
	last := map[subject]*Command{}
	file := d.file
	defer func() { d.file = file }()
	for _, c := range s.Commands {
		key := subject{c.Aircraft, sortOf(c.Kind.Name)}
		if b := last[key]; b != nil {
			switch {
			case b.For > 0 && b.At+b.For > c.At, b.At == c.At:
				d.file = c.file
				d.failAt(c.line, c.field, "%s begins at %s while %s of %s still orders aircraft %s",
					c.Kind.Name, c.At, b.Kind.Name, d.where(b.file, b.line), c.Aircraft.ID)
			case b.For == 0:
				b.For = c.At - b.At
			}
		}
		last[key] = c
	}
	for _, c := range last {
		if c.For == 0 {
			c.For = s.Duration - c.At
		}
	}
}
