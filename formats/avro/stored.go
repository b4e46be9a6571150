package avro

import "github.com/glauxdb/glaux/catalog/types"

// StoredType implements formats.Typed.
func (f *File) StoredType(col int) types.Type { return f.binds[col].conv.From.Type }
