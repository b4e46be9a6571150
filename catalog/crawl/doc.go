// Package crawl turns files into tables: it walks a location, recognizes
// formats by content, infers schemas from samples, finds partitions and writes
// tables and partitions to the catalog. The outcome depends on the files alone,
// never on the order in which they were read.
//
//	location ── readTree ──> folders ── plan (which folders are whose) ──> units
//	    ── sample (in parallel: format, codec, columns of some files) ──> decide ──> candidates
//	    ── register ──> new tables, widened columns, new partitions; Report
//
// What is a table:
//
//   - a folder with k=v folders, or with date folders (yyyy/mm/dd/hh or any
//     beginning of that, yyyy-mm-dd), is one partitioned table;
//   - a folder whose files are of one format and similar (more than 7 of 10
//     columns match, or half of them where the names differ only in numbers) is
//     one table; if they are not, each file is a table;
//   - folders directly below the location are tables of their own; deeper ones
//     that are similar become one table of the folder above, with the keys
//     partition_0, partition_1, ...;
//   - a table that the catalog has at a location stays what it is: a later
//     crawl adds columns and partitions to it and widens types, no more.
package crawl
