package meta

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/glauxdb/glaux/catalog/types"
)

// typeDoc stores a type in JSON without the losses of Hive's spelling: a simple
// type is its name in types.ParseHive's grammar, a nested one is an object
// {"array":T}, {"map":[K,V]} or {"row":[{"name":"a","type":T}]}.
type typeDoc struct{ types.Type }

type nestedDoc struct {
	Array *typeDoc   `json:"array,omitempty"`
	Map   []typeDoc  `json:"map,omitempty"`
	Row   []fieldDoc `json:"row,omitempty"`
}

type fieldDoc struct {
	Name string  `json:"name"`
	Type typeDoc `json:"type"`
}

// MarshalJSON writes the type.
func (t typeDoc) MarshalJSON() ([]byte, error) {
	switch t.Kind {
	case types.Array:
		return json.Marshal(nestedDoc{Array: &typeDoc{t.Elem()}})
	case types.Map:
		return json.Marshal(nestedDoc{Map: []typeDoc{{t.Key()}, {t.Value()}}})
	case types.Row:
		fields := make([]fieldDoc, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = fieldDoc{Name: f.Name, Type: typeDoc{f.Type}}
		}
		return json.Marshal(nestedDoc{Row: fields})
	}
	name, err := simpleName(t.Type)
	if err != nil {
		return nil, err
	}
	return json.Marshal(name)
}

// simpleName spells a type that is not nested so that types.ParseHive gives
// it back, which MarshalJSON trusts and therefore checks.
func simpleName(t types.Type) (string, error) {
	name := t.String()
	if t.Kind == types.Interval {
		name = [...]string{"interval", "interval_year_month", "interval_day_time"}[t.S]
	}
	back, err := types.ParseHive(name)
	if err != nil || !back.Equal(t) {
		return "", fmt.Errorf("a column cannot be of type %s", t)
	}
	return name, nil
}

// UnmarshalJSON reads the type.
func (t *typeDoc) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte{'"'}) {
		var name string
		if err := json.Unmarshal(b, &name); err != nil {
			return err
		}
		var err error
		t.Type, err = types.ParseHive(name)
		return err
	}
	var n nestedDoc
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	switch {
	case n.Array != nil:
		t.Type = types.ArrayOf(n.Array.Type)
	case len(n.Map) == 2:
		t.Type = types.MapOf(n.Map[0].Type, n.Map[1].Type)
	case n.Row != nil:
		fields := make([]types.Field, len(n.Row))
		for i, f := range n.Row {
			fields[i] = types.Field{Name: f.Name, Type: f.Type.Type}
		}
		t.Type = types.RowOf(fields...)
	default:
		return fmt.Errorf("not a type: %s", b)
	}
	return nil
}
