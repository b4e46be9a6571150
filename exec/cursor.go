package exec

import (
	"context"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Cursor is a statement whose rows are read in pieces: one that DECLARE made, or
// a portal of the wire protocol. Both have the same names in a session. Its query
// runs on while rows are asked for and holds a few batches at a time; with SCROLL
// the rows that were read stay in memory, charged to the server's account.
//
// A cursor stands before its first row (pos 0), on row pos, or behind its last
// one (end).
type Cursor struct {
	name     string
	stmt     *Prepared
	params   []types.Value
	declared *plan.DeclareCursor // nil: a portal
	created  time.Time
	seq      uint64 // when it was made, in the session's count of cursors
	kept     bool   // made by a transaction that was committed

	ctx     context.Context // of the query, from its start to the cursor's end
	cancel  context.CancelCauseFunc
	res     *Result // nil: not started, or over
	started bool
	failed  bool
	closed  bool
	word    string // the tag's word
	tag     string // the whole tag, where it does not count the rows that were fetched
	notices []*fault.Error

	pos int64
	end bool
	// rest is what was read of the query and not yet asked for; without SCROLL only.
	rest vector.Batch
	// With SCROLL: the rows 1 .. store.Rows(), and what lends some of them out.
	store  *memtable.Store
	acct   *mem.Account
	lent   *memtable.Snapshot
	open   *fetch // a fetch that has not been read to its end
	source bool   // the query has rows that were not read
}

// Columns describes the cursor's rows.
func (c *Cursor) Columns() []Column { return c.stmt.Columns }

// Binary reports whether DECLARE asked for values in binary.
func (c *Cursor) Binary() bool { return c.declared != nil && c.declared.Binary }

// Closed reports whether the cursor has ended: by CLOSE or with its transaction.
func (c *Cursor) Closed() bool { return c.closed }

func (c *Cursor) holdable() bool { return c.declared != nil && c.declared.Hold }

// Cursor finds a cursor or portal by name, nil if there is none.
func (s *Session) Cursor(name string) *Cursor { return s.cursors[name] }

// OpenPortal makes the portal of a statement that delivers rows. It runs when its
// first row is asked for. The unnamed portal replaces the one before it; a name
// that is in use is 42P03.
func (s *Session) OpenPortal(name string, p *Prepared, params []types.Value) (*Cursor, error) {
	if name == "" {
		s.CloseCursor("")
	}
	c := &Cursor{name: name, stmt: p, params: params}
	return c, s.addCursor(c)
}

func (s *Session) addCursor(c *Cursor) error {
	if s.cursors[c.name] != nil {
		return fault.New(fault.CodeDuplicateCursor, "cursor %q already exists", c.name)
	}
	if s.cursors == nil {
		s.cursors = map[string]*Cursor{}
	}
	s.cursorSeq++
	c.acct = s.e.mem.Child("cursor", 0)
	c.seq, c.created = s.cursorSeq, s.now()
	s.cursors[c.name] = c
	return nil
}

// CloseCursor ends a cursor or portal; ok is false if there is none.
func (s *Session) CloseCursor(name string) (ok bool) {
	c := s.cursors[name]
	if c == nil {
		return false
	}
	delete(s.cursors, name)
	c.close()
	return true
}

// closeCursors ends those that which chooses.
func (s *Session) closeCursors(which func(*Cursor) bool) {
	for name, c := range s.cursors {
		if which(c) {
			s.CloseCursor(name)
		}
	}
}

// endCursors ends the cursors that do not outlive their transaction: all but
// those WITH HOLD, and after a rollback those WITH HOLD that it made.
func (s *Session) endCursors(commit bool) {
	s.closeCursors(func(c *Cursor) bool { return !c.holdable() || !commit && !c.kept })
	for _, c := range s.cursors {
		c.kept = true
	}
}

// closeCursorsSince ends the cursors made after cursorSeq had this value: a
// savepoint's, to which the transaction goes back.
func (s *Session) closeCursorsSince(seq uint64) {
	s.closeCursors(func(c *Cursor) bool { return c.seq > seq })
}

// cursorInfo lists the cursors for pg_cursors.
func (s *Session) cursorInfo() []plan.CursorInfo {
	var out []plan.CursorInfo
	for name, c := range s.cursors {
		if name == "" {
			continue
		}
		out = append(out, plan.CursorInfo{Name: name, Statement: c.stmt.SQL, Holdable: c.holdable(), Binary: c.Binary(),
			Scrollable: c.store != nil, Created: c.created})
	}
	slices.SortFunc(out, func(a, b plan.CursorInfo) int { return int(a.Created.Sub(b.Created)) })
	return out
}

// cursorCommand runs the statements of cursors; ok is false for others.
func (s *Session) cursorCommand(ctx context.Context, p *Prepared, params []types.Value) (r *Result, ok bool, err error) {
	switch stmt := p.stmt.(type) {
	case *plan.DeclareCursor:
		r, err = s.declareCursor(ctx, p, stmt, params)
	case *plan.FetchCursor:
		r, err = s.fetchCursor(ctx, stmt)
	case *plan.CloseCursor:
		if stmt.All {
			s.closeCursors(func(*Cursor) bool { return true })
		} else if stmt.Name == "" || !s.CloseCursor(stmt.Name) {
			return nil, true, noCursor(stmt.Name)
		}
		r = done(stmt.Tag())
	default:
		return nil, false, nil
	}
	return r, true, err
}

func noCursor(name string) error {
	return fault.New(fault.CodeInvalidCursorName, "cursor %q does not exist", name)
}

// declareCursor makes a cursor and starts its query: it reads the lake as it is
// now.
func (s *Session) declareCursor(ctx context.Context, p *Prepared, stmt *plan.DeclareCursor, params []types.Value) (*Result, error) {
	if stmt.Name == "" {
		return nil, fault.New(fault.CodeInvalidCursorName, "invalid cursor name: must not be empty")
	}
	if !stmt.Hold && s.tx == 'I' && !s.implicit {
		return nil, fault.New(fault.CodeNoTransaction, "DECLARE CURSOR can only be used in transaction blocks")
	}
	q := &Prepared{SQL: p.SQL, Params: p.Params, Columns: orNone(stmt.Query.Columns), Tag: "SELECT", stmt: stmt.Query,
		declared: p.declared, round: s.round, temps: s.temps.gen}
	c := &Cursor{name: stmt.Name, stmt: q, params: params, declared: stmt}
	if err := s.addCursor(c); err != nil {
		return nil, err
	}
	if stmt.Scroll {
		c.store = memtable.New(c.types(), c.acct)
	}
	if err := c.start(ctx, s); err != nil {
		s.CloseCursor(c.name)
		return nil, err
	}
	return done(stmt.Tag()), nil
}

// start starts the query, whose context is the cursor's, not that of the
// statement which asks for the first row.
func (c *Cursor) start(ctx context.Context, s *Session) error {
	c.started = true
	c.ctx, c.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	defer c.watch(ctx)()
	var err error
	if c.res, err = s.execute(untimed(c.ctx), c.stmt, c.params); err != nil {
		c.fail()
		return err
	}
	c.source, c.word = true, c.res.tag
	return nil
}

func (c *Cursor) types() []types.Type {
	cols := c.Columns()
	out := make([]types.Type, len(cols))
	for i := range cols {
		out[i] = cols[i].Type
	}
	return out
}

// watch makes the end of ctx the end of the query until the function that it
// gives is called.
func (c *Cursor) watch(ctx context.Context) (unwatch func()) {
	stop := context.AfterFunc(ctx, func() { c.cancel(context.Cause(ctx)) })
	return func() { stop() }
}

// fail ends a cursor whose query failed: it stays known, and cannot be run.
func (c *Cursor) fail() {
	c.failed = true
	c.release()
}

func (c *Cursor) close() {
	c.closed = true
	c.release()
}

// release stops the query and lets go of the rows.
func (c *Cursor) release() {
	if c.cancel != nil {
		c.cancel(nil)
	}
	c.endQuery()
	if c.lent != nil {
		c.lent.Close()
		c.lent = nil
	}
	if c.store != nil {
		c.store.Truncate()
	}
	c.open = nil
	c.rest = vector.Batch{}
}

// endQuery closes the query when it has no more rows, or none are wanted.
func (c *Cursor) endQuery() {
	c.source = false
	if c.res == nil {
		return
	}
	_ = c.res.Close() // it gives no error
	c.notices = c.res.Notices()
	if !c.res.counted {
		c.tag = c.res.Tag()
	}
	c.res = nil
}

// untimedKey marks the context of a cursor's query: statement_timeout counts for
// each statement that reads from it, not for the query.
type untimedKey struct{}

func untimed(ctx context.Context) context.Context {
	return context.WithValue(ctx, untimedKey{}, true)
}
