package wire

import (
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is what the next JSON value is.
type Kind uint8

const (
	None Kind = iota // the end, or an error
	Object
	Array
	String
	Number
	True
	False
	Null
)

// Scanner reads one JSON document (RFC 8259) from front to back, in one pass and without building a tree: the caller
// asks for the next key or element and says what it wants to read. The first error sticks; after it every method
// answers the zero value and the loops end. It accepts exactly what encoding/json accepts.
//
//	s := wire.NewScanner(payload)
//	s.Enter(wire.Object)
//	for key, ok := s.Key(); ok; key, ok = s.Key() {
//		switch string(key) { case "a": s.Float() … default: s.Skip() }
//	}
//	err := s.End()
type Scanner struct {
	data  []byte
	at    int
	depth int
	first bool // just entered: no comma before the next key or element
	err   *Refusal
	buf   []byte // unescaped text
}

// NewScanner reads data, which must not change meanwhile.
func NewScanner(data []byte) Scanner { return Scanner{data: data} }

// Err answers the first error, nil if none.
func (s *Scanner) Err() *Refusal { return s.err }

// Offset is how many bytes were read.
func (s *Scanner) Offset() int { return s.at }

func (s *Scanner) fail(r Reason, problem string) {
	if s.err == nil {
		s.err = Refuse(r, "byte "+strconv.Itoa(s.at), problem)
		s.at = len(s.data)
	}
}

func (s *Scanner) space() {
	if s.at < len(s.data) && s.data[s.at] > ' ' {
		return
	}
	s.moreSpace()
}

func (s *Scanner) moreSpace() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// Next answers the kind of the next value without reading it.
func (s *Scanner) Next() Kind {
	if s.err != nil {
		return None
	}
	s.space()
	if s.at >= len(s.data) {
		s.fail(ReasonSyntax, "ends before a value")
		return None
	}
	switch c := s.data[s.at]; {
	case c == '"':
		return String
	case c == '-' || c >= '0' && c <= '9':
		return Number
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == 't':
		return True
	case c == 'f':
		return False
	case c == 'n':
		return Null
	}
	s.fail(ReasonSyntax, "is not JSON here")
	return None
}

// Enter steps into the object or array that comes next. Read it to its end with Key or Element.
func (s *Scanner) Enter(k Kind) bool {
	if s.Next() != k || k != Object && k != Array {
		s.fail(ReasonType, "is not the object or array it must be")
		return false
	}
	if s.depth == MaxDepth {
		s.fail(ReasonTooDeep, "is nested deeper than "+strconv.Itoa(MaxDepth))
		return false
	}
	s.depth++
	s.at++
	s.first = true
	return true
}

// more steps over the comma, or over the closing byte at the end.
func (s *Scanner) more(closing byte) bool {
	s.space()
	if s.at >= len(s.data) {
		s.fail(ReasonSyntax, "ends inside an object or array")
		return false
	}
	c := s.data[s.at]
	if c == closing {
		s.at++
		s.depth--
		s.first = false
		return false
	}
	if !s.first {
		if c != ',' {
			s.fail(ReasonSyntax, "lacks a comma")
			return false
		}
		s.at++
		s.space()
	}
	s.first = false
	return true
}

// Key reads the next key of the object and the colon after it; false at the object's end. The bytes are valid until
// the next call. The value must be read or skipped before the next Key.
func (s *Scanner) Key() ([]byte, bool) {
	if s.err != nil || !s.more('}') {
		return nil, false
	}
	if s.at >= len(s.data) || s.data[s.at] != '"' {
		s.fail(ReasonSyntax, "lacks a key")
		return nil, false
	}
	key := s.text()
	s.space()
	if s.at >= len(s.data) || s.data[s.at] != ':' {
		s.fail(ReasonSyntax, "lacks a colon")
		return nil, false
	}
	s.at++
	return key, s.err == nil
}

// Element steps to the next element of the array; false at the array's end.
func (s *Scanner) Element() bool {
	if s.err != nil || !s.more(']') {
		return false
	}
	if s.at < len(s.data) && s.data[s.at] == ']' { // [1,]
		s.fail(ReasonSyntax, "has a comma too many")
		return false
	}
	return true
}

// End checks that nothing but white space follows, and answers the first error.
func (s *Scanner) End() error {
	if s.err != nil {
		return s.err
	}
	s.space()
	if s.at < len(s.data) {
		s.fail(ReasonSyntax, "goes on after its end")
		return s.err
	}
	return nil
}

// Literal reads true, false or null, whichever comes.
func (s *Scanner) Literal() Kind {
	k := s.Next()
	word := ""
	switch k {
	case True:
		word = "true"
	case False:
		word = "false"
	case Null:
		word = "null"
	default:
		s.fail(ReasonType, "is not true, false or null")
		return None
	}
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		s.fail(ReasonSyntax, "is not JSON here")
		return None
	}
	s.at += len(word)
	return k
}

// Float reads a number. It is finite: one too large for a float64 is refused as out of range.
func (s *Scanner) Float() float64 {
	if s.Next() != Number {
		s.fail(ReasonType, "is not a number")
		return 0
	}
	return s.number()
}

// Optional reads a number, or null: false. Anything else is left unread, and so is the answer of [Scanner.Next].
func (s *Scanner) Optional() (v float64, ok bool, k Kind) {
	switch k = s.Next(); k {
	case Number:
		v = s.number()
		return v, s.err == nil, k
	case Null:
		s.Literal()
	}
	return 0, false, k
}

// number reads the number that begins next.
func (s *Scanner) number() float64 {
	// Digits as an integer and a power of ten. Up to 2^53 and 10^±22 both are exact in a float64, so one
	// multiplication or division rounds once, correctly (Clinger 1990). Everything else goes to strconv.
	d, start, i := s.data, s.at, s.at
	neg := d[i] == '-'
	if neg {
		i++
	}
	var mant uint64
	digits, exp := 0, 0
	lead := i
	for i < len(d) && d[i]-'0' <= 9 {
		mant = mant*10 + uint64(d[i]-'0')
		i++
	}
	digits = i - lead
	if digits == 0 || digits > 1 && d[lead] == '0' {
		s.fail(ReasonSyntax, "is not a JSON number")
		return 0
	}
	if i < len(d) && d[i] == '.' {
		i++
		frac := i
		for i < len(d) && d[i]-'0' <= 9 {
			mant = mant*10 + uint64(d[i]-'0')
			i++
		}
		if i == frac {
			s.fail(ReasonSyntax, "is not a JSON number")
			return 0
		}
		exp = frac - i
		digits += i - frac
	}
	if i < len(d) && (d[i] == 'e' || d[i] == 'E') {
		i++
		expNeg := false
		if i < len(d) && (d[i] == '+' || d[i] == '-') {
			expNeg = d[i] == '-'
			i++
		}
		from, e := i, 0
		for i < len(d) && d[i]-'0' <= 9 {
			if e < 10000 {
				e = e*10 + int(d[i]-'0')
			}
			i++
		}
		if i == from {
			s.fail(ReasonSyntax, "is not a JSON number")
			return 0
		}
		if expNeg {
			e = -e
		}
		exp += e
	}
	s.at = i
	if digits <= 19 && mant <= 1<<53 && exp >= -22 && exp <= 22 {
		v := float64(mant)
		if exp < 0 {
			v /= pow10[-exp]
		} else {
			v *= pow10[exp]
		}
		if neg {
			v = -v
		}
		return v
	}
	v, err := strconv.ParseFloat(string(d[start:i]), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		s.err = Refuse(ReasonRange, "byte "+strconv.Itoa(start), "is too large a number") // s.at stays: Skip goes on
		return 0
	}
	return v
}

var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
	1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

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

// Skip reads over the next value, whatever it is, and answers its bytes as sent.
func (s *Scanner) Skip() []byte {
	k := s.Next()
	start := s.at
	switch k {
	case None:
		return nil
	case String:
		s.Text()
	case Number:
		s.skipNumber()
	case True, False, Null:
		s.Literal()
	case Object:
		if s.Enter(Object) { // recursion ends at MaxDepth
			for _, ok := s.Key(); ok; _, ok = s.Key() {
				s.Skip()
			}
		}
	case Array:
		if s.Enter(Array) {
			for s.Element() {
				s.Skip()
			}
		}
	}
	if s.err != nil {
		return nil
	}
	return s.data[start:s.at]
}

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

// skipNumber reads over a number that nobody asked for: 1e999 is good JSON.
func (s *Scanner) skipNumber() {
	if s.Float(); s.err != nil && s.err.Reason == ReasonRange {
		s.err = nil // Skip is only here without an earlier error
	}
}
