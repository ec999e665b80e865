package simulator

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"lowsky"
)

// hazards that an alert can be about.
var hazards = []lowsky.Hazard{
	lowsky.HazardZoneEntry, lowsky.HazardHeight, lowsky.HazardIdentity, lowsky.HazardSpeed, lowsky.HazardBattery,
	lowsky.HazardEmergency, lowsky.HazardSilence, lowsky.HazardC2Loss, lowsky.HazardSource, lowsky.HazardSeparation,
	lowsky.HazardMismatch, lowsky.HazardRuleFault,
}

func (d *reader) expectation(n *yaml.Node, field string, s *Scenario, to *[]Expectation) {
	e := Expectation{File: d.file, Line: n.Line}
	var object, subject, severity string
	var objectNode, subjectNode, until *yaml.Node
	if !d.object(n, field,
		key{"object", true, func(n *yaml.Node, f string) { objectNode = n; d.text(&object)(n, f) }},
		key{"hazard", true, oneOf(d, &e.Hazard, hazards...)},
		key{"subject", false, func(n *yaml.Node, f string) { subjectNode = n; d.text(&subject)(n, f) }},
		key{"level", false, d.id(&e.Level)},
		key{"severity", true, oneOf(d, &severity, "info", "advisory", "caution", "warning")},
		key{"from", true, d.span(&e.From, 0, 7*day)},
		key{"until", true, func(n *yaml.Node, f string) { until = n; d.span(&e.Until, 0, 7*day)(n, f) }},
	) {
		return
	}
	before := d.failed
	_ = e.Severity.UnmarshalText([]byte(severity)) // one of the four words above
	e.Object.Kind, e.Object.ID = d.reference(objectNode, field+".object", object, s)
	if subject != "" {
		e.Subject.Kind, e.Subject.ID = d.reference(subjectNode, field+".subject", subject, s)
	}
	if e.From > e.Until {
		d.fail(n, field, "from %s is after until %s", e.From, e.Until)
	}
	if e.Until > s.Duration {
		d.fail(until, field+".until", "%s lies outside the run of %s", e.Until, s.Duration)
	}
	if d.failed == before {
		*to = append(*to, e)
	}
}

// reference splits "zone:dam", without a kind an aircraft, and checks that the file has such a thing. Zones are not
// checked where others than those of the file are in force: those of a region, and in a demo without zones of its own.
func (d *reader) reference(n *yaml.Node, field, text string, s *Scenario) (lowsky.ObjectKind, string) {
	kind, id := typedReference(text)
	switch kind {
	case lowsky.ObjectAircraft:
		d.member(n, field, id)
	case lowsky.ObjectSource:
		if d.gateways[id] == nil && !d.sources[id] && id != string(lowsky.BrokerSource) {
			d.fail(n, field, "there is no gateway %q", id)
		}
	case lowsky.ObjectZone:
		if d.zones[id] == nil && s.Region == "" && (d.hasZones || !s.Demo) {
			d.fail(n, field, "there is no zone %q", id)
		}
	case lowsky.ObjectPlan:
		if _, ok := d.planAt[id]; !ok {
			d.fail(n, field, "there is no plan %q", id)
		}
	case lowsky.ObjectTraffic:
		if d.taken[id].what != "traffic" {
			d.fail(n, field, "there is no traffic %q", id)
		}
	case lowsky.ObjectPair:
		a, b, two := strings.Cut(id, "+")
		if !two || a >= b {
			d.fail(n, field, `must be two ids in ascending order, such as "pair:a-1+a-2"; of crewed traffic "traffic:" and its id`)
			break
		}
		for _, half := range [2]string{a, b} {
			if t, crewed := strings.CutPrefix(half, "traffic:"); !crewed {
				d.member(n, field, half)
			} else if d.taken[t].what != "traffic" {
				d.fail(n, field, "there is no traffic %q", t)
			}
		}
	case "":
		d.fail(n, field, `must be an aircraft's id or kind:id, such as "source:gw-1"`)
	}
	return kind, id
}

// member checks that there is one aircraft of that id.
func (d *reader) member(n *yaml.Node, field, id string) {
	switch {
	case d.fleet[id] != nil:
	case d.swarms[id] != nil:
		d.fail(n, field, "%s is a swarm: name one of its members, such as %s-1", id, id)
	default:
		d.fail(n, field, "there is no aircraft %q", id)
	}
}

// typedReference splits "zone:dam"; without a kind it is an aircraft. An unknown kind answers "".
func typedReference(s string) (lowsky.ObjectKind, string) {
	kind, id, found := strings.Cut(s, ":")
	if !found {
		return lowsky.ObjectAircraft, s
	}
	switch k := lowsky.ObjectKind(kind); k {
	case lowsky.ObjectAircraft, lowsky.ObjectPair, lowsky.ObjectTraffic, lowsky.ObjectSource, lowsky.ObjectStation,
		lowsky.ObjectZone, lowsky.ObjectPlan, lowsky.ObjectRule, lowsky.ObjectDevice:
		return k, id
	}
	return "", id
}
