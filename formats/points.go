package formats

import "github.com/glauxdb/glaux/catalog/types"

// Pointed is a Predicate that knows that it passes only rows with one of a few
// values in a column, as = and IN have it. Files with Bloom filters ask it which
// values to look for.
type Pointed interface {
	// Points gives the values of which column col must have one, none of them
	// NULL and all of the column's type; false if others may pass too. No values:
	// no row can pass.
	Points(col int) ([]types.Value, bool)
}

// PointsOf gives a predicate's points; false without any.
func PointsOf(p Predicate, col int) ([]types.Value, bool) {
	if q, ok := p.(Pointed); ok {
		return q.Points(col)
	}
	return nil, false
}
