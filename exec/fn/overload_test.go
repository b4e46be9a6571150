package fn

import (
	"bytes"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

var rewrite = flag.Bool("rewrite", false, "write the results of every overload anew")

// What one call may take; the longest samples are texts of 3,000 bytes.
const (
	maxCallTime  = 30 * time.Second
	maxCallBytes = 96 << 20
	rowsOfCall   = 60
)

// elsewhere are functions that are tested in other places: those whose arguments are
// a syntax of their own or rows of the catalog, and those that wait.
var elsewhere = map[string]bool{"pg_sleep": true, "pg_sleep_for": true, "pg_sleep_until": true, "_pg_truetypid": true, "_pg_truetypmod": true, "json_object": true, "json_array": true, "json_query": true, "json_value": true, "json_exists": true}

// TestOverloads calls every scalar overload of every dialect with the samples of
// its parameters' types, in every form that arguments can have: as constants,
// flat, with a selection, by dictionary, with one argument constant, and as a
// slice. All have to agree; nothing may panic, take long, or fail as a bug does.
// Results are compared with testdata/overloads/<family>.txt.
func TestOverloads(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	reg := NewRegistry()
	tester := &overloadTester{t: t, ev: kernel.NewEvaluator(nil), told: map[string]bool{}}
	for _, family := range families {
		t.Run(fileOf(family.name), func(t *testing.T) {
			tester.t = t
			var golden bytes.Buffer
			for _, e := range reg.list {
				if e.Family != family.name || e.Kind != plan.Scalar || elsewhere[e.Names[0]] {
					continue
				}
				for i := range e.overs {
					tester.overload(e, &e.overs[i], &golden)
				}
			}
			compareGolden(t, family.name, golden.Bytes())
		})
	}
	t.Logf("%d overloads, %d concrete calls, %d rows, %d of them errors", tester.overloads, tester.calls, tester.rows, tester.errors)
}

type overloadTester struct {
	t                              *testing.T
	ev                             *kernel.Evaluator
	told                           map[string]bool // problems, each reported once for an overload
	overloads, calls, rows, errors int
}

func (x *overloadTester) overload(e *Entry, o *overload, golden *bytes.Buffer) {
	x.overloads++
	texts := map[string][2]string{}
	var order []string
	for d := range 2 {
		for _, v := range variants(e, o, plan.Dialect(d)) {
			x.calls++
			name := v.String()
			ts, ok := texts[name]
			if !ok {
				order = append(order, name)
			}
			ts[d] = x.call(&v)
			texts[name] = ts
		}
	}
	if len(order) == 0 {
		x.t.Errorf("%s: %s: no arguments fit", e.Names[0], o.sig)
	}
	for _, name := range order {
		ts := texts[name]
		if ts[0] == ts[1] || ts[1] == "" || ts[0] == "" {
			fmt.Fprintf(golden, "%s\n%s", name, ts[0]+strings.TrimPrefix(ts[1], ts[0]))
			continue
		}
		fmt.Fprintf(golden, "%s (pg)\n%s%s (athena)\n%s", name, ts[0], name, ts[1])
	}
}

// wrong reports a problem of a call, unless its overload has it already.
func (x *overloadTester) wrong(v *variant, problem, format string, args ...any) {
	x.t.Helper()
	if key := fmt.Sprintf("%p %s", v.over, problem); !x.told[key] {
		x.told[key] = true
		x.t.Errorf("%s %s", v, shortText(fmt.Sprintf(format, args...)))
	}
}

// outcome is what a row gives.
type outcome struct {
	v   types.Value
	err error
}

func (o outcome) String() string {
	if o.err != nil {
		f := fault.As(o.err)
		return "ERROR " + string(f.Code) + " " + f.Message
	}
	if o.v.Null {
		return "NULL"
	}
	return o.v.String()
}

// call tests one concrete call and gives its part of the golden file.
func (x *overloadTester) call(v *variant) string {
	rows := argRows(v)
	want := make([]outcome, len(rows))
	for i, row := range rows {
		want[i] = x.fold(v, row)
		if want[i].err != nil {
			x.errors++
		}
	}
	x.rows += len(rows)
	if v.f.Volatility != plan.Immutable {
		return "  " + [...]string{"immutable", "stable", "volatile"}[v.f.Volatility] + "\n"
	}
	x.forms(v, rows, want)
	h := fnv.New64a()
	var b strings.Builder
	every := max(1, len(rows)/12)
	for i := range rows {
		line := rowText(rows[i]) + " = " + want[i].String()
		h.Write([]byte(line))
		if i%every == 0 {
			fmt.Fprintf(&b, "  %s\n", shortText(line))
		}
	}
	fmt.Fprintf(&b, "  %d rows %x\n", len(rows), h.Sum64())
	return b.String()
}

func rowText(row []types.Value) string {
	ts := make([]string, len(row))
	for i, v := range row {
		if ts[i] = v.String(); v.Null {
			ts[i] = "NULL"
		}
	}
	return strings.Join(ts, " | ")
}

func shortText(s string) string {
	s = strings.ToValidUTF8(strings.NewReplacer("\n", `\n`, "\x00", `\0`, "\r", `\r`).Replace(s), "?")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "..."
	}
	return s
}

// farAway reports numbers and dates that are so far from others that what lies
// between them would fill the memory of this test.
func farAway(v types.Value) bool {
	text := v.String()
	return slices.ContainsFunc([]string{"0001-", "9999-", "BC", "5874897-", "100000", "1969-", "1970-"}, func(s string) bool { return strings.Contains(text, s) })
}

// argRows gives rows of arguments: each argument takes all its samples while the
// others keep their first, and then they mix, the same way in every run.
func argRows(v *variant) [][]types.Value {
	lists := make([][]types.Value, len(v.f.Params))
	base := make([]types.Value, len(lists))
	for i, p := range v.f.Params {
		switch {
		case v.args[i].Lambda > 0:
			lists[i] = []types.Value{types.NullOf(p)}
		case v.args[i].Const != nil:
			lists[i] = []types.Value{*v.args[i].Const}
		default:
			if lists[i] = samples(p); v.entry.Names[0] == "sequence" {
				lists[i] = slices.DeleteFunc(lists[i], farAway)
			}
		}
		base[i] = lists[i][min(1, len(lists[i])-1)]
	}
	out := [][]types.Value{base}
	mixed := 0
	for i, list := range lists {
		mixed += min(1, len(list)-1)
		for k, s := range list {
			if k == min(1, len(list)-1) {
				continue // the first row
			}
			row := append([]types.Value{}, base...)
			row[i] = s
			out = append(out, row)
		}
	}
	h := fnv.New64a()
	h.Write([]byte(v.String()))
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	if mixed > 1 {
		for range rowsOfCall - min(rowsOfCall, len(out)) + 20 {
			row := make([]types.Value, len(lists))
			for i, list := range lists {
				row[i] = list[r.IntN(len(list))]
			}
			out = append(out, row)
		}
	}
	return out
}

// expr is the call over columns, or over constants.
func (v *variant) expr(row []types.Value) plan.Expr {
	e := &plan.Call{Fn: v.f, Typ: v.f.Ret}
	for i, p := range v.f.Params {
		switch {
		case v.args[i].Lambda > 0:
			e.Args = append(e.Args, v.lambda(i))
		case row != nil:
			e.Args = append(e.Args, &plan.Const{Value: row[i]})
		case v.args[i].Const != nil:
			e.Args = append(e.Args, &plan.Const{Value: *v.args[i].Const})
		default:
			e.Args = append(e.Args, &plan.Col{ID: plan.ColID(i + 1), Typ: p})
		}
	}
	return e
}

// lambda is a lambda argument that gives one of its parameters, whether its first
// one is there, or a constant, as its type wants.
func (v *variant) lambda(i int) plan.Expr {
	ps, ok := v.over.pattern.lambdaParams(v.args, i)
	if !ok {
		panic("no parameters of the lambda of " + v.String())
	}
	l := &plan.Lambda{}
	for k, p := range ps {
		l.Params = append(l.Params, plan.Column{ID: plan.ColID(1000 + 10*i + k), Type: p})
	}
	ret := v.f.Params[i]
	if ret.Kind == types.Boolean {
		l.Body = &plan.IsNull{X: plan.Ref(l.Params[0]), Not: true}
		return l
	}
	for _, p := range l.Params {
		if p.Type.Equal(ret) {
			l.Body = plan.Ref(p)
			return l
		}
	}
	l.Body = &plan.Const{Value: samples(ret)[1]}
	return l
}

var heapAllocs = []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}

func allocated() uint64 {
	metrics.Read(heapAllocs)
	return heapAllocs[0].Value.Uint64()
}

// fold evaluates the call of constants, under guard.
func (x *overloadTester) fold(v *variant, row []types.Value) (out outcome) {
	defer x.guard(v, row)()
	out.v, out.err = x.ev.Fold(nil, v.expr(row))
	if out.err != nil {
		x.checkError(v, row, out.err)
	}
	return out
}

// guard reports a panic and what takes too long or, of a single row, too much.
func (x *overloadTester) guard(v *variant, row []types.Value) func() {
	start, mem := time.Now(), allocated()
	return func() {
		if p := recover(); p != nil {
			x.wrong(v, "panic", "panics: %v: %s", p, rowText(row))
		}
		if d := time.Since(start); d > maxCallTime {
			x.wrong(v, "time", "takes %v: %s", d, rowText(row))
		}
		if m := allocated() - mem; m > maxCallBytes && row != nil {
			x.wrong(v, "memory", "takes %d MB: %s", m>>20, rowText(row))
		}
	}
}

// checkError demands the class of an error that the values of arguments cause.
func (x *overloadTester) checkError(v *variant, row []types.Value, err error) {
	f := fault.As(err)
	switch {
	case f.Kind == fault.User && strings.HasPrefix(string(f.Code), "22"), f.Code == fault.CodeProgramLimit, f.Code == fault.CodeFeatureNotSupported && f.Kind == fault.User,
		f.Code == fault.CodeDatatypeMismatch && strings.HasPrefix(f.Message, "unit "),
		f.Code == fault.CodeUndefinedObject && v.entry.Family == "Session and catalog", f.Code == fault.CodeCardinality,
		v.entry.Family == "Sequences of temporary tables" && (f.Code == fault.CodeUndefinedTable || f.Code == fault.CodeObjectNotReady),
		f.Code == fault.CodeSyntax && (strings.HasSuffix(f.Message, "of jsonpath input") || strings.Contains(f.Message, "in number format") || strings.HasPrefix(f.Message, "invalid Unicode escape")):
	default:
		x.wrong(v, string(f.Code), "has error %s %s: %s", f.Code, f.Message, rowText(row))
	}
}

// fileOf is a family's name as a file's.
func fileOf(family string) string {
	return strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(family, ",", "")), " ", "_")
}

// compareGolden compares with a family's file, or writes it.
func compareGolden(t *testing.T, family string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "overloads", fileOf(family)+".txt")
	if *rewrite {
		if len(got) == 0 {
			return
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			line := func(l []string) string {
				if i < len(l) {
					return l[i]
				}
				return "(end)"
			}
			t.Errorf("%s:%d: %s, want %s; look at the difference after go test ./exec/fn -run TestOverloads -rewrite", path, i+1, line(b), line(a))
			return
		}
	}
}
