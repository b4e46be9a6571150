package exec

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// tempCommand runs a statement about temporary tables; ok is false for another
// one. It is done when the Result is there, except for the rows of RETURNING.
func (s *Session) tempCommand(ctx context.Context, p *Prepared, params []types.Value) (r *Result, ok bool, err error) {
	if command := tempDefinition(p.stmt); command != "" {
		if err := s.mayWrite(command); err != nil {
			return nil, true, err
		}
	}
	switch stmt := p.stmt.(type) {
	case *plan.CreateTemp:
		r, err = s.createTemp(ctx, p.SQL, stmt, params)
	case *plan.DropTemp:
		s.temps.drop(stmt.Table.(*tempRef).t)
		r = done(stmt.Tag())
	case *plan.AlterTemp:
		r, err = s.alterTemp(stmt)
	case *plan.Truncate:
		for _, t := range stmt.Tables {
			s.truncateTemp(t.(*tempRef).t, stmt.Restart)
		}
		r = done(stmt.Tag())
	case *plan.Insert:
		r, err = s.insert(ctx, p.SQL, stmt, params)
	case *plan.Update:
		r, err = s.update(ctx, p.SQL, stmt, params)
	case *plan.Delete:
		r, err = s.delete(ctx, p.SQL, stmt, params)
	case *plan.CopyFrom:
		err = fault.New(fault.CodeFeatureNotSupported, "COPY FROM STDIN needs a client that sends the data")
	default:
		return nil, false, nil
	}
	if err == nil && len(s.temps.marks) == 0 {
		s.temps.ended()
	}
	return r, true, err
}

// tempDefinition names a statement that more than changes rows, "" for another.
func tempDefinition(stmt plan.Statement) string {
	switch stmt := stmt.(type) {
	case *plan.CreateTemp:
		return stmt.Command
	case *plan.DropTemp, *plan.AlterTemp, *plan.Truncate:
		return stmt.Tag()
	}
	return ""
}

func (s *Session) truncateTemp(t *tempTable, restart bool) {
	s.temps.keep(t)
	t.empty()
	for _, c := range t.def.Columns {
		if restart && c.Sequence != "" {
			s.temps.seqs.create(c.Sequence)
		}
	}
}

func (s *Session) createTemp(ctx context.Context, sql string, stmt *plan.CreateTemp, params []types.Value) (*Result, error) {
	d := stmt.Def
	s.temps.limit(s.e.mem, s.tempMemory())
	if old := s.temps.find(d.Name); old != nil {
		switch {
		case stmt.OrReplace && old.def.View != nil:
			s.temps.drop(old)
		case stmt.IfNotExists:
			return done(stmt.Tag(), fault.New(fault.CodeDuplicateTable, "relation %q already exists, skipping", d.Name)), nil
		default:
			return nil, fault.New(fault.CodeDuplicateTable, "relation %q already exists", d.Name)
		}
	}
	if stmt.As == nil || stmt.NoData {
		s.temps.add(d)
		return done(stmt.Tag()), nil
	}
	staged := memtable.New(d.Types(), s.temps.acct)
	if err := s.drain(ctx, sql, stmt.As, params, staged.Append); err != nil {
		staged.Truncate()
		return nil, tempMemory(err)
	}
	n := staged.Rows()
	s.temps.add(d).store = staged
	return done(fmt.Sprintf("SELECT %d", n)), nil
}

// drain runs a query to its end.
func (s *Session) drain(ctx context.Context, sql string, q *plan.Query, params []types.Value, f func(*vector.Batch) error) error {
	r, err := s.runQuery(ctx, sql, q, params)
	if err != nil {
		return err
	}
	defer r.Close()
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
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

// alterTemp gives a table another definition: columns at its end, keys, a name.
func (s *Session) alterTemp(stmt *plan.AlterTemp) (*Result, error) {
	t, d := stmt.Table.(*tempRef).t, stmt.Def
	old, store := t.def, t.store
	if len(d.Columns) > len(old.Columns) {
		s.temps.keep(t)
		wide := memtable.New(d.Types(), s.temps.acct)
		p := store.Snapshot()
		err := eachBatch(p, func(b *vector.Batch) error {
			for _, c := range d.Columns[len(old.Columns):] {
				b.Cols = append(b.Cols, vector.Null(c.Type, b.N))
			}
			return wide.Append(b)
		})
		p.Close()
		if err != nil {
			wide.Truncate()
			return nil, tempMemory(err)
		}
		t.store = wide
	}
	t.def = d
	t.forgetKeys()
	if err := t.loadKeys(s.temps.acct, s.TextOptions()); err != nil {
		if t.store != store {
			t.store.Truncate()
		}
		t.def, t.store = old, store
		return nil, notUnique(err)
	}
	if t.store != store {
		store.Truncate()
	}
	s.temps.rename(t, old.Name)
	return done(stmt.Tag()), nil
}

// notUnique is the error of a new unique index over rows that are not.
func notUnique(err error) error {
	if !fault.Is(err, fault.CodeUniqueViolation) {
		return tempMemory(err)
	}
	e := *fault.As(err)
	e.Message = fmt.Sprintf("could not create unique index %q", e.Constraint)
	return &e
}

func (s *Session) insert(ctx context.Context, sql string, stmt *plan.Insert, params []types.Value) (*Result, error) {
	w, err := s.writer(ctx, &stmt.Target, true)
	if err != nil {
		return nil, err
	}
	w.skip = map[int]bool{}
	for _, k := range stmt.SkipConflicts {
		w.skip[k] = true
	}
	if err := s.drain(ctx, sql, stmt.Source, params, w.add); err != nil {
		w.abort()
		return nil, err
	}
	changed := w.staged.Snapshot()
	if stmt.Returning == nil {
		changed.Close()
		changed = nil
	}
	n, err := w.finish()
	if err != nil {
		changed.Close()
		return nil, err
	}
	return s.returning(ctx, sql, stmt.Returning, params, changed, fmt.Sprintf("INSERT 0 %d", n))
}

// writer makes a writer for rows of the statement that runs.
func (s *Session) writer(ctx context.Context, target *plan.TempTarget, keyed bool) (*tempWriter, error) {
	snap, err := s.snapshot(ctx, "")
	if err != nil {
		return nil, err
	}
	defer s.e.forget(snap)
	w, err := s.newWriter(target, snap, keyed)
	return w, tempMemory(err)
}

// returning makes the result: the rows of RETURNING, if there is one.
func (s *Session) returning(ctx context.Context, sql string, q *plan.Query, params []types.Value, changed *memtable.Snapshot, tag string) (*Result, error) {
	if q == nil {
		return done(tag), nil
	}
	r, err := s.runOver(ctx, sql, q, params, rowsOf(changed))
	if err != nil {
		changed.Close()
		return nil, err
	}
	r.tag, r.counted = tag, false
	end := r.end
	r.end = func(err error) {
		end(err)
		changed.Close()
	}
	return r, nil
}

// changedRows collects the numbers of rows that change, each once, and their
// values.
type changedRows struct {
	dead  vector.Bitmap
	n     int64
	sel   vector.Sel
	inner vector.Batch
	rest  func(*vector.Batch) error // nil: there are no values
}

func (c *changedRows) add(b *vector.Batch) error {
	rows := vector.Flatten(b.Cols[0])
	nums := vector.Values[int64](rows)
	c.sel = c.sel[:0]
	for k := range b.Rows() {
		i := k
		if b.Sel != nil {
			i = int(b.Sel[k])
		}
		if at := int(nums[i]); !c.dead.Get(at) {
			c.dead.Set(at)
			c.sel = append(c.sel, uint16(i))
		}
	}
	c.n += int64(len(c.sel))
	if c.rest == nil || len(c.sel) == 0 {
		return nil
	}
	c.inner = vector.Batch{N: b.N, Sel: c.sel, Cols: b.Cols[1:]}
	return c.rest(&c.inner)
}

// update deletes the old rows and puts the new ones at the end, as PostgreSQL
// does.
func (s *Session) update(ctx context.Context, sql string, stmt *plan.Update, params []types.Value) (*Result, error) {
	w, err := s.writer(ctx, &stmt.Target, false)
	if err != nil {
		return nil, err
	}
	c := &changedRows{dead: vector.NewBitmap(int(w.t.store.Rows())), rest: w.add}
	if err := s.drain(ctx, sql, stmt.Source, params, c.add); err != nil {
		w.abort()
		return nil, err
	}
	changed, before := w.staged.Snapshot(), w.t.store.Snapshot()
	defer before.Close()
	if err := s.replace(w, c.dead); err != nil {
		changed.Close()
		w.staged.Truncate()
		w.t.store.Restore(before)
		w.t.forgetKeys()
		return nil, tempMemory(err)
	}
	if stmt.Returning == nil {
		changed.Close()
	}
	return s.returning(ctx, sql, stmt.Returning, params, changed, fmt.Sprintf("UPDATE %d", c.n))
}

func (s *Session) replace(w *tempWriter, dead vector.Bitmap) error {
	s.temps.keep(w.t)
	if err := w.t.store.Delete(dead); err != nil {
		return err
	}
	if _, err := w.finish(); err != nil {
		return err
	}
	return w.t.loadKeys(s.temps.acct, s.TextOptions())
}

func (s *Session) delete(ctx context.Context, sql string, stmt *plan.Delete, params []types.Value) (*Result, error) {
	t := stmt.Target.Table.(*tempRef).t
	c := &changedRows{dead: vector.NewBitmap(int(t.store.Rows()))}
	var changed *memtable.Snapshot
	old := memtable.New(t.def.Types(), s.temps.acct)
	defer old.Truncate()
	if stmt.Returning != nil {
		c.rest = old.Append
	}
	err := s.drain(ctx, sql, stmt.Source, params, c.add)
	if err == nil && c.n > 0 {
		s.temps.keep(t)
		err = t.store.Delete(c.dead)
		t.forgetKeys()
	}
	if err != nil {
		return nil, tempMemory(err)
	}
	if stmt.Returning != nil {
		changed = old.Snapshot()
	}
	return s.returning(ctx, sql, stmt.Returning, params, changed, fmt.Sprintf("DELETE %d", c.n))
}
