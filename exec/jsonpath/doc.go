// Package jsonpath is the SQL/JSON path language: ISO/IEC 9075-2, section 9.46, as
// Trino and as PostgreSQL speak it. A path is compiled once and evaluated over the
// text of documents; values inside a document are ranges of its bytes.
//
//	lex.go, parse.go   text -> nodes; a predicate is told from a value while parsing
//	path.go            Compile; Path is immutable and may be shared
//	eval.go            Eval: a stack of items, one goroutine; accessors
//	predicate.go       filters and comparisons, with their third value
//	method.go          item methods
//	arith.go number.go exact integers and decimals, and Trino's doubles
//	datetime.go        items that are dates and times
//
// Where the two differ, the dialect decides: PostgreSQL's strings have escapes and its
// numbers are decimals of any length; in Trino's a double quote is doubled, what a
// document writes with a point or an exponent is a double, and integers divide to
// integers.
package jsonpath
