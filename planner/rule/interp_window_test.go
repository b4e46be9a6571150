package rule_test

import (
	"fmt"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// window computes row_number, rank and the aggregates that agg knows, with the
// default frame: everything up to the row's last peer.
func (in *interp) window(n *plan.Window, env row) ([]row, error) {
	rows, err := in.run(n.Input, env)
	if err != nil {
		return nil, err
	}
	if err := in.sort(rows, n.Keys, env); err != nil {
		return nil, err
	}
	texts := make([][]string, len(rows)) // of each row's keys
	for i, r := range rows {
		for _, k := range n.Keys {
			v, err := eval(k.X, env.with(r))
			if err != nil {
				return nil, err
			}
			texts[i] = append(texts[i], plan.Literal(v))
		}
	}
	out := make([]row, len(rows))
	for i, r := range rows {
		out[i] = row{}
		for _, c := range n.Pass {
			out[i][c.ID] = r[c.ID]
		}
		for k := range n.Calls {
			c := &n.Calls[k]
			if out[i][c.Col.ID], err = in.windowCall(c, rows, texts, i, env); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (in *interp) windowCall(c *plan.WindowCall, rows []row, texts [][]string, i int, env row) (types.Value, error) {
	same := func(j, keys int) bool { return fmt.Sprint(texts[i][:keys]) == fmt.Sprint(texts[j][:keys]) }
	var frame []row
	rank, number := int64(1), int64(0)
	for j := range rows {
		if !same(j, c.Partition) {
			continue
		}
		peer := same(j, c.Partition+c.Order)
		if j <= i {
			number++
			if !peer {
				rank++
			}
		}
		if j <= i || peer {
			frame = append(frame, rows[j])
		}
	}
	switch c.Fn.Name {
	case "row_number":
		return types.IntOf(c.Col.Type, number), nil
	case "rank":
		return types.IntOf(c.Col.Type, rank), nil
	}
	return in.agg(plan.Agg{Col: c.Col, Fn: c.Fn, Args: c.Args, Filter: c.Filter}, frame, env)
}
