package athenaapi

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
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

// TestSyntax reads what is refused before it is an execution, as Athena words it.
func TestSyntax(t *testing.T) {
	w := newWorld(t)
	for sql, want := range map[string]string{
		"SELECT 1 FROM": "line 1:14: mismatched input '<EOF>'. Expecting: a table name",
		"SELECT 'é' 5":  "line 1:12: mismatched input '5'. Expecting: end of statement",
		"SELECT " + strings.Repeat("(", 1001) + "1" + strings.Repeat(")", 1001): "Statement is nested deeper than 1000 levels. Simplify the expression, or move parts of it into WITH queries.",
		"MERGE INTO people USING people ON true":                                "line 1:1: MERGE is not supported. Glaux takes queries, statements that define databases, tables, views and partitions, and those that write new files: CREATE TABLE AS, INSERT INTO, UNLOAD",
		"SELECT * FROM people FOR SYSTEM_TIME AS OF 5 AND":                      "line 1:46: mismatched input 'AND'. Expecting: end of statement",
		"SELECT 'open": "line 1:8: unterminated quoted string at or near \"'open\"",
	} {
		_, err := w.StartQueryExecution(t.Context(), &athena.StartQueryExecutionInput{QueryString: &sql})
		var refused *athenatypes.InvalidRequestException
		if !errors.As(err, &refused) || aws.ToString(refused.Message) != want {
			t.Errorf("%.60s: %v\nwant %s", sql, err, want)
		}
	}
}

// TestReasons reads why executions failed, in the words that clients look for.
func TestReasons(t *testing.T) {
	w := newWorld(t)
	for _, sql := range []string{"CREATE VIEW base AS SELECT 1 AS a, 2 AS b", "CREATE VIEW stale AS SELECT * FROM base",
		"CREATE VIEW broken AS SELECT b FROM base", "CREATE OR REPLACE VIEW base AS SELECT 1 AS a"} {
		if e := w.query(sql); e.Status.State != athenatypes.QueryExecutionStateSucceeded {
			t.Fatal(sql, aws.ToString(e.Status.StateChangeReason))
		}
	}
	for sql, want := range map[string]string{
		"SELECT nocol FROM people":                               "COLUMN_NOT_FOUND: line 1:8: Column 'nocol' cannot be resolved or requester is not authorized to access requested resources",
		"SELECT p.nocol FROM people p":                           "COLUMN_NOT_FOUND: line 1:8: Column 'p.nocol' cannot be resolved or requester is not authorized to access requested resources",
		"SELECT 1\nFROM none":                                    "TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.demo.none' does not exist",
		"SELECT * FROM demo.none":                                "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.demo.none' does not exist",
		"SELECT * FROM nodb.none":                                "SCHEMA_NOT_FOUND: line 1:15: Schema 'nodb' does not exist",
		"SELECT qqqqqqqqqqqqqq(1)":                               "FUNCTION_NOT_FOUND: line 1:8: Function 'qqqqqqqqqqqqqq' not registered",
		"SELECT 1 / 0":                                           "DIVISION_BY_ZERO: line 1:10: Division by zero",
		"SELECT CAST('x' AS integer)":                            "INVALID_CAST_ARGUMENT: line 1:13: Cannot cast 'x' to INT",
		"CREATE TABLE people AS SELECT 1 AS a":                   "TABLE_ALREADY_EXISTS: Destination table 'awsdatacatalog.demo.people' already exists",
		"SELECT lower(5)":                                        "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (integer) for function lower. Expected: lower(varchar)",
		"SELECT a FROM people x, people x":                       "SYNTAX_ERROR: line 1:25: table name \"x\" specified more than once",
		"SELECT name FROM people p, people q":                    "AMBIGUOUS_NAME: line 1:8: Column 'name' is ambiguous. It may mean p.name or q.name",
		"SELECT name, count(*) FROM people":                      "EXPRESSION_NOT_AGGREGATE: line 1:8: 'people.name' must be an aggregate expression or appear in GROUP BY clause",
		"SELECT count(*) FROM people WHERE count(*) > 1":         "EXPRESSION_NOT_SCALAR: line 1:35: WHERE clause cannot contain aggregations, window functions or grouping operations",
		"SELECT 1 WHERE 'a'":                                     "INVALID_CAST_ARGUMENT: line 1:16: Cannot cast 'a' to boolean",
		"SELECT 1 = date '2020-01-01'":                           "TYPE_MISMATCH: line 1:10: Cannot apply operator: integer = date",
		"SELECT array[1][2]":                                     "INVALID_FUNCTION_ARGUMENT: line 1:8: Array subscript must be less than or equal to array length: 2 > 1",
		"SELECT (SELECT 1 UNION ALL SELECT 2)":                   "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows",
		"SELECT CAST(1e300 AS integer)":                          "NUMERIC_VALUE_OUT_OF_RANGE: line 1:8: integer out of range",
		"SELECT 9223372036854775807 + 1":                         "NUMERIC_VALUE_OUT_OF_RANGE: line 1:28: bigint out of range",
		"SELECT CAST(date '2020-01-01' AS boolean)":              "TYPE_MISMATCH: line 1:8: Cannot cast date to boolean",
		"SELECT 'a' LIKE 'b' ESCAPE 'cd'":                        "INVALID_FUNCTION_ARGUMENT: line 1:8: Escape string must be a single character",
		"SELECT regexp_like('a', '(')":                           "INVALID_FUNCTION_ARGUMENT: line 1:8: invalid regular expression: missing closing ): `(`",
		"SELECT json_parse('{')":                                 "INVALID_FUNCTION_ARGUMENT: line 1:8: Cannot convert value to JSON. the text is \"{\"",
		"SELECT date_add('eon', 1, current_date)":                "INVALID_FUNCTION_ARGUMENT: line 1:8: 'eon' is not a valid field",
		"SELECT concat(" + strings.Repeat("'a', ", 127) + "'a')": "TOO_MANY_ARGUMENTS: line 1:8: Too many arguments for function call concat()",
		"DELETE FROM people":                                     "NOT_SUPPORTED: line 1:13: DELETE is not supported for tables of the lake: \"people\" is one. Files of the lake are added, never changed: INSERT INTO, CREATE TABLE AS. Temporary tables (CREATE TEMP TABLE) can be changed",
		"SELECT * FROM people FOR VERSION AS OF 5":               "NOT_SUPPORTED: line 1:15: FOR VERSION AS OF needs a table format with snapshots (Iceberg, Delta)",
		"CREATE DATABASE demo":                                   "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:Database demo already exists)",
		"DROP TABLE none":                                        "FAILED: SemanticException [Error 10001]: Table not found demo.none",
		"CREATE TABLE t2 (a int)":                                "NOT_SUPPORTED: line 1:1: only external tables can be created. Write CREATE EXTERNAL TABLE ... LOCATION '...'",
		"ALTER TABLE people ADD COLUMNS (name string)":           "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Duplicate column name: name",
		"SELECT row_number() FROM people":                        "MISSING_OVER: line 1:8: Window function row_number requires an OVER clause",
		"SELECT * FROM stale":                                    "VIEW_IS_STALE: line 1:15: View 'awsdatacatalog.demo.stale' is stale; it must be re-created. It was made with 2 columns and now has 1",
		"SELECT * FROM broken":                                   `INVALID_VIEW: line 1:15: in view demo.broken: column "b" does not exist. Did you mean "a"?`,
		"SELECT ? + 1":                                           "INVALID_PARAMETER_USAGE: statement needs 1 parameters, but 0 were given",
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
