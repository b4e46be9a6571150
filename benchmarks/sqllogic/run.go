package main

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// outcome is how a record ended: reason "" is as expected.
type outcome struct {
	reason string
	detail string
}

// newTable makes tables and views of the scripts temporary ones, which are the ones that a
// session changes row by row.
var newTable = regexp.MustCompile(`(?i)^(\s*CREATE\s+)(TABLE|VIEW)\b`)

// run runs one record in a session.
func run(ctx context.Context, s *exec.Session, r *record) outcome {
	values, err := answer(ctx, s, newTable.ReplaceAllString(r.sql, "${1}TEMP $2"), r.types)
	switch {
	case err != nil && r.fails:
		return outcome{}
	case err != nil:
		return outcome{refusal(err), err.Error()}
	case r.fails:
		return outcome{"no error where one is expected", ""}
	case !r.query:
		return outcome{}
	}
	return r.compare(values)
}

// numbers and names in messages are left out of reasons, so that one reason has
// one text.
var particulars = regexp.MustCompile(`"[^"]*"|'[^']*'|[0-9]+`)

// refusal gives an error without its particulars.
func refusal(err error) string {
	e := fault.As(err)
	return string(e.Code) + " " + particulars.ReplaceAllString(e.Message, "…")
}

// compare tells whether the values, row by row, are those expected.
func (r *record) compare(values []string) outcome {
	sortValues(values, r.order, len(r.types))
	if n, sum, ok := r.hashed(); ok {
		if n != len(values) {
			return outcome{"another number of values", fmt.Sprintf("%d values, %d are expected", len(values), n)}
		}
		if hash(values) != sum {
			return outcome{"other values", fmt.Sprintf("%d values with another hash, from %q on", n, values[:min(3, n)])}
		}
		return outcome{}
	}
	if len(values) != len(r.want) {
		return outcome{"another number of values", fmt.Sprintf("%d values, %d are expected", len(values), len(r.want))}
	}
	for i, v := range values {
		if v != r.want[i] {
			return outcome{"other values", fmt.Sprintf("value %d is %q, expected is %q", i+1, v, r.want[i])}
		}
	}
	return outcome{}
}

func hash(values []string) string {
	h := md5.New()
	for _, v := range values {
		io.WriteString(h, v+"\n")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sortValues sorts as the script says: the rows of n values, or all values.
func sortValues(values []string, order string, n int) {
	switch order {
	case "valuesort":
		slices.Sort(values)
	case "rowsort":
		rows := slices.Collect(slices.Chunk(values, n))
		slices.SortFunc(rows, slices.Compare[[]string])
		copy(values, slices.Concat(rows...))
	}
}

// answer runs a statement and gives its rows' values as the scripts write them.
func answer(ctx context.Context, s *exec.Session, sql, types string) ([]string, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []string
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if types != "" && len(b.Cols) != len(types) {
			return nil, fmt.Errorf("%d columns, %d are expected", len(b.Cols), len(types))
		}
		if types != "" {
			out = appendValues(out, &b, types)
		}
	}
}

func appendValues(out []string, b *vector.Batch, types string) []string {
	var text kernel.TextOptions
	for i := range b.Rows() {
		if b.Sel != nil {
			i = int(b.Sel[i])
		}
		for c, v := range b.Cols {
			if v.IsNull(i) {
				out = append(out, "NULL")
				continue
			}
			out = append(out, written(string(text.AppendText(nil, v, i)), types[c]))
		}
	}
	return out
}

// written gives a value as sqllogictest writes one of that type: integers without
// a fraction, reals with three digits of one, texts without what is not printed.
func written(text string, kind byte) string {
	switch kind {
	case 'I':
		return integer(text)
	case 'R':
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return strconv.FormatFloat(f, 'f', 3, 64)
		}
		return text
	}
	if text == "" {
		return "(empty)"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '@'
		}
		return r
	}, text)
}

// integer gives a value as an integer: the scripts' I is also said of reals, which
// are cut, of booleans, which SQLite has as 1 and 0, and of texts, which are 0 but for
// the number they begin with.
func integer(text string) string {
	switch text {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return strconv.FormatFloat(math.Trunc(f)+0, 'f', 0, 64)
	}
	if s := leadingInteger.FindString(text); s != "" {
		return s
	}
	return "0"
}

var leadingInteger = regexp.MustCompile(`^-?[0-9]+`)
