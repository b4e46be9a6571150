package peer

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Difference compares rows as sets: the queries order by what they show, and
// rows that tie may come in any order. It gives "" if they are the same.
func Difference(got, want [][]*string) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows, the peer has %d", len(got), len(want))
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

// sorted orders rows by their values, numbers rounded so that the last digits
// of floating point sums do not decide.
func sorted(rows [][]*string) [][]*string {
	out := append([][]*string(nil), rows...)
	sort.SliceStable(out, func(i, j int) bool {
		if x, y := roundedKey(out[i], 6), roundedKey(out[j], 6); x != y {
			return x < y
		}
		return roundedKey(out[i], 14) < roundedKey(out[j], 14)
	})
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
