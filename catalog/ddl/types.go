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

// Type writes a type as Hive's data definition does.
func Type(t types.Type) string { return spell(t, false) }

// spell writes a type; exact also where Hive has no word for it.
func spell(t types.Type, exact bool) string {
	switch t.Kind {
	case types.Array:
		return "array<" + spell(t.Elem(), exact) + ">"
	case types.Map:
		return "map<" + spell(t.Key(), exact) + "," + spell(t.Value(), exact) + ">"
	case types.Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = fieldName(f.Name) + ":" + spell(f.Type, exact)
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	case types.Timestamp:
		if !exact || t.P == types.TTimestamp.P {
			return "timestamp"
		}
		return t.String()
	case types.TimestampTZ, types.Time, types.UUID, types.JSON:
		if exact {
			return t.String()
		}
	case types.Interval:
		if exact {
			return t.String()
		}
	}
	return t.Hive()
}

// fieldName writes the name of a struct's field, quoted where it must be.
func fieldName(s string) string {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || s[i] == '_' || i > 0 && c >= '0' && c <= '9') {
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
	hive = Type(c.Type)
	switch e := spell(c.Type, true); {
	case c.HiveType != "" && c.HiveType != hive && c.HiveType != c.Type.Hive():
		exact = opaque + c.HiveType
	case e != hive:
		exact = e
	}
	return hive, exact
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
// and takes the property away. parse reads the spelling of one type.
func RestoreTypes(t *catalog.Table, parse func(string) (types.Type, error)) error {
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
			if err := restore(&cols[i], s, parse); err != nil {
				return err
			}
		}
	}
	return nil
}

func restore(c *catalog.Column, text string, parse func(string) (types.Type, error)) error {
	if hive, ok := strings.CutPrefix(text, opaque); ok {
		c.HiveType = hive
		var err error
		if c.Type, err = types.ParseHive(hive); err != nil {
			c.Type = types.TUnknown
		}
		return nil
	}
	typ, err := parse(text)
	if err != nil {
		return fault.Wrap(err, fault.CodeInvalidParameter, "property %s: column %q: %v", ParamTypes, c.Name, err)
	}
	c.Type = typ
	return nil
}
