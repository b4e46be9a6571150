package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// numberParseTypes gives to_number the scale of its template; one that is not a
// constant has the most digits that a fraction usually has.
func numberParseTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 || !textual(args[0]) || !textual(args[1]) {
		return nil, types.Type{}, false
	}
	scale := 10
	if c := args[1].Const; c != nil && !c.Null {
		scale = 0
		if n, err := compileNumber(c.S); err == nil {
			scale = n.frac + n.times
		}
	}
	return []types.Type{types.TVarchar, types.TVarchar}, types.DecimalOf(types.MaxDecimalPrecision, scale), true
}

func textual(a plan.Arg) bool { return a.Type.IsString() || a.Type.Kind == types.Unknown }

// textToNumber is to_number: the digits, point and sign that stand where the template
// has them, or anything, blanks and separators passed over.
func textToNumber(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, formats, dst := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), vector.Values[types.Int128](out)
	var n *numberFormat
	last := ""
	return kernel.EachErr(sel, out.Len, func(i int) (err error) {
		if f := string(formats.At(i)); n == nil || f != last {
			if n, err = compileNumber(f); err != nil {
				return err
			}
			if n.exp || n.roman != "" {
				return fault.New(fault.CodeFeatureNotSupported, "\"EEEE\" and \"RN\" are not supported for input")
			}
			last = f
		}
		text := n.digits(string(s.At(i)))
		d, scale, ok := types.ParseDecimal([]byte(text))
		if !ok {
			return fault.New(fault.CodeInvalidText, "invalid input syntax for type numeric: %q", clipped(s.At(i)))
		}
		if dst[i], ok = d.Rescale(scale+n.times, int(out.Type.S)); !ok || !dst[i].FitsDecimal(types.MaxDecimalPrecision) {
			return fault.New(fault.CodeNumericOutOfRange, "value out of range: %q", clipped(s.At(i)))
		}
		return nil
	})
}

// digits reads a text by the template: its sign, its digits and its point.
func (n *numberFormat) digits(s string) string {
	var b strings.Builder
	neg, point, any := false, false, false
	left := n.whole // digits that may still come before the point
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if !point && left == 0 {
				continue
			}
			if !point {
				left--
			}
			b.WriteByte(c)
			any = true
		case c == '.' && !point && n.after('.'):
			b.WriteByte('.')
			point = true
		case c == '-', c == '<' && n.angle:
			neg = true
		}
	}
	text := b.String()
	if !any {
		return s // what is wrong with it is told of the whole text
	}
	if neg {
		text = "-" + text
	}
	return text
}

// minScale is the least number of fraction digits that hold the value.
func minScale(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[int32](out)
	kernel.Each(sel, out.Len, func(i int) {
		v := vector.ValueAt(args[0], i)
		d, n := v.Dec(), v.Type.S
		for n > 0 {
			q, r := d.QuoRem(types.I128(10))
			if r.Sign() != 0 {
				break
			}
			d = q
			n--
		}
		dst[i] = int32(n)
	})
	return nil
}
