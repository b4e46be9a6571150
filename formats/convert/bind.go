package convert

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// Bind gives what a file of so many columns reads for each column of a request.
// project says it of one; text is the type of values that are not stored as the
// text that the table declares, which are for TextSource: they come back in stored
// and have no place in binds.
func Bind[B any](r formats.ScanRequest, columns int, project func(p formats.Projection) (b B, text types.Type, err error)) (binds []B, stored map[int]types.Type, err error) {
	stored = map[int]types.Type{}
	for i, p := range r.Columns {
		if p.Column < 0 || p.Column >= columns {
			return nil, nil, fault.New(fault.CodeInternal, "scan of column %d of %d", p.Column, columns)
		}
		b, text, err := project(p)
		switch {
		case err != nil:
			return nil, nil, err
		case text.Kind != types.Unknown:
			stored[i] = text
		default:
			binds = append(binds, b)
		}
	}
	return binds, stored, nil
}

// Part gives the place in a row's type of the field that a projection names.
func Part(t types.Type, name string) (int, error) {
	if t.Kind != types.Row {
		return 0, fault.New(fault.CodeInternal, "projection of field %q of a %s", name, t)
	}
	for i, f := range t.Fields {
		if strings.EqualFold(f.Name, name) {
			return i, nil
		}
	}
	return 0, fault.New(fault.CodeUndefinedColumn, "field %q does not exist in %s", name, t)
}
