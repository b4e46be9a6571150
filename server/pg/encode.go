package pg

import (
	"context"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// chunkRows is how many rows are encoded at a time: it bounds the memory.
const chunkRows = 1024

// encoder turns batches into values as they go over the wire, column by
// column: one typed loop a column, then rows are put together from the pieces.
// Strings are not copied before that; dictionaries are encoded once a value.
type encoder struct {
	cols []column
	text *kernel.TextOptions
	b    *vector.Batch
	rows int      // rows of the batch that count
	row  int      // the next row to send
	base int      // the first row of the chunk
	n    int      // rows in the chunk
	idx  []uint32 // positions of the chunk's rows in the batch
	err  error    // a value of the chunk has no form for the client
}

// span is a value in a column's data; n is -1 for NULL.
type span struct {
	off uint32
	n   int32
}

// column is one column of a chunk.
type column struct {
	typ    types.Type
	binary bool
	record bool // rows as records

	declared bool // see plan.ResultColumn

	data   []byte
	spans  []span
	buf    []byte // reused memory of data
	dict   []span // reused: the spans of a dictionary's values
	codes  []uint32
	ragged bool // an array of arrays is not rectangular, which binary cannot show

	charset *charset.Charset // of the values; nil: UTF-8
	err     error            // a value cannot be converted to it
}

// start prepares for the columns of a result.
func (e *encoder) start(ctx context.Context, c *conn, columns []exec.Column, formats []bool) (err error) {
	names := false
	for i := range columns {
		names = names || hasNames(columns[i].Type)
	}
	if e.text, err = c.sess.text(ctx, names); err != nil {
		return err
	}
	e.cols = make([]column, len(columns))
	records := c.recordRows()
	for i := range columns {
		e.cols[i] = column{typ: columns[i].Type, record: records, declared: columns[i].Declared, binary: i < len(formats) && formats[i]}
	}
	e.recodeTo(c.charset())
	return nil
}

// hasNames reports whether values of a type print as names of the catalog.
func hasNames(t types.Type) bool {
	if t.Kind == types.OID {
		return t.S != types.RegNone
	}
	for _, f := range t.Fields {
		if hasNames(f.Type) {
			return true
		}
	}
	return false
}

// left gives the number of rows that are still to be sent.
func (e *encoder) left() int { return e.rows - e.row }

// load takes the next batch.
func (e *encoder) load(b *vector.Batch) {
	e.b, e.rows, e.row, e.n = b, b.Rows(), 0, 0
	e.fill()
}

// fill encodes the next chunk.
func (e *encoder) fill() {
	e.base = e.row
	e.n = min(e.rows-e.row, chunkRows)
	if e.n <= 0 {
		e.n = 0
		return
	}
	e.idx = e.idx[:0]
	for r := e.base; r < e.base+e.n; r++ {
		if e.b.Sel != nil {
			e.idx = append(e.idx, uint32(e.b.Sel[r]))
		} else {
			e.idx = append(e.idx, uint32(r))
		}
	}
	for i := range e.cols {
		if e.cols[i].encode(e.b.Cols[i], e.idx, e.text); e.cols[i].ragged {
			e.err = fault.New(fault.CodeArraySubscript, "an array whose inner arrays differ in length has no binary form").
				WithHint("Ask for text, or cast the array to json.")
		}
		if e.cols[i].err != nil {
			e.err = e.cols[i].err
		}
	}
}

// encode fills data and spans with rows idx of v.
func (c *column) encode(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	c.spans, c.buf = c.spans[:0], c.buf[:0]
	if v.Type.Kind == types.Unknown {
		c.repeat(span{n: -1}, len(idx))
		return
	}
	switch v.Form {
	case vector.Const:
		if v.IsNull(0) {
			c.repeat(span{n: -1}, len(idx))
			return
		}
		flat := *v
		flat.Form, flat.Len, flat.Valid = vector.Flat, 1, nil
		c.values(&flat, []uint32{0}, text)
		s := c.spans[0]
		c.spans = c.spans[:0]
		c.repeat(s, len(idx))
	case vector.Dict:
		c.encodeDict(v, idx, text)
	default:
		c.values(v, idx, text)
	}
}

func (c *column) repeat(s span, n int) {
	for range n {
		c.spans = append(c.spans, s)
	}
}

// encodeDict encodes a dictionary column: the dictionary once, if it is not
// larger than the chunk, else the values of the rows.
func (c *column) encodeDict(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	c.codes = c.codes[:0]
	whole := v.Base.Len <= len(idx)
	if whole {
		for i := range v.Base.Len {
			c.codes = append(c.codes, uint32(i))
		}
	} else {
		for _, i := range idx {
			c.codes = append(c.codes, v.Codes[i])
		}
	}
	c.values(v.Base, c.codes, text)
	if whole {
		c.dict = append(c.dict[:0], c.spans...)
		c.spans = c.spans[:0]
		for _, i := range idx {
			c.spans = append(c.spans, c.dict[v.Codes[i]])
		}
	}
	if v.Valid == nil {
		return
	}
	for r, i := range idx {
		if !v.Valid.Get(int(i)) {
			c.spans[r].n = -1
		}
	}
}

// values encodes rows idx of a flat vector, in the client's encoding.
func (c *column) values(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	c.inUTF8(v, idx, text)
	if c.charset != nil && (isText(v.Type) || !c.binary && (v.Type.IsNested() || v.Type.Kind == types.OID)) { // others are ASCII
		c.recode()
	}
}

func (c *column) inUTF8(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	if v.Type.IsNested() {
		v = vector.Flatten(v) // the children
	}
	switch v.Type.Kind {
	case types.Varchar, types.JSON, types.Name:
		if !c.binary || !v.Type.IsJSONB() { // whose binary form begins with a version
			c.strings(v, idx)
			return
		}
	case types.Opaque:
		if c.binary && v.Type.IsSketch() {
			c.strings(v, idx)
			return
		}
	case types.Varbinary:
		if c.binary {
			c.strings(v, idx)
			return
		}
	}
	if c.binary {
		c.binaryValues(v, idx, text)
	} else {
		c.textValues(v, idx, text)
	}
	c.data = c.buf
	c.nulls(v, idx)
}

// nulls marks the spans of rows that are NULL.
func (c *column) nulls(v *vector.Vector, idx []uint32) {
	if v.Valid == nil {
		return
	}
	for r, i := range idx {
		if !v.Valid.Get(int(i)) {
			c.spans[r].n = -1
		}
	}
}

// strings points the spans at the vector's own bytes.
func (c *column) strings(v *vector.Vector, idx []uint32) {
	ranges := v.Ranges()
	c.data = v.Data
	for _, i := range idx {
		r := ranges[i]
		c.spans = append(c.spans, span{r.Off, int32(r.Len)})
	}
	c.nulls(v, idx)
}

// end closes a value that started at from in buf.
func (c *column) end(from int) {
	c.spans = append(c.spans, span{uint32(from), int32(len(c.buf) - from)})
}

// textValues prints rows idx of a flat vector. Rows that are NULL print
// something that nobody reads, as their memory is defined.
func (c *column) textValues(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	switch v.Type.Kind {
	case types.Boolean:
		c.boolText(vector.Values[bool](v), idx)
	case types.TinyInt:
		intText(c, vector.Values[int8](v), idx)
	case types.SmallInt:
		intText(c, vector.Values[int16](v), idx)
	case types.Integer:
		intText(c, vector.Values[int32](v), idx)
	case types.BigInt:
		intText(c, vector.Values[int64](v), idx)
	case types.Decimal:
		c.decimalText(v, idx)
	case types.Real:
		for _, i := range idx {
			from := len(c.buf)
			c.buf = types.AppendFloat(c.buf, float64(vector.Values[float32](v)[i]), 32, text.Style)
			c.end(from)
		}
	case types.Double:
		values := vector.Values[float64](v)
		for _, i := range idx {
			from := len(c.buf)
			c.buf = types.AppendFloat(c.buf, values[i], 64, text.Style)
			c.end(from)
		}
	case types.Date:
		values := vector.Values[int32](v)
		for _, i := range idx {
			from := len(c.buf)
			c.buf = types.AppendDateStyle(c.buf, values[i], text.Style)
			c.end(from)
		}
	case types.Timestamp:
		values := vector.Values[int64](v)
		for _, i := range idx {
			from := len(c.buf)
			c.buf = types.AppendTimestamp(c.buf, micros(values[i], v.Type), micro(v.Type), text.Style)
			c.end(from)
		}
	case types.TimestampTZ:
		values := vector.Values[int64](v)
		for _, i := range idx {
			from := len(c.buf)
			c.buf = types.AppendTimestampTZ(c.buf, micros(values[i], v.Type), micro(v.Type), text.Location, text.Style)
			c.end(from)
		}
	case types.Char:
		c.charText(v, idx)
	case types.Varbinary:
		c.byteaText(v, idx, text)
	default:
		c.otherText(v, idx, text)
	}
}

func (c *column) boolText(values []bool, idx []uint32) {
	c.buf = append(c.buf, "ft"...)
	for _, i := range idx {
		s := span{0, 1}
		if values[i] {
			s.off = 1
		}
		c.spans = append(c.spans, s)
	}
}

func intText[T int8 | int16 | int32 | int64](c *column, values []T, idx []uint32) {
	for _, i := range idx {
		from := len(c.buf)
		c.buf = strconv.AppendInt(c.buf, int64(values[i]), 10)
		c.end(from)
	}
}

func (c *column) decimalText(v *vector.Vector, idx []uint32) {
	scale := int(v.Type.S)
	if v.Type.Phys() == types.PhysInt128 {
		values := vector.Values[types.Int128](v)
		for _, i := range idx {
			from := len(c.buf)
			c.buf = types.AppendDecimal(c.buf, values[i], scale)
			c.end(from)
		}
		return
	}
	values := vector.Values[int64](v)
	for _, i := range idx {
		from := len(c.buf)
		c.buf = types.AppendDecimal(c.buf, types.I128(values[i]), scale)
		c.end(from)
	}
}

// charText pads to the type's length.
func (c *column) charText(v *vector.Vector, idx []uint32) {
	ranges := v.Ranges()
	for _, i := range idx {
		from, r := len(c.buf), ranges[i]
		s := v.Data[r.Off : r.Off+r.Len]
		c.buf = append(c.buf, s...)
		for n := utf8.RuneCount(s); n < int(v.Type.P); n++ {
			c.buf = append(c.buf, ' ')
		}
		c.end(from)
	}
}

func (c *column) byteaText(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	ranges := v.Ranges()
	for _, i := range idx {
		from, r := len(c.buf), ranges[i]
		s := v.Data[r.Off : r.Off+r.Len]
		if text.EscapeBytes {
			c.buf = types.AppendEscaped(c.buf, s)
		} else {
			c.buf = types.AppendHex(c.buf, s)
		}
		c.end(from)
	}
}

// otherText prints the rarer types: times, intervals, OIDs, UUIDs, and the
// nested ones.
func (c *column) otherText(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	for _, i := range idx {
		from := len(c.buf)
		switch {
		case v.IsNull(int(i)):
		case v.Type.Kind == types.Row && c.record:
			c.buf = appendRecord(c.buf, v, int(i), text)
		case showsAsJSON(v.Type):
			c.buf = text.AppendJSON(c.buf, v, int(i))
		default:
			c.buf = text.AppendText(c.buf, v, int(i))
		}
		c.end(from)
	}
}

// showsAsJSON reports whether pgtype gives a nested type as json: maps, rows
// and arrays of these.
func showsAsJSON(t types.Type) bool {
	for t.Kind == types.Array {
		t = t.Elem()
	}
	return t.Kind == types.Map || t.Kind == types.Row
}

// appendRecord prints a row as PostgreSQL prints a composite value.
func appendRecord(b []byte, v *vector.Vector, i int, text *kernel.TextOptions) []byte {
	b = append(b, '(')
	var field []byte
	for k, kid := range v.Kids {
		if k > 0 {
			b = append(b, ',')
		}
		if kid.IsNull(i) {
			continue
		}
		if kid.Type.Kind == types.Row {
			field = appendRecord(field[:0], kid, i, text)
		} else {
			field = text.AppendText(field[:0], kid, i)
		}
		b = appendRecordField(b, field)
	}
	return append(b, ')')
}

// appendRecordField quotes a member of a record where its syntax needs it.
func appendRecordField(b, field []byte) []byte {
	quote := len(field) == 0
	for _, x := range field {
		if x == '"' || x == '\\' || x == '(' || x == ')' || x == ',' || x == ' ' || x >= '\t' && x <= '\r' {
			quote = true
			break
		}
	}
	if !quote {
		return append(b, field...)
	}
	b = append(b, '"')
	for _, x := range field {
		if x == '"' || x == '\\' {
			b = append(b, x)
		}
		b = append(b, x)
	}
	return append(b, '"')
}

// micro gives the type of a time at the precision that clients know.
func micro(t types.Type) types.Type {
	t.P = min(t.P, 6)
	return t
}

// micros gives a timestamp in microseconds; nanoseconds are cut off.
func micros(v int64, t types.Type) int64 {
	if t.P <= 6 || v == types.TimeInfinity || v == types.TimeMinusInfinity {
		return v
	}
	q := v / 1000
	if v%1000 < 0 {
		q--
	}
	return q
}

// The epoch of the protocol's dates and times is 2000-01-01.
const (
	epochDays   = 10957
	epochMicros = epochDays * 86_400_000_000
)

// binaryDate gives days since 2000-01-01; PostgreSQL's infinities are the
// extreme values, like ours.
func binaryDate(days int32) int32 {
	if days == types.DateInfinity || days == types.DateMinusInfinity {
		return days
	}
	return int32(max(int64(days)-epochDays, math.MinInt32+1))
}

func binaryTimestamp(v int64, t types.Type) int64 {
	if v == types.TimeInfinity || v == types.TimeMinusInfinity {
		return v
	}
	v = micros(v, t)
	if v < math.MinInt64+1+epochMicros {
		return math.MinInt64 + 1
	}
	return v - epochMicros
}

func (c *column) uint16(x uint16) {
	c.buf = binary.BigEndian.AppendUint16(c.buf, x)
}

func (c *column) uint32(x uint32) {
	c.buf = binary.BigEndian.AppendUint32(c.buf, x)
}

func (c *column) uint64(x uint64) {
	c.buf = binary.BigEndian.AppendUint64(c.buf, x)
}
