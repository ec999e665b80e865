package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// workbook is an XLSX file (ECMA-376) of which four parts are read, each once and no further than the bound on all of
// them together: the list of sheets, its relations, the shared strings and the one sheet.
type workbook struct {
	parts  map[string]*zip.File
	left   int64 // bytes that may still be unpacked
	limits Limits
}

// maxParts bounds the directory of the zip.
const maxParts = 500

func openXLSX(data []byte, limits Limits) (rows, error) {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(zr.File) > maxParts {
		return nil, refused("xlsx_broken")
	}
	w := &workbook{parts: map[string]*zip.File{}, left: int64(limits.Inflated), limits: limits}
	for _, f := range zr.File {
		name := strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/"))
		switch {
		case strings.Contains(name, "vbaproject"), strings.HasPrefix(name, "xl/macrosheets/"), strings.HasPrefix(name, "xl/dialogsheets/"):
			return nil, refused("macros")
		case strings.HasPrefix(name, "xl/externallinks/"), name == "xl/connections.xml", strings.HasPrefix(name, "xl/querytables/"):
			return nil, refused("external_links")
		case strings.HasPrefix(name, "xl/embeddings/"), strings.HasPrefix(name, "xl/activex/"), strings.HasPrefix(name, "xl/ctrlprops/"):
			return nil, refused("embedded")
		}
		if w.parts[name] != nil { // two parts of one name: who reads which?
			return nil, refused("xlsx_broken")
		}
		w.parts[name] = f
	}
	sheet, epoch, err := w.theSheet()
	if err != nil {
		return nil, err
	}
	shared, err := w.sharedStrings()
	if err != nil {
		return nil, err
	}
	return func(each func(int, []cell) error) error {
		return w.sheet(sheet, &sheetReader{shared: shared, epoch: epoch, limits: limits, each: each})
	}, nil
}

// errUnpacked says that the parts unpack to more than they may.
var errUnpacked = errors.New("unpacks to too much")

// bounded reads no more than the workbook may still unpack.
type bounded struct {
	w *workbook
	r io.Reader
}

func (b bounded) Read(p []byte) (int, error) {
	if b.w.left <= 0 {
		return 0, errUnpacked
	}
	if int64(len(p)) > b.w.left {
		p = p[:b.w.left]
	}
	n, err := b.r.Read(p)
	b.w.left -= int64(n)
	return n, err
}

// walk hands every element of a part on. inside is whether there is one.
func (w *workbook) walk(name string, start func(*xml.Decoder, xml.StartElement) error) (inside bool, err error) {
	f := w.parts[name]
	if f == nil {
		return false, nil
	}
	rc, err := f.Open()
	if err != nil {
		return true, refused("xlsx_broken")
	}
	defer rc.Close()
	d := xml.NewDecoder(bounded{w, rc})
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return true, nil
		}
		if err == nil {
			if e, ok := t.(xml.StartElement); ok {
				err = start(d, e)
			}
		}
		if err != nil {
			return true, w.trouble(err)
		}
	}
}

// trouble tells an error of ours from one of the file.
func (w *workbook) trouble(err error) error {
	var known *FileError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errUnpacked):
		return refused("inflates", w.limits.Inflated>>20)
	}
	return refused("xlsx_broken")
}

// theSheet finds the part of the only sheet, and whether days count from 1904.
func (w *workbook) theSheet() (part string, since1904 bool, err error) {
	sheets, id := 0, ""
	inside, err := w.walk("xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			v := attribute(e, "date1904")
			since1904 = v == "1" || v == "true"
		case "sheet":
			sheets++
			id = attribute(e, "id")
		}
		return nil
	})
	switch {
	case err != nil:
		return "", false, err
	case !inside || sheets == 0:
		return "", false, refused("xlsx_broken")
	case sheets > 1:
		return "", false, refused("several_sheets", sheets)
	}
	_, err = w.walk("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == id && attribute(e, "TargetMode") != "External" {
			part = attribute(e, "Target")
		}
		return nil
	})
	if err != nil {
		return "", false, err
	}
	if !strings.HasPrefix(part, "/") {
		part = "/xl/" + part
	}
	part = strings.ToLower(strings.TrimPrefix(path.Clean(part), "/"))
	if w.parts[part] == nil {
		return "", false, refused("xlsx_broken")
	}
	return part, since1904, nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// sharedStrings reads the table of texts that cells point into. Each is kept one character beyond what a cell may have,
// so that it shows that it is too long.
func (w *workbook) sharedStrings() ([]string, error) {
	var out []string
	most := (w.limits.Rows + 1) * 20 // the widest list has 17 columns
	_, err := w.walk("xl/sharedstrings.xml", func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		if len(out) == most {
			return refused("too_many_rows", w.limits.Rows)
		}
		s, err := textWithin(d, "si", w.limits.Characters)
		out = append(out, s)
		return err
	})
	return out, err
}

// textWithin joins the texts (t) up to the end of the element, without phonetic guides (rPh).
func textWithin(d *xml.Decoder, end string, most int) (string, error) {
	var b strings.Builder
	in, guide := false, 0
	for {
		t, err := d.RawToken()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				in = guide == 0
			case "rPh":
				guide++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "rPh":
				guide--
			case end:
				return b.String(), nil
			}
		case xml.CharData:
			if in {
				room := (most+1)*4 - b.Len() // a character is at most 4 bytes
				b.Write(t[:max(0, min(len(t), room))])
			}
		}
	}
}

// sheetReader makes rows of the elements of a sheet.
type sheetReader struct {
	shared []string
	epoch  bool
	limits Limits
	each   func(int, []cell) error
	n      int // number of the row before
}

func (w *workbook) sheet(part string, s *sheetReader) error {
	_, err := w.walk(part, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		s.n++
		if at := attribute(e, "r"); at != "" {
			n, err := strconv.Atoi(at)
			if err != nil || n < s.n {
				return refused("xlsx_broken")
			}
			s.n = n
		}
		cells, err := s.row(d)
		if err != nil {
			return err
		}
		return s.each(s.n, cells)
	})
	return err
}

// row reads the cells up to the end of the row.
func (s *sheetReader) row(d *xml.Decoder) ([]cell, error) {
	var cells []cell
	for {
		t, err := d.RawToken()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return cells, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			at := len(cells)
			if ref := attribute(t, "r"); ref != "" {
				if at = columnOf(ref); at < len(cells) {
					return nil, refused("xlsx_broken")
				}
			}
			c, err := s.cell(d, attribute(t, "t"))
			if err != nil {
				return nil, err
			}
			if c == (cell{}) { // formats may reach to the last column of the sheet
				continue
			}
			if at >= s.limits.Columns {
				return nil, refused("too_many_columns", s.limits.Columns)
			}
			for len(cells) < at {
				cells = append(cells, cell{})
			}
			cells = append(cells, c)
		}
	}
}

// cell reads one cell up to its end. kind is its attribute t, ECMA-376 part 1, 18.18.11.
func (s *sheetReader) cell(d *xml.Decoder, kind string) (cell, error) {
	var c cell
	var value strings.Builder
	in := false
	for {
		t, err := d.RawToken()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return c, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				c.trouble = "formula_cell"
			case "v":
				in = true
			case "is":
				if c.text, err = textWithin(d, "is", s.limits.Characters); err != nil {
					return c, err
				}
			}
		case xml.CharData:
			if in {
				room := (s.limits.Characters+1)*4 - value.Len()
				value.Write(t[:max(0, min(len(t), room))])
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				in = false
			case "c":
				return s.valued(c, kind, value.String())
			}
		}
	}
}

func (s *sheetReader) valued(c cell, kind, value string) (cell, error) {
	if c.trouble != "" || kind == "inlineStr" {
		return c, nil
	}
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(s.shared) {
			return c, refused("xlsx_broken")
		}
		c.text = s.shared[i]
	case "e":
		c.trouble = "cell_error"
	case "", "n":
		c.text, c.number, c.epoch = value, value != "", s.epoch && value != ""
	default: // str, b, d
		c.text = value
	}
	return c, nil
}

// columnOf answers the column of a reference such as "AB12", from 0; a large number for none.
func columnOf(ref string) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' || i == 4 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	if n == 0 {
		return 1 << 20
	}
	return n - 1
}
