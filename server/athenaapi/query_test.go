package athenaapi

import (
	"testing"

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
		{"SHOW TABLES", nil, [][]string{{"people"}}},
		{"SHOW PARTITIONS people", nil, [][]string{{"city=oslo"}, {"city=rome"}}},
	} {
		if diff := cmp.Diff(c.want, w.rows(c.sql, c.params...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sql, diff)
		}
	}
}
