package exec

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// rowNumberType is the type of plan.HiddenRow.
var rowNumberType = types.TBigInt

// eachBatch calls f with all rows of a snapshot.
func eachBatch(p *memtable.Snapshot, f func(*vector.Batch) error) error {
	r := p.Scan(nil, 0)
	var b vector.Batch
	for {
		err := r.Next(context.Background(), &b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f(&b)
		}
		if err != nil {
			return err
		}
	}
}

// tempWriter collects rows for a temporary table: it checks them, and puts them
// into the table when all of them are good.
type tempWriter struct {
	s      *Session
	t      *tempTable
	target *plan.TempTarget
	staged *memtable.Store
	checks []*kernel.Program
	skip   map[int]bool // keys whose violation skips a row
	keyed  bool         // keys are checked row by row
	in     vector.Batch // the rows in the table's types
	sel    vector.Sel
	// row is the row of the batch that the latest error is about, col the column
	// whose value is bad, -1: the row as a whole.
	row, col int
}

// newWriter makes a writer; keyed: rows are added to those that are there, whose
// keys must differ.
func (s *Session) newWriter(target *plan.TempTarget, snap *plan.Session, keyed bool) (*tempWriter, error) {
	t := target.Table.(*tempRef).t
	w := &tempWriter{s: s, t: t, target: target, staged: memtable.New(t.def.Types(), s.temps.acct), keyed: keyed && len(t.def.Keys) > 0}
	inputs := map[plan.ColID]int{}
	for i, c := range target.Cols {
		inputs[c.ID] = i
	}
	ctx := &kernel.EvalCtx{Session: snap, Catalog: s.e.catalogInfo(snap)}
	for _, c := range target.Checks {
		p, err := kernel.Compile(&plan.Not{X: c.X}, inputs, ctx)
		if err != nil {
			return nil, err
		}
		w.checks = append(w.checks, p)
	}
	if !w.keyed {
		return w, nil
	}
	return w, t.loadKeys(s.temps.acct, s.TextOptions())
}

// add checks rows, whose columns are parallel to the table's, and keeps copies.
func (w *tempWriter) add(b *vector.Batch) error {
	w.in.N, w.in.Sel, w.in.Cols = b.N, b.Sel, w.in.Cols[:0]
	w.col = -1
	for i, c := range w.t.def.Columns {
		v, bad := kernel.FitText(b.Cols[i], c.Type, b)
		if bad >= 0 {
			w.row, w.col = bad, i
			return fault.New(fault.CodeStringTruncation, "value too long for type %s", typeText(c.Type))
		}
		w.in.Cols = append(w.in.Cols, v)
	}
	if err := w.constrain(); err != nil {
		return err
	}
	if w.keyed {
		if err := w.distinct(); err != nil {
			return err
		}
	}
	return tempMemory(w.staged.Append(&w.in))
}

// each calls f for the selected rows until it gives false, and tells at which.
func (w *tempWriter) each(f func(row int) bool) bool {
	for k := range w.in.Rows() {
		row := k
		if w.in.Sel != nil {
			row = int(w.in.Sel[k])
		}
		if !f(row) {
			w.row = row
			return false
		}
	}
	return true
}

// constrain checks NOT NULL and CHECK.
func (w *tempWriter) constrain() error {
	for i := range w.t.def.Columns {
		c, v := &w.t.def.Columns[i], w.in.Cols[i]
		if !c.NotNull || v.Valid == nil && v.Type.Kind != types.Unknown {
			continue
		}
		if !w.each(func(row int) bool { return !v.IsNull(row) }) {
			e := fault.New(fault.CodeNotNullViolation, "null value in column %q of relation %q violates not-null constraint", c.Name, w.t.def.Name)
			e.Column = c.Name
			return w.failing(e)
		}
	}
	for i, p := range w.checks {
		bad, err := p.Filter(&w.in, w.in.Sel)
		if err != nil {
			return err
		}
		if bad == nil && w.in.Rows() > 0 { // every row
			bad = vector.Sel{0}
			if w.in.Sel != nil {
				bad = w.in.Sel[:1]
			}
		}
		if len(bad) > 0 {
			w.row = int(bad[0])
			name := w.target.Checks[i].Name
			e := fault.New(fault.CodeCheckViolation, "new row for relation %q violates check constraint %q", w.t.def.Name, name)
			e.Constraint = name
			return w.failing(e)
		}
	}
	return nil
}

// failing shows the row that breaks a constraint.
func (w *tempWriter) failing(e *fault.Error) error {
	text := w.s.TextOptions()
	vals := make([]string, len(w.in.Cols))
	for i, v := range w.in.Cols {
		if vals[i] = "null"; !v.IsNull(w.row) {
			vals[i] = shortText(string(text.AppendText(nil, v, w.row)))
		}
	}
	e.Schema, e.Table = plan.TempSchema, w.t.def.Name
	return e.WithDetail("Failing row contains (%s).", strings.Join(vals, ", "))
}

// shortText cuts what is shown of a value, as PostgreSQL does.
func shortText(s string) string {
	const most = 64
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "..."
}

// distinct checks the keys of the rows and leaves out those that a conflict
// skips.
func (w *tempWriter) distinct() error {
	for i, v := range w.in.Cols {
		w.in.Cols[i] = vector.Flatten(v)
	}
	w.sel = w.sel[:0]
	var err error
	w.each(func(row int) bool {
		for i, k := range w.t.keys {
			if !k.has(&w.in, row) {
				continue
			}
			if w.skip[i] {
				return true
			}
			err = k.violation(w.t.def, &w.in, row, w.s.TextOptions())
			return false
		}
		for _, k := range w.t.keys {
			if err = tempMemory(k.add(&w.in, row)); err != nil {
				return false
			}
		}
		w.sel = append(w.sel, uint16(row))
		return true
	})
	w.in.Sel = w.sel
	return err
}

// finish puts the rows into the table.
func (w *tempWriter) finish() (int64, error) {
	n := w.staged.Rows()
	if err := w.t.store.Take(w.staged); err != nil {
		w.abort()
		return 0, tempMemory(err)
	}
	for _, k := range w.t.keys {
		k.added = k.added[:0]
	}
	if !w.keyed {
		w.t.forgetKeys()
	}
	return n, nil
}

// abort forgets the rows.
func (w *tempWriter) abort() {
	w.staged.Truncate()
	for _, k := range w.t.keys {
		k.undo()
	}
}

// typeText names a text type as PostgreSQL does.
func typeText(t types.Type) string {
	if t.Kind == types.Char {
		return strings.Replace(t.String(), "char(", "character(", 1)
	}
	return strings.Replace(t.String(), "varchar(", "character varying(", 1)
}

// tempMemory says what can be done where temporary tables take too much.
func tempMemory(err error) error {
	if !fault.Is(err, fault.CodeOutOfMemory) {
		return err
	}
	e := *fault.As(err)
	e.Detail = strings.Replace(e.Detail, "limit of the query", "limit of the session's temporary tables", 1)
	return e.WithHint("Drop or truncate temporary tables that are no longer needed, or raise temp_table_memory in a new session.")
}

// rowsOf gives what RETURNING reads.
func rowsOf(p *memtable.Snapshot) func([]int) formats.Source {
	return func(cols []int) formats.Source { return newTempReader(p, cols) }
}
