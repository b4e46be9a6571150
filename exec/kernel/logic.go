package kernel

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// andNode is a conjunction (all) or a disjunction. "Every argument is true" and
// "some argument is false" are the same two loops with the roles exchanged, which
// gives the three values of SQL without ever making one.
type andNode struct {
	args []node
	all  bool
	tri  triState
	sub  vector.Sel
	rest vector.Sel
	mark []bool
}

func (n *andNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	return n.tri.eval(n, b, sel)
}

func (n *andNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	if n.all == want {
		return n.every(b, sel, want, out)
	}
	return n.some(b, sel, want, out)
}

// every selects the rows for which all arguments are want.
func (n *andNode) every(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	for _, a := range n.args {
		next, err := filterNode(a, b, sel, want, out)
		if err != nil {
			return nil, err
		}
		if len(next) == 0 {
			return out[:0], nil
		}
		if sel = next; len(next) == b.N {
			sel = nil
		}
	}
	if sel == nil {
		return copySel(out, nil, b.N), nil
	}
	return sel, nil
}

// some selects the rows for which any argument is want; rows that already
// qualify are not looked at again.
func (n *andNode) some(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	n.sub, n.rest = growSel(n.sub, b.N), growSel(n.rest, b.N)
	if cap(n.mark) < b.N {
		n.mark = make([]bool, b.N)
	}
	mark := n.mark[:b.N]
	clear(mark)
	rest := sel
	found := 0
	for _, a := range n.args {
		hit, err := filterNode(a, b, rest, want, n.sub)
		if err != nil {
			return nil, err
		}
		if len(hit) == 0 {
			continue
		}
		found += len(hit)
		for _, p := range hit {
			mark[p] = true
		}
		if rest = without(rest, hit, b.N, n.rest); len(rest) == 0 {
			break
		}
	}
	return marked(mark, sel, found, out), nil
}

// marked gives the rows of sel whose mark is set.
func marked(mark []bool, sel vector.Sel, found int, out vector.Sel) vector.Sel {
	if found == 0 {
		return out[:0]
	}
	out = out[:cap(out)]
	k := 0
	if sel == nil {
		for i, m := range mark {
			out[k] = uint16(i)
			k += b2i(m)
		}
		return out[:k]
	}
	for _, p := range sel {
		out[k] = p
		k += b2i(mark[p])
	}
	return out[:k]
}

// notNode is NOT.
type notNode struct {
	x   node
	tri triState
}

func (n *notNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	return n.tri.eval(n, b, sel)
}

func (n *notNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	return filterNode(n.x, b, sel, !want, out)
}

// isNullNode is IS [NOT] NULL.
type isNullNode struct {
	x   node
	not bool
	tri triState
}

func (n *isNullNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	hit, err := n.filter(b, sel, true, n.tri.hits(b.N))
	if err != nil {
		return nil, err
	}
	return n.tri.vector(b.N, hit), nil
}

func (n *isNullNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	x, err := n.x.eval(b, sel)
	if err != nil {
		return nil, err
	}
	wantNull := n.not != want
	if x.Type.Kind == types.Unknown || x.Valid == nil || x.Form == vector.Const {
		if x.IsNull(0) == wantNull {
			return copySel(out, sel, b.N), nil
		}
		return out[:0], nil
	}
	out = copySel(out, sel, b.N)
	if !wantNull {
		return dropNulls(x, out), nil
	}
	k := 0
	for _, p := range out {
		out[k] = p
		k += int(^x.Valid[p>>6] >> (p & 63) & 1)
	}
	return out[:k], nil
}
