package fn

// FlatStates tells that the states of an aggregate are all that it keeps: their bytes
// can be written elsewhere, and merged from there by any Aggregator of the same call.
func FlatStates(a Aggregator) bool {
	_, ok := a.(interface{ flatStates() })
	return ok
}

func (*boolAgg) flatStates()        {}
func (*bitAgg) flatStates()         {}
func (checksumAgg) flatStates()     {}
func (*countAgg) flatStates()       {}
func (*minMaxAgg[T]) flatStates()   {}
func (*momentAgg) flatStates()      {}
func (*sumAgg) flatStates()         {}
func (*floatSumAgg) flatStates()    {}
func (*intervalSumAgg) flatStates() {}
