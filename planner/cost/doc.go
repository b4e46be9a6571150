// Package cost estimates how many rows a plan's nodes put out, and orders joins
// by that.
//
//	Scan.Source (rows, bounds, distinct values from footers)
//	   └─ Estimator ── rows and column statistics of every node, selectivities
//	         └─ Order ── join clusters: dynamic programming, greedy when large
//
// Estimates are guesses: nothing that depends on them may change a result.
package cost
