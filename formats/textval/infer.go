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

// Spelling gives the most frequent spelling of a name, of equally frequent ones
// the last in the order of bytes, where lower case stands.
func Spelling(counts map[string]int) string {
	best, n := "", 0
	for s, k := range counts {
		if k > n || k == n && s > best {
			best, n = s, k
		}
	}
	return best
}
