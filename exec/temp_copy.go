package exec

import (
	"context"
	"fmt"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// CopyFormat is what the data of a COPY ... FROM STDIN is: the columns of each
// row in order, and the options.
type CopyFormat struct {
	Table   string
	Columns []Column
	Options *plan.CopyOptions
}

func copyFormat(stmt *plan.CopyFrom) *CopyFormat {
	d := stmt.Target.Table.Def()
	out := &CopyFormat{Table: d.Name, Options: stmt.Options}
	for _, i := range stmt.Columns {
		out.Columns = append(out.Columns, Column{Name: d.Columns[i].Name, Type: d.Columns[i].Type})
	}
	return out
}

// CopyIn is a COPY ... FROM STDIN that runs: rows are added batch by batch, and
// appear in the table with Finish. Finish or Abort ends it.
type CopyIn struct {
	s      *Session
	stmt   *plan.CopyFrom
	w      *tempWriter
	eval   *kernel.EvalCtx
	casts  []*kernel.Program // text to the column's type, parallel to stmt.Columns
	fill   []*kernel.Program // the columns that the data lacks, nil for others
	where  *kernel.Program
	out    vector.Batch
	end    func()
	forget func()
}

// CopyIn begins a COPY ... FROM STDIN.
func (s *Session) CopyIn(ctx context.Context, p *Prepared) (*CopyIn, error) {
	if s.tx == 'E' {
		return nil, aborted()
	}
	if err := s.refresh(ctx, p); err != nil {
		return nil, err
	}
	stmt := p.stmt.(*plan.CopyFrom)
	end, err := s.e.begin()
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(ctx, "")
	if err != nil {
		end()
		return nil, err
	}
	c := &CopyIn{s: s, stmt: stmt, end: end, forget: func() { s.e.forget(snap) },
		eval: &kernel.EvalCtx{Session: snap, Catalog: s.e.catalogInfo(snap), Done: ctx.Done()}}
	if err := c.compile(snap); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *CopyIn) compile(snap *plan.Session) (err error) {
	if c.w, err = c.s.newWriter(&c.stmt.Target, snap, true); err != nil {
		return tempMemory(err)
	}
	d := c.w.t.def
	for k, i := range c.stmt.Columns {
		x := plan.Expr(&plan.Col{ID: 1, Typ: types.TVarchar})
		if t := d.Columns[i].Type; t.Kind != types.Varchar && t.Kind != types.Char {
			x = &plan.Cast{X: x, To: t}
		}
		p, err := kernel.Compile(x, map[plan.ColID]int{1: k}, c.eval)
		if err != nil {
			return err
		}
		c.casts = append(c.casts, p)
	}
	c.fill = make([]*kernel.Program, len(d.Columns))
	for i, x := range c.stmt.Defaults {
		if x == nil {
			continue
		}
		if c.fill[i], err = kernel.Compile(x, nil, c.eval); err != nil {
			return err
		}
	}
	if c.stmt.Where == nil {
		return nil
	}
	inputs := map[plan.ColID]int{}
	for i, col := range c.stmt.Target.Cols {
		inputs[col.ID] = i
	}
	c.where, err = kernel.Compile(c.stmt.Where, inputs, c.eval)
	return err
}

// Line tells where a row of a batch stands in the data, for messages: its line,
// and the line's text where there is one.
type Line func(row int) (number int64, text string)

// Add adds n rows. A column is text (varchar), which is converted as PostgreSQL
// reads values, or of the table's type already. The vectors may be used again
// when Add has returned.
func (c *CopyIn) Add(cols []*vector.Vector, n int, line Line) error {
	in := &vector.Batch{N: n, Cols: cols}
	c.out.N, c.out.Sel = n, nil
	c.out.Cols = append(c.out.Cols[:0], make([]*vector.Vector, len(c.w.t.def.Columns))...)
	for k, i := range c.stmt.Columns {
		v, err := cols[k], error(nil)
		if v.Type.Kind == types.Varchar {
			v, err = c.casts[k].Eval(in, nil)
		}
		if err != nil {
			return c.badValue(in, line, err)
		}
		c.out.Cols[i] = v
	}
	for i, p := range c.fill {
		if p == nil {
			continue
		}
		v, err := p.Eval(in, nil)
		if err != nil {
			return err
		}
		c.out.Cols[i] = v
	}
	if c.where != nil {
		sel, err := c.where.Filter(&c.out, nil)
		if err != nil {
			return err
		}
		c.out.Sel = sel
	}
	if c.out.Rows() == 0 {
		return nil
	}
	if err := c.w.add(&c.out); err != nil {
		return c.badRow(line, err)
	}
	return nil
}

// badValue finds the first row, and in it the first column, whose text is no
// value of its type.
func (c *CopyIn) badValue(in *vector.Batch, line Line, err error) error {
	for row := range in.N {
		for k, p := range c.casts {
			if in.Cols[k].Type.Kind != types.Varchar {
				continue
			}
			if _, bad := p.Eval(in, vector.Sel{uint16(row)}); bad != nil {
				e := *fault.As(bad)
				number, _ := line(row)
				d := &c.w.t.def.Columns[c.stmt.Columns[k]]
				texts := kernel.StringsOf(in.Cols[k])
				text := string(texts.At(row))
				e.Context = fmt.Sprintf("COPY %s, line %d, column %s: \"%s\"", c.w.t.def.Name, number, d.Name, CopyText(text))
				return &e
			}
		}
	}
	return err
}

// badRow tells which row breaks a constraint.
func (c *CopyIn) badRow(line Line, err error) error {
	e := *fault.As(err)
	if e.Code == fault.CodeOutOfMemory {
		return &e
	}
	number, text := line(c.w.row)
	e.Context = fmt.Sprintf("COPY %s, line %d", c.w.t.def.Name, number)
	switch {
	case c.w.col >= 0 && text != "":
		value := kernel.StringsOf(c.out.Cols[c.w.col])
		e.Context += fmt.Sprintf(", column %s: \"%s\"", c.w.t.def.Columns[c.w.col].Name, CopyText(string(value.At(c.w.row))))
	case c.w.col >= 0:
		e.Context += ", column " + c.w.t.def.Columns[c.w.col].Name
	case text != "" && e.Code != fault.CodeUniqueViolation: // PostgreSQL looks at keys when it has no line any more
		e.Context += fmt.Sprintf(": \"%s\"", CopyText(text))
	}
	return &e
}

// CopyText cuts what a message shows of the data, as PostgreSQL does.
func CopyText(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "..."
}

// Finish puts the rows into the table and tells how many they are.
func (c *CopyIn) Finish() (int64, error) {
	defer c.close()
	n, err := c.w.finish()
	if err == nil && len(c.s.temps.marks) == 0 {
		c.s.temps.ended()
	}
	return n, err
}

// Abort forgets the rows. It may be called after Finish.
func (c *CopyIn) Abort() {
	if c.end != nil {
		c.w.abort()
		c.close()
	}
}

func (c *CopyIn) close() {
	if c.end != nil {
		c.forget()
		c.end()
		c.end = nil
	}
}
