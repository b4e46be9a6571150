package peer

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Difference compares rows as sets: the queries order by what they show, and
// rows that tie may come in any order. It gives "" if they are the same.
func Difference(got, want [][]*string) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows, the peer has %d", len(got), len(want))
	}
	if sameTexts(got, want) {
		return ""
	}
	return firstDifference(sorted(got), sorted(want))
}

// OrderedDifference compares rows in their order. It gives "" if they are the same.
func OrderedDifference(got, want [][]*string) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows, the peer has %d", len(got), len(want))
	}
	return firstDifference(got, want)
}

// firstDifference shows the first pair of rows that are not the same.
func firstDifference(g, w [][]*string) string {
	for i := range g {
		for c := range g[i] {
			if c >= len(w[i]) || !sameValue(g[i][c], w[i][c]) {
				return fmt.Sprintf("row %s, the peer has %s", rowKey(g[i]), rowKey(w[i]))
			}
		}
	}
	return ""
}

// sameTexts says whether both hold the same rows, text by text.
func sameTexts(a, b [][]*string) bool {
	count := make(map[string]int, len(a))
	for _, row := range a {
		count[textKey(row)]++
	}
	for _, row := range b {
		k := textKey(row)
		if count[k] == 0 {
			return false
		}
		count[k]--
	}
	return true
}

// textKey is a row as one text; no two rows have the same.
func textKey(row []*string) string {
	var b []byte
	for _, v := range row {
		if v == nil {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(*v))+1)
		b = append(b, *v...)
	}
	return string(b)
}

// sorted orders rows by their values, numbers rounded so that the last digits
// of floating point sums do not decide.
func sorted(rows [][]*string) [][]*string {
	type keyed struct {
		coarse, fine string
		row          []*string
	}
	list := make([]keyed, len(rows))
	for i, row := range rows {
		list[i] = keyed{roundedKey(row, 6), roundedKey(row, 14), row}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		return cmp.Or(strings.Compare(a.coarse, b.coarse), strings.Compare(a.fine, b.fine))
	})
	out := make([][]*string, len(rows))
	for i := range list {
		out[i] = list[i].row
	}
	return out
}

func roundedKey(row []*string, digits int) string {
	var b strings.Builder
	for _, v := range row {
		switch {
		case v == nil:
			b.WriteString("\x00")
		default:
			if f, err := strconv.ParseFloat(*v, 64); err == nil {
				fmt.Fprintf(&b, "%.*g", digits, f+0) // -0 becomes 0
			} else {
				b.WriteString(*v)
			}
		}
		b.WriteString("\x01")
	}
	return b.String()
}

func rowKey(row []*string) string {
	parts := make([]string, len(row))
	for i, v := range row {
		parts[i] = "NULL"
		if v != nil {
			parts[i] = *v
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// sameValue compares texts, or numbers to nine digits or to the decimal places that
// both show; NaN is NaN.
func sameValue(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	if *a == *b {
		return true
	}
	x, err1 := strconv.ParseFloat(*a, 64)
	y, err2 := strconv.ParseFloat(*b, 64)
	if err1 != nil || err2 != nil {
		return false
	}
	if x == y || math.IsNaN(x) && math.IsNaN(y) {
		return true
	}
	return math.Abs(x-y) <= math.Max(1e-9*math.Max(math.Abs(x), math.Abs(y)), rounding(*a, *b))
}

// rounding is a unit of the last decimal place that both numbers show, if
// they show four at least: engines give the average of decimals other scales, and
// some cut.
func rounding(a, b string) float64 {
	shown := math.MaxInt
	for _, t := range []string{a, b} {
		_, decimals, _ := strings.Cut(t, ".")
		shown = min(shown, len(decimals))
	}
	if shown < 4 || strings.ContainsAny(a+b, "eE") {
		return 0
	}
	return 1.000001 * math.Pow10(-shown)
}
