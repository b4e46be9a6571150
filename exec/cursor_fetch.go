package exec

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// all is a number of rows that no cursor has.
const all = math.MaxInt64

// Fetch reads the next n rows of a cursor or portal, all of them for 0. The
// result's tag is the statement's, with the number of these rows. An error fails
// an open transaction.
func (s *Session) Fetch(ctx context.Context, c *Cursor, n int64) (*Result, error) {
	r, err := s.fetchNext(ctx, c, n)
	if err != nil {
		s.FailTransaction()
	}
	return r, err
}

func (s *Session) fetchNext(ctx context.Context, c *Cursor, n int64) (*Result, error) {
	if s.tx == 'E' {
		return nil, aborted()
	}
	if n <= 0 {
		n = all
	}
	if err := c.ready(ctx, s); err != nil {
		return nil, err
	}
	return c.result(s, n, c.word), nil
}

func aborted() error {
	return fault.New(fault.CodeFailedTransaction, "current transaction is aborted, commands ignored until end of transaction block")
}

// ready starts the query if it has not run yet, and lets a fetch that is still
// open read its rows, so that another one can begin.
func (c *Cursor) ready(ctx context.Context, s *Session) error {
	if c.failed {
		return fault.New(fault.CodeObjectNotReady, "portal %q cannot be run", c.name)
	}
	if c.open != nil {
		if err := c.open.finish(ctx); err != nil {
			return err
		}
	}
	if c.started {
		return nil
	}
	return c.start(ctx, s)
}

// fetchCursor runs FETCH and MOVE.
func (s *Session) fetchCursor(ctx context.Context, stmt *plan.FetchCursor) (*Result, error) {
	c := s.cursors[stmt.Name]
	if c == nil || stmt.Name == "" {
		return nil, noCursor(stmt.Name)
	}
	if err := c.ready(ctx, s); err != nil {
		return nil, err
	}
	if stmt.Move && stmt.Count == 0 && !stmt.All && stmt.Direction != "absolute" {
		n := int64(0)
		if c.onRow() {
			n = 1
		}
		return &Result{tag: "MOVE", counted: true, n: n}, nil
	}
	n, err := c.seek(ctx, stmt)
	if err != nil {
		return nil, err
	}
	r := c.result(s, n, stmt.Tag())
	if !stmt.Move {
		return r, nil
	}
	defer r.Close()
	var b vector.Batch
	for err == nil {
		err = r.Next(ctx, &b)
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &Result{tag: "MOVE", counted: true, n: r.n}, nil
}

// seek moves the cursor to where FETCH or MOVE starts to read, and gives how
// many rows it reads: backward if negative.
func (c *Cursor) seek(ctx context.Context, f *plan.FetchCursor) (int64, error) {
	n := f.Count
	if f.All {
		n = all
	}
	switch f.Direction {
	case "absolute":
		return c.seekAbsolute(ctx, n)
	case "relative":
		switch {
		case n > 1:
			return 1, c.skip(ctx, n-1)
		case n < -1:
			if err := c.back(-n - 1); err != nil {
				return 0, err
			}
			return -1, nil
		}
	case "backward":
		n = -n
	}
	switch {
	case n == 0:
		return c.again()
	case n < 0:
		return n, c.scrolls()
	}
	return n, nil
}

// onRow reports whether the cursor stands on a row.
func (c *Cursor) onRow() bool { return c.pos > 0 && !c.end }

// again is FETCH 0: the row on which the cursor stands, once more.
func (c *Cursor) again() (int64, error) {
	if !c.onRow() {
		return 0, nil
	}
	if err := c.scrolls(); err != nil {
		return 0, err
	}
	c.pos--
	return 1, nil
}

// scrolls refuses to go backward without SCROLL.
func (c *Cursor) scrolls() error {
	if c.store == nil {
		return fault.New(fault.CodeObjectNotReady, "cursor can only scan forward").
			WithHint("Declare it with SCROLL option to enable backward scan.")
	}
	return nil
}

// seekAbsolute goes to before row n, counted from the end if it is negative.
func (c *Cursor) seekAbsolute(ctx context.Context, n int64) (int64, error) {
	if n < 0 {
		if err := c.skip(ctx, all); err != nil {
			return 0, err
		}
		return -1, c.back(-n - 1)
	}
	if c.end || n <= c.pos && c.pos > 0 {
		if err := c.scrolls(); err != nil {
			return 0, err
		}
	}
	if n == 0 {
		c.pos, c.end = 0, false
		return 0, nil
	}
	if c.end || n <= c.pos {
		c.pos, c.end = min(n-1, c.store.Rows()), false
	}
	return 1, c.skip(ctx, n-1-c.pos)
}

// skip passes over n rows.
func (c *Cursor) skip(ctx context.Context, n int64) error {
	var b vector.Batch
	for n > 0 {
		m, err := c.forward(ctx, &b, n)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		n -= m
	}
	return nil
}

// back goes back over n rows.
func (c *Cursor) back(n int64) error {
	if err := c.scrolls(); err != nil {
		return err
	}
	if c.end && n > 0 {
		c.end = false
		c.pos++
	}
	c.pos = max(0, c.pos-n)
	return nil
}

// forward gives the next rows, at most n of them, and stands on the last one.
// io.EOF: the cursor stands behind the last row.
func (c *Cursor) forward(ctx context.Context, b *vector.Batch, n int64) (int64, error) {
	if c.end || n <= 0 {
		return 0, io.EOF
	}
	m, err := c.take(ctx, b, n)
	switch {
	case errors.Is(err, io.EOF):
		c.end = true
	case err != nil:
		c.fail()
	}
	c.pos += m
	return m, err
}

// take gives the rows after pos, and how many.
func (c *Cursor) take(ctx context.Context, b *vector.Batch, n int64) (int64, error) {
	if c.store != nil {
		return c.takeStored(ctx, b, n)
	}
	if c.rest.Rows() == 0 {
		if err := c.read(ctx, &c.rest); err != nil {
			return 0, err
		}
	}
	m := min(n, int64(c.rest.Rows()))
	head(b, &c.rest, 0, int(m))
	if int(m) == c.rest.Rows() {
		c.rest.Reset()
	} else {
		var tail vector.Batch
		head(&tail, &c.rest, int(m), c.rest.Rows()-int(m))
		c.rest = tail
	}
	return m, nil
}

// read gives the query's next batch of at least one row.
func (c *Cursor) read(ctx context.Context, b *vector.Batch) error {
	for c.source {
		err := c.res.Next(ctx, b)
		if err != nil {
			if errors.Is(err, io.EOF) {
				c.endQuery()
			}
			return err
		}
		if b.Rows() > 0 {
			return nil
		}
	}
	return io.EOF
}

// takeStored gives rows of the store, which it fills from the query first.
func (c *Cursor) takeStored(ctx context.Context, b *vector.Batch, n int64) (int64, error) {
	if c.pos >= c.store.Rows() {
		var more vector.Batch
		if err := c.read(ctx, &more); err != nil {
			return 0, err
		}
		c.giveBack()
		if err := c.store.Append(&more); err != nil {
			return 0, err
		}
	}
	if err := c.lend(c.pos).Next(ctx, b); err != nil {
		return 0, err
	}
	if int64(b.N) > n {
		whole := *b
		*b = vector.Batch{}
		head(b, &whole, 0, int(n))
	}
	return int64(b.N), nil
}

// lend gives a reader of the stored rows from row number from on (0 is the
// first). What it gives is valid until the next call.
func (c *Cursor) lend(from int64) *memtable.Reader {
	c.giveBack()
	c.lent = c.store.Snapshot()
	return c.lent.Scan(nil, from)
}

func (c *Cursor) giveBack() {
	if c.lent != nil {
		c.lent.Close()
		c.lent = nil
	}
}

// backward gives rows before the cursor's, the nearest first, at most n.
func (c *Cursor) backward(ctx context.Context, b *vector.Batch, n int64) (int64, error) {
	high := c.pos - 1 // rows before the cursor
	if c.end {
		high = c.pos
	}
	if n <= 0 {
		return 0, io.EOF
	}
	c.end = false
	if high <= 0 {
		c.pos = 0
		return 0, io.EOF
	}
	low := max(0, high-min(n, vector.BatchSize))
	r := c.lend(low)
	var part vector.Batch
	at := low
	for at < high { // the last piece that reaches up to high
		low = at
		if err := r.Next(ctx, &part); err != nil {
			return 0, err
		}
		at += int64(part.N)
	}
	m := int(high - low)
	sel := make(vector.Sel, m)
	for i := range sel {
		sel[i] = uint16(m - 1 - i)
	}
	part.Sel = sel
	*b = vector.Batch{}
	part.CompactTo(b)
	c.pos = low + 1
	return int64(m), nil
}

// head makes b rows from .. from+n of the selected rows of in, without a copy.
func head(b, in *vector.Batch, from, n int) {
	if in.Sel != nil {
		b.N, b.Sel, b.Cols = in.N, in.Sel[from:from+n], append(b.Cols[:0], in.Cols...)
		return
	}
	b.N, b.Sel, b.Cols = n, nil, b.Cols[:0]
	for _, v := range in.Cols {
		if from > 0 || n < in.N {
			v = vector.Slice(v, from, n)
		}
		b.Cols = append(b.Cols, v)
	}
}

// result gives the rows of one fetch: n from where the cursor stands, backward
// if n is negative.
func (c *Cursor) result(s *Session, n int64, tag string) *Result {
	f := &fetch{c: c, left: n}
	if t := s.timeout(); t > 0 {
		f.deadline = time.Now().Add(t)
	}
	c.open = f
	counted := tag == "SELECT" || tag == "FETCH"
	res := &Result{cols: c.Columns(), rows: f, tag: tag, counted: counted}
	res.end = func(error) {
		res.notices, c.notices = c.notices, nil
		if !counted && c.tag != "" {
			res.tag = c.tag
		}
	}
	return res
}

// fetch is the rowStream of one fetch. The cursor moves as its rows are read.
type fetch struct {
	c        *Cursor
	left     int64 // rows still to come, negative: backward
	deadline time.Time
	// spooled is what another fetch made this one read before its reader did.
	spooled *memtable.Snapshot
	store   *memtable.Store
	reader  *memtable.Reader
}

// Ready reports whether the rows that come next are in memory, or made as they are
// asked for.
func (f *fetch) Ready() bool {
	return f.reader != nil || f.left == 0 || !f.c.source || f.c.res.Ready()
}

func (f *fetch) Next(ctx context.Context, b *vector.Batch) error {
	if f.reader != nil {
		return f.reader.Next(ctx, b)
	}
	c := f.c
	if c.closed || c.failed {
		return fault.New(fault.CodeInvalidCursorName, "cursor %q does not exist", c.name)
	}
	if c.ctx != nil && c.source {
		defer f.watch(ctx)()
	}
	var m int64
	var err error
	if f.left < 0 {
		m, err = c.backward(ctx, b, -f.left)
		f.left += m
	} else {
		m, err = c.forward(ctx, b, f.left)
		if f.left != all {
			f.left -= m
		}
	}
	if err != nil {
		c.open = nil
	}
	return err
}

// watch makes the end of ctx, and statement_timeout, the end of the query until
// the function that it gives is called.
func (f *fetch) watch(ctx context.Context) (unwatch func()) {
	done := f.c.watch(ctx)
	if f.deadline.IsZero() {
		return done
	}
	timer := time.AfterFunc(time.Until(f.deadline), func() {
		f.c.cancel(fault.New(fault.CodeQueryCanceled, "canceling statement due to statement timeout"))
	})
	return func() {
		timer.Stop()
		done()
	}
}

// finish reads the rows that the fetch's reader has not asked for yet, so that
// the cursor stands where it would after them.
func (f *fetch) finish(ctx context.Context) error {
	ts := f.c.types()
	f.store = memtable.New(ts, f.c.acct)
	var b vector.Batch
	for {
		err := f.Next(ctx, &b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = f.store.Append(&b)
		}
		if err != nil {
			f.c.open = nil
			f.store.Truncate()
			return err
		}
	}
	f.spooled = f.store.Snapshot()
	f.store.Truncate()
	f.reader = f.spooled.Scan(nil, 0)
	return nil
}

// Close implements rowStream. What was not read is not passed over.
func (f *fetch) Close() error {
	if f.spooled != nil {
		f.spooled.Close()
		f.spooled = nil
	}
	if f.c.open == f {
		f.c.open = nil
	}
	return nil
}
