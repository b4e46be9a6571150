package fn_test

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/parse"
)

func TestSystem(t *testing.T) {
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "pg_client_encoding(), getdatabaseencoding(), inet_server_addr(), pg_jit_available()", want: "UTF8|UTF8|NULL|false"},
		{sql: "pg_catalog.pg_relation_is_updatable(1, false), pg_stat_get_numscans(1), row_security_active('a')", want: "0|NULL|false"},
		{sql: "pg_char_to_encoding('utf-8'), pg_char_to_encoding('SQL_ASCII'), pg_char_to_encoding('x')", want: "6|0|-1"},
		{sql: `parse_ident('a . "B""c" .d')`, want: `{a,"B\"c",d}`},
		{sql: "parse_ident('a b', false), parse_ident(null)", want: "{a}|NULL"},
		{sql: "parse_ident('a b')", code: "22023"}, {sql: "parse_ident('a.')", code: "22023"}, {sql: `parse_ident('"a')`, code: "22023"}, {sql: `parse_ident('""')`, code: "22023"},
		{sql: "parse_ident('1a')", code: "22023"}, {sql: "parse_ident('')", code: "22023"},
		{sql: "pg_size_bytes('1'), pg_size_bytes('2 kB'), pg_size_bytes('-1.5GB')", want: "1|2048|-1610612736"},
		{sql: "pg_size_bytes('1 x')", code: "22023"}, {sql: "pg_size_bytes('9999999 PB')", code: "22003"},
		{sql: "pg_column_size('äö'::text), pg_column_size(1.5), pg_column_size(true), pg_column_size(array[1,2]) > 8", want: "4|8|1|true"},
		{sql: "txid_current() = txid_current() AND txid_current() > 1600000000000000", want: "true"},
		{sql: "has_parameter_privilege('work_mem', 'SET'), has_parameter_privilege('ada', 'work_mem', 'ALTER SYSTEM')", want: "true|false"},
		{sql: "has_parameter_privilege('work_mem', 'x')", code: "22023"},
		{sql: "count(*) FROM pg_partition_ancestors(1)", want: "0"}, {sql: "count(*) FROM pg_available_extension_versions()", want: "0"},
		{sql: "string_agg(option_name || ':' || coalesce(option_value, '?'), ' ') FROM pg_options_to_table(array['a=1', 'b', 'c=d=e'])", want: "a:1 b:? c:d=e"},
		{sql: "to_regnamespace('nothing'), to_regproc('nothing')", want: "NULL|NULL"},
	})
}

func TestInformationSchemaTypes(t *testing.T) {
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "_pg_char_max_length(1043, 14), _pg_char_max_length(1043, -1), _pg_char_max_length(23, 5)", want: "10|NULL|NULL"},
		{sql: "_pg_char_octet_length(1043, 14), _pg_char_octet_length(25, -1), _pg_char_octet_length(23, -1)", want: "40|1073741824|NULL"},
		{sql: "_pg_numeric_precision(1700, 655366), _pg_numeric_scale(1700, 655366), _pg_numeric_precision(1700, -1), _pg_numeric_precision(23, -1), _pg_numeric_scale(701, -1)", want: "10|2|NULL|32|NULL"},
		{sql: "_pg_numeric_precision_radix(1700, -1), _pg_numeric_precision_radix(20, -1), _pg_numeric_precision_radix(25, -1)", want: "10|2|NULL"},
		{sql: "_pg_datetime_precision(1082, -1), _pg_datetime_precision(1114, 3), _pg_datetime_precision(1114, -1), _pg_datetime_precision(25, -1)", want: "0|3|6|NULL"},
		{sql: "_pg_truetypid(a, t), _pg_truetypmod(a, t) FROM (SELECT 23::oid atttypid, -1 atttypmod) a, (SELECT 'd' typtype, 25::oid typbasetype, 7 typtypmod) t", want: "25|7"},
	})
}

// TestKeywords compares the words with the parser: what names anything in
// PostgreSQL does so here, and what needs quotes here gets them.
func TestKeywords(t *testing.T) {
	for _, k := range types.Keywords() {
		_, err := parse.ParseOne("SELECT a FROM t AS " + k.Word + " WHERE true")
		if k.Class == 'U' && err != nil {
			t.Errorf("%s names no table: %v", k.Word, err)
		}
	}
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "count(*) FROM pg_get_keywords() WHERE catcode IN ('R', 'T', 'C') AND quote_ident(word) = word", want: "0"},
		{sql: "quote_ident('user'), quote_ident('name'), quote_ident('values')", want: `"user"|name|"values"`},
		{sql: "catcode, barelabel, baredesc FROM pg_get_keywords() WHERE word = 'over'", want: "U|false|requires AS"},
	})
}

func TestSetConfig(t *testing.T) {
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "set_config('TimeZone', 'Europe/Berlin', false)", want: "Europe/Berlin"},
		{sql: "current_setting('timezone')", want: "Europe/Berlin"},
		{sql: "extract(hour FROM timestamptz '2024-07-01 00:00:00+00')", want: "2"},
		{sql: "set_config('timezone', 'Nowhere', false)", code: "22023"},
		{sql: "set_config('server_version', '1', false)", code: "55P02"},
		{sql: "set_config('nothing', '1', false)", code: "42704"},
		{sql: "set_config('my.own', 'x', true)", want: "x"},
	})
}
