// Package wasm runs functions that users bring as WebAssembly modules
// (https://webassembly.github.io/spec/core/, version 2.0), through wazero.
//
//	bytes ── check ── compile ── Module ── Func (plan.Func: types, kernel)
//	          imports, tables,     │          once per program copy:
//	          sizes, exports       └── instance ── linear memory, charged to the query
//	                                     call: rows in ─► export ─► rows out
//
// A module is compiled once in a process, by its hash, and instantiated for each
// copy of a program that calls it: an instance is used by one goroutine, and ends
// with its query, so that nothing of a user's rows stays for the next. A module
// sees its arguments and nothing else: no files, no clock, no network, no host
// functions but those that end the call with a message.
//
// How rows go in and out is written in docs/udf.md, for those who write modules; abi.go
// is the other side.
package wasm
