package textval

import (
	"bytes"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// months are the names in Redshift Spectrum's dates, three letters each.
const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// namedDate reads the dates of Redshift Spectrum that name the month, in any
// case: mmm-dd-yyyy, dd-mmm-yyyy and yyyy-mmm-dd. Years of two digits lie in 1970 to
// 2069. mm-dd-yyyy is no date here: half of the world means dd-mm-yyyy by it.
func namedDate(s []byte) (days int32, ok bool) {
	parts := bytes.Split(s, []byte{'-'})
	if len(parts) != 3 {
		return 0, false
	}
	at, month := -1, 0
	for i, p := range parts {
		if len(p) == 3 && p[0] > '9' {
			n := strings.Index(months, strings.ToLower(string(p)))
			if at >= 0 || n < 0 || n%3 != 0 {
				return 0, false
			}
			at, month = i, n/3+1
		}
	}
	if at < 0 || at == 2 {
		return 0, false
	}
	day, year := parts[1-at], parts[2] // mmm-dd-yyyy, dd-mmm-yyyy
	if len(parts[0]) == 4 {
		day, year = parts[2], parts[0]
	}
	y, m, d := number(year), month, number(day)
	switch {
	case len(day) > 2 || y < 0 || d < 1:
		return 0, false
	case len(year) == 2 && y < 70:
		y += 2000
	case len(year) == 2:
		y += 1900
	case len(year) != 4 || y < 1:
		return 0, false
	}
	if d > types.DaysInMonth(int64(y), m) {
		return 0, false
	}
	return civil(y, m, d), true
}

// number reads digits; -1 if there are others, none, or more than four.
func number(s []byte) (n int) {
	if len(s) == 0 || len(s) > 4 {
		return -1
	}
	for _, c := range s {
		if c-'0' > 9 {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}
