// Package meta keeps the catalog in SQLite: one file, catalog.db, in the data
// directory. Several processes may use one data directory at the same time.
//
//	catalog.Catalog          databases, tables           one row each, the definition as JSON
//	                         partitions                  chunks of some thousand, columnar, ordered by key text
//	history, workgroups, key values                      what server/workgroup and the crawler remember
//
//	write connection (one)   BEGIN IMMEDIATE, WAL, synchronous=FULL: durable when a method returns
//	read connections         snapshots; never wait for the writer
//	history connection       WAL, synchronous=NORMAL: a crash may lose the last queries' records, never more
//
// Every change of a table raises its version and every change of a partition
// list raises that list's; caches compare these numbers with the file before
// each use, so that processes see each other's changes at once.
package meta
