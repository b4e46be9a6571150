package fn_test

import (
	"testing"
	"time"
)

// TestPatternsStayLinear matches the patterns that explode in engines which go back:
// texts of 50,000 characters would take them for ever.
func TestPatternsStayLinear(t *testing.T) {
	pg, athena := sessions(t)
	start := time.Now()
	run(t, pg, []check{
		{sql: "repeat('a', 50000) || '!' ~ '^(a+)+$'", want: "false"},
		{sql: "repeat('a', 50000) ~ '^(a|a)*b$'", want: "false"},
		{sql: "length(regexp_replace(repeat('a', 50000), '(a|aa)+b', ''))", want: "50000"},
		{sql: "repeat('a', 50000) || 'b' LIKE '%a%a%a%a%a%a%a%a%a%a%c'", want: "false"},
		{sql: "repeat('a', 50000) || 'b' ILIKE '%A_%A_%A_%A_%A_%c'", want: "false"},
		{sql: "repeat('a', 50000) SIMILAR TO '(a+)+b'", want: "false"},
	})
	run(t, athena, []check{
		{sql: "regexp_extract(rpad('', 50000, 'x'), '(x+x+)+y')", want: "NULL"},
		{sql: "regexp_like(rpad('', 50000, 'a'), '(.*a){12}b')", want: "false"},
		{sql: "cardinality(regexp_split(rpad('', 40000, 'ab'), '(a*)*b'))", want: "20001"},
	})
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("nine patterns took %v", d)
	}
}
