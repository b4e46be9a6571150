package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// record is one statement of a script, or the word that ends it.
type record struct {
	line  int // of its first line that is no comment
	halt  bool
	query bool
	fails bool   // a statement that is expected to fail
	types string // of a query: a letter a column: T text, I integer, R real
	order string // of a query's rows: nosort, rowsort, valuesort
	sql   string
	want  []string // a value a line, or one line with their count and hash
}

// engine is whom the scripts' skipif and onlyif mean us to be.
const engine = "postgresql"

// outdated is what skipif postgresql is said for though PostgreSQL does it since
// version 8.4: names of columns without AS.
const outdated = "PostgreSQL requires AS"

// parse reads a script of sqllogictest: records apart by empty lines. What is not
// for our engine is left out and counted, queries alone.
func parse(r io.Reader) (out []record, skipped int, err error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 16<<20)
	n := 0
	for {
		lines, first := block(sc, &n)
		if len(lines) == 0 {
			return out, skipped, sc.Err()
		}
		rec, use, err := parseRecord(lines, first)
		if err != nil {
			return nil, 0, err
		}
		switch {
		case use && rec.halt:
			return out, skipped, nil
		case use && rec.sql != "":
			out = append(out, rec)
		case rec.query:
			skipped++
		}
	}
}

// block gives the lines up to the next empty one, comments left out, and the
// number of the first.
func block(sc *bufio.Scanner, n *int) (lines []string, first int) {
	for sc.Scan() {
		*n++
		line := strings.TrimRight(sc.Text(), "\r")
		switch {
		case strings.TrimSpace(line) == "":
			if len(lines) > 0 {
				return lines, first
			}
		case !strings.HasPrefix(line, "#"):
			if len(lines) == 0 {
				first = *n
			}
			lines = append(lines, line)
		}
	}
	return lines, first
}

// parseRecord reads the lines of a record; use is whether it is for our engine.
func parseRecord(lines []string, first int) (r record, use bool, err error) {
	r.line, use = first, true
	for len(lines) > 0 {
		w := strings.Fields(lines[0])
		if w[0] != "skipif" && w[0] != "onlyif" || len(w) < 2 {
			break
		}
		if ours := w[1] == engine && !strings.Contains(lines[0], outdated); ours == (w[0] == "skipif") {
			use = false
		}
		lines, r.line = lines[1:], r.line+1
	}
	if len(lines) == 0 {
		return r, false, nil
	}
	w := strings.Fields(lines[0])
	switch {
	case w[0] == "halt":
		r.halt = true
		return r, use, nil
	case w[0] == "hash-threshold":
		return r, false, nil
	case w[0] == "statement" && len(w) > 1:
		r.fails = w[1] == "error"
	case w[0] == "query" && len(w) > 1:
		r.query, r.types, r.order = true, w[1], "nosort"
		if len(w) > 2 {
			r.order = w[2]
		}
	default:
		return r, false, fmt.Errorf("line %d: %q is no record", r.line, lines[0])
	}
	body := lines[1:]
	for i, l := range body {
		if l == "----" {
			body, r.want = body[:i], body[i+1:]
			break
		}
	}
	r.sql = strings.Join(body, "\n")
	return r, use, nil
}

// hashed gives the number of values and their MD5 where the expected answer is
// those.
func (r *record) hashed() (n int, sum string, ok bool) {
	if len(r.want) != 1 {
		return 0, "", false
	}
	count, sum, ok := strings.Cut(r.want[0], " values hashing to ")
	if !ok {
		return 0, "", false
	}
	n, err := strconv.Atoi(count)
	return n, sum, err == nil
}
