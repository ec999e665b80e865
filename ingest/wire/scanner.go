package wire

import (
	"math"
	"strconv"
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

// skipNumber reads over a number that nobody asked for: 1e999 is good JSON.
func (s *Scanner) skipNumber() {
	if s.Float(); s.err != nil && s.err.Reason == ReasonRange {
		s.err = nil // Skip is only here without an earlier error
	}
}
