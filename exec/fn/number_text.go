package fn

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// numberFormat is a compiled template of to_char for numbers: 9 and 0 are digits,
// "." or D the point, "," or G the group separator, S, MI, PL and SG signs, $ and
// other text literal, FM drops the padding.
type numberFormat struct {
	items []numberItem
	whole int // digit places before the point
	frac  int
	fill  bool
	zero  int  // index of the first 0 among the whole digits, -1: none
	sign  bool // a sign item stands in the template
	angle bool // PR
	roman string
	times int  // digits behind V
	shift bool // V
	zeros int  // index of the last item that is a 0
	exp   bool // EEEE
}

type numberItem struct {
	kind byte // '9' digit, '.' point, ',' group, 'S' sign, '-' MI, '+' PL, 't' text
	text string
}

func compileNumber(f string) (*numberFormat, error) {
	n := &numberFormat{zero: -1}
	point := false
	for i := 0; i < len(f); {
		if f[i] == '"' {
			end := strings.IndexByte(f[i+1:], '"')
			if end < 0 {
				end = len(f) - i - 1
			}
			n.items = append(n.items, numberItem{kind: 't', text: f[i+1 : i+1+end]})
			i += end + 2
			continue
		}
		if word, ok := numberWord(f[i:]); ok {
			if err := n.word(word, f[i:i+len(word)]); err != nil {
				return nil, err
			}
			i += len(word)
			continue
		}
		switch c := f[i]; c {
		case '9', '0':
			if n.shift {
				n.times++
			}
			if point {
				n.frac++
			} else {
				if c == '0' && n.zero < 0 {
					n.zero = n.whole
				}
				n.whole++
			}
			if c == '0' {
				n.zeros = len(n.items)
			}
			n.items = append(n.items, numberItem{kind: '9', text: f[i : i+1]})
		case '.', 'D', 'd':
			if point {
				return nil, fault.New(fault.CodeSyntax, "multiple decimal points in number format %q", f)
			}
			point = true
			n.items = append(n.items, numberItem{kind: '.'})
		case ',', 'G', 'g':
			n.items = append(n.items, numberItem{kind: ','})
		case 'S', 's':
			n.sign = true
			n.items = append(n.items, numberItem{kind: 'S'})
		case 'V', 'v':
			if point {
				return nil, fault.New(fault.CodeSyntax, "cannot use \"V\" and decimal point together")
			}
			n.shift = true
			n.items = append(n.items, numberItem{kind: 'V'})
		case 'L', 'l':
			n.items = append(n.items, numberItem{kind: 't', text: " "})
		default:
			n.items = append(n.items, numberItem{kind: 't', text: f[i : i+1]})
		}
		i++
	}
	if n.exp && (n.sign || n.angle || n.roman != "" || n.shift) {
		return nil, fault.New(fault.CodeSyntax, "\"EEEE\" is incompatible with other formats")
	}
	return n, nil
}

// after reports whether the template has an item of a kind so far.
func (n *numberFormat) after(kind byte) bool {
	return slices.ContainsFunc(n.items, func(it numberItem) bool { return it.kind == kind })
}

// numberWord finds a pattern of several letters at the beginning of s.
func numberWord(s string) (string, bool) {
	for _, w := range [...]string{"EEEE", "FM", "MI", "PL", "SG", "PR", "TH", "RN"} {
		if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
			return w, true
		}
	}
	return "", false
}

// word takes a pattern of several letters; written is how it was spelled.
func (n *numberFormat) word(word, written string) error {
	switch word {
	case "FM":
		n.fill = true
	case "PR":
		n.angle = true
	case "RN":
		n.roman = written
	case "TH":
		n.items = append(n.items, numberItem{kind: 'h', text: written})
	case "EEEE":
		if n.exp {
			return fault.New(fault.CodeSyntax, "multiple \"EEEE\" in a number format")
		}
		n.exp = true
	default:
		n.sign = true
		n.items = append(n.items, numberItem{kind: map[string]byte{"MI": '-', "PL": '+', "SG": 'S'}[word]})
	}
	return nil
}

func numberToChar(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	formats, w := kernel.StringsOf(args[1]), kernel.NewTextOut(out)
	var n *numberFormat
	last := ""
	return kernel.EachErr(sel, out.Len, func(i int) (err error) {
		if f := string(formats.At(i)); n == nil || f != last {
			if n, err = compileNumber(f); err != nil {
				return err
			}
			last = f
		}
		d, scale, err := numberAt(args[0], i)
		if err != nil {
			return err
		}
		return w.End(i, n.append(w.Start(), d, scale))
	})
}

// numberAt gives a decimal or double as unscaled value and scale.
func numberAt(v *vector.Vector, i int) (types.Int128, int, error) {
	x := vector.ValueAt(v, i)
	if x.Type.Kind == types.Decimal {
		return x.Dec(), int(x.Type.S), nil
	}
	d, scale, ok := types.ParseDecimal(types.AppendFloat(nil, x.F, 64, types.PostgresStyle))
	if !ok {
		return d, 0, fault.New(fault.CodeNumericOutOfRange, "number %v cannot be formatted", x.F)
	}
	return d, scale, nil
}

// append prints a number; digits that do not fit show as #.
func (n *numberFormat) append(b []byte, d types.Int128, scale int) []byte {
	switch {
	case n.roman != "":
		return n.appendRoman(b, d, scale)
	case n.exp:
		return n.appendExponent(b, d, scale)
	}
	r, ok := d.Rescale(scale, n.frac+n.times)
	neg := r.Sign() < 0
	digits := string(types.AppendDecimal(nil, r.Abs(), 0))
	if n.frac > 0 && len(digits) <= n.frac {
		digits = strings.Repeat("0", n.frac+1-len(digits)) + digits
	}
	whole, frac := digits[:len(digits)-n.frac], digits[len(digits)-n.frac:]
	if n.frac > 0 && strings.Trim(whole, "0") == "" {
		whole = ""
	}
	overflow := !ok || len(whole) > n.whole
	lead := n.whole - len(whole) // places without a digit of the number
	first := lead                // the first place that shows something
	if n.zero >= 0 {
		first = min(first, n.zero)
	}
	if whole == "" && n.zero < 0 && n.frac == 0 {
		first = n.whole - 1
	}
	w := numberWriter{f: n, b: b, whole: whole, frac: frac, lead: lead, first: first, neg: neg, overflow: overflow, signed: n.sign,
		keep: len(strings.TrimRight(frac, "0"))}
	for k, it := range n.items {
		w.item(k, it)
	}
	if n.angle {
		w.mark(neg, '>')
	}
	return w.b
}

// numberWriter prints one number item by item.
type numberWriter struct {
	f             *numberFormat
	b             []byte
	whole, frac   string
	lead          int  // places before the number's first digit
	first         int  // the first place that shows something
	keep          int  // fraction digits up to the last that is not 0, for FM
	neg, overflow bool // the number's sign; whether it has too many digits
	signed        bool // the sign was printed, or is printed by an item
	place, fracAt int
	inFrac        bool
}

// sign prints the sign before the first digit, or a blank in its place.
func (w *numberWriter) sign() {
	if w.signed {
		return
	}
	w.signed = true
	if w.f.angle {
		w.mark(w.neg, '<')
		return
	}
	w.mark(w.neg, '-')
}

// mark prints c or, where templates are padded, a blank.
func (w *numberWriter) mark(on bool, c byte) {
	switch {
	case on:
		w.b = append(w.b, c)
	case !w.f.fill:
		w.b = append(w.b, ' ')
	}
}

func (w *numberWriter) item(k int, it numberItem) {
	switch it.kind {
	case '9':
		w.digit(k, it)
		if !w.inFrac {
			w.place++
		}
	case '.':
		w.sign()
		w.b, w.inFrac = append(w.b, '.'), true
	case ',':
		w.mark(w.inFrac || w.place > w.first || w.overflow, ',')
	case 'S':
		w.b = append(w.b, map[bool]byte{true: '-', false: '+'}[w.neg])
	case 'V':
	case 'h':
		if !w.neg && w.f.frac == 0 {
			th := ordinal(w.last())
			if it.text == "TH" || it.text == "Th" {
				th = strings.ToUpper(th)
			}
			w.b = append(w.b, th...)
		}
	case '-':
		w.mark(w.neg, '-')
	case '+':
		w.mark(!w.neg, '+')
	default:
		w.b = append(w.b, it.text...)
	}
}

func (w *numberWriter) digit(k int, it numberItem) {
	switch {
	case w.overflow:
		w.sign()
		w.b = append(w.b, '#')
	case w.inFrac:
		// FM drops trailing zeros where the template has 9.
		if !w.f.fill || it.text == "0" || w.fracAt < w.keep || k < w.f.zeros {
			w.b = append(w.b, w.frac[w.fracAt])
		}
		w.fracAt++
	case w.place < w.first:
		w.mark(false, 0)
	default:
		w.sign()
		c := byte('0')
		if w.place >= w.lead {
			c = w.whole[w.place-w.lead]
		}
		w.b = append(w.b, c)
	}
}

// last gives the number's last digits, which the ordinal's letters follow.
func (w *numberWriter) last() int64 {
	n, _ := strconv.ParseInt(w.whole[max(len(w.whole)-3, 0):], 10, 64)
	return n
}

// romanDigits are the numerals of 1 to 9 in units, tens, hundreds and thousands.
var romanDigits = [4][10]string{
	{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"},
	{"", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"},
	{"", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"},
	{"", "M", "MM", "MMM"},
}

// romanWidth is how long the longest numeral is: MMMDCCCLXXXVIII.
const romanWidth = 15

func (n *numberFormat) appendRoman(b []byte, d types.Int128, scale int) []byte {
	r, ok := d.Rescale(scale, 0)
	x := r.Int64()
	if !ok || !r.IsInt64() || x < 1 || x > 3999 {
		return append(b, strings.Repeat("#", romanWidth)...)
	}
	s := romanDigits[3][x/1000] + romanDigits[2][x/100%10] + romanDigits[1][x/10%10] + romanDigits[0][x%10]
	if n.roman == strings.ToLower(n.roman) {
		s = strings.ToLower(s)
	}
	if n.fill {
		return append(b, s...)
	}
	return fmt.Appendf(b, "%*s", romanWidth, s)
}

func (n *numberFormat) appendExponent(b []byte, d types.Int128, scale int) []byte {
	x, _ := strconv.ParseFloat(string(types.AppendDecimal(nil, d, scale)), 64)
	s := strconv.AppendFloat(nil, x, 'e', n.frac, 64)
	if s[0] != '-' && !n.fill {
		b = append(b, ' ')
	}
	if e := bytes.IndexByte(s, 'e'); len(s)-e < 4 { // at least two digits
		s = slices.Insert(s, e+2, '0')
	}
	return append(b, s...)
}
