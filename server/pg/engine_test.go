package pg_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
)

// connect serves the real engine over an empty catalog.
func connect(t *testing.T, options string) *pgx.Conn {
	t.Helper()
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := pg.New(pg.Config{Engine: in.Engine})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	conn, err := pgx.Connect(t.Context(), "postgres://glaux@"+ln.Addr().String()+"/glaux?"+options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close(context.Background())
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(srv.Shutdown(ctx), <-done, in.Close()); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// TestValues asks for a value of each type in binary and in text.
func TestValues(t *testing.T) {
	conn := connect(t, "timezone=Europe/Berlin")
	for _, expr := range []string{
		"true", "null::boolean", "cast(-5 as tinyint)", "cast(300 as smallint)", "cast(-7 as integer)", "cast(1099511627776 as bigint)",
		"cast(1.5 as real)", "cast('-Infinity' as double)", "cast(0.1 as double)", "-0.0001", "12345678901234567890.5", "10000.0000",
		"'naïve'", "''", "cast('ab' as char(4))", "x'00ff'", "date '2024-02-29'", "date '0044-03-15 BC'",
		"timestamp '1999-12-31 23:59:59.5'", "timestamp with time zone '2024-07-01 12:00:00+00'", "interval '1 year 2 months -3 days 4 seconds'",
		"uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "json '{\"a\": [1, null]}'", "array[1, null, 3]", "array['a\"b', '', 'null']",
		"array[array[1, 2], array[3, 4]]", "array[1.50, 2.25]", "array[date '2024-01-01']", "time '01:02:03.5'",
	} {
		var inBinary, inText any
		errB := conn.QueryRow(t.Context(), "select "+expr).Scan(&inBinary)
		errT := conn.QueryRow(t.Context(), "select "+expr, pgx.QueryExecModeSimpleProtocol).Scan(&inText)
		if errB != nil || errT != nil {
			t.Errorf("%s: binary: %v, text: %v", expr, errB, errT)
			continue
		}
		if b, s := fmt.Sprint(normal(inBinary)), fmt.Sprint(normal(inText)); b != s {
			t.Errorf("%s: binary says %s, text %s", expr, b, s)
		}
	}
}

func normal(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC()
	case pgtype.Numeric:
		b, _ := v.MarshalJSON()
		return string(b)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = normal(v[i])
		}
		return out
	}
	return v
}

// TestParameters sends values of each type, whose types the engine infers or
// the statement names.
func TestParameters(t *testing.T) {
	conn := connect(t, "")
	when := time.Date(2024, 2, 29, 12, 30, 1, 5000, time.UTC)
	for _, c := range []struct {
		sql  string
		args []any
		want any
	}{
		{"select $1::bigint + 1", []any{41}, int64(42)},
		{"select $1 + 1", []any{41}, int32(42)},
		{"select $1 || 'b'", []any{"a"}, "ab"},
		{"select $1", []any{"text"}, "text"},
		{"select cast($1 as integer) is null", []any{nil}, true},
		{"select $1::double", []any{1.5}, 1.5},
		{"select $1::boolean", []any{true}, true},
		{"select $1::timestamp", []any{when}, when},
		{"select $1::date", []any{when}, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"select x from (values (1), (2), (3)) v(x) where x > $1 order by x limit $2", []any{1, 1}, int32(2)},
		{"select x = any($1) from (values (2)) v(x)", []any{[]int32{1, 2}}, true},
		{"select $1::varbinary", []any{[]byte{0, 255}}, []byte{0, 255}},
	} {
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeDescribeExec, pgx.QueryExecModeCacheStatement} {
			var got any
			if err := conn.QueryRow(t.Context(), c.sql, append([]any{mode}, c.args...)...).Scan(&got); err != nil {
				t.Errorf("%s %v: %v", c.sql, c.args, err)
				continue
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: %s", c.sql, d)
			}
		}
	}
}

// TestCancelEngine stops a query that delivers nothing for long.
func TestCancelEngine(t *testing.T) {
	conn := connect(t, "")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	go func() {
		<-ctx.Done()
		conn.PgConn().CancelRequest(context.Background())
	}()
	_, err := conn.Exec(t.Context(), "select count(*) from generate_series(1, 100000) a, generate_series(1, 1000000) b where a + b < 0")
	var pe *pgconn.PgError
	if !errors.As(err, &pe) || pe.Code != "57014" {
		t.Fatalf("error %v", err)
	}
	if d := time.Since(started); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

// TestBigResult streams a million rows in binary and with a row limit.
func TestBigResult(t *testing.T) {
	conn := connect(t, "")
	rows, err := conn.Query(t.Context(), "select g, 'row ' || cast(g as varchar) from generate_series(1, 300000) t(g)")
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for rows.Next() {
		n++
		var s string
		if err := rows.Scan(nil, &s); err != nil || n < 3 && s != fmt.Sprint("row ", n) {
			t.Fatalf("row %d: %q, %v", n, s, err)
		}
	}
	if rows.Err() != nil || n != 300000 {
		t.Errorf("%d rows, %v", n, rows.Err())
	}
}

func TestSettingsOverTheWire(t *testing.T) {
	conn := connect(t, "application_name=me&search_path=a")
	for name, want := range map[string]string{"server_version": fn.ServerVersion, "client_encoding": "UTF8", "application_name": "me", "TimeZone": "UTC"} {
		if got := conn.PgConn().ParameterStatus(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, err := conn.Exec(t.Context(), "set timezone = 'Asia/Tokyo'"); err != nil {
		t.Fatal(err)
	}
	if got := conn.PgConn().ParameterStatus("TimeZone"); got != "Asia/Tokyo" {
		t.Errorf("TimeZone is %q", got)
	}
	var path string
	if err := conn.QueryRow(t.Context(), "show search_path").Scan(&path); err != nil || path != "a" {
		t.Errorf("search_path is %q, %v", path, err)
	}
	_, err := conn.Exec(t.Context(), "select * from no_such_table")
	var pe *pgconn.PgError
	if !errors.As(err, &pe) || pe.Code != "42P01" || pe.Position != 15 {
		t.Errorf("error %v", err)
	}
}

// TestDeallocate: statements of the protocol and of SQL share their names.
func TestDeallocate(t *testing.T) {
	conn := connect(t, "")
	for _, c := range []struct {
		sql   string
		alive bool
	}{{"select 1", true}, {"deallocate p", false}, {"deallocate all", false}, {"discard all", false}} {
		if _, err := conn.PgConn().Prepare(t.Context(), "p", "select 5", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.PgConn().Exec(t.Context(), c.sql).ReadAll(); err != nil {
			t.Errorf("%s: %v", c.sql, err)
		}
		_, err := conn.PgConn().ExecPrepared(t.Context(), "p", nil, nil, nil).Close()
		if (err == nil) != c.alive {
			t.Errorf("after %s: %v", c.sql, err)
		}
		if c.alive {
			if err := conn.PgConn().Deallocate(t.Context(), "p"); err != nil {
				t.Error(err)
			}
		}
	}
}
