package cron

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// set is a set of small numbers, up to those of 230 years.
type set [4]uint64

func (s *set) add(n int)     { s[n/64] |= 1 << (n % 64) }
func (s set) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// list gives the members in ascending order.
func (s set) list() []int {
	var out []int
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			out = append(out, 64*w+bits.TrailingZeros64(word))
		}
	}
	return out
}

// span is what a field's values are.
type span struct {
	lo, hi int
	names  []string // of lo, lo+1, ...; nil: numbers only
	wraps  bool     // a range may go over the end
}

var (
	minutes  = span{lo: 0, hi: 59, wraps: true}
	hours    = span{lo: 0, hi: 23, wraps: true}
	monthday = span{lo: 1, hi: 31, wraps: true}
	months   = span{1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}, true}
	weekdays = span{1, 7, []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}, true}
	years    = span{lo: firstYear, hi: lastYear}
)

// parse reads a list of values, ranges and steps. Years come as distances from
// the first.
func (p span) parse(field string) (set, error) {
	var out set
	for _, item := range strings.Split(field, ",") {
		if err := p.item(&out, item); err != nil {
			return out, err
		}
	}
	return out, nil
}

// item adds *, a, a-b, and each of them with /step: a/step goes on to the end.
func (p span) item(out *set, item string) error {
	base, stepText, stepped := strings.Cut(item, "/")
	step := 1
	if stepped {
		var err error
		if step, err = number(stepText); err != nil || step < 1 || step > p.hi-p.lo+1 {
			return fmt.Errorf("%q is no step from 1 to %d", stepText, p.hi-p.lo+1)
		}
	}
	lo, hi := p.lo, p.hi
	if base != "*" {
		first, last, ranged := strings.Cut(base, "-")
		var err error
		if lo, err = p.value(first); err != nil {
			return err
		}
		switch {
		case ranged:
			if hi, err = p.value(last); err != nil {
				return err
			}
		case !stepped:
			hi = lo
		}
	}
	if hi < lo {
		if !p.wraps {
			return fmt.Errorf("the range %s goes backwards", base)
		}
		hi += p.hi - p.lo + 1
	}
	shift := 0
	if p.lo == firstYear {
		shift = firstYear
	}
	for n := lo; n <= hi; n += step {
		v := n
		if v > p.hi {
			v -= p.hi - p.lo + 1
		}
		out.add(v - shift)
	}
	return nil
}

// value reads a number or a name in any case.
func (p span) value(text string) (int, error) {
	for i, name := range p.names {
		if strings.EqualFold(name, text) {
			return p.lo + i, nil
		}
	}
	n, err := number(text)
	if err != nil || n < p.lo || n > p.hi {
		return 0, fmt.Errorf("%q is not a value from %s", text, p.bounds())
	}
	return n, nil
}

func (p span) bounds() string {
	text := fmt.Sprintf("%d to %d", p.lo, p.hi)
	if p.names != nil {
		text += fmt.Sprintf(" or %s to %s", p.names[0], p.names[len(p.names)-1])
	}
	return text
}

// number reads digits alone: no sign, no blanks, and few of them.
func number(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	return int(n), err
}
