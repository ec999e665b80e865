package wire

import "hash/crc32"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Digest is the checksum of lowsky.TelemetryReport.Digest: CRC-32C, which processors compute at memory speed.
func Digest(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }
