package simulator

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
	"lowsky/simulator/faults"
)

const (
	day       = 24 * time.Hour
	maxGround = 6000 // metres
	maxAGL    = 3000
	maxGoals  = 1 << 20 // of all paths
)

var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func (d *reader) id(to *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !d.scalar(n, field, "must be an id") {
			return
		}
		if !idPattern.MatchString(n.Value) {
			d.fail(n, field, "must be 1 to 64 of A-Z a-z 0-9 . _ -")
			return
		}
		*to = n.Value
	}
}

// scenario reads the whole document. Sections that others point into come first, whatever their order in the file.
func (d *reader) scenario(n *yaml.Node, s *Scenario) {
	var seed int
	var profiles, gateways, aircraft, troubles, expect *yaml.Node
	keep := func(to **yaml.Node) func(*yaml.Node, string) { return func(n *yaml.Node, _ string) { *to = n } }
	var org string
	repeatLine := n.Line
	ok := d.object(n, "",
		key{"scenario", true, d.id(&s.ID)},
		key{"name", true, d.bothLanguages(&s.Name)},
		key{"seed", false, d.whole(&seed, 0, 1<<53)},
		key{"duration", true, d.span(&s.Duration, time.Second, 7*day)},
		key{"repeat", false, func(n *yaml.Node, f string) { repeatLine = n.Line; d.span(&s.Repeat, time.Second, 7*day)(n, f) }},
		key{"demo", false, d.flag(&s.Demo)},
		key{"organisation", false, d.id(&org)},
		key{"geoid", false, d.number(&s.Geoid, -110, 90)},
		key{"noise", false, func(n *yaml.Node, f string) { d.noise(n, f, &s.Noise) }},
		key{"profiles", true, keep(&profiles)},
		key{"gateways", false, keep(&gateways)},
		key{"aircraft", true, keep(&aircraft)},
		key{"faults", false, keep(&troubles)},
		key{"expect", false, keep(&expect)},
		key{"only", false, d.flag(&s.Only)},
	)
	s.Seed, s.Organisation = uint64(seed), lowsky.OrganisationID(org)
	if s.Repeat > 0 && s.Repeat < s.Duration {
		d.failAt(repeatLine, "repeat", "is shorter than duration %s", s.Duration)
	}
	if profiles != nil {
		d.profiles(profiles, s)
	}
	if gateways != nil {
		d.list(gateways, "gateways", func(n *yaml.Node, f string) { d.gateway(n, f, s) })
	}
	if aircraft != nil {
		d.list(aircraft, "aircraft", func(n *yaml.Node, f string) { d.aircraft(n, f, s) })
		if len(s.Aircraft) == 0 && ok && len(d.errs) == 0 {
			d.fail(aircraft, "aircraft", "is empty")
		}
	}
	if troubles != nil {
		d.list(troubles, "faults", func(n *yaml.Node, f string) { d.fault(n, f, s) })
	}
	if expect != nil {
		d.list(expect, "expect", func(n *yaml.Node, f string) { d.expectation(n, f, s) })
	}
}

func (d *reader) noise(n *yaml.Node, field string, to *Noise) {
	to.Tau = 30 * time.Second
	d.object(n, field,
		key{"horizontal", false, d.number(&to.Horizontal, 0, 100)},
		key{"vertical", false, d.number(&to.Vertical, 0, 100)},
		key{"white", false, d.number(&to.White, 0, 100)},
		key{"tau", false, d.span(&to.Tau, time.Second, time.Hour)},
	)
}

func (d *reader) profiles(n *yaml.Node, s *Scenario) {
	if !d.kind(n, yaml.MappingNode, "profiles", "must be a mapping from name to profile") {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		field := "profiles." + name
		if s.Profiles[name] != nil {
			d.fail(n.Content[i], field, "is given twice")
			continue
		}
		p := &Profile{Name: name, Turn: 45, Acceleration: 2, Climb: 3, Sink: 2, Endurance: 40 * time.Minute, ReturnAt: 35}
		d.object(n.Content[i+1], field,
			key{"class", true, oneOf(d, &p.Class, lowsky.Micro, lowsky.Light, lowsky.Small, lowsky.Medium, lowsky.Large)},
			key{"agricultural", false, d.flag(&p.Agricultural)},
			key{"model", true, d.text(&p.Model)},
			key{"speed", true, d.number(&p.Speed, 0.5, 100)},
			key{"acceleration", false, d.number(&p.Acceleration, 0.1, 20)},
			key{"climb", false, d.number(&p.Climb, 0.1, 50)},
			key{"sink", false, d.number(&p.Sink, 0.1, 50)},
			key{"turn", false, d.number(&p.Turn, 1, 360)},
			key{"endurance", false, d.span(&p.Endurance, time.Minute, day)},
			key{"return_at", false, d.number(&p.ReturnAt, 0, 90)},
		)
		s.Profiles[name] = p
	}
}

func (d *reader) gateway(n *yaml.Node, field string, s *Scenario) {
	g := &Gateway{Wire: WireNative, line: n.Line}
	var id string
	ok := d.object(n, field,
		key{"id", true, d.id(&id)},
		key{"wire", false, oneOf(d, &g.Wire, WireNative, WireDJI)},
		key{"name", false, d.bothLanguages(&g.Name)},
		key{"model", false, d.text(&g.Model)},
		key{"at", false, d.point(&g.At)},
		key{"ground", false, d.number(&g.Ground, -maxGround, maxGround)},
	)
	g.ID = lowsky.SourceID(id)
	if other := d.gateways[id]; other != nil {
		d.fail(n, field+".id", "%s is already the gateway of line %d", id, other.line)
		return
	}
	if ok && g.Wire == WireDJI && g.At == (Point{}) {
		d.fail(n, field+".at", "is missing: a dock has a place")
	}
	if id == "" {
		return
	}
	d.gateways[id] = g // also one with errors, so that who names it is not in error too
	s.Gateways = append(s.Gateways, g)
}

func (d *reader) aircraft(n *yaml.Node, field string, s *Scenario) {
	a := &Aircraft{Wire: WireNative, line: n.Line, Mission: Mission{Laps: 1, Turnaround: 2 * time.Minute}}
	var id, profile, gateway, org string
	var contact *yaml.Node
	var legs *yaml.Node
	before := len(d.errs)
	d.object(n, field,
		key{"id", true, d.id(&id)},
		key{"name", false, d.bothLanguages(&a.Name)},
		key{"scenario", true, oneOf(d, &a.Scenario, lowsky.Scenarios...)},
		key{"profile", true, d.id(&profile)},
		key{"contact", false, func(n *yaml.Node, _ string) { contact = n }},
		key{"wire", false, oneOf(d, &a.Wire, WireNative, WireDJI)},
		key{"gateway", false, d.id(&gateway)},
		key{"organisation", false, d.id(&org)},
		key{"interval", false, d.span(&a.Interval, 100*time.Millisecond, time.Hour)},
		key{"home", true, d.point(&a.Home)},
		key{"ground", false, d.number(&a.Ground, -maxGround, maxGround)},
		key{"start", false, d.span(&a.Mission.Start, -day, 7*day)},
		key{"every", false, d.span(&a.Mission.Every, time.Minute, 7*day)},
		key{"turnaround", false, d.span(&a.Mission.Turnaround, 0, day)},
		key{"laps", false, d.whole(&a.Mission.Laps, 1, 10000)},
		key{"path", true, func(n *yaml.Node, _ string) { legs = n }},
	)
	if contact != nil {
		d.object(contact, field+".contact", key{"name", true, d.text(&a.ContactName)}, key{"phone", true, d.text(&a.ContactPhone)})
	}
	a.ID, a.Organisation = lowsky.AircraftID(id), lowsky.OrganisationID(org)
	if other := d.fleet[id]; other != nil {
		d.fail(n, field+".id", "%s is already the aircraft of line %d", id, other.line)
	}
	if profile != "" {
		if a.Profile = s.Profiles[profile]; a.Profile == nil {
			d.fail(n, field+".profile", "there is no profile %q", profile)
		}
	}
	if gateway != "" {
		a.Gateway = d.gateways[gateway]
		switch {
		case a.Gateway == nil:
			d.fail(n, field+".gateway", "there is no gateway %q", gateway)
		case a.Gateway.Wire != a.Wire:
			d.fail(n, field+".gateway", "%s speaks %s and the aircraft %s", gateway, a.Gateway.Wire, a.Wire)
		}
	}
	if a.Wire == WireDJI && gateway == "" {
		d.fail(n, field+".gateway", "is missing: a DJI aircraft reports through a dock")
	}
	if a.Interval == 0 {
		a.Interval = time.Second
		if a.Wire == WireDJI {
			a.Interval = 2 * time.Second // fixed by the vendor
		}
	}
	if legs != nil {
		d.list(legs, field+".path", func(n *yaml.Node, f string) { d.leg(n, f, a) })
		if len(a.Mission.Legs) == 0 && len(d.errs) == before {
			d.fail(legs, field+".path", "is empty")
		}
	}
	if d.goals += a.Mission.goals(); d.goals > maxGoals {
		d.fail(n, field+".path", "the paths of this file have more than %d points together", maxGoals)
	}
	if id != "" {
		d.fleet[id] = a
		s.Aircraft = append(s.Aircraft, a)
	}
}

func (d *reader) fault(n *yaml.Node, field string, s *Scenario) {
	f := &Fault{line: n.Line}
	names := make([]string, len(faults.Kinds))
	for i, k := range faults.Kinds {
		names[i] = k.Name
	}
	var kind, aircraft, gateway string
	var to Point
	given := map[string]bool{}
	param := func(name string, read func(*yaml.Node, string)) key {
		return key{name, false, func(n *yaml.Node, f string) { given[name] = true; read(n, f) }}
	}
	if !d.object(n, field,
		key{"fault", true, oneOf(d, &kind, names...)},
		key{"aircraft", false, d.id(&aircraft)},
		key{"gateway", false, d.id(&gateway)},
		key{"at", false, d.span(&f.At, 0, 7*day)},
		key{"for", false, d.span(&f.For, time.Millisecond, 7*day)},
		param("to", d.point(&to)),
		param("agl", d.number(&f.Params.AGL, 0, maxAGL)),
		param("by", d.number(&f.Params.By, 0, 1e6)),
		param("course", d.number(&f.Params.Course, 0, 360)),
		param("percent", d.number(&f.Params.Percent, 0, 100)),
		param("over", d.span(&f.Params.Over, 0, day)),
	) {
		return
	}
	f.Kind, _ = faults.ByName(kind)
	f.Params.To, f.Params.HasTo, f.Params.HasAGL = faults.Place(to), given["to"], given["agl"]
	before := len(d.errs)
	for _, p := range f.Kind.Needs {
		if !given[p] {
			d.fail(n, field+"."+p, "is missing: %s needs it", kind)
		}
	}
	for p := range given {
		if !slices.Contains(f.Kind.Needs, p) && !slices.Contains(f.Kind.May, p) {
			d.fail(n, field+"."+p, "means nothing to %s", kind)
		}
	}
	if f.Kind.Gateway {
		if f.Gateway = d.gateways[gateway]; f.Gateway == nil || aircraft != "" {
			d.fail(n, field+".gateway", "%s strikes a gateway of this file, not %q", kind, gateway+aircraft)
		}
	} else if f.Aircraft = d.fleet[aircraft]; f.Aircraft == nil || gateway != "" {
		d.fail(n, field+".aircraft", "%s strikes an aircraft of this file, not %q", kind, aircraft+gateway)
	}
	if f.For == 0 {
		f.For = s.Duration - f.At
	}
	if f.At >= s.Duration || f.At+f.For > s.Duration {
		d.fail(n, field, "%s to %s lies outside the run of %s", f.At, f.At+f.For, s.Duration)
	}
	if len(d.errs) == before {
		s.Faults = append(s.Faults, f)
	}
}

func (d *reader) expectation(n *yaml.Node, field string, s *Scenario) {
	e := Expectation{Line: n.Line}
	var object, subject, severity string
	var hazard string
	if !d.object(n, field,
		key{"object", true, d.text(&object)},
		key{"hazard", true, d.id(&hazard)},
		key{"subject", false, d.text(&subject)},
		key{"severity", true, oneOf(d, &severity, "info", "advisory", "caution", "warning")},
		key{"from", true, d.span(&e.From, 0, 7*day)},
		key{"until", true, d.span(&e.Until, 0, 7*day)},
	) {
		return
	}
	before := len(d.errs)
	e.Hazard = lowsky.Hazard(hazard)
	_ = e.Severity.UnmarshalText([]byte(severity)) // one of the four words above
	kind, id := typedReference(object)
	e.Object = lowsky.Object{Kind: kind, ID: id}
	switch kind {
	case lowsky.ObjectAircraft:
		if d.fleet[id] == nil {
			d.fail(n, field+".object", "there is no aircraft %q", id)
		}
	case lowsky.ObjectSource:
		if d.gateways[id] == nil {
			d.fail(n, field+".object", "there is no gateway %q", id)
		}
	case "":
		d.fail(n, field+".object", `must be an aircraft's id or kind:id, such as "source:gw-1"`)
	}
	if subject != "" {
		kind, id := typedReference(subject)
		if kind == "" {
			d.fail(n, field+".subject", `must be an aircraft's id or kind:id, such as "zone:dam"`)
		}
		e.Subject = lowsky.Subject{Kind: kind, ID: id}
	}
	if e.From > e.Until {
		d.fail(n, field, "from %s is after until %s", e.From, e.Until)
	}
	if e.Until > s.Duration {
		d.fail(n, field+".until", "%s lies outside the run of %s", e.Until, s.Duration)
	}
	if len(d.errs) == before {
		s.Expect = append(s.Expect, e)
	}
}

// typedReference splits "zone:dam"; without a kind it is an aircraft. An unknown kind answers "".
func typedReference(s string) (lowsky.ObjectKind, string) {
	kind, id, found := strings.Cut(s, ":")
	if !found {
		return lowsky.ObjectAircraft, s
	}
	switch k := lowsky.ObjectKind(kind); k {
	case lowsky.ObjectAircraft, lowsky.ObjectPair, lowsky.ObjectSource, lowsky.ObjectStation, lowsky.ObjectZone,
		lowsky.ObjectPlan, lowsky.ObjectRule:
		return k, id
	}
	return "", id
}
