package fn_test

import "testing"

func TestArrayMore(t *testing.T) {
	pg, athena := sessions(t)
	run(t, pg, []check{
		{sql: "array_first(cast(array[] as array(integer))), array_last(array[1, null]), array_first(array['a'])", want: "NULL|NULL|a"},
		{sql: "array_positions(array[1, null, 1], null), array_positions(array[1], 2), array_positions(cast(null as integer[]), 1)", want: "{2}|{}|NULL"},
		{sql: "array_replace(array[1, null], null, 5), array_replace(array['a'], 'a', null)", want: "{1,5}|{NULL}"},
		{sql: "contains_sequence(array[1, 2, 3], array[1, 3]), contains_sequence(array[1], cast(array[] as array(integer)))", want: "false|true"},
		{sql: "array_ndims(array[1]), array_ndims(cast(array[] as array(integer))), array_dims(array['a', 'b'])", want: "1|NULL|[1:2]"},
		{sql: "array_fill('x', array[2]), array_fill(cast(null as integer), array[2])", want: "{x,x}|{NULL,NULL}"},
		{sql: "array_fill(1, array[-1])", code: "22023"}, {sql: "array_fill(1, array[2, 2])", code: "0A000"},
		{sql: "array_fill(1, cast(null as array(integer)))", code: "22004"},
		{sql: "combinations(array[1, 2], 0), combinations(array[1, 2], 3), cardinality(combinations(sequence(1, 10), 5))", want: "{{}}|{}|252"},
		{sql: "combinations(sequence(1, 100), 5)", code: "54000"}, {sql: "combinations(array[1], 6)", code: "22023"},
		{sql: "ngrams(array[1, 2], 5), ngrams(array[1, 2], 1)", want: "{{1,2}}|{{1},{2}}"}, {sql: "ngrams(array[1], 0)", code: "22023"},
		{sql: "array_histogram(array[1, null, 1]), array_histogram(cast(array[] as array(varchar)))", want: `{"1":2}|{}`},
		{sql: "multimap_from_entries(array[row(null, 1)])", code: "22023"},
		{sql: "split_to_multimap('', ',', '='), split_to_multimap('a=', ',', '=')", want: `{}|{"a":[""]}`},
		{sql: "split_to_multimap('a', ',', '=')", code: "22023"},
		{sql: "cardinality(zip(array[1, 2], cast(array[] as array(varchar)), array[1.5]))", want: "2"},
	})
	run(t, athena, []check{
		{sql: "repeat(1, 3), repeat('a', 0), repeat(cast(null as integer), 2), repeat(1, cast(null as bigint))", want: "{1,1,1}|{}|{NULL,NULL}|NULL"},
		{sql: "repeat(1, -1)", code: "22023"},
	})
}

// TestArrayMoreRows runs them over many rows, some of them NULL.
func TestArrayMoreRows(t *testing.T) {
	pg, _ := sessions(t)
	const rows = " FROM (SELECT n, CASE WHEN n % 3 > 0 THEN sequence(1, n) END a FROM generate_series(1, 9) t(n)) t"
	run(t, pg, []check{
		{sql: "sum(array_last(a)), sum(array_first(a))" + rows, want: "27|6"},
		{sql: "sum(cardinality(ngrams(a, 2))), sum(cardinality(zip(a, array[1, 2, 3])))" + rows, want: "22|30"},
		{sql: "sum(cardinality(array_positions(a, n)))" + rows, want: "6"},
		{sql: "sum(cardinality(combinations(a, 2)))" + rows, want: "66"},
		{sql: "sum(element_at(array_histogram(a || a), n))" + rows, want: "12"},
	})
}
