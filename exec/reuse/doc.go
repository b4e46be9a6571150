// Package reuse keeps results of queries and gives them again as long as nothing
// that they were made of has changed.
//
//	optimized plan + files + settings + user ── KeyOf ──> Key ── Store.Find ──> Hit: rows, without reading data
//	                                                        └── none: Store.Begin ──> Writer ── Add ... Keep
//
// A Key says what a result depends on: the plan with its constants, every file that
// its scans would read by location, ETag, size and time, the tables' definitions,
// and what the session adds. The caller makes it anew for each query from a fresh
// listing, so a result is never older than its sources, whatever its age.
package reuse
