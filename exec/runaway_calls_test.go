package exec_test

// costlyCalls are calls of which one batch would take seconds; n is a bigint column.
// They join the runaways, each over a series without an end.
var costlyCalls = map[string]string{
	"regexp_like":      `regexp_like(repeat('abcdefghij', 500) || n, '(a|b|c|d)+.*[x-z]{2,}.*q$')`,
	"regexp_extract":   `length(regexp_extract(repeat('abcdefghij ', 2000) || n, '(\w+ )*(\w+)z', 2))`,
	"regexp_replace":   `length(regexp_replace(repeat('abcdefghij', 5000) || n, '[aeiou]', 'xyz', 'g'))`,
	"regexp_split":     `cardinality(regexp_split(repeat('abcdefghij ', 5000) || n, ' '))`,
	"one long text":    `regexp_like(repeat('abcdefghij', 100000) || n, '(a|b|c|d)+.*[x-z]{2,}.*q$')`,
	"like":             `repeat('ab', 100000) || n LIKE '%a%b%a_b%c'`,
	"levenshtein":      `levenshtein_distance(repeat('abcdefghij', 900), repeat('bcdefghijk', 900) || n)`,
	"sequence":         `cardinality(sequence(1, 9000 + n - n))`,
	"split":            `cardinality(split(repeat('ab,', 100000) || n, ','))`,
	"array_sort":       `cardinality(array_sort(sequence(1, 5000 + n % 7), (a, b) -> CASE WHEN a % 1000 < b % 1000 THEN 1 WHEN a % 1000 > b % 1000 THEN -1 ELSE 0 END))`,
	"reduce":           `reduce(sequence(1, 9000 + n % 7), 0, (s, x) -> s + x, s -> s)`,
	"transform":        `cardinality(transform(sequence(1, 9000 + n % 7), x -> regexp_like(repeat('abc', 1000) || CAST(x AS varchar), '(a|b)+z')))`,
	"array_distinct":   `cardinality(array_distinct(sequence(1, 9000 + n % 7)))`,
	"array_intersect":  `cardinality(array_intersect(sequence(1, 9000 + n % 7), sequence(5000, 13000)))`,
	"array_position":   `array_position(sequence(1, 9000 + n % 7), -1)`,
	"combinations":     `cardinality(combinations(sequence(1, 30 + n % 2), 4))`,
	"ngrams":           `cardinality(ngrams(sequence(1, 5000 + n % 2), 50))`,
	"json_query":       `length(json_query('[' || repeat('[1, 2, {"a": [3]}], ', 20000) || n || ']', 'lax $[*][*]?(@.a[0] == 4)' WITH WRAPPER)::text)`,
	"json pairs":       `json_exists('[' || repeat('[1, 2], ', 3000) || n || ']', 'lax $[*] ? (exists($[*] ? (@ == -4)))')`,
	"jsonb pairs":      `jsonb_path_exists(CAST('[' || repeat('1, ', 30000) || n || ']' AS jsonb), '$[*] ? (exists($[*] ? (@ == -4)))')`,
	"json_extract":     `json_extract('[' || repeat('[1, 2, {"a": [3]}], ', 20000) || n || ']', '$[20000]')`,
	"cast to array":    `cardinality(CAST(json_parse('[' || repeat('1, ', 100000) || n || ']') AS array(bigint)))`,
	"cast to json":     `length(json_format(CAST(sequence(1, 9000 + n % 7) AS json)))`,
	"format":           `length(format(repeat('%1$s', 20000), n))`,
	"upper":            `length(upper(repeat('äbc', 300000) || n))`,
	"normalize":        `length(normalize(repeat('äbc', 100000) || n, NFD))`,
	"sha512":           `length(sha512(to_utf8(repeat('äbc', 1000000) || n)))`,
	"translate":        `length(translate(repeat('abc', 300000) || n, 'abc', 'xyz'))`,
	"st_intersection":  `ST_Area(ST_Intersection(ST_Buffer(ST_Point(n % 7, 1), 3), ST_Buffer(ST_Point(3, 1), 3)))`,
	"lines cross":      `ST_Intersects(ST_GeometryFromText('LINESTRING(0 0' || repeat(', 1 9, 2 0, 3 9, 0 1', 2000) || ', ' || n || ' 1)'), ST_GeometryFromText('LINESTRING(0 20' || repeat(', 1 29, 2 20', 2000) || ')'))`,
	"array comparison": `sequence(1, 9000 + n - n) < sequence(1, 9000 + n % 1)`,
	"map":              `cardinality(map(sequence(1, 9000 + n % 2), sequence(1, 9000 + n % 2)))`,
	"array_join":       `length(array_join(sequence(1, 9000 + n % 2), ','))`,
	"string_to_array":  `cardinality(string_to_array(repeat('ab,', 100000) || n, ','))`,
	"to_char":          `length(to_char(n, repeat('9', 100000)))`,
	"generate_series":  `(SELECT count(*) FROM generate_series(1, 100000 + n) s(x))`,
	"word_stem":        `length(word_stem(repeat('ing', 100000) || n))`,
	"try":              `TRY(regexp_like(repeat('abcdefghij', 500) || n, '(a|b|c|d)+.*[x-z]{2,}.*q$'))`,
	"CASE":             `CASE WHEN n % 2 = 0 THEN regexp_like(repeat('abcdefghij', 500) || n, '(a|b|c|d)+.*[x-z]{2,}.*q$') ELSE repeat('ab', 100000) || n LIKE '%a%b%a_b%c' END`,
}

// allRunaways gives the statements by name.
func allRunaways() map[string]string {
	all := map[string]string{}
	for name, sql := range runaways {
		all[name] = sql
	}
	for name, call := range costlyCalls {
		all["call of "+name] = "SELECT count(x) FROM (SELECT " + call + " AS x FROM generate_series(1, 9000000000000000000) g(n)) t"
	}
	return all
}
