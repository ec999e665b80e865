package picture

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lowsky"
)

// A device that publishes a topic of another is refused where it connects; what comes here is that it tried. There is no
// report to judge, so no rule of a pack is asked: the platform itself watches who speaks, as it watches its own rules
// (fault.go), and no pack can switch that off.

const (
	// mismatchQuiet is how long a device must not have tried again before its alert ends.
	mismatchQuiet = 10 * time.Minute
	// mismatchesEach is how many ids one device may claim with an alert for each. What it claims beyond them, while those
	// are open, is folded into one alert without a subject, and so is all that comes while that one is open.
	mismatchesEach = 4
	// mismatchesMost is how many such alerts there may be in all. Beyond it everything is folded into one on no device.
	mismatchesMost = 2000

	topicMost = 160 // characters of a topic that are shown
)

// anyDevice stands for the devices beyond mismatchesMost. It is no id of a device.
const anyDevice = "*"

var mismatchRule = rule{pack: lowsky.PackRef{ID: "platform", Version: "1"}, Rule: &lowsky.Rule{
	ID: "identity_mismatch", Hazard: lowsky.HazardMismatch, On: lowsky.EachTickGroup, KeepFiring: mismatchQuiet,
	Name: lowsky.Text{ZH: "身份不符", EN: "Identity mismatch"},
	Clause: lowsky.Clause{
		Document: "《无人驾驶航空器飞行管理暂行条例》", Article: "第二十四条",
		Text: lowsky.Text{
			ZH: "航空器应当如实报送识别信息；设备只能以自身编号上报（部署前核对原文；另见 GB 46750-2025 运行识别）。",
			EN: "Aircraft truthfully report their identification; a device reports under its own id only (check the official text before deployment; see also GB 46750-2025).",
		},
	},
	Texts: map[string]lowsky.Text{
		"claimed": {
			ZH: "设备 {device} 冒用 {claimed} 的主题 {topic} 发布消息，共 {measured} 次，均已拒收",
			EN: "Device {device} published topic {topic} of {claimed}, {measured} times; all of it was refused",
		},
		"many": {
			ZH: "设备 {device} 冒用多个编号发布消息，共 {measured} 次，均已拒收；最近一次是 {claimed} 的主题 {topic}",
			EN: "Device {device} published topics of many others, {measured} times; all of it was refused. The newest is topic {topic} of {claimed}",
		},
		"devices": {
			ZH: "多个设备冒用他人编号发布消息，共 {measured} 次，均已拒收；最近一次是设备 {device} 冒用 {claimed} 的主题 {topic}",
			EN: "Many devices published topics of others, {measured} times; all of it was refused. The newest is device {device} with topic {topic} of {claimed}",
		},
	},
	Advice: map[string]lowsky.Text{
		"claimed": {
			ZH: "核对该设备的编号配置；若非误配，停用其凭据并联系所属单位。",
			EN: "Check how the device is configured; if that is not it, revoke its credential and call its organisation.",
		},
		"many": {
			ZH: "停用该设备的凭据，联系所属单位。", EN: "Revoke the device's credential and call its organisation.",
		},
		"devices": {
			ZH: "检查是否有凭据泄露，必要时停用相关设备的凭据。", EN: "Check whether credentials have leaked; revoke those of the devices concerned.",
		},
	},
}}

// claim is what the newest record of a mismatch said, for the text.
type claim struct{ device, claimed, topic string }

// mismatch makes an alert of a device that spoke as another, or goes on with it.
func (e *Engine) mismatch(m *lowsky.IdentityMismatch) error {
	device, claimed := shown(string(m.Device), nameMost), shown(m.Claimed, nameMost)
	if device == "" {
		return &lowsky.InvalidError{Field: "device_id", Problem: "is missing"}
	}
	o, subject, variant := e.mismatchOf(device, claimed)
	a := o.find(lowsky.HazardMismatch, subject)
	f := lowsky.Finding{Severity: lowsky.Caution, Variant: variant, Subject: subject}
	times := float64(max(1, m.Count))
	if a == nil || a.State == lowsky.AlertResolved {
		a = e.raise(o, lowsky.HazardMismatch, subject)
		if a.told == nil {
			e.mismatches++
			if m.Organisation != "" && variant != "devices" {
				a.Organisation = m.Organisation
			}
		}
	} else {
		if c := a.contribution(&mismatchRule); c != nil {
			times += c.finding.Measured.Or(0)
		}
		a.Count++
	}
	f.Measured = lowsky.Some(times)
	a.claim = &claim{device, claimed, shown(m.Topic, topicMost)}
	a.include(m.Jurisdictions)
	if a.Owner == "" && len(m.Jurisdictions) > 0 {
		a.Owner = m.Jurisdictions[0]
	}
	e.found(a, &mismatchRule, &f, lowsky.Caution, lowsky.SeverityNone, &judgement{patience: mismatchQuiet})
	return nil
}

// mismatchOf answers which alert a mismatch belongs to: its own, or one that it is folded into.
func (e *Engine) mismatchOf(device, claimed string) (*object, lowsky.Subject, string) {
	ref := lowsky.Object{Kind: lowsky.ObjectDevice, ID: device}
	one := lowsky.Subject{Kind: lowsky.ObjectAircraft, ID: claimed}
	open := 0
	if o := e.objects[ref]; o != nil {
		if a := o.find(lowsky.HazardMismatch, one); a != nil && a.State != lowsky.AlertResolved {
			return o, one, "claimed"
		}
		if a := o.find(lowsky.HazardMismatch, lowsky.Subject{}); a != nil && a.State != lowsky.AlertResolved {
			return o, lowsky.Subject{}, "many"
		}
		for _, a := range o.alerts {
			if a.Hazard == lowsky.HazardMismatch && a.State != lowsky.AlertResolved {
				open++
			}
		}
	}
	switch {
	case e.mismatches >= mismatchesMost:
		return e.object(lowsky.Object{Kind: lowsky.ObjectDevice, ID: anyDevice}), lowsky.Subject{}, "devices"
	case open >= mismatchesEach:
		return e.object(ref), lowsky.Subject{}, "many"
	}
	return e.object(ref), one, "claimed"
}

// quietMismatches ends the alerts of devices that have not tried again. Silence is clear here, other than of an aircraft:
// every attempt comes to the platform or does not happen, so that none is nothing unjudged. Should the connection to the
// devices be lost, they cannot claim anything either. Once per tick.
func (e *Engine) quietMismatches() {
	e.mismatches = 0
	for _, a := range e.open {
		if a.Hazard != lowsky.HazardMismatch || a.State == lowsky.AlertResolved {
			continue
		}
		e.mismatches++
		if e.now.Sub(a.LastFoundAt) >= mismatchQuiet {
			a.LastJudgedAt = e.now
			e.resolve(a, lowsky.ResolvedClear)
		} else if a.told != nil && a.told.Count != a.Count {
			e.mark(a) // there was more than one a second
		}
	}
}

// resumeMismatch gives an alert from before the start what it rests on.
func (a *alert) resumeMismatch() {
	c := contribution{rule: &mismatchRule, judged: a.LastJudgedAt, found: true, solid: a.Severity, finding: lowsky.Finding{
		Severity: a.Severity, Variant: a.Variant, Subject: a.Subject, Measured: a.Measured,
	}}
	if c.solid > 0 {
		a.worst = c
	}
	a.from = append(a.from, c)
}

// sayMismatch fills in what no finding holds. Of an alert from before the start the text stays as it was.
func (a *alert) sayMismatch(c *contribution) {
	if a.claim == nil {
		return
	}
	fill := func(s string) string {
		return strings.NewReplacer("{device}", a.claim.device, "{claimed}", a.claim.claimed, "{topic}", a.claim.topic,
			"{measured}", number(c.finding.Measured)).Replace(s)
	}
	t := c.rule.Texts[a.Variant]
	a.Text, a.Advice = lowsky.Text{ZH: fill(t.ZH), EN: fill(t.EN)}, c.rule.Advice[a.Variant]
}

// shown makes a text of what somebody else chose fit to be an id and to be read: no control or formatting characters, and
// no more than most characters, the last of which say how many are left out.
func shown(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return '�'
		}
		return r
	}, s)
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	tail := "…+" + strconv.Itoa(n-most)
	return string(slices.Clip([]rune(s)[:most])) + tail
}
