package fn

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// eval wraps a kernel that takes arguments of any form.
func eval(k kernel.Kernel) *kernel.Impl {
	return &kernel.Impl{Instance: kernel.Instance{Eval: k}}
}

// strs reads the arguments as strings.
func strs(args []*vector.Vector) []kernel.Strings {
	out := make([]kernel.Strings, len(args))
	for i, a := range args {
		out[i] = kernel.StringsOf(a)
	}
	return out
}

// textFn makes a function from strings to a string that appends its result to b.
func textFn(f func(b []byte, s []kernel.Strings, i int) ([]byte, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, w := strs(args), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			b, err := f(w.Start(), s, i)
			if err != nil {
				return err
			}
			return w.End(i, b)
		})
	})
}

// mapText is textFn of one argument without errors.
func mapText(f func(b, s []byte) []byte) *kernel.Impl {
	return textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) { return f(b, s[0].At(i)), nil })
}

// partFn makes a function whose result is a part of its first argument: it shares
// the argument's bytes.
func partFn(f func(s []byte, args []*vector.Vector, i int) (from, to int, err error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, rs := kernel.StringsOf(args[0]), out.Ranges()
		out.SetData(s.Data())
		return kernel.EachErr(sel, out.Len, func(i int) error {
			from, to, err := f(s.At(i), args, i)
			r := s.Range(i)
			rs[i] = vector.Range{Off: r.Off + uint32(from), Len: uint32(to - from)}
			return err
		})
	})
}

// intFn makes a function from strings to a bigint or integer.
func intFn(f func(s []kernel.Strings, i int) (int64, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s := strs(args)
		if out.Type.Kind == types.Integer {
			dst := vector.Values[int32](out)
			return kernel.EachErr(sel, out.Len, func(i int) error {
				x, err := f(s, i)
				dst[i] = int32(x)
				return err
			})
		}
		dst := vector.Values[int64](out)
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			dst[i], err = f(s, i)
			return err
		})
	})
}

// boolFn makes a predicate over strings.
func boolFn(f func(s []kernel.Strings, i int) bool) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, dst := strs(args), vector.Values[bool](out)
		kernel.Each(sel, out.Len, func(i int) { dst[i] = f(s, i) })
		return nil
	})
}

func stringEntries() []*Entry {
	return concatAll(stringBasics(), stringParts(), stringPadding(), stringSearch(), stringLike(), stringCodes(), stemEntries())
}

func concatAll(lists ...[]*Entry) []*Entry {
	var out []*Entry
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func stringLike() []*Entry {
	like := func(name string, op kernel.LikeOp, doc string) *Entry {
		pgImpl, trino := kernel.LikeImpl(op, `\`), kernel.LikeImpl(op, "")
		esc := kernel.LikeImpl(op, "")
		return &Entry{Names: []string{name}, Doc: doc, overs: []overload{
			{sig: name + "(varchar, varchar) boolean", scalar: pgImpl, dialect: pgOnly},
			{sig: name + "(varchar, varchar) boolean", scalar: trino, dialect: athenaOnly},
			{sig: name + "(varchar, varchar, varchar) boolean", scalar: esc},
		}}
	}
	return []*Entry{
		like("like", kernel.LikeOp{}, "Pattern match: `%` stands for any text, `_` for one character. A backslash escapes in the postgres dialect, nothing without ESCAPE in the athena dialect."),
		like("ilike", kernel.LikeOp{Fold: true}, "LIKE that ignores case."),
		like("~~", kernel.LikeOp{}, "LIKE as an operator."),
		like("~~*", kernel.LikeOp{Fold: true}, "ILIKE as an operator."),
		like("!~~", kernel.LikeOp{Not: true}, "NOT LIKE as an operator."),
		like("!~~*", kernel.LikeOp{Not: true, Fold: true}, "NOT ILIKE as an operator."),
	}
}

func stringBasics() []*Entry {
	return []*Entry{
		{Names: []string{"||"}, Doc: "Joins strings, binary or arrays; NULL if an operand is NULL. In the postgres dialect one operand may be of any type.",
			Examples: []Example{{SQL: "'a' || 'b'", Result: "ab"}, {SQL: "'a' || 1", Result: "a1"}, {SQL: "'a'::char(3) || 'x'", Result: "ax"}},
			overs: []overload{
				{sig: "varchar || varchar", pattern: parseSig("f(varchar, varchar) varchar"), types: stringsOnly, scalar: textFn(concatRow)},
				{sig: "varbinary || varbinary", types: binaryOnly, scalar: textFn(concatRow)},
				{sig: "jsonb || jsonb", types: jsonbPair, scalar: jsonbFn(jsonbConcat), dialect: pgOnly},
				{sig: "json || json", types: jsonOnly, scalar: textFn(jsonConcat), dialect: pgOnly},
				{sig: "varchar || any", types: stringWithAny, explicit: true, scalar: textFn(concatRow), dialect: pgOnly},
				{sig: "array(T) || array(T)", pattern: parseSig("f(array(T), array(T)) array(T)"), types: arraysOnly, scalar: eval(arrayConcat), dialect: athenaOnly},
				{sig: "array(T) || array(T)", pattern: parseSig("f(array(T), array(T)) array(T)"), types: arraysOnly, scalar: eval(arrayConcat), lenient: true, dialect: pgOnly},
				{sig: "array(T) || T", types: arrayAppendTypes(0, 1), scalar: eval(arrayAppend(0, 1)), lenient: true, dialect: pgOnly},
				{sig: "T || array(T)", types: arrayAppendTypes(1, 0), scalar: eval(arrayAppend(1, 0)), lenient: true, dialect: pgOnly},
				{sig: "array(T) || T", types: arrayAppendTypes(0, 1), scalar: eval(nullArray(0, arrayAppend(0, 1))), lenient: true, dialect: athenaOnly},
				{sig: "T || array(T)", types: arrayAppendTypes(1, 0), scalar: eval(nullArray(1, arrayAppend(1, 0))), lenient: true, dialect: athenaOnly},
			}},
		{Names: []string{"lower"}, Doc: "Lower case.", Examples: []Example{{SQL: "lower('ÀÉ')", Result: "àé"}},
			overs: []overload{{sig: "lower(varchar) varchar", scalar: mapText(lower)}}},
		{Names: []string{"upper"}, Doc: "Upper case.", Examples: []Example{{SQL: "upper('straße')", Result: "STRAßE"}},
			overs: []overload{{sig: "upper(varchar) varchar", scalar: mapText(upper)}}},
		{Names: []string{"initcap"}, Doc: "The first letter of each word in upper case, the others in lower case.", Examples: []Example{{SQL: "initcap('foo bar')", Result: "Foo Bar"}},
			overs: []overload{{sig: "initcap(varchar) varchar", scalar: mapText(initcap)}}},
		{Names: []string{"length", "char_length", "character_length"}, Doc: "Characters of a string, bytes of binary.",
			Examples: []Example{{SQL: "length('naïve ')", Result: "6"}},
			overs: []overload{
				{sig: "length(varchar) integer", scalar: intFn(runeCount), dialect: pgOnly},
				{sig: "length(varbinary) integer", scalar: intFn(byteCount), dialect: pgOnly},
				{sig: "length(varchar) bigint", scalar: intFn(runeCount), dialect: athenaOnly},
				{sig: "length(varbinary) bigint", scalar: intFn(byteCount), dialect: athenaOnly},
			}},
		{Names: []string{"octet_length"}, Doc: "Bytes of a string in UTF-8, or of binary.", Examples: []Example{{SQL: "octet_length('naïve')", Result: "6"}},
			overs: []overload{{sig: "octet_length(varchar) integer", scalar: intFn(byteCount)}, {sig: "octet_length(varbinary) integer", scalar: intFn(byteCount)}}},
		{Names: []string{"bit_length"}, Doc: "Bits of a string in UTF-8.", Examples: []Example{{SQL: "bit_length('ab')", Result: "16"}},
			overs: []overload{{sig: "bit_length(varchar) integer", scalar: intFn(func(s []kernel.Strings, i int) (int64, error) { return 8 * int64(len(s[0].At(i))), nil })}}},
		{Names: []string{"reverse"}, Doc: "The characters, or elements, in reverse order.", Examples: []Example{{SQL: "reverse('abc')", Result: "cba"}},
			overs: []overload{{sig: "reverse(varchar) varchar", scalar: mapText(reverse)}, {sig: "reverse(array(T)) array(T)", scalar: eval(arrayReverse)}}},
		{Names: []string{"concat"}, Doc: "Joins its arguments. NULLs are skipped in the postgres dialect and make the result NULL in the athena dialect.",
			Examples: []Example{{SQL: "concat('a', null, 'b')", Result: "ab"}, {SQL: "concat('a', 1, 'b')", Result: "a1b"}},
			overs: []overload{
				{sig: "concat(any...) varchar", types: allText(0), explicit: true, scalar: eval(concatSkip), dialect: pgOnly, lenient: true},
				{sig: "concat(varchar, varchar...) varchar", scalar: textFn(concatRow), dialect: athenaOnly},
				{sig: "concat(varbinary, varbinary...) varbinary", scalar: textFn(concatRow), dialect: athenaOnly},
				{sig: "concat(array(T), array(T)...) array(T)", scalar: eval(arrayConcat), dialect: athenaOnly},
			}},
		{Names: []string{"concat_ws"}, Doc: "Joins the arguments after the first, which separates them; NULLs are skipped.", Examples: []Example{{SQL: "concat_ws('-', 'a', null, 'b')", Result: "a-b"}, {SQL: "concat_ws('-', array['a', null, 'b'])", Result: "a-b", Athena: true}},
			overs: []overload{
				{sig: "concat_ws(varchar, any...) varchar", types: textsNotArray, explicit: true, scalar: eval(concatWS), lenient: true},
				{sig: "concat_ws(varchar, array(varchar)) varchar", dialect: athenaOnly, scalar: eval(concatWSArray)},
			}},
		{Names: []string{"repeat"}, Doc: "The string so many times (postgres), or an array of so many times the element (athena).", Examples: []Example{{SQL: "repeat('ab', 3)", Result: "ababab"}, {SQL: "repeat('ab', 2)", Result: "{ab,ab}", Athena: true}},
			overs: []overload{
				{sig: "repeat(varchar, bigint) varchar", dialect: pgOnly, scalar: eval(repeatText)},
				{sig: "repeat(T, bigint) array(T)", dialect: athenaOnly, lenient: true, scalar: eval(repeatElement)},
			}},
	}
}

func stringsOnly(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 {
		return nil, types.Type{}, false
	}
	params := make([]types.Type, 2)
	for i, a := range args {
		if !a.Type.IsString() && a.Type.Kind != types.Unknown {
			return nil, types.Type{}, false
		}
		params[i] = types.TVarchar
		if a.Type.Kind == types.Char && d == plan.Athena { // keeps its padding
			params[i] = a.Type
		}
	}
	return params, types.TVarchar, true
}

func sameKindPair(k types.Kind, t types.Type) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || args[0].Type.Kind != k && args[1].Type.Kind != k {
			return nil, t, false
		}
		for _, a := range args {
			if a.Type.Kind != k && a.Type.Kind != types.Unknown {
				return nil, t, false
			}
		}
		return []types.Type{t, t}, t, true
	}
}

var (
	binaryOnly = sameKindPair(types.Varbinary, types.TVarbinary)
	jsonOnly   = sameKindPair(types.JSON, types.TJSON)
)

// jsonbPair wants jsonb on at least one side.
func jsonbPair(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	_, _, ok := jsonOnly(args, d)
	ok = ok && (args[0].Type.IsJSONB() || args[1].Type.IsJSONB())
	return []types.Type{types.TJSONB, types.TJSONB}, types.TJSONB, ok
}

// stringWithAny: one operand is a string, the other is converted to text.
func stringWithAny(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 {
		return nil, types.Type{}, false
	}
	text := func(a plan.Arg) bool { return a.Type.IsString() || literal(a) }
	if !text(args[0]) && !text(args[1]) || args[0].Type.IsNested() || args[1].Type.IsNested() {
		return nil, types.Type{}, false
	}
	return []types.Type{types.TVarchar, types.TVarchar}, types.TVarchar, castable(args)
}

// castable: argCost knows implicit casts only; what becomes text is cast all the
// same.
func castable(args []plan.Arg) bool {
	for _, a := range args {
		if a.Lambda > 0 || !types.CanCast(a.Type, types.TVarchar) {
			return false
		}
	}
	return true
}

// allText wants at least min+1 arguments and converts every one to text.
func allText(min int) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		params := make([]types.Type, len(args))
		for i := range args {
			params[i] = types.TVarchar
		}
		return params, types.TVarchar, len(args) > min && castable(args)
	}
}

func concatRow(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	for k := range s {
		b = append(b, s[k].At(i)...)
	}
	return b, nil
}

func concatSkip(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		b := w.Start()
		for _, a := range args {
			if !a.IsNull(i) {
				s := kernel.StringsOf(a)
				b = append(b, s.At(i)...)
			}
		}
		return w.End(i, b)
	})
}

func concatWS(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if args[0].IsNull(i) {
			out.SetNull(i)
			return nil
		}
		sep := kernel.StringsOf(args[0])
		b, first := w.Start(), true
		for _, a := range args[1:] {
			if a.IsNull(i) {
				continue
			}
			if !first {
				b = append(b, sep.At(i)...)
			}
			s := kernel.StringsOf(a)
			b, first = append(b, s.At(i)...), false
		}
		return w.End(i, b)
	})
}

// textsNotArray leaves one array to Trino's overload, which joins its elements.
func textsNotArray(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	if d == plan.Athena && len(args) == 2 && args[1].Type.Kind == types.Array {
		return nil, types.Type{}, false
	}
	return allText(1)(args, d)
}

func concatWSArray(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	return arrayJoin(c, []*vector.Vector{args[1], args[0]}, sel, out)
}

// maxText is the longest string that a function may make, in bytes.
const maxText = 1 << 28

func errTextTooLong() error {
	return fault.New(fault.CodeProgramLimit, "requested length too large")
}

func repeatText(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, n, w := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x, k := s.At(i), n.At(i)
		if k > 0 && len(x) > 0 && k > int64(maxText/len(x)) {
			return errTextTooLong()
		}
		b := w.Start()
		if len(x) > 0 && k > 0 { // '' may be wanted any number of times
			for b = slices.Grow(b, len(x)*int(k)); k > 0; k-- {
				b = append(b, x...)
			}
		}
		return w.End(i, b)
	})
}

func runeCount(s []kernel.Strings, i int) (int64, error) {
	return int64(utf8.RuneCount(s[0].At(i))), nil
}

func byteCount(s []kernel.Strings, i int) (int64, error) { return int64(len(s[0].At(i))), nil }

// lower and upper change case character by character.
func lower(b, s []byte) []byte { return mapRunes(b, s, 'A', 'Z', unicode.ToLower) }

func upper(b, s []byte) []byte { return mapRunes(b, s, 'a', 'z', unicode.ToUpper) }

func mapRunes(b, s []byte, from, to byte, f func(rune) rune) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= from && c <= to {
				c ^= 0x20
			}
			b = append(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[i])
		} else {
			b = utf8.AppendRune(b, f(r))
		}
		i += n
	}
	return b
}

func initcap(b, s []byte) []byte {
	inWord := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		i += n
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case letter && !inWord:
			r = unicode.ToUpper(r)
		case letter:
			r = unicode.ToLower(r)
		}
		inWord = letter
		b = utf8.AppendRune(b, r)
	}
	return b
}

func reverse(b, s []byte) []byte {
	for len(s) > 0 {
		_, n := utf8.DecodeLastRune(s)
		b = append(b, s[len(s)-n:]...)
		s = s[:len(s)-n]
	}
	return b
}

func jsonConcat(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	x, y := bytes.TrimSpace(s[0].At(i)), bytes.TrimSpace(s[1].At(i))
	b, err := jsontext.Merge(b, x, y)
	if err != nil {
		return b, errBadJSON()
	}
	return b, nil
}
