package awsapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a request; AWS Glue's deepest is about 15.
const maxDepth = 64

// MaxSeconds bounds timestamps, in seconds since 1970, to years that Go and the clients can print.
const MaxSeconds = 253402300800 // the year 10000

// Decode reads body into v, a pointer to a struct of the SDK. Members that the
// struct lacks are passed over, as the protocol asks of servers. What is no JSON
// or of another type is a SerializationException. What is allocated is in
// proportion to the body.
func (c *Codec) Decode(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil // an operation without parameters
	}
	if !utf8.Valid(body) {
		return serialization("the body is not UTF-8")
	}
	d := decoder{codec: c, json: json.NewDecoder(bytes.NewReader(body))}
	d.json.UseNumber()
	if err := d.value(reflect.ValueOf(v).Elem(), 0); err != nil {
		return err
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return serialization("the body goes on behind its end, at byte %d", d.json.InputOffset())
	}
	return nil
}

type decoder struct {
	codec *Codec
	json  *json.Decoder
}

func (d *decoder) token() (json.Token, error) {
	t, err := d.json.Token()
	if err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, serialization("the body is not JSON: %v, at byte %d", err, syntax.Offset)
		}
		return nil, serialization("the body ends too early")
	}
	return t, nil
}

func (d *decoder) value(v reflect.Value, depth int) error {
	t, err := d.token()
	if err != nil {
		return err
	}
	return d.set(v, t, depth)
}

// set stores the value that begins with t.
func (d *decoder) set(v reflect.Value, t json.Token, depth int) error {
	if depth > maxDepth {
		return serialization("the body is nested deeper than %d levels", maxDepth)
	}
	if t == nil { // null: not set
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if err := d.set(p.Elem(), t, depth); err != nil {
			return err
		}
		v.Set(p)
		return nil
	case reflect.Struct:
		if v.Type() == timeType {
			return setTime(v, t)
		}
		return d.object(v, t, depth)
	case reflect.Slice:
		if v.Type() == bytesType {
			return setBytes(v, t)
		}
		return d.list(v, t, depth)
	case reflect.Map:
		return d.mapValue(v, t, depth)
	}
	return setScalar(v, t)
}

func (d *decoder) object(v reflect.Value, t json.Token, depth int) error {
	if t != json.Delim('{') {
		return mismatch(t, "a structure")
	}
	v.SetZero()
	p := d.codec.plan(v.Type())
	for {
		key, err := d.token()
		if err != nil {
			return err
		}
		if key == json.Delim('}') {
			return nil
		}
		i, ok := p.byName[strings.ToLower(key.(string))] // the decoder gives nothing else here
		if !ok {
			err = d.skip()
		} else {
			err = d.value(v.Field(p.fields[i].index), depth+1)
		}
		if err != nil {
			return err
		}
	}
}

// skip passes over one value.
func (d *decoder) skip() error {
	for open := 0; ; {
		t, err := d.token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
		if open == 0 {
			return nil
		}
		if open > maxDepth {
			return serialization("the body is nested deeper than %d levels", maxDepth)
		}
	}
}

func (d *decoder) list(v reflect.Value, t json.Token, depth int) error {
	if t != json.Delim('[') {
		return mismatch(t, "a list")
	}
	out := reflect.MakeSlice(v.Type(), 0, 0)
	for {
		t, err := d.token()
		if err != nil {
			return err
		}
		if t == json.Delim(']') {
			v.Set(out)
			return nil
		}
		if t == nil {
			continue // sparse lists do not exist in what is served
		}
		out = reflect.Append(out, reflect.Zero(v.Type().Elem()))
		if err := d.set(out.Index(out.Len()-1), t, depth+1); err != nil {
			return err
		}
	}
}

func (d *decoder) mapValue(v reflect.Value, t json.Token, depth int) error {
	if t != json.Delim('{') {
		return mismatch(t, "a map")
	}
	out := reflect.MakeMap(v.Type())
	for {
		key, err := d.token()
		if err != nil {
			return err
		}
		if key == json.Delim('}') {
			v.Set(out)
			return nil
		}
		t, err := d.token()
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		x := reflect.New(v.Type().Elem()).Elem()
		if err := d.set(x, t, depth+1); err != nil {
			return err
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), x)
	}
}

func setScalar(v reflect.Value, t json.Token) error {
	switch v.Kind() {
	case reflect.String:
		s, ok := t.(string)
		if !ok {
			return mismatch(t, "a String")
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := t.(bool)
		if !ok {
			return mismatch(t, "a Boolean")
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := t.(json.Number)
		if !ok {
			return mismatch(t, "an Integer")
		}
		i, err := strconv.ParseInt(string(n), 10, v.Type().Bits())
		if err != nil {
			return serialization("%s is not an integer of %d bits", n, v.Type().Bits())
		}
		v.SetInt(i)
	case reflect.Float32, reflect.Float64:
		f, err := float(t)
		if err != nil {
			return err
		}
		v.SetFloat(f)
	default:
		return serialization("the service cannot read a %s", v.Type())
	}
	return nil
}

func float(t json.Token) (float64, error) {
	switch x := t.(type) {
	case string:
		switch x {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
	case json.Number:
		f, err := strconv.ParseFloat(string(x), 64)
		if err != nil {
			return 0, serialization("%s is out of the range of a double", x)
		}
		return f, nil
	}
	return 0, mismatch(t, "a Double")
}

func setTime(v reflect.Value, t json.Token) error {
	n, ok := t.(json.Number)
	if !ok {
		return mismatch(t, "a Timestamp")
	}
	f, err := strconv.ParseFloat(string(n), 64)
	ms := math.Round(f * 1000)
	if err != nil || math.Abs(ms) >= MaxSeconds*1000 {
		return serialization("%s is out of the range of a Timestamp", n)
	}
	v.Set(reflect.ValueOf(time.UnixMilli(int64(ms)).UTC()))
	return nil
}

func setBytes(v reflect.Value, t json.Token) error {
	s, ok := t.(string)
	if !ok {
		return mismatch(t, "a Blob")
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return serialization("a Blob is not base64")
	}
	v.SetBytes(b)
	return nil
}

func mismatch(t json.Token, want string) error {
	found := "an unexpected value"
	switch t.(type) {
	case string:
		found = "STRING_VALUE"
	case json.Number:
		found = "NUMBER_VALUE"
	case bool:
		found = "BOOLEAN_VALUE"
	case json.Delim:
		found = "Start of structure or map"
		if t == json.Delim('[') {
			found = "Start of list"
		}
	}
	return serialization("%s can not be converted to %s", found, want)
}
