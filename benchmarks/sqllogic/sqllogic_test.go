package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSample runs the beginning of a script of each of the corpus' folders: what does
// not answer as expected, and why, is in reasons.txt.
func TestSample(t *testing.T) {
	c := &cli{Corpus: "../../testdata/sqllogic", Show: 100, Timeout: 1e11, Workers: 2}
	scripts, err := load(c.Corpus)
	if err != nil {
		t.Fatal(err)
	}
	rep := newReport(c)
	if err := c.runAll(t.Context(), scripts, rep); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d queries of %d scripts answer as expected", rep.Passed, rep.Records, len(scripts))
	var got []string
	for _, x := range rep.Reasons {
		for _, e := range x.Examples {
			place, rest, _ := strings.Cut(e, ": ")
			_, sql, _ := strings.Cut(rest, "\n")
			got = append(got, fmt.Sprintf("%s: %s: %s", place, x.Reason, strings.Join(strings.Fields(sql), " ")))
		}
	}
	slices.Sort(got)
	want, err := os.ReadFile(c.Corpus + "/reasons.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), got); d != "" {
		t.Errorf("the records that do not answer as expected (-reasons.txt +now):\n%s", d)
	}
}

func TestParse(t *testing.T) {
	const text = `hash-threshold 8

# a comment
statement error
SELECT
  nothing

skipif postgresql # PostgreSQL requires AS when renaming output columns
query IT rowsort label-1
SELECT 1 a, 'b'
----
1
b

skipif postgresql # strict
query I
SELECT 2
----
2

onlyif mysql
query I
SELECT 3
----
3

skipif mysql
query I valuesort
SELECT 4
----
9 values hashing to abc

onlyif postgresql
halt

statement ok
never
`
	got, skipped, err := parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []record{
		{line: 4, fails: true, sql: "SELECT\n  nothing"},
		{line: 9, query: true, types: "IT", order: "rowsort", sql: "SELECT 1 a, 'b'", want: []string{"1", "b"}},
		{line: 28, query: true, types: "I", order: "valuesort", sql: "SELECT 4", want: []string{"9 values hashing to abc"}},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(record{})); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if skipped != 2 {
		t.Errorf("%d queries are for others, want 2", skipped)
	}
	if n, sum, ok := got[2].hashed(); n != 9 || sum != "abc" || !ok {
		t.Errorf("hashed gives %d, %q, %v", n, sum, ok)
	}
	if _, _, err := parse(strings.NewReader("nonsense\n")); err == nil {
		t.Error("nonsense is read")
	}
}

// TestWrongAnswersAreSeen checks that what is compared can fail.
func TestWrongAnswersAreSeen(t *testing.T) {
	for _, c := range []struct {
		name   string
		want   []string
		values []string
		same   bool
	}{
		{"the same", []string{"1", "a", "2", "b"}, []string{"2", "b", "1", "a"}, true},
		{"hashed", []string{"4 values hashing to " + hash([]string{"1", "a", "2", "b"})}, []string{"2", "b", "1", "a"}, true},
		{"another hash", []string{"4 values hashing to " + hash([]string{"1", "a", "2", "c"})}, []string{"2", "b", "1", "a"}, false},
		{"fewer", []string{"1", "a", "2", "b"}, []string{"1", "a"}, false},
		{"another value", []string{"1", "a", "2", "b"}, []string{"2", "b", "1", "c"}, false},
		{"more than hashed", []string{"2 values hashing to " + hash([]string{"1", "a"})}, []string{"2", "b", "1", "a"}, false},
	} {
		r := &record{types: "IT", order: "rowsort", want: c.want}
		if o := r.compare(c.values); (o.reason == "") != c.same {
			t.Errorf("%s: %+v", c.name, o)
		}
	}
}

func TestWritten(t *testing.T) {
	for _, c := range []struct {
		text string
		kind byte
		want string
	}{
		{"12", 'I', "12"}, {"-12.9", 'I', "-12"}, {"-0.5", 'I', "0"}, {"true", 'I', "1"}, {"false", 'I', "0"}, {"12abc", 'I', "12"}, {"abc", 'I', "0"},
		{"1", 'R', "1.000"}, {"-2.0005", 'R', "-2.001"}, {"x", 'R', "x"},
		{"", 'T', "(empty)"}, {"a\tb", 'T', "a@b"}, {"é", 'T', "@"},
	} {
		if got := written(c.text, c.kind); got != c.want {
			t.Errorf("%q as %c is %q, want %q", c.text, c.kind, got, c.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		n     int
		want  int
	}{
		{[]int{10, 100, 100}, 110, 50}, {[]int{10, 100, 100}, 111, 51}, {[]int{5, 5}, 4, 2}, {[]int{1, 2, 300}, 100, 97},
	} {
		if got := share(slices.Clone(c.sizes), c.n); got != c.want {
			t.Errorf("share(%v, %d) = %d, want %d", c.sizes, c.n, got, c.want)
		}
	}
	if got := share([]int{5, 5}, 11); got < 5 {
		t.Errorf("all of the folders are wanted, the share is %d", got)
	}
}
