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
