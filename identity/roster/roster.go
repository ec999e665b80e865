package roster

import (
	"slices"
	"strings"
	"time"

	"lowsky"
)

// Limits bound a file. A file beyond one is refused as a whole.
type Limits struct {
	Bytes      int // of the file as it came
	Rows       int // below the headings
	Columns    int
	Characters int // of one cell; beyond it the cell is refused, not the file
	Inflated   int // bytes that the parts of a workbook may unpack to, together
}

// DefaultLimits are what the platform takes.
var DefaultLimits = Limits{Bytes: 16 << 20, Rows: 20_000, Columns: 64, Characters: 1000, Inflated: 64 << 20}

// RowProblem is what is wrong with one field of one row.
type RowProblem struct {
	Field string      `json:"field"` // key of the column; "" the row as a whole
	Code  string      `json:"code"`  // stable; Codes has them all
	Text  lowsky.Text `json:"text"`
}

// Entry is what a register holds.
type Entry interface {
	lowsky.Aircraft | lowsky.Pilot | lowsky.Organisation | lowsky.Site
}

// Row is one row of a file.
type Row[T Entry] struct {
	Number int    // as a spreadsheet counts: the headings are usually 1
	ID     string // "" where the row has none
	Entry  T      // what the row says, all else zero
	// Phone in the clear, absent where the file has no such column: then what is known stays. "" removes it.
	Phone    lowsky.Opt[string]
	Problems []RowProblem // of the row by itself; see Over for those that show only beside what is registered

	list  *List[T]
	cells []laid       // every readable cell that is not empty, to be laid over another entry
	bad   []RowProblem // those of the cells, without those of the entry as a whole
}

// laid is the value of one cell, in words of no language.
type laid struct {
	column int
	value  string
}

// Over answers what becomes of a registered entry when the row is laid over it: columns that the file does not have
// keep what is registered. Problems are those of the row and of the joined entry.
func (r *Row[T]) Over(old T) (T, []RowProblem) {
	e := old
	r.lay(&e)
	r.list.touch(&e, r.list.now, r.list.has)
	return e, append(slices.Clone(r.bad), r.list.check(&e)...)
}

// lay empties what the file has a column for and sets what the row fills.
func (r *Row[T]) lay(t *T) {
	for i := range r.list.columns {
		if c := &r.list.columns[i]; r.list.has[c.key] && c.kind != phone {
			c.set(t, "")
		}
	}
	for _, l := range r.cells {
		r.list.columns[l.column].set(t, l.value)
	}
}

// Has reports whether the file has the column.
func (r *Row[T]) Has(key string) bool { return r.list.has[key] }

// column is one column of a list.
type column[T Entry] struct {
	key    string // heading in English, and name of the field in problems
	zh, en string // headings for people
	also   []string
	kind   kind
	needed bool                           // the file must have it, and every row must fill it
	set    func(t *T, cell string) string // answers the code of a problem, or ""
	get    func(t *T) string              // in words of no language; nil is never written
	words  []word                         // that stand for what get answers
	many   bool                           // several values; get and set part them by spaces
}

// kind is how a cell is read.
type kind uint8

const (
	text   kind = iota
	digits      // may begin with a sign
	phone       // may begin with +; sealed by whoever takes it, never written
	day
)

// List is how one register is read and written.
type List[T Entry] struct {
	Kind    string // "aircraft", "pilots", "companies", "sites"
	name    lowsky.Text
	columns []column[T]
	id      func(*T) string
	// touch fills what follows from the rest, and the instant of the change.
	touch func(t *T, at time.Time, has map[string]bool)
	// check answers the problems of the entry as a whole.
	check func(*T) []RowProblem
	// unique answers what no two rows may share, with the column that it stands in.
	unique func(*T) []unique

	// Of the file being read:
	has map[string]bool // its columns
	now time.Time
}

// unique is a value that no two rows may share. Values of different columns meet where space is the same.
type unique struct{ space, value, field, code string }

// Read answers the rows of a file. name tells CSV from XLSX by its ending; a file without one is told by its content.
// now is what days are held against and becomes UpdatedAt. A file that cannot be read as a whole is a [*FileError];
// what is wrong with single rows is in their Problems.
func (l *List[T]) Read(name string, data []byte, now time.Time, limits Limits) ([]Row[T], error) {
	if len(data) > limits.Bytes {
		return nil, refused("file_too_large", limits.Bytes>>20)
	}
	rows, err := open(name, data, limits)
	if err != nil {
		return nil, err
	}
	own := *l
	own.has, own.now = map[string]bool{}, now.UTC()
	read := &reading[T]{list: &own, limits: limits, seen: map[unique]int{}}
	if err := rows(read.row); err != nil {
		return nil, err
	}
	switch {
	case read.at == nil:
		return nil, refused("file_empty")
	case len(read.rows) == 0:
		return nil, refused("no_rows")
	}
	return read.rows, nil
}

// reading is one file on its way.
type reading[T Entry] struct {
	list   *List[T]
	limits Limits
	at     []int // column of the list behind each column of the file
	rows   []Row[T]
	seen   map[unique]int // row that has a value
}

// row takes the next row of the file. An error ends the reading.
func (rd *reading[T]) row(n int, cells []cell) error {
	for len(cells) > 0 && cells[len(cells)-1].empty() {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) == 0:
		return nil
	case len(cells) > rd.limits.Columns:
		return refused("too_many_columns", rd.limits.Columns)
	case rd.at == nil:
		return rd.headings(cells)
	case len(rd.rows) == rd.limits.Rows:
		return refused("too_many_rows", rd.limits.Rows)
	}
	r := Row[T]{Number: n, list: rd.list}
	filled := make(map[int]bool, len(cells))
	for i, c := range cells {
		switch {
		case c.empty():
		case i >= len(rd.at):
			r.bad = append(r.bad, problem("", "cell_without_heading", i+1))
		default:
			filled[rd.at[i]] = true
			rd.cell(&r, rd.at[i], c)
		}
	}
	for i := range rd.list.columns {
		c := &rd.list.columns[i]
		if c.needed && !filled[i] {
			r.bad = append(r.bad, problem(c.key, "needed"))
		}
		if c.kind == phone && rd.list.has[c.key] && !filled[i] {
			r.Phone = lowsky.Some("")
		}
	}
	r.lay(&r.Entry)
	rd.list.touch(&r.Entry, rd.list.now, rd.list.has)
	r.ID = rd.list.id(&r.Entry)
	rd.meet(&r)
	r.Problems = append(slices.Clone(r.bad), rd.list.check(&r.Entry)...)
	rd.rows = append(rd.rows, r)
	return nil
}

// headings finds out which column is which.
func (rd *reading[T]) headings(cells []cell) error {
	var unknown []string
	at := make([]int, len(cells))
	for i, c := range cells {
		if c.trouble != "" {
			return refused(c.trouble)
		}
		at[i] = slices.IndexFunc(rd.list.columns, func(col column[T]) bool { return col.called(c.text) })
		switch {
		case at[i] < 0 && c.empty():
			unknown = append(unknown, columnName(i))
		case at[i] < 0:
			unknown = append(unknown, "“"+cut(strings.TrimSpace(c.text), 40)+"”")
		case rd.list.has[rd.list.columns[at[i]].key]:
			return refused("column_twice", cut(strings.TrimSpace(c.text), 40))
		default:
			rd.list.has[rd.list.columns[at[i]].key] = true
		}
	}
	if len(unknown) > 0 {
		if len(unknown) > 8 {
			unknown = append(unknown[:8], "…")
		}
		return refused("columns_unknown", strings.Join(unknown, ", "))
	}
	for i := range rd.list.columns {
		if c := &rd.list.columns[i]; c.needed && !rd.list.has[c.key] {
			return refused("column_missing", c.zh+" / "+c.key)
		}
	}
	rd.at = at
	return nil
}

// called reports whether a heading names the column: by its key or one of its names, in whatever case and width.
func (c *column[T]) called(heading string) bool {
	h := plain(heading)
	if h == "" {
		return false
	}
	return h == plain(c.key) || h == plain(c.zh) || h == plain(c.en) ||
		slices.ContainsFunc(c.also, func(a string) bool { return h == plain(a) })
}

// meet refuses what an earlier row has already.
func (rd *reading[T]) meet(r *Row[T]) {
	for _, u := range rd.list.unique(&r.Entry) {
		key := unique{space: u.space, value: u.value}
		if u.value == "" {
			continue
		}
		if first, ok := rd.seen[key]; ok && first != r.Number {
			r.bad = append(r.bad, problem(u.field, u.code, first))
			if u.code == "duplicate_id" {
				return
			}
			continue
		}
		rd.seen[key] = r.Number
	}
}
