package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
)

// tolerance is how far a count may be from the expected one: a share of it and a
// number.
type tolerance struct {
	share float64
	n     int64
}

// tolerances are of what the runtime has its share in: maps that grow by chance, when
// goroutines run. Two runs differ by a few allocations; one more for each batch is over the tolerance.
// All else is exact.
var tolerances = map[string]tolerance{
	allocations:  {0.01, 10},
	allocated:    {0.02, 8 << 10},
	instructions: {0.05, 200_000},
}

// wider are those of single counts. Go's package regexp keeps its matchers, of 54 KiB for
// this pattern, in a pool that loses some on a busy machine.
var wider = map[key]tolerance{
	{"regexp", allocated}: {0.02, 200 << 10},
}

func toleranceOf(k key) tolerance {
	if t, ok := wider[k]; ok {
		return t
	}
	return tolerances[k.what]
}

func (t tolerance) allows(want, got int64) bool {
	d := max(want-got, got-want)
	return d <= t.n+int64(t.share*float64(want))
}

// difference is a count that moved; -1: there is none on that side.
type difference struct {
	query, what string
	want, got   int64
}

// comparison is what came of all counts.
type comparison struct {
	same, skipped int
	why           string // they were skipped
	moved         []difference
}

type key struct{ query, what string }

// compare holds counts against the expected ones. Instructions that nobody counted
// here, or that another version of Go's compiler made, are skipped.
func compare(want expected, got []count, only string) comparison {
	var c comparison
	have := map[key]int64{}
	for _, g := range got {
		have[key{g.query, g.what}] = g.n
	}
	known := map[key]bool{}
	for _, w := range want.counts {
		k := key{w.query, w.what}
		known[k] = true
		if !strings.Contains(w.query, only) {
			continue
		}
		n, counted := have[k]
		switch {
		case w.what == instructions && (!counted || want.compiler != compiler()):
			c.skipped++
			c.why = "valgrind is not installed, or not asked for"
			if counted {
				c.why = fmt.Sprintf("those expected are of %s, this is %s", want.compiler, compiler())
			}
		case !counted:
			c.moved = append(c.moved, difference{w.query, w.what, w.n, -1})
		case !toleranceOf(k).allows(w.n, n):
			c.moved = append(c.moved, difference{w.query, w.what, w.n, n})
		default:
			c.same++
		}
	}
	for _, g := range got {
		if !known[key{g.query, g.what}] {
			c.moved = append(c.moved, difference{g.query, g.what, -1, g.n})
		}
	}
	return c
}

func (c comparison) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d counts as expected, %d moved\n", c.same, len(c.moved))
	if c.skipped > 0 {
		fmt.Fprintf(&b, "skipped: the instructions of %d queries (%s)\n", c.skipped, c.why)
	}
	if len(c.moved) == 0 {
		return b.String()
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "QUERY\tCOUNT\tEXPECTED\tNOW\tCHANGE")
	for _, d := range c.moved {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.query, d.what, number(d.want), number(d.got), d.change())
	}
	w.Flush()
	return b.String()
}

func number(n int64) string {
	if n < 0 {
		return "none"
	}
	return strconv.FormatInt(n, 10)
}

func (d difference) change() string {
	if d.want <= 0 || d.got < 0 {
		return ""
	}
	return fmt.Sprintf("%+.1f %%", 100*float64(d.got-d.want)/float64(d.want))
}

// expected is the committed file: counts, and who compiled what counted the
// instructions.
type expected struct {
	compiler string
	counts   []count
}

func compiler() string { return runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH }

const header = "# query, count, number: go run ./benchmarks/guard --rewrite. Compiled by "

func read(path string) (e expected, err error) {
	f, err := os.Open(path)
	if err != nil {
		return e, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if by, ok := strings.CutPrefix(lines.Text(), header); ok {
			e.compiler = by
			continue
		}
		part := strings.Split(lines.Text(), "\t")
		if len(part) != 3 {
			return e, fmt.Errorf("%s: no count: %q", path, lines.Text())
		}
		n, err := strconv.ParseInt(part[2], 10, 64)
		if err != nil {
			return e, fmt.Errorf("%s: %w", path, err)
		}
		e.counts = append(e.counts, count{part[0], part[1], n})
	}
	return e, lines.Err()
}

// write makes what was counted the expectation. With only, or without valgrind, it
// would lose what was not counted: then it refuses.
func write(path string, got []count, only string) error {
	if only != "" {
		return fmt.Errorf("only all queries together can be written")
	}
	var b strings.Builder
	b.WriteString(header + compiler() + "\n")
	found := false
	for _, g := range got {
		fmt.Fprintf(&b, "%s\t%s\t%d\n", g.query, g.what, g.n)
		found = found || g.what == instructions
	}
	if !found {
		return fmt.Errorf("no instructions were counted: valgrind is needed to write the file")
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
