package pgdiff

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var record = flag.Bool("record", false, "write PostgreSQL's answers, and where a reason is given Glaux's, into the exchanges' files")

const exchanges = "testdata/exchanges"

func readExchanges(t *testing.T) []*Exchange {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(exchanges, "*.txt"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d exchanges, %v", len(files), err)
	}
	var out []*Exchange
	for _, f := range files {
		x, err := ReadExchange(f, strings.TrimSuffix(filepath.Base(f), ".txt"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// reads gives the steps of x that wait for answers.
func reads(x *Exchange) []*Step {
	var out []*Step
	for i := range x.Steps {
		if x.Steps[i].Until != "" {
			out = append(out, &x.Steps[i])
		}
	}
	return out
}

// TestExchanges sends every exchange to Glaux and expects what PostgreSQL was
// recorded to answer, or the difference that has a reason.
func TestExchanges(t *testing.T) {
	s := StartGlaux(t)
	for _, x := range readExchanges(t) {
		t.Run(x.Name, func(t *testing.T) {
			got, err := x.Play(s)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range reads(x) {
				want := r.Want
				if r.Reason != "" {
					if cmp.Equal(r.Want, got[i]) {
						t.Errorf("read %d does not differ any more: %s", i+1, r.Reason)
					}
					want = r.Glaux
				}
				if r.Reason == "" {
					got[i] = withoutPositions(want, got[i])
				}
				if d := cmp.Diff(want, got[i]); d != "" {
					t.Errorf("read %d: -PostgreSQL +Glaux\n%s", i+1, d)
				}
			}
		})
	}
}

var position = regexp.MustCompile(`^(ErrorResponse \w+ \w+) at \d+`)

// withoutPositions drops the positions of errors that PostgreSQL sends without
// one: Glaux also knows where an expression stands that fails while it runs.
func withoutPositions(want, got []string) []string {
	out := slices.Clone(got)
	for i := range min(len(want), len(out)) {
		if strings.HasPrefix(want[i], "ErrorResponse") && !position.MatchString(want[i]) {
			out[i] = position.ReplaceAllString(out[i], "$1")
		}
	}
	return out
}

// TestRecorded sends every exchange to a real PostgreSQL 15 and expects the
// recorded answers.
func TestRecorded(t *testing.T) {
	pg := StartPostgres(t)
	var gl Server
	if *record {
		gl = StartGlaux(t)
	}
	for _, x := range readExchanges(t) {
		t.Run(x.Name, func(t *testing.T) {
			got, err := x.Play(pg)
			if err != nil {
				t.Fatal(err)
			}
			if *record {
				rewrite(t, x, got, gl)
				return
			}
			for i, r := range reads(x) {
				if d := cmp.Diff(r.Want, got[i]); d != "" {
					t.Errorf("read %d: -recorded +PostgreSQL\n%s", i+1, d)
				}
			}
		})
	}
}

func rewrite(t *testing.T, x *Exchange, got [][]string, gl Server) {
	ours, err := x.Play(gl)
	if err != nil {
		t.Error(err)
	}
	for i, r := range reads(x) {
		r.Want, r.Glaux = got[i], nil
		if r.Reason != "" && i < len(ours) {
			r.Glaux = ours[i]
		}
	}
	path := filepath.Join(exchanges, x.Name+".txt")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(x.Text(string(old))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The section of docs/postgres.md that TestExchangeDocs keeps.
const (
	beginProtocol = "<!-- protocol: written by server/pg/pgdiff -update -->\n"
	endProtocol   = "<!-- end of protocol -->"
)

// TestExchangeDocs keeps the protocol's table in docs/postgres.md equal to the
// reasons in the exchanges; -update writes it.
func TestExchangeDocs(t *testing.T) {
	reasons := map[string][]string{}
	for _, x := range readExchanges(t) {
		for _, r := range reads(x) {
			if r.Reason != "" && !slices.Contains(reasons[r.Reason], x.Name) {
				reasons[r.Reason] = append(reasons[r.Reason], x.Name)
			}
		}
	}
	var table strings.Builder
	table.WriteString("| what differs | exchanges |\n|---|---|\n")
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		table.WriteString("| " + r + " | " + strings.Join(reasons[r], ", ") + " |\n")
	}
	old, err := os.ReadFile(docsPage)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(old), beginProtocol)
	_, tail, ok2 := strings.Cut(rest, endProtocol)
	if !ok || !ok2 {
		t.Fatal("docs/postgres.md has no section for the protocol")
	}
	page := head + beginProtocol + table.String() + endProtocol + tail
	switch {
	case page == string(old):
	case *update:
		if err := os.WriteFile(docsPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("docs/postgres.md is not up to date: run this test with -update")
	}
}
