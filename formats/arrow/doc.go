// Package arrow writes batches as an Arrow IPC stream ("Arrow columnar format",
// version 1, "Serialization and interprocess communication"). It reads nothing.
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
