package athenaapi

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/google/go-cmp/cmp"
)

func TestQuery(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		sql    string
		params []string
		want   [][]string
	}{
		{"SELECT name, age FROM people ORDER BY name", nil, [][]string{{"name", "age"}, {"ada", "36"}, {`b "q", c`, "7"}, {"eve", "<null>"}}},
		{"SELECT name FROM awsdatacatalog.demo.people WHERE age = ? AND city = ?", []string{"36", "'rome'"}, [][]string{{"name"}, {"ada"}}},
		{`SELECT NULL AS a, '' AS b, NULL AS c`, nil, [][]string{{"a", "b", "c"}, {"<null>", "", "<null>"}}},
		{"SELECT TIMESTAMP '2020-01-02 03:04:05.678', DATE '2020-01-02', true, 1.5e0, CAST('1.50' AS DECIMAL(4,2)), ARRAY[1, 2], MAP(ARRAY['k'], ARRAY[1]), CAST(ROW(1, 'x') AS ROW(a integer, b varchar)), X'0aff'", nil,
			[][]string{{"_col0", "_col1", "_col2", "_col3", "_col4", "_col5", "_col6", "_col7", "_col8"},
				{"2020-01-02 03:04:05.678", "2020-01-02", "true", "1.5", "1.50", "[1, 2]", "{k=1}", "{a=1, b=x}", "0a ff"}}},
		{"DESCRIBE people", nil, [][]string{{"name                \tstring              \t                    "}, {"age                 \tbigint              \t                    "},
			{"city                \tstring              \t                    "}, {"                    \t                    \t                    "},
			{"# Partition Information\t                    \t                    "}, {"# col_name          \tdata_type           \tcomment             "},
			{"                    \t                    \t                    "}, {"city                \tstring              \t                    "}}},
		{"SHOW TABLES", nil, [][]string{{"people"}}},
		{"SHOW PARTITIONS people", nil, [][]string{{"city=oslo"}, {"city=rome"}}},
	} {
		if diff := cmp.Diff(c.want, w.rows(c.sql, c.params...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sql, diff)
		}
	}
}

// TestReasons reads why executions failed, in the words that clients look for.
func TestReasons(t *testing.T) {
	w := newWorld(t)
	for sql, want := range map[string]string{
		"SELECT nocol FROM people":             "COLUMN_NOT_FOUND: line 1:8: Column 'nocol' cannot be resolved or requester is not authorized to access requested resources",
		"SELECT p.nocol FROM people p":         "COLUMN_NOT_FOUND: line 1:8: Column 'p.nocol' cannot be resolved or requester is not authorized to access requested resources",
		"SELECT 1\nFROM none":                  "TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.demo.none' does not exist",
		"SELECT * FROM demo.none":              "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.demo.none' does not exist",
		"SELECT * FROM nodb.none":              "SCHEMA_NOT_FOUND: line 1:15: Schema 'nodb' does not exist",
		"SELECT qqqqqqqqqqqqqq(1)":             "FUNCTION_NOT_FOUND: line 1:8: Function 'qqqqqqqqqqqqqq' not registered. No function matches the given name and argument types. You might need to add explicit type casts",
		"SELECT 1 / 0":                         "DIVISION_BY_ZERO: line 1:10: division by zero",
		"SELECT CAST('x' AS integer)":          "INVALID_CAST_ARGUMENT: line 1:13: invalid input syntax for type integer: \"x\"",
		"CREATE TABLE people AS SELECT 1 AS a": "TABLE_ALREADY_EXISTS: relation \"people\" already exists",
	} {
		e := w.query(sql)
		if got := aws.ToString(e.Status.StateChangeReason); e.Status.State != athenatypes.QueryExecutionStateFailed || got != want {
			t.Errorf("%s: %s %s, want %s", sql, e.Status.State, got, want)
		}
		if e.Status.AthenaError == nil || *e.Status.AthenaError.ErrorCategory != categoryUser {
			t.Errorf("%s: %+v", sql, e.Status.AthenaError)
		}
	}
}
