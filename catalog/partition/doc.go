// Package partition knows Hive's partition directories: how a path spells key
// values, how their texts become typed values, and how millions of them become
// the columnar snapshot that pruning works on.
//
//	"dt=2024-01-01/city=S%C3%A3o" ── ParsePath ──> texts ── ParseValue ──> types.Value
//	texts of all partitions ── Builder.Code, Builder.Append ──> Build ──> catalog.Partitions (codes, distinct values, sorted)
//	"dt >= '2024-01-01' AND hour IN (1, 2)" ── Parse ──> Expression ── Select ──> rows of a snapshot
//	projection.* properties ── ParseProjection ──> Projection ── KeyFilter, now ──> catalog.Partitions
package partition
