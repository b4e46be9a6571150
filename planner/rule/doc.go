// Package rule makes a bound plan into the plan that runs. Rules are named;
// each is one file and can be tested alone; one table (phases.go) orders them.
//
//	bound plan (Apply, no files)
//	   │ simplify      constants folded, filters and projections merged, CTEs inlined
//	   │ decorrelate   every Apply becomes a Join
//	   │ push          filters to where the rows come from, outer joins to inner, facts across equalities
//	   │ columns       only the columns and nested fields that somebody reads
//	   │ files         partitions pruned, files listed and pruned by their statistics: Scan.Source
//	   │ metadata      count, min and max answered from footers and the partition list
//	   │ join order    package cost
//	   │ groups        grouping sets made of finer ones
//	   │ early         rows grouped before they are joined, where that pays
//	   │ finish        limits and top-N, common subplans, runtime filters, trimmed outputs
//	   ▼
//	plan for exec/build: no Apply, no Param, every Scan has its Source
//
// A rule keeps the column IDs and types that the node above sees; it may add
// columns, never lose one that somebody reads. Rules never change a node in
// place. With the build tag invariants the plan is checked after every rule.
package rule
