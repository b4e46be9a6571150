package csv

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/vector"
)

// rejected is why a row of the batch is left out: the first bad value by the
// order of the table's columns.
type rejected struct {
	at  int // column; -1: all
	why formats.Reject
}

// judge makes the columns that nobody wants but that decide whether a row is
// left out: a table has the same rows in every query.
func (s *source) judge() error {
	if s.counts() {
		s.split.width = max(s.split.width, len(s.f.schema.Fields)+1)
	}
	if !s.clean.Policy.Drops() {
		return nil
	}
	s.bad = map[uint16]*rejected{}
	wanted := map[int]bool{}
	for _, c := range s.cols {
		wanted[c.at] = wanted[c.at] || c.whole()
		c.reject = s.rejecter(c)
	}
	for i, f := range s.f.schema.Fields {
		if wanted[i] || !s.clean.Policy.DropsBy(f.Type) {
			continue
		}
		c := s.column(i, f.Type)
		c.copy, c.judge = true, true
		if f.Type.IsNested() {
			var err error
			if c.nested, err = newNested(c, f.Type, nil); err != nil {
				return fault.As(err).In(s.f.store.URL(s.f.object.Key)).InColumn(c.name)
			}
		}
		c.reject = s.rejecter(c)
		s.judges = append(s.judges, c)
		s.texts = s.texts || f.Type.IsString() || f.Type.IsNested()
		s.split.width = max(s.split.width, i+1)
	}
	return nil
}

func (s *source) rejecter(c *column) func(*badValue) {
	return func(b *badValue) {
		row := uint16(b.row)
		if old := s.bad[row]; old == nil || c.at < old.at {
			s.bad[row] = &rejected{c.at, c.told(b, cleanse.DropRow)}
		}
	}
}

// sound converts all columns and gives the rows in which no value is bad; the
// others are counted.
func (s *source) sound(ctx context.Context, at int64, n int, block []byte, valid bool) (vector.Sel, error) {
	all := s.all[:n]
	for _, c := range s.judges {
		c.block, c.utf8 = block, valid
		if err := c.convert(n, all); err != nil {
			return nil, err
		}
	}
	for i := range s.cols {
		if err := s.convert(i, n, all); err != nil {
			return nil, err
		}
	}
	if len(s.bad) == 0 {
		return all, nil
	}
	s.kept = s.kept[:0]
	for _, row := range all {
		if why := s.bad[row]; why != nil {
			s.R.Tell(ctx, s.Req.Rejects, at+int64(s.split.start[row]), 0, why.why)
			continue
		}
		s.kept = append(s.kept, row)
	}
	return s.kept, nil
}
