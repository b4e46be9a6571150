// Package meta keeps the catalog in SQLite: one file, catalog.db, in the data
// directory. Several processes may use one data directory at the same time. Or it
// keeps it in PostgreSQL, for servers on many machines: the same statements, with
// a driver around the driver (pgConn) that numbers parameters and begins
// transactions as SQLite's do.
//
//	catalog.Catalog          databases, tables           one row each, the definition as JSON
//	        Changer          partitions                  chunks of some thousand, columnar, ordered by key text
//	        Versions         table_versions              what tables were before they were changed
//	        Documents        documents                   JSON texts by space and key, some of a table
//	        Locker           locks/*.lock                beside the file, held by the system for a process;
//	                                                     in PostgreSQL advisory locks of a session
//	history, budgets                                     what server/workgroup remembers
//
// Everything that happens to a table or its partitions comes through one way:
//
//	CreateTable, UpdateTable ┐
//	AddPartitions            ├─ apply: checked ─ transaction: describe ─ changePartitions ─ putDocuments
//	DropPartitions, Apply    ┘                   (row, archive)  (the chunks that it falls into)
//
//	write connection (one)   BEGIN IMMEDIATE, WAL, synchronous=FULL: durable when a method returns
//	read connections         snapshots; never wait for the writer
//	watch connection         asks for the catalog's generation, nothing else
//	history connection       WAL, synchronous=NORMAL: a crash may lose the last queries' records, never more
//
// In PostgreSQL the same connections are pools of their own: writers take an
// advisory lock at the beginning of a transaction, budgets another; read
// transactions are REPEATABLE READ.
//
// Every change of a table raises its version, every change of a partition list
// raises that list's, and triggers raise the catalog's generation with both.
// Caches compare the generation with the file's before each use, so that
// processes see each other's changes at once.
package meta
