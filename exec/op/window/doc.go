// Package window computes window functions over sorted rows. It knows neither
// plans nor operators: its input is a Morsel, rows of some whole partitions in
// order, and its output one vector for each call.
//
//	Morsel ── Starts ──> partitions, groups of peers
//	   │         └─ framer: lo[i], hi[i] of every row ─┬─ value functions: a row number each, then one gather
//	   │                                               └─ aggregates: frame by frame
//	   └─ ranking functions: from the starts alone
//
// Frames have constant offsets, so that their edges never go back from row to row.
// Aggregates that can (fn.Framer) use that; the others grow a state where the frame
// grows, and merge states of blocks where its start moves.
package window
