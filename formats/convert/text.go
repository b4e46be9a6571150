package convert

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// CanText reports whether values of type from can be read as the varchar that a
// table declares: a crawl that meets numbers in one file and words in another
// declares text, and the first file's numbers are then read as SQL spells them.
func CanText(from, to types.Type) bool {
	return to.Equal(types.TVarchar) && len(from.Fields) == 0 && from.Kind != types.Unknown && from.Phys() != types.PhysBytes
}

// TextSource reads columns as text that are stored as something else: stored
// gives the file's own type of each such column, by its position in r.Columns.
// open is a Scan with the types replaced. A predicate or runtime filter that
// looks at such a column speaks of texts, so the scan below cannot use it; the
// predicate is applied here.
func TextSource(r formats.ScanRequest, stored map[int]types.Type, open func(formats.ScanRequest) (formats.Source, error)) (formats.Source, error) {
	t := &textSource{cols: make([]textColumn, 0, len(stored))}
	r.Dynamic = nil
	columns := make([]formats.Projection, len(r.Columns))
	copy(columns, r.Columns)
	for i := range columns {
		if from, ok := stored[i]; ok {
			columns[i].Type = from
			t.cols = append(t.cols, textColumn{at: i})
		}
	}
	r.Columns = columns
	if r.Pred != nil {
		for _, c := range r.Pred.Columns() {
			if _, ok := stored[c]; ok {
				t.pred, r.Pred, r.Limit = r.Pred, nil, 0
				break
			}
		}
	}
	var err error
	t.in, err = open(r)
	return t, err
}

type textSource struct {
	in   formats.Source
	cols []textColumn
	pred formats.Predicate // nil: none, or the source below applies it
}

// textColumn is one converted column with the vectors it is made in.
type textColumn struct {
	at   int
	out  vector.Vector
	dict vector.Vector // of a dictionary's values
	base *vector.Vector
	gen  uint64
	text []byte
}

// Next implements formats.Source.
func (t *textSource) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if err := t.in.Next(ctx, b); err != nil {
			return err
		}
		for i := range t.cols {
			c := &t.cols[i]
			b.Cols[c.at] = c.convert(b.Cols[c.at])
		}
		if t.pred == nil {
			return nil
		}
		sel, err := t.pred.Keep(b, b.Sel)
		if err != nil {
			return err
		}
		if b.Sel = sel; b.Rows() > 0 {
			return nil
		}
	}
}

// Place implements formats.Placer.
func (t *textSource) Place(i int) formats.Place { return placeIn(t.in, i) }

// placeIn gives the place of a row of a source that may not know it.
func placeIn(src formats.Source, i int) formats.Place {
	if p, ok := src.(formats.Placer); ok {
		return p.Place(i)
	}
	return formats.Place{Row: -1}
}

// Close implements formats.Source.
func (t *textSource) Close() error { return t.in.Close() }

// convert spells a column's values; a dictionary's once.
func (c *textColumn) convert(v *vector.Vector) *vector.Vector {
	if v.Form != vector.Dict {
		c.text = spell(&c.out, v, c.text)
		return &c.out
	}
	if c.base != v.Base || c.gen != v.Base.Generation() {
		c.text = spell(&c.dict, v.Base, c.text)
		c.base, c.gen = v.Base, v.Base.Generation()
	}
	c.out.SetDict(types.TVarchar, v.Codes, &c.dict)
	c.out.Valid = v.Valid
	return &c.out
}

// spell fills out with the texts of a vector's rows, using buf for one value.
func spell(out, v *vector.Vector, buf []byte) []byte {
	out.Reset(types.TVarchar, 0)
	n := v.Len
	if v.Form == vector.Const {
		n = 1
	}
	for i := range n {
		if v.IsNull(i) {
			out.AppendNull()
			continue
		}
		buf = types.AppendValue(buf[:0], vector.ValueAt(v, i))
		out.AppendBytes(buf)
	}
	if v.Form == vector.Const {
		out.Form, out.Len = vector.Const, v.Len
	}
	return buf
}
