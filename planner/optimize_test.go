package planner_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
)

func text(s string) types.Value { return types.Value{Type: types.TUnknown, S: s} }

// TestOptimizeParams puts parameters into plans that need no files.
func TestOptimizeParams(t *testing.T) {
	cases := []struct {
		name, sql string
		params    []types.Value
		want      string // in the plan
		code      fault.Code
	}{
		{"text becomes the inferred type", "select * from (values (1), (2)) v(x) where x = $1", []types.Value{text("2")}, "= 2", ""},
		{"typed value", "select * from (values (1), (2)) v(x) where x = $1", []types.Value{types.IntOf(types.TInteger, 2)}, "= 2", ""},
		{"null", "select $1::int", []types.Value{types.NullOf(types.TUnknown)}, "NULL", ""},
		{"any becomes in", "select * from (values (1), (2)) v(x) where x = any($1)", []types.Value{text("{1,2}")}, "IN (1, 2)", ""},
		{"list becomes in", "select * from (values (1), (2)) v(x) where x in ($1, $2)", []types.Value{text("1"), text("3")}, "IN (1, 3)", ""},
		{"limit", "select * from (values (1), (2)) v(x) limit $1 offset $2", []types.Value{text("5"), text("1")}, "limit=5 offset=1", ""},
		{"bad text", "select * from (values (1), (2)) v(x) where x = $1", []types.Value{text("two")}, "", fault.CodeInvalidText},
		{"negative limit", "select * from (values (1), (2)) v(x) limit $1", []types.Value{text("-1")}, "", fault.CodeInvalidRowCount},
		{"missing value", "select $1", nil, "", fault.CodeProtocolViolation},
	}
	p := newPlanner(plantest.NewCatalog())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := plantest.Session("tpch")
			st, err := p.Bind(context.Background(), c.sql, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			before := plan.Format(st.(*plan.Query).Root)
			q, err := p.Optimize(context.Background(), s, st.(*plan.Query), c.params)
			if after := plan.Format(st.(*plan.Query).Root); after != before {
				t.Errorf("the bound query changed:\n%s", cmp.Diff(before, after))
			}
			if c.code != "" {
				if !fault.Is(err, c.code) {
					t.Fatalf("error %v, want %s", err, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := plan.Format(q.Root); !strings.Contains(got, c.want) {
				t.Errorf("plan lacks %q:\n%s", c.want, got)
			}
		})
	}
}

// TestOptimizeAll makes every query of testdata/bind executable: the rules must
// leave a consistent plan without Apply and Param.
func TestOptimizeAll(t *testing.T) {
	c := plantest.NewCatalog()
	addViews(c)
	p := planner.New(planner.Config{
		Catalog: c, Functions: plantest.Functions{}, Evaluator: plantest.Evaluator{}, Virtual: plantest.Virtual{}, Lake: plantest.Lake{},
	})
	plantest.Cases(t, "testdata/bind/*.txt", func(t *testing.T, k plantest.Case) {
		s := sessionOf(k)
		st, err := p.Bind(context.Background(), k.SQL, s, nil)
		bound, ok := st.(*plan.Query)
		if err != nil || !ok {
			t.SkipNow() // TestBind has looked at it
		}
		params := make([]types.Value, len(bound.Params))
		for i, pt := range bound.Params {
			params[i] = types.NullOf(pt)
		}
		q, err := p.Optimize(context.Background(), s, bound, params)
		if err != nil {
			t.Fatalf("%v\n%s", err, plan.Format(bound.Root))
		}
		if err := plan.Check(q.Root, nil); err != nil {
			t.Error(err)
		}
		plan.Visit(q.Root, func(n plan.Node) bool {
			if n.Op() == plan.OpApply {
				t.Errorf("an Apply is left:\n%s", plan.Format(q.Root))
			}
			return true
		})
	})
}

func TestSplit(t *testing.T) {
	got, err := newPlanner(plantest.NewCatalog()).Split("select 1; ; /* é */ select ';'; ")
	want := []planner.Text{{SQL: "select 1", Pos: 1}, {SQL: "select ';'", Pos: 21}}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyStatement(t *testing.T) {
	st, err := newPlanner(plantest.NewCatalog()).Bind(context.Background(), " -- nothing\n", plantest.Session(), nil)
	if _, ok := st.(*plan.Empty); !ok || err != nil {
		t.Errorf("got %T, %v", st, err)
	}
}
