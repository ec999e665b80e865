package simulator

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
	"lowsky/simulator/faults"
)

// strike is what a fault and a command have in common in the file.
type strike struct {
	kind              string
	aircraft, gateway ref
	zone              ref
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
		param("zone", d.ref(&x.zone)),
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
	some := func(list []string) bool {
		return slices.ContainsFunc(list, func(name string) bool { return x.given[name] != nil })
	}
	if len(k.Or) > 0 {
		switch {
		case some(k.Needs) && some(k.Or):
			d.fail(n, field, "%s takes either %s or %s, not both", k.Name, strings.Join(k.Needs, " and "), strings.Join(k.Or, " and "))
			return
		case some(k.Or):
			needs = k.Or
		case !some(k.Needs):
			d.fail(n, field+"."+k.Needs[0], "is missing: %s needs %s, or %s", k.Name, strings.Join(k.Needs, " and "), strings.Join(k.Or, " and "))
			return
		}
	}
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
	if x.zone.id == "" {
		return
	}
	if p.Zone = d.zones[x.zone.id]; p.Zone == nil {
		d.fail(x.zone.node, field+".zone", "there is no zone %q in this file", x.zone.id)
		return
	}
	if p.HasDepth {
		if deepest := d.depth(p.Zone); p.Depth > deepest && deepest > 0 { // without an outline there was an error before
			d.fail(x.given["depth"], field+".depth", "%.4g m is deeper than zone %s is: at most %.4g m from its rim", p.Depth, x.zone.id, deepest)
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
	speed := x.given["speed"]
	if speed == nil || x.kind == "id_clone" { // which is another machine
		return
	}
	for _, a := range list {
		switch p := a.Profile; {
		case p == nil || x.params.Speed <= p.Speed:
			continue
		case x.kind == "wind_gust":
			d.fail(speed, field+".speed", "%.4g m/s of wind is stronger than aircraft %s of profile %s flies, %g m/s", x.params.Speed, a.ID, p.Name, p.Speed)
		default:
			d.fail(speed, field+".speed", "%.4g m/s is above the %g m/s of profile %s", x.params.Speed, p.Speed, p.Name)
		}
		return
	}
}

// plansToOverrun refuses to overrun a plan that there is not, or that does not end while the fault lasts.
func (d *reader) plansToOverrun(n *yaml.Node, field string, x *strike, list []*Aircraft, s *Scenario) {
	until := x.at + x.lasts
	if x.lasts == 0 {
		until = s.Duration
	}
	for _, a := range list {
		if !slices.ContainsFunc(s.Plans, func(p *Plan) bool { return p.Aircraft == a && p.Until >= x.at && p.Until < until }) {
			d.fail(n, field+".aircraft", "%s has no plan that ends from %s to %s, so there is none to overrun", a.ID, x.at, until)
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
		{"aircraft", false, d.ref(&x.aircraft)},
		{"gateway", false, d.ref(&x.gateway)},
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
	switch who := x.aircraft.id + x.gateway.id; {
	case kind.Broker:
		if who != "" {
			d.fail(n, field, "%s strikes the broker, not %q", x.kind, who)
		}
	case kind.Gateway:
		if g = d.gateways[x.gateway.id]; g == nil || x.aircraft.node != nil {
			d.fail(x.gateway.at(n), field+".gateway", "%s strikes a gateway of this file, not %q", x.kind, who)
		}
	case !d.exists(x.aircraft.id) || x.gateway.node != nil:
		d.fail(x.aircraft.at(n), field+".aircraft", "%s strikes an aircraft of this file, not %q", x.kind, who)
	default:
		list = d.who(x.aircraft.id)
		d.fits(field, &x, list)
		if d.failed == before {
			d.inReach(field, &x, list)
		}
		if x.kind == "plan_overrun" {
			d.plansToOverrun(x.aircraft.node, field, &x, list, s)
		}
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

func (d *reader) command(n *yaml.Node, field string, s *Scenario) {
	names := make([]string, len(faults.Commands))
	for i, k := range faults.Commands {
		names[i] = k.Name
	}
	var x strike
	if !d.object(n, field, append([]key{
		{"command", true, oneOf(d, &x.kind, names...)},
		{"aircraft", true, d.ref(&x.aircraft)},
		{"at", true, d.span(&x.at, 0, 7*day)},
		{"for", false, d.span(&x.lasts, time.Millisecond, 7*day)},
	}, d.parameters(&x)...)...) {
		return
	}
	kind, _ := faults.CommandByName(x.kind)
	before := d.failed
	d.parametersFit(n, field, &x, kind)
	if !d.exists(x.aircraft.id) {
		d.fail(x.aircraft.node, field+".aircraft", "there is no aircraft %q", x.aircraft.id)
	}
	list := d.who(x.aircraft.id)
	d.fits(field, &x, list)
	if d.failed == before {
		d.inReach(field, &x, list)
	}
	d.inRun(n, field, &x, s)
	if len(s.Commands)+len(list) > 10*maxFleet {
		d.fail(n, field, "is too much: at most %d commands", 10*maxFleet)
	}
	if d.failed != before {
		return
	}
	for _, a := range list {
		s.Commands = append(s.Commands, &Command{Kind: kind, Aircraft: a, At: x.at, For: x.lasts, Params: x.params, file: d.file, field: field, line: n.Line})
	}
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
