package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/server"
)

// TestDeclaredTextTables: tables that a person declares over files of text,
// with the SerDes that Hive and Glue have for them.
func TestDeclaredTextTables(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{
		"log/a.log":    "q1 5 ok\nnonsense\nq2 7 bad\n",
		"trail/a.json": `{"Records":[{"eventName":"A"},{"eventName":"B"}]}`,
		"path/a.json":  `{"meta":1,"data":{"rows":[{"x":1},{"x":2},{"x":3}]}}`,
		"xml/a.xml":    "<r><row id='1'><v>a</v></row><row id='2'/></r>",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Locations: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	if _, err := in.Catalog.CreateDatabase(t.Context(), &catalog.Database{Name: "demo"}); err != nil {
		t.Fatal(err)
	}
	s := newSession(t, in)
	for _, c := range []struct{ ddl, query, want string }{
		{`CREATE EXTERNAL TABLE log (queue string, n bigint, state string) ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe'
			WITH SERDEPROPERTIES ('input.format'='%{Q:queue} %{INT:n:long} %{WORD:state}', 'input.grokCustomPatterns'='Q q[0-9]')
			STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
			OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
			LOCATION 'DIR/log' TBLPROPERTIES ('classification'='queues')`,
			"SELECT queue, n, state FROM log ORDER BY n", "q1|5|ok q2|7|bad \\N|\\N|\\N"},
		{`CREATE EXTERNAL TABLE regex (queue string, n int, rest string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
			WITH SERDEPROPERTIES ('input.regex'='([^ ]*) ([0-9]*) (ok|bad)') LOCATION 'DIR/log'`,
			"SELECT queue, n, rest FROM regex ORDER BY n", `q1|5|ok q2|7|bad \N|\N|\N`},
		{`CREATE EXTERNAL TABLE trail (eventname string) ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'
			STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
			OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' LOCATION 'DIR/trail'`,
			"SELECT eventname FROM trail ORDER BY 1", "A B"},
		{`CREATE EXTERNAL TABLE path (x int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
			WITH SERDEPROPERTIES ('json.path'='$.data.rows[*]') LOCATION 'DIR/path'`, "SELECT sum(x) FROM path", "6"},
		{`CREATE EXTERNAL TABLE books (_id int, v string) ROW FORMAT SERDE 'com.ibm.spss.hive.serde2.xml.XmlSerDe'
			WITH SERDEPROPERTIES ('rowTag'='row') LOCATION 'DIR/xml'`, "SELECT _id, v FROM books ORDER BY 1", "1|a 2|\\N"},
	} {
		if _, err := run(t, s, strings.ReplaceAll(c.ddl, "DIR", dir)); err != nil {
			t.Errorf("%s: %v", c.ddl, err)
			continue
		}
		rows, err := run(t, s, c.query)
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join(r, "|"))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); err != nil || diff != "" {
			t.Errorf("%s: %v %s", c.query, err, diff)
		}
	}
}
