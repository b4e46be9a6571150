package rule_test

import (
	"errors"
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// This file is the oracle of the rules: an interpreter of plans that does
// everything the obvious way, row by row, Apply by evaluating its right side
// anew for each left row. A plan must give the same rows before and after the
// rules.

type row map[plan.ColID]types.Value

func (r row) with(s row) row {
	out := make(row, len(r)+len(s))
	for k, v := range r {
		out[k] = v
	}
	for k, v := range s {
		out[k] = v
	}
	return out
}

func nulls(cols []plan.Column) row {
	out := row{}
	for _, c := range cols {
		out[c.ID] = types.NullOf(c.Type)
	}
	return out
}

// interp runs plans over tables in memory.
type interp struct {
	tables map[string][][]types.Value // by table name, columns as in AllColumns
	withs  map[int][]row
	// dynamic holds the values of each runtime filter.
	dynamic map[int]map[string]bool
	steps   int
}

// maxSteps bounds what the interpreter does for one statement.
const maxSteps = 200_000

var errTooLong = errors.New("interpreter: too many steps")

func (in *interp) run(n plan.Node, env row) ([]row, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return in.scan(n, env)
	case *plan.Values:
		return in.values(n, env)
	case *plan.Filter:
		rows, err := in.run(n.Input, env)
		if err != nil {
			return nil, err
		}
		return in.filter(rows, n.Conds, env)
	case *plan.Project:
		return in.project(n, env)
	case *plan.Aggregate:
		return in.aggregate(n, env)
	case *plan.Join:
		left, right, err := in.sides(n, env)
		if err != nil {
			return nil, err
		}
		again := func(row) ([]row, error) { return right, nil }
		return in.join(n.Kind, n.Left, n.Right, left, again, n.Equal, n.On, n.NullAware, n.MarkCol, env)
	case *plan.Apply:
		left, err := in.run(n.Left, env)
		if err != nil {
			return nil, err
		}
		again := func(l row) ([]row, error) { return in.run(n.Right, env.with(l)) }
		return in.join(n.Kind, n.Left, n.Right, left, again, n.Equal, n.On, n.NullAware, n.MarkCol, env)
	case *plan.Sort:
		rows, err := in.run(n.Input, env)
		if err != nil {
			return nil, err
		}
		if err := in.sort(rows, n.Keys, env); err != nil {
			return nil, err
		}
		return limitRows(rows, n.Limit, n.Offset, n.PartitionBy), nil
	case *plan.Limit:
		rows, err := in.run(n.Input, env)
		return limitRows(rows, n.Limit, n.Offset, n.PartitionBy), err
	case *plan.DistinctOn:
		rows, err := in.run(n.Input, env)
		return limitRows(rows, 1, 0, n.On), err
	}
	return in.more(n, env)
}

func (in *interp) more(n plan.Node, env row) ([]row, error) {
	switch n := n.(type) {
	case *plan.Window:
		return in.window(n, env)
	case *plan.Unnest:
		return in.unnest(n, env)
	case *plan.Recode:
		return in.recode(n, env)
	case *plan.MaxOneRow:
		rows, err := in.run(n.Input, env)
		switch {
		case err != nil:
			return nil, err
		case len(rows) == 0:
			return []row{nulls(n.Output())}, nil
		case len(rows) > 1:
			return nil, errTwoRows
		}
		return rows, nil
	case *plan.SetOp:
		return in.setOp(n, env)
	case *plan.With:
		rows, err := in.run(n.Def, env)
		if err != nil {
			return nil, err
		}
		in.withs[n.ID] = rows
		return in.run(n.Body, env)
	case *plan.CTERef:
		var out []row
		for _, r := range in.withs[n.ID] {
			s := row{}
			for i, c := range n.Cols {
				s[c.ID] = r[n.From[i]]
			}
			out = append(out, s)
		}
		return out, nil
	}
	return nil, fmt.Errorf("interpreter: no %s", n.Op())
}

var errTwoRows = fmt.Errorf("more than one row returned by a subquery")

func (in *interp) scan(n *plan.Scan, env row) ([]row, error) {
	var out []row
	for _, vals := range in.tables[n.Table.Name] {
		if n.Source != nil && !inFiles(n, vals) {
			continue
		}
		r := row{}
		for _, c := range n.Cols {
			v := vals[c.Index]
			for _, name := range c.Path {
				v = fieldOf(v, name)
			}
			r[c.ID] = v
		}
		pass := true
		for _, d := range n.Dynamic {
			pass = pass && in.dynamic[d.ID][plan.Literal(r[d.Col])]
		}
		if pass {
			out = append(out, r)
		}
	}
	out, err := in.filter(out, n.Filter, env)
	if n.Limit > 0 && int64(len(out)) > n.Limit {
		out = out[:n.Limit]
	}
	return out, err
}

// inFiles reports whether a row is in one of the files that the scan reads.
func inFiles(n *plan.Scan, vals []types.Value) bool {
	for _, f := range n.Source.Files {
		same := true
		for k, v := range f.Keys {
			same = same && v.Equal(vals[len(n.Table.Columns)+k])
		}
		if same {
			return true
		}
	}
	return false
}

func fieldOf(v types.Value, name string) types.Value {
	for i, f := range v.Type.Fields {
		if f.Name == name {
			if v.Null {
				return types.NullOf(f.Type)
			}
			return v.Kids[i]
		}
	}
	panic("no field " + name)
}

func (in *interp) values(n *plan.Values, env row) ([]row, error) {
	var out []row
	for _, xs := range n.Rows {
		r := row{}
		for i, x := range xs {
			v, err := eval(x, env)
			if err != nil {
				return nil, err
			}
			r[n.Cols[i].ID] = v
		}
		out = append(out, r)
	}
	return out, nil
}

func (in *interp) filter(rows []row, conds []plan.Expr, env row) ([]row, error) {
	var out []row
	for _, r := range rows {
		ok, err := holds(conds, env.with(r))
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, r)
		}
	}
	return out, nil
}

func holds(conds []plan.Expr, r row) (bool, error) {
	for _, c := range conds {
		v, err := eval(c, r)
		if err != nil || v.Null || v.I == 0 {
			return false, err
		}
	}
	return true, nil
}

func (in *interp) project(n *plan.Project, env row) ([]row, error) {
	rows, err := in.run(n.Input, env)
	var out []row
	for _, r := range rows {
		s := row{}
		for _, it := range n.Items {
			if s[it.Col.ID], err = eval(it.X, env.with(r)); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, err
}

func keyText(r row, ids []plan.ColID) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(plan.Literal(r[id]) + "|")
	}
	return b.String()
}

func (in *interp) aggregate(n *plan.Aggregate, env row) ([]row, error) {
	rows, err := in.run(n.Input, env)
	if err != nil {
		return nil, err
	}
	var ids []plan.ColID
	for _, k := range n.Keys {
		ids = append(ids, k.ID)
	}
	groups, order := map[string][]row{}, []string{}
	for i, r := range rows {
		k := keyText(r, ids)
		if n.Partial { // every third row begins a part of its own
			k += fmt.Sprint(i % 3)
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	if len(n.Keys) == 0 && len(rows) == 0 {
		order = []string{""}
	}
	var out []row
	for _, k := range order {
		s := row{}
		for _, id := range ids {
			s[id] = groups[k][0][id]
		}
		for _, a := range n.Aggs {
			if s[a.Col.ID], err = in.agg(a, groups[k], env); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// agg computes count, sum, min and max of integers, and what has these as parts.
func (in *interp) agg(a plan.Agg, rows []row, env row) (types.Value, error) {
	if parts, finish := functions.Parts(a.Fn, 0); finish != nil {
		call := &plan.Call{Fn: finish, Typ: a.Col.Type}
		for _, p := range parts {
			b := a
			b.Fn, b.Col.Type = p, p.Ret
			v, err := in.agg(b, rows, env)
			if err != nil {
				return v, err
			}
			call.Args = append(call.Args, &plan.Const{Value: v})
		}
		return evalCall(call, nil)
	}
	var vals []types.Value
	count := int64(0)
	seen := map[string]bool{}
	for _, r := range rows {
		if a.Filter != nil {
			if ok, err := holds([]plan.Expr{a.Filter}, env.with(r)); err != nil || !ok {
				continue
			}
		}
		if len(a.Args) == 0 {
			count++
			continue
		}
		v, err := eval(a.Args[0], env.with(r))
		if err != nil {
			return v, err
		}
		if v.Null || a.Distinct && seen[plan.Literal(v)] {
			continue
		}
		seen[plan.Literal(v)] = true
		count++
		vals = append(vals, v)
	}
	if a.Fn.Name == "count" {
		return types.IntOf(a.Col.Type, count), nil
	}
	if len(vals) == 0 {
		return types.NullOf(a.Col.Type), nil
	}
	best := vals[0]
	if a.Fn.Name == "sum" {
		return sumOf(a.Col.Type, vals), nil
	}
	for _, v := range vals[1:] {
		switch {
		case a.Fn.Name == "min" && v.Compare(best) < 0, a.Fn.Name == "max" && v.Compare(best) > 0:
			best = v
		}
	}
	best.Type = a.Col.Type
	return best, nil
}

// sumOf adds numbers of one type up.
func sumOf(t types.Type, vals []types.Value) types.Value {
	sum := types.Value{Type: t}
	for _, v := range vals {
		x := types.I128(v.I)
		if v.Type.Phys() == types.PhysInt128 {
			x = v.D
		}
		if t.Phys() == types.PhysInt128 {
			sum.D = sum.D.Add(x)
		} else {
			sum.I += x.Int64()
		}
	}
	return sum
}

// join runs every kind of join, and Apply, whose right side sees the left row.
// sides runs a join's build side, which feeds the runtime filters, then its
// probe side.
func (in *interp) sides(n *plan.Join, env row) (left, right []row, err error) {
	build, probe := n.Right, n.Left
	if n.BuildLeft {
		build, probe = probe, build
	}
	built, err := in.run(build, env)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range n.Dynamic {
		x := n.Equal[d.Key].R
		if n.BuildLeft {
			x = n.Equal[d.Key].L
		}
		in.dynamic[d.ID] = map[string]bool{}
		for _, r := range built {
			v, err := eval(x, env.with(r))
			if err != nil {
				return nil, nil, err
			}
			in.dynamic[d.ID][plan.Literal(v)] = !v.Null
		}
	}
	probed, err := in.run(probe, env)
	if n.BuildLeft {
		return built, probed, err
	}
	return probed, built, err
}

// join joins left rows with what rights gives for each of them.
func (in *interp) join(kind plan.JoinKind, ln, rn plan.Node, left []row, rights func(row) ([]row, error), equal []plan.EqualKey, on []plan.Expr, aware bool, mark plan.Column, env row) ([]row, error) {
	if kind == plan.Right || kind == plan.Full {
		right, err := rights(nil)
		if err != nil {
			return nil, err
		}
		return rightJoin(kind, left, right, ln, rn, equal, on, env)
	}
	var out []row
	for _, l := range left {
		right, err := rights(l)
		if err != nil {
			return nil, err
		}
		if in.steps += len(right); in.steps > maxSteps {
			return nil, errTooLong
		}
		matches, unknown, err := match(l, right, equal, on, aware, env)
		if err != nil {
			return nil, err
		}
		switch kind {
		case plan.Semi:
			if len(matches) > 0 {
				out = append(out, l)
			}
		case plan.Anti:
			if len(matches) == 0 && !unknown {
				out = append(out, l)
			}
		case plan.Mark:
			v := types.BoolOf(len(matches) > 0)
			if len(matches) == 0 && unknown {
				v = types.NullOf(types.TBoolean)
			}
			out = append(out, l.with(row{mark.ID: v}))
		default:
			if kind == plan.Single && len(matches) > 1 {
				return nil, errTwoRows
			}
			for _, r := range matches {
				out = append(out, l.with(r))
			}
			if len(matches) == 0 && kind != plan.Inner {
				out = append(out, l.with(nulls(rn.Output())))
			}
		}
	}
	return out, nil
}

// match gives the right rows that match l, and whether NOT IN's answer is
// unknown: some candidate compares as NULL in the first key.
func match(l row, right []row, equal []plan.EqualKey, on []plan.Expr, aware bool, env row) (matches []row, unknown bool, err error) {
	for _, r := range right {
		both := env.with(l).with(r)
		all, first := true, true
		for i, k := range equal {
			op := plan.EQ
			if k.NullSafe {
				op = plan.NotDistinct
			}
			v, err := eval(&plan.Compare{Op: op, L: k.L, R: k.R}, both)
			if err != nil {
				return nil, false, err
			}
			switch {
			case i == 0 && aware && v.Null:
				first = false
			case v.Null || v.I == 0:
				all = false
			}
		}
		ok, err := holds(on, both)
		if err != nil {
			return nil, false, err
		}
		switch {
		case all && ok && first:
			matches = append(matches, r)
		case all && ok:
			unknown = true
		}
	}
	return matches, unknown, nil
}

func rightJoin(kind plan.JoinKind, left, right []row, ln, rn plan.Node, equal []plan.EqualKey, on []plan.Expr, env row) ([]row, error) {
	var out []row
	hit := make([]bool, len(right))
	for _, l := range left {
		any := false
		for i, r := range right {
			m, _, err := match(l, []row{r}, equal, on, false, env)
			if err != nil {
				return nil, err
			}
			if len(m) > 0 {
				hit[i], any = true, true
				out = append(out, l.with(r))
			}
		}
		if !any && kind == plan.Full {
			out = append(out, l.with(nulls(rn.Output())))
		}
	}
	for i, r := range right {
		if !hit[i] {
			out = append(out, nulls(ln.Output()).with(r))
		}
	}
	return out, nil
}

func (in *interp) sort(rows []row, keys []plan.SortKey, env row) error {
	var failed error
	sort.SliceStable(rows, func(i, j int) bool {
		for _, k := range keys {
			a, err1 := eval(k.X, env.with(rows[i]))
			b, err2 := eval(k.X, env.with(rows[j]))
			if err1 != nil || err2 != nil {
				failed = fmt.Errorf("%v %v", err1, err2)
				return false
			}
			switch {
			case a.Null && b.Null:
				continue
			case a.Null || b.Null:
				return a.Null == k.NullsFirst
			}
			if c := a.Compare(b); c != 0 {
				return (c < 0) != k.Desc
			}
		}
		return false
	})
	return failed
}

func limitRows(rows []row, limit, offset int64, per []plan.ColID) []row {
	seen := map[string]int64{}
	var out []row
	for _, r := range rows {
		k := keyText(r, per)
		seen[k]++
		if seen[k] > offset && (limit < 0 || seen[k] <= offset+limit) {
			out = append(out, r)
		}
	}
	return out
}

func (in *interp) unnest(n *plan.Unnest, env row) ([]row, error) {
	rows, err := in.run(n.Input, env)
	if err != nil {
		return nil, err
	}
	var out []row
	for _, r := range rows {
		v, err := eval(n.Args[0], env.with(r))
		if err != nil {
			return nil, err
		}
		if len(v.Kids) == 0 && n.Outer {
			out = append(out, r.with(nulls(n.Outs[0])))
		}
		for _, k := range v.Kids {
			out = append(out, r.with(row{n.Outs[0][0].ID: k}))
		}
	}
	return out, nil
}

func (in *interp) setOp(n *plan.SetOp, env row) ([]row, error) {
	var out []row
	for i, k := range n.In {
		rows, err := in.run(k, env)
		if err != nil {
			return nil, err
		}
		var mapped []row
		for _, r := range rows {
			s := row{}
			for j, c := range n.Cols {
				s[c.ID] = r[n.Maps[i][j]]
			}
			mapped = append(mapped, s)
		}
		if i == 0 || n.Kind == plan.UnionAll {
			out = append(out, mapped...)
			continue
		}
		out = combine(n, out, mapped)
	}
	return out, nil
}

// combine is INTERSECT and EXCEPT, with or without ALL.
func combine(n *plan.SetOp, a, b []row) []row {
	var ids []plan.ColID
	for _, c := range n.Cols {
		ids = append(ids, c.ID)
	}
	count := map[string]int{}
	for _, r := range b {
		count[keyText(r, ids)]++
	}
	var out []row
	done := map[string]bool{}
	for _, r := range a {
		k := keyText(r, ids)
		if !n.All {
			if !done[k] && (count[k] > 0) == (n.Kind == plan.Intersect) {
				out = append(out, r)
			}
			done[k] = true
			continue
		}
		has := count[k] > 0
		count[k]--
		if has == (n.Kind == plan.Intersect) {
			out = append(out, r)
		}
	}
	return out
}

// recode takes the texts themselves for their numbers.
func (in *interp) recode(n *plan.Recode, env row) ([]row, error) {
	rows, err := in.run(n.Input, env)
	for i, r := range rows {
		out := maps.Clone(r)
		for _, c := range n.Cols {
			delete(out, c.From.ID)
			out[c.Col.ID] = r[c.From.ID]
		}
		rows[i] = out
	}
	return rows, err
}
