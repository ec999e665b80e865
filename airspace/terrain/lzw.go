package terrain

import "errors"

// TIFF's LZW (TIFF 6.0, section 13) widens its codes one earlier than the LZW of the standard library.
const (
	lzwClear  = 256
	lzwEnd    = 257
	lzwFirst  = 258
	lzwWidest = 12
)

var errLZW = errors.New("has broken LZW data")

// unLZW appends what src holds to dst, up to limit bytes in all.
func unLZW(dst, src []byte, limit int) ([]byte, error) {
	var (
		prefix  [1 << lzwWidest]uint16
		suffix  [1 << lzwWidest]byte
		stack   [1 << lzwWidest]byte
		bits    uint32
		have    uint
		width   uint   = 9
		next    uint16 = lzwFirst
		last    uint16
		started bool
		head    byte // first byte of the last string
	)
	for {
		for have < width {
			if len(src) == 0 {
				return dst, nil // the end code may be missing; the caller counts what came
			}
			bits, have, src = bits<<8|uint32(src[0]), have+8, src[1:]
		}
		have -= width
		code := uint16(bits >> have & (1<<width - 1))
		switch {
		case code == lzwEnd:
			return dst, nil
		case code == lzwClear:
			width, next, started = 9, lzwFirst, false
			continue
		case code > next || code == next && !started || !started && code > 255:
			return dst, errLZW
		}
		n, c := len(stack), code
		if code == next { // the string that is being made: the last one and its own first byte
			n--
			stack[n] = head
			c = last
		}
		for c >= lzwFirst {
			n--
			stack[n], c = suffix[c], prefix[c]
		}
		n--
		stack[n] = byte(c)
		head = byte(c)
		if len(dst)+len(stack)-n > limit {
			return append(dst, stack[n:n+limit-len(dst)]...), nil
		}
		dst = append(dst, stack[n:]...)
		if started && next < 1<<lzwWidest {
			prefix[next], suffix[next] = last, head
			next++
			if next == 1<<width-1 && width < lzwWidest {
				width++
			}
		}
		last, started = code, true
	}
}
