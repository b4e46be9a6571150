package fn

// Flat marks Aggregators whose states are all that they keep: their bytes can be
// written elsewhere, and merged from there by any Aggregator of the same call.
type Flat interface{ FlatStates() }

// FlatStates tells whether an Aggregator is Flat.
func FlatStates(a Aggregator) bool {
	_, ok := a.(Flat)
	return ok
}

// FlatStates implements Flat.
func (*boolAgg) FlatStates() {}

// FlatStates implements Flat.
func (*bitAgg) FlatStates() {}

// FlatStates implements Flat.
func (checksumAgg) FlatStates() {}

// FlatStates implements Flat.
func (*countAgg) FlatStates() {}

// FlatStates implements Flat.
func (*minMaxAgg[T]) FlatStates() {}

// FlatStates implements Flat.
func (*momentAgg) FlatStates() {}

// FlatStates implements Flat.
func (*varianceAgg) FlatStates() {}

// FlatStates implements Flat.
func (*sumAgg) FlatStates() {}

// FlatStates implements Flat.
func (*floatSumAgg) FlatStates() {}

// FlatStates implements Flat.
func (*intervalSumAgg) FlatStates() {}
