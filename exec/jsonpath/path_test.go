package jsonpath

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// find evaluates a path over a document: its items, or the SQLSTATE of the error.
func find(t *testing.T, opts Options, doc, path string, vars map[string]Item) string {
	t.Helper()
	p, err := Compile(path, opts)
	if err != nil {
		return code(t, err)
	}
	var vals []Item
	for _, name := range p.Vars() {
		vals = append(vals, vars[name])
	}
	items, err := p.NewEval().Run(Doc([]byte(doc)), vals)
	if err != nil {
		return code(t, err)
	}
	var out []string
	for _, it := range items {
		out = append(out, string(it.AppendJSON(nil)))
	}
	return strings.Join(out, " | ")
}

func code(t *testing.T, err error) string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("an error without SQLSTATE: %v", err)
	}
	return "!" + string(f.Code)
}

const customers = `[{"customer":100,"region":"AFRICA"},{"region":"ASIA"},{"customer":300,"region":"AFRICA","comment":null}]`

const deep = `{"id":1,"notes":[{"type":1,"comment":"foo"},{"type":2,"comment":null}],"comment":["bar","baz"]}`

// TestBoth: paths that mean the same in both dialects; the documents are those of
// Trino's documentation of the path language.
func TestBoth(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{customers, `lax $.customer`, `100 | 300`},
		{customers, `strict $.customer`, `!2203A`},
		{customers, `strict $[*].customer`, `!2203A`},
		{customers, `strict $[0].customer`, `100`},
		{customers, `lax $.*`, `100 | "AFRICA" | "ASIA" | 300 | "AFRICA" | null`},
		{`[[0,1,2],["a","b","c","d"],[null,null]]`, `lax $[*][last]`, `2 | "d" | null`},
		{`[[0,1,2],["a","b","c","d"],[null,null]]`, `lax $[*][2 to 3]`, `2 | "c" | "d"`},
		{`[[0,1,2],["a","b","c","d"],[null,null]]`, `strict $[*][2 to 3]`, `!22033`},
		{`[[0,1,2],["a","b","c","d"],[null,null]]`, `lax $[*][1, 0, 0]`, `1 | 0 | 0 | "b" | "a" | "a" | null | null | null`},
		{`[1,2,3]`, `$[last - 1]`, `2`}, {`[1,2,3]`, `$[1.7]`, `2`}, {`[1,2,3]`, `$["a"]`, `!22033`}, {`[1,2,3]`, `strict $[-1]`, `!22033`}, {`[1,2,3]`, `$[-1]`, ``},
		{`7`, `$[0]`, `7`}, {`7`, `$[*]`, `7`}, {`7`, `strict $[*]`, `!22039`}, {`7`, `strict $[0]`, `!22039`}, {`7`, `strict $.*`, `!2203C`},
		{customers, `lax $?(@.region != "ASIA")`, `{"customer":100,"region":"AFRICA"} | {"customer":300,"region":"AFRICA","comment":null}`},
		{customers, `lax $?(!exists(@.customer)).region`, `"ASIA"`},
		{customers, `strict $[*]?((@.customer > 100) is unknown).region`, `"ASIA"`},
		{customers, `lax $[*]?(@.customer >= 100 && @.customer < 300 || @.region == "ASIA").region`, `"AFRICA" | "ASIA"`},
		{`[-1.5,-1,1.3]`, `$.abs()`, `1.5 | 1 | 1.3`},
		{`["a"]`, `$.floor()`, `!22036`},
		{`[[0,1,2],["a","b","c","d"],[null,null]]`, `$[*].size()`, `3 | 4 | 2`},
		{`[[1,"a",null],{"key1":1.0},-2e3]`, `lax $[*].size()`, `3 | 1 | 1`},
		{`[1,"a",null,true,[],{}]`, `strict $[*].type()`, `"number" | "string" | "null" | "boolean" | "array" | "object"`},
		{`{"a":[1,2,3,4,5]}`, `$.a[*] ? (@ >= $min && @ <= $max)`, `2 | 3 | 4`},
		{`{"a b":1,"c":{"d":[2]}}`, `$."a b" + $.c.d[0] * 10`, `21`},
		{`[1,2]`, `-$[*]`, `-1 | -2`}, {`[1,2]`, `-$[1] + 5`, `3`}, {`5`, `- - $`, `5`}, {`5`, `$ - -2`, `7`},
		{`[1,2]`, `$ + 1`, `!22038`}, {`"a"`, `$ * 1`, `!22038`}, {`"a"`, `-$`, `!22036`}, {`1`, `$ / 0`, `!22012`}, {`7`, `$ % 4`, `3`},
		{`["abc","xbc",1]`, `$[*]?(@ starts with "ab")`, `"abc"`},
		{`["abc","xbc",1]`, `$[*]?(@ like_regex "^A" flag "i")`, `"abc"`},
		{`["a.c","abc"]`, `$[*]?(@ like_regex "a.c" flag "q")`, `"a.c"`},
		{`[null,1]`, `$[*]?(@ == null)`, `null`}, {`["x\u0041"]`, `$[*]?(@ == "xA")`, `"x\u0041"`},
		{`[true,false]`, `$[*]?(@ == true)`, `true`},
		{`[{"a":[1,5]},{"a":[2]}]`, `lax $[*]?(@.a > 4)`, `{"a":[1,5]}`},
		{`[{"a":[1,5]},{"a":[2]}]`, `strict $[*]?(@.a > 4)`, ``},
		{`{"to":1,"last":2,"type":3,"is":4}`, `$.to`, `1`}, {`{"to":1,"last":2,"type":3}`, `$.last`, `2`}, {`{"type":3}`, `$.type`, `3`},
		{`[12345678901234567890,12345678901234567891]`, `$[*]?(@ > 12345678901234567890)`, `12345678901234567891`},
		{`{}`, ``, `!42601`}, {`{}`, `$.`, `!42601`}, {`{}`, `$.a[`, `!42601`}, {`{}`, `@`, `!42601`}, {`{}`, `last`, `!42601`}, {`{}`, `$?(1)`, `!42601`},
		{`{}`, `$.a.nope()`, `!42601`}, {`{}`, `$ $`, `!42601`}, {`{}`, `"a`, `!42601`}, {`{}`, `1a`, `!42601`}, {`{}`, `$ like_regex "("`, `!2201B`},
		{`{}`, strings.Repeat("(", 300) + "$" + strings.Repeat(")", 300), `!54001`},
	} {
		vars := map[string]Item{"min": NumberOf([]byte("2"), false), "max": NumberOf([]byte("4"), false)}
		for _, pg := range []bool{false, true} {
			if got := find(t, Options{Postgres: pg}, c.doc, c.path, vars); got != c.want {
				t.Errorf("postgres %v: %s of %s is %s, want %s", pg, c.path, c.doc, got, c.want)
			}
		}
	}
}

// TestTrino: what only Trino has, or means otherwise.
func TestTrino(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{deep, `lax $..comment`, `["bar","baz"] | "foo" | null`},
		{deep, `strict $.."comment"`, `["bar","baz"] | "foo" | null`},
		{`[-1,23e4,"5.6"]`, `lax $.double()`, `-1.0 | 230000.0 | 5.6`},
		{`[-1.5,-1,1.3]`, `lax $.ceiling()`, `-1.0 | -1 | 2.0`},
		{`[-1.5,-1,1.3]`, `lax $.floor()`, `-2.0 | -1 | 1.0`},
		{`[{"a":1,"b":2},{"c":3}]`, `lax $.keyvalue()`, `{"name":"a","value":1,"id":0} | {"name":"b","value":2,"id":0} | {"name":"c","value":3,"id":1}`},
		{`7`, `lax $ / 2`, `3`}, {`7.5`, `lax $ / 2`, `3.75`}, {`9223372036854775807`, `lax $ + 1`, `!22003`},
		{`1`, `lax $ + 0.10`, `1.10`}, {`0.1`, `lax $ + 0.2`, `0.30000000000000004`},
		{`[null]`, `lax $[*]?(@ <> 1)`, ``},
		{`["a\"b"]`, `lax $[*]?(@ == "a""b")`, `"a\"b"`},
		{`1`, `lax $ == 1`, `!42601`},
	} {
		if got := find(t, Options{}, c.doc, c.path, nil); got != c.want {
			t.Errorf("%s of %s is %s, want %s", c.path, c.doc, got, c.want)
		}
	}
}

// TestPostgres: what only PostgreSQL has, or means otherwise, by the rules of its
// documentation (PostgreSQL 15, 9.16.2).
func TestPostgres(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{`{"a": [1, 2], "b": {"c": 3}}`, `$.**`, `{"a": [1, 2], "b": {"c": 3}} | [1, 2] | 1 | 2 | {"c": 3} | 3`},
		{`{"a": [1, 2], "b": {"c": 3}}`, `$.**{1}`, `[1, 2] | {"c": 3}`},
		{`{"a": [1, 2], "b": {"c": 3}}`, `$.**{last}`, `1 | 2 | 3`},
		{`{"a": [1, 2], "b": {"c": 3}}`, `$.**{2 to last}`, `1 | 2 | 3`},
		{`{"a": [1, 2], "b": {"c": 3}}`, `strict $.**.c`, `3`},
		{`7`, `$ / 2`, `3.5000000000000000`}, {`1`, `$ / 3`, `0.33333333333333333333`}, {`0.1`, `$ + 0.2`, `0.3`}, {`1.50`, `$ * 2.0`, `3.000`},
		{`9223372036854775807`, `$ + 1`, `9223372036854775808`}, {`10.5`, `$ % 4`, `2.5`},
		{`[-1.5, 1.3]`, `$[*].ceiling()`, `-1 | 2`}, {`["1.9"]`, `$[*].double()`, `1.9`},
		{`{"x": [0, 1]}`, `$.keyvalue()`, `{"id": 0, "key": "x", "value": [0, 1]}`},
		{`[null]`, `$[*]?(@ <> 1)`, `null`},
		{`{"a": 2}`, `$.a > 1`, `true`}, {`{"a": "x"}`, `$.a > 1`, `null`}, {`{"a": 2}`, `($.a > 1).type()`, `"boolean"`},
		{`["a\"b"]`, `$[*]?(@ == "a\"b")`, `"a\"b"`}, {`["é😀"]`, `$[*]?(@ == "\xe9\u{1F600}")`, `"é😀"`},
		{`{"a b": 1}`, `$.a\x20b /* a comment */`, `1`},
		{`"2017-03-10"`, `$.datetime()`, `"2017-03-10"`}, {`"2017-03-10 12:34:56"`, `$.datetime()`, `"2017-03-10T12:34:56"`},
		{`"2017-03-10 12:34:56+03:10"`, `$.datetime()`, `"2017-03-10T12:34:56+03:10"`}, {`"12:34:56"`, `$.datetime().type()`, `"time without time zone"`},
		{`"10-03-2017 12:34"`, `$.datetime("dd-mm-yyyy HH24:MI")`, `"2017-03-10T12:34:00"`}, {`"x"`, `$.datetime()`, `!22031`},
		{`["2017-03-10", "2017-03-11"]`, `$[*].datetime() ? (@ < "2017-03-11".datetime())`, `"2017-03-10"`},
		{`["12", "x"]`, `$[*].bigint()`, `!22036`}, {`12.5`, `$.bigint()`, `13`}, {`"t"`, `$.boolean()`, `true`}, {`12.345`, `$.decimal(4,1)`, `12.3`}, {`1`, `$.string()`, `"1"`},
	} {
		if got := find(t, Options{Postgres: true}, c.doc, c.path, nil); got != c.want {
			t.Errorf("%s of %s is %s, want %s", c.path, c.doc, got, c.want)
		}
	}
}

// FuzzPath: no path and no document breaks the machine, and a path of names and
// indexes finds the same on its short way and on the general one.
func FuzzPath(f *testing.F) {
	for _, s := range []string{`lax $.a[0]`, `strict $..b?(@.c > 1 && @ like_regex "x" flag "i")`, `$.**{1 to last}.keyvalue()`, `$[last, 1 to 2] / -3e1`, `"\u{41}".datetime("YYYY")`, `exists($) is unknown`} {
		f.Add(s, `{"a":[1,{"b":"x"}],"c":2.50}`)
	}
	f.Fuzz(func(t *testing.T, path, doc string) {
		it := Doc([]byte(doc))
		if len(doc) > 1000 || !valid(doc) {
			return
		}
		for _, opts := range []Options{{}, {Postgres: true}} {
			p, err := Compile(path, opts)
			if err != nil {
				continue
			}
			vars := make([]Item, len(p.Vars()))
			run := func(p *Path) string {
				items, err := p.NewEval().Run(it, vars)
				if err != nil {
					return code(t, err)
				}
				var b []byte
				for _, it := range items {
					if b = append(it.AppendJSON(b), '|'); len(b) > 1<<20 {
						break
					}
				}
				return string(b)
			}
			long := *p
			long.simple = nil
			if a, b := run(p), run(&long); a != b {
				t.Fatalf("%s of %s: %s the short way, %s the long", path, doc, a, b)
			}
		}
	})
}

func valid(doc string) bool { return json.Valid([]byte(doc)) }
