package exec

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// keySet has the values of a primary key or unique constraint of all rows.
type keySet struct {
	key   plan.TempKey
	set   map[string]struct{}
	added []string // since the statement began, to be taken back if it fails
	acct  *mem.Account
	bytes int64
	buf   []byte
}

// keyOverhead is what a key takes in the map besides its bytes.
const keyOverhead = 48

// has reports whether the row's key is there; one with a NULL never is.
func (k *keySet) has(b *vector.Batch, row int) bool {
	if !k.encode(b, row) {
		return false
	}
	_, ok := k.set[string(k.buf)]
	return ok
}

// add puts in the key of a row that has says is not there.
func (k *keySet) add(b *vector.Batch, row int) error {
	if !k.encode(b, row) {
		return nil
	}
	n := int64(len(k.buf) + keyOverhead)
	if err := k.acct.Reserve(n); err != nil {
		return err
	}
	k.bytes += n
	s := string(k.buf)
	k.set[s] = struct{}{}
	k.added = append(k.added, s)
	return nil
}

// undo takes back what the statement added.
func (k *keySet) undo() {
	for _, s := range k.added {
		delete(k.set, s)
		n := int64(len(s) + keyOverhead)
		k.bytes -= n
		k.acct.Release(n)
	}
	k.added = nil
}

// encode writes the row's key to buf; false if part of it is NULL.
func (k *keySet) encode(b *vector.Batch, row int) bool {
	k.buf = k.buf[:0]
	for _, c := range k.key.Columns {
		v := b.Cols[c]
		if v.IsNull(row) {
			return false
		}
		k.buf = appendCell(k.buf, v, row)
	}
	return true
}

// appendCell writes a flat vector's value so that equal values have equal bytes.
func appendCell(buf []byte, v *vector.Vector, row int) []byte {
	switch v.Type.Phys() {
	case types.PhysBytes:
		s := v.Bytes(row)
		return append(binary.AppendUvarint(buf, uint64(len(s))), s...)
	case types.PhysFloat64:
		return binary.LittleEndian.AppendUint64(buf, math.Float64bits(vector.Values[float64](v)[row]+0))
	case types.PhysFloat32:
		return binary.LittleEndian.AppendUint32(buf, math.Float32bits(vector.Values[float32](v)[row]+0))
	}
	w := v.Type.Phys().Width()
	return append(buf, v.Raw()[row*w:(row+1)*w]...)
}

// violation makes the error for a key that is there twice.
func (k *keySet) violation(t *plan.TempDef, b *vector.Batch, row int, text *kernel.TextOptions) error {
	names, vals := make([]string, len(k.key.Columns)), make([]string, len(k.key.Columns))
	for i, c := range k.key.Columns {
		names[i] = types.QuoteIdent(t.Columns[c].Name)
		vals[i] = string(text.AppendText(nil, b.Cols[c], row))
	}
	e := fault.New(fault.CodeUniqueViolation, "duplicate key value violates unique constraint %q", k.key.Name).
		WithDetail("Key (%s)=(%s) already exists.", strings.Join(names, ", "), strings.Join(vals, ", "))
	e.Schema, e.Table, e.Constraint = plan.TempSchema, t.Name, k.key.Name
	return e
}

// forgetKeys drops the keys' values: they are read from the rows when they are
// needed.
func (x *tempTable) forgetKeys() {
	for _, k := range x.keys {
		k.acct.Release(k.bytes)
	}
	x.keys = nil
}

// loadKeys reads the keys of all rows. Two rows of one key are an error.
func (x *tempTable) loadKeys(acct *mem.Account, text *kernel.TextOptions) (err error) {
	if x.keys != nil || len(x.def.Keys) == 0 {
		return nil
	}
	for _, k := range x.def.Keys {
		x.keys = append(x.keys, &keySet{key: k, set: map[string]struct{}{}, acct: acct})
	}
	defer func() {
		if err != nil {
			x.forgetKeys()
		}
	}()
	p := x.store.Snapshot()
	defer p.Close()
	return eachBatch(p, func(b *vector.Batch) error {
		for row := range b.N {
			for _, k := range x.keys {
				if k.has(b, row) {
					return k.violation(x.def, b, row, text)
				}
				if err := k.add(b, row); err != nil {
					return err
				}
				k.added = k.added[:0]
			}
		}
		return nil
	})
}
