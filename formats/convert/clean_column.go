package convert

import (
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// check is what may be wrong with a column's values.
type check struct {
	typ    types.Type // as declared
	stored types.Type // as it is asked for
	number bool       // stored is wider
}

// newCheck gives the check of a column of type t that is stored as another type
// (unknown: nobody knows); nil if nothing can be wrong with it that the policy
// names. Bounds that are known are within t.
func newCheck(p *cleanse.Policy, t, stored types.Type, b formats.Bounds) *check {
	k := &check{typ: t, stored: t}
	switch {
	case t.IsString():
		bytes := stored.Kind == types.Unknown || stored.Phys() == types.PhysBytes
		if bytes && (p.By[cleanse.InvalidChar] != cleanse.Disabled || p.By[cleanse.Surplus] != cleanse.Disabled && t.P > 0) {
			return k
		}
		return nil
	case t.Kind == types.Array || t.Kind == types.Map || t.Kind == types.Row:
		return nestedCheck(p, t)
	case p.By[cleanse.Overflow] == cleanse.Disabled || b.HasMinMax || b.AllNull:
		return nil
	}
	var ok bool
	if k.stored, ok = wider(t, stored); !ok {
		return nil
	}
	k.number = true
	return k
}

// nestedCheck is newCheck for what holds texts.
func nestedCheck(p *cleanse.Policy, t types.Type) *check {
	for _, f := range t.Fields {
		if (f.Type.IsString() || f.Type.IsNested()) && newCheck(p, f.Type, types.TUnknown, formats.Bounds{}) != nil {
			return &check{typ: t, stored: t}
		}
	}
	return nil
}

// wider gives the type as which a column of numbers is read so that every stored
// value fits; false if those of the declared type t are all that there can be, or if
// the two do not go together.
func wider(t, stored types.Type) (types.Type, bool) {
	switch {
	case t.IsInteger() && stored.Kind == types.Decimal:
		return stored, stored.S == 0 // integers without a sign
	case t.IsInteger() && stored.IsInteger():
		return stored, stored.Phys().Width() > t.Phys().Width()
	case t.IsInteger() && stored.Kind == types.Unknown:
		return types.TBigInt, t.Kind != types.BigInt
	case t.Kind == types.Decimal && (stored.Kind == types.Decimal || stored.IsInteger()):
		d := types.AsDecimal(stored)
		whole := d.P - d.S
		if d.S > t.S || whole <= t.P-t.S || whole+t.S > types.MaxDecimalPrecision {
			return t, false
		}
		return types.DecimalOf(int(whole+t.S), int(t.S)), true
	}
	return t, false
}

// cleanColumn checks a column of the batches of one source.
type cleanColumn struct {
	*check
	at    int // in the batch of the source below
	name  string
	judge bool // nobody wants it
	s     *cleanSource
	out   vector.Vector
	flat  vector.Vector
	base  *vector.Vector // a dictionary without anything wrong in it
	gen   uint64
}

// clean gives the column as it is declared.
func (k *cleanColumn) clean(v *vector.Vector, b *vector.Batch) (*vector.Vector, error) {
	switch {
	case !k.number && v.Form == vector.Const && v.IsNull(0):
		return v, nil
	case k.number:
		if v.Form != vector.Flat {
			vector.FlattenTo(&k.flat, v)
			v = &k.flat
		}
		return &k.out, k.numbers(v, b)
	case k.typ.IsNested():
		return k.nested(v, b)
	}
	return k.texts(v, b)
}

// numbers narrows a column.
func (k *cleanColumn) numbers(v *vector.Vector, b *vector.Batch) error {
	k.out.Reset(k.typ, b.N)
	if len(b.Sel) < b.N {
		clear(k.out.Raw())
	}
	var err error
	eachRow(b, func(i int) {
		if err != nil {
			return
		}
		if v.IsNull(i) {
			k.out.SetNull(i)
			return
		}
		x := wholeAt(v, i)
		if k.put(i, x) {
			return
		}
		k.out.SetNull(i)
		err = k.act(i, cleanse.Overflow, k.typ, func() []byte { return types.AppendValue(nil, vector.ValueAt(v, i)) }, nil)
	})
	return err
}

// wholeAt gives an integer, or a decimal without its point.
func wholeAt(v *vector.Vector, i int) types.Int128 {
	switch v.Type.Phys() {
	case types.PhysInt8:
		return types.I128(int64(vector.Values[int8](v)[i]))
	case types.PhysInt16:
		return types.I128(int64(vector.Values[int16](v)[i]))
	case types.PhysInt32:
		return types.I128(int64(vector.Values[int32](v)[i]))
	case types.PhysInt64:
		return types.I128(vector.Values[int64](v)[i])
	}
	return vector.Values[types.Int128](v)[i]
}

// put writes a number if its type can hold it.
func (k *cleanColumn) put(i int, x types.Int128) bool {
	if k.typ.Kind == types.Decimal {
		if !x.FitsDecimal(int(k.typ.P)) {
			return false
		}
		if k.typ.Phys() == types.PhysInt128 {
			vector.Values[types.Int128](&k.out)[i] = x
		} else {
			vector.Values[int64](&k.out)[i] = x.Int64()
		}
		return true
	}
	lo, hi := types.IntRange(k.typ)
	if !x.IsInt64() || x.Int64() < lo || x.Int64() > hi {
		return false
	}
	switch n := x.Int64(); k.typ.Kind {
	case types.TinyInt:
		vector.Values[int8](&k.out)[i] = int8(n)
	case types.SmallInt:
		vector.Values[int16](&k.out)[i] = int16(n)
	case types.Integer:
		vector.Values[int32](&k.out)[i] = int32(n)
	default:
		vector.Values[int64](&k.out)[i] = n
	}
	return true
}

// texts checks a column of texts; one without anything wrong is passed on.
func (k *cleanColumn) texts(v *vector.Vector, b *vector.Batch) (*vector.Vector, error) {
	if v.Form == vector.Dict {
		if k.base == v.Base && k.gen == v.Base.Generation() {
			return v, nil
		}
		good := true
		for i := range v.Base.Len {
			good = good && !k.wrong(v.Base.Bytes(i), k.typ)
		}
		if good {
			k.base, k.gen = v.Base, v.Base.Generation()
			return v, nil
		}
	}
	if v.Form != vector.Flat {
		vector.FlattenTo(&k.flat, v)
		v = &k.flat
	}
	good := true
	eachRow(b, func(i int) { good = good && (v.IsNull(i) || !k.wrong(v.Bytes(i), k.typ)) })
	if good {
		return v, nil
	}
	wanted := make([]bool, b.N)
	eachRow(b, func(i int) { wanted[i] = true })
	k.out.Reset(k.typ, 0)
	for i := range b.N {
		if !wanted[i] || v.IsNull(i) {
			k.out.AppendNull()
			continue
		}
		s, ok, err := k.fit(i, v.Bytes(i), k.typ)
		if err != nil {
			return nil, err
		}
		if ok {
			k.out.AppendBytes(s)
		} else {
			k.out.AppendNull()
		}
	}
	return &k.out, nil
}

// wrong reports whether a text of type t meets a trigger that the policy names.
func (k *cleanColumn) wrong(s []byte, t types.Type) bool {
	by := &k.s.file.policy.By
	return by[cleanse.InvalidChar] != cleanse.Disabled && !utf8.Valid(s) || by[cleanse.Surplus] != cleanse.Disabled && k.long(s, t)
}

func (k *cleanColumn) long(s []byte, t types.Type) bool {
	return t.P > 0 && len(s) > int(t.P) && utf8.RuneCount(s) > int(t.P)
}

// fit makes a text of row i what its type t and UTF-8 allow; ok is false for NULL.
func (k *cleanColumn) fit(i int, s []byte, t types.Type) (out []byte, ok bool, err error) {
	p := &k.s.file.policy
	if a := p.By[cleanse.InvalidChar]; a != cleanse.Disabled && !utf8.Valid(s) {
		var made []byte
		if a == cleanse.Replace {
			made = p.Clean(nil, s)
		}
		if err := k.act(i, cleanse.InvalidChar, t, func() []byte { return s }, made); err != nil || made == nil {
			return nil, false, err
		}
		s = made
	}
	if a := p.By[cleanse.Surplus]; a != cleanse.Disabled && k.long(s, t) {
		var made []byte
		if a == cleanse.Truncate {
			made = textval.Cut(s, t.P)
		}
		if err := k.act(i, cleanse.Surplus, t, func() []byte { return s }, made); err != nil || made == nil {
			return nil, false, err
		}
		s = made
	}
	return s, true, nil
}

// act does what the policy wants about a value of row i and a type, of which raw
// gives the text and made is what it becomes, apart from changing it.
func (k *cleanColumn) act(i int, t cleanse.Trigger, of types.Type, raw func() []byte, made []byte) error {
	s := k.s
	a := s.file.policy.By[t]
	if k.judge && a != cleanse.DropRow || t == cleanse.Surplus && s.file.cuts {
		return nil
	}
	if a == cleanse.DropRow {
		if s.drop[uint16(i)] {
			return nil // because of another column
		}
		if s.drop == nil {
			s.drop = map[uint16]bool{}
		}
		s.drop[uint16(i)] = true
	}
	at := s.Place(i)
	e := k.fault(t, of, raw())
	if a == cleanse.Fail && !s.req.Rejects.Surveys() {
		e.Message = "HIVE_BAD_DATA: " + e.Message
		e.In(s.file.url).InColumn(k.name)
		if e.RowGroup = at.Group; at.Row >= 0 {
			e.WithDetail("Row %d of the file, counted from 0.", at.Row)
		}
		return e
	}
	if s.req.Rejects != nil {
		s.req.Rejects.Add(formats.Reject{Object: s.file.url, Offset: at.Row, Group: at.Group, Column: k.name, Raw: raw(), New: made,
			Trigger: t, Action: a, Why: e.Message}, nil)
	}
	return nil
}

// fault says what is wrong with a value.
func (k *cleanColumn) fault(t cleanse.Trigger, of types.Type, raw []byte) *fault.Error {
	switch t {
	case cleanse.InvalidChar:
		return fault.New(fault.CodeDataCorrupted, "invalid byte sequence for encoding UTF8")
	case cleanse.Surplus:
		return fault.New(fault.CodeStringTruncation, "value too long for type %s", of)
	}
	return types.TextError(types.ErrRange, of, raw)
}
