package csv

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
)

// A column's kind is the join of its non-null fields' kinds (textval.Kind). A
// column of doubles is decimal(38,s) where doubles would lose digits of
// amounts: all fractions have the same s digits, at most 9, none has an
// exponent, and some number has more than 15 significant digits.
type cellKind = textval.Kind

const (
	kindNone  = textval.KindNone
	kindBool  = textval.KindBool
	kindInt   = textval.KindInt
	kindBig   = textval.KindBig
	kindFloat = textval.KindFloat
	kindText  = textval.KindText
	numKinds  = textval.NumKinds
)

func kindOf(s []byte) cellKind { return textval.KindOf(s) }

// columnStat is what the sample shows of one column.
type columnStat struct {
	kind   cellKind
	counts [numKinds]int
	values int // not null

	exponent    bool
	scaleLo     int // fraction digits of the numbers that have a fraction
	scaleHi     int
	digits      int // most significant digits
	whole       int // most digits before the point
	least, most int64
	odd         []byte // a value that is text
	offset      bool   // a timestamp with an offset from UTC
	zeros       int    // texts that are digits with leading zeros
}

// columns takes the sample's fields together. Nulls count for nothing.
func (g guess) columns(header, trim bool) []columnStat {
	out := make([]columnStat, g.width)
	records := g.records
	if header {
		records = records[1:]
	}
	for _, r := range records {
		for i, c := range r[:min(len(r), len(out))] {
			text := c.text
			if trim {
				text = bytes.TrimSpace(text)
			}
			if len(text) > 0 && (c.quoted || !bytes.Equal(text, g.d.null)) {
				out[i].add(text)
			}
		}
	}
	return out
}

func (c *columnStat) add(s []byte) {
	k := kindOf(s)
	c.values++
	c.counts[k]++
	c.kind = c.kind.Join(k)
	switch k {
	case kindInt, kindBig, kindFloat:
		c.number(s, k)
	case kindText:
		if c.odd == nil {
			c.odd = s
		}
		c.offset = c.offset || hasOffset(s)
		if leadingZeros(s) {
			c.zeros++
		}
	}
}

func (c *columnStat) number(s []byte, k cellKind) {
	if k == kindInt {
		v, _ := strconv.ParseInt(string(s), 10, 64)
		if c.counts[kindInt] == 1 {
			c.least, c.most = v, v
		}
		c.least, c.most = min(c.least, v), max(c.most, v)
	}
	s = bytes.TrimPrefix(s, []byte{'-'})
	if bytes.ContainsAny(s, "eE") {
		c.exponent = true
		return
	}
	whole, fraction, ok := bytes.Cut(s, []byte{'.'})
	if ok {
		if c.scaleHi == 0 {
			c.scaleLo = len(fraction)
		}
		c.scaleLo, c.scaleHi = min(c.scaleLo, len(fraction)), max(c.scaleHi, len(fraction))
	}
	c.whole = max(c.whole, len(whole))
	significant := len(bytes.TrimLeft(whole, "0")) + len(fraction)
	if whole[0] == '0' {
		significant = len(bytes.TrimLeft(fraction, "0"))
	}
	c.digits = max(c.digits, significant)
}

// typ gives the column's type by the rules of cellKind.
func (c *columnStat) typ() types.Type {
	if c.kind == kindFloat && !c.exponent && c.scaleLo == c.scaleHi && c.scaleHi <= 9 && c.digits > 15 &&
		c.whole+c.scaleHi <= types.MaxDecimalPrecision {
		return types.DecimalOf(types.MaxDecimalPrecision, c.scaleHi)
	}
	return c.kind.Type()
}

// columnType gives column i's type, with a note where a person may doubt it.
func (f Format) columnType(i int, c columnStat) (t types.Type, note string) {
	if i < len(f.Types) {
		if t = f.Types[i]; t.Kind == types.Decimal && t.P == 0 {
			t = types.DecimalOf(types.MaxDecimalPrecision, min(c.scaleHi, 18))
		}
		return t, ""
	}
	if f.isEpoch(c) {
		return types.TTimestamp, fmt.Sprintf("integers are read as %s since 1970", f.Epoch)
	}
	return c.typ(), c.doubt()
}

// doubt says why a column that could be taken for another type is text.
func (c *columnStat) doubt() string {
	if c.kind != kindText {
		return ""
	}
	most := kindBool
	for k := kindBool; k < kindText; k++ {
		if c.counts[k] > c.counts[most] {
			most = k
		}
	}
	switch n := c.counts[most]; {
	case c.offset:
		return "timestamps with an offset from UTC stay varchar"
	case c.zeros > 0 && c.zeros == c.counts[kindText] && c.counts[kindInt]+c.zeros == c.values:
		return "numbers with leading zeros stay varchar"
	case n > 0 && n*10 >= c.values*8:
		return fmt.Sprintf("varchar, though %d of %d values are %s; one that is not: %q", n, c.values, most, clip(c.odd))
	}
	return ""
}

// isEpoch reports whether a column of integers is points in time, where the
// classifier says that there are such: all lie in the years 2000 to 2100.
func (f Format) isEpoch(c columnStat) bool {
	return f.Epoch != textval.EpochNone && c.kind == kindInt && f.Epoch.Plausible(c.least) && f.Epoch.Plausible(c.most)
}

func clip(s []byte) []byte { return textval.Cut(s, 40) }

func allDigits(s []byte) bool {
	return len(s) > 0 && len(bytes.Trim(s, "0123456789")) == 0
}

func leadingZeros(s []byte) bool { return len(s) > 1 && s[0] == '0' && allDigits(s) }

// hasOffset recognizes a timestamp with an offset from UTC.
func hasOffset(s []byte) bool {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[13] != ':' {
		return false
	}
	_, err := types.ParseTimestampTZ(s, types.TTimestampTZ, nil)
	return err == nil && bytes.ContainsAny(s[16:], "+-")
}
