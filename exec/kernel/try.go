package kernel

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// tryNode gives NULL for the rows at which its expression fails. A batch costs
// nothing more until a row of it does; then the rows are halved until those that
// fail stand alone.
type tryNode struct {
	x   node
	typ types.Type
	all vector.Sel
	out merger
}

func (n *tryNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	v, err := n.x.eval(b, sel)
	if err == nil || !ofData(err) {
		return v, err
	}
	if sel == nil {
		n.all = growSel(n.all, b.N)
		sel = copySel(n.all, nil, b.N)
	}
	n.out.start(n.typ, b.N)
	if err := n.halves(b, sel); err != nil {
		return nil, err
	}
	return n.out.finish(), nil
}

// halves evaluates rows of which some one fails.
func (n *tryNode) halves(b *vector.Batch, sel vector.Sel) error {
	if len(sel) == 1 {
		n.out.nulls(sel)
		return nil
	}
	for _, half := range []vector.Sel{sel[:len(sel)/2], sel[len(sel)/2:]} {
		v, err := n.x.eval(b, half)
		if err == nil {
			n.out.put(v, half)
			continue
		}
		if !ofData(err) {
			return err
		}
		if err := n.halves(b, half); err != nil {
			return err
		}
	}
	return nil
}

// ofData reports whether values are at fault: the data exceptions of SQL.
func ofData(err error) bool {
	f := fault.As(err)
	return f != nil && strings.HasPrefix(string(f.Code), "22")
}
