package exec

import (
	"github.com/glauxdb/glaux/exec/build"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner/explain"
	"github.com/glauxdb/glaux/planner/plan"
)

// fragmentsOf gives a plan's pipelines as the fragments of EXPLAIN, numbered from
// the one that puts out the result towards the tables.
func (r *running) fragmentsOf(root plan.Node, p *build.Plan) ([]explain.Fragment, func(plan.Node) (int, bool)) {
	numbers := map[*op.Pipeline]int{p.Root: 0}
	var tops []plan.Node // of each fragment
	var number func(n plan.Node)
	number = func(n plan.Node) {
		if q := p.Pipelines[n]; q != nil {
			k, ok := numbers[q]
			if !ok {
				k = len(numbers)
				numbers[q] = k
			}
			for len(tops) <= k {
				tops = append(tops, nil)
			}
			if tops[k] == nil {
				tops[k] = n
			}
		}
		for _, in := range n.Inputs() {
			number(in)
		}
	}
	number(root)
	out := make([]explain.Fragment, len(tops))
	for k, top := range tops {
		out[k] = r.fragment(top, p.Pipelines)
	}
	return out, func(n plan.Node) (int, bool) {
		q, ok := p.Pipelines[n]
		return numbers[q], ok
	}
}

// fragment describes the pipeline whose last node is top by what its rows come from.
func (r *running) fragment(top plan.Node, pipes map[plan.Node]*op.Pipeline) explain.Fragment {
	var scans []*plan.Scan
	kind := "SINGLE"
	var look func(n plan.Node)
	look = func(n plan.Node) {
		inside := 0
		for _, in := range n.Inputs() {
			if q, ok := pipes[in]; ok && q == pipes[n] {
				inside++
				look(in)
			}
		}
		switch n := n.(type) {
		case *plan.Scan:
			scans = append(scans, n)
		case *plan.CTERef:
			kind = "ROUND_ROBIN"
		case *plan.Aggregate:
			if inside == 0 && len(n.Keys) > 0 && !n.Partial {
				kind = "HASH"
			}
		}
	}
	look(top)
	if len(scans) == 0 {
		return explain.Fragment{Kind: kind}
	}
	out := explain.Fragment{Kind: "SOURCE"}
	for _, s := range scans {
		if s.Source != nil {
			out.Copies = max(out.Copies, min(r.e.o.Workers, build.ScanWidth(s, r.query.Workers)))
		}
	}
	return out
}
