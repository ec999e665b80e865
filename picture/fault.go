package picture

import (
	"fmt"
	"time"

	"lowsky"
)

// faultQuiet is how long a rule must have worked before its "rule failed" alert ends.
const faultQuiet = 5 * time.Minute

// faultRule stands for the platform itself, which watches its rules.
var faultRule = lowsky.Rule{
	ID: "rule_fault", Hazard: lowsky.HazardRuleFault, KeepFiring: faultQuiet,
	Name: lowsky.Text{ZH: "规则执行失败", EN: "Rule failed"},
	Texts: map[string]lowsky.Text{"panicked": {
		ZH: "规则执行出错 {measured} 次：它负责的告警已冻结，其判断不可用",
		EN: "The rule failed {measured} times: its alerts are frozen and it judges nothing reliably",
	}},
	Advice: map[string]lowsky.Text{"panicked": {
		ZH: "人工盯控相关飞行，并通知平台维护人员", EN: "Watch the flights concerned by eye and call platform support",
	}},
}

// fault counts a panic of rule r and shows it: silence would look like safety.
func (e *Engine) fault(r *rule, cause any) {
	e.counts.RuleFaults++
	r.panics++
	e.faults = append(e.faults, Fault{Rule: r.ID, Seq: e.seq, Cause: fmt.Sprint(cause)})
	a := e.raise(r.object, lowsky.HazardRuleFault, lowsky.Subject{})
	self := e.self(r)
	f := lowsky.Finding{
		Severity: lowsky.Caution, Variant: "panicked", Measured: lowsky.Some(float64(r.panics)),
	}
	e.found(a, self, &f, lowsky.Caution, 0, &judgement{patience: faultQuiet})
}

// self answers the rule that stands for the platform in a fault alert of r.
func (e *Engine) self(r *rule) *rule {
	if e.selfRule == nil {
		e.selfRule = &rule{Rule: &faultRule, pack: r.pack}
	}
	return e.selfRule
}

// worked notes that a rule that failed before has worked.
func (e *Engine) worked(r *rule) {
	a := r.object.find(lowsky.HazardRuleFault, lowsky.Subject{})
	if a == nil || a.State == lowsky.AlertResolved {
		return
	}
	c := a.contribution(e.self(r))
	if c == nil || c.stamp == 0 && c.judged.Equal(e.now) {
		return // it failed in this very instant
	}
	if e.now.Sub(c.judged) < time.Second && c.clears > 0 {
		return // once a second is enough
	}
	e.clear(a, c, &judgement{patience: faultQuiet})
}
