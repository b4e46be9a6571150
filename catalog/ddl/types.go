package ddl

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// ParamTypes is the table property that keeps the types of columns for which
// Hive has no word, or another word than the catalog: a JSON object of column
// names and types. CREATE EXTERNAL TABLE takes it out of the properties again.
const ParamTypes = "glaux.column.types"

// opaque marks a type of ParamTypes that the catalog only keeps.
const opaque = "hive:"

// Type writes a type as Hive's data definition does: as Type.Hive, with the
// names of fields quoted that SQL would not read.
func Type(t types.Type) string {
	switch t.Kind {
	case types.Array:
		return "array<" + Type(t.Elem()) + ">"
	case types.Map:
		return "map<" + Type(t.Key()) + "," + Type(t.Value()) + ">"
	case types.Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = fieldName(f.Name) + ":" + Type(f.Type)
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return t.Hive()
}

func fieldName(s string) string {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || s[i] == '_' || i > 0 && s[i] >= '0' && s[i] <= '9') {
			plain = false
		}
	}
	if plain {
		return s
	}
	return Ident(s)
}

// columnType writes a column's type, and what ParamTypes must remember of it
// ("": nothing).
func columnType(c *catalog.Column) (hive, exact string) {
	if c.Type.Kind == types.Unknown {
		return "string", opaque + c.HiveType
	}
	switch e := c.Type.HiveExact(); {
	case c.HiveType != "" && c.HiveType != c.Type.Hive():
		exact = opaque + c.HiveType
	case !lossless(c.Type):
		exact = e
	}
	return Type(c.Type), exact
}

// lossless reports whether Hive's spelling of a type reads back as the type.
func lossless(t types.Type) bool {
	for i := range t.Fields {
		if !lossless(t.Fields[i].Type) {
			return false
		}
	}
	back, err := types.ParseHive(t.Hive())
	return t.IsNested() || err == nil && back.Equal(t)
}

// exactTypes gives the value of ParamTypes for a table; "" if none is needed.
func exactTypes(t *catalog.Table) string {
	m := map[string]string{}
	for _, c := range t.AllColumns() {
		if _, exact := columnType(&c); exact != "" {
			m[c.Name] = exact
		}
	}
	if len(m) == 0 {
		return ""
	}
	text, err := json.Marshal(m) // sorted by name
	if err != nil {
		panic(fmt.Sprintf("ddl: a map of strings is JSON: %v", err))
	}
	return string(text)
}

// RestoreTypes gives the columns of a table the types that ParamTypes keeps,
// and takes the property away.
func RestoreTypes(t *catalog.Table) error {
	text, ok := t.Parameters[ParamTypes]
	if !ok {
		return nil
	}
	var exact map[string]string
	if err := json.Unmarshal([]byte(text), &exact); err != nil {
		return fault.Wrap(err, fault.CodeInvalidParameter, "property %s is no JSON object of types: %v", ParamTypes, err)
	}
	delete(t.Parameters, ParamTypes)
	for _, cols := range [][]catalog.Column{t.Columns, t.PartitionKeys} {
		for i := range cols {
			s, ok := exact[cols[i].Name]
			if !ok {
				continue
			}
			if err := restore(&cols[i], s); err != nil {
				return err
			}
		}
	}
	return nil
}

func restore(c *catalog.Column, text string) error {
	if hive, ok := strings.CutPrefix(text, opaque); ok {
		c.HiveType = hive
		var err error
		if c.Type, err = types.ParseHive(hive); err != nil {
			c.Type = types.TUnknown
		}
		return nil
	}
	typ, err := types.ParseHive(text)
	if err != nil {
		return fault.Wrap(err, fault.CodeInvalidParameter, "property %s: column %q: %v", ParamTypes, c.Name, err)
	}
	c.Type = typ
	return nil
}
