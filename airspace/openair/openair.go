// Package openair reads zones from OpenAir text, the airspace format of gliding and paragliding. README.md names the
// documents and says how each record is read; where a record leaves a choice, the stricter reading is taken and said in a
// remark.
package openair

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"lowsky"
	"lowsky/airspace"
)

// Bounds of what is read.
const (
	MaxBytes = 16 << 20 // of one document
	MaxZones = 100_000
	maxLine  = 4096 // bytes of one record
	maxTexts = 64   // texts, stations and unknown records kept of one zone
)

// Read reads every airspace of a document. One that cannot be read is a refused remark with its line; an error is an
// *lowsky.InvalidError about the document as a whole, naming the line where there is one, or ctx's. Coordinates stay as
// in the file; nothing is validated.
func Read(ctx context.Context, doc []byte) (*airspace.Reading, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(doc) > MaxBytes {
		return nil, invalid("document", "is larger than %d MB", MaxBytes>>20)
	}
	rd := &reader{ids: map[string]int{}, same: map[[32]byte]int{}}
	text, err := rd.decode(doc)
	if err != nil {
		return nil, err
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for n, more := 1, true; more; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		var line string
		line, text, more = strings.Cut(text, "\n")
		if err := rd.line(n, line); err != nil {
			return nil, err
		}
	}
	rd.finish()
	if rd.count == 0 {
		return nil, invalid("document", "is not OpenAir: no line begins an airspace with AC")
	}
	return &airspace.Reading{Zones: rd.zones, Places: rd.places, Remarks: rd.remarks.All, Read: rd.count}, nil
}

// decode answers the document as UTF-8. The format names no encoding: what is valid UTF-8 is that, anything else is read
// as Windows-1252, of which ISO-8859-1 is the printable part.
func (rd *reader) decode(doc []byte) (string, error) {
	switch {
	case bytes.HasPrefix(doc, []byte("\xff\xfe")) || bytes.HasPrefix(doc, []byte("\xfe\xff")):
		return "", invalid("document", "is UTF-16: save it as UTF-8")
	case bytes.HasPrefix(doc, []byte("PK\x03\x04")):
		return "", invalid("document", "is a zip archive, not OpenAir text")
	}
	if n := bytes.IndexByte(doc, 0); n >= 0 {
		return "", invalid("document", "holds a zero byte in line %d: it is no text", 1+bytes.Count(doc[:n], []byte("\n")))
	}
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	if utf8.Valid(doc) {
		return string(doc), nil
	}
	var b strings.Builder
	b.Grow(len(doc) + len(doc)/8)
	first, lines := 0, 1
	for _, c := range doc {
		if c == '\n' {
			lines++
		}
		if c >= 0x80 && first == 0 {
			first = lines
		}
		switch {
		case c >= 0x80 && c < 0xa0:
			b.WriteRune(windows1252[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	rd.remarks.Add(airspace.Remark{Place: fmt.Sprintf("line %d", first), Kind: airspace.RemarkNoted, Code: "read_as_windows_1252",
		Problem: "is not UTF-8: the file was read as Windows-1252"})
	return b.String(), nil
}

// windows1252 is its range 0x80 … 0x9f; the five that mean nothing are U+FFFD.
var windows1252 = [32]rune{
	'€', '\ufffd', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\ufffd', 'Ž', '\ufffd',
	'\ufffd', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\ufffd', 'ž', 'Ÿ',
}

func invalid(field, problem string, args ...any) error {
	return &lowsky.InvalidError{Field: field, Problem: fmt.Sprintf(problem, args...)}
}
