package fn

import (
	"bytes"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func stringParts() []*Entry {
	return []*Entry{
		{Names: []string{"substr", "substring"}, Doc: "The part from a 1-based position on, of at most the given length. In the athena dialect a negative start counts from the end and 0 gives ''; in the postgres dialect positions before 1 shorten the part.",
			Examples: []Example{{SQL: "substr('abc', 2)", Result: "bc"}, {SQL: "substr('abc', 0, 2)", Result: "a"}, {SQL: "substr('abc', -2)", Result: "abc"},
				{SQL: "substr('abc', -2)", Result: "bc", Athena: true}, {SQL: "substring('naïve' from 3 for 2)", Result: "ïv"}},
			overs: []overload{
				{sig: "substr(varchar, bigint) varchar", scalar: substrFn(substrPG), dialect: pgOnly},
				{sig: "substr(varchar, bigint, bigint) varchar", scalar: substrFn(substrPG), dialect: pgOnly},
				{sig: "substr(varchar, bigint) varchar", scalar: substrFn(substrTrino), dialect: athenaOnly},
				{sig: "substr(varchar, bigint, bigint) varchar", scalar: substrFn(substrTrino), dialect: athenaOnly},
				{sig: "substr(varbinary, bigint) varbinary", scalar: partFn(substrBytes), dialect: pgOnly},
				{sig: "substr(varbinary, bigint, bigint) varbinary", scalar: partFn(substrBytes), dialect: pgOnly},
				{sig: "substr(varbinary, bigint) varbinary", scalar: partFn(substrBytesTrino), dialect: athenaOnly},
				{sig: "substr(varbinary, bigint, bigint) varbinary", scalar: partFn(substrBytesTrino), dialect: athenaOnly},
				{sig: "substring(varchar, varchar) varchar", scalar: &kernel.Impl{New: newRegexpSubstr}, dialect: pgOnly},
				{sig: "substring(varchar, varchar, varchar) varchar", scalar: &kernel.Impl{New: newSimilarSubstring}, dialect: pgOnly},
			}},
		{Names: []string{"left"}, Doc: "The first n characters; with a negative n all but the last |n|.", Examples: []Example{{SQL: "left('abcde', 2)", Result: "ab"}, {SQL: "left('abcde', -2)", Result: "abc"}},
			overs: []overload{{sig: "left(varchar, bigint) varchar", scalar: partFn(leftPart)}}},
		{Names: []string{"right"}, Doc: "The last n characters; with a negative n all but the first |n|.", Examples: []Example{{SQL: "right('abcde', 2)", Result: "de"}, {SQL: "right('abcde', -2)", Result: "cde"}},
			overs: []overload{{sig: "right(varchar, bigint) varchar", scalar: partFn(rightPart)}}},
		{Names: []string{"split_part"}, Doc: "The n-th field between separators, counted from 1, from the end if negative. A field that does not exist is '' in the postgres dialect, NULL in the athena dialect.",
			Examples: []Example{{SQL: "split_part('a,b,c', ',', 2)", Result: "b"}, {SQL: "split_part('a,b,c', ',', -1)", Result: "c"}, {SQL: "split_part('a,b,c', ',', 9) = ''", Result: "true"}, {SQL: "split_part('a,b,c', ',', 9)", Result: "NULL", Athena: true}},
			overs: []overload{
				{sig: "split_part(varchar, varchar, bigint) varchar", scalar: eval(splitPart(false)), dialect: pgOnly},
				{sig: "split_part(varchar, varchar, bigint) varchar", scalar: eval(splitPart(true)), dialect: athenaOnly},
			}},
		trimEntry("ltrim", "Drops spaces, or any of the given characters, from the start.", true, false),
		trimEntry("rtrim", "Drops spaces, or any of the given characters, from the end.", false, true),
		trimEntry("trim", "Drops spaces, or any of the given characters, from both ends.", true, true, "btrim"),
	}
}

func trimEntry(name, doc string, left, right bool, more ...string) *Entry {
	return &Entry{Names: append([]string{name}, more...), Doc: doc,
		Examples: []Example{{SQL: name + "('xxaxx', 'x')", Result: map[string]string{"ltrim": "axx", "rtrim": "xxa", "trim": "a"}[name]}},
		overs: []overload{
			{sig: name + "(varchar) varchar", scalar: partFn(func(s []byte, _ []*vector.Vector, _ int) (int, int, error) {
				from, to := trimSet(s, []byte(" "), left, right)
				return from, to, nil
			})},
			{sig: name + "(varchar, varchar) varchar", scalar: partFn(func(s []byte, args []*vector.Vector, i int) (int, int, error) {
				set := kernel.StringsOf(args[1])
				from, to := trimSet(s, set.At(i), left, right)
				return from, to, nil
			})},
		}}
}

// trimSet gives what remains of s when characters of the set are dropped.
func trimSet(s, set []byte, left, right bool) (from, to int) {
	from, to = 0, len(s)
	for left && from < to {
		_, n := utf8.DecodeRune(s[from:to])
		if !bytes.Contains(set, s[from:from+n]) {
			break
		}
		from += n
	}
	for right && from < to {
		_, n := utf8.DecodeLastRune(s[from:to])
		if !bytes.Contains(set, s[to-n:to]) {
			break
		}
		to -= n
	}
	return from, to
}

// skipRunes gives the byte position after n characters of s.
func skipRunes(s []byte, n int64) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, w := utf8.DecodeRune(s[i:])
		i += w
	}
	return i
}

// dropRunes gives the byte position before the last n characters of s.
func dropRunes(s []byte, n int64) int {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, w := utf8.DecodeLastRune(s[:i])
		i -= w
	}
	return i
}

func intArg(args []*vector.Vector, k, i int) int64 {
	f := kernel.FixedOf[int64](args[k])
	return f.At(i)
}

func errNegativeLength() error {
	return fault.New(fault.CodeInvalidSubstring, "negative substring length not allowed")
}

// substrFn makes substr of a general form f: where the characters are the same for all
// rows and come after the start, and bytes up to them are ASCII, places are theirs.
func substrFn(f func(s []byte, args []*vector.Vector, i int) (from, to int, err error)) *kernel.Impl {
	general := partFn(f).Eval
	return eval(func(ctx *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		skip, n, ok := constantPart(args)
		if !ok {
			return general(ctx, args, sel, out)
		}
		s, rs := kernel.StringsOf(args[0]), out.Ranges()
		out.SetData(s.Data())
		return kernel.EachErr(sel, out.Len, func(i int) error {
			r := s.Range(i)
			text := s.Data()[r.Off : r.Off+r.Len]
			from, to := min(skip, int64(len(text))), min(skip+n, int64(len(text)))
			known := to
			if len(args) < 3 {
				known = from
			}
			if !ascii(text[:known]) {
				from, to = int64(skipRunes(text, skip)), int64(len(text))
				if len(args) == 3 {
					to = from + int64(skipRunes(text[from:], n))
				}
			}
			rs[i] = vector.Range{Off: r.Off + uint32(from), Len: uint32(to - from)}
			return nil
		})
	})
}

// constantPart gives how many characters substr's arguments skip and take, where they
// are constants and begin within the text.
func constantPart(args []*vector.Vector) (skip, n int64, ok bool) {
	const most = 1 << 32 // more than a text has
	skip, n = 0, most
	for k, a := range args[1:] {
		if a.Form != vector.Const {
			return 0, 0, false
		}
		x := intArg(args, k+1, 0)
		if k == 0 && x < 1 || x < 0 {
			return 0, 0, false
		}
		if k == 0 {
			skip = min(x-1, most)
		} else {
			n = min(x, most)
		}
	}
	return skip, n, true
}

func ascii(s []byte) bool {
	any := byte(0)
	for _, c := range s {
		any |= c
	}
	return any < utf8.RuneSelf
}

func substrPG(s []byte, args []*vector.Vector, i int) (from, to int, err error) {
	start := intArg(args, 1, i)
	if len(args) < 3 {
		return skipRunes(s, start-1), len(s), nil
	}
	n := intArg(args, 2, i)
	if n < 0 {
		return 0, 0, errNegativeLength()
	}
	if start < 1 { // positions before the string use up length
		if n += start - 1; n < 0 {
			n = 0
		}
		start = 1
	}
	from = skipRunes(s, start-1)
	return from, from + skipRunes(s[from:], n), nil
}

func substrTrino(s []byte, args []*vector.Vector, i int) (from, to int, err error) {
	start := intArg(args, 1, i)
	switch {
	case start == 0:
		return 0, 0, nil
	case start > 0:
		if from = skipRunes(s, start-1); from == len(s) {
			return 0, 0, nil
		}
	default:
		if int64(utf8.RuneCount(s)) < -start {
			return 0, 0, nil
		}
		from = dropRunes(s, -start)
	}
	if len(args) < 3 {
		return from, len(s), nil
	}
	return from, from + skipRunes(s[from:], intArg(args, 2, i)), nil
}

func substrBytes(s []byte, args []*vector.Vector, i int) (from, to int, err error) {
	start, n := intArg(args, 1, i), int64(len(s))
	if len(args) > 2 {
		if n = intArg(args, 2, i); n < 0 {
			return 0, 0, errNegativeLength()
		}
		if start < 1 {
			n = max(n+start-1, 0)
		}
	}
	start = max(start, 1)
	from = int(min(start-1, int64(len(s))))
	return from, from + int(min(n, int64(len(s)-from))), nil
}

// substrBytesTrino counts from the end where start is negative, as substrTrino does
// in text.
func substrBytesTrino(s []byte, args []*vector.Vector, i int) (from, to int, err error) {
	start, size := intArg(args, 1, i), int64(len(s))
	if start < 0 {
		start += size + 1
	}
	if start < 1 || start > size {
		return 0, 0, nil
	}
	n := size
	if len(args) > 2 {
		n = max(intArg(args, 2, i), 0)
	}
	return int(start - 1), int(start - 1 + min(n, size-start+1)), nil
}

func leftPart(s []byte, args []*vector.Vector, i int) (from, to int, err error) {
	n := intArg(args, 1, i)
	if n < 0 {
		return 0, dropRunes(s, -n), nil
	}
	return 0, skipRunes(s, n), nil
}

func rightPart(s []byte, args []*vector.Vector, i int) (from, to int, err error) {
	n := intArg(args, 1, i)
	if n < 0 {
		return skipRunes(s, -n), len(s), nil
	}
	return dropRunes(s, n), len(s), nil
}

// splitPart; missing says whether a field that does not exist is NULL.
func splitPart(missing bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, sep, nth, rs := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.FixedOf[int64](args[2]), out.Ranges()
		out.SetData(s.Data())
		return kernel.EachErr(sel, out.Len, func(i int) error {
			n := nth.At(i)
			if n == 0 || n < 0 && missing {
				return fault.New(fault.CodeInvalidParameter, "field position must not be zero")
			}
			text := s.At(i)
			from, to, ok := fieldAt(text, sep.At(i), n)
			if missing && len(sep.At(i)) == 0 { // every character is a field
				from = skipRunes(text, n-1)
				to, ok = from+skipRunes(text[from:], 1), from < len(text)
			}
			if !ok && missing {
				out.SetNull(i)
			}
			rs[i] = vector.Range{Off: s.Range(i).Off + uint32(from), Len: uint32(to - from)}
			return nil
		})
	}
}

func fieldAt(s, sep []byte, n int64) (from, to int, ok bool) {
	if len(sep) == 0 {
		if n == 1 || n == -1 {
			return 0, len(s), true
		}
		return 0, 0, false
	}
	if n < 0 {
		n += int64(bytes.Count(s, sep)) + 2
		if n < 1 {
			return 0, 0, false
		}
	}
	for {
		next := bytes.Index(s[from:], sep)
		if n == 1 {
			if next < 0 {
				return from, len(s), true
			}
			return from, from + next, true
		}
		if next < 0 {
			return 0, 0, false
		}
		from += next + len(sep)
		n--
	}
}

func stringPadding() []*Entry {
	pad := func(name, doc string, left bool, ex Example) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{ex}, overs: []overload{
			{sig: name + "(varchar, bigint) varchar", scalar: eval(padText(left))},
			{sig: name + "(varchar, bigint, varchar) varchar", scalar: eval(padText(left))},
		}}
	}
	return []*Entry{
		pad("lpad", "Fills from the left with spaces or the given text, or cuts, to a length.", true, Example{SQL: "lpad('a', 3, 'x')", Result: "xxa"}),
		pad("rpad", "Fills from the right with spaces or the given text, or cuts, to a length.", false, Example{SQL: "rpad('abc', 2)", Result: "ab"}),
	}
}

func padText(left bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, size, w := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			text, n, fill := s.At(i), max(size.At(i), 0), []byte(" ")
			if len(args) > 2 {
				f := kernel.StringsOf(args[2])
				fill = f.At(i)
			}
			if n > maxText/4 {
				return errTextTooLong()
			}
			have := int64(utf8.RuneCount(text))
			b := w.Start()
			switch {
			case have >= n:
				b = append(b, text[:skipRunes(text, n)]...)
			case len(fill) == 0:
				b = append(b, text...)
			case left:
				b = append(appendFill(b, fill, n-have), text...)
			default:
				b = appendFill(append(b, text...), fill, n-have)
			}
			return w.End(i, b)
		})
	}
}

func appendFill(b, fill []byte, n int64) []byte {
	for p := fill; n > 0; n-- {
		if len(p) == 0 {
			p = fill
		}
		_, w := utf8.DecodeRune(p)
		b = append(b, p[:w]...)
		p = p[w:]
	}
	return b
}

func stringSearch() []*Entry {
	pos := func(sub, s int) *kernel.Impl {
		return intFn(func(x []kernel.Strings, i int) (int64, error) { return runeIndex(x[s].At(i), x[sub].At(i)), nil })
	}
	return []*Entry{
		{Names: []string{"strpos"}, Doc: "The 1-based position of the second string in the first, 0 if it is not there.", Examples: []Example{{SQL: "strpos('abc', 'b')", Result: "2"}},
			overs: []overload{
				{sig: "strpos(varchar, varchar) integer", scalar: pos(1, 0), dialect: pgOnly},
				{sig: "strpos(varchar, varchar) bigint", scalar: pos(1, 0), dialect: athenaOnly},
				{sig: "strpos(varchar, varchar, bigint) bigint", scalar: eval(strposNth)},
			}},
		{Names: []string{"index"}, Doc: "The 1-based position of the second string in the first, 0 if it is not there: Teradata's name.", Examples: []Example{{SQL: "index('abc', 'b')", Result: "2"}},
			overs: []overload{{sig: "index(varchar, varchar) bigint", scalar: pos(1, 0)}}},
		{Names: []string{"position"}, Doc: "`position(x IN y)`: the 1-based position of x in y, 0 if it is not there.", Examples: []Example{{SQL: "position('b' in 'abc')", Result: "2"}},
			overs: []overload{
				{sig: "position(varchar, varchar) integer", scalar: pos(0, 1), dialect: pgOnly},
				{sig: "position(varchar, varchar) bigint", scalar: pos(0, 1), dialect: athenaOnly},
			}},
		{Names: []string{"starts_with", "^@"}, Doc: "Whether the first string begins with the second.", Examples: []Example{{SQL: "starts_with('abc', 'ab')", Result: "true"}},
			overs: []overload{{sig: "starts_with(varchar, varchar) boolean", scalar: boolFn(func(s []kernel.Strings, i int) bool { return bytes.HasPrefix(s[0].At(i), s[1].At(i)) })}}},
		{Names: []string{"ends_with"}, Doc: "Whether the first string ends with the second.", Examples: []Example{{SQL: "ends_with('abc', 'bc')", Result: "true"}},
			overs: []overload{{sig: "ends_with(varchar, varchar) boolean", scalar: boolFn(func(s []kernel.Strings, i int) bool { return bytes.HasSuffix(s[0].At(i), s[1].At(i)) })}}},
		{Names: []string{"replace"}, Doc: "Replaces every occurrence of the second string by the third, or removes it.",
			Examples: []Example{{SQL: "replace('abcabc', 'b', 'x')", Result: "axcaxc"}, {SQL: "replace('abc', 'b')", Result: "ac"}},
			overs: []overload{
				{sig: "replace(varchar, varchar, varchar) varchar", scalar: textFn(replaceRow)},
				{sig: "replace(varchar, varchar) varchar", scalar: textFn(replaceRow)},
			}},
		{Names: []string{"translate"}, Doc: "Replaces each character of the second string by the one at its place in the third, or drops it if there is none.",
			Examples: []Example{{SQL: "translate('12345', '143', 'ax')", Result: "a2x5"}},
			overs:    []overload{{sig: "translate(varchar, varchar, varchar) varchar", scalar: textFn(translateRow)}}},
		{Names: []string{"overlay"}, Doc: "`overlay(x PLACING y FROM n [FOR m])`: replaces m characters (y's length by default) from position n.",
			Examples: []Example{{SQL: "overlay('Txxxxas' placing 'hom' from 2 for 4)", Result: "Thomas"}},
			overs: []overload{
				{sig: "overlay(varchar, varchar, bigint) varchar", scalar: eval(overlay)},
				{sig: "overlay(varchar, varchar, bigint, bigint) varchar", scalar: eval(overlay)},
			}},
		{Names: []string{"split"}, Doc: "The parts between separators as an array; with a limit the last part is the rest.", Examples: []Example{{SQL: "split('a,b,c', ',')", Result: "{a,b,c}"}, {SQL: "split('a,b,c', ',', 2)", Result: `{a,"b,c"}`}},
			overs: []overload{
				{sig: "split(varchar, varchar) array(varchar)", scalar: eval(splitText(false))},
				{sig: "split(varchar, varchar, bigint) array(varchar)", scalar: eval(splitText(false))},
			}},
		{Names: []string{"string_to_array"}, Doc: "The parts between separators as an array; a NULL separator splits into characters, parts equal to the third argument become NULL.",
			Examples: []Example{{SQL: "string_to_array('a,b', ',')", Result: "{a,b}"}, {SQL: "string_to_array('a,,b', ',', '')", Result: "{a,NULL,b}"}, {SQL: "string_to_array('ab', null)", Result: "{a,b}"}},
			overs: []overload{
				{sig: "string_to_array(varchar, varchar) array(varchar)", scalar: eval(splitText(true)), lenient: true},
				{sig: "string_to_array(varchar, varchar, varchar) array(varchar)", scalar: eval(splitText(true)), lenient: true},
			}},
	}
}

// runeIndex gives the 1-based character position of sub in s, 0 if absent.
func runeIndex(s, sub []byte) int64 {
	i := bytes.Index(s, sub)
	if i < 0 {
		return 0
	}
	return int64(utf8.RuneCount(s[:i])) + 1
}

// strposNth finds the n-th occurrence, from the end if n is negative.
func strposNth(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, sub, nth, dst := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.FixedOf[int64](args[2]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		text, x, n := s.At(i), sub.At(i), nth.At(i)
		if n == 0 {
			return fault.New(fault.CodeInvalidParameter, "'instance' must not be zero")
		}
		dst[i] = 0
		at := 0
		if n < 0 {
			at = len(text)
		}
		for {
			var k int
			if n > 0 {
				if k = bytes.Index(text[at:], x); k >= 0 {
					k += at
				}
			} else {
				k = bytes.LastIndex(text[:at], x)
			}
			if k < 0 {
				return nil
			}
			switch n {
			case 1, -1:
				dst[i] = int64(utf8.RuneCount(text[:k])) + 1
				return nil
			}
			if n > 0 {
				at, n = k+max(len(x), 1), n-1
			} else {
				at, n = k+len(x)-max(len(x), 1), n+1
			}
			if at > len(text) || at < 0 {
				return nil
			}
		}
	})
}

func replaceRow(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	text, old, repl := s[0].At(i), s[1].At(i), []byte(nil)
	if len(s) > 2 {
		repl = s[2].At(i)
	}
	if len(old) == 0 {
		return append(b, text...), nil
	}
	start := len(b)
	for {
		k := bytes.Index(text, old)
		if k < 0 {
			return append(b, text...), nil
		}
		b = append(append(b, text[:k]...), repl...)
		text = text[k+len(old):]
		if len(b)-start > maxText {
			return b, errTextTooLong()
		}
	}
}

func translateRow(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	text, from, to := s[0].At(i), s[1].At(i), []rune(string(s[2].At(i)))
	for len(text) > 0 {
		_, n := utf8.DecodeRune(text)
		c := text[:n]
		text = text[n:]
		k := runeIndex(from, c)
		switch {
		case k == 0:
			b = append(b, c...)
		case int(k) <= len(to):
			b = utf8.AppendRune(b, to[k-1])
		}
	}
	return b, nil
}

func overlay(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, repl, w := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		text, y, start := s.At(i), repl.At(i), intArg(args, 2, i)
		n := int64(utf8.RuneCount(y))
		if len(args) > 3 {
			n = intArg(args, 3, i)
		}
		if start < 1 {
			return errNegativeLength()
		}
		from := skipRunes(text, start-1)
		to := from + skipRunes(text[from:], n)
		if n < 0 {
			to = skipRunes(text, start-1+n)
		}
		return w.End(i, append(append(append(w.Start(), text[:from]...), y...), text[to:]...))
	})
}

// splitText splits into arrays; pg is string_to_array, else Trino's split.
func splitText(pg bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l := newListOut(out)
		s := kernel.StringsOf(args[0])
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if args[0].IsNull(i) {
				out.SetNull(i)
				return nil
			}
			l.start()
			text := s.At(i)
			var null []byte
			limit := int64(-1)
			switch {
			case pg && len(args) > 2 && !args[2].IsNull(i):
				n := kernel.StringsOf(args[2])
				null = n.At(i)
			case !pg && len(args) > 2:
				if limit = intArg(args, 2, i); limit <= 0 {
					return fault.New(fault.CodeInvalidParameter, "limit must be positive")
				}
			}
			hasNull := pg && len(args) > 2 && !args[2].IsNull(i)
			put := func(part []byte) {
				if hasNull && string(part) == string(null) {
					l.elem.AppendNull()
				} else {
					l.elem.AppendBytes(part)
				}
			}
			splitInto(text, args[1], i, pg, limit, put)
			l.end(i)
			return nil
		})
	}
}

func splitInto(text []byte, sepVec *vector.Vector, i int, pg bool, limit int64, put func([]byte)) {
	if sepVec.IsNull(i) || !pg && len(kernelBytes(sepVec, i)) == 0 {
		for len(text) > 0 {
			_, n := utf8.DecodeRune(text)
			put(text[:n])
			text = text[n:]
		}
		return
	}
	sep := kernelBytes(sepVec, i)
	if pg && len(text) == 0 {
		return
	}
	if len(sep) == 0 {
		put(text)
		return
	}
	for limit != 1 {
		k := bytes.Index(text, sep)
		if k < 0 {
			break
		}
		put(text[:k])
		text = text[k+len(sep):]
		limit--
	}
	put(text)
}

func kernelBytes(v *vector.Vector, i int) []byte {
	s := kernel.StringsOf(v)
	return s.At(i)
}

// listOut builds arrays row by row.
type listOut struct {
	rs   []vector.Range
	elem *vector.Vector
	from int
}

// newListOut starts building arrays in out, whose elements are empty.
func newListOut(out *vector.Vector) *listOut {
	elem := vector.New(out.Type.Fields[0].Type, 0)
	l := &listOut{rs: out.Ranges(), elem: elem}
	kids := []*vector.Vector{elem}
	out.SetKids(kids)
	return l
}

func (l *listOut) start() { l.from = l.elem.Len }

func (l *listOut) end(i int) {
	l.rs[i] = vector.Range{Off: uint32(l.from), Len: uint32(l.elem.Len - l.from)}
}

// stringCodes are functions of characters and encodings.
func stringCodes() []*Entry {
	return []*Entry{
		{Names: []string{"chr"}, Doc: "The character of a Unicode code point.", Examples: []Example{{SQL: "chr(65)", Result: "A"}},
			overs: []overload{{sig: "chr(bigint) varchar", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				n, w := kernel.FixedOf[int64](args[0]), kernel.NewTextOut(out)
				return kernel.EachErr(sel, out.Len, func(i int) error {
					r := n.At(i)
					if r <= 0 || r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
						return fault.New(fault.CodeProgramLimit, "requested character not valid: %d", r)
					}
					return w.End(i, utf8.AppendRune(w.Start(), rune(r)))
				})
			})}}},
		{Names: []string{"ascii", "codepoint"}, Doc: "The Unicode code point of the first character, 0 of ''.", Examples: []Example{{SQL: "ascii('A')", Result: "65"}},
			overs: []overload{{sig: "ascii(varchar) integer", scalar: intFn(func(s []kernel.Strings, i int) (int64, error) {
				t := s[0].At(i)
				if len(t) == 0 {
					return 0, nil
				}
				r, _ := utf8.DecodeRune(t)
				return int64(r), nil
			})}}},
		{Names: []string{"quote_ident"}, Doc: "The name, quoted if it has to be.", Examples: []Example{{SQL: "quote_ident('a b')", Result: `"a b"`}},
			overs: []overload{{sig: "quote_ident(varchar) varchar", scalar: mapText(func(b, s []byte) []byte { return append(b, types.QuoteIdent(string(s))...) })}}},
		{Names: []string{"quote_literal"}, Doc: "The text as a SQL literal.", Examples: []Example{{SQL: "quote_literal('it''s')", Result: `'it''s'`}},
			overs: []overload{{sig: "quote_literal(varchar) varchar", scalar: mapText(quoteLiteral)},
				{sig: "quote_literal(any) varchar", types: notText, explicit: true, dialect: pgOnly, scalar: mapText(quoteLiteral)}}},
	}
}

// quoteLiteral quotes a text; one with a backslash is an escape string, so that it is
// read alike whatever standard_conforming_strings says.
func quoteLiteral(b, s []byte) []byte {
	if bytes.IndexByte(s, '\\') >= 0 {
		s, b = bytes.ReplaceAll(s, []byte(`\`), []byte(`\\`)), append(b, 'E')
	}
	return types.AppendLiteral(b, types.StringOf(types.TVarchar, string(s)))
}

// notText takes one argument that is no text, as its text.
func notText(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 1 || textual(args[0]) {
		return nil, types.Type{}, false
	}
	return allText(0)(args, d)
}
