// Package wire is what the wire formats share: the words for refusing a message, and a bounded one-pass JSON scanner.
//
// A decoder built on it is a pure function of (topic, payload, received). Whatever bytes it is given, it answers
// messages or a [Refusal] whose [Reason] is one of a fixed set, so that refusals can be counted; it never panics,
// never recurses deeper than [MaxDepth] and never yields a number that is not finite.
package wire
