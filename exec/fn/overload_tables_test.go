package fn

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// rowsOfTable is how many rows of a call of a table function are compared: some go on
// until a number's type ends.
const rowsOfTable = 40

// TestTableOverloads calls every overload of every table function with the samples of
// its parameters' types: read at once, row by row and three rows at a time, and as the
// array that calls in a select list make of it. All have to agree; nothing may panic,
// take long, or fail as a bug does. Results are compared with
// testdata/overloads/<family>_tables.txt.
func TestTableOverloads(t *testing.T) {
	reg := NewRegistry()
	x := &tableTester{overloadTester{t: t, ev: kernel.NewEvaluator(nil), told: map[string]bool{}}}
	for _, family := range families {
		t.Run(fileOf(family.name), func(t *testing.T) {
			x.t = t
			var golden bytes.Buffer
			for _, e := range reg.list {
				// json_table's arguments are a syntax of its own, system tables have none
				if e.Family != family.name || e.Kind != plan.TableFunc || e.Names[0] == "json_table" {
					continue
				}
				for i := range e.overs {
					x.table(e, &e.overs[i], &golden)
				}
			}
			if golden.Len() > 0 {
				compareGolden(t, family.name+" tables", golden.Bytes())
			}
		})
	}
	t.Logf("%d overloads, %d concrete calls, %d rows of arguments, %d of them errors", x.overloads, x.calls, x.rows, x.errors)
}

type tableTester struct{ overloadTester }

// table tests an overload and adds its results to its family's.
func (x *tableTester) table(e *Entry, o *overload, golden *bytes.Buffer) {
	x.overloads++
	seen := map[string]bool{}
	for d := range 2 {
		for _, v := range variants(e, o, plan.Dialect(d)) {
			if text := v.String() + "\n" + x.lines(&v); !seen[text] {
				x.calls++
				seen[text] = true
				golden.WriteString(text)
			}
		}
	}
	if len(seen) == 0 && len(o.pattern.params) > 0 && o.types == nil {
		x.t.Errorf("%s: %s: no arguments fit", e.Names[0], o.sig)
	}
}

// lines calls a variant with its rows of arguments and gives its part of the golden file.
func (x *tableTester) lines(v *variant) string {
	h := fnv.New64a()
	var b strings.Builder
	rows := argRows(v)
	every := max(1, len(rows)/12)
	for i, row := range rows {
		x.rows++
		want := x.drain(v, row, vector.BatchSize)
		if strings.HasPrefix(want, "ERROR") {
			x.errors++
		}
		for _, n := range []int{1, 3} {
			if got := x.drain(v, row, n); got != want {
				x.wrong(v, "pieces", "%d rows at a time: %s, at once %s: %s", n, got, want, rowText(row))
			}
		}
		x.asArray(v, row, want)
		line := rowText(row) + " = " + want
		h.Write([]byte(line))
		if i%every == 0 {
			fmt.Fprintf(&b, "  %s\n", shortText(line))
		}
	}
	fmt.Fprintf(&b, "  %d rows %x\n", len(rows), h.Sum64())
	return b.String()
}

// drain calls the function and writes what it puts out, n rows at a time.
func (x *tableTester) drain(v *variant, row []types.Value, n int) string {
	defer x.guard(v, row)()
	fail := func(err error) string {
		x.checkError(v, row, err)
		return outcome{err: err}.String()
	}
	next := generator(func([]*vector.Vector, int) (int, error) { return 0, nil })
	if !v.f.Strict || !hasNull(row) {
		g, err := v.f.Impl.(*tableImpl).opener()(&kernel.EvalCtx{}, v.f, row)
		if err != nil {
			return fail(err)
		}
		next = g
	}
	cols := tableColumns(v.f.Ret)
	var out []string
	for len(out) < rowsOfTable {
		for _, c := range cols {
			c.Reset(c.Type, 0)
		}
		k, err := next(cols, min(n, rowsOfTable-len(out)))
		for i := range k {
			text := rowValue(v.f.Ret, cols, i).String()
			if c := cols[0]; len(cols) == 1 && c.IsNull(i) {
				text = "NULL"
			}
			out = append(out, text)
		}
		if err != nil {
			return strings.Join(append(out, fail(err)), "; ")
		}
		if k == 0 {
			break
		}
	}
	return fmt.Sprintf("%d: %s", len(out), strings.Join(out, "; "))
}

func hasNull(row []types.Value) bool {
	for _, v := range row {
		if v.Null {
			return true
		}
	}
	return false
}

// asArray compares with the array that the function is in a select list.
func (x *tableTester) asArray(v *variant, row []types.Value, want string) {
	if strings.HasPrefix(want, fmt.Sprint(rowsOfTable, ":")) || v.f.Volatility == plan.Volatile {
		return // it may go on for long
	}
	defer x.guard(v, row)()
	scalar := *v
	scalar.f = tableRows(v.f)
	got, err := x.ev.Fold(nil, scalar.expr(row))
	text := ""
	switch {
	case err != nil:
		if strings.Contains(want, "ERROR "+string(fault.As(err).Code)) {
			return
		}
		text = outcome{err: err}.String()
	default:
		var out []string
		for _, k := range got.Kids {
			if out = append(out, k.String()); k.Null {
				out[len(out)-1] = "NULL"
			}
		}
		text = fmt.Sprintf("%d: %s", len(out), strings.Join(out, "; "))
	}
	if text != want {
		x.wrong(v, "array", "as an array %s, as a table %s: %s", text, want, rowText(row))
	}
}
