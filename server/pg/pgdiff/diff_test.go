package pgdiff

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	update = flag.Bool("update", false, "write the table of differences in docs/postgres.md")
	only   = flag.String("case", "", "run the cases whose names start so")
)

// differences reads the cases that are known to differ: name, tab, reason.
func differences(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("testdata/differences.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]string{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		name, reason, ok := strings.Cut(sc.Text(), "\t")
		if !ok || out[name] != "" {
			t.Fatalf("differences.tsv: %q has no reason or is there twice", name)
		}
		out[name] = reason
	}
	return out
}

// TestStatements sends every case in every mode to both servers. A case that
// differs must be in differences.tsv with its reason; one that is there and does
// not differ any more fails too.
func TestStatements(t *testing.T) {
	cases, err := ReadCases("testdata/statements")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	postgres, glaux := StartPostgres(t), StartGlaux(t, dir)
	if err := createTables(t.Context(), postgres, glaux, "testdata/tables", dir); err != nil {
		t.Fatal(err)
	}
	a, b := &client{server: postgres}, &client{server: glaux}
	defer a.close()
	defer b.close()
	known := differences(t)
	for _, c := range cases {
		if !strings.HasPrefix(c.Name, *only) {
			delete(known, c.Name)
			continue
		}
		diff := ""
		for _, mode := range c.Modes() {
			want, err := a.run(t.Context(), c, mode)
			if err != nil {
				t.Fatal(err)
			}
			got, err := b.run(t.Context(), c, mode)
			if err != nil {
				t.Fatal(err)
			}
			if d := lineDiff(comparable(want, got)); d != "" {
				diff += fmt.Sprintf("  %s (-PostgreSQL +Glaux):\n%s", mode, d)
			}
		}
		switch reason := known[c.Name]; {
		case diff != "" && reason == "":
			t.Errorf("%s: %s\n%s", c.Name, strings.Join(c.Statements, "; "), diff)
		case diff != "":
			t.Logf("%s: %s\n%s", c.Name, strings.Join(c.Statements, "; "), diff) // with -v
		case reason != "":
			t.Errorf("%s does not differ any more: take it out of differences.tsv", c.Name)
		}
		delete(known, c.Name)
	}
	for name := range known {
		t.Errorf("differences.tsv names %q, which is no case", name)
	}
	t.Logf("%d cases", len(cases))
}

// comparable takes out of two answers what is not meant to be the same: the
// columns that come before an error (PostgreSQL evaluates constants while it
// plans, Glaux when it runs), and the position of an error of which PostgreSQL
// does not tell it.
func comparable(want, got []string) (a, b []string) {
	return withoutColumns(want), atSamePlace(withoutColumns(want), withoutColumns(got))
}

func withoutColumns(lines []string) (out []string) {
	for i, l := range lines {
		if strings.HasPrefix(l, "column ") && failsNext(lines[i:]) {
			continue
		}
		out = append(out, l)
	}
	return out
}

// failsNext reports whether an error follows the columns, with no row between.
func failsNext(lines []string) bool {
	i := slices.IndexFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "column ") })
	return i >= 0 && strings.HasPrefix(lines[i], "ERROR")
}

func atSamePlace(want, got []string) []string {
	got = slices.Clone(got)
	for i := range got {
		if i >= len(want) {
			break
		}
		if w, ok := strings.CutSuffix(want[i], " @0"); ok && strings.HasPrefix(got[i], w+" @") {
			got[i] = want[i]
		}
	}
	return got
}

// lineDiff prints the lines that differ.
func lineDiff(want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	var b strings.Builder
	for i := range max(len(want), len(got)) {
		same := i < len(want) && i < len(got) && want[i] == got[i]
		if i < len(want) && !same {
			fmt.Fprintf(&b, "    - %s\n", want[i])
		}
		if i < len(got) && !same {
			fmt.Fprintf(&b, "    + %s\n", got[i])
		}
	}
	return b.String()
}

const docsPage = "../../../docs/postgres.md"

// TestDocs keeps the table in docs/postgres.md equal to differences.tsv; -update
// writes it.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.FromSlash(docsPage))
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- differences: written by server/pg/pgdiff -update -->\n", "<!-- end of differences -->\n"
	head, rest, ok := strings.Cut(string(page), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the marks of the table are missing")
	}
	cases, err := ReadCases("testdata/statements")
	if err != nil {
		t.Fatal(err)
	}
	want := head + begin + differenceTable(cases, differences(t)) + end + tail
	if want == string(page) {
		return
	}
	if !*update {
		t.Fatal("docs/postgres.md is not up to date: run this test with -update")
	}
	if err := os.WriteFile(filepath.FromSlash(docsPage), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// differenceTable groups the cases by reason, in the order of the cases.
func differenceTable(cases []Case, reasons map[string]string) string {
	var order []string
	examples := map[string][]string{}
	for _, c := range cases {
		r := reasons[c.Name]
		if r == "" {
			continue
		}
		if examples[r] == nil {
			order = append(order, r)
		}
		sql := strings.ReplaceAll(strings.Join(c.Statements, "; "), "\n", " ")
		examples[r] = append(examples[r], "`"+strings.ReplaceAll(sql, "|", `\|`)+"`")
	}
	var b strings.Builder
	b.WriteString("| what differs and why | statements |\n|---|---|\n")
	for _, r := range order {
		fmt.Fprintf(&b, "| %s | %s |\n", r, strings.Join(examples[r], "<br>"))
	}
	return b.String()
}
