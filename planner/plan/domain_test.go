package plan

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
)

const domainCol = ColID(7)

// holdsFor evaluates the conditions of these tests for one value: 1 true,
// 0 unknown, -1 false.
func holdsFor(t *testing.T, e Expr, v types.Value) int {
	truth := func(b bool) int {
		if b {
			return 1
		}
		return -1
	}
	switch e := e.(type) {
	case *And:
		out := 1
		for _, x := range e.Args {
			out = min(out, holdsFor(t, x, v))
		}
		return out
	case *Or:
		out := -1
		for _, x := range e.Args {
			out = max(out, holdsFor(t, x, v))
		}
		return out
	case *IsNull:
		return truth(v.Null != e.Not)
	case *In:
		if v.Null {
			return 0
		}
		out := -1
		for _, w := range e.List {
			if w.Null {
				out = max(out, 0)
			} else if w.Equal(v) {
				out = 1
			}
		}
		if e.Not {
			out = -out
		}
		return out
	case *Compare:
		w, op := types.Value{}, e.Op
		if c, ok := e.R.(*Const); ok {
			w = c.Value
		} else {
			w, op = e.L.(*Const).Value, op.Flip()
		}
		if op == NotDistinct || op == Distinct {
			return truth(v.Equal(w) == (op == NotDistinct))
		}
		if v.Null || w.Null {
			return 0
		}
		c := v.Compare(w)
		return truth([...]bool{c == 0, c != 0, c < 0, c <= 0, c > 0, c >= 0}[op])
	}
	t.Fatalf("%T", e)
	return 0
}

// TestDomainRandom: whatever a domain leaves out does not pass, and equalities
// joined by OR and AND are exact.
func TestDomainRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	col := &Col{ID: domainCol, Typ: types.TBigInt, Name: "k"}
	value := func() types.Value {
		if r.IntN(10) == 0 {
			return types.NullOf(types.TBigInt)
		}
		return types.IntOf(types.TBigInt, r.Int64N(8))
	}
	var expr func(depth int) Expr
	expr = func(depth int) Expr {
		if depth > 0 && r.IntN(3) > 0 {
			args := []Expr{expr(depth - 1), expr(depth - 1)}
			if r.IntN(2) == 0 {
				return &And{Args: args}
			}
			return &Or{Args: args}
		}
		switch r.IntN(6) {
		case 0:
			return &In{X: col, List: []types.Value{value(), value(), value()}, Not: r.IntN(4) == 0}
		case 1:
			return &IsNull{X: col, Not: r.IntN(2) == 0}
		case 2:
			return &Compare{Op: CompareOp(r.IntN(8)), L: &Const{Value: value()}, R: col}
		}
		return &Compare{Op: CompareOp(r.IntN(8)), L: col, R: &Const{Value: value()}}
	}
	useful := 0
	for range 5000 {
		conds := []Expr{expr(3), expr(1)}
		d := DomainOf(conds, domainCol, types.TBigInt)
		all := &And{Args: conds}
		for i := int64(-1); i < 9; i++ {
			v := types.IntOf(types.TBigInt, i)
			if i == 8 {
				v = types.NullOf(types.TBigInt)
			}
			if pass := holdsFor(t, all, v) == 1; pass && !d.Contains(v) {
				t.Fatalf("%s passes %s but is not in %s", Fingerprint(all), types.AppendValue(nil, v), domainText(d))
			} else if !pass && !d.Contains(v) {
				useful++
			}
		}
	}
	if useful < 10_000 {
		t.Errorf("the domains exclude %d values only", useful)
	}
}

func domainText(d Domain) string { return fmt.Sprintf("%+v", d) }

func TestDomain(t *testing.T) {
	col, other := &Col{ID: domainCol, Typ: types.TVarchar, Name: "k"}, &Col{ID: 1, Typ: types.TVarchar, Name: "x"}
	text := func(s string) *Const { return &Const{Value: types.StringOf(types.TVarchar, s)} }
	eq := func(c *Col, s string) Expr { return &Compare{Op: EQ, L: c, R: text(s)} }
	flag := &Col{ID: domainCol, Typ: types.TBoolean}
	for _, c := range []struct {
		cond Expr
		typ  types.Type
		want string
	}{
		{&Or{Args: []Expr{&And{Args: []Expr{eq(col, "b"), eq(other, "1")}}, &And{Args: []Expr{eq(col, "a"), eq(other, "2")}}}}, types.TVarchar, "[a b]"},
		{&Or{Args: []Expr{eq(col, "b"), eq(other, "1")}}, types.TVarchar, "anything"},
		{&And{Args: []Expr{eq(col, "b"), eq(col, "a")}}, types.TVarchar, "[]"},
		{&And{Args: []Expr{&In{X: col, List: []types.Value{text("c").Value, text("a").Value, text("c").Value}}, &Compare{Op: GT, L: col, R: text("b")}}}, types.TVarchar, "[c]"},
		{&Or{Args: []Expr{eq(col, "m"), &Compare{Op: LT, L: col, R: text("c")}}}, types.TVarchar, "..m"},
		{&Or{Args: []Expr{eq(col, "m"), &And{Args: []Expr{&Compare{Op: LT, L: text("c"), R: col}, &Compare{Op: LE, L: col, R: text("d")}}}}}, types.TVarchar, "c..m"},
		{&Compare{Op: EQ, L: &Cast{X: col, To: types.TDate}, R: &Const{Value: types.IntOf(types.TDate, 1)}}, types.TVarchar, "anything"},
		{&Compare{Op: EQ, L: &Col{ID: domainCol, Typ: types.TInteger}, R: &Const{Value: types.IntOf(types.TBigInt, 1)}}, types.TInteger, "anything"},
		{flag, types.TBoolean, "[true]"},
		{&Not{X: flag}, types.TBoolean, "[false]"},
	} {
		d := DomainOf([]Expr{c.cond}, domainCol, c.typ)
		got := "anything"
		switch {
		case d.HasValues:
			var texts []string
			for _, v := range d.Values {
				texts = append(texts, string(types.AppendValue(nil, v)))
			}
			got = fmt.Sprint(texts)
		case d.HasLow || d.HasHigh:
			got = d.Low.S + ".." + d.High.S
		}
		if got != c.want {
			t.Errorf("%s says %s, want %s", Fingerprint(c.cond), got, c.want)
		}
	}
}
