// Package orc reads Apache ORC files (ORC specification v1: orc.apache.org,
// "ORC Specification v1"; orc_proto.proto), as all writers since Hive 0.11 make
// them.
//
//	Format.Open ── postscript, footer, metadata (protobuf) ──> File ── types, statistics of file and stripes
//	File.Scan   ── Source, for each stripe of the split:
//
//	  statistics ──> stripe pruned
//	  row indexes, Bloom filters (bloom.go) ──> row groups pruned
//	  stripe footer ──> streams of the filter columns fetched
//	  for each batch:  filter columns ── Keep ──> selection
//	                   empty: next batch, the other columns' rows are passed over
//	                   else:  the other columns (their streams are fetched the first time)
//
//	stream ── chunks decompressed as they are needed ──> run lengths ──> dense values
//	       ── package convert ──> spread over the rows that are not null ──> Batch
//
// Dictionary encoded text is handed out as codes over one Base per stripe.
// Other text points into the decompressed streams.
//
// # Types
//
//	boolean, tinyint .. bigint, float, double   boolean, tinyint .. bigint, real, double
//	string, varchar(n), char(n), binary         varchar, varchar(n), char(n), varbinary
//	date, decimal(p,s)                          date, decimal(p,s)
//	timestamp                                   timestamp(6); its nanoseconds are cut unless the table declares timestamp(9)
//	timestamp with local time zone              timestamp(6) with time zone
//	list, map, struct                           array, map, row
//	uniontype                                   row(tag tinyint, field0 ..., field1 ...), as for Avro
//
// A timestamp is the wall clock of the writer: the writer's time zone, which
// stands in the stripe, is taken out again. Dates before 1582 are read as they
// are stored.
//
// # Reading as a table declares
//
// Columns match by name, exactly and then without regard to case. With the
// property orc.column.index.access = true (or orc.force.positional.evolution =
// true, or orc.schema.resolution = position) they match by position, as they do if
// no name of the table occurs in the file: Hive used to call columns _col0,
// _col1.
//
// # Transactional tables
//
// Files of Hive's transactional tables hold events with the table's columns in a
// struct row, which are the columns here; rows that other files delete are left
// out by their identity (Without). Which files make up a snapshot package lake
// knows.
//
// What is not read is refused by name: encrypted columns (crypt.go), whose
// neighbours are read.
package orc
