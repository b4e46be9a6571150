package h3

import "slices"

// Compact replaces cells whose siblings are all there by their parents, as far as that
// goes. ok is false if the cells are of several resolutions or one is there twice.
func Compact(cells []Cell) (out []Cell, ok bool) {
	if len(cells) == 0 {
		return nil, true
	}
	now := slices.Clone(cells)
	slices.Sort(now)
	res := now[0].Resolution()
	for i, c := range now {
		if c.Resolution() != res || i > 0 && c == now[i-1] {
			return nil, false
		}
	}
	for ; res > 0 && len(now) > 0; res-- {
		var next []Cell
		for len(now) > 0 {
			parent, n := now[0].Parent(res-1), 1
			for n < len(now) && now[n].Parent(res-1) == parent {
				n++
			}
			if int64(n) == parent.ChildCount(res) {
				next = append(next, parent)
			} else {
				out = append(out, now[:n]...)
			}
			now = now[n:]
		}
		now = next
	}
	return append(out, now...), true
}
