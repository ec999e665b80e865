// Package rules holds the rule kinds: one pure function and its parameters per file, and the written list of them.
//
// A rule pack names a kind, gives it parameters and texts; [lowsky/scenarios] compiles that into a [lowsky.Rule]. To
// add a kind: write <kind>.go with a parameter struct that implements [Params], add one line to [Kinds], and add a table
// below, at and above the limit to its test.
//
// What every kind here keeps: Check reads the situation and nothing else, does not allocate where all is clear, names
// every subject that it cannot judge, and never calls an unknown thing clear.
package rules

import "lowsky"

// Params are the parameters of one rule of a kind, filled from the pack over the kind's defaults.
type Params interface {
	// Validate answers an *lowsky.InvalidError that names the key as the pack writes it.
	Validate() error
	// Variants are the variants that a finding of these parameters can have: the pack must have a text for each.
	Variants() []string
	// Check judges, see [lowsky.Rule].
	Check(s *lowsky.Situation, out lowsky.Verdicts)
}

// PairParams are parameters of a kind that judges pairs: how far the picture looks for them.
type PairParams interface {
	Params
	Pairs() lowsky.PairReach
}

// Kind is an entry of the written list.
type Kind struct {
	Name   string
	Hazard lowsky.Hazard
	On     lowsky.Trigger
	// New makes the parameters with their defaults.
	New func() Params
}

// Kinds is the written list of rule kinds.
var Kinds = []Kind{
	{"zone_entry", lowsky.HazardZoneEntry, lowsky.EachReport, func() Params { return NewZoneEntry() }},
	{"height_limit", lowsky.HazardHeight, lowsky.EachReport, func() Params { return NewHeightLimit() }},
	{"identity", lowsky.HazardIdentity, lowsky.EachReport, func() Params { return NewIdentity() }},
	{"speed_limit", lowsky.HazardSpeed, lowsky.EachReport, func() Params { return NewSpeedLimit() }},
	{"battery", lowsky.HazardBattery, lowsky.EachReport, func() Params { return NewBattery() }},
	{"emergency", lowsky.HazardEmergency, lowsky.EachReport, func() Params { return NewEmergency() }},
	{"silence", lowsky.HazardSilence, lowsky.EachTick, func() Params { return NewSilence() }},
	{"c2_loss", lowsky.HazardC2Loss, lowsky.EachReport, func() Params { return NewC2Loss() }},
	{"source_down", lowsky.HazardSource, lowsky.EachTickGroup, func() Params { return NewSourceDown() }},
	{"separation", lowsky.HazardSeparation, lowsky.EachTickGroup, func() Params { return NewSeparation() }},
}

// ByName finds a kind in the list.
func ByName(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
