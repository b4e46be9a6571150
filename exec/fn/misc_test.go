package fn_test

import "testing"

func TestEncodings(t *testing.T) {
	pg, athena := sessions(t)
	checks := []check{
		{sql: "from_hex('6')", code: "22023"}, {sql: "from_hex('zz')", code: "22023"}, {sql: "from_base64('*')", code: "22023"},
		{sql: "from_base64('YWI'), from_base64('YWI='), to_base64url(x'fbff')", want: `\x6162|\x6162|-_8=`},
		{sql: "from_utf8(x'61ff62', '??')", code: "22023"}, {sql: "from_utf8(x'61ff62', ''), from_utf8(x'ff')", want: "ab|\uFFFD"},
		{sql: "from_big_endian_32(x'00')", code: "22023"}, {sql: "from_big_endian_64(x'ffffffffffffffff')", want: "-1"},
		{sql: "to_hex(cast(null as varbinary)), md5(cast(null as varbinary))", want: "NULL|NULL"},
		{sql: "count(DISTINCT uuid()) FROM (SELECT unnest(sequence(1, 50))) t", want: "50"},
	}
	run(t, pg, checks)
	run(t, athena, checks)
	run(t, pg, []check{
		{sql: "to_hex(-1), to_hex((-1)::bigint), to_hex('abc'::bytea)", want: "ffffffff|ffffffffffffffff|616263"},
		{sql: "length(encode(repeat('a', 100)::bytea, 'base64'))", want: "137"},
		{sql: `decode(' 61 62', 'hex'), decode(E'YW\nJj', 'base64')`, want: `\x6162|\x616263`},
		{sql: "decode('6', 'hex')", code: "22023"}, {sql: `decode('\9', 'escape')`, code: "22023"}, {sql: "encode('a', 'rot13')", code: "22023"},
		{sql: `convert_from('\xff', 'UTF8')`, code: "22021"}, {sql: "convert_to('€', 'latin1')", code: "22P05"}, {sql: "convert_to('a', 'klingon')", code: "22023"},
		{sql: `get_byte('\x12', 1)`, code: "2202E"},
	})
}

func TestURLs(t *testing.T) {
	_, athena := sessions(t)
	run(t, athena, []check{
		{sql: "url_extract_host('http://[::1]:80/'), url_extract_port('http://a/'), url_extract_host('a b:c://'), url_extract_query('http://a/?')", want: "::1|NULL|NULL|(empty)"},
		{sql: "url_extract_parameter('http://a/?x&y=1&y=2', 'x'), url_extract_parameter('http://a/?x&y=1&y=2', 'y'), url_extract_parameter('http://a/', 'x')", want: "(empty)|1|NULL"},
		{sql: "url_encode('ä*~/'), url_decode('%C3%A4+%2B')", want: "%C3%A4*%7E%2F|ä +"},
		{sql: "url_decode('%zz')", code: "22023"},
	})
}

func TestFormat(t *testing.T) {
	pg, athena := sessions(t)
	run(t, pg, []check{
		{sql: "format('%s %s', 1, true)", want: "1 t"}, {sql: "format('%2$s %1$s %s', 'a', 'b')", want: "b a b"},
		{sql: "format('|%5s|%-5s|%*s|%-*s|', 'ab', 'ab', 4, 'x', 4, 'y')", want: "|   ab|ab   |   x|y   |"},
		{sql: "format('%1$*2$s|', 'a', 3), format('%%'), format(NULL), format('%s', NULL), format('%L', NULL)", want: "  a||%|NULL|(empty)|NULL"},
		{sql: "format('INSERT INTO %I VALUES (%L)', 'My t', 'it''s')", want: `INSERT INTO "My t" VALUES ('it''s')`},
		{sql: "format('%I', NULL::text)", code: "22004"}, {sql: "format('%s')", code: "22023"}, {sql: "format('%d', 1)", code: "22023"},
		{sql: "format('%')", code: "22023"}, {sql: "format('%0$s', 1)", code: "22023"}, {sql: "format('%99999999s', 1)", code: "22023"},
		{sql: "format('%s', array[1, 2]), format('%s', date '2024-01-02')", want: "{1,2}|2024-01-02"},
	})
	run(t, athena, []check{
		{sql: "format('%d %,d %+d %(d % d', 1, -1234567, 5, -5, 5)", want: "1 -1,234,567 +5 (5)  5"},
		{sql: "format('%08.2f|%.0f|%e|%f', -3.14159, 2.5e0, 12345.678e0, 1.5)", want: "-0003.14|3|1.234568e+04|1.500000"},
		{sql: "format('%.2f', 1.005e0), format('%x %X %o %#x', 255, 255, 8, -1)", want: "1.01|ff FF 10 0xffffffff"},
		{sql: "format('%s %S %5.1s| %b %c%n', 'a', 'b', 'xyz', true, 'c')", want: "a B     x| true c\n"},
		{sql: "format('%s %d', cast(null as varchar), cast(null as bigint))", want: "null null"},
		{sql: "format('%2$s%1$s%%', 'a', 'b')", want: "ba%"},
		{sql: "format('%d', 'a')", code: "22023"}, {sql: "format('%f', 1)", code: "22023"}, {sql: "format('%tY', 1)", code: "22023"},
		{sql: "format_number(999), format_number(-1234), format_number(12345.6), format_number(1e15)", want: "999|-1.23K|12.3K|1Q"},
		{sql: "parse_data_size('1B'), parse_data_size('1.5kB'), parse_data_size('2YB')", want: "1|1536|2417851639229258349412352"},
		{sql: "parse_data_size('1')", code: "22023"}, {sql: "parse_data_size('1 B')", code: "22023"}, {sql: "parse_data_size('-1B')", code: "22023"}, {sql: "parse_data_size('1BB')", code: "22023"},
		{sql: "human_readable_seconds(0), human_readable_seconds(694861), human_readable_seconds(60.6)", want: "0 seconds|1 week, 1 day, 1 hour, 1 minute, 1 second|1 minute, 1 second"},
	})
}

func TestPhonetics(t *testing.T) {
	pg, _ := sessions(t)
	run(t, pg, []check{
		{sql: "levenshtein_distance('', 'abc'), levenshtein_distance('äb', 'ab'), levenshtein_distance('flaw', 'lawn')", want: "3|1|2"},
		{sql: "hamming_distance('a', 'ab')", code: "22023"},
		{sql: "soundex('Ashcraft'), soundex('Pfister'), soundex('Rupert'), soundex(''), soundex('A')", want: "A261|P236|R163|(empty)|A000"},
		{sql: "luhn_check('79927398710'), luhn_check(''), luhn_check('x')", want: "false|false|false"},
		{sql: "normalize('x', 'nfx')", code: "22023"},
		{sql: "quote_nullable('a''b'), char2hexint('😀')", want: "'a''b'|D83DDE00"},
	})
}
