package plan

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Settle replaces the expressions of a Limit by their values where they are
// constants; fold, if not nil, evaluates what is not one yet. NULL means no
// limit, a negative number is 2201W (2201X for OFFSET).
func (n *Limit) Settle(fold func(Expr) (types.Value, error)) (*Limit, error) {
	limit, limitX, err := settle(n.LimitX, n.Limit, -1, fold)
	if err != nil {
		return nil, err
	}
	if limitX == nil && n.LimitX != nil && limit < -1 {
		return nil, fault.New(fault.CodeInvalidRowCount, "LIMIT must not be negative").At(n.LimitX.Position())
	}
	offset, offsetX, err := settle(n.OffsetX, n.Offset, 0, fold)
	if err != nil {
		return nil, err
	}
	if offsetX == nil && n.OffsetX != nil && offset < 0 {
		return nil, fault.New("2201X", "OFFSET must not be negative").At(n.OffsetX.Position())
	}
	c := *n
	c.Limit, c.LimitX, c.Offset, c.OffsetX = limit, limitX, offset, offsetX
	return &c, nil
}

// settle gives the value of x (none for NULL), or x again if it is not known
// yet. A negative value comes back below -1, so that it is not taken for "none".
func settle(x Expr, have, none int64, fold func(Expr) (types.Value, error)) (int64, Expr, error) {
	if x == nil {
		return have, nil, nil
	}
	k, ok := x.(*Const)
	var v types.Value
	switch {
	case ok:
		v = k.Value
	case fold == nil:
		return have, x, nil
	default:
		var err error
		if v, err = fold(x); err != nil {
			return 0, nil, fault.As(err).At(x.Position())
		}
	}
	if v.Null {
		return none, nil, nil
	}
	if v.I < 0 {
		return -2, nil, nil
	}
	return v.I, nil, nil
}
