// Package pgcatalog is pg_catalog, information_schema and glaux_catalog as
// tables that the engine queries like any other: no client's statement is
// recognized, every one is answered by ordinary SQL over these rows.
//
//	data/columns.tsv ── every relation of PostgreSQL 15 with its columns ──> Tables
//	rel_*.go ── for the relations that have rows: a function per column ──┘
//	catalog.Catalog ── snapshot at Open ── objects with stable OIDs ──> rows
//
// A relation without rows of ours is present with the right columns and empty.
// Columns without a function are NULL, or the zero value where PostgreSQL
// declares them NOT NULL.
//
// OIDs: PostgreSQL's own for its relations and types. A database of the catalog
// is firstSchema plus its ID, a table as pgtype.Table says (its row type
// one more): IDs are never reused, so OIDs are stable over restarts.
package pgcatalog
