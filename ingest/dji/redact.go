package dji

import "lowsky/ingest/wire"

// Redact overwrites device_secret and nonce in a topology, in place and without changing its length, so that no secret
// is stored with the raw bytes. False: the payload may hold one that could not be found (broken JSON), and must not be
// stored.
func Redact(topic string, payload []byte) bool {
	_, ch, ok := split(topic)
	if !ok || ch != chStatus {
		return true
	}
	s := wire.NewScanner(payload)
	redact(&s)
	return s.End() == nil
}

func redact(s *wire.Scanner) {
	switch s.Next() {
	case wire.Object:
		if !s.Enter(wire.Object) {
			return
		}
		for key, ok := s.Key(); ok; key, ok = s.Key() {
			if string(key) != "device_secret" && string(key) != "nonce" {
				redact(s)
				continue
			}
			raw := s.Skip() // a part of payload
			if len(raw) > 1 && raw[0] == '"' {
				for i := range raw[1 : len(raw)-1] {
					raw[1+i] = '*'
				}
			} else if len(raw) > 0 { // not as documented: a plain 0 in its place
				for i := range raw {
					raw[i] = ' '
				}
				raw[0] = '0'
			}
		}
	case wire.Array:
		if !s.Enter(wire.Array) {
			return
		}
		for s.Element() {
			redact(s)
		}
	default:
		s.Skip()
	}
}
