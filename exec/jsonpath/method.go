package jsonpath

import (
	"bytes"
	"math"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// method is an item method.
type method struct {
	args    int  // how many constants it takes at most
	textArg bool // they are strings, else integers
	whole   bool // of arrays it takes the array itself
	f       func(e *Eval, n *node, it Item) error
}

// methods are the item methods by name: those of Trino and of PostgreSQL 15, and the
// conversions that PostgreSQL 17 and SQL:2023 add.
var methods = map[string]*method{
	"type":     {whole: true, f: typeMethod},
	"size":     {whole: true, f: sizeMethod},
	"keyvalue": {f: keyValue},
	"double":   {f: doubleMethod},
	"number":   {f: numericMethod},
	"decimal":  {args: 2, f: numericMethod},
	"bigint":   {f: integerMethod(math.MinInt64, math.MaxInt64)},
	"integer":  {f: integerMethod(math.MinInt32, math.MaxInt32)},
	"ceiling":  {f: numberMethod(ceil)},
	"floor":    {f: numberMethod(floor)},
	"abs":      {f: numberMethod(magnitude)},
	"boolean":  {f: booleanMethod},
	"string":   {f: stringMethod},
	"datetime": {args: 1, textArg: true, f: datetimeMethod},

	"date":         {f: timeMethod(types.TDate)},
	"time":         {f: timeMethod(types.TTime)},
	"timestamp":    {f: timeMethod(types.TTimestamp)},
	"timestamp_tz": {f: timeMethod(types.TTimestampTZ)},
}

func (e *Eval) method(n *node, it Item) error { return n.method.f(e, n, it) }

func typeMethod(e *Eval, _ *node, it Item) error {
	e.push(Text([]byte(it.typeName())))
	return nil
}

func sizeMethod(e *Eval, n *node, it Item) error {
	size := int64(1)
	if it.kind == Array {
		size = jsontext.Len(it.raw)
	} else if !e.lax(n) {
		return fault.New(codeArrayNotFound, "jsonpath item method .size() can only be applied to an array")
	}
	e.push(intItem(size))
	return nil
}

// keyValue pushes an object for each member. The ID tells the members of one object
// from those of another.
func keyValue(e *Eval, _ *node, it Item) error {
	if it.kind != Object {
		return fault.New(codeObjectNotFound, "jsonpath item method .keyvalue() can only be applied to an object")
	}
	id := strconv.Itoa(e.objects)
	e.objects++
	jsontext.Each(it.raw, func(k, v []byte) bool {
		var b []byte
		if e.path.opts.Postgres {
			b = append(append(append(b, `{"id": `...), id...), `, "key": `...)
			b = append(append(append(b, k...), `, "value": `...), v...)
		} else {
			b = append(append(b, `{"name":`...), k...)
			b = append(append(append(b, `,"value":`...), v...), `,"id":`...)
			b = append(b, id...)
		}
		e.push(Item{kind: Object, raw: append(b, '}')})
		return true
	})
	return nil
}

func errMethod(n *node, to string) error {
	return fault.New(codeNonNumeric, "jsonpath item method .%s() can only be applied to %s", n.name, to)
}

func errArgument(n *node, what string, it Item) error {
	return fault.New(codeNonNumeric, "%s of jsonpath item method .%s() is invalid for type %s", what, n.name, it.typeName())
}

// doubleMethod converts to a double; in PostgreSQL the number stays exact, but has to
// be one that a double holds.
func doubleMethod(e *Eval, n *node, it Item) error {
	if it.kind != Num && it.kind != String {
		return errMethod(n, "a string or numeric value")
	}
	text := it.AppendText(nil)
	f, err := strconv.ParseFloat(string(bytes.TrimSpace(text)), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		what := "string argument"
		if it.kind == Num {
			what = "numeric argument"
		}
		return fault.New(codeNonNumeric, "%s of jsonpath item method .double() is not a valid representation of a double precision number", what)
	}
	switch {
	case !e.path.opts.Postgres:
		e.push(number{form: formFloat, f: f}.item())
	case it.kind == Num:
		e.push(it)
	default:
		e.push(numberLiteral(string(strconv.AppendFloat(nil, f, 'f', -1, 64))))
	}
	return nil
}

// numericMethod is number() and decimal(precision, scale).
func numericMethod(e *Eval, n *node, it Item) error {
	if it.kind != Num && it.kind != String {
		return errMethod(n, "a string or numeric value")
	}
	text := bytes.TrimSpace(it.AppendText(nil))
	d, ok := jsontext.ParseDecimal(text, nil)
	if !ok {
		return errArgument(n, "argument", it)
	}
	if len(n.args) == 0 {
		e.push(NumberOf(d.Append(nil), false))
		return nil
	}
	p, err := strconv.Atoi(n.args[0])
	s := 0
	if len(n.args) == 2 && err == nil {
		s, err = strconv.Atoi(n.args[1])
	}
	if err != nil || p < 1 || p > types.MaxDecimalPrecision || s > p {
		return fault.New(fault.CodeInvalidParameter, "invalid precision or scale of jsonpath item method .%s()", n.name)
	}
	v, err := types.ParseValue(string(d.Append(nil)), types.DecimalOf(p, s), nil)
	if err != nil {
		return errArgument(n, "argument", it)
	}
	e.push(NumberOf(types.AppendValue(nil, v), false))
	return nil
}

// integerMethod converts to an integer, rounding half away from zero.
func integerMethod(lo, hi int64) func(*Eval, *node, Item) error {
	return func(e *Eval, n *node, it Item) error {
		if it.kind != Num && it.kind != String {
			return errMethod(n, "a string or numeric value")
		}
		d, ok := jsontext.ParseDecimal(bytes.TrimSpace(it.AppendText(nil)), nil)
		if !ok || it.kind == String && d.Scale > 0 {
			return errArgument(n, "argument", it)
		}
		v, err := e.number(NumberOf(d.Append(nil), false))
		if err != nil {
			return err
		}
		if v.form == formDecimal {
			u, s := v.decimal()
			v = number{form: formDecimal, u: quotient(u, s, pow10(0), 0, 0)}.small()
		}
		if v.form != formInt || v.i < lo || v.i > hi {
			return errArgument(n, "argument", it)
		}
		e.push(intItem(v.i))
		return nil
	}
}

func numberMethod(f func(number) (number, error)) func(*Eval, *node, Item) error {
	return func(e *Eval, n *node, it Item) error {
		if it.kind != Num {
			return errMethod(n, "a numeric value")
		}
		v, err := e.number(it)
		if err != nil {
			return err
		}
		if v, err = f(v); err != nil {
			return err
		}
		e.push(v.item())
		return nil
	}
}

func booleanMethod(e *Eval, n *node, it Item) error {
	switch it.kind {
	case Bool:
		e.push(it)
		return nil
	case Num, String:
		if v, err := types.ParseValue(string(it.AppendText(nil)), types.TBoolean, nil); err == nil {
			e.push(BoolOf(v.I != 0))
			return nil
		}
		return errArgument(n, "argument", it)
	}
	return errMethod(n, "a boolean, string, or numeric value")
}

func stringMethod(e *Eval, n *node, it Item) error {
	if it.kind == Null || !it.IsScalar() {
		return errMethod(n, "a boolean, string, numeric, or datetime value")
	}
	e.push(Text(it.AppendText(nil)))
	return nil
}
