package fn_test

import "testing"

func TestLambdas(t *testing.T) {
	pg, athena := sessions(t)
	checks := []check{
		{sql: "transform(cast(null as array(integer)), x -> x)", want: "NULL"},
		{sql: "transform(array[1, null], x -> coalesce(x, 0))", want: "{1,0}"},
		{sql: "transform(array['a'], x -> x || 'b')", want: "{ab}"},
		{sql: "transform(array[array[1], array[2, 3]], x -> transform(x, y -> y + cardinality(x)))", want: "{{2},{4,5}}"},
		{sql: "filter(array[1, null, 3], x -> x > 1)", want: "{3}"},
		{sql: "any_match(array[1, null], x -> x > 1)", want: "NULL"},
		{sql: "any_match(array[2, null], x -> x > 1)", want: "true"},
		{sql: "all_match(array[2, null], x -> x > 1)", want: "NULL"},
		{sql: "all_match(array[1, null], x -> x > 1)", want: "false"},
		{sql: "none_match(array[2, null], x -> x > 1)", want: "false"},
		{sql: "none_match(array[1, null], x -> x > 1)", want: "NULL"},
		{sql: "zip_with(array[1, 2], array['a'], (x, y) -> cast(x as varchar) || coalesce(y, '?'))", want: "{1a,2?}"},
		{sql: "reduce(array[1, 2147483647], 0, (s, x) -> s + cast(x as bigint), s -> s)", want: "2147483648"},
		{sql: "reduce(array[0.5, 0.25], 1, (s, x) -> s * x, s -> s)", want: "0.12500000"},
		{sql: "reduce(array['a', 'b'], '', (s, x) -> s || x, s -> s)", want: "ab"},
		{sql: "reduce(array[1], null, (s, x) -> x, s -> s)", want: "1"},
		{sql: "reduce(cast(array[] as array(integer)), 7, (s, x) -> s + x, s -> s)", want: "7"},
		{sql: "transform_keys(map(array['a', 'b'], array[1, 2]), (k, v) -> 1)", code: "22023"},
		{sql: "transform(array[1, 0], x -> 1 / x)", code: "22012"},
		{sql: "transform(array[1], (x, y) -> x)", code: "42883"},
	}
	run(t, pg, checks)
	run(t, athena, checks)
}

// TestLambdaRows runs lambdas over many rows with captured columns, long arrays
// and NULLs.
func TestLambdaRows(t *testing.T) {
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "sum(reduce(transform(sequence(1, n), x -> x * n), 0, (s, x) -> s + x, s -> s)) FROM generate_series(1, 100) t(n)", want: "12920425"},
		{sql: "sum(cardinality(filter(a, x -> x % n = 0))) FROM (SELECT n, CASE WHEN n % 3 > 0 THEN sequence(1, n) END a FROM generate_series(1, 9) t(n)) t", want: "6"},
		{sql: "count(*) FROM generate_series(1, 5000) t(n) WHERE any_match(array[n, n + 1], x -> x % 1000 = 0)", want: "10"},
	})
}

func TestSortByLambda(t *testing.T) {
	pg, _ := sessions(t)
	const down = "(x, y) -> if(x < y, 1, if(x > y, -1, 0))"
	run(t, pg, []check{
		{sql: "array_sort(array[3, 1, 2], " + down + ")", want: "{3,2,1}"},
		{sql: "array_sort(array['bb', 'a', 'cc', 'd'], (x, y) -> if(length(x) < length(y), -1, if(length(x) > length(y), 1, 0)))", want: "{a,d,bb,cc}"},
		{sql: "array_sort(array[2, null, 1], (x, y) -> CASE WHEN x IS NULL THEN -1 WHEN y IS NULL THEN 1 WHEN x < y THEN -1 ELSE 1 END)", want: "{NULL,1,2}"},
		{sql: "array_sort(array[1, 2], (x, y) -> 7)", code: "22023"}, {sql: "array_sort(array[1, 2], (x, y) -> null)", code: "22023"},
		{sql: "array_sort(array[1], (x, y) -> 7), array_sort(cast(null as array(integer)), (x, y) -> 7)", want: "{1}|NULL"},
		{sql: "count(*) FROM (SELECT CASE WHEN n % 5 > 0 THEN transform(sequence(1, n), x -> x * 7919 % 1009) END a FROM generate_series(1, 60) t(n)) t WHERE array_sort(a, " + down + ") = reverse(array_sort(a))", want: "48"},
	})
}
