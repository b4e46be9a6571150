package grok

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// samples are lines of each log format, the first of which must be read as in
// want.
var samples = []struct {
	name, lines string
	want        string // name=value of the first line's columns that are not NULL
}{
	{"combined_apache", `127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"
::1 - - [10/Oct/2000:13:55:36 -0700] "-" 408 - "-" "-"
`, "clientip=127.0.0.1 ident=- auth=frank timestamp=10/Oct/2000:13:55:36 -0700 verb=GET request=/apache_pb.gif httpversion=1.0 response=200 bytes=2326 referrer=http://www.example.com/start.html agent=Mozilla/4.08 [en] (Win98; I ;Nav)"},
	{"apache", `www.example.org - - [10/Oct/2000:13:55:36 -0700] "POST /x HTTP/1.1" 404 -
`, "clientip=www.example.org ident=- auth=- timestamp=10/Oct/2000:13:55:36 -0700 verb=POST request=/x httpversion=1.1 response=404"},
	{"linux_kernel", `Mar  1 10:00:00 web01 kernel: [12345.678901] usb 1-1: new device
Mar  1 10:00:01 web01 systemd[1]: Started a unit.
`, "timestamp=Mar  1 10:00:00 host=web01 program=kernel uptime=12345.678901 message=usb 1-1: new device"},
	{"linux_kernel", "[    0.000000] Linux version 6.1\n[    1.250000] random: crng init done\n", "uptime=0 message=Linux version 6.1"},
	{"microsoft_log", `#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2024-01-02 00:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status time-taken
2024-01-02 00:00:01 10.0.0.1 GET /index.htm - 80 - 10.0.0.9 Mozilla/5.0+(X11) 200 15
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status time-taken
2024-01-02 00:00:02 10.0.0.1 GET /b.htm x=1 80 - 10.0.0.9 curl/8 404 3
`, "date=2024-01-02 time=00:00:01 s_ip=10.0.0.1 cs_method=GET cs_uri_stem=/index.htm s_port=80 c_ip=10.0.0.9 cs_user_agent=Mozilla/5.0+(X11) sc_status=200 time_taken=15"},
	{"ruby_logger", `I, [2024-01-02T03:04:05.678901 #1234]  INFO -- web: Started GET "/"
E, [2024-01-02T03:04:06.678901 #1234] ERROR -- : boom: it broke
`, "timestamp=2024-01-02T03:04:05.678901 pid=1234 loglevel=INFO progname=web message=Started GET \"/\""},
	{"squid", `1066036250.603    310 192.0.2.1 TCP_MISS/200 1234 GET http://example.org/a?b - DIRECT/198.51.100.7 text/html
1066036251.603     10 192.0.2.1 TCP_HIT/304 0 GET http://example.org/ ann HIER_NONE/- -
`, "timestamp=1066036250.603 duration=310 client_address=192.0.2.1 cache_result=TCP_MISS status_code=200 bytes=1234 request_method=GET url=http://example.org/a?b user=- hierarchy_code=DIRECT server=198.51.100.7 content_type=text/html"},
	{"redismonlog", `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"
1339518087.877697 [0 127.0.0.1:60866] "dbsize"
`, `timestamp=1339518083.107412 database=0 client=127.0.0.1:60866 command=keys params="*"`},
	{"redislog", `[4018] 14 Nov 07:01:22.119 * Background saving terminated with success
`, "pid=4018 timestamp=14 Nov 07:01:22.119 level=* message=Background saving terminated with success"},
	{"redislog", "4018:M 14 Nov 2020 07:01:22.119 # Server initialized\n", "pid=4018 role=M timestamp=14 Nov 2020 07:01:22.119 level=# message=Server initialized"},
}

// read gives each row as name=value of the columns that are not NULL.
func read(f formats.File, target int64, req formats.ScanRequest) (out []string, err error) {
	rows, err := formattest.Texts(context.Background(), f, target, req)
	for _, texts := range rows {
		var row []string
		for c, text := range texts {
			if text != "∅" {
				row = append(row, f.Schema().Fields[req.Columns[c].Column].Name+"="+text)
			}
		}
		out = append(out, strings.Join(row, " "))
	}
	return out, err
}

func open(t testing.TB, f Format, data string, schema *types.Schema, props map[string]string) formats.File {
	t.Helper()
	low := map[string]string{}
	for k, v := range props {
		low[strings.ToLower(k)] = v
	}
	return formattest.MustOpen(t, f, "a.log", []byte(data), formats.Options{Schema: schema, Properties: low})
}

// TestLogs: each format recognizes its samples and no other's, and the table
// that it infers reads them through the SerDe's properties alone.
func TestLogs(t *testing.T) {
	for _, s := range samples {
		for _, f := range Logs() {
			want := 0.0
			if f.Name() == s.name {
				want = 1
			}
			if got := f.Sniff("x.log", []byte(s.lines)); got != want {
				t.Errorf("%s says %v about %s", f.Name(), got, s.name)
			}
			if want == 0 {
				continue
			}
			in, err := f.(formats.Inferrer).Infer([]byte(s.lines), true)
			if err != nil {
				t.Fatal(err)
			}
			got, err := read(open(t, Format{}, s.lines, in.Schema, in.Properties), 1<<30, formats.ScanRequest{Columns: formattest.Columns(in.Schema)})
			if err != nil || len(got) == 0 {
				t.Fatalf("%s: %v", s.name, err)
			}
			if diff := cmp.Diff(s.want, got[0]); diff != "" {
				t.Errorf("%s: %s", s.name, diff)
			}
			if len(in.Notes) > 0 {
				t.Errorf("%s: %s", s.name, in.Notes)
			}
			own, err := read(open(t, f.(Format), s.lines, nil, nil), 1<<30, formats.ScanRequest{Columns: formattest.Columns(in.Schema)})
			if diff := cmp.Diff(got, own); err != nil || diff != "" {
				t.Errorf("%s: %v %s", s.name, err, diff)
			}
		}
	}
	for _, other := range []string{"a,b\n1,2\n", "{\"a\":1}\n", "hello world\n", "", "\x00\x01", "<a/>\n"} {
		for _, f := range Logs() {
			if got := f.Sniff("x", []byte(other)); got != 0 {
				t.Errorf("%s says %v about %q", f.Name(), got, other)
			}
		}
	}
}

func TestRead(t *testing.T) {
	const pattern = `^%{WORD:k}=%{NOTSPACE:v}(?: %{INT:n:int})?$`
	tests := []struct {
		name, data string
		schema     []string
		props      map[string]string
		want       []string
	}{
		{"by name in any case", "a=1\nb=x 7\r\n\nc=2 8", []string{"N int", "K string", "v string"}, nil, []string{"K=a v=1", "N=7 K=b v=x", "N=8 K=c v=2"}},
		{"by position", "a=1 5\n", []string{"x string", "y int", "z bigint"}, nil, []string{"x=a y=1 z=5"}},
		{"fewer columns are by name", "a=1 5\n", []string{"n bigint", "other string"}, nil, []string{"n=5"}},
		{"no match", "a=1\nnonsense\nb=2 3\n", []string{"k string", "v string", "n int"}, nil, []string{"k=a v=1", "", "k=b v=2 n=3"}},
		{"no match, rejected", "a=1\nnonsense\nb=2 3\n", []string{"k string", "n int"}, map[string]string{"malformed.values": "reject"}, []string{"k=a", "k=b n=3"}},
		{"bad value, null", "a=x\nb=2\n", []string{"v int"}, map[string]string{"malformed.values": "null"}, []string{"", "v=2"}},
		{"comments, header, null text", "first\n#c=1\na=-\nb=2\n", []string{"k string", "v string", "n int"},
			map[string]string{"comment.prefix": "#", "serialization.null.format": "-", "skip.header.line.count": "1"}, []string{"k=a", "k=b v=2"}},
		{"other types", "a=2024-01-02\nb=1999-12-31 1\n", []string{"v date"}, nil, []string{"v=2024-01-02", "v=1999-12-31"}},
		{"bad encoding", "a=\xfcx\nb=é\n", []string{"v string"}, nil, []string{"v=\ufffdx", "v=é"}},
		{"cut texts", "a=12345\n", []string{"v varchar(3)"}, nil, []string{"v=123"}},
		{"byte order mark", "\xef\xbb\xbfa=1\n", []string{"k string"}, nil, []string{"k=a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			props := map[string]string{"input.format": pattern}
			for k, v := range tt.props {
				props[k] = v
			}
			schema := formattest.Schema(t, tt.schema...)
			f := open(t, Format{}, tt.data, schema, props)
			got, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
			counted, err := read(f, 1<<30, formats.ScanRequest{})
			if err != nil || len(counted) != len(tt.want) {
				t.Errorf("counted %d rows: %v", len(counted), err)
			}
		})
	}
	schema := formattest.Schema(t, "syslogbase string", "m string")
	f := open(t, Format{}, "Mar  1 10:00:00 h p[1]: hi\n", schema, map[string]string{"input.format": "%{SYSLOGBASE} %{GREEDYDATA:m}"})
	if got, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)}); err != nil || got[0] != "syslogbase=Mar  1 10:00:00 h p[1]: m=hi" {
		t.Errorf("a pattern without a field: %q %v", got, err)
	}
}

func TestReadErrors(t *testing.T) {
	schema := formattest.Schema(t, "k string", "v int")
	for _, tt := range []struct {
		data, malformed, column string
		line                    int64
	}{
		{"a=1\n\nb=x\n", "", "v", 3}, {"a=1\nb=x\n", "error", "v", 2}, {"a=1\n?\n", "error", "", 2},
	} {
		f := open(t, Format{}, tt.data, schema, map[string]string{"input.format": "^%{WORD:k}=%{NOTSPACE:v}", "malformed.values": tt.malformed})
		_, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if e := fault.As(err); e == nil || e.Line != tt.line || e.Column != tt.column || e.Object != "memory://t/a.log" {
			t.Errorf("%q: %v", tt.data, err)
		}
	}
	m := store.NewMemory("t")
	for _, props := range []map[string]string{nil, {"input.format": "(?=x)"}, {"input.format": "x", "malformed.values": "maybe"}, {"input.format": "x", "skip.header.line.count": "-1"}} {
		_, err := Format{}.Open(context.Background(), m, m.Set("a.log", nil), formats.Options{Schema: schema, Properties: props})
		if e := fault.As(err); e == nil || e.Code == fault.CodeInternal || e.Object == "" {
			t.Errorf("%v: %v", props, err)
		}
	}
	f := open(t, Format{}, "x", formattest.Schema(t, "k array<int>"), map[string]string{"input.format": "%{WORD:k}"})
	if _, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(f.Schema())}); !fault.Is(err, fault.CodeInvalidJSON) {
		t.Error(err)
	}
}

// TestRejectsAreCounted: whatever columns are read, the same rows are left out.
func TestRejectsAreCounted(t *testing.T) {
	schema := formattest.Schema(t, "k string", "v int")
	f := open(t, Format{}, "a=1\nb=x\nc\nd=2\n", schema, map[string]string{"input.format": "^%{WORD:k}=%{NOTSPACE:v}", "malformed.values": "reject"})
	for _, columns := range [][]formats.Projection{nil, formattest.Columns(schema)[:1], formattest.Columns(schema)[1:], formattest.Columns(schema)} {
		var r formats.Rejects
		got, err := read(f, 1<<30, formats.ScanRequest{Columns: columns, Rejects: &r})
		if err != nil || len(got) != 2 || r.Count() != 2 {
			t.Errorf("%d columns: %d rows, %d rejected: %v", len(columns), len(got), r.Count(), err)
		}
		want := "memory://t/a.log, line 2, column \"v\": invalid input syntax for type integer: \"x\"\n" +
			"memory://t/a.log, line 3: the line does not match the pattern"
		if w := r.Warning(); w == nil || w.Detail != want {
			t.Errorf("%v", w)
		}
	}
}

// TestSplits: every line is in one split, with the right numbers of lines.
func TestSplits(t *testing.T) {
	var b strings.Builder
	n := 120_000
	for i := range n {
		fmt.Fprintf(&b, "key%d=%d %d\n", i, i*2, i%7)
	}
	b.WriteString("bad=1 99999999999\n")
	schema := formattest.Schema(t, "k string", "v bigint", "n int")
	props := map[string]string{"input.format": `^%{WORD:k}=%{NOTSPACE:v} %{INT:n:int}$`}
	f := open(t, Format{}, b.String(), schema, props)
	if s := f.Splits(1 << 20); len(s) < 2 {
		t.Fatalf("%d splits", len(s))
	}
	got, err := read(f, 1<<20, formats.ScanRequest{Columns: formattest.Columns(schema)})
	if e := fault.As(err); e == nil || e.Line != int64(n+1) || len(got) < n-vector.BatchSize {
		t.Errorf("%d rows, %v", len(got), err)
	}
	for i, row := range got {
		if want := fmt.Sprintf("k=key%d v=%d n=%d", i, i*2, i%7); row != want {
			t.Fatalf("row %d is %q, want %q", i, row, want)
		}
	}
	limited, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema), Limit: 10})
	if err != nil || len(limited) != 10 {
		t.Errorf("%d rows, %v", len(limited), err)
	}
}

// odd keeps rows whose column 0 is odd.
type odd struct{ formats.Predicate }

func (odd) Columns() []int { return []int{0} }
func (odd) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	for i, v := range vector.Values[int64](b.Cols[0]) {
		if v%2 == 1 {
			out = append(out, uint16(i))
		}
	}
	return out, nil
}

func TestPredicate(t *testing.T) {
	schema := formattest.Schema(t, "v bigint", "k string")
	f := open(t, Format{}, "a=1\nb=2\nc=3\n", schema, map[string]string{"input.format": "^%{WORD:k}=%{NOTSPACE:v}"})
	got, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema), Pred: odd{}})
	if diff := cmp.Diff([]string{"v=1 k=a", "v=3 k=c"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// TestCustom: a classifier of one's own.
func TestCustom(t *testing.T) {
	f, err := New("mylog", `%{QUEUE:queue} %{INT:n:long}`, "QUEUE q[0-9]+")
	if err != nil || f.Name() != "mylog" {
		t.Fatal(err)
	}
	data := strings.Repeat("q1 5\n", 19) + "oops\n"
	if f.Sniff("x", []byte(data)) != 1 || f.Sniff("x", []byte("q1 5\noops\n")) != 0 || f.Sniff("x", []byte("q1 5")) != 1 {
		t.Error("sniffed wrongly")
	}
	in, err := f.Infer([]byte(data), true)
	if err != nil {
		t.Fatal(err)
	}
	want := &formats.Inference{Schema: formattest.Schema(t, "queue string", "n bigint"),
		Properties: map[string]string{"input.format": `%{QUEUE:queue} %{INT:n:long}`, "input.grokCustomPatterns": "QUEUE q[0-9]+"},
		Notes:      []string{"1 of 20 lines do not match the pattern: all their columns are NULL"}}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Error(diff)
	}
	if _, err := f.Infer([]byte("x\n"), true); !fault.Is(err, fault.CodeInvalidText) {
		t.Error(err)
	}
	if _, err := New("x", "%{INT}", ""); !fault.Is(err, fault.CodeInvalidRegexp) {
		t.Error(err)
	}
}

// FuzzRead: no text panics, and splits give the same rows.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a=1\nb=\xff 2\n\r\n#x\n"), byte(3))
	f.Fuzz(func(t *testing.T, data []byte, cut byte) {
		schema := formattest.Schema(t, "k string", "v string", "n int")
		file := open(t, Format{}, string(data), schema, map[string]string{"input.format": `^%{WORD:k}=%{NOTSPACE:v}(?: %{INT:n:int})?`, "comment.prefix": "#", "malformed.values": "null"})
		whole, err := read(file, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if err != nil {
			return
		}
		at, size := int64(cut)%int64(max(1, len(data))), int64(len(data))
		var parts []string
		for _, r := range []store.Range{{Len: at}, {Off: at, Len: size - at}} {
			one := &oneSplit{file, formats.Split{Range: r}}
			got, err := read(one, 1, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, got...)
		}
		if diff := cmp.Diff(whole, parts); at > 0 && diff != "" {
			t.Error(diff)
		}
	})
}

type oneSplit struct {
	formats.File
	split formats.Split
}

func (o *oneSplit) Splits(int64) []formats.Split { return []formats.Split{o.split} }

func BenchmarkApache(b *testing.B) {
	data := strings.Repeat(strings.SplitAfter(samples[0].lines, "\n")[0], 20_000)
	f := open(b, Logs()[0].(Format), data, nil, nil)
	b.SetBytes(int64(len(data)))
	formattest.Count(b, f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(f.Schema())}, 20_000)
}

// TestNested: fields that hold JSON, whole and in part.
func TestNested(t *testing.T) {
	schema := formattest.Schema(t, "id int", "tags array<string>", "r struct<x:int,y:struct<z:string>>")
	data := "1 [\"a\",\"b\"] {\"x\":7,\"y\":{\"z\":\"q\"}}\n2 - -\n3 [] {\"X\":8}\n"
	open := func(bad string) formats.File {
		return formattest.MustOpen(t, Format{}, "a.log", []byte(data+"4 ["+" 5\n"), formats.Options{Schema: schema, Properties: map[string]string{
			"input.format": "%{INT:id} %{NOTSPACE:tags} %{GREEDYDATA:r}", "serialization.null.format": "-", "malformed.values": bad}})
	}
	row := schema.Fields[2].Type
	cols := append(formattest.Columns(schema), formats.Projection{Column: 2, Path: []string{"y", "z"}, Type: row.Fields[1].Type.Fields[0].Type})
	want := [][]string{{"1", `["a","b"]`, `{"x":7,"y":{"z":"q"}}`, "q"}, {"2", "∅", "∅", "∅"}, {"3", "[]", `{"x":8,"y":null}`, "∅"}}
	for bad, rows := range map[string][][]string{"reject": want, "null": append(want[:3:3], []string{"4", "∅", "∅", "∅"})} {
		got, err := formattest.Texts(t.Context(), open(bad), 1<<30, formats.ScanRequest{Columns: cols})
		if diff := cmp.Diff(rows, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", bad, err, diff)
		}
	}
	_, err := formattest.Texts(t.Context(), open("error"), 1<<30, formats.ScanRequest{Columns: cols})
	if e := fault.As(err); e == nil || e.Code != fault.CodeInvalidJSON || e.Column != "tags" || e.Line != 4 {
		t.Errorf("%+v", e)
	}
}

// TestText: the properties of text that all formats of lines have.
func TestText(t *testing.T) {
	schema := formattest.Schema(t, "id int", "name string")
	for _, tt := range []struct {
		name, data string
		props      map[string]string
	}{
		{"latin-1", "1 Gr\xf6\xdfe\n2 x\n", map[string]string{"serialization.encoding": "latin1"}},
		{"utf-16", "\xff\xfe1\x00 \x00G\x00r\x00\xf6\x00\xdf\x00e\x00\n\x002\x00 \x00x\x00", nil},
		{"footer", "1 Größe\n2 x\nthe end\n", map[string]string{"skip.footer.line.count": "1"}},
		{"records", "1 Größe\x1e2 x\x1e", map[string]string{"line.delim": `\u001e`}},
		{"hadoop's records", "1 Größe--2 x--", map[string]string{"textinputformat.record.delimiter": "--"}},
	} {
		tt.props = maps.Clone(tt.props)
		if tt.props == nil {
			tt.props = map[string]string{}
		}
		tt.props["input.regex"] = "(\\d+) (.*)"
		f := formattest.MustOpen(t, Regex(), "a.log", []byte(tt.data), formats.Options{Schema: schema, Properties: tt.props})
		got, err := formattest.Texts(t.Context(), f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if diff := cmp.Diff([][]string{{"1", "Größe"}, {"2", "x"}}, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", tt.name, err, diff)
		}
	}
}
