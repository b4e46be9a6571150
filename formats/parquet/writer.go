package parquet

import (
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"strings"

	kzstd "github.com/klauspost/compress/zstd"
	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// WriterOptions are the choices of a writer. The zero value is good.
type WriterOptions struct {
	Compression string  // snappy (the default), zstd, gzip, brotli, lz4_raw or none
	Level       int     // of zstd, from 1 to 22; 0: its default
	FieldIDs    []int32 // of the columns, parallel to the schema's fields; 0 or nil: none
	GroupRows   int64   // rows of a row group at most; 0: 122880
	GroupBytes  int64   // about how many bytes of values a row group has at most; 0: any number
}

// Writer writes batches as a Parquet file through parquet-go. Every column is
// optional; a name that comes a second time gets a number. It implements
// formats.Writer.
//
//	tinyint .. bigint  INT(8..64)      decimal    INT32, INT64 or 16 bytes by precision
//	varchar, char      STRING          json       JSON
//	timestamp          TIMESTAMP, in microseconds up to precision 6, else nanoseconds
//	interval           INTERVAL        oid        UINT32      unknown   STRING, all null
//	array, map, row    LIST, MAP, group
type Writer struct {
	w     *pq.GenericWriter[any]
	cols  []*writeNode
	leafs [][]pq.Value
	row   pq.Row
	rows  []pq.Row
	arena []byte // 12 and 16 byte values of the batch

	groupBytes int64
	pending    int64 // bytes of values in the row group that is being filled
	filled     int64 // its rows
	groupRows  int64
}

// writeNode is a column, or a part of one, and its place in the levels.
type writeNode struct {
	typ  types.Type
	leaf int // -1: nested
	rep  int // repetition level of the entries of a list or map
	kids []*writeNode
}

// NewWriter makes a writer of rows of this schema into w. w stays open after
// Close.
func NewWriter(w io.Writer, schema *types.Schema, o WriterOptions) (*Writer, error) {
	codec, err := writeCodec(o.Compression, o.Level)
	if err != nil {
		return nil, err
	}
	if len(schema.Fields) == 0 {
		return nil, fault.New(fault.CodeFeatureNotSupported, "a Parquet file needs at least one column")
	}
	if o.GroupRows <= 0 {
		o.GroupRows = 122_880
	}
	out := &Writer{groupBytes: o.GroupBytes, groupRows: o.GroupRows}
	root := &orderedGroup{}
	leaves := 0
	for i, name := range uniqueNames(schema.Fields) {
		if t := schema.Fields[i].Type; t.HoldsTimeTZ() {
			return nil, fault.New(fault.CodeFeatureNotSupported, "column %q: %s cannot be written to Parquet", name, t).WithHint("Cast it to varchar or time.")
		}
		n, node := planWrite(schema.Fields[i].Type, &leaves, 0)
		out.cols = append(out.cols, n)
		node = pq.Optional(node)
		if i < len(o.FieldIDs) && o.FieldIDs[i] > 0 {
			node = pq.FieldID(node, int(o.FieldIDs[i]))
		}
		root.fields = append(root.fields, &orderedField{Node: node, name: name})
	}
	out.leafs = make([][]pq.Value, leaves)
	out.w = pq.NewGenericWriter[any](w, pq.NewSchema("schema", root), pq.Compression(codec),
		pq.MaxRowsPerRowGroup(o.GroupRows), pq.CreatedBy("glaux", "1", "1"))
	return out, nil
}

func writeCodec(name string, level int) (compress.Codec, error) {
	codecs := map[string]compress.Codec{
		"": &pq.Snappy, "snappy": &pq.Snappy, "zstd": &pq.Zstd, "gzip": &pq.Gzip, "brotli": &pq.Brotli,
		"lz4_raw": &pq.Lz4Raw, "none": &pq.Uncompressed, "uncompressed": &pq.Uncompressed,
	}
	c, ok := codecs[strings.ToLower(name)]
	if !ok {
		return nil, fault.New(fault.CodeInvalidParameter, "Parquet compression %q is not supported", name).
			WithHint("Supported: snappy, zstd, gzip, brotli, lz4_raw, none.")
	}
	if level != 0 && c == compress.Codec(&pq.Zstd) {
		return &zstd.Codec{Level: kzstd.EncoderLevelFromZstd(level)}, nil
	}
	return c, nil
}

// uniqueNames numbers the names that come again; readers match case-insensitively.
func uniqueNames(fields []types.Field) []string {
	seen := map[string]bool{}
	out := make([]string, len(fields))
	for i, f := range fields {
		name := f.Name
		if name == "" {
			name = fmt.Sprintf("field%d", i)
		}
		for k, base := 1, name; seen[strings.ToLower(name)]; k++ {
			name = fmt.Sprintf("%s_%d", base, k)
		}
		seen[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}

// orderedGroup is a group whose fields keep their order (parquet-go's Group
// sorts them by name).
type orderedGroup struct {
	pq.Group
	fields []pq.Field
}

// Fields implements parquet-go's Node.
func (g *orderedGroup) Fields() []pq.Field { return g.fields }

// GoType implements parquet-go's Node; rows are written as values, never
// through Go structs.
func (g *orderedGroup) GoType() reflect.Type { return reflect.TypeFor[struct{}]() }

// String implements parquet-go's Node.
func (g *orderedGroup) String() string { return "group" }

type orderedField struct {
	pq.Node
	name string
}

// Name implements parquet-go's Field.
func (f *orderedField) Name() string { return f.name }

// Value implements parquet-go's Field; see GoType.
func (f *orderedField) Value(reflect.Value) reflect.Value { return reflect.Value{} }

// planWrite makes the schema of one value of type t.
func planWrite(t types.Type, leaves *int, rep int) (*writeNode, pq.Node) {
	n := &writeNode{typ: t, leaf: -1, rep: rep + 1}
	switch t.Kind {
	case types.Array:
		kid, node := planWrite(t.Elem(), leaves, rep+1)
		n.kids = []*writeNode{kid}
		return n, pq.List(pq.Optional(node))
	case types.Map:
		key, keyNode := planWrite(t.Key(), leaves, rep+1)
		value, valueNode := planWrite(t.Value(), leaves, rep+1)
		n.kids = []*writeNode{key, value}
		return n, pq.Map(keyNode, pq.Optional(valueNode))
	case types.Row:
		g := &orderedGroup{}
		for i, name := range uniqueNames(t.Fields) {
			kid, node := planWrite(t.Fields[i].Type, leaves, rep)
			n.kids = append(n.kids, kid)
			g.fields = append(g.fields, &orderedField{Node: pq.Optional(node), name: name})
		}
		return n, g
	}
	n.leaf = *leaves
	*leaves++
	return n, leafNode(t)
}

func leafNode(t types.Type) pq.Node {
	switch t.Kind {
	case types.Boolean:
		return pq.Leaf(pq.BooleanType)
	case types.TinyInt:
		return pq.Int(8)
	case types.SmallInt:
		return pq.Int(16)
	case types.Integer:
		return pq.Int(32)
	case types.BigInt:
		return pq.Int(64)
	case types.OID:
		return pq.Uint(32)
	case types.Decimal:
		switch {
		case t.P <= 9:
			return pq.Decimal(int(t.S), int(t.P), pq.Int32Type)
		case t.P <= types.MaxShortDecimal:
			return pq.Decimal(int(t.S), int(t.P), pq.Int64Type)
		}
		return pq.Decimal(int(t.S), int(t.P), pq.FixedLenByteArrayType(16))
	case types.Real:
		return pq.Leaf(pq.FloatType)
	case types.Double:
		return pq.Leaf(pq.DoubleType)
	case types.Varbinary:
		return pq.Leaf(pq.ByteArrayType)
	case types.Date:
		return pq.Date()
	case types.Time:
		return pq.TimeAdjusted(writeUnit(t), false)
	case types.Timestamp:
		return pq.TimestampAdjusted(writeUnit(t), false)
	case types.TimestampTZ:
		return pq.TimestampAdjusted(writeUnit(t), true)
	case types.Interval:
		return pq.IntervalNode()
	case types.UUID:
		return pq.UUID()
	case types.JSON:
		return pq.JSON()
	}
	return pq.Encoded(pq.String(), &pq.RLEDictionary)
}

func writeUnit(t types.Type) pq.TimeUnit {
	if t.P > 6 {
		return pq.Nanosecond
	}
	return pq.Microsecond
}

// writeRows is how many rows go to parquet-go at once.
const writeRows = 256

// Write implements formats.Writer.
func (w *Writer) Write(b *vector.Batch) error {
	if len(b.Cols) != len(w.cols) {
		return fault.New(fault.CodeInternal, "batch of %d columns for a file of %d", len(b.Cols), len(w.cols))
	}
	cols := make([]*vector.Vector, len(b.Cols))
	for i, v := range b.Cols {
		cols[i] = vector.Flatten(v)
	}
	for from := 0; from < b.Rows(); from += writeRows {
		w.row, w.rows, w.arena = w.row[:0], w.rows[:0], w.arena[:0]
		for i := from; i < min(from+writeRows, b.Rows()); i++ {
			at := i
			if b.Sel != nil {
				at = int(b.Sel[i])
			}
			if err := w.addRow(cols, at); err != nil {
				return err
			}
		}
		if _, err := w.w.WriteRows(w.rows); err != nil {
			return writeError(err)
		}
	}
	return w.grown(b)
}

// grown ends the row group if it is large enough. The rows of the batch count by
// their share of its memory.
func (w *Writer) grown(b *vector.Batch) error {
	if b.N == 0 {
		return nil
	}
	w.pending += b.MemoryBytes() * int64(b.Rows()) / int64(b.N)
	if w.filled += int64(b.Rows()); w.filled >= w.groupRows { // parquet-go has ended one by itself
		w.pending, w.filled = w.pending*(w.filled%w.groupRows)/w.filled, w.filled%w.groupRows
	}
	if w.groupBytes == 0 || w.pending < w.groupBytes {
		return nil
	}
	w.pending, w.filled = 0, 0
	return writeError(w.w.Flush())
}

// writeError keeps a fault of the destination, such as a full disk, as it is.
func writeError(err error) error {
	if err == nil || fault.As(err).Code != fault.CodeInternal {
		return err
	}
	return fault.Wrap(err, fault.CodeIO, "writing Parquet: %v", err)
}

// columnBuffer is about what parquet-go holds for a column besides the values:
// its page and its dictionary.
const columnBuffer = 64 << 10

// Buffered gives about how many bytes the writer holds.
func (w *Writer) Buffered() int64 { return w.pending + int64(len(w.leafs))*columnBuffer }

// addRow collects the values of one row, leaf by leaf.
func (w *Writer) addRow(cols []*vector.Vector, at int) error {
	for i := range w.leafs {
		w.leafs[i] = w.leafs[i][:0]
	}
	for c, v := range cols {
		if err := w.put(w.cols[c], v, at, 0, 0); err != nil {
			return err
		}
	}
	start := len(w.row)
	for _, l := range w.leafs {
		w.row = append(w.row, l...)
	}
	w.rows = append(w.rows, w.row[start:len(w.row):len(w.row)])
	return nil
}

// put adds a nullable value.
func (w *Writer) put(n *writeNode, v *vector.Vector, i, rep, def int) error {
	if v.IsNull(i) {
		w.null(n, rep, def)
		return nil
	}
	return w.present(n, v, i, rep, def+1)
}

// null adds a null to every leaf of n.
func (w *Writer) null(n *writeNode, rep, def int) {
	if n.leaf >= 0 {
		w.leafs[n.leaf] = append(w.leafs[n.leaf], pq.NullValue().Level(rep, def, n.leaf))
		return
	}
	for _, k := range n.kids {
		w.null(k, rep, def)
	}
}

// present adds a value that is not null, at its definition level.
func (w *Writer) present(n *writeNode, v *vector.Vector, i, rep, def int) error {
	switch n.typ.Kind {
	case types.Row:
		for k, kid := range n.kids {
			if err := w.put(kid, v.Kids[k], i, rep, def); err != nil {
				return err
			}
		}
		return nil
	case types.Array, types.Map:
		return w.entries(n, v, v.Ranges()[i], rep, def)
	}
	x, err := w.value(n.typ, v, i)
	if err != nil {
		return err
	}
	w.leafs[n.leaf] = append(w.leafs[n.leaf], x.Level(rep, def, n.leaf))
	return nil
}

func (w *Writer) entries(n *writeNode, v *vector.Vector, r vector.Range, rep, def int) error {
	if r.Len == 0 {
		w.null(n, rep, def)
		return nil
	}
	for j := int(r.Off); j < int(r.Off+r.Len); j++ {
		for k, kid := range n.kids {
			var err error
			if n.typ.Kind == types.Map && k == 0 {
				if v.Kids[0].IsNull(j) {
					return fault.New(fault.CodeInvalidParameter, "a map with a null key cannot be written to Parquet")
				}
				err = w.present(kid, v.Kids[0], j, rep, def+1)
			} else {
				err = w.put(kid, v.Kids[k], j, rep, def+1)
			}
			if err != nil {
				return err
			}
		}
		rep = n.rep
	}
	return nil
}

// value makes a leaf's value. Its bytes stay valid until the batch is written.
func (w *Writer) value(t types.Type, v *vector.Vector, i int) (pq.Value, error) {
	switch t.Phys() {
	case types.PhysBool:
		return pq.BooleanValue(vector.Values[bool](v)[i]), nil
	case types.PhysInt8:
		return pq.Int32Value(int32(vector.Values[int8](v)[i])), nil
	case types.PhysInt16:
		return pq.Int32Value(int32(vector.Values[int16](v)[i])), nil
	case types.PhysInt32:
		return pq.Int32Value(vector.Values[int32](v)[i]), nil
	case types.PhysUint32:
		return pq.Int32Value(int32(vector.Values[uint32](v)[i])), nil
	case types.PhysInt64:
		x := vector.Values[int64](v)[i]
		if t.Kind == types.Decimal && t.P <= 9 {
			return pq.Int32Value(int32(x)), nil
		}
		return pq.Int64Value(x), nil
	case types.PhysFloat32:
		return pq.FloatValue(vector.Values[float32](v)[i]), nil
	case types.PhysFloat64:
		return pq.DoubleValue(vector.Values[float64](v)[i]), nil
	case types.PhysInt128:
		x := vector.Values[types.Int128](v)[i]
		b := binary.BigEndian.AppendUint64(w.room(16), uint64(x.Hi))
		return pq.FixedLenByteArrayValue(binary.BigEndian.AppendUint64(b, x.Lo)), nil
	case types.PhysUUID:
		x := vector.Values[[16]byte](v)[i]
		return pq.FixedLenByteArrayValue(append(w.room(16), x[:]...)), nil
	case types.PhysInterval:
		return w.interval(vector.Values[types.IntervalValue](v)[i])
	}
	return pq.ByteArrayValue(v.Bytes(i)), nil
}

// room gives an empty slice with room for n bytes that stay where they are.
func (w *Writer) room(n int) []byte {
	if cap(w.arena)-len(w.arena) < n {
		w.arena = make([]byte, 0, 64<<10)
	}
	at := len(w.arena)
	w.arena = w.arena[:at+n]
	return w.arena[at : at : at+n]
}

// interval writes months, days and milliseconds, all unsigned: what does not
// fit is refused rather than changed.
func (w *Writer) interval(x types.IntervalValue) (pq.Value, error) {
	ms := x.Micros / 1000
	if x.Months < 0 || x.Days < 0 || x.Micros < 0 || ms*1000 != x.Micros || ms > 1<<32-1 {
		return pq.Value{}, fault.New(fault.CodeDatetimeOverflow, "interval of %d months, %d days, %d microseconds cannot be written to Parquet", x.Months, x.Days, x.Micros).
			WithHint("Parquet intervals are not negative and have milliseconds; cast the column to varchar.")
	}
	b := binary.LittleEndian.AppendUint32(w.room(12), uint32(x.Months))
	b = binary.LittleEndian.AppendUint32(b, uint32(x.Days))
	return pq.FixedLenByteArrayValue(binary.LittleEndian.AppendUint32(b, uint32(ms))), nil
}

// Close implements formats.Writer.
func (w *Writer) Close() error {
	return writeError(w.w.Close())
}
