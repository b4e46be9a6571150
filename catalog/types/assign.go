package types

// CanAssign reports whether a value of type from may be stored in a column of
// type to without a cast being written: what is implicit, numbers among each
// other, dates and times among each other, and anything as text (PostgreSQL's
// assignment casts, chapter 10.4).
func CanAssign(from, to Type) bool {
	switch {
	case from.Kind == Unknown || from.Equal(to) || from.Kind == to.Kind && !from.IsNested():
		return true
	case from.IsNested() && from.Kind == to.Kind:
		if len(from.Fields) != len(to.Fields) {
			return false
		}
		for i := range from.Fields {
			if !CanAssign(from.Fields[i].Type, to.Fields[i].Type) {
				return false
			}
		}
		return true
	case to.IsString():
		return CanCast(from, to)
	case from.IsNumeric():
		return to.IsNumeric() || from.IsInteger() && to.Kind == OID
	case from.Kind == OID:
		return to.IsInteger()
	case from.IsDatetime() && to.IsDatetime():
		return CanCast(from, to)
	}
	return false
}
