package types

import (
	"math"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestValueTextRoundTrip(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database")
	}
	cases := []struct {
		typ      Type
		in, want string // want "" means the same; "!CODE" an error
	}{
		{TDate, "2024-02-29", ""}, {TDate, "2024-2-9", "2024-02-09"}, {TDate, "20240102", "2024-01-02"}, {TDate, "2024-02-30", "!22008"},
		{TDate, "0044-03-15 BC", ""}, {TDate, "12024-01-01", ""}, {TDate, "abc", "!22007"}, {TDate, " 2024-01-01 ", "2024-01-01"},
		{TDate, "2024-01-01 10:00:00+01", "2024-01-01"}, {TDate, "infinity", ""}, {TDate, "2024-01-011", "!22007"}, {TDate, "", "!22007"},
		{TTimestamp, "2024-01-01", "2024-01-01 00:00:00"}, {TTimestamp, "2024-01-01T01:02:03.5Z", "2024-01-01 01:02:03.5"},
		{TTimestamp, "2024-01-01 23:59:59.9999999", "2024-01-02 00:00:00"}, {TTimestamp, "1969-12-31 23:59:59.999999", ""},
		{TTimestamp, "2024-01-01 25:00", "!22008"}, {TTimestamp, "2024-01-01 24:00", "2024-01-02 00:00:00"}, {TTimestamp, "-infinity", ""},
		{TimestampOf(9), "2024-01-01 00:00:00.123456789", ""}, {TimestampOf(3), "2024-01-01 00:00:00.1235", "2024-01-01 00:00:00.124"},
		{TimestampOf(9), "9999-01-01 00:00:00", "!22008"},
		{TTimestampTZ, "2024-07-01 12:00:00", "2024-07-01 12:00:00+02"}, {TTimestampTZ, "2024-01-01 12:00 UTC", "2024-01-01 13:00:00+01"},
		{TTimestampTZ, "2024-01-01 12:00:00 America/New_York", "2024-01-01 18:00:00+01"}, {TTimestampTZ, "2024-01-01 12:00:00-03:30", "2024-01-01 16:30:00+01"},
		{TTimestampTZ, "2024-03-31 02:30:00", "2024-03-31 03:30:00+02"}, {TTimestampTZ, "2024-10-27 02:30:00", "2024-10-27 02:30:00+01"},
		{TTimestampTZ, "1890-01-01 00:00:00", "1890-01-01 00:00:00+00:53:28"},
		{TTime, "01:02:03.000400", "01:02:03.0004"}, {TTime, "1:02", "01:02:00"}, {TTime, "1:60", "!22008"},
		{TInterval, "1 year 2 months -3 days 04:05:06.7", "1 year 2 mons -3 days +04:05:06.7"}, {TInterval, "1.5 days", "1 day 12:00:00"},
		{TInterval, "2 hours ago", "-02:00:00"}, {TInterval, "P1Y2M3DT4H5M6.5S", "1 year 2 mons 3 days 04:05:06.5"}, {TInterval, "1-2", "1 year 2 mons"},
		{TInterval, "3 04:05:06", "3 days 04:05:06"}, {TInterval, "-1 mons +2 days", "-1 mons +2 days"}, {TInterval, "", "!22007"}, {TInterval, "0", "00:00:00"},
		{TInterval, "1 fortnight", "!22007"}, {TInterval, "90 minutes", "01:30:00"}, {TInterval, "99999999999 years", "!22008"}, {TInterval, "1 week", "7 days"},
		{TBoolean, "YES", "true"}, {TBoolean, "of", "false"}, {TBoolean, "o", "!22P02"}, {TBoolean, "2", "!22P02"},
		{TBigInt, " -9223372036854775808 ", "-9223372036854775808"}, {TBigInt, "9223372036854775808", "!22003"}, {TBigInt, "1.5", "!22P02"},
		{TTinyInt, "128", "!22003"}, {TInteger, "abc", "!22P02"}, {TBigInt, "99999999999999999999999", "!22003"},
		{TDouble, "1e15", "1e+15"}, {TDouble, "123456789012345", ""}, {TDouble, "0.0001", ""}, {TDouble, "0.00001", "1e-05"}, {TDouble, "nan", "NaN"},
		{TDouble, "0x10", "!22P02"}, {TDouble, "1e400", "!22003"}, {TReal, "1e6", "1e+06"}, {TReal, "0.1", ""}, {TDouble, "-Infinity", ""},
		{DecimalOf(5, 2), "1.005", "1.01"}, {DecimalOf(5, 2), "1000", "!22003"}, {DecimalOf(38, 10), "1e3", "1000.0000000000"}, {DecimalOf(5, 2), "x", "!22P02"},
		{TUUID, "{A0EEBC99-9C0B4EF8-BB6D6BB9BD380A11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {TUUID, "a0ee", "!22P02"},
		{TVarbinary, `\x1F 2e`, `\x1f2e`}, {TVarbinary, `a\\b\001`, `\x615c6201`}, {TVarbinary, `\x1`, "!22P02"},
		{ArrayOf(TInteger), "{1,NULL, 3}", "{1,NULL,3}"}, {ArrayOf(TVarchar), `{"a b","c\"d",x}`, `{a b,c"d,x}`}, {ArrayOf(TInteger), "{1,", "!22P02"},
		{ArrayOf(ArrayOf(TInteger)), "{{1},{2,3}}", ""}, {ArrayOf(TInteger), "{a}", "!22P02"}, {TJSON, "{", "!22P02"},
	}
	for _, c := range cases {
		v, err := ParseValue(c.in, c.typ, berlin)
		got := ""
		if err != nil {
			got = "!" + string(fault.As(err).Code)
		} else if c.typ.Kind == TimestampTZ {
			got = string(AppendTimestampTZ(nil, v.I, c.typ, berlin, PostgresStyle))
		} else {
			got = string(AppendValue(nil, v))
		}
		want := c.want
		if want == "" {
			want = c.in
		}
		if got != want {
			t.Errorf("%s %q: got %s, want %s (%v)", c.typ, c.in, got, want, err)
		}
	}
}

func TestIntervalFields(t *testing.T) {
	for _, c := range []struct{ text, from, to, want string }{
		{"1", "day", "", "1 day"}, {"3", "month", "", "3 mons"}, {"1-2", "year", "month", "1 year 2 mons"},
		{"1 02:03:04", "day", "second", "1 day 02:03:04"}, {"02:03", "hour", "minute", "02:03:00"}, {"02:03", "minute", "second", "00:02:03"},
		{"-1 02", "day", "hour", "-1 days -02:00:00"}, {"90", "second", "", "00:01:30"}, {"1 day 2 hours", "", "", "1 day 02:00:00"},
	} {
		v, err := ParseIntervalFields([]byte(c.text), c.from, c.to)
		if got := string(AppendInterval(nil, v, TInterval, PostgresStyle)); err != nil || got != c.want {
			t.Errorf("interval %q %s to %s = %q (%v), want %q", c.text, c.from, c.to, got, err, c.want)
		}
	}
}

func TestTrinoStyle(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{string(AppendFloat(nil, 1, 64, TrinoStyle)), "1.0"},
		{string(AppendFloat(nil, 1e10, 64, TrinoStyle)), "1.0E10"},
		{string(AppendFloat(nil, 1.5e-7, 64, TrinoStyle)), "1.5E-7"},
		{string(AppendTimestamp(nil, 1500, TimestampOf(3), TrinoStyle)), "1970-01-01 00:00:00.001"},
		{string(AppendTimestampTZ(nil, 0, TimestampTZOf(3), time.UTC, TrinoStyle)), "1970-01-01 00:00:00.000 UTC"},
		{string(AppendInterval(nil, IntervalValue{Months: -14}, Type{Kind: Interval, S: IntervalYearMonth}, TrinoStyle)), "-1-2"},
		{string(AppendInterval(nil, IntervalValue{Days: 3, Micros: 3661_500_000}, Type{Kind: Interval, S: IntervalDaySecond}, TrinoStyle)), "3 01:01:01.500"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want string
	}{
		{StringOf(TVarchar, "it's"), "'it''s'"}, {IntOf(TDate, 19723), "DATE '2024-01-01'"}, {NullOf(TBigInt), "NULL"},
		{IntOf(DecimalOf(5, 2), 150), "1.50"}, {FloatOf(TDouble, math.Inf(1)), "double 'Infinity'"},
		{Value{Type: ArrayOf(TBigInt), Kids: []Value{IntOf(TBigInt, 1), IntOf(TBigInt, 2)}}, "ARRAY[1, 2]"},
		{StringOf(TVarbinary, "\x1f"), "X'1f'"}, {BoolOf(true), "true"},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestCivilAgainstTime compares the calendar with package time.
func TestCivilAgainstTime(t *testing.T) {
	for d := int64(-800_000); d < 3_000_000; d += 97 {
		y, m, day := CivilFromDays(d)
		w := time.Unix(d*86400, 0).UTC()
		if int64(w.Year()) != y || int(w.Month()) != m || w.Day() != day || DaysFromCivil(y, m, day) != d {
			t.Fatalf("day %d: %d-%d-%d, want %s", d, y, m, day, w.Format(time.DateOnly))
		}
	}
}

// FuzzParseValue checks that no text breaks a parser and that what was read
// prints as something that reads as the same.
func FuzzParseValue(f *testing.F) {
	kinds := []Type{TDate, TTimestamp, TTimestampTZ, TTime, TInterval, TBoolean, TBigInt, TDouble, DecimalOf(30, 5), TUUID, TVarbinary, ArrayOf(TVarchar), ArrayOf(ArrayOf(TInteger))}
	for i, s := range []string{"2024-01-01", "2024-01-01 10:00:00.5+01", "1 year 2 mons", "{{1},{2}}", "P1DT2H", `\x00`, "1e5", "0001-01-01 BC"} {
		f.Add(s, uint8(i))
	}
	f.Fuzz(func(t *testing.T, s string, k uint8) {
		typ := kinds[int(k)%len(kinds)]
		v, err := ParseValue(s, typ, nil)
		if err != nil || typ.Kind == Array {
			return
		}
		text := string(AppendValue(nil, v))
		w, err := ParseValue(text, typ, nil)
		if err != nil || !(v.Equal(w)) {
			t.Fatalf("%s %q prints as %q, which reads as %v (%v)", typ, s, text, w, err)
		}
	})
}
