// Package pg serves the PostgreSQL wire protocol, version 3.0 (PostgreSQL 15
// documentation, chapter 55), over an exec engine.
//
//	listener ─ conn ─┬─ reader goroutine: frames ──┐ (its end cancels the running query)
//	                 └─ main goroutine <───────────┘
//	                      startup.go      SSL refusal, parameters, authentication
//	                      query.go        simple protocol
//	                      extended.go     Parse, Bind, Describe, Execute, Close, Sync
//	                      portal.go       rows of a result, row limits, DataRow
//	                      encode*.go      columns of a batch to text or binary
//	                      param*.go       parameters to values
//
// A connection has one session of the engine and at most one running query.
// Rows go out as they come: what is encoded is flushed before the next batch is
// asked for, and a client that reads slowly keeps the query waiting in a write.
// Nothing is kept per row.
package pg
