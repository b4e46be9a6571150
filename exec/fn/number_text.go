package fn

import (
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
}

type numberItem struct {
	kind byte // '9' digit, '.' point, ',' group, 'S' sign, '-' MI, '+' PL, 't' text
	text string
}

func compileNumber(f string) (*numberFormat, error) {
	n := &numberFormat{zero: -1}
	point := false
	for i := 0; i < len(f); {
		up := strings.ToUpper(f[i:min(i+2, len(f))])
		switch {
		case up == "FM":
			n.fill = true
			i += 2
			continue
		case up == "MI" || up == "PL" || up == "SG":
			n.sign = true
			n.items = append(n.items, numberItem{kind: map[string]byte{"MI": '-', "PL": '+', "SG": 'S'}[up]})
			i += 2
			continue
		}
		switch c := f[i]; c {
		case '9', '0':
			if point {
				n.frac++
			} else {
				if c == '0' && n.zero < 0 {
					n.zero = n.whole
				}
				n.whole++
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
		default:
			n.items = append(n.items, numberItem{kind: 't', text: f[i : i+1]})
		}
		i++
	}
	return n, nil
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
	r, ok := d.Rescale(scale, n.frac)
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
		if !w.f.fill || it.text == "0" || w.fracAt < w.keep || w.f.zeroAfter(k) {
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

// zeroAfter reports whether a 0 follows among the fraction's digits.
func (n *numberFormat) zeroAfter(k int) bool {
	for _, it := range n.items[k+1:] {
		if it.kind == '9' && it.text == "0" {
			return true
		}
	}
	return false
}
