// Package ingest takes in what devices say over MQTT and answers what they ask.
//
// [Decode] turns one message of any wire format into the vocabulary's messages; decoders.go is the written list of
// formats. [Intake] is the path of one message: arrival stamp, decode, sanity, the log, counts, answer. Messages come
// from [Embedded], a broker inside the process, or from [Subscriber], a client of an outside broker; both acknowledge
// a QoS 1 message only when the log has it on disk.
package ingest
