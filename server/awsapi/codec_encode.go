package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Append writes v, a pointer to a struct of the SDK, behind b. Members are in
// the order of the fields, keys of maps in their own, so that equal values give
// equal bytes.
func (c *Codec) Append(b []byte, v any) []byte {
	r := reflect.ValueOf(v)
	if !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil() {
		return append(b, "{}"...)
	}
	return c.value(b, r)
}

func (c *Codec) value(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return c.value(b, v.Elem())
	case reflect.Struct:
		if v.Type() == timeType {
			return appendTime(b, v.Interface().(time.Time))
		}
		return c.object(b, v)
	case reflect.Slice:
		if v.Type() == bytesType {
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v.Bytes())
			return append(b, '"')
		}
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = c.value(b, v.Index(i))
		}
		return append(b, ']')
	case reflect.Map:
		return c.mapValue(b, v)
	case reflect.String:
		return appendText(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Float32, reflect.Float64:
		return appendFloat(b, v.Float())
	}
	return append(b, "null"...)
}

func (c *Codec) object(b []byte, v reflect.Value) []byte {
	b = append(b, '{')
	start := len(b)
	for _, f := range c.plan(v.Type()).fields {
		x := v.Field(f.index)
		if unset(x) {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, f.key...)
		b = c.value(b, x)
	}
	return append(b, '}')
}

// unset reports whether a member is left out. The SDK's numbers and booleans
// that are no pointers have a default and are always there.
func unset(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	}
	return false
}

func (c *Codec) mapValue(b []byte, v reflect.Value) []byte {
	keys := make([]string, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		keys = append(keys, it.Key().String())
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, k)
		b = append(b, ':')
		b = c.value(b, v.MapIndex(reflect.ValueOf(k).Convert(v.Type().Key())))
	}
	return append(b, '}')
}

// appendTime writes seconds since 1970 with as many digits as the time has, at
// most three: what clients read into a double.
func appendTime(b []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		b, ms = append(b, '-'), -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	if f := ms % 1000; f != 0 {
		b = append(b, '.', byte('0'+f/100), byte('0'+f/10%10), byte('0'+f%10))
	}
	return b
}

// appendFloat writes a double; what JSON cannot spell is a text, as the
// protocol says.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

func appendText(b []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	q, _ := json.Marshal(s) // a text always marshals
	return append(b, q...)
}
