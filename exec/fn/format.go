package fn

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// formatEntries put values into text.
func formatEntries() []*Entry {
	return []*Entry{
		{Names: []string{"format"}, Doc: "Text with values in the places that `%` marks: PostgreSQL's %s (value), %I (identifier) and %L (literal) in the postgres dialect; %s, %d, %f, %e, %x, %o, %b, %c, %h, %n and dates and times by %t with a letter as Java's Formatter in the athena dialect.",
			Examples: []Example{{SQL: "format('Hello %s, %1$L, %I', 'World', 'a b')", Result: `Hello World, 'World', "a b"`}, {SQL: "format('%05d|%,.2f|%-4s|', 42, 1234567.891, 'ab')", Result: "00042|1,234,567.89|ab  |", Athena: true},
				{SQL: "format('%1$tA, %1$tB %1$te, %1$tY at %2$tR', date '2006-07-04', time '09:05:00')", Result: "Tuesday, July 4, 2006 at 09:05", Athena: true}},
			overs: []overload{
				{sig: "format(varchar, any...) varchar", dialect: pgOnly, lenient: true, scalar: eval(formatRows(formatPG))},
				{sig: "format(varchar, any...) varchar", dialect: athenaOnly, lenient: true, scalar: eval(formatRows(formatJava))},
			}},
		{Names: []string{"format_number"}, Doc: "A number shortened to three or so digits with K, M, B, T or Q.", Examples: []Example{{SQL: "format_number(123456)", Result: "123K"}, {SQL: "format_number(1000000)", Result: "1M"}},
			overs: []overload{{sig: "format_number(double) varchar", scalar: eval(formatNumber)}}},
		{Names: []string{"parse_data_size"}, Doc: "The bytes of a size such as 2.3MB; the units are powers of 1024.", Examples: []Example{{SQL: "parse_data_size('2.3MB')", Result: "2411724"}},
			overs: []overload{{sig: "parse_data_size(varchar) numeric", scalar: eval(parseDataSize)}}},
		{Names: []string{"human_readable_seconds"}, Doc: "Seconds as weeks, days, hours, minutes and seconds.", Examples: []Example{{SQL: "human_readable_seconds(3762)", Result: "1 hour, 2 minutes, 42 seconds"}},
			overs: []overload{{sig: "human_readable_seconds(double) varchar", scalar: eval(readableSeconds)}}},
	}
}

// maxFormatWidth bounds what one directive can append.
const maxFormatWidth = 1 << 20

// directive is one %[n$][flags][width][.precision]conversion.
type directive struct {
	arg        int    // 1-based; 0: the next one
	flags      string // of -+ 0,(#<
	width      int    // -1: none
	widthArg   int    // PostgreSQL's *n$; 0 with star: the next argument
	star       bool
	precision  int // -1: none
	conversion byte
	suffix     byte // the letter behind Java's t
}

func (d *directive) has(flag byte) bool { return strings.IndexByte(d.flags, flag) >= 0 }

// parseDirective reads s after a %; n is how many bytes it took.
func parseDirective(s []byte, flags string, stars bool) (d directive, n int, err error) {
	d.width, d.precision = -1, -1
	if v, k := formatInt(s); k > 0 && k < len(s) && s[k] == '$' {
		if v == 0 {
			return d, 0, badFormat("format specifies argument 0, but arguments are numbered from 1")
		}
		d.arg, n = v, k+1
	}
	from := n
	for n < len(s) && strings.IndexByte(flags, s[n]) >= 0 {
		n++
	}
	d.flags = string(s[from:n])
	if stars && n < len(s) && s[n] == '*' {
		d.star = true
		n++
		if v, k := formatInt(s[n:]); k > 0 && n+k < len(s) && s[n+k] == '$' {
			d.widthArg, n = v, n+k+1
		}
	} else if v, k := formatInt(s[n:]); k > 0 {
		d.width, n = v, n+k
	}
	if n < len(s) && s[n] == '.' && !stars {
		v, k := formatInt(s[n+1:])
		if k == 0 {
			return d, 0, badFormat("a precision is missing in the format")
		}
		d.precision, n = v, n+1+k
	}
	if n >= len(s) {
		return d, 0, badFormat("unterminated format() type specifier").WithHint("For a single \"%%\" use \"%%%%\".")
	}
	if d.width > maxFormatWidth || d.precision > maxFormatWidth {
		return d, 0, badFormat("a width or precision of the format is too large")
	}
	d.conversion = s[n]
	if !stars && d.conversion|0x20 == 't' {
		if n++; n >= len(s) {
			return d, 0, badFormat("unknown format conversion %" + string(rune(d.conversion)))
		}
		d.suffix = s[n]
	}
	return d, n + 1, nil
}

// formatInt reads digits; huge numbers stay huge.
func formatInt(s []byte) (v, n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		v = min(v*10+int(s[n]-'0'), 1<<30)
		n++
	}
	return v, n
}

func badFormat(text string) *fault.Error { return fault.New(fault.CodeInvalidParameter, "%s", text) }

// formatArgs are the values of one row.
type formatArgs struct {
	args []*vector.Vector // the values, without the format
	row  int
	next int
	text kernel.TextOptions
	buf  []byte
}

// take gives the argument of a directive.
func (f *formatArgs) take(n int) (*vector.Vector, error) {
	if n == 0 {
		f.next++
		n = f.next
	} else {
		f.next = n
	}
	if n > len(f.args) {
		return nil, badFormat("too few arguments for format()")
	}
	return f.args[n-1], nil
}

// formatRows runs a formatter over the rows.
func formatRows(one func(b []byte, f *formatArgs, d directive) ([]byte, error)) kernel.Kernel {
	return func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, w := kernel.StringsOf(args[0]), kernel.NewTextOut(out)
		f := &formatArgs{args: args[1:], text: kernel.TextOptions{Location: c.Location(), Catalog: info(c), Wire: session(c).Dialect == plan.Postgres}}
		if !f.text.Wire {
			f.text.Style = types.TrinoStyle
		}
		flags, stars := "-", true
		if !f.text.Wire {
			flags, stars = "-+ 0,(#<", false
		}
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if args[0].IsNull(i) {
				out.SetNull(i)
				return w.End(i, w.Start())
			}
			f.row, f.next = i, 0
			b, text := w.Start(), s.At(i)
			for k := 0; k < len(text); k++ {
				if text[k] != '%' {
					b = append(b, text[k])
					continue
				}
				d, n, err := parseDirective(text[k+1:], flags, stars)
				if err != nil {
					return err
				}
				if b, err = one(b, f, d); err != nil {
					return err
				}
				k += n
			}
			return w.End(i, b)
		})
	}
}

// formatPG appends a directive of PostgreSQL's format().
func formatPG(b []byte, f *formatArgs, d directive) ([]byte, error) {
	if d.conversion == '%' {
		return append(b, '%'), nil
	}
	width, left := d.width, d.has('-')
	if d.star {
		v, err := f.take(d.widthArg)
		if err != nil {
			return b, err
		}
		n, err := strconv.Atoi(string(f.text.AppendText(nil, v, f.row)))
		if err != nil && !v.IsNull(f.row) || n > maxFormatWidth || n < -maxFormatWidth {
			return b, badFormat("a width of the format is no number or too large")
		}
		if width = n; n < 0 {
			width, left = -n, true
		}
	}
	v, err := f.take(d.arg)
	if err != nil {
		return b, err
	}
	null := v.IsNull(f.row)
	f.buf = f.text.AppendText(f.buf[:0], v, f.row)
	switch {
	case d.conversion == 's':
	case d.conversion == 'I' && null:
		return b, fault.New("22004", "null values cannot be formatted as an SQL identifier")
	case d.conversion == 'I':
		f.buf = []byte(types.QuoteIdent(string(f.buf)))
	case d.conversion == 'L' && null:
		f.buf = append(f.buf[:0], "NULL"...)
	case d.conversion == 'L':
		f.buf = types.AppendLiteral(nil, types.StringOf(types.TVarchar, string(f.buf)))
	default:
		return b, badFormat("unrecognized format() type specifier \"" + string(rune(d.conversion)) + "\"").WithHint("For a single \"%%\" use \"%%%%\".")
	}
	return appendPadding(b, f.buf, width, left), nil
}

// appendPadding appends text and fills it up to width characters.
func appendPadding(b, text []byte, width int, left bool) []byte {
	n := width - utf8.RuneCount(text)
	if left {
		b = append(b, text...)
	}
	for range max(n, 0) {
		b = append(b, ' ')
	}
	if !left {
		b = append(b, text...)
	}
	return b
}

func formatNumber(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, w := kernel.FixedOf[float64](args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v, unit := x.At(i), 0
		for a := v; (a >= 1000 || a <= -1000) && unit < 5; unit++ {
			a /= 1000
			v = a
		}
		digits := 0
		switch {
		case v > -10 && v < 10:
			digits = 2
		case v > -100 && v < 100:
			digits = 1
		}
		b := strconv.AppendFloat(w.Start(), v, 'f', digits, 64)
		if digits > 0 {
			for b[len(b)-1] == '0' {
				b = b[:len(b)-1]
			}
			if b[len(b)-1] == '.' {
				b = b[:len(b)-1]
			}
		}
		if unit > 0 {
			b = append(b, "KMBTQ"[unit-1])
		}
		return w.End(i, b)
	})
}

func parseDataSize(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := kernel.StringsOf(args[0]), vector.Values[types.Int128](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		text := string(s.At(i))
		number := strings.TrimRight(text, "kKMGTPEZYB")
		power := strings.Index("B kB MB GB TB PB EB ZB YB", strings.Replace(text[len(number):], "KB", "kB", 1))
		d, scale, ok := types.ParseDecimal([]byte(number))
		if !ok || number == text || power < 0 || text[len(number)] == ' ' || d.Sign() < 0 {
			return fault.New(fault.CodeInvalidParameter, "invalid data size: %q", clipped(s.At(i)))
		}
		for range (power + 1) / 3 {
			if d, ok = d.Mul(types.I128(1024)); !ok {
				return fault.New(fault.CodeNumericOutOfRange, "value out of range: %q", clipped(s.At(i)))
			}
		}
		dst[i], _ = d.QuoRem(types.Pow10x128[min(scale, types.MaxDecimalPrecision)])
		return nil
	})
}

func readableSeconds(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, w := kernel.FixedOf[float64](args[0]), kernel.NewTextOut(out)
	units := [...]struct {
		name string
		n    int64
	}{{"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v := x.At(i)
		if !(v > -1e15 && v < 1e15) {
			return fault.New(fault.CodeInvalidParameter, "seconds must be finite and less than 1e15")
		}
		left := int64(max(v, -v) + 0.5)
		b := w.Start()
		from := len(b)
		for _, u := range units {
			n := left / u.n
			left -= n * u.n
			if n == 0 && !(u.n == 1 && len(b) == from) {
				continue
			}
			if len(b) > from {
				b = append(b, ", "...)
			}
			b = strconv.AppendInt(b, n, 10)
			b = append(append(b, ' '), u.name...)
			if n != 1 {
				b = append(b, 's')
			}
		}
		return w.End(i, b)
	})
}
