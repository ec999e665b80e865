// Package load sends as much as it is told to: many MQTT connections, each a device of its own, and counts what came
// back. It speaks just enough MQTT 3.1.1 to publish (CONNECT, PUBLISH, PUBACK, DISCONNECT), straight onto the
// socket: a thousand full clients would cost more than what is being measured.
//
// It is an open-loop generator: messages are due at their times whatever the broker does, and one that cannot be sent
// because its connection has too many unacknowledged already is counted as skipped, not sent later in silence.
package load
