// Package slttest runs SQL scripts with their expected answers, in the manner of
// sqllogictest, against anything that takes SQL text: a session in process or a
// connection over the wire.
//
// A script is records apart by empty lines; lines that begin with # are comments:
//
//	statement ok
//	SET dialect = 'athena'
//
//	statement error 22012
//	SELECT 1/0
//
//	query [rowsort]
//	SELECT a, b FROM t
//	----
//	1|one
//	NULL|two words
//
// A row is its values apart by |, with NULL for a null and (empty) for an empty
// string. rowsort sorts both sides. "query error CODE" is "statement error CODE".
package slttest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
)

// DB takes SQL. Query runs one statement and gives its rows as text, one string a
// row as scripts write them.
type DB interface {
	Query(ctx context.Context, sql string) (rows []string, err error)
}

// Record is one statement of a script.
type Record struct {
	Line    int // of its first line
	Comment []string
	Query   bool
	Sort    bool
	Code    string // the SQLSTATE that is expected; "" for none
	SQL     string
	Rows    []string
}

// Parse reads a script.
func Parse(name string, data []byte) ([]Record, error) {
	var out []Record
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	for i := 0; i < len(lines); {
		if strings.TrimSpace(lines[i]) == "" {
			i++
			continue
		}
		r := Record{Line: i + 1}
		for ; i < len(lines) && strings.HasPrefix(lines[i], "#"); i++ {
			r.Comment = append(r.Comment, lines[i])
		}
		if i == len(lines) || strings.TrimSpace(lines[i]) == "" {
			out = append(out, r)
			continue
		}
		if err := r.directive(lines[i]); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		i = r.body(lines, i+1)
		out = append(out, r)
	}
	return out, nil
}

// directive reads the first line of a record.
func (r *Record) directive(line string) error {
	words := strings.Fields(line)
	r.Query = words[0] == "query"
	if !r.Query && words[0] != "statement" {
		return fmt.Errorf("unknown directive %q", line)
	}
	for i := 1; i < len(words); i++ {
		switch words[i] {
		case "ok":
		case "rowsort":
			r.Sort = true
		case "error":
			if i+1 == len(words) {
				return fmt.Errorf("error needs a SQLSTATE")
			}
			i++
			r.Code, r.Query = words[i], false
		default:
			return fmt.Errorf("unknown word %q", words[i])
		}
	}
	return nil
}

// body reads the statement and the rows from line i on and gives the next line.
func (r *Record) body(lines []string, i int) int {
	var sql []string
	for ; i < len(lines) && lines[i] != "----" && strings.TrimSpace(lines[i]) != ""; i++ {
		sql = append(sql, lines[i])
	}
	r.SQL = strings.Join(sql, "\n")
	if i < len(lines) && lines[i] == "----" {
		for i++; i < len(lines) && lines[i] != ""; i++ {
			r.Rows = append(r.Rows, lines[i])
		}
	}
	return i
}

// Format writes a script as Parse reads it.
func Format(rs []Record) []byte {
	var b bytes.Buffer
	for i, r := range rs {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, c := range r.Comment {
			fmt.Fprintln(&b, c)
		}
		switch {
		case r.SQL == "":
			continue
		case r.Query && r.Sort:
			b.WriteString("query rowsort\n")
		case r.Query:
			b.WriteString("query\n")
		case r.Code != "":
			fmt.Fprintf(&b, "statement error %s\n", r.Code)
		default:
			b.WriteString("statement ok\n")
		}
		fmt.Fprintln(&b, r.SQL)
		if r.Query {
			b.WriteString("----\n")
			for _, row := range r.Rows {
				fmt.Fprintln(&b, row)
			}
		}
	}
	return b.Bytes()
}

// RunDir runs every .slt script of a folder, each against a database of its own.
// With rewrite the scripts get the answers that came out.
func RunDir(t *testing.T, dir string, rewrite bool, open func(t *testing.T) DB) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.slt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".slt"), func(t *testing.T) { runFile(t, f, rewrite, open(t)) })
	}
}

func runFile(t *testing.T, file string, rewrite bool, db DB) {
	rs := readScript(t, file)
	for i := range rs {
		if rs[i].SQL != "" {
			rs[i].run(t, file, rewrite, db)
		}
	}
	if rewrite {
		if err := os.WriteFile(file, Format(rs), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readScript(t *testing.T, file string) []Record {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := Parse(file, data)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func (r *Record) run(t *testing.T, file string, rewrite bool, db DB) {
	t.Helper()
	rows, err := db.Query(t.Context(), r.SQL)
	code := ""
	if err != nil {
		code = string(fault.As(err).Code)
	}
	if r.Sort {
		slices.Sort(rows)
	}
	if rewrite && code == r.Code {
		r.Rows = rows
		return
	}
	switch {
	case code != r.Code:
		t.Errorf("%s:%d: %s\ngot error %q (%v), want %q", file, r.Line, r.SQL, code, err, r.Code)
	case r.Query && !slices.Equal(rows, r.Rows):
		t.Errorf("%s:%d: %s\n-want +got:\n%s", file, r.Line, r.SQL, cmp.Diff(r.Rows, rows))
	}
}
