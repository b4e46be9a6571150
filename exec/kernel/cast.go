package kernel

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// castNode converts a value to another type.
type castNode struct {
	x    node
	to   types.Type
	conv converter
	env  castEnv
	live vector.Sel
	flat flattener
	out  vector.Vector
	one  vector.Vector
	pos  int
	raw  bool // the converter takes vectors of any form
}

// castEnv is what a converter needs besides the values.
type castEnv struct {
	ctx  *EvalCtx
	from types.Type
	to   types.Type
	try  bool
	dial plan.Dialect
	buf  []byte
}

// style gives the way in which the dialect prints values.
func (e *castEnv) style() types.Style {
	if e.dial == plan.Athena {
		return types.TrinoStyle
	}
	return e.ctx.Style()
}

// bad handles a value that cannot be converted: NULL with TRY, else an error.
func (e *castEnv) bad(out *vector.Vector, row int, err error) error {
	if e.try {
		out.SetNull(row)
		return nil
	}
	return err
}

// outOfRange is the usual error of a numeric cast.
func (e *castEnv) outOfRange() error {
	if e.to.Kind == types.Decimal {
		return fault.New(fault.CodeNumericOutOfRange, "numeric field overflow").
			WithDetail("a field with precision %d, scale %d must round to an absolute value less than 10^%d", e.to.P, e.to.S, e.to.P-e.to.S)
	}
	return fault.New(fault.CodeNumericOutOfRange, "%s out of range", e.to)
}

// converter converts the rows of sel (nil: all of out), none of which is NULL,
// from v to the flat vector out of the same length. It may make out a view of v.
type converter func(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error

func (c *compiler) cast(e *plan.Cast) (node, error) {
	x, err := c.compile(e.X)
	if err != nil {
		return nil, err
	}
	return newCast(x, e.X.Type(), e.To, e.Try, e.Dialect, c.ctx, e.Position())
}

func newCast(x node, from, to types.Type, try bool, d plan.Dialect, ctx *EvalCtx, pos int) (node, error) {
	if sameForm(from, to) {
		return &retypeNode{x: x, typ: to}, nil
	}
	if ctx == nil {
		ctx = &EvalCtx{}
	}
	ctx = ctx.in(from)
	n := &castNode{x: x, to: to, pos: pos}
	n.env = castEnv{ctx: ctx, from: from, to: to, try: try, dial: d}
	n.conv = converterFor(from, to, d)
	if n.conv == nil && from.Kind != types.Unknown { // an unknown is NULL, whatever it becomes
		return nil, fault.New(fault.CodeCannotCoerce, "cannot cast type %s to %s", from, to).At(pos)
	}
	n.raw = from.Phys() == types.PhysBytes
	return n, nil
}

// sameForm reports whether a cast changes nothing but the name of the type.
func sameForm(from, to types.Type) bool {
	switch {
	case from.Equal(to):
		return true
	case from.Kind == types.Unknown:
		return false
	case from.IsString() && to.Kind == types.Varchar:
		return to.P == 0 && from.Kind != types.Char || from.Kind == types.Varchar && from.P > 0 && from.P <= to.P
	case from.Kind == types.Decimal && to.Kind == types.Decimal:
		return from.S == to.S && from.P <= to.P && from.Phys() == to.Phys()
	case from.Kind == types.OID && to.Kind == types.OID:
		return true
	case from.Kind == types.JSON && to.Kind == types.JSON:
		return !to.IsJSONB()
	case from.Kind == to.Kind && (from.Kind == types.Timestamp || from.Kind == types.TimestampTZ || from.Kind == types.Time):
		return from.P <= to.P && from.UnitsPerSecond() == to.UnitsPerSecond()
	case from.Kind == types.TimeTZ && to.Kind == types.TimeTZ:
		return from.P <= to.P
	case from.Kind == types.Interval && to.Kind == types.Interval:
		return to.S == types.IntervalAny
	}
	return false
}

// retypeNode gives another type to the same values.
type retypeNode struct {
	x   node
	typ types.Type
	out vector.Vector
}

func (n *retypeNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	v, err := n.x.eval(b, sel)
	if err != nil || v.Type.Equal(n.typ) {
		return v, err
	}
	if v.Type.Kind == types.Unknown {
		return vector.Null(n.typ, b.N), nil
	}
	vector.Alias(&n.out, v)
	n.out.Type = n.typ
	return &n.out, nil
}

func (n *castNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	v, err := n.x.eval(b, sel)
	if err != nil {
		return nil, err
	}
	if v.Type.Kind == types.Unknown || v.Form == vector.Const && v.IsNull(0) {
		return vector.Null(n.to, b.N), nil
	}
	if v.Form == vector.Const {
		return n.evalConst(v, b.N)
	}
	if v.Form == vector.Dict && !n.raw {
		v = n.flat.flatten(v)
	}
	live := sel
	if v.Valid != nil {
		n.live = growSel(n.live, b.N)
		live = dropNulls(v, copySel(n.live, sel, b.N))
	}
	n.out.Reset(n.to, b.N)
	if live == nil || len(live) > 0 {
		if err := n.conv(&n.env, v, live, &n.out); err != nil {
			return nil, place(err, n.pos)
		}
	}
	n.out.Len, n.out.Type = b.N, n.to
	if v.Valid != nil {
		n.out.Valid = vector.And(v.Valid, n.out.Valid)
	}
	return &n.out, nil
}

func (n *castNode) evalConst(v *vector.Vector, rows int) (*vector.Vector, error) {
	flat := *v
	flat.Form, flat.Len, flat.Valid = vector.Flat, 1, nil
	n.one.Reset(n.to, 1)
	if err := n.conv(&n.env, &flat, nil, &n.one); err != nil {
		return nil, place(err, n.pos)
	}
	n.one.Form, n.one.Type, n.one.Len = vector.Const, n.to, rows
	return &n.one, nil
}

// CastValue converts one value as CAST does.
func CastValue(c *EvalCtx, v types.Value, to types.Type, d plan.Dialect) (types.Value, error) {
	if v.Null || v.Type.Kind == types.Unknown {
		return types.NullOf(to), nil
	}
	n, err := newCast(newConst(v), v.Type, to, false, d, c, 0)
	if err != nil {
		return types.Value{}, err
	}
	out, err := n.eval(&vector.Batch{N: 1}, nil)
	if err != nil {
		return types.Value{}, err
	}
	return vector.ValueAt(out, 0), nil
}

// converterFor chooses the converter between two types; nil if there is none.
func converterFor(from, to types.Type, d plan.Dialect) converter {
	switch {
	case to.Kind == types.Opaque && !from.IsNested() && from.Kind != types.JSON, from.Kind == types.Opaque && !to.IsString() && to.Kind != types.JSON && !to.IsNested():
		return opaqueConverter(from, to)
	case to.Kind == types.JSON:
		return toJSON
	case from.Kind == types.JSON && !to.IsString():
		return fromJSON
	case to.IsString():
		return toText
	case from.IsString():
		return fromText
	case from.IsNested() || to.IsNested():
		return nestedConverter(from, to)
	case from.IsNumeric() || from.Kind == types.Boolean || from.Kind == types.OID:
		return numericConverter(from, to, d)
	case from.IsDatetime() && to.IsDatetime():
		return castTimes
	case from.Kind == types.TimeTZ || to.Kind == types.TimeTZ:
		return timeTZConverter(from, to)
	case from.Kind == types.Interval && to.Kind == types.Interval:
		return castInterval
	case from.Kind == types.Interval && to.Kind == types.Time:
		return intervalToTime
	case from.Kind == types.Time && to.Kind == types.Interval:
		return timeToInterval
	case from.Kind == types.UUID && to.Kind == types.Varbinary:
		return uuidToBytes
	case from.Kind == types.Varbinary && to.Kind == types.UUID:
		return bytesToUUID
	}
	return nil
}
