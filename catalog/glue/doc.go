// Package glue is a catalog whose databases, tables and partitions live in AWS
// Glue, or in any endpoint that speaks its protocol (Glaux's own, moto).
//
//	                     ┌── descriptions, short TTL ──┐
//	catalog.Full ── Catalog                            ├── glue.Client ──> AWS Glue
//	                  │  └── snapshots of partitions ──┘
//	                  └── local store: IDs, documents, locks
//
// What Glue has no place for is kept in a local store that this package alone
// uses: the integer IDs of tables, the documents of crawlers, locks. catalog/glue/model
// translates the objects.
//
// # What is atomic
//
// Glue has no transactions. One call is atomic: a table's description, one
// batch of up to 100 partitions item by item. A Change is a row of calls in an
// order in which a reader never sees a partition without its table:
//
//	drop partitions -> create or update the table -> alter partitions -> add partitions -> documents
//
// Whoever looks in between sees the old or the new description, and any part of
// the partitions. A Change that is cut short (a kill, a lost connection) stays as far
// as it came; repeating it completes it. If a Change that creates a table
// fails in a later step, the table is deleted again. DropDatabase without
// cascade looks for tables first and may miss one that is made at that moment.
//
// # Caches
//
// Descriptions are asked for again after Options.TableTTL, the partitions of a table
// after Options.PartitionTTL, or at once when this Catalog has changed them.
// Other writers are seen when that time has passed.
package glue
