package pg

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
)

// fakeCursor is a portal of the fake engine.
type fakeCursor struct {
	st     *statement
	params []types.Value
	r      rows
	b      vector.Batch
	at     int // rows of b that were fetched
	closed bool
}

func (c *fakeCursor) Columns() []exec.Column { return c.st.columns }
func (c *fakeCursor) Binary() bool           { return false }
func (c *fakeCursor) Closed() bool           { return c.closed }

func (s *fakeSession) copyIn(context.Context, *statement) (copyIn, error) {
	return nil, fault.New(fault.CodeFeatureNotSupported, "the fake engine has no tables")
}

func (s *fakeSession) openPortal(name string, st *statement, params []types.Value) (cursor, error) {
	if s.cursors[name] != nil {
		return nil, fault.New(fault.CodeDuplicateCursor, "cursor %q already exists", name)
	}
	if s.cursors == nil {
		s.cursors = map[string]*fakeCursor{}
	}
	c := &fakeCursor{st: st, params: params}
	s.cursors[name] = c
	return c, nil
}

func (s *fakeSession) cursor(name string) cursor {
	if c := s.cursors[name]; c != nil {
		return c
	}
	return nil
}

func (s *fakeSession) closeCursor(name string) {
	c := s.cursors[name]
	if c == nil {
		return
	}
	delete(s.cursors, name)
	c.closed = true
	if c.r != nil {
		c.r.Close()
	}
}

func (s *fakeSession) beginRound(bool) {}

func (s *fakeSession) endRound(bool) {
	if s.tx != 'I' {
		return
	}
	for name := range s.cursors {
		s.closeCursor(name)
	}
}

func (s *fakeSession) fetch(ctx context.Context, cur cursor, n int) (rows, error) {
	c := cur.(*fakeCursor)
	if c.r == nil {
		r, err := s.execute(ctx, c.st, c.params)
		if err != nil {
			return nil, err
		}
		c.r = r
	}
	return &fakeFetch{c: c, left: n, all: n == 0}, nil
}

// fakeFetch is some rows of a fakeCursor, one a batch.
type fakeFetch struct {
	c    *fakeCursor
	left int
	all  bool
}

func (f *fakeFetch) Next(ctx context.Context, b *vector.Batch) error {
	if f.c.at == f.c.b.N {
		f.c.at = 0
		if err := f.c.r.Next(ctx, &f.c.b); err != nil {
			f.c.b.Reset()
			return err
		}
	}
	n := f.c.b.N - f.c.at
	if !f.all {
		n = min(n, f.left)
	}
	b.N, b.Cols = n, nil
	for _, v := range f.c.b.Cols {
		b.Cols = append(b.Cols, vector.Slice(v, f.c.at, n))
	}
	f.c.at += n
	f.left -= n
	return nil
}

func (f *fakeFetch) Close() error { return nil }
func (f *fakeFetch) Tag() string  { return f.c.r.Tag() }
func (f *fakeFetch) Ready() bool  { return false }

func (f *fakeFetch) Notices() []*fault.Error { return f.c.r.Notices() }
