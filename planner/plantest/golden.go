package plantest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write what the tests find into the golden files")

// Rewriting reports whether tests write what they find.
func Rewriting() bool { return *rewrite }

// Case is one entry of a golden file.
type Case struct {
	Options map[string]string // lines "# key: value" above the statement
	SQL     string
}

// Golden runs the cases of every file that matches the pattern. A file is a
// list of cases parted by blank lines: comments and options ("# key: value"),
// the statement, a line "----", the expected text up to the next blank line. f
// gives what is found for a case; with -rewrite it replaces what is expected.
func Golden(t *testing.T, pattern string, f func(t *testing.T, c Case) string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files match %s (%v)", pattern, err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) { goldenFile(t, name, f) })
	}
}

func goldenFile(t *testing.T, name string, f func(t *testing.T, c Case) string) {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, block := range blocks(data) {
		head, want, _ := strings.Cut(block, "\n----")
		want = strings.TrimPrefix(want, "\n")
		c := parseCase(head)
		if c.SQL == "" {
			out = append(out, block)
			continue
		}
		var got string
		t.Run(firstLine(c.SQL), func(t *testing.T) {
			got = strings.TrimRight(f(t, c), "\n")
			if diff := cmp.Diff(want, got); diff != "" && !*rewrite {
				t.Errorf("%s\n%s\n(-want +got):\n%s", name, c.SQL, diff)
			}
		})
		out = append(out, head+"\n----\n"+got)
	}
	if *rewrite {
		if err := os.WriteFile(name, []byte(strings.Join(out, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// blocks parts a golden file into its cases.
func blocks(data []byte) []string { return strings.Split(strings.TrimSpace(string(data)), "\n\n") }

// parseCase reads what stands above a case's line of dashes.
func parseCase(head string) Case {
	c := Case{Options: map[string]string{}}
	var sql []string
	for _, line := range strings.Split(head, "\n") {
		if rest, ok := strings.CutPrefix(line, "# "); ok && len(sql) == 0 {
			if k, v, ok := strings.Cut(rest, ": "); ok {
				c.Options[k] = v
			}
			continue
		}
		sql = append(sql, line)
	}
	c.SQL = strings.TrimSpace(strings.Join(sql, "\n"))
	return c
}

// Cases runs f for every case of golden files, whatever they expect.
func Cases(t *testing.T, pattern string, f func(t *testing.T, c Case)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files match %s (%v)", pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range blocks(data) {
			head, _, _ := strings.Cut(block, "\n----")
			if c := parseCase(head); c.SQL != "" {
				t.Run(firstLine(c.SQL), func(t *testing.T) { f(t, c) })
			}
		}
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 60 {
		s = s[:60]
	}
	return s
}
