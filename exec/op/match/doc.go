// Package match finds row patterns in sorted rows. It knows neither plans nor
// operators: its input is a morsel, rows of some whole partitions in order, and its
// output rows of matches with the values of measures.
//
//	plan.RowPattern ── Compile ──> Program ─┐
//	conditions ── once for all rows ──> bitmaps, where they see fixed neighbours of the row only
//	           └─ at the row at work, where they see the match so far
//	                                        ├─ search: the match that starts at a row
//	                                        └─ Finder: from search to search, as AFTER MATCH SKIP says
//	matches ── slots, aggregates ──> measures
//
// The search goes through the program depth first, in the order of preference, so that
// the first match it meets is the one that is wanted. It remembers the states that it
// has been in where paths meet (see memo): a state is the place in the program, the row,
// and what conditions still to come can see of the rows before. A state is tried once,
// so that the time is linear in the states; where conditions see nothing of the match
// so far, that is the length of the program times the number of rows.
package match
