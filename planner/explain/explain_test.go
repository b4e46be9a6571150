package explain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/explain"
	"github.com/glauxdb/glaux/planner/plan"
)

var column = plan.Column{ID: 1, Name: "a", Type: types.TInteger}

// sample is a filter over a scan of which two partitions were left out, and the
// scan.
func sample() (root, scan plan.Node) {
	table := &catalog.Table{Database: "d", Name: "t", PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}}}
	dt := plan.Column{ID: 2, Name: "dt", Type: types.TInteger}
	by := &plan.Compare{Op: plan.EQ, L: plan.Ref(dt), R: &plan.Const{Value: types.IntOf(types.TInteger, 7)}}
	scan = &plan.Scan{Table: table, Cols: []plan.ScanColumn{{Column: column}}, Source: &plan.ScanSource{
		Files: []*lake.File{{}, {}}, FilesTotal: 9, PartitionsRead: 1, PartitionsTotal: 30, Rows: 1234.4, BytesLower: 10, BytesUpper: 500,
		BytesExpected: 400, Asked: []plan.Expr{by}, Pruned: []plan.Pruning{{What: "partitions", N: 29, By: by}},
	}}
	return &plan.Filter{Input: scan, Conds: []plan.Expr{&plan.IsNull{X: plan.Ref(column)}}}, scan
}

func TestText(t *testing.T) {
	root, scan := sample()
	check(t, explain.Text(explain.New(root, explain.Options{})), `
Filter cond=a IS NULL
  Scan t cols=[a] partitions=1/30 files=2/9 rows=~1234 bytes=10..500`)
	ran := func(n plan.Node) *explain.Measured {
		if n == scan {
			return &explain.Measured{Rows: 100, Pulled: 5 * time.Millisecond, Bytes: 321, Requests: 2}
		}
		return &explain.Measured{Rows: 3, Pulled: 6 * time.Millisecond, Memory: 9}
	}
	head := &plan.Line{Title: "Write", Details: []plan.Detail{{Key: "table", Value: "x"}}}
	check(t, explain.Text(explain.New(root, explain.Options{Ran: ran, Pruned: true, Head: head})), `
Write table=x
  Filter cond=a IS NULL actual_rows=3 time=1.000ms memory=9
    Scan t cols=[a] partitions=1/30 files=2/9 rows=~1234 bytes=10..500 pruned=[29 partitions by dt = 7] actual_rows=100 time=5.000ms read=321 requests=2`)
}

// TestFragments puts the scan into a fragment of its own: what it took is none of
// the filter's time.
func TestFragments(t *testing.T) {
	root, scan := sample()
	o := explain.Options{FragmentOf: func(n plan.Node) (int, bool) { return 1, n == scan }, Ran: func(n plan.Node) *explain.Measured {
		return &explain.Measured{Pulled: 4 * time.Millisecond, Sunk: time.Millisecond}
	}}
	fragments := []explain.Fragment{{Kind: "SINGLE"}, {Kind: "SOURCE", Copies: 2}}
	step := explain.New(root, o)
	check(t, explain.FragmentText(step, fragments), `
Fragment 0 [SINGLE]
  Filter cond=a IS NULL actual_rows=0 time=5.000ms
    Rows of fragment 1
Fragment 1 [SOURCE, 2 copies]
  Scan t cols=[a] partitions=1/30 files=2/9 rows=~1234 bytes=10..500 actual_rows=0 time=5.000ms`)
	lines, err := explain.JSON(step, fragments)
	if text := strings.Join(lines, "\n"); err != nil || !strings.Contains(text, `"Copies": 2`) || !strings.Contains(text, `"Fragment": 1`) {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestGraphviz(t *testing.T) {
	root, scan := sample()
	check(t, explain.Graphviz(explain.New(root, explain.Options{}), nil), `
digraph logical_plan {
  rankdir = BT;
  node [shape = box, style = "rounded, filled", fontname = "sans-serif"];
  plannode_0 [label = "Filter\ncond: a IS NULL", fillcolor = "khaki"];
  plannode_1 [label = "Scan t\ncols: [a]\npartitions: 1/30\nfiles: 2/9\nrows: ~1234\nbytes: 10..500", fillcolor = "gray90"];
  plannode_1 -> plannode_0;
}`)
	step := explain.New(&plan.Project{Input: scan, Items: []plan.Item{{Col: plan.Column{ID: 9, Name: `q"\`, Type: types.TInteger}, X: plan.Ref(column)}}},
		explain.Options{FragmentOf: func(n plan.Node) (int, bool) { return 1, n == scan }})
	text := strings.Join(explain.Graphviz(step, []explain.Fragment{{Kind: "SINGLE"}, {Kind: "SOURCE"}}), "\n")
	for _, want := range []string{"digraph distributed_plan {", "subgraph cluster_1 {", "[style = dashed]", `q\"\\`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestIO(t *testing.T) {
	root, scan := sample()
	gone := *scan.(*plan.Scan)
	gone.Pos, gone.Source = 40, nil
	lines, err := explain.IO(root, &plan.Join{Left: scan, Right: &gone}, "c", &catalog.Table{Database: "d", Name: "out"})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(strings.Join(lines, " ")), "")
	for _, want := range []string{
		`"table":{"catalog":"c","schemaTable":{"schema":"d","table":"t"}}`,
		`{"columnName":"dt","type":"integer","domain":{"nullsAllowed":false,"ranges":[{"low":{"value":"7","bound":"EXACTLY"}`,
		`"outputRowCount":1234.4,"outputSizeInBytes":400`,
		`"constraint":{"none":true,"columnConstraints":[]},"estimate":{"outputRowCount":0`, // what the rules removed
		`"outputTable":{"catalog":"c","schemaTable":{"schema":"d","table":"out"}}`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func check(t *testing.T, lines []string, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), strings.Join(lines, "\n")); diff != "" {
		t.Error(diff)
	}
}

// TestHTML shows a page of steps that ran: texts are escaped, the slowest step is
// marked, shares add up.
func TestHTML(t *testing.T) {
	root, scan := sample()
	step := explain.New(root, explain.Options{Ran: func(n plan.Node) *explain.Measured {
		if n == scan {
			return &explain.Measured{Rows: 100, Pulled: 3 * time.Millisecond, Bytes: 2048}
		}
		return &explain.Measured{Rows: 3, Pulled: 4 * time.Millisecond}
	}})
	lines, err := explain.HTML(step, explain.Page{SQL: "SELECT a < b && '</pre><script>'", Facts: []plan.Detail{{Key: "Rows", Value: "3"}}})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{"a &lt; b &amp;&amp;", "&lt;script&gt;", "1.00 ms (25 %)", "3.00 ms (75 %)", "2.0 KiB (100 %)", "100 rows, 1234 rows expected",
		`class="step hot"`, "<b>Scan t</b>"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	for _, bad := range []string{"<script", "http:", "https:", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}
