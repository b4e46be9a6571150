package workgroup

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Option is one field of a Setting or a Budget under the one name that it has in
// SQL, in YAML, on the command line and in glaux_catalog. The tables of options
// are made of the structs themselves, so that none of the four can lag behind.
type Option struct {
	Name  string
	Type  types.Type // of its column in glaux_catalog; bytes are bigint, lengths of time interval
	List  bool       // it has any number of values
	field int
}

// SettingOptions and BudgetOptions are all options in the order of the fields. The
// name, and whose scans a budget counts, are not among them.
var (
	SettingOptions = optionsOf(reflect.TypeFor[Setting](), "name")
	BudgetOptions  = optionsOf(reflect.TypeFor[Budget](), "name", "workgroup", "user", "each_user", "tag")
)

func optionsOf(t reflect.Type, without ...string) []Option {
	var out []Option
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		if slices.Contains(without, name) {
			continue
		}
		o := Option{Name: name, Type: types.TVarchar, field: i}
		switch reflect.New(t.Field(i).Type).Interface().(type) {
		case *Size, *Limit, *int:
			o.Type = types.TBigInt
		case *Span:
			o.Type = types.TInterval
		case *float64:
			o.Type = types.TDouble
		case *bool:
			o.Type = types.TBoolean
		case *[]string, *map[string]string:
			o.Type, o.List = types.ArrayOf(types.TVarchar), true
		}
		out = append(out, o)
	}
	return out
}

// findOption finds an option by name; 42704 with the nearest name.
func findOption(all []Option, name string) (*Option, error) {
	names := make([]string, len(all))
	for i := range all {
		if names[i] = all[i].Name; names[i] == name {
			return &all[i], nil
		}
	}
	e := fault.New(fault.CodeUndefinedObject, "unrecognized option %q", clip(name))
	if near := fault.Nearest(name, names); near != "" {
		return nil, e.WithHint("Did you mean %q?", near)
	}
	return nil, e.WithHint("Options: %s.", strings.Join(names, ", "))
}

// set gives the field of *to (a Setting or Budget) a value from texts, one unless
// it is a list.
func (o *Option) set(to any, texts []string) error {
	if !o.List && len(texts) != 1 {
		return fault.New(fault.CodeInvalidParameter, "option %q takes one value, not %d", o.Name, len(texts))
	}
	switch p := o.pointer(to).(type) {
	case encoding.TextUnmarshaler:
		if err := p.UnmarshalText([]byte(texts[0])); err != nil {
			e := *fault.As(err)
			e.Message = o.Name + ": " + e.Message
			return &e
		}
	case *string:
		*p = texts[0]
	case *bool:
		b, err := types.ParseBool([]byte(texts[0]))
		if err != nil {
			return fault.New(fault.CodeInvalidParameter, "option %q takes true or false, not %q", o.Name, clip(texts[0]))
		}
		*p = b
	case *int:
		n, err := strconv.ParseInt(texts[0], 10, 32)
		if err != nil {
			return fault.New(fault.CodeInvalidParameter, "option %q takes a whole number, not %q", o.Name, clip(texts[0]))
		}
		*p = int(n)
	case *float64:
		f, err := strconv.ParseFloat(texts[0], 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return fault.New(fault.CodeInvalidParameter, "option %q takes a number, not %q", o.Name, clip(texts[0]))
		}
		*p = f
	case *[]string:
		*p = slices.Clone(texts)
	case *map[string]string:
		return setPairs(p, texts)
	}
	return nil
}

// setPairs reads key=value texts.
func setPairs(to *map[string]string, texts []string) error {
	m := map[string]string{}
	for _, t := range texts {
		k, v, ok := strings.Cut(t, "=")
		if !ok || k == "" {
			return fault.New(fault.CodeInvalidParameter, "%q is not of the form key=value", clip(t))
		}
		if _, twice := m[k]; twice {
			return fault.New(fault.CodeInvalidParameter, "key %q is given twice", clip(k))
		}
		m[k] = v
	}
	*to = m
	return nil
}

// reset gives the field of *to its default.
func (o *Option) reset(to any) { reflect.ValueOf(o.pointer(to)).Elem().SetZero() }

func (o *Option) pointer(to any) any {
	return reflect.ValueOf(to).Elem().Field(o.field).Addr().Interface()
}

// texts gives the field of *from as set reads it; none if it is the zero value.
func (o *Option) texts(from any) []string {
	p := o.pointer(from)
	if reflect.ValueOf(p).Elem().IsZero() {
		return nil
	}
	switch p := p.(type) {
	case encoding.TextMarshaler:
		b, err := p.MarshalText()
		if err != nil {
			return []string{err.Error()} // no type here has any
		}
		return []string{string(b)}
	case *[]string:
		return *p
	case *map[string]string:
		out := make([]string, 0, len(*p))
		for k, v := range *p {
			out = append(out, k+"="+v)
		}
		slices.Sort(out)
		return out
	case *float64:
		return []string{strconv.FormatFloat(*p, 'f', -1, 64)}
	}
	return []string{fmt.Sprint(reflect.ValueOf(p).Elem().Interface())}
}

// Value gives the field of *from as the column of glaux_catalog has it; NULL if
// nothing is said.
func (o *Option) Value(from any) types.Value {
	out := types.Value{Null: true}
	if reflect.ValueOf(o.pointer(from)).Elem().IsZero() && o.Type.Kind != types.Boolean && !o.List {
		return out
	}
	out.Null = false
	switch p := o.pointer(from).(type) {
	case *Size:
		out.I = int64(*p)
	case *Limit:
		out.I = int64(*p)
	case *int:
		out.I = int64(*p)
	case *Span:
		out.Interval = types.IntervalValue{Micros: int64(*p) / 1000}
	case *float64:
		out.F = *p
	case *bool:
		return types.BoolOf(*p)
	case *string:
		out.S = *p
	default:
		for _, t := range o.texts(from) {
			out.Kids = append(out.Kids, types.StringOf(types.TVarchar, t))
		}
	}
	return out
}

// shown prints the field of *from for people.
func (o *Option) shown(from any) string { return strings.Join(o.texts(from), ", ") }

// literal prints the field of *from as the options of CREATE have it.
func (o *Option) literal(from any) string {
	texts := o.texts(from)
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = quote(t)
	}
	switch {
	case o.List:
		return "(" + strings.Join(quoted, ", ") + ")"
	case o.Type.Kind == types.Boolean, o.Type.Kind == types.Double, reflect.TypeOf(o.pointer(from)) == reflect.TypeFor[*int]():
		return texts[0]
	}
	return quoted[0]
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
