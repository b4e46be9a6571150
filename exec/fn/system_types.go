package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// The OIDs of types whose modifiers information_schema explains (pg_type.dat).
const (
	pgInt8, pgInt2, pgInt4, pgText, pgFloat4, pgFloat8          = 20, 21, 23, 25, 700, 701
	pgBpchar, pgVarchar, pgDate, pgTime, pgTimestamp            = 1042, 1043, 1082, 1083, 1114
	pgTimestamptz, pgInterval, pgTimetz, pgBit, pgVarbit, pgNum = 1184, 1186, 1266, 1560, 1562, 1700
)

// systemTypes are the functions behind information_schema.columns: what a type and
// its modifier say (PostgreSQL 15, chapter 37.17).
func systemTypes() []*Entry {
	entry := func(name, doc string, f func(oid, mod int64) (int64, bool)) *Entry {
		im := eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			oid, mod, dst := kernel.FixedOf[uint32](args[0]), kernel.FixedOf[int32](args[1]), vector.Values[int32](out)
			kernel.Each(sel, out.Len, func(i int) {
				x, ok := f(int64(oid.At(i)), int64(mod.At(i)))
				if dst[i] = int32(x); !ok {
					out.SetNull(i)
				}
			})
			return nil
		})
		return &Entry{Names: []string{name}, Doc: doc, overs: []overload{{sig: name + "(oid, integer) integer", scalar: im}}}
	}
	return []*Entry{
		entry("_pg_char_max_length", "The greatest length of a type of text.", charLength),
		entry("_pg_char_octet_length", "The greatest length of a type of text in bytes.", func(oid, mod int64) (int64, bool) {
			if oid != pgText && oid != pgBpchar && oid != pgVarchar {
				return 0, false
			}
			if n, ok := charLength(oid, mod); ok {
				return 4 * n, true
			}
			return 1 << 30, true
		}),
		entry("_pg_numeric_precision", "The precision of a type of number.", func(oid, mod int64) (int64, bool) {
			if oid == pgNum {
				return (mod - 4) >> 16 & 0xffff, mod != -1
			}
			n, ok := map[int64]int64{pgInt2: 16, pgInt4: 32, pgInt8: 64, pgFloat4: 24, pgFloat8: 53}[oid]
			return n, ok
		}),
		entry("_pg_numeric_precision_radix", "The base in which the precision of a type of number counts.", func(oid, _ int64) (int64, bool) {
			n, ok := map[int64]int64{pgInt2: 2, pgInt4: 2, pgInt8: 2, pgFloat4: 2, pgFloat8: 2, pgNum: 10}[oid]
			return n, ok
		}),
		entry("_pg_numeric_scale", "The scale of a type of number.", func(oid, mod int64) (int64, bool) {
			if oid == pgNum {
				return (mod - 4) & 0xffff, mod != -1
			}
			return 0, oid == pgInt2 || oid == pgInt4 || oid == pgInt8
		}),
		entry("_pg_datetime_precision", "The fraction digits of a type of time.", datetimeDigits),
		{Names: []string{"_pg_interval_type"}, Doc: "NULL: intervals have all fields.", overs: []overload{{sig: "_pg_interval_type(oid, integer) varchar",
			scalar: constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.NullOf(t) })}}},
		trueType("_pg_truetypid", "The type of a column, or the one below a domain, of its rows in pg_attribute and pg_type.", "atttypid", "typbasetype"),
		trueType("_pg_truetypmod", "The type modifier of a column, or of the type below a domain, of its rows in pg_attribute and pg_type.", "atttypmod", "typtypmod"),
	}
}

func charLength(oid, mod int64) (int64, bool) {
	switch {
	case mod == -1:
		return 0, false
	case oid == pgBpchar || oid == pgVarchar:
		return mod - 4, true
	}
	return mod, oid == pgBit || oid == pgVarbit
}

func datetimeDigits(oid, mod int64) (int64, bool) {
	switch oid {
	case pgDate:
		return 0, true
	case pgTime, pgTimetz, pgTimestamp, pgTimestamptz:
		if mod < 0 {
			return 6, true
		}
		return mod, true
	case pgInterval:
		if mod < 0 || mod&0xffff == 0xffff {
			return 6, true
		}
		return mod & 0xffff, true
	}
	return 0, false
}

// trueType takes whole rows of pg_attribute and pg_type.
func trueType(name, doc, attr, base string) *Entry {
	find := func(t types.Type, field string) int {
		if t.Kind != types.Row {
			return -1
		}
		for i, f := range t.Fields {
			if strings.EqualFold(f.Name, field) {
				return i
			}
		}
		return -1
	}
	return &Entry{Names: []string{name}, Doc: doc, overs: []overload{{sig: name + "(pg_attribute, pg_type)",
		types: func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
			if len(args) != 2 {
				return nil, types.Type{}, false
			}
			a, t := args[0].Type, args[1].Type
			i, j := find(a, attr), find(t, base)
			if i < 0 || j < 0 || find(t, "typtype") < 0 || !a.Fields[i].Type.Equal(t.Fields[j].Type) {
				return nil, types.Type{}, false
			}
			return []types.Type{a, t}, a.Fields[i].Type, true
		},
		scalar: flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			a, t := args[0], args[1]
			own, below := vector.Flatten(a.Kids[find(a.Type, attr)]), vector.Flatten(t.Kids[find(t.Type, base)])
			kind := kernel.StringsOf(t.Kids[find(t.Type, "typtype")])
			both := vector.New(out.Type, 0)
			both.AppendRows(own, nil, own.Len)
			both.AppendRows(below, nil, below.Len)
			pick := make([]uint32, out.Len)
			kernel.Each(sel, out.Len, func(i int) {
				if pick[i] = uint32(i); string(kind.At(i)) == "d" {
					pick[i] += uint32(own.Len)
				}
			})
			gatherOrNull(out, both, pick, nil)
			return nil
		})}}}
}
