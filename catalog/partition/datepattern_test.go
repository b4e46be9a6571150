package partition

import (
	"testing"
	"time"
)

func TestDatePattern(t *testing.T) {
	at := time.Date(2024, 2, 9, 15, 4, 5, 678e6, time.UTC).UnixMilli()
	for _, c := range []struct {
		pattern, text string
		back          string // what parse makes of it, RFC 3339; "": fails
		ordered       bool
	}{
		{"yyyy-MM-dd", "2024-02-09", "2024-02-09T00:00:00Z", true},
		{"yyyy/MM/dd/HH", "2024/02/09/15", "2024-02-09T15:00:00Z", true},
		{"yyyyMMddHHmmss", "20240209150405", "2024-02-09T15:04:05Z", true},
		{"uuuu-MM-dd'T'HH:mm:ss.SSS", "2024-02-09T15:04:05.678", "2024-02-09T15:04:05.678Z", true},
		{"yyyy-MM-dd HH:mm:ss.SSSSSS'Z'", "2024-02-09 15:04:05.678000Z", "2024-02-09T15:04:05.678Z", true},
		{"'year='yyyy'/month='M", "year=2024/month=2", "2024-02-01T00:00:00Z", false},
		{"d-M-yyyy", "9-2-2024", "2024-02-09T00:00:00Z", false},
		{"dd MMM yyyy", "09 Feb 2024", "2024-02-09T00:00:00Z", false},
		{"EEEE, d MMMM yy", "Friday, 9 February 24", "2024-02-09T00:00:00Z", false},
		{"yyyy-DDD", "2024-040", "2024-02-09T00:00:00Z", true},
		{"hh a", "03 PM", "1970-01-01T15:00:00Z", false},
		{"K kk", "3 15", "1970-01-01T15:00:00Z", false},
		{"yyyy'Q'Q", "2024Q1", "2024-01-01T00:00:00Z", false},
		{"yyyy-MM-dd''X", "2024-02-09'Z", "2024-02-09T00:00:00Z", false},
		{"yyyy", "2024", "2024-01-01T00:00:00Z", true},
		{"MM", "02", "1970-02-01T00:00:00Z", false},
		{"yMd", "202429", "2024-02-09T00:00:00Z", false},
	} {
		p, err := parseDatePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := p.format(at); got != c.text {
			t.Errorf("%s gives %s, want %s", c.pattern, got, c.text)
		}
		if p.ordered != c.ordered {
			t.Errorf("%s: ordered is %v", c.pattern, p.ordered)
		}
		ms, ok := p.parse(c.text)
		if back := time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z"); ok != (c.back != "") || ok && back != c.back {
			t.Errorf("%s reads %s as %s, %v, want %s", c.pattern, c.text, back, ok, c.back)
		}
	}
	p, err := parseDatePattern("yyyy-MM-dd HH")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"", "2024-02-30 00", "2024-13-01 00", "2024-02-09 24", "2024-02-09 1", "2024-02-09 011", "x024-02-09 01", "2024-00-01 00"} {
		if ms, ok := p.parse(s); ok {
			t.Errorf("%q is read as %v", s, time.UnixMilli(ms).UTC())
		}
	}
	for _, s := range []string{"", "--", "YYYY-MM-dd", "yyyy-MM-dd'T", "yyy", "GG", "ww", "HHH", "VV"} {
		if _, err := parseDatePattern(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestDateStep(t *testing.T) {
	date := func(s string) int64 {
		at, err := time.Parse("2006-01-02T15", s)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMilli()
	}
	for _, c := range []struct {
		unit  string
		n     int64
		from  string
		want  string
		count int64 // of steps between the two, if n is 1
	}{
		{"MONTHS", 1, "2024-01-31T05", "2024-02-29T05", 2},
		{"month", 13, "2023-01-31T00", "2024-02-29T00", 14},
		{"Years", -1, "2024-02-29T00", "2023-02-28T00", 0},
		{"DAYS", 3, "2024-02-28T00", "2024-03-02T00", 4},
		{"WEEKS", 1, "2024-12-30T01", "2025-01-06T01", 2},
		{"HOUR", -25, "2024-01-02T00", "2023-12-31T23", 0},
	} {
		step, ok := parseUnit(c.unit)
		got, in := step.add(date(c.from), c.n)
		if !ok || !in || got != date(c.want) {
			t.Errorf("%s %+d %s is %v, want %s", c.from, c.n, c.unit, time.UnixMilli(got).UTC(), c.want)
		}
		if n := step.count(date(c.from), date(c.want)); n != c.count {
			t.Errorf("%s to %s: %d times %s, want %d", c.from, c.want, n, c.unit, c.count)
		}
	}
	if _, ok := parseUnit("CENTURIES"); ok {
		t.Error("a century is a unit")
	}
	if _, ok := stepOf["YEAR"].add(0, 1<<40); ok {
		t.Error("there is a year 2^40")
	}
	ms := time.Date(2024, 5, 17, 13, 14, 15, 16e6, time.UTC).UnixMilli()
	for unit, want := range map[dateUnit]string{unitYear: "2024-01-01T00:00:00", unitMonth: "2024-05-01T00:00:00", unitDay: "2024-05-17T00:00:00",
		unitHour: "2024-05-17T13:00:00", unitMinute: "2024-05-17T13:14:00", unitSecond: "2024-05-17T13:14:15", unitMilli: "2024-05-17T13:14:15.016"} {
		if got := time.UnixMilli(unit.floor(ms)).UTC().Format("2006-01-02T15:04:05.999"); got != want {
			t.Errorf("unit %d: %s, want %s", unit, got, want)
		}
	}
}

// FuzzDatePattern: what a pattern spells, it reads as the same text again.
func FuzzDatePattern(f *testing.F) {
	f.Add("yyyy-MM-dd'T'HH:mm:ss.SSS", int64(1_700_000_000_000), "2024-01-01")
	f.Add("EEE d MMM yyyy h a", int64(-1), "9 1")
	f.Fuzz(func(t *testing.T, pattern string, ms int64, text string) {
		p, err := parseDatePattern(pattern)
		if err != nil {
			return
		}
		p.parse(text)
		if ms < minMillis || ms > maxMillis {
			return
		}
		s := p.format(ms)
		if back, ok := p.parse(s); ok && p.ordered && p.format(back) != s {
			t.Fatalf("%q spells %q, which it reads as %q", pattern, s, p.format(back))
		}
	})
}
