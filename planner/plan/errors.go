package plan

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// ErrorColumn is a column of "t$errors".
type ErrorColumn struct {
	Name  string
	Type  types.Type
	Index int // as ScanColumn.Index
	// Of gives the value of one thing that is wrong; nil for a column of files.
	Of func(x *formats.Reject) types.Value
}

// errorIndex is the Index of the first column of "t$errors" that is none of files.
const errorIndex = -100

// ErrorColumns are the columns of "t$errors" before the partition keys.
var ErrorColumns = func() []ErrorColumn {
	text := func(s []byte, known bool) types.Value {
		if !known {
			return types.NullOf(types.TVarchar)
		}
		return types.StringOf(types.TVarchar, formats.Printable(s))
	}
	number := func(n int64, known bool) types.Value {
		if !known {
			return types.NullOf(types.TBigInt)
		}
		return types.IntOf(types.TBigInt, n)
	}
	out := []ErrorColumn{
		{Name: "object", Type: types.TVarchar, Index: HiddenPath},
		{"line", types.TBigInt, 0, func(x *formats.Reject) types.Value { return number(x.Line, x.Line > 0) }},
		{"row_group", types.TBigInt, 0, func(x *formats.Reject) types.Value { return number(int64(x.Group), x.Group > 0) }},
		{"row_position", types.TBigInt, 0, func(x *formats.Reject) types.Value { return number(x.Offset, x.Offset >= 0) }},
		{"column_name", types.TVarchar, 0, func(x *formats.Reject) types.Value { return text([]byte(x.Column), x.Column != "") }},
		{"raw_value", types.TVarchar, 0, func(x *formats.Reject) types.Value { return text(x.Raw, x.Raw != nil) }},
		{"new_value", types.TVarchar, 0, func(x *formats.Reject) types.Value { return text(x.New, x.New != nil) }},
		{"reason", types.TVarchar, 0, func(x *formats.Reject) types.Value { return text([]byte(x.Trigger.String()), true) }},
		{"action", types.TVarchar, 0, func(x *formats.Reject) types.Value { return text([]byte(x.Action.String()), true) }},
		{"message", types.TVarchar, 0, func(x *formats.Reject) types.Value { return text([]byte(x.Why), true) }},
	}
	for i := range out {
		if out[i].Of != nil {
			out[i].Index = errorIndex - i
		}
	}
	return out
}()

// ErrorColumnOf gives the column of "t$errors" with an index; nil if there is none.
func ErrorColumnOf(index int) *ErrorColumn {
	if i := errorIndex - index; i >= 0 && i < len(ErrorColumns) && ErrorColumns[i].Index == index {
		return &ErrorColumns[i]
	}
	return nil
}
