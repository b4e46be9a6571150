// Package parquet reads and writes Apache Parquet files (parquet-format 2.12:
// README.md, Encodings.md, LogicalTypes.md, PageIndex.md, parquet.thrift).
//
//	Format.Open ── footer (thrift) ──> File ── schema tree, bounds per row group
//	File.Scan   ── Source, for each row group of the split:
//
//	  bounds, Bloom filters, page index ──> row group or rows of it pruned
//	  fetch filter columns ──> dictionaries: KeepDict ──> row group pruned
//	  for each batch:  filter columns, each for the rows that are left ──> selection
//	                   empty: next batch, nothing else is fetched or decoded
//	                   else:  other columns, only the pages that hold selected rows,
//	                          and of those only these rows where they are few
//
// A column without repetition is read by a column (pages ── levels ── values ──
// conversion ── vector), a nested one by a tree of assembly nodes over columns.
//
// Dictionary encoded columns are handed out as codes over one Base per row
// group: the *vector.Vector of a base is new for every dictionary, so that what
// was computed about it may be kept under its pointer. Dictionaries of
// fixed-width types with more than dictCodes values are expanded.
//
// Vectors point into decompressed pages wherever the types allow it. All
// buffers live in the Source and are used again from batch to batch and from
// row group to row group.
//
// A variant column is JSON (variant.go), put together from its shredded parts.
//
// Encrypted files are read with the keys of Format.Keys (crypt.go).
//
// What is not read is refused by name: files encrypted with other keys, LZO,
// data in other files.
package parquet
