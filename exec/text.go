package exec

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
)

// TextOptions says how values print in this session as it is now: in its time
// zone, in PostgreSQL's forms.
func (s *Session) TextOptions() *kernel.TextOptions {
	bytea, _ := s.set.get("bytea_output")
	return &kernel.TextOptions{Location: s.location(), Style: s.style(), Wire: true, EscapeBytes: bytea == "escape"}
}

// style gives what DateStyle, IntervalStyle and extra_float_digits say.
func (s *Session) style() types.Style {
	st := types.PostgresStyle
	dates, _ := s.set.get("datestyle")
	format, order, _ := strings.Cut(dates, ", ")
	st = st.WithDates(dateFormats[format], dateOrders[order])
	intervals, _ := s.set.get("intervalstyle")
	st = st.WithIntervals(intervalFormats[intervals])
	digits, _ := s.set.get("extra_float_digits")
	if n, err := strconv.Atoi(digits); err == nil {
		st = st.WithFloatDigits(n)
	}
	return st
}

// The words of the settings DateStyle and IntervalStyle, as they are stored.
var (
	dateFormats = map[string]types.DateFormat{"ISO": types.DatesISO, "SQL": types.DatesSQL, "Postgres": types.DatesPostgres,
		"German": types.DatesGerman}
	dateOrders      = map[string]types.DateOrder{"MDY": types.OrderMDY, "DMY": types.OrderDMY, "YMD": types.OrderYMD}
	intervalFormats = map[string]types.IntervalFormat{"postgres": types.IntervalsPostgres,
		"postgres_verbose": types.IntervalsVerbose, "sql_standard": types.IntervalsSQL, "iso_8601": types.IntervalsISO}
)
