package wire

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Loose reads a number however it was sent: as a number, as a string of digits, or as true or false (1 or 0). Anything
// else, and a number too large, is read over and answers false; it never fails the document.
func (s *Scanner) Loose() (v float64, ok bool) {
	switch s.Next() {
	case Number:
		if v = s.Float(); s.err != nil && s.err.Reason == ReasonRange {
			s.err = nil
			return 0, false
		}
		return v, s.err == nil
	case String:
		b := s.Text()
		if len(b) == 0 || len(b) > 32 {
			return 0, false
		}
		if string(b) == "true" {
			return 1, true
		}
		if string(b) == "false" {
			return 0, true
		}
		v, err := strconv.ParseFloat(string(b), 64)
		return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
	case True, False:
		if s.Literal() == True {
			return 1, s.err == nil
		}
		return 0, s.err == nil
	}
	s.Skip()
	return 0, false
}

// LooseText reads a string of at most max bytes however it was sent: as a string, without its control characters, or
// as a number's digits. Anything else is read over and answers "".
func (s *Scanner) LooseText(max int) string {
	switch s.Next() {
	case String:
		return Clean(s.Text(), max)
	case Number:
		return Clean(s.Skip(), max)
	}
	s.Skip()
	return ""
}

// Clean makes text from outside fit to be shown and stored: no control characters (PostgreSQL has no NUL in text), at
// most max bytes, cut between characters.
func Clean(b []byte, max int) string {
	plain := len(b) <= max
	for _, c := range b {
		if c < 0x20 || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return string(b)
	}
	out := make([]byte, 0, min(len(b), max))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r >= 0x20 && r != 0x7f {
			if len(out)+utf8.RuneLen(r) > max {
				break
			}
			out = utf8.AppendRune(out, r)
		}
		b = b[n:]
	}
	return string(out)
}
