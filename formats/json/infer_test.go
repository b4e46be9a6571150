package json

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/textval"
)

// TestInferRules: paths, envelopes, maps, conflicts, and what is told of them.
func TestInferRules(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30)
	tests := []struct {
		name, data string
		f          Format
		want       []string
		path       string
		notes      []string
	}{
		{"array of objects", `[{"a":1},{"a":2.5,"b":"x"}]`, Format{}, []string{"a double", "b string"}, "", nil},
		{"envelope", `{"Records":[{"a":1},{"a":2}]}`, Format{}, []string{"a bigint"}, "$.Records[*]",
			[]string{"the only key Records holds an array of objects, which are the records (json.path $.Records[*])"}},
		{"two keys are no envelope", `{"Records":[{"a":1}],"n":2}`, Format{}, []string{"Records array<struct<a:bigint>>", "n bigint"}, "", nil},
		{"two objects are no envelope", `{"r":[{"a":1}]}` + "\n" + `{"r":[{"a":2}]}`, Format{}, []string{"r array<struct<a:bigint>>"}, "", nil},
		{"array of numbers is no envelope", `{"r":[1,2]}`, Format{}, []string{"r array<bigint>"}, "", nil},
		{"path", `{"a":{"r":[{"x":1}]},"b":2}`, Format{Path: "$.a.r[*]"}, []string{"x bigint"}, "$.a.r[*]", nil},
		{"path to scalars", `{"ids":[1,2,3]}`, Format{Path: "$.ids[*]"}, []string{"ids bigint"}, "$.ids[*]", nil},
		{"numbers as keys", `{"m":{"1":"a","2":"b","17":"c"}}`, Format{}, []string{"m map<string,string>"}, "",
			[]string{"column m is a map, not a row: its 3 keys are data (numbers)"}},
		{"two such keys are fields", `{"m":{"1":"a","2":"b"}}`, Format{}, []string{"m struct<1:string,2:string>"}, "", nil},
		{"dates as keys over records", `{"m":{"2024-01-01":1}}` + "\n" + `{"m":{"2024-01-02":2.5}}` + "\n" + `{"m":{"2024-01-03":null}}`, Format{},
			[]string{"m map<string,double>"}, "", []string{"column m is a map, not a row: its 3 keys are data (dates)"}},
		{"keys are data but values differ", `{"m":{"1":"a","2":5,"3":{"x":1}}}`, Format{}, []string{"m struct<1:string,2:bigint,3:struct<x:bigint>>"}, "", nil},
		{"names that cannot be fields", `{"m":{"a:b":1,"c":2}}`, Format{}, []string{"m map<string,bigint>"}, "",
			[]string{`column m is a map, not a row: key "a:b" cannot name a field`}},
		{"sparse keys", sparse(10, 3), Format{}, []string{"tags map<string,string>"}, "",
			[]string{"column tags is a map, not a row: 30 different keys in 10 objects, none in more than 1"}},
		{"keys that most objects have", strings.Repeat(`{"r":{`+keys(0, 25)+`}}`+"\n", 10), Format{}, []string{"r struct<" + keyTypes(25) + ">"}, "", nil},
		{"objects as map values", `{"m":{"101":{"x":1},"102":{"x":2,"y":3},"103":{"y":1.5}}}`, Format{}, []string{"m map<string,struct<x:bigint,y:double>>"}, "",
			[]string{"column m is a map, not a row: its 3 keys are data (numbers)"}},
		{"conflict", `{"a":1}` + "\n" + `{"a":"x"}` + "\n" + `{"a":2}`, Format{}, []string{"a string"}, "",
			[]string{"column a is varchar: its values are 2 bigint, 1 text"}},
		{"conflict below", `{"a":[{"b":true},{"b":[1]}],"n":1}`, Format{}, []string{"a array<struct<b:string>>", "n bigint"}, "",
			[]string{"column a[].b is varchar: its values are 1 boolean, 1 array"}},
		{"spelling", `{"ID":1}` + "\n" + `{"id":2}` + "\n" + `{"ID":3}`, Format{}, []string{"ID bigint"}, "", nil},
		{"too deep", `{"x":` + deep + `}`, Format{}, nil, "", []string{"column x" + strings.Repeat(".a", 24) + " is nested deeper than 24 levels: varchar that holds the JSON text"}},
		{"epoch is not assumed", `{"t":1700000000}`, Format{}, []string{"t bigint"}, "", nil},
		{"epoch", `{"t":1700000000,"n":5}`, Format{Epoch: textval.EpochSeconds}, []string{"t timestamp", "n bigint"}, "",
			[]string{"column t: integers are read as seconds since 1970"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := tt.f.Infer([]byte(tt.data), true)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want != nil {
				if diff := cmp.Diff(formattest.Schema(t, tt.want...), in.Schema); diff != "" {
					t.Error(diff)
				}
			}
			if in.Properties[propertyPath] != tt.path {
				t.Errorf("path %q", in.Properties[propertyPath])
			}
			if diff := cmp.Diff(tt.notes, in.Notes); diff != "" {
				t.Error(diff)
			}
			file := open(t, tt.data, in.Schema, in.Properties)
			if _, err := text(file, 1<<30, formats.ScanRequest{Columns: formattest.Columns(in.Schema)}); err != nil {
				t.Error(err)
			}
		})
	}
}

func keys(from, to int) string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf(`"key%c%c":"v"`, 'a'+i/26, 'a'+i%26))
	}
	return strings.Join(out, ",")
}

func keyTypes(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`key%c%c:string`, 'a'+i/26, 'a'+i%26))
	}
	return strings.Join(out, ",")
}

// sparse makes objects with keys of their own.
func sparse(objects, each int) string {
	var b strings.Builder
	for i := range objects {
		fmt.Fprintf(&b, "{\"tags\":{%s}}\n", keys(i*each, (i+1)*each))
	}
	return b.String()
}

// TestInferOrder: the order of the records does not matter.
func TestInferOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []string{`1`, `2.5`, `"x"`, `null`, `true`, `"2024-01-01"`, `[1,"a"]`, `[]`, `{"x":1}`, `{"Y":{"z":[null]},"x":"q"}`, `{}`, `99999999999999999999`}
	names := []string{"a", "b", "B", "c", "Dd", "dd", "1", "2"}
	for range 200 {
		var records []string
		for range 1 + r.IntN(8) {
			var members []string
			for _, i := range r.Perm(len(names))[:1+r.IntN(5)] {
				members = append(members, fmt.Sprintf("%q:%s", names[i], values[r.IntN(len(values))]))
			}
			records = append(records, "{"+strings.Join(members, ",")+"}")
		}
		first, err := Format{}.Infer([]byte(strings.Join(records, "\n")), true)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
			again, err := Format{}.Infer([]byte(strings.Join(records, "\n")), true)
			if diff := cmp.Diff(first, again); err != nil || diff != "" {
				t.Fatalf("%s: %v %s", records, err, diff)
			}
		}
	}
}
