// Package pgdiff sends the same statements to Glaux and to a real PostgreSQL 15
// and compares what comes back: columns, types, rows, tags, errors.
//
//	testdata/tables/*.tsv ── Glaux: external tables and a view ──┐
//	         └────────────── PostgreSQL: COPY ───────────────────┤
//	testdata/statements/*.sql ── Case ── Run (Mode) ── Answer ───┴─ Diff ── testdata/differences.tsv ── docs/postgres.md
//
// PostgreSQL is started for the test from the binaries of PATH or of Debian's
// places, or is the server that GLAUX_TEST_POSTGRES names (host:port, with
// trust for the user postgres). Without one the tests skip.
package pgdiff
