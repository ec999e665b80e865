// Package load sends as much as it is told to: many MQTT connections, each with aircraft of its own, and counts what came
// back. It speaks just enough MQTT 3.1.1 to publish (CONNECT, PUBLISH, PUBACK, DISCONNECT), straight onto the
// socket: a thousand full clients would cost more than what is being measured. Each report is a PUBLISH made once, in
// which stamp, place and course are written over; sending one allocates nothing.
//
// It is an open-loop generator: messages are due at their times whatever the broker does, and one that cannot be sent
// because its connection has too many unacknowledged already is counted as skipped, not sent later in silence. A broker
// that does not read what it is sent holds up the sender, and shows as "behind".
//
// With a [Watch] it also looks at the platform's stream and counts which reports came out, and how long that took.
package load
