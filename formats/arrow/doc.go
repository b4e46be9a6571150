// Package arrow reads Arrow IPC files and streams (Feather's version 2 is the
// file) and writes streams ("Arrow columnar format", version 1, "Serialization
// and interprocess communication").
//
//	Format.Open ── footer, or the stream's messages: schema, record batches, dictionaries ──> File
//	File.Scan   ── columns bound by name ──> Source ── the buffers of the columns alone ──> arrays ── build ──> vectors
//
// Metadata of versions 4 and 5 are read, little and big endian, buffers
// compressed with lz4 or zstd, dictionaries that are replaced or added to on the
// way. Record batches are the units of splits. Sizes, offsets, indexes and type
// numbers are checked before they are used.
//
//	Null                             unknown       Date (ms: the day)        date
//	Bool; arrow.bool8                boolean       Time, Timestamp           precision 0, 3, 6, 9 by unit
//	Int 8..64                        tinyint ..    Timestamp with a zone     timestamp with time zone
//	Int unsigned 8, 16, 32           smallint, integer, bigint
//	Int unsigned 64                  decimal(20,0) Duration, Interval        interval
//	half, single, double             real, double  FixedSizeBinary           varbinary; arrow.uuid: uuid
//	Decimal 32..256, up to 38 digits decimal       Utf8, Large-, -View       varchar; arrow.json: json
//	List, Large-, FixedSize-, -View  array         Binary, Large-, -View     varbinary
//	Struct, Map                      row, map      RunEndEncoded             its values' type
//	Union                            row(tag tinyint, field0 ..., field1 ...), all NULL but one
//
// Other extension types, canonical (tensors, arrow.opaque) or not, are read as
// what they are stored as.
//
// Refused by name: Feather's version 1, decimals of more digits or of a negative
// scale, and intervals whose nanoseconds are no whole microseconds (a Duration
// can be declared bigint: its ticks).
//
// # Writing
//
//	Writer ── columns (the buffers of a record batch, grown batch by batch)
//	   └─ messages: schema, record batches, end of stream
//	        each: ff ff ff ff, length, flatbuffer (Message.fbs), padding, body
//
//	boolean            Bool            decimal        Decimal, 128 bits
//	tinyint .. bigint  Int 8..64       oid            Int 32, unsigned
//	real, double       FloatingPoint   date           Date in days
//	varchar, char      Utf8            time           Time in µs up to precision 6, else ns
//	varbinary          Binary          timestamp      Timestamp, units as time
//	json               Utf8, arrow.json               with time zone: zone "UTC"
//	uuid               FixedSizeBinary 16, arrow.uuid
//	interval           Interval in months, days, ns
//	array, map, row    List, Map, Struct              unknown        Null
//
// Every field is nullable but a map's entries and keys. Names are as they are,
// also twice; fields of rows without one are field0, field1 ... Dictionaries are written as their values. Buffers are little endian
// and padded to 8 bytes.
package arrow
