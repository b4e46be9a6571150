package partition

import (
	"math"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// integers is a projection over a range of whole numbers.
type integers struct {
	col      types.Type
	min, max int64
	step     int64
	digits   int // zero-padded to; 0: not
}

func parseInteger(k keyProps) (projectedKey, error) {
	low, high, err := k.twoParts("range")
	if err != nil {
		return nil, err
	}
	n := integers{col: k.col.Type, step: 1}
	for _, end := range []struct {
		text string
		to   *int64
	}{{low, &n.min}, {high, &n.max}} {
		if *end.to, err = strconv.ParseInt(end.text, 10, 64); err != nil {
			return nil, k.fault("range", "%q is not a 64-bit integer", end.text)
		}
	}
	if n.min > n.max {
		return nil, k.fault("range", "%d is greater than %d", n.min, n.max)
	}
	if text, ok := k.get("interval"); ok {
		if n.step, err = strconv.ParseInt(strings.TrimSpace(text), 10, 64); err != nil || n.step < 1 {
			return nil, k.fault("interval", "%q is not a positive integer", text)
		}
	}
	if text, ok := k.get("digits"); ok {
		if n.digits, err = strconv.Atoi(strings.TrimSpace(text)); err != nil || n.digits < 1 || n.digits > 100 {
			return nil, k.fault("digits", "%q is not a number of digits", text)
		}
	}
	if uint64(n.max)-uint64(n.min) >= math.MaxInt64 {
		return nil, k.fault("range", "%d,%d spans more than 2^63-1 values", n.min, n.max)
	}
	for _, end := range []int64{n.min, n.max} {
		if _, err := ParseValue(n.col, n.text(end)); err != nil {
			return nil, k.fault("range", "%s is not a value of the column's type %s", n.text(end), n.col.Hive())
		}
	}
	return n, nil
}

// text spells a number as it stands in paths.
func (n integers) text(v int64) string {
	s := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, s = "-", s[1:]
	}
	if pad := n.digits - len(s) - len(sign); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	return sign + s
}

func (n integers) series(int64) series { return n }

func (n integers) count() int64 {
	return (n.max-n.min)/n.step + 1
}

func (n integers) at(i int64) candidate {
	text := n.text(n.min + i*n.step)
	v, _ := ParseValue(n.col, text) // both ends of the range are values, so is what lies between
	return candidate{text, v}
}

// ascending: numbers are; texts only where all have the same length.
func (n integers) ascending() bool {
	switch n.col.Kind {
	case types.Varchar, types.Char, types.Name:
		return n.min >= 0 && len(n.text(n.min)) == len(n.text(n.max))
	}
	return true
}

func (n integers) find(v types.Value) int64 {
	i, err := strconv.ParseInt(v.S, 10, 64)
	if err != nil || i < n.min || i > n.max {
		return -1
	}
	return int64((uint64(i) - uint64(n.min)) / uint64(n.step))
}
