package server_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
	"github.com/glauxdb/glaux/server/workgroup"
)

const testdata = "../testdata"

// null is how the golden answers write NULL.
const null = `\N`

// openLake opens an instance over testdata/lake as database demo.
func openLake(t testing.TB, groups ...workgroup.Setting) *server.Instance {
	t.Helper()
	ctx := context.Background()
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Workgroups: groups})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	lake, err := filepath.Abs(filepath.Join(testdata, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Crawl(ctx, crawler.At(lake, "demo")); err != nil {
		t.Fatal(err)
	}
	return in
}

// serve starts the wire server for an instance and gives a connection string.
func serve(t testing.TB, in *server.Instance) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv, err := pg.New(pg.Config{Engine: in.Engine, Logger: in.Log()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Cleanup(func() {
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "postgres://glaux@" + ln.Addr().String() + "/demo?sslmode=disable"
}

// run runs one statement in process and gives its rows as text.
func run(t *testing.T, s *exec.Session, sql string) ([][]string, error) {
	t.Helper()
	ctx := context.Background()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var rows [][]string
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		for i := range b.Rows() {
			if b.Sel != nil {
				i = int(b.Sel[i])
			}
			row := make([]string, len(b.Cols))
			for c, v := range b.Cols {
				row[c] = null
				if !v.IsNull(i) {
					row[c] = string(s.TextOptions().AppendText(nil, v, i))
				}
			}
			rows = append(rows, row)
		}
	}
}

// tpch calls f for each of the 22 queries with its golden answer.
func tpch(t *testing.T, f func(t *testing.T, sql string) [][]string) {
	files, err := filepath.Glob(filepath.Join(testdata, "tpch", "queries", "q*.sql"))
	if err != nil || len(files) != 22 {
		t.Fatalf("%d queries, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".sql")
		t.Run(name, func(t *testing.T) {
			sql, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := os.Open(filepath.Join(testdata, "tpch", "answers", name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Close()
			want, err := csv.NewReader(answer).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, f(t, string(sql)), want[1:])
		})
	}
}

// sameRows compares row by row, in order: texts exactly, numbers to nine digits
// (DuckDB divides and averages decimals as doubles).
func sameRows(t *testing.T, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		for c := range want[i] {
			if !sameCell(got[i][c], want[i][c]) {
				t.Fatalf("row %d, column %d:\n got %v\nwant %v", i+1, c+1, got[i], want[i])
			}
		}
	}
}

func sameCell(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y))
}

func TestTPCHInProcess(t *testing.T) {
	in := openLake(t)
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tpch(t, func(t *testing.T, sql string) [][]string {
		rows, err := run(t, s, sql)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	})
}

func TestTPCHOverTheWire(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, serve(t, openLake(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	tpch(t, func(t *testing.T, sql string) [][]string {
		var got [][]string
		rows, err := conn.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			row := make([]string, 0, len(rows.RawValues()))
			for _, v := range rows.RawValues() {
				if v == nil {
					row = append(row, null)
				} else {
					row = append(row, string(v))
				}
			}
			got = append(got, row)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return got
	})
}
