package convert

import (
	"errors"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Fault makes the error for a value that did not convert, without its place.
// format is the file format's name as a person writes it.
func Fault(err error, format string, to types.Type) *fault.Error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		g := *f
		return &g
	case errors.Is(err, ErrRange):
		return fault.Wrap(err, fault.CodeNumericOutOfRange, "a stored value is out of range for type %s", to)
	}
	return fault.Wrap(err, fault.CodeDataCorrupted, "corrupt %s data: %v", format, err)
}

// Mismatch makes the error for a column that is not stored as anything that
// can be read as the type that a table declares. has names the stored type.
func Mismatch(format, column, has string, to types.Type) *fault.Error {
	return fault.New(fault.CodeDatatypeMismatch, "HIVE_BAD_DATA: field %s of the %s file is %s, which is incompatible with type %s that the table declares", column, format, has, to).
		InColumn(column).
		WithHint("Change the column's type in the table to one that holds the file's values.")
}
