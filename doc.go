// Package lowsky is the vocabulary of a city-and-county low-altitude operations platform: types, units and errors,
// and no behaviour that waits. Every other package speaks in these words; read this package first.
//
// One message flows like this: ingest stamps and decodes it into [Message] values, journal gives it its place in the
// order of the world (a [Record]), picture joins it to a [Track], asks every [Rule] and moves the [Alert] that the
// rule's [Finding] feeds, and tells the consoles with a [Change]; store keeps all of it.
//
// Conventions: positions are WGS-84 (EPSG:4326), order [longitude, latitude] only inside [Position]; lengths are
// metres, speeds metres per second, angles degrees clockwise from true north; instants are stored in UTC and shown in
// [Shanghai]. A value that may be absent is an [Opt]; there are no sentinel numbers past a decoder.
package lowsky
