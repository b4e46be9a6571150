package glueapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sdk compares the SDK's structs without their markers.
var sdk = cmp.Options{cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && (strings.HasPrefix(f.Name(), "noSmithy") || f.Name() == "ResultMetadata")
}, cmp.Ignore()), cmpopts.EquateNaNs()}

// fill sets every member, so that one that is spelled otherwise on the wire
// shows as a difference. OpenTableFormatInput holds documents and is refused by
// name, whatever is in it.
func fill(v reflect.Value, name string) {
	if strings.Count(name, ".") > 7 { // error details hold themselves
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(time.UnixMilli(1_700_000_000_123).UTC()))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" && !strings.HasSuffix(f.Name, "OpenTableFormatInput") {
				fill(v.Field(i), name+"."+f.Name)
			}
		}
	case reflect.Slice:
		if v.Type() == bytesType {
			v.SetBytes([]byte("\x00\xff" + name))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), fmt.Sprint(name, i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		x := reflect.New(v.Type().Elem()).Elem()
		fill(x, name+".v")
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

// wire is an HTTP client that keeps the request and gives a canned answer.
type wire struct {
	target string
	body   []byte
	answer []byte
}

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	w.target = r.Header.Get("X-Amz-Target")
	w.body, _ = io.ReadAll(r.Body)
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(w.answer)), Request: r}, nil
}

// TestCodecAgainstSDK sends each operation's request, all members set, through
// the SDK's client, reads it with the codec, and the response likewise.
func TestCodecAgainstSDK(t *testing.T) {
	var c codec
	w := &wire{}
	g := glue.New(glue.Options{HTTPClient: w, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	for name := range operations() {
		method := reflect.ValueOf(g).MethodByName(name)
		if !method.IsValid() {
			t.Errorf("the SDK has no operation %s", name)
			continue
		}
		in, out := reflect.New(method.Type().In(1).Elem()), reflect.New(method.Type().Out(0).Elem())
		fill(in.Elem(), "in")
		fill(out.Elem(), "out")
		w.answer = c.append(nil, out.Interface())
		res := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
		if !res[1].IsNil() {
			t.Errorf("%s: %v\n%s", name, res[1], w.answer)
			continue
		}
		if diff := cmp.Diff(out.Interface(), res[0].Interface(), sdk); diff != "" {
			t.Errorf("%s: the client reads another response (-sent +read):\n%s", name, diff)
		}
		if w.target != targetPrefix+name {
			t.Errorf("%s: target %s", name, w.target)
		}
		got := reflect.New(in.Type().Elem())
		if err := c.decode(w.body, got.Interface()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, w.body)
			continue
		}
		if diff := cmp.Diff(in.Interface(), got.Interface(), sdk); diff != "" {
			t.Errorf("%s: the server reads another request (-sent +read):\n%s", name, diff)
		}
	}
}

func TestCodecEncode(t *testing.T) {
	var c codec
	for _, x := range []struct {
		in   any
		want string
	}{
		{&glue.GetTableOutput{}, `{}`},
		{(*glue.GetTableOutput)(nil), `{}`},
		{&gluetypes.Column{Name: aws.String("a\"b"), Parameters: map[string]string{"z": "1", "a": "2"}}, `{"Name":"a\"b","Parameters":{"a":"2","z":"1"}}`},
		{&glue.GetTablesOutput{TableList: []gluetypes.Table{}}, `{"TableList":[]}`},
		{&gluetypes.DecimalNumber{UnscaledValue: []byte{0, 255}, Scale: 2}, `{"Scale":2,"UnscaledValue":"AP8="}`},
		{&gluetypes.Database{CreateTime: aws.Time(time.UnixMilli(1_700_000_000_050))}, `{"CreateTime":1700000000.050}`},
		{&gluetypes.Database{CreateTime: aws.Time(time.UnixMilli(-1_500))}, `{"CreateTime":-1.500}`},
		{&gluetypes.Database{CreateTime: aws.Time(time.Unix(7, 0))}, `{"CreateTime":7}`},
		{&gluetypes.DynamoDBTarget{ScanAll: aws.Bool(true)}, `{"scanAll":true}`},
		{&gluetypes.DoubleColumnStatisticsData{MaximumValue: math.Inf(1), MinimumValue: math.NaN()},
			`{"NumberOfDistinctValues":0,"NumberOfNulls":0,"MaximumValue":"Infinity","MinimumValue":"NaN"}`},
	} {
		got := string(c.append(nil, x.in))
		if !json.Valid([]byte(got)) {
			t.Errorf("not JSON: %s", got)
		}
		var a, b any
		json.Unmarshal([]byte(got), &a)
		json.Unmarshal([]byte(x.want), &b)
		if diff := cmp.Diff(b, a); diff != "" {
			t.Errorf("%s, want %s", got, x.want)
		}
	}
}

func TestCodecDecode(t *testing.T) {
	var c codec
	deep := strings.Repeat(`{"x":`, 100) + "1" + strings.Repeat("}", 100)
	for _, x := range []struct {
		body, want string // want "": it is read
	}{
		{``, ""},
		{`{}`, ""},
		{`null`, ""},
		{`{"DatabaseName":"a","Unknown":{"x":[1,{"y":null}]},"MaxResults":3}`, ""},
		{`{"databasename":"a"}`, ""},
		{`{"MaxResults":null}`, ""},
		{`{"DatabaseName":"a","DatabaseName":"b"}`, ""},
		{`{"MaxResults":"3"}`, "STRING_VALUE can not be converted to an Integer"},
		{`{"MaxResults":3.5}`, "3.5 is not an integer of 32 bits"},
		{`{"MaxResults":99999999999}`, "99999999999 is not an integer of 32 bits"},
		{`{"DatabaseName":1}`, "NUMBER_VALUE can not be converted to a String"},
		{`{"DatabaseName":{}}`, "Start of structure or map can not be converted to a String"},
		{`{"AttributesToGet":{}}`, "Start of structure or map can not be converted to a list"},
		{`{"IncludeStatusDetails":1}`, "NUMBER_VALUE can not be converted to a Boolean"},
		{`{"QueryAsOfTime":"2024-01-01"}`, "STRING_VALUE can not be converted to a Timestamp"},
		{`{"QueryAsOfTime":1e300}`, "1e300 is out of the range of a Timestamp"},
		{`[]`, "Start of list can not be converted to a structure"},
		{`{`, "the body ends too early"},
		{`{"a":}`, "the body is not JSON"},
		{`{} {}`, "the body goes on behind its end"},
		{"{\"DatabaseName\":\"\xff\"}", "the body is not UTF-8"},
		{`{"Unknown":` + deep + `}`, "nested deeper"},
	} {
		var in glue.GetTablesInput
		err := c.decode([]byte(x.body), &in)
		if x.want == "" && err != nil {
			t.Errorf("%.60s: %v", x.body, err)
		}
		if x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want) || !strings.Contains(err.Error(), "SerializationException")) {
			t.Errorf("%.60s: %v, want %s", x.body, err, x.want)
		}
	}
}

// FuzzDecode reads anything as a request: no panic, and what is read is
// written and read again the same.
func FuzzDecode(f *testing.F) {
	var c codec
	in := &glue.BatchCreatePartitionInput{}
	fill(reflect.ValueOf(in).Elem(), "in")
	f.Add(c.append(nil, in))
	f.Add([]byte(`{"DatabaseName":null,"PartitionInputList":[{"Values":["a"],"StorageDescriptor":{"Columns":[{}]}},null]}`))
	f.Add([]byte(`{"PartitionInputList":[{"LastAccessTime":1.7e9,"Parameters":{"a":null,"b":"c"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var one, two glue.BatchCreatePartitionInput
		if c.decode(body, &one) != nil {
			return
		}
		b := c.append(nil, &one)
		if err := c.decode(b, &two); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if again := c.append(nil, &two); !bytes.Equal(b, again) {
			t.Fatalf("%s\n%s", b, again)
		}
	})
}
