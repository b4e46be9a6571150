package crawl

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
)

// readingOf says what reading does with values of type found in a column of
// type declared: they are cast where the declared type takes what was seen.
func readingOf(format string, declared, found types.Type) DriftAction {
	if reads(textual(format), declared, found) || convert.CanText(found, declared) {
		return DriftWiden
	}
	return DriftFail
}

// textual reports whether a format's values are texts, which are read as the
// column's type whatever type they show (bson and ion are read as JSON).
func textual(format string) bool {
	return format != "parquet" && format != "orc" && format != "avro" && format != "arrow"
}

// reads reports whether values of type found can be read as declared: rows by
// the fields that both have, the members of the others one by one.
func reads(text bool, declared, found types.Type) bool {
	switch {
	case found.Kind == types.Unknown || found.Equal(declared):
		return true
	case found.Kind == types.Row && declared.Kind == types.Row:
		for _, f := range found.Fields {
			if i := fieldIndex(declared.Fields, f.Name); i >= 0 && !reads(text, declared.Fields[i].Type, f.Type) {
				return false
			}
		}
		return true
	case found.Kind == types.Row && textMap(declared):
		return readsAll(text, found.Fields, func(f types.Field) (types.Type, types.Type) { return declared.Value(), f.Type })
	case text && textMap(found) && declared.Kind == types.Row:
		return readsAll(text, declared.Fields, func(f types.Field) (types.Type, types.Type) { return f.Type, found.Value() })
	case found.Kind == types.Array && declared.Kind == types.Array:
		return reads(text, declared.Elem(), found.Elem())
	case found.Kind == types.Map && declared.Kind == types.Map:
		return reads(text, declared.Key(), found.Key()) && reads(text, declared.Value(), found.Value())
	case text:
		return readsText(declared, found)
	}
	t, ok := widen(declared, found)
	return ok && t.Equal(declared)
}

func readsAll(text bool, fields []types.Field, pair func(types.Field) (declared, found types.Type)) bool {
	for _, f := range fields {
		if declared, found := pair(f); !reads(text, declared, found) {
			return false
		}
	}
	return true
}

// readsText reports whether texts that show one type are texts of another.
// Whole numbers show bigint however small they are, and numbers with a fraction
// double: only beyond 64 bits their size is known.
func readsText(declared, found types.Type) bool {
	whole := found.IsInteger() || found.Kind == types.Decimal && found.S == 0
	switch {
	case declared.IsString():
		return true
	case declared.Kind == types.JSON:
		return !found.IsString() && !isDatetime(found)
	case declared.Kind == types.Varbinary:
		return found.IsString()
	case declared.IsInteger():
		return found.IsInteger()
	case declared.Kind == types.Decimal && declared.S == declared.P: // fractions alone
		return found.IsNumeric() && !whole
	case declared.IsNumeric():
		return found.IsNumeric()
	case declared.Kind == types.Date:
		return isDatetime(found) || found.IsInteger() // YYYYMMDD, or days
	case isDatetime(declared):
		return isDatetime(found) || found.IsInteger() || found.IsNumeric() && !whole // milliseconds, or seconds with a fraction
	}
	return false
}

func isDatetime(t types.Type) bool {
	return t.Kind == types.Date || t.Kind == types.Timestamp || t.Kind == types.TimestampTZ
}
