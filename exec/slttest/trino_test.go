package slttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

const trinoDir = root + "slt/trino"

// TestTrino runs the examples of Trino's documentation and the assertions of its tests
// (testdata/slt/trino, made by extract.py). What does not answer as expected must be in
// reasons.txt, and nothing else may be there. The report, whose numbers are in
// docs/testing.md, is report.txt. With -rewrite both are written anew.
//
// Scripts are as everywhere but for this: "# type T" before a query is the type of
// its first column; a row that begins with "= " is a query that must give the same
// rows and types, and the row "..." is any answer; an error's code may be a beginning of one, or * for any.
func TestTrino(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	reasons := readReasons(t)
	e := Lake(t, root+"lake", func(o *exec.Options) {
		o.Workers, o.Governor = 1, governor(t, o.Catalog.(catalog.Documents))
	})
	tinyTables(t, e)
	report := map[string]*score{}
	for _, file := range trinoScripts(t) {
		name := strings.TrimSuffix(strings.TrimPrefix(file, trinoDir+"/"), ".slt")
		t.Run(name, func(t *testing.T) {
			db := trinoDB{tinySession(t, e).Session, kernel.TextOptions{Style: types.TrinoStyle, Location: time.UTC}}
			if strings.HasPrefix(name, "tests/") {
				db.inApia(t)
			}
			report[name] = runTrino(t, db, name, file, reasons)
		})
	}
	if *rewrite {
		reasons.write(t)
	}
	for _, line := range reasons.unused() {
		t.Errorf("reasons.txt: this answers as expected now: %s", line)
	}
	compareReport(t, report)
}

// inApia sets the time zone that the sessions of Trino's tests have.
func (s *trinoDB) inApia(t *testing.T) {
	t.Helper()
	loc, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.query(t.Context(), "SET TIME ZONE 'Pacific/Apia'"); err != nil {
		t.Fatal(err)
	}
	s.style.Location = loc
}

// tiny are views of TPC-H's tables at scale 0.01 as the schema tiny of Trino's connector
// has them.
var tiny = map[string]string{
	"nation":   "bigint nationkey, varchar name, bigint regionkey, varchar comment",
	"region":   "bigint regionkey, varchar name, varchar comment",
	"customer": "bigint custkey, varchar name, varchar address, bigint nationkey, varchar phone, double acctbal, varchar mktsegment, varchar comment",
	"supplier": "bigint suppkey, varchar name, varchar address, bigint nationkey, varchar phone, double acctbal, varchar comment",
	"orders": "bigint orderkey, bigint custkey, varchar orderstatus, double totalprice, date orderdate, varchar orderpriority, varchar clerk, " +
		"integer shippriority, varchar comment",
	"lineitem": "bigint orderkey, bigint partkey, bigint suppkey, integer linenumber, double quantity, double extendedprice, double discount, double tax, " +
		"varchar returnflag, varchar linestatus, date shipdate, date commitdate, date receiptdate, varchar shipinstruct, varchar shipmode, varchar comment",
}

func tinySession(t *testing.T, e *exec.Engine) Session {
	t.Helper()
	s, err := e.NewSession(exec.SessionOptions{User: "test", Database: "tiny"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return Session{s}
}

func tinyTables(t *testing.T, e *exec.Engine) {
	t.Helper()
	s := NewSession(t, e)
	statements := []string{"CREATE DATABASE tiny"}
	for table, columns := range tiny {
		var items []string
		for c := range strings.SplitSeq(columns, ", ") {
			typ, name, _ := strings.Cut(c, " ")
			items = append(items, fmt.Sprintf("CAST(%c_%s AS %s) AS %s", table[0], name, typ, name))
		}
		statements = append(statements, fmt.Sprintf("CREATE VIEW tiny.%s AS SELECT %s FROM lake.%s", table, strings.Join(items, ", "), table))
	}
	for _, sql := range statements {
		if _, err := s.Query(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func trinoScripts(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(trinoDir, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".slt") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", trinoDir, err)
	}
	return files
}

// score counts the records of a script.
type score struct{ run, agree int }

func runTrino(t *testing.T, s trinoDB, name, file string, reasons *reasons) *score {
	got := &score{}
	for _, r := range readScript(t, file) {
		difference := s.compare(t.Context(), r)
		if !r.Query && r.Code == "" {
			if difference != "" {
				t.Fatalf("%s:%d: %s\n%s", file, r.Line, r.SQL, difference)
			}
			continue
		}
		got.run++
		switch {
		case difference == "":
			got.agree++
		case !reasons.has(name, r.SQL, difference):
			t.Errorf("%s:%d: %s\n%s", file, r.Line, r.SQL, difference)
		}
	}
	return got
}

// anyRows stands for the rows of a query whose answer is not shown.
const anyRows = "..."

type trinoDB struct {
	*exec.Session
	style kernel.TextOptions
}

// compare runs a record and tells how its answer differs, or nothing.
func (s trinoDB) compare(ctx context.Context, r Record) string {
	rows, kinds, err := s.query(ctx, r.SQL)
	if d := codeDiffers(r.Code, err); d != "" || err != nil || !r.Query {
		return d
	}
	if len(r.Comment) > 0 {
		if want, ok := strings.CutPrefix(r.Comment[0], "# type "); ok && !sameType(want, kinds[0].String()) {
			return fmt.Sprintf("type %s, want %s", kinds[0].String(), want)
		}
	}
	want := r.Rows
	if len(want) == 1 && want[0] == anyRows {
		return ""
	}
	if len(want) == 1 && strings.HasPrefix(want[0], "= ") {
		var wantKinds []types.Type
		if want, wantKinds, err = s.query(ctx, want[0][2:]); err != nil {
			return fmt.Sprintf("what should be the same: error %v", err)
		}
		if len(kinds) != len(wantKinds) {
			return fmt.Sprintf("%d columns, want %d", len(kinds), len(wantKinds))
		}
		for i := range kinds {
			if a, b := kinds[i].String(), wantKinds[i].String(); !sameType(a, b) && !rowsEqual(rows, want, kinds, r.Sort) {
				return fmt.Sprintf("type %s, want %s", a, b)
			}
		}
	}
	if !rowsEqual(rows, want, kinds, r.Sort) {
		return fmt.Sprintf("%q, want %q", rows, want)
	}
	return ""
}

func codeDiffers(want string, err error) string {
	code := ""
	if err != nil {
		code = string(fault.As(err).Code)
	}
	switch {
	case want == "" && code != "":
		return fmt.Sprintf("error %s %v", code, err)
	case want != "" && code == "":
		return "no error, want " + want
	case want == "*" && strings.HasPrefix(code, "XX"), want != "*" && !strings.HasPrefix(code, want):
		return fmt.Sprintf("error %s %v, want %s", code, err, want)
	}
	return ""
}

// lengths are what a varchar's type is without here: it has no length but in DDL.
var lengths = regexp.MustCompile(`varchar\(\d+\)`)

func sameType(want, got string) bool {
	want, got = lengths.ReplaceAllString(want, "varchar"), lengths.ReplaceAllString(got, "varchar")
	return want == got
}

// rowsEqual compares rows; doubles by value, in the precision of their type.
func rowsEqual(got, want []string, kinds []types.Type, sorted bool) bool {
	if len(got) != len(want) {
		return false
	}
	if sorted {
		got, want = slices.Clone(got), slices.Clone(want)
		slices.Sort(got)
		slices.Sort(want)
	}
	for i := range got {
		if trimSeconds(got[i]) != trimSeconds(want[i]) && !(len(kinds) == 1 && floatsEqual(got[i], want[i], kinds[0])) {
			return false
		}
	}
	return true
}

func floatsEqual(got, want string, typ types.Type) bool {
	if typ.Kind != types.Double && typ.Kind != types.Real {
		return false
	}
	bits := 64
	if typ.Kind == types.Real {
		bits = 32
	}
	g, err1 := strconv.ParseFloat(got, bits)
	w, err2 := strconv.ParseFloat(want, bits)
	return err1 == nil && err2 == nil && (g == w || g != g && w != w)
}

func (s trinoDB) query(ctx context.Context, sql string) ([]string, []types.Type, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		s.FailTransaction()
		return nil, nil, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		s.FailTransaction()
		return nil, nil, err
	}
	defer r.Close()
	var kinds []types.Type
	for _, c := range r.Columns() {
		kinds = append(kinds, c.Type)
	}
	var rows []string
	var b vector.Batch
	for {
		switch err := r.Next(ctx, &b); {
		case errors.Is(err, io.EOF):
			return rows, kinds, nil
		case err != nil:
			s.FailTransaction()
			return nil, kinds, err
		}
		for k := range b.Rows() {
			p := k
			if b.Sel != nil {
				p = int(b.Sel[k])
			}
			rows = append(rows, s.row(&b, p))
		}
	}
}

func (s trinoDB) row(b *vector.Batch, p int) string {
	cells := make([]string, len(b.Cols))
	for c, v := range b.Cols {
		switch cells[c] = s.text(v, p); {
		case v.IsNull(p):
			cells[c] = "NULL"
		case cells[c] == "":
			cells[c] = "(empty)"
		}
	}
	return strings.Join(cells, "|")
}

// fraction is a second's fraction, whose zeros at the end say nothing here.
var fraction = regexp.MustCompile(`(\d\d:\d\d:\d\d)\.(\d*)`)

func trimSeconds(s string) string {
	return fraction.ReplaceAllStringFunc(s, func(m string) string { return strings.TrimRight(strings.TrimRight(m, "0"), ".") })
}

// trinoText prints a value: rows as lists, maps by key, control characters visibly.
func (s trinoDB) text(v *vector.Vector, i int) string {
	if v.IsNull(i) {
		return "null"
	}
	flat, at := vector.At(v, i)
	switch v.Type.Kind {
	case types.Row:
		var parts []string
		for _, kid := range flat.Kids {
			parts = append(parts, s.text(kid, at))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.Array, types.Map:
		var parts []string
		r := flat.Ranges()[at]
		for e := int(r.Off); e < int(r.Off+r.Len); e++ {
			part := s.text(flat.Kids[0], e)
			if v.Type.Kind == types.Map {
				part += "=" + s.text(flat.Kids[1], e)
			}
			parts = append(parts, part)
		}
		if v.Type.Kind == types.Map {
			slices.Sort(parts)
			return "{" + strings.Join(parts, ", ") + "}"
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return 0x2400 + r
		}
		return r
	}, string(s.style.AppendAthena(nil, v, i)))
}

// reasons are the records that may answer otherwise, by why they do.
type reasons struct {
	why map[string]string // of a script's name and a statement, as key makes it
	met map[string]bool
}

func key(name, sql string) string { return name + ": " + strings.Join(strings.Fields(sql), " ") }

func readReasons(t *testing.T) *reasons {
	t.Helper()
	data, err := os.ReadFile(trinoDir + "/reasons.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := &reasons{why: map[string]string{}, met: map[string]bool{}}
	why := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if w, ok := strings.CutPrefix(line, "## "); ok {
			why = w
		} else if line != "" {
			r.why[line] = why
		}
	}
	return r
}

// has tells whether a record may differ. With -rewrite it may, and waits for its reason.
func (r *reasons) has(name, sql, difference string) bool {
	k := key(name, sql)
	r.met[k] = true
	_, known := r.why[k]
	if *rewrite {
		r.why[k] = reasonFor(sql, difference)
		return true
	}
	return known
}

// whys are the reasons that -rewrite gives: the first whose patterns match the
// statement and the difference.
var whys = []struct {
	sql, difference *regexp.Regexp
	why             string
}{
	{regexp.MustCompile(`(?i)time(\(\d\))? with time zone|TIME '[^']*\d ?[+-]\d`), nil, "time with time zone"},
	{nil, regexp.MustCompile(`error 0A000 cross-database|error 42P01|error 42704 (schema|database)`), "tables and catalogs that are not there"},
	{nil, regexp.MustCompile(`^error 42601`), "syntax that is not known"},
	{nil, regexp.MustCompile(`^error 42883`), "a function, or an overload of it, that is not there"},
	{nil, regexp.MustCompile(`^error 0A000`), "refused: not supported"},
	{nil, regexp.MustCompile(`^error 42`), "refused when it is planned"},
	{nil, regexp.MustCompile(`^error`), "refused when it runs"},
	{nil, regexp.MustCompile(`^what should be the same`), "what it is compared with is refused"},
	{nil, regexp.MustCompile(`^no error`), "accepted"},
	{nil, regexp.MustCompile(`^type [^ ]*, want .*unknown|^type .*array\(varchar\), want .*unknown`), "the type of NULL is varchar in the result"},
	{nil, regexp.MustCompile(`^type`), "another type of the result"},
	{nil, nil, "another value"},
}

func reasonFor(sql, difference string) string {
	for _, w := range whys {
		if (w.sql == nil || w.sql.MatchString(sql)) && (w.difference == nil || w.difference.MatchString(difference)) {
			return w.why
		}
	}
	return ""
}

func (r *reasons) unused() []string {
	var out []string
	for k := range r.why {
		if !r.met[k] && !*rewrite {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func (r *reasons) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for _, w := range whys {
		var keys []string
		for k, why := range r.why {
			if w.why == why && r.met[k] {
				keys = append(keys, k)
			}
		}
		if len(keys) == 0 {
			continue
		}
		slices.Sort(keys)
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", w.why, strings.Join(keys, "\n"))
	}
	if err := os.WriteFile(trinoDir+"/reasons.txt", []byte(strings.TrimRight(b.String(), "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// compareReport prints what every script scored, and compares it with report.txt.
func compareReport(t *testing.T, report map[string]*score) {
	t.Helper()
	var b strings.Builder
	var all score
	for _, name := range slices.Sorted(maps.Keys(report)) {
		s := report[name]
		all.run, all.agree = all.run+s.run, all.agree+s.agree
		fmt.Fprintf(&b, "%s: %d of %d\n", name, s.agree, s.run)
	}
	fmt.Fprintf(&b, "all: %d of %d\n", all.agree, all.run)
	t.Logf("Trino's examples: %d of %d agree", all.agree, all.run)
	path := trinoDir + "/report.txt"
	if *rewrite {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != b.String() {
		t.Errorf("report.txt has other numbers (%v); run with -rewrite", err)
	}
}
