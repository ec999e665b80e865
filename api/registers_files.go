package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lowsky"
	"lowsky/identity/roster"
)

// RowChange is what a row of a file is to the register.
type RowChange string

const (
	RowNew     RowChange = "new"
	RowChanged RowChange = "changed"
	RowSame    RowChange = "same"
	RowRefused RowChange = "refused"
)

// CheckedRow is what one row of a file would do.
type CheckedRow struct {
	Row      int                 `json:"row" doc:"As a spreadsheet counts: the headings are usually 1"`
	ID       string              `json:"id" doc:"As the file has it; empty: none"`
	Change   RowChange           `json:"change" enum:"new,changed,same,refused"`
	Fields   []string            `json:"fields,omitempty" doc:"Of a changed one: the columns that differ from what is registered"`
	Problems []roster.RowProblem `json:"problems" doc:"Why it is refused"`
}

// RowCounts counts rows.
type RowCounts struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Refused int `json:"refused"`
}

// CheckedFile is what a file would do to a register, or has done.
type CheckedFile struct {
	Rows      []CheckedRow `json:"rows"`
	Counts    RowCounts    `json:"counts"`
	Published bool         `json:"published" doc:"New and changed rows are registered now"`
}

// maxProblems bounds what an answer tells about the rows of a file.
const maxProblems = 5000

type (
	registerFileInput struct {
		Kind   string        `path:"kind" enum:"aircraft,pilots,companies,sites"`
		Format roster.Format `query:"format" enum:"csv,xlsx" default:"csv"`
	}
	registerFileOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
	checkFileInput struct {
		Kind    string `path:"kind" enum:"aircraft,pilots,companies,sites"`
		Name    string `query:"name" maxLength:"200" doc:"Name of the file, for its ending and the audit; without it the content tells"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	importRowsInput struct {
		Kind           string `path:"kind" enum:"aircraft,pilots,companies,sites"`
		Name           string `query:"name" maxLength:"200"`
		RawBody        []byte `contentType:"application/octet-stream"`
		WithoutRefused bool   `query:"without_refused" default:"false" doc:"Register the others although some rows are refused"`
	}
	checkFileOutput struct{ Body CheckedFile }
)

func (s *Server) fileOperations() {
	tags := []string{"registers"}
	const file = "CSV (UTF-8, UTF-16 with its mark, or GB18030; comma, semicolon or tab) or XLSX with one sheet. At most 16 MB, 20,000 rows, 64 columns " +
		"and 1,000 characters in a cell. Headings in Chinese or English in any order; columns that the file lacks stay as registered. Formulas, macros and " +
		"links to other files are refused."
	operation(s, huma.Operation{
		OperationID: "register-template", Method: http.MethodGet, Path: "/api/v1/registers/{kind}/template", Tags: tags,
		Summary: "The headings of a file to fill in",
	}, lowsky.ReadRegister, func(ctx context.Context, in *registerFileInput) (*registerFileOutput, error) {
		return s.registerFile(ctx, in, "template", func(r fileRegister, w io.Writer, language string) error {
			return r.template(w, in.Format, language)
		})
	})
	operation(s, huma.Operation{
		OperationID: "export-register", Method: http.MethodGet, Path: "/api/v1/registers/{kind}/export", Tags: tags,
		Summary: "What the caller sees of a register, as a file", Description: "Without telephone numbers: imported again, the file leaves them as they are.",
	}, lowsky.ReadRegister, func(ctx context.Context, in *registerFileInput) (*registerFileOutput, error) {
		return s.registerFile(ctx, in, "export", func(r fileRegister, w io.Writer, language string) error {
			n, err := r.export(ctx, w, in.Format, language)
			if err == nil { // it holds names of people, all at once
				s.audit(ctx, "register.export", "register/"+in.Kind, fmt.Sprintf("%s of %d entries", in.Format, n))
			}
			return err
		})
	})
	operation(s, huma.Operation{
		OperationID: "check-register", Method: http.MethodPost, Path: "/api/v1/registers/{kind}/check", Tags: tags,
		Summary: "What a file would do to a register, row by row", Description: file, MaxBodyBytes: maxImport, BodyReadTimeout: time.Minute,
	}, lowsky.WriteRegister, func(ctx context.Context, in *checkFileInput) (*checkFileOutput, error) {
		return s.takeFile(ctx, in, false, false)
	})
	operation(s, huma.Operation{
		OperationID: "import-register", Method: http.MethodPost, Path: "/api/v1/registers/{kind}/import", Tags: tags,
		Summary: "Register what a file holds", MaxBodyBytes: maxImport, BodyReadTimeout: time.Minute,
		Description: "All or nothing: with refused rows nothing is registered (422, with the rows) unless without_refused is true. " + file,
	}, lowsky.WriteRegister, func(ctx context.Context, in *importRowsInput) (*checkFileOutput, error) {
		return s.takeFile(ctx, &checkFileInput{in.Kind, in.Name, in.RawBody}, true, in.WithoutRefused)
	})
}

// registerFile answers a file that is made on the spot.
func (s *Server) registerFile(ctx context.Context, in *registerFileInput, what string, write func(fileRegister, io.Writer, string) error) (*registerFileOutput, error) {
	var b bytes.Buffer
	if err := write(s.fileRegister(in.Kind), &b, requestOf(ctx).language); err != nil {
		return nil, fmt.Errorf("%s of %s: %w", what, in.Kind, err)
	}
	extension, media := roster.File(in.Format)
	name := fmt.Sprintf("lowsky-%s-%s-%s.%s", in.Kind, what, s.now().In(lowsky.Shanghai).Format("20060102-1504"), extension)
	return &registerFileOutput{media, `attachment; filename="` + name + `"`, b.Bytes()}, nil
}

// takeFile checks a file, or imports it.
func (s *Server) takeFile(ctx context.Context, in *checkFileInput, publish, withoutRefused bool) (*checkFileOutput, error) {
	// One file at a time: the largest takes a core for seconds and some hundred MB.
	if !s.importing.TryLock() {
		return nil, fmt.Errorf("another file is being read: %w", lowsky.ErrUnavailable)
	}
	defer s.importing.Unlock()
	out := &checkFileOutput{}
	var err error
	out.Body, err = s.fileRegister(in.Kind).take(ctx, in.Name, in.RawBody, publish, withoutRefused)
	if err != nil {
		return nil, err
	}
	if publish {
		c := out.Body.Counts
		s.audit(ctx, "register.import", "register/"+in.Kind, fmt.Sprintf("file %q: %d new, %d changed, %d same, %d refused", in.Name, c.New, c.Changed, c.Same, c.Refused))
	}
	return out, nil
}

// fileRegister is a register as files see it.
type fileRegister interface {
	template(w io.Writer, f roster.Format, language string) error
	// export answers how many entries it wrote.
	export(ctx context.Context, w io.Writer, f roster.Format, language string) (int, error)
	take(ctx context.Context, name string, data []byte, publish, withoutRefused bool) (CheckedFile, error)
}

// register joins a list with where its entries are kept.
type register[T roster.Entry] struct {
	s    *Server
	list *roster.List[T]
	// all answers the entries in scope, by id.
	all func(ctx context.Context, scope lowsky.Scope) ([]T, error)
	id  func(*T) string
	// listed reports whether an entry is exported; nil: each is.
	listed func(*T) bool
	// owner answers whose a registered entry is.
	owner func(*T) lowsky.OrganisationID
	// seen reports whether the scope sees a registered entry, which the audit calls an object of this kind.
	seen   func(lowsky.Scope, *T) bool
	object string
	// judge completes an entry and answers what is wrong with it beside what is registered; old is nil where it is new.
	judge func(j *judgement, t, old *T) []roster.RowProblem
	// phone is where the telephone number is kept, and its column; nil: there is none.
	phone func(*T) *lowsky.Sealed
	field string
	save  func(ctx context.Context, list []T) error
}

func (r *register[T]) template(w io.Writer, f roster.Format, language string) error {
	return r.list.Template(w, f, language)
}

func (r *register[T]) export(ctx context.Context, w io.Writer, f roster.Format, language string) (int, error) {
	list, err := r.all(ctx, principalOf(ctx).Scope)
	if err != nil {
		return 0, err
	}
	if r.listed != nil {
		list = slices.DeleteFunc(list, func(t T) bool { return !r.listed(&t) })
	}
	return len(list), r.list.Write(w, f, language, list)
}

func (r *register[T]) take(ctx context.Context, name string, data []byte, publish, withoutRefused bool) (CheckedFile, error) {
	rows, err := r.list.Read(name, data, r.s.now(), roster.DefaultLimits)
	if err != nil {
		return CheckedFile{}, fileRefused(ctx, err)
	}
	if publish { // what was judged must still hold when it is published
		r.s.publishing.Lock()
		defer r.s.publishing.Unlock()
	}
	j, err := r.s.judge(ctx)
	if err != nil {
		return CheckedFile{}, err
	}
	all, err := r.all(ctx, lowsky.Everything)
	if err != nil {
		return CheckedFile{}, err
	}
	old := make(map[string]*T, len(all))
	for i := range all {
		old[r.id(&all[i])] = &all[i]
	}
	file := CheckedFile{Rows: make([]CheckedRow, len(rows))}
	var save []T
	told := 0
	for i := range rows {
		entry, checked, err := r.row(j, &rows[i], old[rows[i].ID], publish)
		if err != nil {
			return CheckedFile{}, fmt.Errorf("row %d: %w", rows[i].Number, err)
		}
		file.Counts.count(checked.Change)
		if checked.Change == RowNew || checked.Change == RowChanged {
			save = append(save, entry)
		}
		if told += len(checked.Problems); told > maxProblems && len(checked.Problems) > 0 {
			checked.Problems = []roster.RowProblem{roster.NewProblem("", "too_many_problems")}
		}
		file.Rows[i] = checked
		if i%256 == 0 && ctx.Err() != nil {
			return CheckedFile{}, ctx.Err()
		}
	}
	if !publish {
		return file, nil
	}
	if file.Counts.Refused > 0 && !withoutRefused || file.Counts.Refused == len(rows) {
		return CheckedFile{}, refusedRows(ctx, file)
	}
	if len(save) > 0 {
		if err := r.save(ctx, save); err != nil {
			return CheckedFile{}, fmt.Errorf("save %s: %w", r.list.Kind, err)
		}
	}
	file.Published = true
	return file, nil
}

// row judges one row with the importer's scope. Of an entry that belongs to others nothing is told but that. A
// telephone number is sealed only for what is going to be kept.
func (r *register[T]) row(j *judgement, row *roster.Row[T], old *T, keep bool) (T, CheckedRow, error) {
	checked := CheckedRow{Row: row.Number, ID: row.ID, Change: RowNew, Problems: row.Problems}
	entry := row.Entry
	if old != nil {
		if !j.who.Scope.Owns(r.owner(old)) {
			if !r.seen(j.who.Scope, old) { // a file of guesses tells as much as asking for each
				r.s.denied(j.ctx, r.object, row.ID)
			}
			checked.Change, checked.Problems = RowRefused, []roster.RowProblem{roster.NewProblem("id", "belongs_to_others")}
			return entry, checked, nil
		}
		entry, checked.Problems = row.Over(*old)
	}
	checked.Problems = append(append([]roster.RowProblem{}, checked.Problems...), r.judge(j, &entry, old)...)
	if len(checked.Problems) > 0 {
		checked.Change = RowRefused
		return entry, checked, nil
	}
	rung := false
	if r.phone != nil {
		var was lowsky.Sealed
		if old != nil {
			was = *r.phone(old)
		}
		var now lowsky.Sealed
		var err error
		if rung = j.rings(row.Phone, was); !rung {
			now = was
		} else if keep {
			if now, err = j.phone(r.field, row.Phone, was); err != nil {
				return entry, checked, err
			}
		}
		*r.phone(&entry) = now
	}
	if old != nil {
		checked.Fields = r.list.Changed(*old, entry)
		if rung {
			checked.Fields = append(checked.Fields, r.field)
		}
		checked.Change = RowChanged
		if len(checked.Fields) == 0 {
			checked.Change = RowSame
		}
	}
	return entry, checked, nil
}

func (c *RowCounts) count(change RowChange) {
	switch change {
	case RowNew:
		c.New++
	case RowChanged:
		c.Changed++
	case RowSame:
		c.Same++
	default:
		c.Refused++
	}
}

// fileRefused says in the caller's language why a file cannot be read.
func fileRefused(ctx context.Context, err error) error {
	var f *roster.FileError
	if !errors.As(err, &f) {
		return err
	}
	return &Problem{Status: http.StatusUnprocessableEntity, Field: "document", Reason: f.Code, Detail: say(ctx, f.Text)}
}

// refusedRows is the problem of a file with rows that cannot be taken. The rows come with it.
func refusedRows(ctx context.Context, file CheckedFile) error {
	p := &Problem{Status: http.StatusUnprocessableEntity, Rows: file.Rows, Counts: &file.Counts, Detail: say(ctx, lowsky.Text{
		ZH: fmt.Sprintf("%d 行中有 %d 行被拒绝，未登记任何内容", len(file.Rows), file.Counts.Refused),
		EN: fmt.Sprintf("%d of %d rows are refused; nothing was registered", file.Counts.Refused, len(file.Rows)),
	})}
	for _, row := range file.Rows {
		for _, each := range row.Problems {
			if len(p.Errors) < maxTold {
				p.Errors = append(p.Errors, FieldProblem{strconv.Itoa(row.Row) + "." + each.Field, say(ctx, each.Text)})
			}
		}
	}
	if len(p.Errors) > 0 {
		p.Field, p.Reason = p.Errors[0].Field, p.Errors[0].Reason
	}
	return p
}
