package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Text reads a string. The bytes are valid until the next call; invalid UTF-8 becomes U+FFFD.
func (s *Scanner) Text() []byte {
	if s.Next() != String {
		s.fail(ReasonType, "is not a string")
		return nil
	}
	return s.text()
}

// text reads the string whose opening quote is next.
func (s *Scanner) text() []byte {
	d := s.data
	start := s.at + 1
	i := start
	for i < len(d) && plain[d[i]] {
		i++
	}
	switch {
	case i == len(d):
		s.fail(ReasonSyntax, "ends inside a string")
	case d[i] == '"':
		s.at = i + 1
		return d[start:i]
	case d[i] < 0x20:
		s.at = i
		s.fail(ReasonSyntax, "has a control character in a string")
	default:
		return s.unescape(start, i)
	}
	return nil
}

// plain are the bytes that a string holds as they are: ASCII but controls, quote and backslash.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// unescape reads the string that starts at start and is plain up to i.
func (s *Scanner) unescape(start, i int) []byte {
	d := s.data
	s.buf = append(s.buf[:0], d[start:i]...)
	for i < len(d) {
		c := d[i]
		switch {
		case c == '"':
			s.at = i + 1
			return s.buf
		case c == '\\':
			i++
			if i >= len(d) {
				break
			}
			switch d[i] {
			case '"', '\\', '/':
				s.buf = append(s.buf, d[i])
			case 'b':
				s.buf = append(s.buf, '\b')
			case 'f':
				s.buf = append(s.buf, '\f')
			case 'n':
				s.buf = append(s.buf, '\n')
			case 'r':
				s.buf = append(s.buf, '\r')
			case 't':
				s.buf = append(s.buf, '\t')
			case 'u':
				r := hex4(d, i+1)
				if r < 0 {
					s.at = i
					s.fail(ReasonSyntax, "has a bad escape in a string")
					return nil
				}
				i += 4
				if utf16.IsSurrogate(r) {
					if i+2 < len(d) && d[i+1] == '\\' && d[i+2] == 'u' {
						if pair := utf16.DecodeRune(r, hex4(d, i+3)); pair != utf8.RuneError {
							s.buf = utf8.AppendRune(s.buf, pair)
							i += 7
							continue
						}
					}
					r = utf8.RuneError
				}
				s.buf = utf8.AppendRune(s.buf, r)
			default:
				s.at = i
				s.fail(ReasonSyntax, "has a bad escape in a string")
				return nil
			}
			i++
		case c < 0x20:
			s.at = i
			s.fail(ReasonSyntax, "has a control character in a string")
			return nil
		case c < utf8.RuneSelf:
			s.buf = append(s.buf, c)
			i++
		default:
			r, n := utf8.DecodeRune(d[i:])
			s.buf = utf8.AppendRune(s.buf, r)
			i += n
		}
	}
	s.fail(ReasonSyntax, "ends inside a string")
	return nil
}

// hex4 reads four hex digits at i; -1 where there are none.
func hex4(d []byte, i int) rune {
	if i+4 > len(d) {
		return -1
	}
	var r rune
	for _, c := range d[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
