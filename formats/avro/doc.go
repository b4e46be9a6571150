// Package avro reads Apache Avro object container files (Avro specification
// 1.12, "Object Container Files", "Binary Encoding", "Logical Types").
//
//	Format.Open ── header: schema, codec, sync mark ──> File
//	File.Scan   ── columns bound by name ── compile ──> program (fields that nobody wants are passed over)
//
//	fetcher ── blocks ── decompress ──> window (records of many blocks) ── program, a record at a time ──> sinks
//	sinks ── package convert, a column at a time ──> Batch ── Keep ──> the other columns of what is left
//
// Avro is a format of rows: every record must be walked. The walk is a flat
// list of instructions that a loop dispatches on, with one typed buffer (sink)
// per wanted column; types are converted afterwards, column by column. Strings
// point into the window.
//
// # Types
//
//	boolean, int, long, float, double     boolean, integer, bigint, real, double
//	bytes, fixed                          varbinary
//	string, enum (as dictionary codes)    varchar
//	record, array, map                    row, array, map
//	null                                  unknown
//	date, time-millis, time-micros        date, time(3), time(6)
//	timestamp-millis, -micros, -nanos     timestamp(3|6|9) with time zone
//	local-timestamp-...                   timestamp(3|6|9)
//	decimal (bytes or fixed)              decimal(p,s) up to 38 digits
//	uuid (fixed), uuid (string)           uuid, varchar
//	duration                              interval
//
// An annotation that does not go with its type is ignored, as the specification
// asks.
//
// # Unions
//
// A union of null and one other type is that type, nullable. Of several other
// types, integers widen to bigint, integers and floating-point numbers to
// double, bytes and fixed to varbinary. Any other union is a row, as Trino has
// it: row(tag tinyint, field0 ..., field1 ...), with tag counting the types that
// are not null and all fields but the tagged one null.
//
// # Reading as a table declares
//
// Columns match by name, exactly and then without regard to case. A column that
// the file lacks is null, a field that the table lacks is passed over, and types
// convert as in every columnar format (package convert), besides Avro's own
// promotion of integers to real.
//
// A table may have an Avro schema of its own: the SerDe properties
// avro.schema.literal, or avro.schema.url of an object in the store of its files.
// Files are then resolved against it (specification, "Schema Resolution"), at
// any depth: fields by their aliases, what a file lacks by its default, symbols
// that its enum lacks by the enum's default, the types of unions by their place
// in its unions, annotations where the file has none. It is kinder than the
// specification where nothing is lost: columns that it lacks are read by name,
// fields without a default are null, symbols without one stay as they are.
//
// A record that contains itself cannot be a column and is refused by name; it
// may stand in fields that are not read. Compressed blocks may be deflate,
// snappy, bzip2, zstandard or xz.
package avro
