package build

import (
	"maps"
	"strconv"

	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner/plan"
)

// maxRecursionDepth names the setting that bounds the rounds of a recursive query.
const maxRecursionDepth = "max_recursion_depth"

// recursive makes the source of a recursive query. The operators of a round are
// built when it runs, with an account of memory that ends with it; what costs more
// than that is kept from round to round (see rounds).
func (b *builder) recursive(n *plan.Recursive) op.Source {
	b.inline = false
	for _, c := range b.ctes {
		c.rows.Keep() // rounds may read them
	}
	r := &op.Recursive{Name: n.Name, Types: typesOf(n.Cols), Distinct: n.Distinct, Mem: b.mem.Child("recursive query "+n.Name, 0)}
	if get := b.env.Session.Setting; get != nil {
		if v, ok := get(maxRecursionDepth); ok {
			r.MaxRounds, _ = strconv.Atoi(v) // the setting's check has seen it
		}
	}
	var kept *rounds
	r.Round = func(work *op.Collect) (*op.Pipeline, func(), error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		sub, in, cols := *b, n.Init, n.InitCols
		sub.rounds, sub.own = nil, nil
		sub.mem = b.mem.Child("recursive query "+n.Name, 0)
		if work != nil {
			if kept == nil {
				kept = newRounds(n, b.mem.Child("recursive query "+n.Name, 0))
			}
			kept.round++
			in, cols, sub.rounds = n.Step, n.StepCols, kept
		}
		sub.work = maps.Clone(b.work)
		if sub.work == nil {
			sub.work = map[int]*op.Collect{}
		}
		sub.work[n.ID] = work
		p := &op.Pipeline{}
		src, err := sub.node(in, p)
		if err != nil {
			return nil, nil, err
		}
		p.Source, err = sub.output(src, in, cols)
		return p, sub.mem.Close, err
	}
	return r
}

func (b *builder) workTable(n *plan.WorkTable) (op.Source, error) {
	rows, ok := b.work[n.ID]
	if !ok {
		return nil, bug("recursive query %s is referred to outside of it", n.Name)
	}
	return rows.Reader(nil), nil
}
