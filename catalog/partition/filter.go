package partition

import (
	"github.com/glauxdb/glaux/catalog/types"
)

// KeyFilter is what a query asks of a table's partition keys, for those who
// make partitions on demand (projection, discovery by listing) instead of
// reading them from a catalog. Keys are numbered as in Table.PartitionKeys.
type KeyFilter interface {
	// Values gives the only values that key k may have (of equality and IN), in
	// ascending order; ok is false if the query does not say.
	Values(k int) (vs []types.Value, ok bool)
	// Bounds gives the inclusive range that key k must lie in; ok says which
	// ends are known.
	Bounds(k int) (low, high types.Value, hasLow, hasHigh bool)
	// Keep says of each value whether rows with this value of key k may pass.
	Keep(k int, vs []types.Value) ([]bool, error)
}
