// Package explain shows plans to people and programs. A plan becomes a tree of
// Steps, and every format is written from that tree alone.
//
//	plan.Node ── New ──> Step ──> Text, JSON, Graphviz, HTML
//	                └── IO: what is read and written, without the steps
//
// What was measured (EXPLAIN ANALYZE) and which steps run together come in through
// Options: both are known to whoever runs plans.
package explain
