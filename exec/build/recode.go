package build

import (
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner/plan"
)

func (b *builder) recode(n *plan.Recode, p *op.Pipeline) (op.Source, error) {
	in, err := b.node(n.Input, p)
	if err != nil {
		return nil, err
	}
	at := positions(n.Input.Output())
	r := &op.Recode{In: in}
	for _, c := range n.Cols {
		pos, ok := at[c.From.ID]
		if !ok {
			return nil, bug("column %s is not in the input of its operator", c.From.Name)
		}
		text := c.From.Type
		if c.Back {
			text = c.Col.Type
		}
		d := b.dicts[c.Dict]
		if d == nil {
			d = op.NewDictionary(text, b.mem.Child("dictionary", 0))
			b.dicts[c.Dict] = d
		}
		r.Cols = append(r.Cols, op.RecodeCol{At: pos, Dict: d, Back: c.Back})
	}
	return r, nil
}
