package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// rows hands the rows of a file on, one by one, with their numbers; an error of each ends it.
type rows func(each func(n int, cells []cell) error) error

// open finds out what a file is.
func open(name string, data []byte, limits Limits) (rows, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return openXLSX(data, limits)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, refused("xls_old")
	case strings.HasSuffix(strings.ToLower(name), ".xlsx") && len(data) > 0:
		return nil, refused("xlsx_broken")
	}
	return openCSV(data)
}

func openCSV(data []byte) (rows, error) {
	s, err := decoded(data)
	if err != nil {
		return nil, err
	}
	skipped := 0
	comma := separator(s)
	if line, rest, ok := strings.Cut(s, "\n"); ok { // what spreadsheets write to name their separator
		if l := strings.TrimSpace(line); len(l) == 5 && strings.HasPrefix(l, "sep=") && strings.ContainsAny(l[4:], ",;|") {
			s, comma, skipped = rest, rune(l[4]), 1
		}
	}
	return func(each func(int, []cell) error) error {
		r := csv.NewReader(strings.NewReader(s))
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
		var cells []cell
		for {
			record, err := r.Read()
			var bad *csv.ParseError
			switch {
			case err == io.EOF:
				return nil
			case errors.As(err, &bad):
				return refused("csv_broken", bad.StartLine+skipped)
			case err != nil:
				return refused("csv_broken", 0)
			}
			line, _ := r.FieldPos(0)
			cells = slices.Grow(cells[:0], len(record))
			for _, f := range record {
				cells = append(cells, cell{text: f})
			}
			if err := each(line+skipped, cells); err != nil {
				return err
			}
		}
	}, nil
}

// decoded answers the text of a file: UTF-16 and UTF-8 by their marks, else UTF-8 if it is, else GB18030.
func decoded(data []byte) (string, error) {
	var out []byte
	var err error
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		out = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		out, err = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
	case utf8.Valid(data):
		out = data
	default:
		out, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	}
	// The decoders put U+FFFD where there is no character; a NUL is in no table that people keep.
	if err != nil || !utf8.Valid(out) || bytes.ContainsRune(out, utf8.RuneError) || bytes.IndexByte(out, 0) >= 0 {
		return "", refused("encoding_unknown")
	}
	return string(out), nil
}

// separator answers what parts the first line with anything in it.
func separator(s string) rune {
	line := strings.TrimLeft(s, "\r\n \ufeff")
	if i := strings.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	line = cut(line, 4000)
	best, most := ',', strings.Count(line, ",")
	for _, r := range ";\t" {
		if n := strings.Count(line, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}
