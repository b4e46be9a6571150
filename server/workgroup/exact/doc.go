// Package exact is the proof that limits hold to the byte. It has no code of its
// own: its tests run generated queries over small lakes of every format, in a
// store that counts what it gives out, apart from the meter whose word is in
// question.
//
//	query ── engine ── meter (under test) ── store.Memory ── bytes
//	                                             └─ counter: sums the bytes that were returned
//
// A query's need is what it reads when nothing limits it. The tests run it again
// with limits just below, at and above its need and each point where a request
// ends, with one to sixteen workers, alone and eight at a time under one budget.
//
// What a LIMIT or a filter that arrives at run time spares depends on how fast the
// workers are. The need of such a query is its plan's upper bound: below it the
// query may or may not succeed, from there on it must.
package exact
