// Package op holds the operators and sinks that pipelines are made of, and the
// code that runs them.
//
//	Pipeline:  Source ── Open(worker) ──> Operator ── Next ──> batches ── Local.Add ──┐ one copy
//	                     (scan, filter, project, probe ... chained)                   │ per worker
//	                                                                Local.Combine ────┤
//	                                                                Sink.Finish <─────┘ once
//
// A pipeline runs as many copies of its operator chain as are useful, each in
// one goroutine. Copies share nothing but queues and counters in their Source;
// sinks share state only in Combine. A sink that is finished is the Source of
// the next pipeline (aggregate, sort, collected rows) or is probed by it (join).
// The pipelines named in Before run first, in order, so that a join's runtime
// filters exist before the scans that use them start.
//
// The batch that Next fills is valid until the next call of Next or Close on the
// same operator. Operators never write into vectors that they did not make.
package op
