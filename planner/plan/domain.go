package plan

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
)

// Domain is what conditions say of a column's values: rows with another value
// do not pass. The zero value says nothing.
type Domain struct {
	// Values are the only ones, ascending and distinct, if HasValues.
	Values    []types.Value
	HasValues bool
	// Low and High are inclusive; they may be looser than the conditions.
	Low, High       types.Value
	HasLow, HasHigh bool
}

// DomainOf gives the domain of a column of type t under all of some
// conditions: comparisons with constants, IN, and AND and OR of those.
// Everything else says nothing. NULL is in no domain that says something.
func DomainOf(conds []Expr, id ColID, t types.Type) Domain {
	var d Domain
	for _, c := range conds {
		d = d.And(domainOf(c, id, t))
	}
	return d
}

func domainOf(e Expr, id ColID, t types.Type) Domain {
	switch e := e.(type) {
	case *And:
		return DomainOf(e.Args, id, t)
	case *Or:
		d := domainOf(e.Args[0], id, t)
		for _, x := range e.Args[1:] {
			d = d.or(domainOf(x, id, t))
		}
		return d
	case *Compare:
		if c, ok := e.R.(*Const); ok && isColumn(e.L, id) {
			return compareDomain(e.Op, c.Value, t)
		}
		if c, ok := e.L.(*Const); ok && isColumn(e.R, id) {
			return compareDomain(e.Op.Flip(), c.Value, t)
		}
	case *In:
		if isColumn(e.X, id) && !e.Not {
			return listDomain(e.List, t)
		}
	case *Col:
		if e.ID == id && t.Kind == types.Boolean {
			return listDomain([]types.Value{types.BoolOf(true)}, t)
		}
	case *Not:
		if isColumn(e.X, id) && t.Kind == types.Boolean {
			return listDomain([]types.Value{types.BoolOf(false)}, t)
		}
	}
	return Domain{}
}

func isColumn(e Expr, id ColID) bool {
	c, ok := e.(*Col)
	return ok && c.ID == id
}

// comparable reports whether values of both types compare as they stand.
func comparable(a, b types.Type) bool {
	return a.Equal(b) || a.Kind == types.Varchar && b.Kind == types.Varchar
}

func compareDomain(op CompareOp, v types.Value, t types.Type) Domain {
	if !comparable(v.Type, t) {
		return Domain{}
	}
	if v.Null { // true for no value, but IS [NOT] DISTINCT FROM has answers of its own
		return Domain{HasValues: op <= GE}
	}
	v.Type = t
	switch op {
	case EQ, NotDistinct:
		return Domain{HasValues: true, Values: []types.Value{v}}
	case LT, LE:
		return Domain{High: v, HasHigh: true}
	case GT, GE:
		return Domain{Low: v, HasLow: true}
	}
	return Domain{}
}

func listDomain(list []types.Value, t types.Type) Domain {
	d := Domain{HasValues: true}
	for _, v := range list {
		if !comparable(v.Type, t) {
			return Domain{}
		}
		if !v.Null {
			v.Type = t
			d.Values = append(d.Values, v)
		}
	}
	d.sort()
	return d
}

func (d *Domain) sort() {
	slices.SortFunc(d.Values, types.Value.Compare)
	d.Values = slices.CompactFunc(d.Values, types.Value.Equal)
}

// And is what both say.
func (d Domain) And(e Domain) Domain {
	if e.HasLow && (!d.HasLow || e.Low.Compare(d.Low) > 0) {
		d.Low, d.HasLow = e.Low, true
	}
	if e.HasHigh && (!d.HasHigh || e.High.Compare(d.High) < 0) {
		d.High, d.HasHigh = e.High, true
	}
	switch {
	case d.HasValues && e.HasValues:
		var both []types.Value
		for _, v := range d.Values {
			if slices.ContainsFunc(e.Values, v.Equal) {
				both = append(both, v)
			}
		}
		d.Values = both
	case e.HasValues:
		d.Values, d.HasValues = slices.Clone(e.Values), true
	}
	if d.HasValues {
		d.Values = slices.DeleteFunc(slices.Clone(d.Values), func(v types.Value) bool { return !d.inBounds(v) })
	}
	return d
}

func (d *Domain) inBounds(v types.Value) bool {
	return (!d.HasLow || v.Compare(d.Low) >= 0) && (!d.HasHigh || v.Compare(d.High) <= 0)
}

// Says reports whether a domain excludes anything but perhaps NULL.
func (d *Domain) Says() bool { return d.HasValues || d.HasLow || d.HasHigh }

// Contains reports whether a value is in the domain. NULL is only where nothing
// is said.
func (d *Domain) Contains(v types.Value) bool {
	if v.Null {
		return !d.Says()
	}
	if d.HasValues {
		_, ok := slices.BinarySearchFunc(d.Values, v, types.Value.Compare)
		return ok
	}
	return d.inBounds(v)
}

// or is what one of them says.
func (d Domain) or(e Domain) Domain {
	switch {
	case d.HasValues && len(d.Values) == 0:
		return e
	case e.HasValues && len(e.Values) == 0:
		return d
	case d.HasValues && e.HasValues:
		out := Domain{HasValues: true, Values: slices.Concat(d.Values, e.Values)}
		out.sort()
		return out
	}
	d, e = d.asRange(), e.asRange()
	var out Domain
	if d.HasLow && e.HasLow {
		if out.Low, out.HasLow = d.Low, true; e.Low.Compare(d.Low) < 0 {
			out.Low = e.Low
		}
	}
	if d.HasHigh && e.HasHigh {
		if out.High, out.HasHigh = d.High, true; e.High.Compare(d.High) > 0 {
			out.High = e.High
		}
	}
	return out
}

// asRange gives the ends of listed values, of which there is one at least.
func (d Domain) asRange() Domain {
	if !d.HasValues {
		return d
	}
	return Domain{Low: d.Values[0], HasLow: true, High: d.Values[len(d.Values)-1], HasHigh: true}
}

// Domains are the domains of a table's partition keys, by number: a
// partition.KeyFilter that decides no more than they say.
type Domains []Domain

// Values gives the only values of key k.
func (ds Domains) Values(k int) ([]types.Value, bool) { return ds[k].Values, ds[k].HasValues }

// Bounds gives the ends of key k.
func (ds Domains) Bounds(k int) (low, high types.Value, hasLow, hasHigh bool) {
	d := &ds[k]
	return d.Low, d.High, d.HasLow, d.HasHigh
}

// Keep keeps everything.
func (ds Domains) Keep(_ int, vs []types.Value) ([]bool, error) {
	keep := make([]bool, len(vs))
	for i := range keep {
		keep[i] = true
	}
	return keep, nil
}
