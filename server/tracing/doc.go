// Package tracing makes a span of every statement that ends, with children for its
// phases, and sends it to an OpenTelemetry collector.
//
//	workgroup.Governor ── Ended ──> sampled? ──> queue (bounded) ── goroutine ──> batch ──> OTLP over HTTP
//	                                               └─ full: dropped, counted
//
// A statement never waits for a collector. Its parent comes from a W3C traceparent
// in a comment of its text, as sqlcommenter writes it. Names of attributes are
// OpenTelemetry's semantic conventions for databases, and glaux.* for the rest.
package tracing
