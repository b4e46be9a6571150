// Package spill keeps rows on a local disk that do not fit a query's memory.
//
//	Dir (process) ── Query ──> Files (query) ── Create ──> Writer ── Append, Cut, Close ──> Part ── Open ──> Reader
//	   folder, lock,             buffers,                  columns of              sections,          batches
//	   byte limit                one goroutine that writes one block               bytes
//
// A file is a row of blocks, each a batch of flat columns, compressed with S2
// behind a header with its sizes and a CRC-32C. Blocks are filled by the caller's
// goroutine and compressed and written by one goroutine of the query, with a few
// buffers between them. What writing takes is reserved from the query's account
// before it is short of memory (Files.Prepare), so that spilling never fails for
// want of the memory that it is about to free.
//
// A file may be cut into sections (one for each partition of a table, say), which
// are read one by one. Files go when their Part is removed, at the latest when the
// query's Files are closed. A process that is killed leaves its folder behind; the
// next Open of the same place sees that nobody holds its lock and removes it.
package spill
