package fn

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// matcher is a compiled regular expression with a prefilter: text that lacks the
// literal which every match contains is refused without running the automaton.
type matcher struct {
	re      *regexp.Regexp
	literal kernel.Needle // every match holds it; may be empty
	exact   bool          // the literal is the whole pattern
}

// compileRegexp compiles a pattern of PostgreSQL's, with its options.
func compileRegexp(pattern, options string) (*matcher, error) {
	p, err := translatePG(pattern, options)
	if err != nil {
		return nil, err
	}
	return compileGo(p)
}

// compileJava compiles a pattern of Java's.
func compileJava(pattern, options string) (*matcher, error) {
	p, err := translateJava(pattern, options)
	if err != nil {
		return nil, err
	}
	return compileGo(p)
}

// badPattern words what the compiler says of a pattern, without the options that the
// translation put before it.
func badPattern(err error) error {
	text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	return fault.Wrap(err, fault.CodeInvalidRegexp, "invalid regular expression: %s", strings.Replace(text, "`(?s)", "`", 1))
}

func compileGo(p string) (*matcher, error) {
	re, err := regexp.Compile(p)
	if err != nil {
		return nil, badPattern(err)
	}
	m := &matcher{re: re}
	if tree, err := syntax.Parse(p, syntax.Perl); err == nil {
		text := required(tree)
		m.literal, m.exact = kernel.NewNeedle(text), len(text) > 0 && tree.Op == syntax.OpLiteral
	}
	return m, nil
}

// required gives the longest text that every match of a pattern holds, as far as its
// parts tell. A replacement character is not text: it matches malformed bytes, too.
func required(t *syntax.Regexp) (text []byte) {
	switch t.Op {
	case syntax.OpLiteral:
		if t.Flags&syntax.FoldCase == 0 && !slices.Contains(t.Rune, utf8.RuneError) {
			return []byte(string(t.Rune))
		}
	case syntax.OpConcat:
		for _, part := range t.Sub {
			if s := required(part); len(s) > len(text) {
				text = s
			}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(t.Sub[0])
	case syntax.OpRepeat:
		if t.Min > 0 {
			return required(t.Sub[0])
		}
	}
	return text
}

func (m *matcher) match(s []byte) bool {
	if !m.literal.Empty() && m.literal.Index(s) < 0 {
		return false
	}
	return m.exact || m.re.Match(s)
}

// regexpCache keeps the last pattern: constant patterns are compiled once, and
// those of a column as long as they repeat.
type regexpCache struct {
	pattern, flags string
	m              *matcher
	java           bool // the athena dialect's syntax
}

func (c *regexpCache) get(pattern, flags []byte) (*matcher, error) {
	if c.m != nil && c.pattern == string(pattern) && c.flags == string(flags) {
		return c.m, nil
	}
	compile := compileRegexp
	if c.java {
		compile = compileJava
	}
	m, err := compile(string(pattern), string(flags))
	if err != nil {
		return nil, err
	}
	c.pattern, c.flags, c.m = string(pattern), string(flags), m
	return m, nil
}

// rowRegexp gives the compiled pattern (argument pat) of a row; flags is the
// argument with options, or -1.
func (c *regexpCache) row(s []kernel.Strings, pat, flags, i int) (*matcher, error) {
	var f []byte
	if flags >= 0 && flags < len(s) {
		f = s[flags].At(i)
	}
	return c.get(s[pat].At(i), f)
}

// withRegexp makes an implementation whose every program has a cache of its own.
func withRegexp(f func(cache *regexpCache) kernel.Instance) *kernel.Impl {
	return &kernel.Impl{New: func(_ *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
		return f(&regexpCache{java: fn.Dialect == plan.Athena}), nil
	}}
}

// regexpTest makes x ~ pattern. fold ignores case, not negates.
func regexpTest(fold, not bool) *kernel.Impl {
	return withRegexp(func(cache *regexpCache) kernel.Instance {
		var flags []byte
		if fold {
			flags = []byte("i")
		}
		return kernel.Instance{Filter: func(_ *kernel.EvalCtx, args []*vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
			s := strs(args)
			return filterRegexp(args, n, sel, want != not, out, func(i int) (*matcher, error) {
				f := flags
				if len(s) > 2 {
					f = s[2].At(i)
				}
				return cache.get(s[1].At(i), f)
			})
		}}
	})
}

// filterRegexp selects the rows whose first argument matches what row makes of the
// others, or does not; row is asked once if they are constants.
func filterRegexp(args []*vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel, row func(i int) (*matcher, error)) (vector.Sel, error) {
	s := kernel.StringsOf(args[0])
	out = out[:0]
	constant := !slices.ContainsFunc(args[1:], func(a *vector.Vector) bool { return a.Form != vector.Const })
	if n == 0 || !constant {
		err := kernel.EachErr(sel, n, func(i int) error {
			m, err := row(i)
			if err == nil && m.match(s.At(i)) == want {
				out = append(out, uint16(i))
			}
			return err
		})
		return out, err
	}
	m, err := row(0)
	if err != nil {
		return nil, err
	}
	find := kernel.NewSearch(&s, &m.literal, sel, n)
	err = kernel.EachErr(sel, n, func(i int) error {
		if (find.Has(i) && (m.exact || m.re.Match(s.At(i)))) == want {
			out = append(out, uint16(i))
		}
		return nil
	})
	return out, err
}

// regexpText makes a function to text: f appends to b, or reports NULL.
func regexpText(pat, flags int, f func(m *matcher, b []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error)) *kernel.Impl {
	return withRegexp(func(cache *regexpCache) kernel.Instance {
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s, w := textArgs(args), kernel.NewTextOut(out)
			return kernel.EachErr(sel, out.Len, func(i int) error {
				m, err := cache.row(s, pat, flags, i)
				if err != nil {
					return err
				}
				b, ok, err := f(m, w.Start(), s, args, i)
				if err != nil {
					return err
				}
				if !ok {
					out.SetNull(i)
				}
				return w.End(i, b)
			})
		}}
	})
}

// textArgs reads the string arguments; others are left empty.
func textArgs(args []*vector.Vector) []kernel.Strings {
	out := make([]kernel.Strings, len(args))
	for i, a := range args {
		if a.Type.Phys() == types.PhysBytes {
			out[i] = kernel.StringsOf(a)
		}
	}
	return out
}

// regexpArray makes a function to an array of text.
func regexpArray(flags int, f func(m *matcher, l *listOut, s []byte, args []*vector.Vector, i int) bool) *kernel.Impl {
	return withRegexp(func(cache *regexpCache) kernel.Instance {
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s, l := textArgs(args), newListOut(out)
			return kernel.EachErr(sel, out.Len, func(i int) error {
				m, err := cache.row(s, 1, flags, i)
				if err != nil {
					return err
				}
				l.start()
				if !f(m, l, s[0].At(i), args, i) {
					out.SetNull(i)
				}
				l.end(i)
				return nil
			})
		}}
	})
}

func regexpEntries() []*Entry {
	op := func(name, doc string, fold, not bool) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, overs: []overload{{sig: "f(varchar, varchar) boolean", scalar: regexpTest(fold, not)}}}
	}
	like := op("~", "Whether the regular expression matches somewhere in the string.", false, false)
	like.overs = append(like.overs, bitNotOverloads()...) // with one operand
	like.Examples = []Example{{SQL: "~ 5", Result: "-6"}, {SQL: "'abc' ~ 'B'", Result: "false"}, {SQL: "'abc' ~* 'B'", Result: "true"}}
	return append([]*Entry{
		like, op("~*", "`~` that ignores case.", true, false), op("!~", "Negation of `~`.", false, true), op("!~*", "Negation of `~*`.", true, true),
		{Names: []string{"similar"}, Doc: "SIMILAR TO: SQL's regular expressions, which match the whole string.", Examples: []Example{{SQL: "'abc' similar to '%(b|d)%'", Result: "true"}},
			overs: []overload{{sig: "similar(varchar, varchar) boolean", scalar: withRegexp(similarTo)}, {sig: "similar(varchar, varchar, varchar) boolean", scalar: withRegexp(similarTo)}}},
		{Names: []string{"regexp_like"}, Doc: "Whether the regular expression matches somewhere in the string.", Examples: []Example{{SQL: "regexp_like('abc', 'b')", Result: "true"}},
			overs: []overload{{sig: "regexp_like(varchar, varchar) boolean", scalar: regexpTest(false, false)}, {sig: "regexp_like(varchar, varchar, varchar) boolean", scalar: regexpTest(false, false)}}},
		{Names: []string{"regexp_replace"}, Doc: "Replaces the first match, or with the flag g all; `\\1` is a group (postgres). Replaces every match; `$1` is a group (athena). A lambda makes each match's replacement of the array of its groups.",
			Examples: []Example{{SQL: "regexp_replace('aaa', 'a', 'b')", Result: "baa"}, {SQL: "regexp_replace('aaa', 'a', 'b', 'g')", Result: "bbb"}, {SQL: `regexp_replace('abc', '(b)', '[\1]')`, Result: "a[b]c"},
				{SQL: "regexp_replace('abcb', '(b)', '[$1]')", Result: "a[b]c[b]", Athena: true},
				{SQL: `regexp_replace('new york', '(\w)(\w*)', x -> upper(x[1]) || lower(x[2]))`, Result: "New York", Athena: true}},
			overs: []overload{
				{sig: "regexp_replace(varchar, varchar, varchar) varchar", scalar: regexpText(1, -1, replacePG), dialect: pgOnly},
				{sig: "regexp_replace(varchar, varchar, varchar, varchar) varchar", scalar: regexpText(1, 3, replacePG), dialect: pgOnly},
				{sig: "regexp_replace(varchar, varchar) varchar", scalar: regexpText(1, -1, replaceTrino), dialect: athenaOnly},
				{sig: "regexp_replace(varchar, varchar, varchar) varchar", scalar: regexpText(1, -1, replaceTrino), dialect: athenaOnly},
				{sig: "regexp_replace(varchar, varchar, function(array(varchar) -> varchar)) varchar", scalar: regexpLambda()},
			}},
		{Names: []string{"regexp_extract"}, Doc: "The first match, or a group of it; NULL if there is none.", Examples: []Example{{SQL: `regexp_extract('1a 2b', '(\d)([a-z])', 2)`, Result: "a"}},
			overs: []overload{{sig: "regexp_extract(varchar, varchar) varchar", scalar: regexpText(1, -1, extractGroup)}, {sig: "regexp_extract(varchar, varchar, bigint) varchar", scalar: regexpText(1, -1, extractGroup)}}},
		{Names: []string{"regexp_match"}, Doc: "The groups of the first match as an array, or the match if there are none; NULL without a match.", Examples: []Example{{SQL: "regexp_match('foobar', '(o+)(b)')", Result: "{oo,b}"}},
			overs: []overload{{sig: "regexp_match(varchar, varchar) array(varchar)", scalar: regexpArray(-1, matchGroups)}, {sig: "regexp_match(varchar, varchar, varchar) array(varchar)", scalar: regexpArray(2, matchGroups)}}},
		{Names: []string{"regexp_extract_all"}, Doc: "Every match, or a group of each, as an array.", Examples: []Example{{SQL: `regexp_extract_all('1a 2b', '\d')`, Result: "{1,2}"}},
			overs: []overload{{sig: "regexp_extract_all(varchar, varchar) array(varchar)", scalar: regexpArray(-1, extractAll)}, {sig: "regexp_extract_all(varchar, varchar, bigint) array(varchar)", scalar: regexpArray(-1, extractAll)}}},
		{Names: []string{"regexp_split", "regexp_split_to_array"}, Doc: "The parts between matches as an array.", Examples: []Example{{SQL: `regexp_split('a1b2c', '\d')`, Result: "{a,b,c}"}},
			overs: []overload{{sig: "regexp_split(varchar, varchar) array(varchar)", scalar: regexpArray(-1, splitMatches)}, {sig: "regexp_split(varchar, varchar, varchar) array(varchar)", scalar: regexpArray(2, splitMatches)}}},
	}, regexpNth()...)
}

// newRegexpSubstr is substring(x FROM pattern).
func newRegexpSubstr(c *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
	return regexpText(1, -1, func(m *matcher, b []byte, s []kernel.Strings, _ []*vector.Vector, i int) ([]byte, bool, error) {
		loc := m.re.FindSubmatchIndex(s[0].At(i))
		if loc == nil {
			return b, false, nil
		}
		g := 0
		if len(loc) > 2 { // with a group, its text
			g = 2
		}
		if loc[g] < 0 {
			return b, false, nil
		}
		return append(b, s[0].At(i)[loc[g]:loc[g+1]]...), true, nil
	}).New(c, fn, consts)
}

func replacePG(m *matcher, b []byte, s []kernel.Strings, _ []*vector.Vector, i int) ([]byte, bool, error) {
	text, repl := s[0].At(i), s[2].At(i)
	n := 1
	if len(s) > 3 && bytes.IndexByte(s[3].At(i), 'g') >= 0 {
		n = -1
	}
	return replaceMatches(m, b, text, n, func(b []byte, loc []int) []byte {
		for k := 0; k < len(repl); k++ {
			if repl[k] != '\\' || k+1 == len(repl) {
				b = append(b, repl[k])
				continue
			}
			k++
			switch c := repl[k]; {
			case c == '&':
				b = append(b, text[loc[0]:loc[1]]...)
			case c >= '1' && c <= '9':
				b = appendGroup(b, text, loc, int(c-'0'))
			default:
				b = append(b, c)
			}
		}
		return b
	}), true, nil
}

func replaceTrino(m *matcher, b []byte, s []kernel.Strings, _ []*vector.Vector, i int) ([]byte, bool, error) {
	text, repl := s[0].At(i), []byte(nil)
	if len(s) > 2 {
		repl = s[2].At(i)
	}
	var bad error
	b = replaceMatches(m, b, text, -1, func(b []byte, loc []int) []byte {
		for k := 0; k < len(repl); k++ {
			switch {
			case repl[k] == '\\' && k+1 < len(repl):
				k++
				b = append(b, repl[k])
			case repl[k] == '$' && k+1 < len(repl) && repl[k+1] >= '0' && repl[k+1] <= '9':
				k++
				g := int(repl[k] - '0')
				if 2*g >= len(loc) {
					bad = fault.New(fault.CodeInvalidParameter, "no group %d in the regular expression", g)
					return b
				}
				b = appendGroup(b, text, loc, g)
			case repl[k] == '$' && k+1 < len(repl) && repl[k+1] == '{':
				end := bytes.IndexByte(repl[k:], '}')
				if end < 0 {
					bad = fault.New(fault.CodeInvalidParameter, "missing } in the replacement")
					return b
				}
				g := m.re.SubexpIndex(string(repl[k+2 : k+end]))
				if g < 0 {
					bad = fault.New(fault.CodeInvalidParameter, "no group %q in the regular expression", repl[k+2:k+end])
					return b
				}
				b = appendGroup(b, text, loc, g)
				k += end
			default:
				b = append(b, repl[k])
			}
		}
		return b
	})
	return b, true, bad
}

func appendGroup(b, text []byte, loc []int, g int) []byte {
	if 2*g+1 < len(loc) && loc[2*g] >= 0 {
		return append(b, text[loc[2*g]:loc[2*g+1]]...)
	}
	return b
}

// replaceMatches appends text with the first n matches (-1: all) replaced.
func replaceMatches(m *matcher, b, text []byte, n int, repl func(b []byte, loc []int) []byte) []byte {
	at := 0
	for _, loc := range m.re.FindAllSubmatchIndex(text, n) {
		b = append(b, text[at:loc[0]]...)
		b = repl(b, loc)
		at = loc[1]
	}
	return append(b, text[at:]...)
}

func groupArg(args []*vector.Vector, i int) int {
	if len(args) > 2 {
		return int(min(max(intArg(args, 2, i), -1), 1<<20))
	}
	return 0
}

func extractGroup(m *matcher, b []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error) {
	g := groupArg(args, i)
	if g < 0 || g > m.re.NumSubexp() {
		return b, false, fault.New(fault.CodeInvalidParameter, "no group %d in the regular expression", g)
	}
	loc := m.re.FindSubmatchIndex(s[0].At(i))
	if loc == nil || loc[2*g] < 0 {
		return b, false, nil
	}
	return append(b, s[0].At(i)[loc[2*g]:loc[2*g+1]]...), true, nil
}

func matchGroups(m *matcher, l *listOut, s []byte, _ []*vector.Vector, _ int) bool {
	loc := m.re.FindSubmatchIndex(s)
	if loc == nil {
		return false
	}
	first := 2
	if len(loc) == 2 {
		first = 0
	}
	for g := first; g < len(loc); g += 2 {
		if loc[g] < 0 {
			l.elem.AppendNull()
		} else {
			l.elem.AppendBytes(s[loc[g]:loc[g+1]])
		}
	}
	return true
}

func extractAll(m *matcher, l *listOut, s []byte, args []*vector.Vector, i int) bool {
	g := groupArg(args, i)
	if g < 0 || g > m.re.NumSubexp() {
		return false
	}
	for _, loc := range m.re.FindAllSubmatchIndex(s, -1) {
		if loc[2*g] < 0 {
			l.elem.AppendNull()
		} else {
			l.elem.AppendBytes(s[loc[2*g]:loc[2*g+1]])
		}
	}
	return true
}

func splitMatches(m *matcher, l *listOut, s []byte, _ []*vector.Vector, _ int) bool {
	at := 0
	for _, loc := range m.re.FindAllIndex(s, -1) {
		if loc[0] == loc[1] && (loc[0] == 0 || loc[0] == len(s)) {
			continue
		}
		l.elem.AppendBytes(s[at:loc[0]])
		at = loc[1]
	}
	l.elem.AppendBytes(s[at:])
	return true
}

// similarTo translates SQL's patterns: % and _ as in LIKE, | * + ? ( ) [ ] { } as
// in regular expressions, everything else literally.
func similarTo(cache *regexpCache) kernel.Instance {
	return kernel.Instance{Filter: func(_ *kernel.EvalCtx, args []*vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
		s := strs(args)
		return filterRegexp(args, n, sel, want, out, func(i int) (*matcher, error) {
			esc := []byte(`\`)
			if len(s) > 2 {
				esc = s[2].At(i)
			}
			return cache.get([]byte(similarPattern(s[1].At(i), esc)), []byte("s"))
		})
	}}
}

func similarPattern(p, esc []byte) string {
	var b strings.Builder
	b.WriteString("^(?:")
	inSet := false
	for i := 0; i < len(p); {
		_, n := utf8.DecodeRune(p[i:])
		c := p[i : i+n]
		i += n
		switch {
		case len(esc) > 0 && bytes.Equal(c, esc) && i < len(p):
			_, n = utf8.DecodeRune(p[i:])
			b.WriteString(regexp.QuoteMeta(string(p[i : i+n])))
			i += n
		case inSet:
			inSet = c[0] != ']'
			if c[0] == '\\' {
				b.WriteByte('\\')
			}
			b.Write(c)
		case c[0] == '%':
			b.WriteString(".*")
		case c[0] == '_':
			b.WriteByte('.')
		case c[0] == '[':
			inSet = true
			b.Write(c)
		case bytes.IndexByte([]byte("|*+?(){}"), c[0]) >= 0:
			b.Write(c)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(")$")
	return b.String()
}
