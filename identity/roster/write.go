package roster

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"lowsky"
)

// Format is how a list is written.
type Format string

const (
	CSV  Format = "csv"  // UTF-8 with its mark, so that spreadsheets in China read it as such; CRLF
	XLSX Format = "xlsx" // one sheet; cells are text but for numbers
)

// File answers the ending and the media type of files of a format.
func File(f Format) (extension, media string) {
	if f == XLSX {
		return "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "csv", "text/csv; charset=utf-8"
}

// Write writes entries with the headings of the language, "zh" or "en". Telephone numbers are never among them, nor is
// their column: a file that goes out and comes back leaves them as they are. Text that a spreadsheet might evaluate
// begins with an apostrophe, which Read takes off.
func (l *List[T]) Write(w io.Writer, f Format, language string, entries []T) error {
	var columns []*column[T]
	for i := range l.columns {
		if l.columns[i].get != nil {
			columns = append(columns, &l.columns[i])
		}
	}
	return l.write(w, f, language, columns, entries)
}

// Template writes the headings alone, that of the telephone number included.
func (l *List[T]) Template(w io.Writer, f Format, language string) error {
	columns := make([]*column[T], len(l.columns))
	for i := range l.columns {
		columns[i] = &l.columns[i]
	}
	return l.write(w, f, language, columns, nil)
}

func (l *List[T]) write(w io.Writer, f Format, language string, columns []*column[T], entries []T) error {
	if f == XLSX {
		return l.writeXLSX(w, language, columns, entries)
	}
	var b bytes.Buffer
	b.WriteString("\xEF\xBB\xBF")
	cw := csv.NewWriter(&b)
	cw.UseCRLF = true
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.heading(language)
	}
	_ = cw.Write(record) // a buffer takes everything; Error tells what the writer itself refuses
	for i := range entries {
		for k, c := range columns {
			record[k] = c.get(&entries[i])
			if c.kind != digits {
				record[k] = harmless(c.written(record[k], language))
			}
		}
		_ = cw.Write(record)
	}
	cw.Flush()
	if err := cw.Error(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (c *column[T]) heading(language string) string {
	if language == "en" {
		return c.en
	}
	return c.zh
}

func (l *List[T]) writeXLSX(w io.Writer, language string, columns []*column[T], entries []T) error {
	f := excelize.NewFile()
	defer f.Close()
	sheet := l.name.ZH
	if language == "en" {
		sheet = l.name.EN
	}
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	asText, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // "@": what is typed stays what was typed
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		style := asText
		if c.kind == digits {
			style = 0
		}
		if err := sw.SetColStyle(i+1, i+1, style); err != nil {
			return err
		}
		if err := sw.SetColWidth(i+1, i+1, 18); err != nil {
			return err
		}
		row[i] = excelize.Cell{StyleID: bold, Value: c.heading(language)}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := sw.SetRow("A1", row); err != nil {
		return err
	}
	for i := range entries {
		for k, c := range columns {
			value := c.get(&entries[i])
			if n, ok := number[lowsky.Kilograms](value); c.kind == digits && ok {
				row[k] = float64(n)
				continue
			}
			row[k] = excelize.Cell{StyleID: asText, Value: harmless(c.written(value, language))}
		}
		if err := sw.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// Changed answers the keys of the columns in which two entries differ.
func (l *List[T]) Changed(one, other T) []string {
	var keys []string
	for i := range l.columns {
		if c := &l.columns[i]; c.get != nil && c.get(&one) != c.get(&other) {
			keys = append(keys, c.key)
		}
	}
	return keys
}
