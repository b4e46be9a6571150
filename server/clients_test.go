package server_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

var pgColumns = flag.Bool("pg-columns", false, "write into testdata/clients what the PostgreSQL 15 named by $PG15 answers with")

var ourColumns = flag.Bool("our-columns", false, "write into testdata/clients what Glaux answers with")

// clientStatement is one statement of testdata/clients: what a client sends to
// look at the catalog. The README beside them has the format.
type clientStatement struct {
	line    int
	sql     string
	oids    []uint32
	params  [][]byte
	columns string // as PostgreSQL 15 answers: name:type OID ...
	ours    string // the columns here, where they are not PostgreSQL's
	refused string // SQLSTATE that it must fail with
	text    string // all of it, as in the file
}

func readClient(t *testing.T, file string) []*clientStatement {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []*clientStatement
	line := 1
	for _, part := range strings.Split(string(b), "--;\n") {
		s := &clientStatement{line: line, text: part}
		var sql []string
		for _, l := range strings.Split(strings.TrimSuffix(part, "\n"), "\n") {
			switch {
			case strings.HasPrefix(l, "--$"):
				s.param(t, l)
			case strings.HasPrefix(l, "--="):
				s.columns = strings.TrimSpace(l[3:])
			case strings.HasPrefix(l, "--~"):
				s.ours = strings.TrimSpace(l[3:])
			case strings.HasPrefix(l, "--!"):
				s.refused, _, _ = strings.Cut(strings.TrimSpace(l[3:]), " ")
			default:
				sql = append(sql, l)
			}
		}
		s.sql = strings.Join(sql, "\n")
		if s.ours == "" {
			s.ours = s.columns
		}
		line += strings.Count(part, "\n") + 1
		out = append(out, s)
	}
	return out
}

var paramLine = regexp.MustCompile(`^--\$\d+ (-|\d+) (null|= (.*))$`)

// param reads a line --$1 TYPE = VALUE; TYPE is an OID or - for none given.
func (s *clientStatement) param(t *testing.T, l string) {
	t.Helper()
	m := paramLine.FindStringSubmatch(l)
	if m == nil {
		t.Fatalf("bad parameter: %s", l)
	}
	oid, _ := strconv.ParseUint(m[1], 10, 32)
	s.oids = append(s.oids, uint32(oid))
	if m[2] == "null" {
		s.params = append(s.params, nil)
	} else {
		s.params = append(s.params, []byte(m[3]))
	}
}

// run executes the statement: by the simple flow without parameters, else by the
// extended one. names replaces what differs between servers.
func (s *clientStatement) run(ctx context.Context, c *pgconn.PgConn, names func(string) string) (columns string, err error) {
	var fields []pgconn.FieldDescription
	if s.oids == nil {
		res := c.Exec(ctx, names(s.sql))
		for res.NextResult() {
			r := res.ResultReader()
			fields = append([]pgconn.FieldDescription(nil), r.FieldDescriptions()...)
			if _, err := r.Close(); err != nil {
				break // Close of all results gives it again
			}
		}
		if err := res.Close(); err != nil {
			return "", err
		}
	} else {
		params := make([][]byte, len(s.params))
		for i, p := range s.params {
			if p != nil {
				params[i] = []byte(names(string(p)))
			}
		}
		r := c.ExecParams(ctx, names(s.sql), params, s.oids, nil, nil)
		fields = append([]pgconn.FieldDescription(nil), r.FieldDescriptions()...)
		if _, err := r.Close(); err != nil {
			return "", err
		}
	}
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = fmt.Sprintf("%s:%d", f.Name, f.DataTypeOID)
	}
	return strings.Join(out, " "), nil
}

var namedOID = regexp.MustCompile(`<(schema )?(\w+)>`)

// replacer finds the OIDs that <orders>, <schema demo> and <database> stand for.
func replacer(t *testing.T, c *pgconn.PgConn) func(string) string {
	known := map[string]string{}
	return func(s string) string {
		return namedOID.ReplaceAllStringFunc(s, func(n string) string {
			if known[n] == "" {
				m := namedOID.FindStringSubmatch(n)
				q := "SELECT oid FROM pg_class WHERE relname = '" + m[2] + "' AND relnamespace = 'demo'::regnamespace"
				if m[1] != "" {
					q = "SELECT oid FROM pg_namespace WHERE nspname = '" + m[2] + "'"
				} else if m[2] == "database" {
					q = "SELECT oid FROM pg_database WHERE datname = current_database()"
				}
				res, err := c.Exec(context.Background(), q).ReadAll()
				if err != nil || len(res[0].Rows) != 1 {
					t.Fatalf("no OID of %s: %v", n, err)
				}
				known[n] = string(res[0].Rows[0][0])
			}
			return known[n]
		})
	}
}

func connect(t *testing.T, url string) *pgconn.PgConn {
	t.Helper()
	c, err := pgconn.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// TestClients runs what clients send to look at the catalog, statement by
// statement, against the sample lake: each must run, with the columns and types
// that PostgreSQL 15 has for it.
func TestClients(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata, "clients", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal("no statements: ", err)
	}
	in := openLake(t)
	if _, err := run(t, newSession(t, in), "CREATE VIEW demo.big_orders AS SELECT * FROM demo.orders WHERE o_totalprice > 1000"); err != nil {
		t.Fatal(err)
	}
	url := serve(t, in)
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			statements := readClient(t, file)
			if *pgColumns {
				describeByPG(t, file, statements)
			}
			runClient(t, connect(t, url), file, statements)
		})
	}
}

func runClient(t *testing.T, c *pgconn.PgConn, file string, statements []*clientStatement) {
	t.Helper()
	names, ran := replacer(t, c), 0
	for _, s := range statements {
		columns, err := s.run(t.Context(), c, names)
		ran += b2i(err == nil)
		if c.TxStatus() == 'E' {
			if _, err := c.Exec(t.Context(), "ROLLBACK").ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
		switch {
		case s.refused != "":
			var pe *pgconn.PgError
			if !errors.As(err, &pe) || pe.Code != s.refused {
				t.Errorf("%s:%d: want error %s, got %v", file, s.line, s.refused, err)
			}
		case err != nil:
			t.Errorf("%s:%d: %v\n%s", file, s.line, err, s.text)
		case *ourColumns:
			s.describe(columns)
		case columns != s.ours:
			t.Errorf("%s:%d: columns\n got %s\nwant %s\n%s", file, s.line, columns, s.ours, s.text)
		}
	}
	t.Logf("%d of %d statements run", ran, len(statements))
	if *ourColumns {
		parts := make([]string, len(statements))
		for i, s := range statements {
			parts[i] = s.text
		}
		if err := os.WriteFile(file, []byte(strings.Join(parts, "--;\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// describe writes into the statement the columns that it has here, if they are
// not PostgreSQL's.
func (s *clientStatement) describe(columns string) {
	var keep []string
	for l := range strings.Lines(s.text) {
		if !strings.HasPrefix(l, "--~") {
			keep = append(keep, l)
		}
	}
	if columns != s.columns {
		keep = append(keep, "--~ "+columns+"\n")
	}
	s.text = strings.Join(keep, "")
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// describeByPG writes PostgreSQL's columns into the file.
func describeByPG(t *testing.T, file string, statements []*clientStatement) {
	t.Helper()
	c := connect(t, os.Getenv("PG15"))
	names, parts := replacer(t, c), make([]string, len(statements))
	for i, s := range statements {
		columns, err := s.run(t.Context(), c, names)
		if err != nil {
			t.Logf("%s:%d: PostgreSQL says %v", file, s.line, err)
		}
		var keep []string
		for l := range strings.Lines(s.text) {
			if !strings.HasPrefix(l, "--=") {
				keep = append(keep, l)
			}
		}
		if s.columns = columns; columns != "" {
			keep = append(keep, "--= "+columns+"\n")
		}
		parts[i] = strings.Join(keep, "")
	}
	if err := os.WriteFile(file, []byte(strings.Join(parts, "--;\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}
