package awsapi_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
)

func TestCodecEncode(t *testing.T) {
	var c awsapi.Codec
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
		got := string(c.Append(nil, x.in))
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
	var c awsapi.Codec
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
		err := c.Decode([]byte(x.body), &in)
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
	var c awsapi.Codec
	in := &glue.BatchCreatePartitionInput{}
	awstest.Fill(reflect.ValueOf(in).Elem(), "in")
	f.Add(c.Append(nil, in))
	f.Add([]byte(`{"DatabaseName":null,"PartitionInputList":[{"Values":["a"],"StorageDescriptor":{"Columns":[{}]}},null]}`))
	f.Add([]byte(`{"PartitionInputList":[{"LastAccessTime":1.7e9,"Parameters":{"a":null,"b":"c"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var one, two glue.BatchCreatePartitionInput
		if c.Decode(body, &one) != nil {
			return
		}
		b := c.Append(nil, &one)
		if err := c.Decode(b, &two); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if again := c.Append(nil, &two); !bytes.Equal(b, again) {
			t.Fatalf("%s\n%s", b, again)
		}
	})
}
