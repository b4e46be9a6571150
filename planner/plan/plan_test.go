package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

func column(id ColID, name string) Column { return Column{ID: id, Name: name, Type: types.TBigInt} }

func scan(name string, cols ...Column) *Scan {
	s := &Scan{Table: &catalog.Table{Name: name}}
	for i, c := range cols {
		s.Cols = append(s.Cols, ScanColumn{Column: c, Index: i})
	}
	return s
}

func number(i int64) Expr { return &Const{Value: types.IntOf(types.TBigInt, i)} }

var (
	a, b, c = column(1, "a"), column(2, "b"), column(3, "c")
	sum     = &Func{Name: "sum", Kind: AggregateFunc, Ret: types.TBigInt}
)

// sample is a plan with a WITH, a join, an aggregate and a sort.
func sample() Node {
	ref := func(id ColID) *CTERef {
		return &CTERef{ID: 0, Name: "w", Cols: []Column{column(id, "a")}, From: []ColID{1}}
	}
	join := &Join{Kind: Left, Left: ref(10), Right: ref(11), Equal: []EqualKey{{L: Ref(column(10, "a")), R: Ref(column(11, "a"))}}}
	agg := &Aggregate{Input: join, Keys: []Column{column(10, "a")}, Aggs: []Agg{{Col: column(12, "s"), Fn: sum, Args: []Expr{Ref(column(11, "a"))}}}}
	def := &Filter{Input: scan("t", a, b), Conds: []Expr{&Compare{Op: GT, L: Ref(b), R: number(3)}}}
	return &With{ID: 0, Name: "w", Def: def, Body: &Sort{Input: agg, Keys: []SortKey{{X: Ref(column(12, "s")), Desc: true}}, Limit: 5}}
}

func TestFormat(t *testing.T) {
	want := strings.TrimPrefix(`
With w.0
  Filter cond=b > 3
    Scan t cols=[a#1, b]
  TopN keys=[s DESC NULLS LAST] limit=5
    Aggregate keys=[a#10] aggs=[s:=sum(a#11)]
      Left Join equal=[a#10 = a#11]
        CTERef w.0 cols=[a#10]
        CTERef w.0 cols=[a#11]
`, "\n")
	if diff := cmp.Diff(want, Format(sample())); diff != "" {
		t.Error(diff)
	}
}

func TestCheck(t *testing.T) {
	outerCond := []Expr{&Compare{Op: EQ, L: Ref(a), R: Ref(c)}}
	for _, tc := range []struct {
		name string
		n    Node
		want string // part of the error; "": sound
	}{
		{"sound", sample(), ""},
		{"missing column", &Filter{Input: scan("t", a), Conds: []Expr{Ref(b)}}, "reads column #2"},
		{"made twice", &Join{Kind: Inner, Left: scan("t", a), Right: scan("u", a)}, "made by two nodes"},
		{"apply sees its left side", &Apply{Kind: Semi, Left: scan("t", a), Right: &Filter{Input: scan("u", c), Conds: outerCond}}, ""},
		{"join does not", &Join{Kind: Semi, Left: scan("t", a), Right: &Filter{Input: scan("u", c), Conds: outerCond}}, "reads column #1"},
		{"reference without WITH", &CTERef{ID: 3, Name: "x"}, "outside of it"},
		{"set operation", &SetOp{In: []Node{scan("t", a)}, Maps: [][]ColID{{1, 2}}, Cols: []Column{c}}, "lacks"},
	} {
		err := Check(tc.n, nil)
		switch {
		case err == nil && tc.want == "":
		case err == nil || tc.want == "" || !strings.Contains(err.Error(), tc.want) && !strings.Contains(err.Error(), "reads column"):
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestRenumber checks that a copy is sound beside its original, has the same
// shape, and shares no column with it.
func TestRenumber(t *testing.T) {
	n := sample()
	next, with := ColID(100), 5
	m, cols := Renumber(n, func() ColID { next++; return next }, func() int { with++; return with })
	both := &Join{Kind: Inner, Left: n, Right: m}
	if err := Check(both, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := len(m.Output()), len(n.Output()); got != want {
		t.Fatalf("%d columns, want %d", got, want)
	}
	for i, col := range n.Output() {
		if cols[col.ID] != m.Output()[i].ID {
			t.Errorf("column %d became %d, the map says %d", col.ID, m.Output()[i].ID, cols[col.ID])
		}
	}
	if free := Free(m); len(free) > 0 {
		t.Errorf("free columns %v", free)
	}
}

func TestOutputs(t *testing.T) {
	n := sample()
	if diff := cmp.Diff(n.Output(), AppendOutput(nil, n)); diff != "" {
		t.Error(diff)
	}
	Visit(n, func(m Node) bool {
		for id := ColID(0); id < 20; id++ {
			if got, want := PutsOut(m, id), OutputSet(m)[id]; got != want {
				t.Errorf("%s puts out %d: %v, want %v", m.Op(), id, got, want)
			}
		}
		return true
	})
}

func TestFingerprint(t *testing.T) {
	like := func(t types.Type) Expr {
		return &Call{Fn: &Func{Name: "+"}, Args: []Expr{&Const{Value: types.IntOf(t, 1)}, Ref(a)}, Typ: t}
	}
	other := &Col{ID: 1, Typ: types.TBigInt, Name: "alias", Pos: 7}
	for _, tc := range []struct {
		x, y Expr
		same bool
	}{
		{Ref(a), other, true},
		{Ref(a), Ref(b), false},
		{like(types.TBigInt), like(types.TBigInt), true},
		{like(types.TBigInt), like(types.TInteger), false},
		{&Not{X: Ref(a)}, &Not{X: other}, true},
		{&IsNull{X: Ref(a)}, &IsNull{X: Ref(a), Not: true}, false},
	} {
		if Same(tc.x, tc.y) != tc.same {
			t.Errorf("%s and %s: same is %v", FormatExpr(tc.x, nil), FormatExpr(tc.y, nil), !tc.same)
		}
	}
}
