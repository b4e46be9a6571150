package types

// Style says how values print, and how ambiguous texts read: the dialect
// (Trino's or PostgreSQL's forms of floats, fractions, zones, booleans and
// intervals) and, for PostgreSQL's, what the settings DateStyle, IntervalStyle
// and extra_float_digits say. The zero value is PostgreSQL's default.
type Style uint32

// The styles of the two dialects.
const (
	PostgresStyle Style = 0
	TrinoStyle    Style = 1
)

// DateFormat is the first half of DateStyle: how dates and timestamps print.
type DateFormat uint8

// The formats, by their example in PostgreSQL's documentation.
const (
	DatesISO      DateFormat = iota // 1997-12-17 07:37:16-08
	DatesSQL                        // 12/17/1997 07:37:16.00 PST
	DatesPostgres                   // Wed Dec 17 07:37:16 1997 PST
	DatesGerman                     // 17.12.1997 07:37:16.00 PST
)

// DateOrder is the second half of DateStyle: what 1/2/3 means.
type DateOrder uint8

// The orders of day, month and year.
const (
	OrderMDY DateOrder = iota
	OrderDMY
	OrderYMD
)

// IntervalFormat is how intervals print.
type IntervalFormat uint8

// The formats of intervals, named as the values of IntervalStyle.
const (
	IntervalsPostgres IntervalFormat = iota
	IntervalsVerbose
	IntervalsSQL
	IntervalsISO
)

// The fields of a Style.
const (
	datesShift    = 1  // 2 bits
	orderShift    = 3  // 2 bits
	intervalShift = 5  // 2 bits
	floatShift    = 7  // 5 bits: 0, or 16 + extra_float_digits where that is not positive
	xsdBit        = 31 // dates as JSON writes them: 1997-12-17T07:37:16-08:00
)

// WithDates gives the style with another DateStyle.
func (st Style) WithDates(f DateFormat, o DateOrder) Style {
	return st&^(3<<datesShift|3<<orderShift) | Style(f)<<datesShift | Style(o)<<orderShift
}

// WithIntervals gives the style with another IntervalStyle.
func (st Style) WithIntervals(f IntervalFormat) Style {
	return st&^(3<<intervalShift) | Style(f)<<intervalShift
}

// WithFloatDigits gives the style with another extra_float_digits (-15 to 3);
// above 0 it means the shortest text that reads back.
func (st Style) WithFloatDigits(n int) Style {
	st &^= 31 << floatShift
	if n <= 0 {
		st |= Style(16+n) << floatShift
	}
	return st
}

// InJSON gives the style of dates and times inside JSON, which DateStyle does
// not change.
func (st Style) InJSON() Style {
	if st == TrinoStyle {
		return st
	}
	return st.WithDates(DatesISO, st.order()).WithFloatDigits(1) | 1<<xsdBit
}

func (st Style) dates() DateFormat         { return DateFormat(st >> datesShift & 3) }
func (st Style) order() DateOrder          { return DateOrder(st >> orderShift & 3) }
func (st Style) intervals() IntervalFormat { return IntervalFormat(st >> intervalShift & 3) }
func (st Style) xsd() bool                 { return st>>xsdBit != 0 }

// floatDigits gives how many digits of a float print that guarantees that many
// by itself (15 or 6); 0: as many as are needed.
func (st Style) floatDigits(guaranteed int) int {
	n := int(st >> floatShift & 31)
	if n == 0 {
		return 0
	}
	return max(1, guaranteed+n-16)
}
