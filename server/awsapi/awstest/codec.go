// Package awstest tests an endpoint's messages against the official SDK.
package awstest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glauxdb/glaux/server/awsapi"
)

// SDK compares the SDK's structs without their markers.
var SDK = cmp.Options{cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && (strings.HasPrefix(f.Name(), "noSmithy") || f.Name() == "ResultMetadata")
}, cmp.Ignore()), cmpopts.EquateNaNs()}

// Fill sets every member, so that one that is spelled otherwise on the wire
// shows as a difference. Members of the names in but are left out.
func Fill(v reflect.Value, name string, but ...string) {
	if strings.Count(name, ".") > 7 { // error details hold themselves
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		Fill(v.Elem(), name, but...)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMilli(1_700_000_000_123).UTC()))
			return
		}
		fillFields(v, name, but)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]byte]() {
			v.SetBytes([]byte("\x00\xff" + name))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			Fill(v.Index(i), fmt.Sprint(name, i), but...)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		x := reflect.New(v.Type().Elem()).Elem()
		Fill(x, name+".v", but...)
		v.SetMapIndex(reflect.ValueOf("k \"<é").Convert(v.Type().Key()), x)
	case reflect.String:
		v.SetString(name + "\n\"é\u2028")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(math.MaxInt32)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.1)
	}
}

func fillFields(v reflect.Value, name string, but []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		skip := !f.IsExported() || f.Name == "ResultMetadata"
		for _, b := range but {
			skip = skip || strings.HasSuffix(f.Name, b)
		}
		if !skip {
			Fill(v.Field(i), name+"."+f.Name, but...)
		}
	}
}

// Wire is an HTTP client that keeps the request and gives a prepared answer.
type Wire struct {
	target string
	body   []byte
	answer []byte
}

// Do implements the SDK's HTTPClient.
func (w *Wire) Do(r *http.Request) (*http.Response, error) {
	w.target = r.Header.Get("X-Amz-Target")
	w.body, _ = io.ReadAll(r.Body)
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {awsapi.ContentType}}, Body: io.NopCloser(bytes.NewReader(w.answer)), Request: r}, nil
}

// Codec sends each operation's request, all members set, through the SDK's
// client (which must send through w), reads it with the codec, and the response
// likewise.
func Codec(t *testing.T, c *awsapi.Codec, w *Wire, client any, target string, operations []string, but ...string) {
	t.Helper()
	for _, name := range operations {
		method := reflect.ValueOf(client).MethodByName(name)
		if !method.IsValid() {
			t.Errorf("the SDK has no operation %s", name)
			continue
		}
		in, out := reflect.New(method.Type().In(1).Elem()), reflect.New(method.Type().Out(0).Elem())
		Fill(in.Elem(), "in", but...)
		Fill(out.Elem(), "out", but...)
		w.answer = c.Append(nil, out.Interface())
		res := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
		if !res[1].IsNil() {
			t.Errorf("%s: %v\n%s", name, res[1], w.answer)
			continue
		}
		if diff := cmp.Diff(out.Interface(), res[0].Interface(), SDK); diff != "" {
			t.Errorf("%s: the client reads another response (-sent +read):\n%s", name, diff)
		}
		if w.target != target+name {
			t.Errorf("%s: target %s", name, w.target)
		}
		got := reflect.New(in.Type().Elem())
		if err := c.Decode(w.body, got.Interface()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, w.body)
			continue
		}
		if diff := cmp.Diff(in.Interface(), got.Interface(), SDK); diff != "" {
			t.Errorf("%s: the server reads another request (-sent +read):\n%s", name, diff)
		}
	}
}

// Operations demands that every operation of the SDK's client is either served
// or in the list of those that are not, and that the lists have no other.
func Operations(t *testing.T, client any, served []string, unserved map[string]bool) {
	t.Helper()
	methods, have := reflect.TypeOf(client), map[string]bool{}
	for _, name := range served {
		have[name] = true
		if _, ok := methods.MethodByName(name); !ok {
			t.Errorf("the SDK has no operation %s", name)
		}
	}
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		if m.Type.NumIn() != 4 || !strings.HasSuffix(m.Type.In(2).String(), m.Name+"Input") {
			continue
		}
		if have[m.Name] == unserved[m.Name] {
			t.Errorf("%s: served %v, refused by name %v", m.Name, have[m.Name], unserved[m.Name])
		}
	}
	for name := range unserved {
		if _, ok := methods.MethodByName(name); !ok {
			t.Errorf("the service has no operation %s", name)
		}
	}
}
