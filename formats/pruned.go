package formats

// Unit is what a filter can spare a scan from.
type Unit string

// The units, from the largest.
const (
	UnitFile     Unit = "files"
	UnitStripe   Unit = "stripes"
	UnitRowGroup Unit = "row groups"
	UnitPage     Unit = "pages"
)

// How says what of a file's metadata ruled its rows out.
type How uint8

// The ways. ByBounds is the last answer of KeepBounds.
const (
	ByBounds How = iota
	ByBloom
	ByDictionary
)

// Witness is a Predicate that wants to know what it spared the scan that it belongs
// to. A Source tells it right after the answer that ruled rows out.
type Witness interface {
	// Pruned tells that n units were left out. Col is the column whose Bloom filter
	// or dictionary was asked, a position in ScanRequest.Columns.
	Pruned(unit Unit, n int, how How, col int)
}

// TellPruned tells a predicate, if it wants to know, that its bounds ruled n units out.
func TellPruned(p Predicate, unit Unit, n int) { TellPrunedBy(p, unit, n, ByBounds, -1) }

// TellPrunedBy is TellPruned for what else rules rows out.
func TellPrunedBy(p Predicate, unit Unit, n int, how How, col int) {
	if w, ok := p.(Witness); ok && n > 0 {
		w.Pruned(unit, n, how, col)
	}
}
