package formats

import "github.com/glauxdb/glaux/catalog/types"

// Add widens bounds to cover b's rows too.
func (a *Bounds) Add(b *Bounds) {
	a.Rows += b.Rows
	a.DecodedBytes += b.DecodedBytes
	a.Distinct = 0
	if a.HasNulls = a.HasNulls && b.HasNulls; a.HasNulls {
		a.Nulls += b.Nulls
	} else {
		a.Nulls = 0
	}
	switch {
	case b.AllNull: // nothing to add
	case a.AllNull:
		a.HasMinMax, a.Min, a.Max, a.MinExact, a.MaxExact = b.HasMinMax, b.Min, b.Max, b.MinExact, b.MaxExact
		a.AllNull = false
	case !a.HasMinMax || !b.HasMinMax:
		a.HasMinMax, a.MinExact, a.MaxExact, a.Min, a.Max = false, false, false, types.Value{}, types.Value{}
	default:
		if b.Min.Compare(a.Min) < 0 {
			a.Min, a.MinExact = b.Min, b.MinExact
		}
		if b.Max.Compare(a.Max) > 0 {
			a.Max, a.MaxExact = b.Max, b.MaxExact
		}
	}
}
