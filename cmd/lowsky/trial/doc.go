// Package trial flies scenario files through the platform's own engine on a virtual clock and has the alerts scored: the
// decoders, rule packs, zone index and picture are those that serve uses, only the broker, the journal and the wall clock
// are left out. What the simulated devices send becomes the records that the journal would hold, in the same order, and
// the clock ticks every second as it does live.
//
// The same file, seed, packs and binary give the same alerts and the same score, whatever runs beside.
package trial
