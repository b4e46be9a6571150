package formattest

import (
	"fmt"
	"strconv"
	"strings"
)

// Number gives the one text of a number that is written in decimal: its sign, its
// digits without zeros around them, and the power of ten that the first of them
// stands below.
func Number(s string) string {
	s = strings.ToLower(s)
	rest := strings.TrimPrefix(s, "-")
	sign := s[:len(s)-len(rest)]
	mantissa, exp, _ := strings.Cut(rest, "e")
	exponent, _ := strconv.Atoi(strings.TrimPrefix(exp, "+"))
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return sign + "0"
	}
	short := strings.TrimRight(digits, "0")
	return fmt.Sprintf("%s%se%d", sign, short, exponent-len(fraction)+len(digits)-len(short))
}
