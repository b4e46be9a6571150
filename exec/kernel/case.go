package kernel

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// caseNode is a searched CASE. Each branch is evaluated only for the rows that
// reach it.
type caseNode struct {
	whens []node
	thens []node
	other node // nil: NULL
	typ   types.Type
	hits  []vector.Sel
	rest  vector.Sel
	out   merger
}

func (c *compiler) caseOf(e *plan.Case) (node, error) {
	n := &caseNode{typ: e.Typ, hits: make([]vector.Sel, len(e.Whens))}
	for _, w := range e.Whens {
		ns, err := c.all([]plan.Expr{w.Cond, w.Result})
		if err != nil {
			return nil, err
		}
		n.whens, n.thens = append(n.whens, ns[0]), append(n.thens, ns[1])
	}
	if e.Else != nil {
		var err error
		if n.other, err = c.compile(e.Else); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *caseNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	n.out.start(n.typ, b.N)
	rest := sel
	n.rest = growSel(n.rest, b.N)
	for i, w := range n.whens {
		if rest != nil && len(rest) == 0 {
			break
		}
		n.hits[i] = growSel(n.hits[i], b.N)
		hit, err := filterNode(w, b, rest, true, n.hits[i])
		if err != nil {
			return nil, err
		}
		if len(hit) == 0 {
			continue
		}
		if err := n.branch(n.thens[i], b, hit); err != nil {
			return nil, err
		}
		rest = without(rest, hit, b.N, n.rest)
	}
	if rest == nil || len(rest) > 0 {
		if rest == nil {
			rest = copySel(n.rest, nil, b.N)
		}
		if n.other == nil {
			n.out.nulls(rest)
		} else if err := n.branch(n.other, b, rest); err != nil {
			return nil, err
		}
	}
	return n.out.finish(), nil
}

func (n *caseNode) branch(x node, b *vector.Batch, sel vector.Sel) error {
	v, err := x.eval(b, sel)
	if err != nil {
		return err
	}
	n.out.put(v, sel)
	return nil
}

// coalesceNode gives the first argument that is not NULL.
type coalesceNode struct {
	args []node
	typ  types.Type
	rest vector.Sel
	some vector.Sel
	out  merger
}

func (n *coalesceNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	n.rest, n.some = growSel(n.rest, b.N), growSel(n.some, b.N)
	rest := sel
	started := false
	for _, a := range n.args {
		v, err := a.eval(b, rest)
		if err != nil {
			return nil, err
		}
		if !started && (v.Type.Kind != types.Unknown && v.Valid == nil) {
			return v, nil // the usual case: no NULL at all
		}
		if !started {
			n.out.start(n.typ, b.N)
			started = true
		}
		if v.IsNull(0) && (v.Form == vector.Const || v.Type.Kind == types.Unknown) {
			continue
		}
		some := copySel(n.some, rest, b.N)
		if v.Form != vector.Const {
			some = dropNulls(v, some)
		}
		n.out.put(v, some)
		if rest = without(rest, some, b.N, n.rest); len(rest) == 0 {
			return n.out.finish(), nil
		}
	}
	if rest == nil {
		rest = copySel(n.rest, nil, b.N)
	}
	if !started {
		n.out.start(n.typ, b.N)
	}
	n.out.nulls(rest)
	return n.out.finish(), nil
}

// merger puts together a vector from parts of others.
type merger struct {
	out   vector.Vector
	pick  []uint32       // strings and nested: row p is row pick[p] of all
	all   *vector.Vector // the parts one after the other; nil for fixed-width values
	parts vector.Vector
}

func (m *merger) start(t types.Type, n int) {
	m.out.Reset(t, n)
	switch t.Phys() {
	case types.PhysBytes, types.PhysList, types.PhysStruct, types.PhysNone:
		m.all = &m.parts
		m.all.Reset(t, 0)
		m.all.AppendNull()
		if cap(m.pick) < n {
			m.pick = make([]uint32, n)
		}
		m.pick = m.pick[:n]
		clear(m.pick)
	default:
		m.all = nil
	}
}

func (m *merger) nulls(sel vector.Sel) {
	if m.all != nil {
		return // row 0 of all is NULL
	}
	for _, p := range sel {
		m.out.SetNull(int(p))
	}
}

// put takes the rows of sel from v.
func (m *merger) put(v *vector.Vector, sel vector.Sel) {
	if m.all != nil {
		at := uint32(m.all.Len)
		if v.Form == vector.Const {
			m.all.AppendRange(v, 0, 1)
			for _, p := range sel {
				m.pick[p] = at
			}
			return
		}
		m.all.AppendRows(v, sel, 0)
		for k, p := range sel {
			m.pick[p] = at + uint32(k)
		}
		return
	}
	switch m.out.Type.Phys().Width() {
	case 1:
		putValues[int8](&m.out, v, sel)
	case 2:
		putValues[int16](&m.out, v, sel)
	case 4:
		putValues[int32](&m.out, v, sel)
	case 8:
		putValues[int64](&m.out, v, sel)
	case 16:
		putValues[types.Int128](&m.out, v, sel)
	}
	if v.Valid == nil && v.Type.Kind != types.Unknown {
		return
	}
	for _, p := range sel {
		if v.IsNull(int(p)) {
			m.out.SetNull(int(p))
		}
	}
}

func putValues[T vector.Fixed](out, v *vector.Vector, sel vector.Sel) {
	dst := vector.Values[T](out)
	if v.Type.Kind == types.Unknown {
		return
	}
	switch v.Form {
	case vector.Const:
		c := vector.Values[T](v)[0]
		for _, p := range sel {
			dst[p] = c
		}
	case vector.Dict:
		src := vector.Values[T](v.Base)
		for _, p := range sel {
			dst[p] = src[v.Codes[p]]
		}
	default:
		src := vector.Values[T](v)
		for _, p := range sel {
			dst[p] = src[p]
		}
	}
}

func (m *merger) finish() *vector.Vector {
	if m.all != nil {
		vector.Gather(&m.out, m.all, m.pick)
	}
	return &m.out
}
