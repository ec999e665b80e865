package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"lowsky"
)

// A frame is one JetStream message: a header, then the body of the batch or, of a body that is too large for one
// message, a part of it. Integers are little-endian.
//
//	 0  4 bytes  "LSKJ"
//	 4  u8       version = 1
//	 5  u8       0
//	 6  u16      part, from 0
//	 8  u16      parts
//	10  u16      0
//	12  u32      records in the batch
//	16  u64      sequence number of its first record
//	24  u64      sequence number of its last record
//	32  u32      length of the whole body
//	36  u32      CRC-32C of bytes 0 … 35 and of this part of the body
//
// A body is its records one after the other:
//
//	 0  u8       kind
//	 1  u8       flags: bit 0 simulated
//	 2  u16      length of the link
//	 4  u16      length of the topic
//	 6  u16      0
//	 8  u32      sequence number, counted from the batch's first
//	12  u32      length of the payload
//	16  i64      at, nanoseconds since 1970 UTC
//	24           link, topic, payload
const (
	frameMagic   = "LSKJ"
	frameVersion = 1
	frameHeader  = 40
	recordHeader = 24
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errFrame = errors.New("not a journal frame")

// The instants that fit into an i64 of nanoseconds.
var (
	earliest = time.Unix(0, math.MinInt64)
	latest   = time.Unix(0, math.MaxInt64)
)

// checkRecord refuses what could not be read back as it was.
func checkRecord(rec *lowsky.Record) error {
	switch {
	case rec.Kind == 0:
		return &lowsky.InvalidError{Field: "kind", Problem: "is missing"}
	case len(rec.Link) > math.MaxUint16:
		return &lowsky.InvalidError{Field: "link", Problem: "is longer than 65535 bytes"}
	case len(rec.Topic) > math.MaxUint16:
		return &lowsky.InvalidError{Field: "topic", Problem: "is longer than 65535 bytes"}
	case len(rec.Payload) > MaxRecordBytes:
		return &lowsky.InvalidError{Field: "payload", Problem: fmt.Sprintf("is larger than %d bytes", MaxRecordBytes)}
	case rec.At.Before(earliest) || rec.At.After(latest):
		return &lowsky.InvalidError{Field: "at", Problem: "is outside the years 1678 to 2261"}
	}
	return nil
}

func recordSize(rec *lowsky.Record) int {
	return recordHeader + len(rec.Link) + len(rec.Topic) + len(rec.Payload)
}

// appendRecord appends rec and answers the payload's copy inside dst, capped so that nobody can append into dst.
func appendRecord(dst []byte, rec *lowsky.Record, offset uint32) (body, payload []byte) {
	var flags byte
	if rec.Simulated {
		flags = 1
	}
	dst = append(dst, byte(rec.Kind), flags)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(rec.Link)))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(rec.Topic)))
	dst = append(dst, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, offset)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(rec.Payload)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(rec.At.UnixNano()))
	dst = append(dst, rec.Link...)
	dst = append(dst, rec.Topic...)
	dst = append(dst, rec.Payload...)
	if rec.Payload == nil {
		return dst, nil
	}
	return dst, dst[len(dst)-len(rec.Payload) : len(dst) : len(dst)]
}

// frame is a decoded header with the bytes that follow it.
type frame struct {
	part, parts int
	count       int
	first, last uint64
	bodyLen     int
	chunk       []byte
}

// sameBody reports whether f and g are parts of one body.
func (f frame) sameBody(g frame) bool {
	return f.parts == g.parts && f.count == g.count && f.first == g.first && f.last == g.last && f.bodyLen == g.bodyLen
}

// appendFrame appends the header and chunk of f.
func appendFrame(dst []byte, f frame) []byte {
	start := len(dst)
	dst = append(dst, frameMagic...)
	dst = append(dst, frameVersion, 0)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(f.part))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(f.parts))
	dst = append(dst, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(f.count))
	dst = binary.LittleEndian.AppendUint64(dst, f.first)
	dst = binary.LittleEndian.AppendUint64(dst, f.last)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(f.bodyLen))
	sum := crc32.Update(crc32.Checksum(dst[start:], castagnoli), castagnoli, f.chunk)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return append(dst, f.chunk...)
}

// parseFrame reads one message. The chunk points into b.
func parseFrame(b []byte) (frame, error) {
	if len(b) < frameHeader || string(b[:4]) != frameMagic {
		return frame{}, errFrame
	}
	if b[4] != frameVersion {
		return frame{}, fmt.Errorf("%w: version %d", errFrame, b[4])
	}
	f := frame{
		part:    int(binary.LittleEndian.Uint16(b[6:])),
		parts:   int(binary.LittleEndian.Uint16(b[8:])),
		count:   int(binary.LittleEndian.Uint32(b[12:])),
		first:   binary.LittleEndian.Uint64(b[16:]),
		last:    binary.LittleEndian.Uint64(b[24:]),
		bodyLen: int(binary.LittleEndian.Uint32(b[32:])),
		chunk:   b[frameHeader:],
	}
	sum := crc32.Update(crc32.Checksum(b[:36], castagnoli), castagnoli, f.chunk)
	switch {
	case binary.LittleEndian.Uint32(b[36:]) != sum:
		return frame{}, fmt.Errorf("%w: checksum", errFrame)
	case f.part >= f.parts, f.count < 1, f.first == 0, f.last < f.first, uint64(f.count) > f.last-f.first+1:
		return frame{}, fmt.Errorf("%w: part %d of %d, records %d (%d … %d)", errFrame, f.part, f.parts, f.count, f.first, f.last)
	case f.last-f.first > math.MaxUint32:
		return frame{}, fmt.Errorf("%w: too many sequence numbers", errFrame)
	case f.bodyLen > MaxRecordBytes+recordHeader+2*math.MaxUint16, f.count > f.bodyLen/recordHeader:
		return frame{}, fmt.Errorf("%w: body of %d bytes for %d records", errFrame, f.bodyLen, f.count)
	case f.parts == 1 && len(f.chunk) != f.bodyLen, len(f.chunk) > f.bodyLen:
		return frame{}, fmt.Errorf("%w: %d bytes of a body of %d", errFrame, len(f.chunk), f.bodyLen)
	}
	return f, nil
}

// reader decodes bodies. It keeps the strings it has met, for links and topics repeat.
type bodyReader struct{ names map[string]string }

// maxNames bounds the memory for repeated strings; beyond it they are forgotten and collected anew.
const maxNames = 8192

func (r *bodyReader) name(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := r.names[string(b)]; ok {
		return s
	}
	if r.names == nil || len(r.names) >= maxNames {
		r.names = make(map[string]string)
	}
	s := string(b)
	r.names[s] = s
	return s
}

// parseBody appends the records of f's body to dst. Payloads point into body. On an error dst is answered as it was.
func (r *bodyReader) parseBody(dst []lowsky.Record, f frame, body []byte) ([]lowsky.Record, error) {
	if len(body) != f.bodyLen {
		return dst, fmt.Errorf("%w: body of %d bytes, not %d", errFrame, len(body), f.bodyLen)
	}
	start := len(dst)
	fail := func(i int, what string) ([]lowsky.Record, error) {
		return dst[:start], fmt.Errorf("%w: record %d: %s", errFrame, i, what)
	}
	var previous uint64
	for i := range f.count {
		if len(body) < recordHeader {
			return fail(i, "cut off")
		}
		link, topic := int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint16(body[4:]))
		seq := f.first + uint64(binary.LittleEndian.Uint32(body[8:]))
		payload := uint64(binary.LittleEndian.Uint32(body[12:]))
		if body[0] == 0 || body[1] > 1 {
			return fail(i, "kind or flags")
		}
		if seq > f.last || seq <= previous {
			return fail(i, "sequence number")
		}
		previous = seq
		size := uint64(recordHeader+link+topic) + payload
		if uint64(len(body)) < size {
			return fail(i, "cut off")
		}
		rec := lowsky.Record{
			Seq: seq, Kind: lowsky.RecordKind(body[0]), Simulated: body[1]&1 != 0,
			At:    time.Unix(0, int64(binary.LittleEndian.Uint64(body[16:]))).UTC(),
			Link:  r.name(body[recordHeader : recordHeader+link]),
			Topic: r.name(body[recordHeader+link : recordHeader+link+topic]),
		}
		if payload > 0 {
			rec.Payload = body[size-payload : size : size]
		}
		dst = append(dst, rec)
		body = body[size:]
	}
	if len(body) != 0 || previous != f.last || dst[start].Seq != f.first {
		return fail(f.count, "something is left over")
	}
	return dst, nil
}
