package pg_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// run executes statements and gives the tag of the last one.
func run(t *testing.T, conn *pgx.Conn, statements ...string) string {
	t.Helper()
	var tag pgconn.CommandTag
	for _, sql := range statements {
		var err error
		if tag, err = conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	return tag.String()
}

// refused expects an error with a code and, where it is not "", a context.
func refused(t *testing.T, err error, code, where string) {
	t.Helper()
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != code || where != "" && e.Where != where {
		t.Errorf("got %#v, want %s %q", err, code, where)
	}
}

// count expects a table to have so many rows.
func count(t *testing.T, conn *pgx.Conn, table string, want int) {
	t.Helper()
	var n int
	if err := conn.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil || n != want {
		t.Errorf("%s has %d rows, %v; want %d", table, n, err, want)
	}
}

// TestTempTags expects the tags and notices of PostgreSQL.
func TestTempTags(t *testing.T) {
	conn := connect(t, "")
	for _, c := range [][2]string{
		{"create temp table a as select g as n from generate_series(1, 3) g", "SELECT 3"},
		{"select 1 as n into temp b", "SELECT 1"},
		{"create temp table if not exists b (n int)", "CREATE TABLE"},
		{"drop table if exists nope, a, b, a", "DROP TABLE"},
		{"create temp table a (n int, check (n > 0))", "CREATE TABLE"},
		{"begin read only", "BEGIN"},
		{"insert into a values (1)", "INSERT 0 1"},
		{"commit", "COMMIT"},
	} {
		if got := run(t, conn, c[0]); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
	for _, sql := range []string{"truncate a", "drop table a", "create temp table b (n int)", "alter table a add column m int", "create index on a (n)"} {
		run(t, conn, "begin read only")
		_, err := conn.Exec(t.Context(), sql)
		refused(t, err, "25006", "")
		run(t, conn, "rollback")
	}
	_, err := conn.Exec(t.Context(), "drop table a, nope")
	refused(t, err, "42P01", "")
	count(t, conn, "a", 1)
}

// TestTempCopyFrom loads rows as pgx does, in the binary format, and in a batch.
func TestTempCopyFrom(t *testing.T) {
	conn := connect(t, "")
	run(t, conn, "create temp table t (id bigint primary key, s text, f float8, b bool, d date, ts timestamptz, n numeric(10,2), u uuid, raw bytea)")
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	const rows = 5000
	n, err := conn.CopyFrom(t.Context(), pgx.Identifier{"t"}, []string{"id", "s", "f", "b", "d", "ts", "n", "u", "raw"},
		pgx.CopyFromSlice(rows, func(i int) ([]any, error) {
			return []any{i, strings.Repeat("x", i%7), float64(i) / 2, i%2 == 0, day, day.Add(time.Duration(i) * time.Second), "12.50",
				"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", []byte{0, byte(i)}}, nil
		}))
	if err != nil || n != rows {
		t.Fatal(n, err)
	}
	var s string
	const check = `select concat_ws(' ', sum(id), sum(f), sum(n), min(d), max(ts) = timestamptz '2024-02-29 01:23:19+00', count(*) filter (where b), max(length(s)), count(distinct raw), min(u::text)) from t`
	if err := conn.QueryRow(t.Context(), check).Scan(&s); err != nil || s != "12497500 6248750 62500.00 2024-02-29 true 2500 6 256 a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" &&
		s != "12497500 6248750 62500.00 2024-02-29 t 2500 6 256 a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" {
		t.Errorf("%s, %v", s, err)
	}
	_, err = conn.CopyFrom(t.Context(), pgx.Identifier{"t"}, []string{"id"}, pgx.CopyFromRows([][]any{{rows}, {1}}))
	refused(t, err, "23505", "COPY t, line 2")
	count(t, conn, "t", rows)
	b := &pgx.Batch{}
	for i := range 200 {
		b.Queue("insert into t (id, s) values ($1, $2)", rows+i, "b")
	}
	if err := conn.SendBatch(t.Context(), b).Close(); err != nil {
		t.Fatal(err)
	}
	count(t, conn, "t", rows+200)
	b.Queue("insert into t (id) values ($1)", 1)
	refused(t, conn.SendBatch(t.Context(), b).Close(), "23505", "")
	count(t, conn, "t", rows+200)
}

// TestTempCopyFails ends a COPY in all ways but the good one: the table stays as
// it was and the connection is of use.
func TestTempCopyFails(t *testing.T) {
	conn := connect(t, "")
	run(t, conn, "create temp table t (a int, b varchar(3))", "insert into t values (1, 'x')")
	copyIn := func(r io.Reader) error {
		_, err := conn.PgConn().CopyFrom(t.Context(), r, "copy t from stdin")
		return err
	}
	refused(t, copyIn(strings.NewReader("1\tx\n2\tlong\n")), "22001", `COPY t, line 2, column b: "long"`)
	refused(t, copyIn(strings.NewReader("1\tx\nz\ty\n")), "22P02", `COPY t, line 2, column a: "z"`)
	refused(t, copyIn(io.MultiReader(strings.NewReader("1\tx\n"), failing{})), "57014", "COPY t, line 2")
	refused(t, copyIn(strings.NewReader("1\n"+strings.Repeat("9\tx\n", 500000))), "22P04", `COPY t, line 1: "1"`)
	count(t, conn, "t", 1)

	r, w := io.Pipe()
	go func() { // cancelled in the middle
		_, _ = w.Write([]byte("1\tx\n"))
		time.Sleep(100 * time.Millisecond) // the server must have begun
		_ = conn.PgConn().CancelRequest(t.Context())
		time.Sleep(200 * time.Millisecond)
		_ = w.Close()
	}()
	refused(t, copyIn(r), "57014", "")
	count(t, conn, "t", 1)
	if err := copyIn(strings.NewReader("2\ty\n")); err != nil {
		t.Error(err)
	}
	count(t, conn, "t", 2)
}

// failing is data that breaks off.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }
