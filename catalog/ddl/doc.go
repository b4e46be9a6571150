// Package ddl writes the objects of a catalog as Hive's data definition, as
// SHOW CREATE TABLE shows it and "glaux catalog export" keeps it. What it
// writes, Hive, Spark and Athena read; Glaux reads it back to the same objects.
//
//	Database ── Create ──> CREATE DATABASE ...
//	Table ───── Table ───> CREATE EXTERNAL TABLE ...     Gap, Losses: what has no words
//	   └─ Partitions ────> ALTER TABLE ... ADD PARTITION ...
//	View ────── View ────> CREATE VIEW ... AS
//
// Two things go beyond Hive, both as table properties that other engines keep
// and do not look at: a view's dialect, and column types that Hive has no word
// for (timestamps with a zone, UUIDs).
package ddl
