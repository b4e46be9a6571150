package fn

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// phoneticEntries compare and check text, and the rest of the string functions
// that are rarely hot.
func phoneticEntries() []*Entry {
	return []*Entry{
		{Names: []string{"levenshtein_distance", "levenshtein"}, Doc: "The least number of characters to insert, delete or replace to get from one text to the other.", Examples: []Example{{SQL: "levenshtein_distance('kitten', 'sitting')", Result: "3"}},
			overs: []overload{{sig: "levenshtein_distance(varchar, varchar) bigint", scalar: eval(levenshteins)}}},
		{Names: []string{"hamming_distance"}, Doc: "The number of positions at which two texts of one length differ.", Examples: []Example{{SQL: "hamming_distance('abc', 'axc')", Result: "1"}},
			overs: []overload{{sig: "hamming_distance(varchar, varchar) bigint", scalar: intFn(hamming)}}},
		{Names: []string{"soundex"}, Doc: "A code of how an English word sounds.", Examples: []Example{{SQL: "soundex('Robert')", Result: "R163"}, {SQL: "soundex('Tymczak')", Result: "T522"}},
			overs: []overload{{sig: "soundex(varchar) varchar", scalar: mapText(soundex)}}},
		{Names: []string{"luhn_check"}, Doc: "Whether digits end with their right check digit (Luhn's algorithm).", Examples: []Example{{SQL: "luhn_check('79927398713')", Result: "true"}},
			overs: []overload{{sig: "luhn_check(varchar) boolean", scalar: boolFn(luhn)}}},
		{Names: []string{"normalize"}, Doc: "The text in Unicode's normal form NFC, or the given one.", Examples: []Example{{SQL: "length(normalize(U&'a\\0308'))", Result: "1"}, {SQL: "normalize('ﬁ', 'NFKC')", Result: "fi"}},
			overs: []overload{{sig: "normalize(varchar) varchar", scalar: textFn(normalize)}, {sig: "normalize(varchar, varchar) varchar", scalar: textFn(normalize)}}},
		{Names: []string{"quote_nullable"}, Doc: "The text as a SQL literal; NULL for NULL.", Examples: []Example{{SQL: "quote_nullable(null)", Result: "NULL"}},
			overs: []overload{{sig: "quote_nullable(varchar) varchar", lenient: true, scalar: eval(quoteNullable)}}},
		{Names: []string{"unistr"}, Doc: "The text with `\\XXXX`, `\\+XXXXXX`, `\\uXXXX` and `\\UXXXXXXXX` as the characters that they number.", Examples: []Example{{SQL: `unistr('d\0061t\+000061')`, Result: "data"}},
			overs: []overload{{sig: "unistr(varchar) varchar", scalar: textFn(unistr)}}},
		{Names: []string{"char2hexint"}, Doc: "The text's UTF-16 code units in hexadecimal digits.", Examples: []Example{{SQL: "char2hexint('ab')", Result: "00610062"}},
			overs: []overload{{sig: "char2hexint(varchar) varchar", scalar: mapText(charHex)}}},
	}
}

// maxEditProduct bounds the work of one levenshtein distance.
const maxEditProduct = 100_000_000

func levenshteins(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := strs(args), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) (err error) {
		dst[i], err = levenshtein(c, []rune(string(s[0].At(i))), []rune(string(s[1].At(i))))
		return err
	})
}

// levenshtein fills the matrix of distances row by row, keeping one row. The pairs of
// two long texts take a second: the query's end is looked for once a row.
func levenshtein(ctx *kernel.EvalCtx, a, b []rune) (int64, error) {
	if len(a)*len(b) > maxEditProduct {
		return 0, fault.New(fault.CodeProgramLimit, "the texts are too long: %d and %d characters", len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for x, c := range a {
		diagonal := row[0]
		row[0] = x + 1
		if err := ctx.Check(); err != nil {
			return 0, err
		}
		for y, d := range b {
			cost := diagonal
			if c != d {
				cost = min(diagonal, row[y], row[y+1]) + 1
			}
			diagonal, row[y+1] = row[y+1], cost
		}
	}
	return int64(row[len(b)]), nil
}

func hamming(s []kernel.Strings, i int) (n int64, err error) {
	a, b := s[0].At(i), s[1].At(i)
	for len(a) > 0 && len(b) > 0 {
		c, k := utf8.DecodeRune(a)
		d, l := utf8.DecodeRune(b)
		if c != d {
			n++
		}
		a, b = a[k:], b[l:]
	}
	if len(a)+len(b) > 0 {
		return 0, fault.New(fault.CodeInvalidParameter, "the input strings must have the same length")
	}
	return n, nil
}

// soundex is the American Soundex code of the US National Archives: letters of one
// code next to each other, or parted by h or w, count once.
func soundex(b, s []byte) []byte {
	const codes = "01230120022455012623010202" // a..z
	n, last := len(b), byte(0)
	for _, c := range s {
		c &^= 0x20
		if c < 'A' || c > 'Z' {
			continue
		}
		code := codes[c-'A']
		switch {
		case len(b) == n:
			b = append(b, c)
		case code != '0' && code != last:
			b = append(b, code)
		}
		if c != 'H' && c != 'W' {
			last = code
		}
		if len(b) == n+4 {
			return b
		}
	}
	for len(b) > n && len(b) < n+4 {
		b = append(b, '0')
	}
	return b
}

func luhn(s []kernel.Strings, i int) bool {
	digits, sum := s[0].At(i), 0
	for k := range digits {
		d := int(digits[len(digits)-1-k]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(digits) > 0 && sum%10 == 0
}

func normalize(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	form := norm.NFC
	if len(s) > 1 {
		f, ok := map[string]norm.Form{"nfc": norm.NFC, "nfd": norm.NFD, "nfkc": norm.NFKC, "nfkd": norm.NFKD}[string(lower(nil, s[1].At(i)))]
		if !ok {
			return b, fault.New(fault.CodeInvalidParameter, "invalid normalization form: %q", clipped(s[1].At(i)))
		}
		form = f
	}
	return form.Append(b, s[0].At(i)...), nil
}

func charHex(b, s []byte) []byte {
	const digits = "0123456789ABCDEF"
	unit := func(u rune) { b = append(b, digits[u>>12&15], digits[u>>8&15], digits[u>>4&15], digits[u&15]) }
	for _, r := range string(s) {
		if r >= 0x10000 {
			unit(0xd800 + (r-0x10000)>>10)
			r = 0xdc00 + (r-0x10000)&0x3ff
		}
		unit(r)
	}
	return b
}

func quoteNullable(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, w := kernel.StringsOf(args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if args[0].IsNull(i) {
			return w.End(i, append(w.Start(), "NULL"...))
		}
		return w.End(i, quoteLiteral(w.Start(), s.At(i)))
	})
}
