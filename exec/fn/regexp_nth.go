package fn

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// nthArgs says at which argument a function of PostgreSQL's regexp family has the
// position to start at, which match, whether its end, and which group is wanted; 0:
// it has none.
type nthArgs struct{ start, nth, end, flags, group int }

// one gives an argument of row i, or what it is where it is left out.
func (nthArgs) one(args []*vector.Vector, k, i int, missing int64) int64 {
	if k == 0 || k >= len(args) {
		return missing
	}
	return intArg(args, k, i)
}

// find gives the bytes of the match, or of its group, in s; nil if there is none.
func (a nthArgs) find(m *matcher, s []byte, args []*vector.Vector, i int) ([]int, error) {
	start, nth, group := a.one(args, a.start, i, 1), a.one(args, a.nth, i, 1), a.one(args, a.group, i, 0)
	for _, p := range []struct {
		name string
		n    int64
		min  int64
	}{{"start", start, 1}, {"n", nth, 1}, {"subexpr", group, 0}} {
		if p.n < p.min {
			return nil, fault.New(fault.CodeInvalidParameter, "invalid value for parameter %q: %d", p.name, p.n)
		}
	}
	from := skipRunes(s, start-1)
	if int64(utf8.RuneCount(s[:from])) < start-1 {
		return nil, nil
	}
	matches := m.re.FindAllSubmatchIndex(s[from:], int(min(nth, int64(len(s)+2))))
	if int64(len(matches)) < nth || 2*group >= int64(len(matches[nth-1])) {
		return nil, nil
	}
	loc := matches[nth-1][2*group : 2*group+2]
	if loc[0] < 0 {
		return nil, nil
	}
	return []int{loc[0] + from, loc[1] + from}, nil
}

// nthText makes the function that gives the match's text.
func nthText(a nthArgs) *kernel.Impl {
	return regexpText(1, a.flags, func(m *matcher, b []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error) {
		loc, err := a.find(m, s[0].At(i), args, i)
		if loc == nil {
			return b, false, err
		}
		return append(b, s[0].At(i)[loc[0]:loc[1]]...), true, nil
	})
}

// nthInt makes a function whose result is a number of the match; missing is that
// where there is none.
func nthInt(flags int, f func(m *matcher, s []byte, args []*vector.Vector, i int) (int64, error)) *kernel.Impl {
	return withRegexp(func(cache *regexpCache) kernel.Instance {
		return kernel.Instance{Eval: func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s := textArgs(args)
			return kernel.EachErr(sel, out.Len, func(i int) error {
				m, err := cache.row(s, 1, flags, i)
				if err != nil {
					return err
				}
				n, err := f(m, s[0].At(i), args, i)
				if out.Type.Kind == types.Integer {
					vector.Values[int32](out)[i] = int32(n)
				} else {
					vector.Values[int64](out)[i] = n
				}
				return err
			})
		}}
	})
}

// position gives the 1-based position of the match, or of what follows it.
func (a nthArgs) position(missing int64) func(m *matcher, s []byte, args []*vector.Vector, i int) (int64, error) {
	return func(m *matcher, s []byte, args []*vector.Vector, i int) (int64, error) {
		end := a.one(args, a.end, i, 0)
		if end != 0 && end != 1 {
			return 0, fault.New(fault.CodeInvalidParameter, "invalid value for parameter %q: %d", "endoption", end)
		}
		loc, err := a.find(m, s, args, i)
		if loc == nil {
			return missing, err
		}
		return int64(utf8.RuneCount(s[:loc[end]])) + 1, nil
	}
}

func countFrom(m *matcher, s []byte, args []*vector.Vector, i int) (int64, error) {
	start := nthArgs{}.one(args, 2, i, 1)
	if start < 1 {
		return 0, fault.New(fault.CodeInvalidParameter, "invalid value for parameter %q: %d", "start", start)
	}
	from := skipRunes(s, start-1)
	if int64(utf8.RuneCount(s[:from])) < start-1 {
		return 0, nil
	}
	return int64(len(m.re.FindAllIndex(s[from:], -1))), nil
}

// shorter makes the overloads of a function whose arguments beyond the first n may be
// left out from the end. Results of type integer are PostgreSQL's.
func shorter(name string, params []string, n int, ret string, im *kernel.Impl) []overload {
	var out []overload
	for ; n <= len(params); n++ {
		o := overload{sig: name + "(" + strings.Join(params[:n], ", ") + ") " + ret, scalar: im}
		if ret == "integer" {
			o.dialect = pgOnly
		}
		out = append(out, o)
	}
	return out
}

func regexpNth() []*Entry {
	instr := nthArgs{start: 2, nth: 3, end: 4, flags: 5, group: 6}
	substr := nthArgs{start: 2, nth: 3, flags: 4, group: 5}
	return []*Entry{
		{Names: []string{"regexp_instr"}, Doc: "The 1-based position of a match, 0 if there is none. Further arguments: where to start, which match, 1 for the position behind it, flags, which group.",
			Examples: []Example{{SQL: "regexp_instr('abcabc', 'b')", Result: "2"}, {SQL: "regexp_instr('abcabc', 'b(c)', 1, 2, 1, 'i', 1)", Result: "7"}},
			overs:    shorter("regexp_instr", []string{"varchar", "varchar", "bigint", "bigint", "bigint", "varchar", "bigint"}, 2, "integer", nthInt(instr.flags, instr.position(0)))},
		{Names: []string{"regexp_substr"}, Doc: "A match; NULL if there is none. Further arguments: where to start, which match, flags, which group.",
			Examples: []Example{{SQL: `regexp_substr('a1b2', '\d')`, Result: "1"}, {SQL: `regexp_substr('a1b2', '([a-z])(\d)', 1, 2, '', 2)`, Result: "2"}},
			overs:    shorter("regexp_substr", []string{"varchar", "varchar", "bigint", "bigint", "varchar", "bigint"}, 2, "varchar", nthText(substr))},
		{Names: []string{"regexp_count"}, Doc: "The number of matches, from a position on; a fourth argument has flags.", Examples: []Example{{SQL: `regexp_count('1a2b', '\d')`, Result: "2"}, {SQL: "regexp_count('AbA', 'a', 2, 'i')", Result: "1"}},
			overs: append(shorter("regexp_count", []string{"varchar", "varchar", "bigint", "varchar"}, 2, "integer", nthInt(3, countFrom)),
				overload{sig: "regexp_count(varchar, varchar) bigint", scalar: nthInt(-1, countFrom), dialect: athenaOnly})},
		{Names: []string{"regexp_position"}, Doc: "The 1-based position of a match, -1 if there is none. Further arguments: where to start, which match.", Examples: []Example{{SQL: `regexp_position('ab1', '\d')`, Result: "3"}, {SQL: `regexp_position('1a2', '\d', 1, 2)`, Result: "3"}},
			overs: shorter("regexp_position", []string{"varchar", "varchar", "bigint", "bigint"}, 2, "bigint", nthInt(-1, nthArgs{start: 2, nth: 3}.position(-1)))},
	}
}

// newSimilarSubstring is substring(x SIMILAR pattern ESCAPE e): the part between the two
// places at which the pattern has the escape character and a quotation mark.
func newSimilarSubstring(c *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
	var re *regexp.Regexp
	last := ""
	return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, w := strs(args), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if key := string(s[1].At(i)) + "\x00" + string(s[2].At(i)); re == nil || key != last {
				var err error
				if re, err = similarParts(s[1].At(i), s[2].At(i)); err != nil {
					return err
				}
				last = key
			}
			text := s[0].At(i)
			loc := re.FindSubmatchIndex(text)
			if loc == nil {
				out.SetNull(i)
				return w.End(i, w.Start())
			}
			return w.End(i, append(w.Start(), text[loc[2]:loc[3]]...))
		})
	}}, nil
}

// similarParts compiles a pattern of one or of three parts.
func similarParts(pattern, escape []byte) (*regexp.Regexp, error) {
	if utf8.RuneCount(escape) > 1 {
		return nil, fault.New(fault.CodeInvalidEscape, "invalid escape string").WithHint("Escape string must be empty or one character.")
	}
	parts := []string{string(pattern)}
	if len(escape) > 0 {
		parts = strings.Split(string(pattern), string(escape)+`"`)
	}
	if len(parts) == 2 || len(parts) > 3 {
		return nil, fault.New(fault.CodeInvalidRegexp, "SQL regular expression may not contain more than two escape-double-quote separators, nor only one")
	}
	for k, p := range parts {
		x := similarPattern([]byte(p), escape)
		parts[k] = strings.TrimSuffix(strings.TrimPrefix(x, "^(?:"), ")$")
	}
	src := "^(" + parts[0] + ")$"
	if len(parts) == 3 { // what stands before takes as little as it can
		src = "^(?U:" + parts[0] + ")(" + parts[1] + ")(?:" + parts[2] + ")$"
	}
	re, err := regexp.Compile("(?s)" + src)
	if err != nil {
		return nil, badPattern(err)
	}
	return re, nil
}

// unistr replaces \XXXX, \+XXXXXX, \uXXXX and \UXXXXXXXX by the characters that they
// number; two backslashes are one.
func unistr(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	text := s[0].At(i)
	var high rune // a surrogate that waits for its other half
	for k := 0; k < len(text); {
		if text[k] != '\\' || k+1 < len(text) && text[k+1] == '\\' {
			if high != 0 {
				return nil, errSurrogate()
			}
			b = append(b, text[k])
			if text[k] == '\\' {
				k++
			}
			k++
			continue
		}
		r, n := unistrCode(text[k+1:])
		if n == 0 {
			return nil, fault.New(fault.CodeSyntax, "invalid Unicode escape").WithHint(`Unicode escapes must be \XXXX, \+XXXXXX, \uXXXX, or \UXXXXXXXX.`)
		}
		k += 1 + n
		switch {
		case high != 0 && r >= 0xDC00 && r < 0xE000:
			r, high = (high-0xD800)<<10+(r-0xDC00)+0x10000, 0
		case high != 0 || r >= 0xDC00 && r < 0xE000:
			return nil, errSurrogate()
		case r >= 0xD800 && r < 0xDC00:
			high = r
			continue
		case !utf8.ValidRune(r) || r == 0:
			return nil, fault.New(fault.CodeSyntax, "invalid Unicode escape value")
		}
		b = utf8.AppendRune(b, r)
	}
	if high != 0 {
		return nil, errSurrogate()
	}
	return b, nil
}

func errSurrogate() error { return fault.New(fault.CodeSyntax, "invalid Unicode surrogate pair") }

// unistrCode reads what follows a backslash; n is 0 where that is no code.
func unistrCode(s []byte) (r rune, n int) {
	if len(s) == 0 {
		return 0, 0
	}
	digits := 4
	switch s[0] {
	case '+':
		digits, n = 6, 1
	case 'u':
		n = 1
	case 'U':
		digits, n = 8, 1
	}
	if len(s) < n+digits {
		return 0, 0
	}
	for _, c := range s[n : n+digits] {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if c >= '0' && c <= '9' {
			d = int(c - '0')
		}
		if d < 0 || r > 0x7FFFFFF {
			return 0, 0
		}
		r = r<<4 | rune(d)
	}
	return r, n + digits
}
