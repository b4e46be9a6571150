// Package crawl turns files into tables: it lists targets, recognizes formats
// by content, infers schemas from samples, finds out which folders are tables
// and which are partitions, and says how it came to that. Find does all this
// without writing; what it gives depends on the files, the options and the
// known tables alone, never on the order of listing or reading.
//
//	Targets ── lister (in parallel, by folder) ──> trees of nodes ── planner (which folders are whose, by names) ──> units
//	    ── look (in parallel: codec, format, columns of some files) ──> decider (similar? table, partition) ──> candidates
//	    ── describe ──> Found: table, partitions, drift, fingerprint, projection; Folder trees, LeftOut, Notes
//
// # Tables and partitions
//
// In this order:
//
//   - A table that the catalog has at a location stays one; what its partition
//     keys match are its partitions.
//   - With Grouping.TableLevel the folders of that level are tables. The bucket,
//     or the directory that the store was opened with, is level 1; a target
//     below the level is itself a table. With Grouping.Combine each target is
//     one. Below, the folders are partitions, whatever their files hold.
//   - A folder with k=v folders, or with date folders (yyyy/mm/dd/hh or any
//     beginning of that, yyyy-mm-dd) and no files beside them, is one
//     partitioned table with these keys.
//   - A folder whose files are similar is one table, with all that lies below
//     it if that is similar too. If at least 7 of 10 files are similar, it is
//     one table and the others are told of; else each file is a table, up to
//     128 of them.
//   - Folders directly below a target are tables of their own, unless there are
//     more than 64 of them, all similar and without keys. Deeper, where a folder
//     holds nothing but folders, these are compared from the bottom up: if more
//     than 7 of 10 are similar, and there are at most five different schemas
//     (clusters), the similar ones are partitions of one table of the folder
//     above, with the keys partition_0, partition_1, ...; the others are tables
//     of their own.
//
// Glue merges the folders directly below a target always, so that a bucket of
// tables with like columns becomes one table; here that takes Combine.
//
// # The match ratio
//
// Two schemas are similar if they are of one format and their match ratio is
// more than 0.7. The ratio is 2p/(a+b): a and b are the numbers of their
// columns, p is how many columns of the second have a partner in the first. A
// partner has the same name in any case of letters, and a type that the rule of
// widening joins, or one of both is text (a column without a value looks like
// text), unless the name was made up (col0) for want of a header.
//
// Files of one folder whose names differ in nothing but numbers are one series;
// they are similar if half of the columns of the smaller one have a partner.
//
// A cluster is led by its first folder (by name); a folder joins the first
// cluster with whose leader it is similar and has the same partition keys. In a
// folder with more than 64 folders, 48 of them are looked into; if they make
// one cluster the others are taken to belong to it, else all are looked into.
//
// # Types of several files
//
// The columns of a table are those of the files in the order of their keys: new
// ones follow at the end. Types of one name widen (see widen for the table); if
// nothing holds both they are text. A column without any value is text. Columns
// that differ only in case stay two if a file has both, else are one.
//
// Columns of Parquet files that have field IDs are one by these, under the name
// of the first file, and keep the ID as a parameter, by which readers find them
// under other names. IDs do not count where files do not agree on them, or
// where a writer is known to number the columns of each file.
//
// CSV files of one table agree on whether they have a header: one that seems to
// have none has one if its first record is the header of another; where more
// than 7 of 10 have none, a first record of mere words is none. Columns are
// found by position there: a file whose names stand elsewhere is told of.
//
// Where the files of a partition have another format or other properties (the
// delimiter) than the table's, the partition gets a Format and a Descriptor of
// its own. Compression may differ from file to file. Which partitions these are
// is known from those that were looked into, and of others from their files'
// extensions; where samples with one extension differ, up to 1000 partitions
// are looked into.
//
// Keys are typed by all their values, see keyTypes; with Grouping.StringKeys all
// are text.
//
// # Fingerprints
//
// A table's fingerprint is a hash over the key, size and version of all files
// below it that count, and the options that matter. Where it is that of a known
// table, no file is looked into. A table of which a file could not be read for
// now (the store failed, or refused) has none.
//
// # What goes wrong
//
// A folder that cannot be listed is in Findings.Unlisted, a file that cannot be
// read or recognized in LeftOut; the rest is found as if they were not there. A
// target that is very large, or whose listing fails, is listed folder by folder.
// A file of several targets is that of the outermost one that takes it.
package crawl
