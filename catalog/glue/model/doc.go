// Package model translates between the catalog's objects and AWS Glue's, both
// ways and without loss: what Glaux has no use for is carried along as JSON
// (catalog.Table.Other and its kin). The Glue endpoint (server/glueapi) and the
// catalog that is AWS Glue itself (catalog/glue) both speak through it.
//
//	gluetypes.TableInput ── TableFromInput ──> catalog.Table ── ToTable ──> gluetypes.Table
//	gluetypes.Table ─────── TableFrom ───────────┘    └─ ToTableInput ──> gluetypes.TableInput
//
// and likewise for databases, columns and partitions. Errors have their pairs
// in errors.go: Exception (fault to Glue) and Fault (Glue to fault).
//
// Nothing here does I/O, and nothing changes its arguments; results may share
// slices and maps with them.
package model
