// Package picture is the live air picture: the one goroutine that owns tracks and alerts.
//
// [Engine] is its pure core. It consumes [lowsky.Record] values in the journal's order and answers with
// [lowsky.Change] values; it reads no clock, draws no random number and walks no map, so the same records give the
// same bytes. [Picture] feeds it live and never makes the journal wait; [Replay] feeds it from a recorded journal.
//
// README.md has the life of an alert as a table, what time means here, and how jumps are treated.
package picture
