package pgdiff

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/planner/plan"
)

var (
	newReasons   = flag.Bool("reasons", false, "write testdata/functions.tsv anew, keeping the reasons that still apply")
	onlyFunction = flag.String("function", "", "compare the functions and operators whose names start so")
)

// functionSamples are the values with which functions are compared, by the type's
// name: usual ones, empty, zero, least and greatest, no numbers, far dates.
var functionSamples = map[string][]string{
	"boolean":                     {"t", "f"},
	"smallint":                    {"2", "-3", "0", "32767", "-32768"},
	"integer":                     {"2", "-3", "0", "1", "7", "2147483647", "-2147483648"},
	"bigint":                      {"2", "-3", "0", "1", "9223372036854775807", "-9223372036854775808"},
	"numeric":                     {"2.50", "-0.7", "0", "1", "100", "1e-10", "123456789012345678.9", "-99999999999999999999"},
	"real":                        {"1.5", "-2", "0", "3e38", "NaN", "-Infinity"},
	"double precision":            {"1.5", "-2", "0", "0.1", "1", "1e308", "1e-300", "NaN", "Infinity"},
	"text":                        {"abc", "", "a", "naïve ß€ 😀", "a,b,,c", "%b_", "\\", "(b)(c)?", "12.5", " x ", "g", "YYYY-MM-DD", "day", "UTF8", "UTC", "{1,2}"},
	"bytea":                       {"\\x616263", "\\x", "\\x00ff", "\\xc3"},
	"date":                        {"2024-02-29", "1970-01-01", "0001-01-01", "9999-12-31", "infinity"},
	"time without time zone":      {"03:04:05.678901", "00:00:00", "23:59:59.999999"},
	"timestamp without time zone": {"2024-02-29 03:04:05.678901", "1969-12-31 23:59:59.999999", "0001-01-01 00:00:00", "9999-12-31 00:00:00", "infinity"},
	"timestamp with time zone":    {"2024-02-29 03:04:05.678901+01", "1969-12-31 23:59:59.999999+00", "0001-01-01 00:00:00+00", "-infinity"},
	"interval":                    {"1 day", "1 month -1 day 02:03:04.5", "0", "-00:00:01", "1000 years"},
	"uuid":                        {"12345678-9abc-def0-1234-56789abcdef0", "00000000-0000-0000-0000-000000000000"},
	"json":                        {`{"a":1,"b":[true,null,"x"]}`, `[1,2.50,"naïve"]`, `null`, `""`, `{}`},
	"jsonb":                       {`{"a":1,"b":[true,null,"x"]}`, `[1,2.50,"naïve"]`, `null`, `""`, `{}`},
	"text[]":                      {"{abc,a,NULL}", "{}", "{b}", "{a,c}"},
	"integer[]":                   {"{1,2,NULL}", "{}", "{3}"},
	"anyarray":                    {"{1,2,NULL}", "{}", "{3}"},
	"anycompatiblearray":          {"{1,2,NULL}", "{}", "{3}"},
	"anyelement":                  {"2", "-3"},
	"anycompatible":               {"2", "-3"},
}

// castOf is the type that a sample is cast to.
func castOf(typ string) string {
	switch typ {
	case "anyarray", "anycompatiblearray":
		return "integer[]"
	case "anyelement", "anycompatible":
		return "integer"
	}
	return typ
}

// proc is a function, an operator or a cast of PostgreSQL, as a text in which $1, $2
// stand for its operands.
type proc struct {
	name  string // "substr(text, integer)", "integer + integer", "text::integer"
	text  string
	types []string
}

const listFunctions = `select p.proname, array_to_string(p.proargtypes::regtype[], ',')
  from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and not p.proretset and p.provariadic = 0 and p.provolatile = 'i'
  and pronargs between 1 and 4 order by 1, 2`

const listOperators = `select oprname, array[oprleft, oprright]::regtype[]::text[] from pg_operator
  where oprnamespace = 'pg_catalog'::regnamespace and oprname = any('{+,-,*,/,%,^,||,<,<=,<>,=,>,>=,~,~*,!~,~~,~~*,&,|,#,<<,>>,@>,<@,&&,->,->>,#>,#>>,#-,?,?|,?&,@}') order by 1, 2`

// minorReleases begins the reason of what some of PostgreSQL 15's releases answer as
// Glaux does.
const minorReleases = "PostgreSQL's minor releases differ: "

// TestFunctions calls every immutable function, operator and cast of PostgreSQL whose
// name Glaux has and whose types both have, with samples of its types on both
// servers. Those that answer differently, or that Glaux does not have, must be in
// testdata/functions.tsv with a reason, and only those.
func TestFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	a, b := connect(t, StartPostgres(t)), connect(t, StartGlaux(t, t.TempDir()))
	known := readReasons(t)
	found, procs := map[string]string{}, listProcs(t, a)
	calls := 0
	for _, p := range procs {
		n, diff := compareProc(t.Context(), p, a, b)
		calls += n
		if diff != "" {
			found[p.name] = diff
			t.Logf("%s: %s", p.name, diff)
		}
	}
	if *newReasons {
		writeReasons(t, procs, found, known)
		return
	}
	for _, p := range procs {
		switch diff, reason := found[p.name], known[p.name]; {
		case diff != "" && reason == "":
			t.Errorf("%s: %s", p.name, diff)
		case diff == "" && reason != "" && !strings.HasPrefix(reason, minorReleases):
			t.Errorf("%s does not differ any more: take it out of testdata/functions.tsv", p.name)
		}
	}
	t.Logf("%d of %d functions, operators and casts answer as PostgreSQL does in all of %d calls", len(procs)-len(found), len(procs), calls)
}

func connect(t *testing.T, s Server) *pgconn.PgConn {
	t.Helper()
	cfg, err := pgconn.ParseConfig(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	c, err := pgconn.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func listProcs(t *testing.T, c *pgconn.PgConn) (out []proc) {
	t.Helper()
	ours := map[string]bool{}
	for _, s := range fn.NewRegistry().Signatures(plan.Postgres) {
		ours[s.Name] = true
	}
	add := func(name, text string, types []string) {
		for _, typ := range types {
			if functionSamples[typ] == nil {
				return
			}
		}
		if strings.HasPrefix(name, *onlyFunction) {
			out = append(out, proc{name: name, text: text, types: types})
		}
	}
	for _, row := range rows(t, c, listFunctions) {
		if types := arrayElements(row[1]); ours[row[0]] {
			marks := make([]string, len(types))
			for i := range marks {
				marks[i] = fmt.Sprintf("$%d", i+1)
			}
			add(row[0]+"("+strings.Join(types, ", ")+")", `"`+row[0]+`"(`+strings.Join(marks, ", ")+")", types)
		}
	}
	for _, row := range rows(t, c, listOperators) {
		if types := arrayElements(row[1]); types[0] == "-" {
			add(row[0]+" "+types[1], row[0]+" $1", types[1:])
		} else {
			add(types[0]+" "+row[0]+" "+types[1], "$1 "+row[0]+" $2", types)
		}
	}
	var names []string
	for typ := range functionSamples {
		if !strings.HasPrefix(typ, "any") {
			names = append(names, typ)
		}
	}
	slices.Sort(names)
	for _, from := range names {
		for _, to := range names {
			add(from+"::"+to, "$1::"+to, []string{from})
		}
	}
	return out
}

func rows(t *testing.T, c *pgconn.PgConn, sql string) (out [][]string) {
	t.Helper()
	res, err := c.Exec(t.Context(), sql).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range res[0].Rows {
		var texts []string
		for _, v := range row {
			texts = append(texts, string(v))
		}
		out = append(out, texts)
	}
	return out
}

func arrayElements(s string) []string {
	return strings.Split(strings.ReplaceAll(strings.Trim(s, "{}"), `"`, ""), ",")
}

const callsOfProc = 14

// compareProc gives the first call that two servers answer differently.
func compareProc(ctx context.Context, p proc, a, b *pgconn.PgConn) (calls int, diff string) {
	for _, sql := range callsOf(p) {
		want, got := answer(ctx, a, sql), answer(ctx, b, sql)
		calls++
		if got == "ERROR 42883" && want != got {
			return calls, "not there"
		}
		if want != got && diff == "" && !nearlyEqual(want, got) {
			diff = fmt.Sprintf("%s = %s, not %s", sql, got, want)
		}
	}
	return calls, diff
}

// nearlyEqual lets the last digits of doubles differ: libraries of mathematics do.
func nearlyEqual(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && len(a) > 14 && math.Abs(x-y) <= 4e-15*math.Abs(x)
}

// callsOf makes calls with samples: NULL once for each argument, each sample of each
// argument, mixed with the others' in an order that depends on the name only.
func callsOf(p proc) (out []string) {
	h := fnv.New64a()
	h.Write([]byte(p.name))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	call := func(pick func(i int) string) {
		var marks []string
		for i, typ := range p.types {
			text := "null"
			if s := pick(i); s != "" {
				text = "'" + strings.ReplaceAll(s[1:], "'", "''") + "'"
			}
			marks = append(marks, fmt.Sprintf("$%d", i+1), "("+text+"::"+castOf(typ)+")")
		}
		out = append(out, "select "+strings.NewReplacer(marks...).Replace(p.text))
	}
	for n := range p.types {
		if len(p.types) == 1 && strings.Contains(p.text, "::") {
			break // a NULL is of any type here
		}
		call(func(i int) string {
			if i == n {
				return ""
			}
			return "=" + functionSamples[p.types[i]][0]
		})
	}
	for n := range callsOfProc {
		call(func(i int) string {
			list := functionSamples[p.types[i]]
			if i == n%len(p.types) {
				return "=" + list[n/len(p.types)%len(list)]
			}
			return "=" + list[r.IntN(len(list))]
		})
	}
	return slices.Compact(out)
}

// answer is the text of a result, or the SQLSTATE of its error.
func answer(ctx context.Context, c *pgconn.PgConn, sql string) string {
	res, err := c.Exec(ctx, sql).ReadAll()
	if err != nil {
		if e, ok := err.(*pgconn.PgError); ok {
			return "ERROR " + e.Code
		}
		return err.Error()
	}
	if v := res[0].Rows[0][0]; v != nil {
		return string(v)
	}
	return "NULL"
}

const reasonsFile = "testdata/functions.tsv"

func readReasons(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(reasonsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]string{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		name, reason, ok := strings.Cut(sc.Text(), "\t")
		if !ok || reason == "" {
			t.Fatalf("%s: %q has no reason", reasonsFile, name)
		}
		out[name] = reason
	}
	return out
}

// writeReasons writes what differs, with the old reason or, for people to replace,
// the difference.
func writeReasons(t *testing.T, procs []proc, found, known map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, p := range procs {
		if diff := found[p.name]; diff != "" {
			if known[p.name] != "" && diff != "not there" {
				diff = known[p.name]
			}
			fmt.Fprintf(&b, "%s\t%s\n", p.name, strings.ReplaceAll(diff, "\n", `\n`))
		}
	}
	if err := os.WriteFile(reasonsFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
