package textval

import "github.com/glauxdb/glaux/catalog/types"

// TextIfUnknown makes text of what no value was seen of, in all depths.
func TextIfUnknown(t types.Type) types.Type {
	if t.Kind == types.Unknown {
		return types.TVarchar
	}
	if len(t.Fields) == 0 {
		return t
	}
	fields := make([]types.Field, len(t.Fields))
	for i, f := range t.Fields {
		fields[i] = types.Field{Name: f.Name, Type: TextIfUnknown(f.Type)}
	}
	t.Fields = fields
	return t
}
