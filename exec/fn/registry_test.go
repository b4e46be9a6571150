package fn

import (
	"bytes"
	"os"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestReferenceIsCurrent compares docs/functions.md with what docgen would write.
func TestReferenceIsCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := NewRegistry().WriteMarkdown(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/functions.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("docs/functions.md is not what the registry says: run go run ./exec/fn/docgen")
	}
}

// TestEveryFunctionIsDescribed: a sentence each, and nothing without an overload.
func TestEveryFunctionIsDescribed(t *testing.T) {
	for _, e := range NewRegistry().Entries() {
		if e.Doc == "" || len(e.overs) == 0 {
			t.Errorf("%s has no description or no overload", e.Names[0])
		}
		for i := range e.overs {
			if e.Kind == plan.WindowFunc {
				continue // computed by name: see exec/op/window
			}
			if o := &e.overs[i]; o.scalar == nil && o.agg == nil && o.table == nil {
				t.Errorf("%s: %s has no implementation", e.Names[0], o.sig)
			}
		}
	}
}

func arg(t types.Type) plan.Arg { return plan.Arg{Type: t} }

func lit(s string) plan.Arg {
	v := types.StringOf(types.TVarchar, s)
	return plan.Arg{Type: types.TVarchar, Const: &v}
}

func number(i int64) plan.Arg {
	v := types.IntOf(types.TInteger, i)
	return plan.Arg{Type: types.TInteger, Const: &v}
}

// TestResolve checks which overload is chosen and what it gives.
func TestResolve(t *testing.T) {
	dec := types.DecimalOf
	cases := []struct {
		name string
		kind plan.FuncKind
		args []plan.Arg
		pg   string // result type, or "!" and SQLSTATE
		ath  string // "": the same
	}{
		{"+", plan.Scalar, []plan.Arg{arg(types.TInteger), arg(types.TBigInt)}, "bigint", ""},
		{"+", plan.Scalar, []plan.Arg{arg(types.TInteger), lit("1")}, "integer", ""},
		{"+", plan.Scalar, []plan.Arg{arg(types.TInteger), lit("x")}, "!42883", ""},
		{"-", plan.Scalar, []plan.Arg{number(1), arg(dec(15, 2))}, "decimal(16,2)", ""},
		{"*", plan.Scalar, []plan.Arg{arg(dec(15, 2)), arg(dec(16, 2))}, "decimal(31,4)", ""},
		{"*", plan.Scalar, []plan.Arg{arg(dec(38, 4)), arg(dec(5, 2))}, "decimal(38,6)", ""},
		{"/", plan.Scalar, []plan.Arg{arg(dec(38, 6)), arg(dec(38, 4))}, "decimal(38,16)", "decimal(38,6)"},
		{"+", plan.Scalar, []plan.Arg{arg(types.TReal), arg(dec(5, 2))}, "real", ""},
		{"+", plan.Scalar, []plan.Arg{arg(types.TDate), arg(types.TInterval)}, "timestamp(6)", "date"},
		{"-", plan.Scalar, []plan.Arg{arg(types.TDate), arg(types.TDate)}, "integer", "interval day to second"},
		{"-", plan.Scalar, []plan.Arg{arg(types.TTimestamp), lit("2024-01-01")}, "interval", "interval day to second"},
		{"||", plan.Scalar, []plan.Arg{lit("a"), number(1)}, "varchar", "!42883"},
		{"||", plan.Scalar, []plan.Arg{arg(types.ArrayOf(types.TInteger)), number(1)}, "array(integer)", ""},
		{"sum", plan.AggregateFunc, []plan.Arg{arg(types.TInteger)}, "bigint", ""},
		{"sum", plan.AggregateFunc, []plan.Arg{arg(types.TBigInt)}, "decimal(38,0)", "bigint"},
		{"avg", plan.AggregateFunc, []plan.Arg{arg(types.TInteger)}, "decimal(38,16)", "double"},
		{"avg", plan.AggregateFunc, []plan.Arg{arg(dec(15, 2))}, "decimal(38,16)", "decimal(15,2)"},
		{"count", plan.AggregateFunc, nil, "bigint", ""},
		{"max", plan.AggregateFunc, []plan.Arg{arg(types.TDate)}, "date", ""},
		{"length", plan.Scalar, []plan.Arg{arg(types.TVarchar)}, "integer", "bigint"},
		{"length", plan.Scalar, []plan.Arg{arg(types.TInteger)}, "!42883", ""},
		{"lenght", plan.Scalar, []plan.Arg{arg(types.TVarchar)}, "!42883", ""},
		{"sum", plan.Scalar, []plan.Arg{arg(types.TInteger)}, "!42883", ""},
		{"extract", plan.Scalar, []plan.Arg{lit("year"), arg(types.TDate)}, "decimal(18,0)", "bigint"},
		{"generate_series", plan.TableFunc, []plan.Arg{number(1), number(3)}, "integer", ""},
	}
	r := NewRegistry()
	for _, c := range cases {
		for d := plan.Postgres; d <= plan.Athena; d++ {
			want := c.pg
			if d == plan.Athena && c.ath != "" {
				want = c.ath
			}
			f, err := r.Resolve(c.name, c.kind, c.args, d)
			got := ""
			if err != nil {
				got = "!" + string(fault.As(err).Code)
			} else if got = f.Ret.String(); len(f.Params) != len(c.args) {
				t.Errorf("%s: %d parameters for %d arguments", c.name, len(f.Params), len(c.args))
			}
			if got != want {
				t.Errorf("%s (%s) = %s, want %s (%v)", call(c.name, c.args), d, got, want, err)
			}
		}
	}
}
