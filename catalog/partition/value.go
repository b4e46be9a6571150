package partition

import (
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// CheckKeyType says whether a type may be a partition key's: anything that one
// text in a folder's name can spell.
func CheckKeyType(t types.Type) error {
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Decimal, types.Real,
		types.Double, types.Varchar, types.Char, types.Name, types.Date, types.Timestamp, types.TimestampTZ:
		return nil
	}
	return fault.New(fault.CodeDatatypeMismatch, "a partition key cannot be of type %s", t)
}

// ParseValue gives the typed value of a partition key's text. HiveNull is NULL.
//
//	unknown      as varchar: a type that Glaux does not have
//	text types   the text itself; char(n) without the padding
//	integers     a sign and digits, in range
//	decimal      rounded nowhere: a digit that the scale cannot hold is an error
//	boolean      true or false, in any case
//	date         2024-01-31
//	timestamp    2024-01-31, 2024-01-31 23:59:59 or with T between, with a fraction; with time zone: UTC
//
// A text that is none of these is a fault with SQLSTATE 22P02.
func ParseValue(t types.Type, text string) (types.Value, error) {
	if text == catalog.HiveNull {
		return types.NullOf(t), nil
	}
	switch t.Kind {
	case types.Varchar, types.Name:
		return types.StringOf(t, text), nil
	case types.Unknown: // kept for other engines: told apart by its text, never read
		return types.StringOf(types.TVarchar, text), nil
	case types.Char:
		return types.StringOf(t, strings.TrimRight(text, " ")), nil
	case types.Boolean:
		switch strings.ToLower(text) {
		case "true":
			return types.BoolOf(true), nil
		case "false":
			return types.BoolOf(false), nil
		}
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt:
		if i, err := strconv.ParseInt(text, 10, t.Phys().Width()*8); err == nil {
			return types.IntOf(t, i), nil
		}
	case types.Real, types.Double:
		if f, err := strconv.ParseFloat(text, t.Phys().Width()*8); err == nil {
			return types.FloatOf(t, f), nil
		}
	case types.Decimal:
		if d, scale, ok := types.ParseDecimal([]byte(text)); ok {
			if v, ok := exactDecimal(t, d, scale); ok {
				return v, nil
			}
		}
	case types.Date, types.Timestamp, types.TimestampTZ:
		if v, ok := parseDatetime(t, text); ok {
			return v, nil
		}
	}
	return types.Value{}, fault.New(fault.CodeInvalidText, "invalid %s %q", t, text)
}

func exactDecimal(t types.Type, d types.Int128, scale int) (types.Value, bool) {
	if scale < 0 || scale > types.MaxDecimalPrecision {
		return types.Value{}, false
	}
	r, ok := d.Rescale(scale, int(t.S))
	if !ok || !r.FitsDecimal(int(t.P)) {
		return types.Value{}, false
	}
	if back, ok := r.Rescale(int(t.S), scale); !ok || back != d {
		return types.Value{}, false
	}
	return types.DecOf(t, r), true
}

// The layouts of dates and timestamps; a fraction after the seconds is taken by
// time.Parse although no layout names it.
var datetimeLayouts = []string{time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04"}

func parseDatetime(t types.Type, text string) (types.Value, bool) {
	layouts := datetimeLayouts
	if t.Kind == types.Date {
		layouts = layouts[:1]
	}
	if t.Kind == types.TimestampTZ {
		layouts = append(layouts[:len(layouts):len(layouts)], time.RFC3339, "2006-01-02 15:04:05Z07:00")
	}
	for _, layout := range layouts {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		switch {
		case t.Kind == types.Date:
			return types.IntOf(t, at.Unix()/86400), true
		case t.UnitsPerSecond() == 1_000_000:
			return types.IntOf(t, at.UnixMicro()), true
		case at.Year() < 1678 || at.Year() > 2261: // outside of what 64 bits of nanoseconds hold
			return types.Value{}, false
		}
		return types.IntOf(t, at.UnixNano()), true
	}
	return types.Value{}, false
}
