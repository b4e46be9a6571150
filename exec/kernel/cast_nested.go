package kernel

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// nestedConverter converts member by member.
func nestedConverter(from, to types.Type) converter {
	if from.Kind != to.Kind || len(from.Fields) != len(to.Fields) {
		return nil
	}
	for i := range from.Fields {
		f, t := from.Fields[i].Type, to.Fields[i].Type
		if !sameForm(f, t) && f.Kind != types.Unknown && converterFor(f, t, plan.Postgres) == nil {
			return nil
		}
	}
	if from.Phys() == types.PhysStruct {
		return castStruct
	}
	return castList
}

// castKid casts a child vector, only the rows of live (nil: all).
func castKid(e *castEnv, kid *vector.Vector, to types.Type, live []uint32) (*vector.Vector, error) {
	if live != nil {
		dense := &vector.Vector{}
		vector.Gather(dense, kid, live)
		kid = dense
	}
	if kid.Type.Kind == types.Unknown {
		return vector.Flatten(vector.Null(to, kid.Len)), nil
	}
	out := vector.New(to, 0)
	n, err := newCast(&colNode{}, kid.Type, to, e.try, e.dial, e.ctx, 0)
	if err != nil {
		return nil, err
	}
	for from := 0; from < kid.Len; from += chunk {
		m := min(chunk, kid.Len-from)
		v, err := n.eval(&vector.Batch{N: m, Cols: []*vector.Vector{vector.Slice(kid, from, m)}}, nil)
		if err != nil {
			return nil, err
		}
		out.AppendRows(v, nil, m)
	}
	return out, nil
}

func castStruct(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	var live []uint32
	if sel != nil {
		live = make([]uint32, len(sel))
		for k, p := range sel {
			live[k] = uint32(p)
		}
	}
	kids := make([]*vector.Vector, len(v.Kids))
	for i, kid := range v.Kids {
		k, err := castKid(e, kid, e.to.Fields[i].Type, live)
		if err != nil {
			return err
		}
		kids[i] = k
	}
	dense := vector.New(e.to, 0)
	dense.SetKids(kids)
	dense.Len = selLen(sel, out.Len)
	spread(dense, sel, out)
	return nil
}

func castList(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	src := v.Ranges()
	rs := make([]vector.Range, out.Len)
	live := []uint32{}
	each(sel, out.Len, func(i int) {
		r := src[i]
		rs[i] = vector.Range{Off: uint32(len(live)), Len: r.Len}
		for j := range r.Len {
			live = append(live, r.Off+j)
		}
	})
	kids := make([]*vector.Vector, len(v.Kids))
	for i, kid := range v.Kids {
		k, err := castKid(e, kid, e.to.Fields[i].Type, live)
		if err != nil {
			return err
		}
		kids[i] = k
	}
	copy(out.Ranges(), rs)
	out.SetKids(kids)
	return nil
}

// jsonValue reads JSON text as a value of type t.
func jsonValue(text []byte, t types.Type, loc *time.Location) (types.Value, error) {
	text = bytes.TrimSpace(text)
	if string(text) == "null" {
		return types.NullOf(t), nil
	}
	switch t.Kind {
	case types.JSON:
		return types.StringOf(t, string(text)), nil
	case types.Array:
		var items []json.RawMessage
		if err := json.Unmarshal(text, &items); err != nil {
			return types.Value{}, badJSON(t)
		}
		v := types.Value{Type: t}
		for _, it := range items {
			x, err := jsonValue(it, t.Elem(), loc)
			if err != nil {
				return v, err
			}
			v.Kids = append(v.Kids, x)
		}
		return v, nil
	case types.Map:
		return jsonMap(text, t, loc)
	case types.Row:
		return jsonRow(text, t, loc)
	}
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		if t.IsString() {
			return types.StringOf(t, string(text)), nil
		}
		return types.Value{}, badJSON(t)
	}
	if text[0] == '"' {
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return types.Value{}, badJSON(t)
		}
		return types.ParseValue(s, t, loc)
	}
	if t.IsInteger() && bytes.ContainsAny(text, ".eE") {
		if f, err := types.ParseFloat(text, 64); err == nil {
			return CastValue(nil, types.FloatOf(types.TDouble, f), t, plan.Postgres)
		}
	}
	return types.ParseValue(string(text), t, loc)
}

func badJSON(t types.Type) error {
	return fault.New(fault.CodeCannotCoerce, "cannot cast JSON value to %s", t)
}

func jsonMap(text []byte, t types.Type, loc *time.Location) (types.Value, error) {
	v := types.Value{Type: t}
	d := json.NewDecoder(bytes.NewReader(text))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		return v, badJSON(t)
	}
	seen := map[string]int{}
	for d.More() {
		tok, err := d.Token()
		name, ok := tok.(string)
		if err != nil || !ok {
			return v, badJSON(t)
		}
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return v, badJSON(t)
		}
		key, err := types.ParseValue(name, t.Key(), loc)
		if err != nil {
			return v, err
		}
		val, err := jsonValue(raw, t.Value(), loc)
		if err != nil {
			return v, err
		}
		if at, dup := seen[name]; dup {
			v.Kids[at+1] = val
			continue
		}
		seen[name] = len(v.Kids)
		v.Kids = append(v.Kids, key, val)
	}
	return v, nil
}

func jsonRow(text []byte, t types.Type, loc *time.Location) (types.Value, error) {
	v := types.Value{Type: t, Kids: make([]types.Value, len(t.Fields))}
	for i, f := range t.Fields {
		v.Kids[i] = types.NullOf(f.Type)
	}
	set := func(i int, raw json.RawMessage) (err error) {
		v.Kids[i], err = jsonValue(raw, t.Fields[i].Type, loc)
		return err
	}
	if len(text) > 0 && text[0] == '[' {
		var items []json.RawMessage
		if json.Unmarshal(text, &items) != nil || len(items) != len(t.Fields) {
			return v, badJSON(t)
		}
		for i, it := range items {
			if err := set(i, it); err != nil {
				return v, err
			}
		}
		return v, nil
	}
	var obj map[string]json.RawMessage
	if json.Unmarshal(text, &obj) != nil {
		return v, badJSON(t)
	}
	for i, f := range t.Fields {
		raw, ok := obj[f.Name]
		if !ok {
			for name, r := range obj {
				if strings.EqualFold(name, f.Name) {
					raw, ok = r, true
				}
			}
		}
		if ok {
			if err := set(i, raw); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}
