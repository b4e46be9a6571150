package cron

import (
	"fmt"
	"strings"
	"time"
)

// dayOfMonth is the third field.
type dayOfMonth struct {
	plain       set
	beforeLast  []int // L is 0, L-3 is 3
	nearest     []int // 15W
	lastWeekday bool  // LW
}

func (d *dayOfMonth) parse(field string) error {
	for _, item := range strings.Split(strings.ToUpper(field), ",") {
		if err := d.item(item); err != nil {
			return err
		}
	}
	return nil
}

func (d *dayOfMonth) item(item string) error {
	switch {
	case item == "LW" || item == "WL":
		d.lastWeekday = true
		return nil
	case item == "L":
		d.beforeLast = append(d.beforeLast, 0)
		return nil
	case strings.HasPrefix(item, "L-"):
		n, err := number(item[2:])
		if err != nil || n < 1 || n > 30 {
			return fmt.Errorf("%q is not L-1 to L-30", item)
		}
		d.beforeLast = append(d.beforeLast, n)
		return nil
	case strings.HasSuffix(item, "W"):
		n, err := monthday.value(strings.TrimSuffix(item, "W"))
		if err != nil {
			return fmt.Errorf("%q is not a day from 1W to 31W", item)
		}
		d.nearest = append(d.nearest, n)
		return nil
	}
	return monthday.item(&d.plain, item)
}

// days gives the days of a month that are due. A day that the month does not
// have is passed over, also by W.
func (d *dayOfMonth) days(y int, m time.Month) set {
	last := daysIn(y, m)
	var out set
	for n := 1; n <= last; n++ {
		if d.plain.has(n) {
			out.add(n)
		}
	}
	for _, n := range d.beforeLast {
		if last-n >= 1 {
			out.add(last - n)
		}
	}
	for _, n := range d.nearest {
		if n <= last {
			out.add(nearestWeekday(y, m, n))
		}
	}
	if d.lastWeekday {
		n := last
		for weekday(y, m, n) == time.Saturday || weekday(y, m, n) == time.Sunday {
			n--
		}
		out.add(n)
	}
	return out
}

// nearestWeekday gives the day from Monday to Friday that is nearest to one,
// within the month.
func nearestWeekday(y int, m time.Month, n int) int {
	switch weekday(y, m, n) {
	case time.Saturday:
		if n > 1 {
			return n - 1
		}
		return n + 2
	case time.Sunday:
		if n < daysIn(y, m) {
			return n + 1
		}
		return n - 2
	}
	return n
}

// dayOfWeek is the fifth field; days count from 1, Sunday.
type dayOfWeek struct {
	plain set
	last  []int    // 6L: the last Friday of the month
	nth   [][2]int // 6#2: day, which
}

func (d *dayOfWeek) parse(field string) error {
	for _, item := range strings.Split(strings.ToUpper(field), ",") {
		if err := d.item(item); err != nil {
			return err
		}
	}
	return nil
}

func (d *dayOfWeek) item(item string) error {
	if item == "L" {
		d.plain.add(7)
		return nil
	}
	if day, ok := strings.CutSuffix(item, "L"); ok {
		n, err := weekdays.value(day)
		if err != nil {
			return err
		}
		d.last = append(d.last, n)
		return nil
	}
	if day, which, ok := strings.Cut(item, "#"); ok {
		n, err := weekdays.value(day)
		if err != nil {
			return err
		}
		k, err := number(which)
		if err != nil || k < 1 || k > 5 {
			return fmt.Errorf("%q is not a week from 1 to 5", which)
		}
		d.nth = append(d.nth, [2]int{n, k})
		return nil
	}
	return weekdays.item(&d.plain, item)
}

func (d *dayOfWeek) days(y int, m time.Month) set {
	var out set
	last := daysIn(y, m)
	for n := 1; n <= last; n++ {
		w := int(weekday(y, m, n)) + 1
		due := d.plain.has(w)
		for _, l := range d.last {
			due = due || l == w && n+7 > last
		}
		for _, k := range d.nth {
			due = due || k[0] == w && (n-1)/7+1 == k[1]
		}
		if due {
			out.add(n)
		}
	}
	return out
}

func daysIn(y int, m time.Month) int { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func weekday(y int, m time.Month, d int) time.Weekday {
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday()
}
