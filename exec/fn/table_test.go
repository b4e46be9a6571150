package fn_test

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestTableFunctions(t *testing.T) {
	pg, _ := sessions(t)
	for _, c := range []struct{ from, want string }{
		{"generate_series(1, 3)", "1 2 3"}, {"generate_series(3, 1, -2)", "3 1"}, {"generate_series(1, 0)", ""}, {"generate_series(1, 3, 0)", "!22023"},
		{"generate_series(9223372036854775806, 9223372036854775807)", "9223372036854775806 9223372036854775807"},
		{"generate_series(1.0, 2.0, 0.5)", "1.0 1.5 2.0"}, {"generate_series(1, null)", ""},
		{"generate_series(timestamp '2024-01-31', timestamp '2024-03-31', interval '1 month')", "2024-01-31 00:00:00 2024-02-29 00:00:00 2024-03-29 00:00:00"},
		{"generate_subscripts(array[5, 6], 1)", "1 2"}, {"string_to_table('a,b', ',')", "a b"}, {`regexp_split_to_table('a1b', '\d')`, "a b"},
		{`regexp_matches('a1b2', '([a-z])(\d)', 'g')`, "{a,1} {b,2}"}, {`json_array_elements('[1,"x"]')`, `1 "x"`}, {`json_array_elements_text('["x"]')`, "x"},
		{`json_object_keys('{"a":1,"b":2}')`, "a b"}, {`json_object_keys('1')`, "!22023"},
	} {
		rows, err := pg.Query(t.Context(), "SELECT * FROM "+c.from)
		got := strings.Join(rows, " ")
		if err != nil {
			got = "!" + string(fault.As(err).Code)
		}
		if got != c.want {
			t.Errorf("%s = %s, want %s (%v)", c.from, got, c.want, err)
		}
	}
}
