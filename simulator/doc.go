// Package simulator flies fleets that do not exist: readable scenario files, kinematics with limits, faults at their
// times, reports in the wire formats of real aircraft, and the alerts that must and must not come of it.
//
// A [Scenario] is read with [Load], or without the files that it includes with [Read], and flown by an [Engine]; [Lint]
// answers all that is wrong with a file, and [Schema] is its JSON Schema. The engine is a discrete simulation with a clock of its
// own: [Engine.Next] answers one message after another, and the same scenario, seed and start give the same bytes
// however fast they are taken, on one kind of machine (floating point may be fused differently on another). [Run]
// paces them by a [Clock] and hands them to an [Emit]. [Scenario.Check] compares the alerts of a run with what the
// file expects.
//
// What the simulator knows of geometry is its own plain arithmetic (geodesy.go); it shares none with the engine it
// tests.
package simulator
