package convert

import (
	"slices"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/vector"
)

// cut reports whether a check does nothing but shorten the texts of a column. Then
// predicates can be asked below it, where files skip by statistics, dictionaries and
// filters: see cutPredicate.
func (c *cleanFile) cut(k *check) bool {
	return c.cuts && k.typ.IsString() && c.policy.By[cleanse.InvalidChar] == cleanse.Disabled
}

func (s *cleanSource) onlyCuts() bool {
	return len(s.file.judges) == 0 && !slices.ContainsFunc(s.cols, func(k *cleanColumn) bool { return !s.file.cut(k.check) })
}

// cutBounds gives the bounds of texts that are cut to n characters. What is left of
// one is no more than it was, and no less than its first n bytes.
func cutBounds(b formats.Bounds, n int32) formats.Bounds {
	if !b.HasMinMax || b.Min.Type.Phys() != types.PhysBytes {
		return b
	}
	if len(b.Min.S) > int(n) {
		b.Min.S, b.MinExact = b.Min.S[:n], false
	}
	b.MaxExact = b.MaxExact && utf8.RuneCountInString(b.Max.S) <= int(n)
	b.Distinct = 0
	return b
}

// cutPredicate is a predicate over cut texts, asked about texts as they are stored.
type cutPredicate struct {
	formats.Predicate
	cols  map[int]*cleanColumn
	batch vector.Batch
}

// cutting gives p for the file below; p itself if it looks at no text that is cut.
func (s *cleanSource) cutting(p formats.Predicate) formats.Predicate {
	if p == nil || !s.looksAt(p) {
		return p
	}
	c := &cutPredicate{Predicate: p, cols: map[int]*cleanColumn{}}
	for _, k := range s.cols {
		if slices.Contains(p.Columns(), k.at) {
			c.cols[k.at] = &cleanColumn{check: k.check, at: k.at, name: k.name, s: s}
		}
	}
	return c
}

func (s *cleanSource) cuttingDynamic(dynamic func() formats.Predicate) func() formats.Predicate {
	if dynamic == nil {
		return nil
	}
	return func() formats.Predicate { return s.cutting(dynamic()) }
}

// KeepBounds implements formats.Predicate.
func (c *cutPredicate) KeepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	return c.Predicate.KeepBounds(func(col int) formats.Bounds {
		if k := c.cols[col]; k != nil {
			return cutBounds(bounds(col), k.typ.P)
		}
		return bounds(col)
	})
}

// KeepDict implements formats.Predicate.
func (c *cutPredicate) KeepDict(col int, dict *vector.Vector) (keep vector.Bitmap, nulls, ok bool) {
	k := c.cols[col]
	if k == nil {
		return c.Predicate.KeepDict(col, dict)
	}
	short, err := k.clean(dict, &vector.Batch{N: dict.Len})
	if err != nil {
		return nil, false, false // Keep meets it again
	}
	return c.Predicate.KeepDict(col, short)
}

// Keep implements formats.Predicate.
func (c *cutPredicate) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	c.batch.N, c.batch.Sel = b.N, sel
	c.batch.Cols = append(c.batch.Cols[:0], b.Cols...)
	for at, k := range c.cols {
		v, err := k.clean(b.Cols[at], &c.batch)
		if err != nil {
			return nil, err
		}
		c.batch.Cols[at] = v
	}
	return c.Predicate.Keep(&c.batch, sel)
}

// Points implements formats.Pointed: filters know whole texts.
func (c *cutPredicate) Points(col int) ([]types.Value, bool) {
	if c.cols[col] != nil {
		return nil, false
	}
	return formats.PointsOf(c.Predicate, col)
}
