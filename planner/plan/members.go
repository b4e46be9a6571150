package plan

import "github.com/glauxdb/glaux/catalog/types"

// ConstantMembers turns x = ANY(array) and x <> ALL(array) over a constant
// array, which drivers send for lists, into IN: scans can use that. Any other
// call it gives back as it is.
func ConstantMembers(c *Call) Expr {
	if c.Fn.Name != "= any" && c.Fn.Name != "<> all" || len(c.Args) != 2 {
		return c
	}
	k, ok := c.Args[1].(*Const)
	if !ok || k.Value.Null || len(k.Value.Kids) == 0 || k.Value.Type.Kind != types.Array || !k.Value.Type.Elem().Equal(c.Args[0].Type()) {
		return c
	}
	in := &In{Pos: c.Pos, X: c.Args[0], Not: c.Fn.Name == "<> all"}
	for _, v := range k.Value.Kids {
		v.Type = k.Value.Type.Elem()
		in.List = append(in.List, v)
	}
	return in
}
