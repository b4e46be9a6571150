package slttest

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// matchErrors are statements about t (id, value), the error's SQLSTATE and its words,
// which are Trino's. The mark ¶ before a word of the statement says where.
var matchErrors = []struct{ sql, code, words string }{
	// Variables
	{"MR(PATTERN (A) SUBSET ¶A = (A) DEFINE A AS true)", "42712", "union pattern variable name: A is a duplicate of primary pattern variable name"},
	{"MR(PATTERN (A) SUBSET U = (A), ¶u = (A) DEFINE A AS true)", "42712", "union pattern variable name: U is declared twice"},
	{"MR(PATTERN (A) SUBSET U = (A, ¶B) DEFINE A AS true)", "42704", "subset element: B is not a primary pattern variable"},
	{"MR(PATTERN (A) DEFINE ¶B AS true)", "42704", "defined variable: B is not a primary pattern variable"},
	{"MR(PATTERN (A) DEFINE A AS true, ¶a AS true)", "42712", "pattern variable with name: A is defined twice"},
	{"MR(AFTER MATCH SKIP TO ¶B PATTERN (A) DEFINE A AS true)", "42704", "B is not a primary or union pattern variable"},
	{"MR(PATTERN (A) DEFINE A AS ¶value)", "42804", "Expression defining a label must be boolean (actual type: integer)"},
	// Patterns
	{"MR(PATTERN (A¶{2147483648,}) DEFINE A AS true)", "22003", "Pattern quantifier lower bound must not exceed 2147483647"},
	{"MR(PATTERN (A¶{,2147483648}) DEFINE A AS true)", "22003", "Pattern quantifier upper bound must not exceed 2147483647"},
	{"MR(PATTERN (A¶{,0}) DEFINE A AS true)", "22003", "Pattern quantifier upper bound must be greater than or equal to 1"},
	{"MR(PATTERN (A¶{3,2}) DEFINE A AS true)", "22003", "Pattern quantifier lower bound must not exceed upper bound"},
	{"MR(ALL ROWS PER MATCH WITH UNMATCHED ROWS PATTERN (A ¶{- B -}) DEFINE A AS true)", "42P20", "Pattern exclusion syntax is not allowed when ALL ROWS PER MATCH WITH UNMATCHED ROWS is specified"},
	{"MR(MEASURES 1 AS m PATTERN (A{2000000000}) DEFINE A AS true)", "54000", "row pattern is too long: quantifiers and permutations make more than 1048576 steps of it"},
	{"MR(¶SEEK PATTERN (A) DEFINE A AS true)", "0A000", "Pattern search modifier: SEEK is not allowed in MATCH_RECOGNIZE clause"},
	// Columns
	{"MR(PARTITION BY ¶id + 1 PATTERN (A) DEFINE A AS true)", "42P10", "Expected column reference. Actual: (id + 1)"},
	{"MR(ORDER BY ¶x PATTERN (A) DEFINE A AS true)", "42703", "Column x is not present in the input relation"},
	{"SELECT * FROM ¶(VALUES (1, 2)) t(a, A) MATCH_RECOGNIZE (PATTERN (A) DEFINE A AS true)", "42702", "ambiguous column: a in row pattern input relation"},
	{"MR(PATTERN (A) DEFINE A AS true)", "42P16", "pattern recognition output table has no columns"},
	{"MR(MEASURES ¶A.x AS m PATTERN (A) DEFINE A AS true)", "42703", "Column x prefixed with label A cannot be resolved"},
	{"MR(MEASURES ¶t.value AS m PATTERN (A) DEFINE A AS true)", "42703", "Column 't.value' cannot be resolved"},
	{"SELECT * FROM (VALUES 7) o(outside), LATERAL (SELECT * FROM t MATCH_RECOGNIZE (MEASURES ¶outside AS m PATTERN (A) DEFINE A AS true))", "0A000", "Reference to column 'outside' from outer scope not allowed in this context"},
	// Functions of patterns
	{"SELECT ¶FINAL last_value(value) OVER () FROM t", "42P20", "FINAL semantics is not supported out of pattern recognition context"},
	{"MR(MEASURES 1 AS m PATTERN (A) DEFINE A AS ¶FINAL LAST(value) = 1)", "42P20", "FINAL semantics is not supported in DEFINE clause"},
	{"MR(MEASURES ¶RUNNING PREV(value) AS m PATTERN (A) DEFINE A AS true)", "42P20", "RUNNING semantics is not supported with prev pattern recognition function"},
	{"MR(MEASURES ¶FINAL lower('x') AS m PATTERN (A) DEFINE A AS true)", "42P20", "FINAL semantics is supported only for FIRST(), LAST() and aggregation functions. Actual: lower"},
	{"MR(MEASURES ¶LAST(value) OVER () AS m PATTERN (A) DEFINE A AS true)", "42P20", "Cannot nest window functions or row pattern measures inside pattern recognition expressions"},
	{"MR(MEASURES ¶LAST(value) FILTER (WHERE true) AS m PATTERN (A) DEFINE A AS true)", "0A000", "Cannot use FILTER with last pattern recognition function"},
	{"MR(MEASURES ¶LAST(value ORDER BY value) AS m PATTERN (A) DEFINE A AS true)", "0A000", "Cannot use ORDER BY with last pattern recognition function"},
	{"MR(MEASURES ¶LAST(DISTINCT value) AS m PATTERN (A) DEFINE A AS true)", "0A000", "Cannot use DISTINCT with last pattern recognition function"},
	{"MR(MEASURES ¶LAST(value, 1, 2) AS m PATTERN (A) DEFINE A AS true)", "22023", "last pattern recognition function requires 1 or 2 arguments"},
	{"MR(MEASURES ¶LAST(value, id) AS m PATTERN (A) DEFINE A AS true)", "22023", "last pattern recognition navigation function requires a number as the second argument"},
	{"MR(MEASURES ¶LAST(value, -1) AS m PATTERN (A) DEFINE A AS true)", "22023", "last pattern recognition navigation function requires a number as the second argument"},
	{"MR(MEASURES ¶PREV(value, 3000000000) AS m PATTERN (A) DEFINE A AS true)", "22003", "The second argument of prev pattern recognition navigation function must not exceed 2147483647 (actual: 3000000000)"},
	{"MR(MEASURES ¶LAST(1) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Pattern navigation function last must contain at least one column reference or CLASSIFIER()"},
	{"MR(MEASURES LAST(¶NEXT(value)) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Cannot nest next pattern navigation function inside last pattern navigation function"},
	{"MR(MEASURES PREV(¶NEXT(value)) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Cannot nest next pattern navigation function inside prev pattern navigation function"},
	{"MR(MEASURES PREV(LAST(value) + ¶FIRST(value)) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Cannot nest multiple pattern navigation functions inside prev pattern navigation function"},
	{"MR(MEASURES PREV(¶LAST(value) + 1) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Immediate nesting is required for pattern navigation functions"},
	{"MR(MEASURES LAST(¶A.value + B.value) AS m PATTERN (A B) DEFINE A AS true)", "42P20", "Column references inside argument of function last must all either be prefixed with the same label or be not prefixed"},
	{"MR(MEASURES LAST(¶A.value + value) AS m PATTERN (A B) DEFINE A AS true)", "42P20", "Column references inside argument of function last must all either be prefixed with the same label or be not prefixed"},
	{"MR(MEASURES ¶LAST(CLASSIFIER(A) || CLASSIFIER(B)) AS m PATTERN (A B) DEFINE A AS true)", "42P20", "CLASSIFIER() calls inside argument of function last must all either have the same label as the argument or have no arguments"},
	{"MR(MEASURES ¶LAST(CLASSIFIER(A) = 'A' OR value = 1) AS m PATTERN (A B) DEFINE A AS true)", "42P20", "Column references inside argument of function last must all be prefixed with the same label that all CLASSIFIER() calls have as the argument"},
	{"MR(MEASURES ¶CLASSIFIER(A, B) AS m PATTERN (A B) DEFINE A AS true)", "22023", "CLASSIFIER pattern recognition function takes no arguments or 1 argument"},
	{"MR(MEASURES CLASSIFIER(¶C) AS m PATTERN (A B) DEFINE A AS true)", "22023", "C is not a primary pattern variable or subset name"},
	{"MR(MEASURES CLASSIFIER(¶'A') AS m PATTERN (A B) DEFINE A AS true)", "42804", "CLASSIFIER function argument should be primary pattern variable or subset name. Actual: 'A'"},
	{"MR(MEASURES ¶MATCH_NUMBER(1) AS m PATTERN (A B) DEFINE A AS true)", "22023", "MATCH_NUMBER pattern recognition function takes no arguments"},
	// Aggregates
	{"MR(MEASURES ¶sum(DISTINCT value) AS m PATTERN (A) DEFINE A AS true)", "0A000", "Cannot use DISTINCT with sum aggregate function in pattern recognition context"},
	{"MR(MEASURES ¶array_agg(value ORDER BY id) AS m PATTERN (A) DEFINE A AS true)", "0A000", "Cannot use ORDER BY with array_agg aggregate function in pattern recognition context"},
	{"MR(MEASURES ¶sum(value) FILTER (WHERE true) AS m PATTERN (A) DEFINE A AS true)", "0A000", "Cannot use FILTER with sum aggregate function in pattern recognition context"},
	{"MR(MEASURES LAST(¶sum(value)) AS m PATTERN (A) DEFINE A AS true)", "42803", "Cannot nest sum aggregate function inside last function"},
	{"MR(MEASURES sum(¶max(value)) AS m PATTERN (A) DEFINE A AS true)", "42803", "Cannot nest max aggregate function inside sum function"},
	{"MR(MEASURES sum(¶LAST(value)) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Cannot nest last pattern navigation function inside sum function"},
	{"MR(MEASURES ¶max_by(A.value, id) AS m PATTERN (A) DEFINE A AS true)", "42P20", "All aggregate function arguments must apply to rows matched with the same label"},
	{"MR(MEASURES count(¶C.*) AS m PATTERN (A) DEFINE A AS true)", "22023", "C is not a primary pattern variable or subset name"},
	{"MR(MEASURES sum(¶A.*) AS m PATTERN (A) DEFINE A AS true)", "22023", "label.* syntax is only supported as the only argument of row pattern count function"},
	// At work
	{"MR(MEASURES 1 AS m AFTER MATCH SKIP TO A PATTERN (A B) DEFINE A AS true)", "22023", "AFTER MATCH SKIP failed: cannot skip to first row of match"},
	{"MR(MEASURES 1 AS m AFTER MATCH SKIP TO B PATTERN (A B?) DEFINE B AS false)", "22023", "AFTER MATCH SKIP failed: pattern variable is not present in match"},
	{"MR(MEASURES 1 AS m PATTERN (A+) DEFINE A AS 1 / (value - 70) < 100)", "22012", "division by zero"},
	// Windows
	{"OW(¶RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING PATTERN (A) DEFINE A AS true)", "42P20", "Pattern recognition requires ROWS frame type"},
	{"OW(¶ROWS CURRENT ROW PATTERN (A) DEFINE A AS true)", "42P20", "Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ..."},
	{"OW(¶ROWS BETWEEN 1 PRECEDING AND CURRENT ROW PATTERN (A) DEFINE A AS true)", "42P20", "Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ..."},
	{"OW(¶ROWS BETWEEN CURRENT ROW AND CURRENT ROW PATTERN (A))", "42P20", "Pattern recognition requires DEFINE clause"},
	{"OW(¶ROWS BETWEEN CURRENT ROW AND CURRENT ROW EXCLUDE TIES PATTERN (A) DEFINE A AS true)", "42P20", "Pattern recognition does not allow rows to be excluded from the frame"},
	{"OW(ROWS BETWEEN CURRENT ROW AND CURRENT ROW PATTERN (A ¶$) DEFINE A AS true)", "42P20", "Anchor pattern syntax is not allowed in window"},
	{"OW(MEASURES ¶MATCH_NUMBER() AS n ROWS BETWEEN CURRENT ROW AND CURRENT ROW PATTERN (A) DEFINE A AS true)", "0A000", "MATCH_NUMBER function is not supported in window"},
	{"OW(¶MEASURES value AS n ROWS BETWEEN CURRENT ROW AND CURRENT ROW)", "42P20", "Row pattern measures require PATTERN clause"},
	{"OW(ROWS BETWEEN CURRENT ROW AND CURRENT ROW ¶AFTER MATCH SKIP TO NEXT ROW)", "42P20", "AFTER MATCH SKIP clause requires PATTERN clause"},
	{"OW(ROWS BETWEEN CURRENT ROW AND CURRENT ROW ¶SEEK)", "42P20", "SEEK modifier requires PATTERN clause"},
	{"OW(ROWS BETWEEN CURRENT ROW AND CURRENT ROW SUBSET ¶U = (A))", "42P20", "Union variable definitions require PATTERN clause"},
	{"OW(ROWS BETWEEN CURRENT ROW AND CURRENT ROW DEFINE ¶U AS true)", "42P20", "Primary pattern variable definitions require PATTERN clause"},
	{"OW(ROWS BETWEEN CURRENT ROW AND ¶lower('x') FOLLOWING PATTERN (A) DEFINE A AS true)", "42804", "Window frame ROWS end value type must be exact numeric type with scale 0 (actual varchar)"},
	{"SELECT ¶m OVER (ORDER BY id) FROM t", "42703", "Measure m is not defined in the corresponding window"},
	{"SELECT ¶m OVER (MEASURES 1 AS m, 2 AS m ROWS BETWEEN CURRENT ROW AND CURRENT ROW PATTERN (A) DEFINE A AS true) FROM t", "42702", "Measure m is defined more than once"},
	{"SELECT 1 FROM t WHERE ¶m OVER (ORDER BY id) = 1", "42P20", "window functions are not allowed in WHERE"},
	{"SELECT 1 FROM t MATCH_RECOGNIZE (MEASURES ¶m OVER (ORDER BY id) AS m PATTERN (A) DEFINE A AS true)", "42P20", "Cannot nest window functions or row pattern measures inside pattern recognition expressions"},
}

// TestMatchErrors checks the words and places of what row pattern recognition refuses.
func TestMatchErrors(t *testing.T) {
	s := NewSession(t, Lake(t, root+"lake", nil))
	for _, sql := range []string{"SET dialect = 'athena'", "CREATE VIEW t AS SELECT * FROM (VALUES (1, 90), (2, 80), (3, 70), (4, 70)) t (id, value)"} {
		if _, err := s.Query(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range matchErrors {
		sql := c.sql
		if rest, ok := strings.CutPrefix(sql, "MR("); ok {
			sql = "SELECT 1 FROM t MATCH_RECOGNIZE (" + rest
		}
		if rest, ok := strings.CutPrefix(sql, "OW("); ok {
			sql = "SELECT sum(value) OVER (" + rest + " FROM t"
		}
		want := 0
		if before, after, ok := strings.Cut(sql, "¶"); ok {
			want, sql = len(before)+1, before+after
		}
		_, err := s.Query(t.Context(), sql)
		if err == nil {
			t.Errorf("%s\nis not refused", sql)
			continue
		}
		e := fault.As(err)
		if string(e.Code) != c.code || e.Message != c.words || want > 0 && e.Pos != want {
			t.Errorf("%s\ngot  %s at %d: %s\nwant %s at %d: %s", sql, e.Code, e.Pos, e.Message, c.code, want, c.words)
		}
	}
}
