package load

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Packet types, the upper four bits of the first byte [MQTT-2.2.1].
const (
	packetConnect    = 0x10
	packetConnAck    = 0x20
	packetPublish    = 0x30
	packetPubAck     = 0x40
	packetPingResp   = 0xD0
	packetDisconnect = 0xE0
)

// appendLength appends the remaining length as a variable byte integer [MQTT-2.2.3].
func appendLength(dst []byte, n int) []byte {
	for n >= 0x80 {
		dst = append(dst, byte(n)|0x80)
		n >>= 7
	}
	return append(dst, byte(n))
}

func appendText(dst []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(s))), s...)
}

// appendConnect appends a CONNECT, clean session, without will.
func appendConnect(dst []byte, clientID, username, password string, keepAlive uint16) []byte {
	flags, n := byte(0x02), 10+2+len(clientID)
	if username != "" {
		flags |= 0x80
		n += 2 + len(username)
	}
	if password != "" {
		flags |= 0x40
		n += 2 + len(password)
	}
	dst = appendLength(append(dst, packetConnect), n)
	dst = append(appendText(dst, "MQTT"), 4, flags)
	dst = binary.BigEndian.AppendUint16(dst, keepAlive)
	dst = appendText(dst, clientID)
	if username != "" {
		dst = appendText(dst, username)
	}
	if password != "" {
		dst = appendText(dst, password)
	}
	return dst
}

// appendPublish appends a PUBLISH; id counts with QoS 1 only.
func appendPublish(dst []byte, topic string, payload []byte, qos byte, id uint16, dup bool) []byte {
	first, n := byte(packetPublish)|qos<<1, 2+len(topic)+len(payload)
	if dup {
		first |= 0x08
	}
	if qos > 0 {
		n += 2
	}
	dst = appendText(appendLength(append(dst, first), n), topic)
	if qos > 0 {
		dst = binary.BigEndian.AppendUint16(dst, id)
	}
	return append(dst, payload...)
}

// packetReader reads the small packets a publisher gets.
type packetReader struct {
	r    io.Reader
	buf  [512]byte
	from int
	to   int
}

func (p *packetReader) byte() (byte, error) {
	if p.from == p.to {
		n, err := p.r.Read(p.buf[:])
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, err
		}
		p.from, p.to = 0, n
	}
	b := p.buf[p.from]
	p.from++
	return b, nil
}

// next answers the type of the next packet and its first two bytes, which are all that a publisher looks at.
func (p *packetReader) next() (kind byte, body [2]byte, err error) {
	kind, err = p.byte()
	if err != nil {
		return 0, body, err
	}
	n := 0
	for shift := 0; ; shift += 7 {
		b, err := p.byte()
		if err != nil {
			return 0, body, err
		}
		n |= int(b&0x7F) << shift
		if b < 0x80 {
			break
		}
		if shift == 21 {
			return 0, body, errors.New("malformed length") // [MQTT-2.2.3]
		}
	}
	for i := range n {
		b, err := p.byte()
		if err != nil {
			return 0, body, err
		}
		if i < 2 {
			body[i] = b
		}
	}
	return kind & 0xF0, body, nil
}

// connectRefusals are the return codes of a CONNACK [MQTT-3.2.2.3].
var connectRefusals = []string{"accepted", "unacceptable protocol version", "client id rejected", "server unavailable",
	"bad user name or password", "not authorised"}

// refusal is the return code of a CONNACK, not 0.
type refusal byte

func (c refusal) Error() string {
	if int(c) < len(connectRefusals) {
		return "refused: " + connectRefusals[c]
	}
	return fmt.Sprintf("refused with code %d", byte(c))
}

// passing reports whether trying again later makes sense: "server unavailable".
func (c refusal) passing() bool { return c == 3 }
