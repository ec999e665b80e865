package simulator

import (
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

const (
	day       = 24 * time.Hour
	maxGround = 6000 // metres
	maxAGL    = 3000
	maxAMSL   = 20000
	maxGoals  = 1 << 20 // of all paths
)

// defaultStart is when runs begin on the virtual clock: a Thursday morning, long enough ago for nobody to take it for now.
var defaultStart = time.Date(2026, 10, 15, 10, 0, 0, 0, lowsky.Shanghai)

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

// ref is an id that points at something else in the file.
type ref struct {
	id   string
	node *yaml.Node // nil: not given
}

func (d *reader) ref(to *ref) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) { to.node = n; d.id(&to.id)(n, field) }
}

// at answers where the reference stands, or n where it was not given.
func (r ref) at(n *yaml.Node) *yaml.Node {
	if r.node != nil {
		return r.node
	}
	return n
}

// claim takes an id for one thing that reports, is reported or relays. Two of the same would be one to the platform.
func (d *reader) claim(n *yaml.Node, field, id, what string) bool {
	if id == string(lowsky.BrokerSource) {
		d.fail(n, field, "%s stands for the broker itself", id)
		return false
	}
	if first, ok := d.taken[id]; ok {
		d.fail(n, field, "%s is already the %s of %s", id, first.what, d.where(first.file, first.line))
		return false
	}
	d.taken[id] = origin{what, d.file, n.Line}
	return true
}

// read reads a scenario file and the files it includes, and checks it all.
func (d *reader) read(name string, b []byte, o LoadOptions) *Scenario {
	d.order[name] = 0
	root := d.parse(name, b)
	if root == nil {
		return nil
	}
	all := d.gather(root, []string{name})
	d.file = name
	s := &Scenario{File: name, Start: defaultStart, Profiles: map[string]*Profile{}}
	if root.Kind == yaml.MappingNode {
		for _, x := range sections {
			if x.required && len(all[x.name]) == 0 {
				d.fail(root, x.name, "is missing")
			}
		}
		d.scenario(all, s, o)
	}
	d.sorted()
	return s
}

// each reads a section, file by file.
func (d *reader) each(all parts, section string, read func(n *yaml.Node, field string)) {
	file := d.file
	defer func() { d.file = file }()
	for _, p := range all[section] {
		d.file = p.file
		read(p.value, section)
	}
}

// entries reads a section that is a list, entry by entry.
func (d *reader) entries(all parts, section string, read func(n *yaml.Node, field string)) {
	d.each(all, section, func(n *yaml.Node, field string) {
		d.list(n, field, func(n *yaml.Node, field string) {
			defer d.enter(n, section, field)()
			read(n, field)
		})
	})
}

// scenario reads the sections. Those that others point into come first, whatever their order in the file.
func (d *reader) scenario(all parts, s *Scenario, o LoadOptions) {
	var org string
	d.each(all, "scenario", d.id(&s.ID))
	d.each(all, "seed", func(n *yaml.Node, f string) { d.seed(n, f, &s.Seed) })
	s.Seed = o.Seed.Or(s.Seed)
	d.draw.seed, d.draw.scenario = s.Seed, s.ID
	d.each(all, "name", d.bothLanguages(&s.Name))
	d.each(all, "start", func(n *yaml.Node, f string) { d.instant(n, f, &s.Start) })
	d.each(all, "duration", d.span(&s.Duration, time.Second, 7*day))
	d.each(all, "repeat", func(n *yaml.Node, f string) {
		d.span(&s.Repeat, time.Second, 7*day)(n, f)
		if s.Repeat > 0 && s.Repeat < s.Duration {
			d.fail(n, f, "is shorter than duration %s", s.Duration)
		}
	})
	if s.Duration == 0 { // wrong or missing, which is an error: nothing else is held to it
		s.Duration = 7 * day
	}
	d.each(all, "only", d.flag(&s.Only))
	d.each(all, "demo", d.flag(&s.Demo))
	d.each(all, "organisation", d.id(&org))
	s.Organisation = lowsky.OrganisationID(org)
	d.each(all, "region", d.id(&s.Region))
	d.each(all, "geoid", d.number(&s.Geoid, -110, 90))
	d.each(all, "ground", func(n *yaml.Node, f string) { d.ground(n, f, s) })
	d.each(all, "noise", func(n *yaml.Node, f string) { d.noise(n, f, &s.Noise) })
	d.each(all, "weather", func(n *yaml.Node, f string) { d.weather(n, f, &s.Weather) })
	d.entries(all, "zones", func(n *yaml.Node, f string) { d.zone(n, f, s) })
	d.hasZones = len(all["zones"]) > 0
	d.each(all, "profiles", func(n *yaml.Node, _ string) { d.profiles(n, s) })
	d.entries(all, "gateways", func(n *yaml.Node, f string) { d.gateway(n, f, s) })
	before := d.failed
	d.entries(all, "aircraft", func(n *yaml.Node, f string) { d.aircraft(n, f, s) })
	if a := all["aircraft"]; len(a) > 0 && len(s.Aircraft) == 0 && d.failed == before {
		d.file = a[len(a)-1].file
		d.fail(a[len(a)-1].value, "aircraft", "is empty")
	}
	d.entries(all, "plans", func(n *yaml.Node, f string) { d.plan(n, f, s) })
	d.plansExist()
	d.entries(all, "traffic", func(n *yaml.Node, f string) { d.traffic(n, f, s) })
	d.entries(all, "commands", func(n *yaml.Node, f string) { d.command(n, f, s) })
	d.commandsInTurn(s)
	d.entries(all, "faults", func(n *yaml.Node, f string) { d.fault(n, f, s) })
	d.entries(all, "expect", func(n *yaml.Node, f string) { d.expectation(n, f, s, &s.Expect) })
	d.entries(all, "forbid", func(n *yaml.Node, f string) { d.expectation(n, f, s, &s.Forbid) })
	d.each(all, "weather", func(n *yaml.Node, f string) { d.windAgainstFleet(n, f, s) })
}

// seed reads a plain whole number: a range of seeds would be drawn by itself.
func (d *reader) seed(n *yaml.Node, field string, to *uint64) {
	if _, _, isRange := ends(n); isRange {
		d.fail(n, field, "must be one number: it is what ranges are drawn by")
		return
	}
	var v int
	d.whole(&v, 0, 1<<53)(n, field)
	*to = uint64(v)
}

// instant reads a time with its zone.
func (d *reader) instant(n *yaml.Node, field string, to *time.Time) {
	if !d.scalar(n, field, "must be a time such as 2026-10-15T10:00:00+08:00") {
		return
	}
	t, err := time.Parse(time.RFC3339, n.Value)
	if err != nil || t.Year() < 2021 || t.Year() > 2100 {
		d.fail(n, field, "must be a time from 2021 to 2100 with its zone, such as 2026-10-15T10:00:00+08:00")
		return
	}
	*to = t.In(lowsky.Shanghai)
}

func (d *reader) ground(n *yaml.Node, field string, s *Scenario) {
	g := &KnownGround{Accuracy: 1}
	if d.object(n, field,
		key{"hae", true, d.number(&g.HAE, -maxGround, maxGround)},
		key{"accuracy", false, d.number(&g.Accuracy, 0, 500)},
	) {
		s.Ground = g
	}
}

func (d *reader) noise(n *yaml.Node, field string, to *Noise) {
	to.Tau = 30 * time.Second
	d.object(n, field,
		key{"horizontal", false, d.number(&to.Horizontal, 0, 100)},
		key{"vertical", false, d.number(&to.Vertical, 0, 100)},
		key{"white", false, d.number(&to.White, 0, 100)},
		key{"tau", false, d.span(&to.Tau, time.Second, time.Hour)},
		key{"speed", false, d.number(&to.Speed, 0, 20)},
		key{"loss", false, d.number(&to.Loss, 0, 0.95)},
		key{"latency", false, d.span(&to.Latency, 0, time.Minute)},
		key{"jitter", false, d.span(&to.Jitter, 0, time.Minute)},
	)
}

func (d *reader) weather(n *yaml.Node, field string, to *Weather) {
	d.object(n, field,
		key{"wind", false, func(n *yaml.Node, field string) {
			d.object(n, field,
				key{"from", true, d.number(&to.WindFrom, 0, 360)},
				key{"speed", true, d.number(&to.WindSpeed, 0, 60)},
				key{"gust", false, d.number(&to.Gust, 0, 30)},
			)
		}},
		key{"qnh", false, d.number(&to.QNH, 850, 1085)},
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
		sound := d.object(n.Content[i+1], field,
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
		if !sound { // what flies it is not held to figures that are wrong
			p = &Profile{Name: name, Class: p.Class, Speed: 100, Acceleration: 20, Climb: 50, Sink: 50, Turn: 360, Endurance: day, ReturnAt: 35}
		}
		s.Profiles[name] = p
	}
}

func (d *reader) gateway(n *yaml.Node, field string, s *Scenario) {
	g := &Gateway{Wire: WireNative, line: n.Line}
	if s.Ground != nil {
		g.Ground = s.Ground.HAE
	}
	var id ref
	ok := d.object(n, field,
		key{"id", true, d.ref(&id)},
		key{"wire", false, oneOf(d, &g.Wire, WireNative, WireDJI)},
		key{"name", false, d.bothLanguages(&g.Name)},
		key{"model", false, d.text(&g.Model)},
		key{"at", false, d.point(&g.At)},
		key{"ground", false, d.number(&g.Ground, -maxGround, maxGround)},
	)
	g.ID = lowsky.SourceID(id.id)
	if ok && g.Wire == WireDJI && g.At == (Point{}) {
		d.fail(n, field+".at", "is missing: a dock has a place")
	}
	if id.id == "" || !d.claim(id.node, field+".id", id.id, "gateway") {
		return
	}
	d.gateways[id.id] = g // also one with errors, so that who names it is not in error too
	s.Gateways = append(s.Gateways, g)
}
