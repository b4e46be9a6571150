// Package transfer carries descriptions between catalogs: from a Glue endpoint
// or files of Hive's data definition into the catalog, and back.
//
//	DDL files ──> SQL session over an Overlay ──> Staged ─┐
//	Glue, meta ───────────────────────────────────────────┴─ Copy ──> Glue, meta
//	any catalog ── WriteDDL ──> files of DDL, a stream
//
// Copy compares object by object: what is new is made, what is equal is passed
// over, and for what differs a policy decides. So a copy may be repeated, also after
// one that was cut short. Objects of the target that the source does not have
// stay.
package transfer
