// Package keytab finds equal keys: the hash table under aggregation, joins,
// DISTINCT and set operations. Keys of any types and number become fixed-width
// images, so that hashing and comparing are loops over 64-bit words.
//
//	key columns ── Encoder.Encode ──> images (words) + hashes, one per selected row
//	                                     │
//	Table: slots (salt | row) ──────────>│ rows: image | places of long strings | state
//	                                     └─ FindOrInsert / Find ──> row numbers
//
// An image holds each fixed-width key as it is (floats made canonical: one NaN,
// one zero), a string as its length and either its first 12 bytes or 4 bytes of
// prefix and a 64-bit hash, and a bit for each NULL: in the top byte of the first
// string's length, which is cut to 24 bits, if that is enough, else behind the keys.
// Images that are equal mean equal keys, except for strings longer than 12 bytes,
// whose bytes are compared as well. Types whose equality is not that of their bytes
// (intervals, nested types) are encoded as order-preserving bytes first and treated
// as strings; their first values are kept in a side vector for output.
//
// A Table belongs to one goroutine while it is written and may be read by many
// afterwards, each with its own Encoder.
package keytab
