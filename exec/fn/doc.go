// Package fn is the function registry: scalar functions, operators, aggregates
// and table functions of both dialects, with their overloads, documentation and
// examples. It implements plan.Functions.
//
//	entry (names, overloads, doc, example) ── Registry.Resolve ──> plan.Func{Params, Ret, Impl}
//	                                                                   Impl: kernel.Impl, aggregate or table function
//
// A family is a file: a new function is an entry in one of them. The examples
// are run as tests, docs/functions.md is generated from the entries.
package fn
