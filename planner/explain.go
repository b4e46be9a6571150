package planner

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// Extra gives more details of a node for EXPLAIN, such as what EXPLAIN ANALYZE
// measured; nil for none.
type Extra func(n plan.Node) []plan.Detail

// Explain prints a plan, one node a line, or as one JSON document (format
// "json"). The lines are what EXPLAIN returns as rows.
func Explain(root plan.Node, format string, extra Extra) ([]string, error) {
	f := plan.NewFormatter(root)
	switch format {
	case "", "text":
		var lines []string
		explainText(&lines, f, root, 0, extra)
		return lines, nil
	case "json":
		data, err := json.MarshalIndent([]any{map[string]any{"Plan": explainJSON(f, root, extra)}}, "", "  ")
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeInternal, "EXPLAIN cannot write JSON")
		}
		return strings.Split(string(data), "\n"), nil
	}
	return nil, fault.New(fault.CodeInvalidParameter, "unrecognized value for EXPLAIN option \"format\": %q", format)
}

func explainText(lines *[]string, f *plan.Formatter, n plan.Node, depth int, extra Extra) {
	l := f.Describe(n)
	var b strings.Builder
	b.WriteString(strings.Repeat("  ", depth) + l.Title)
	for _, d := range append(append(l.Details, estimates(n)...), more(n, extra)...) {
		fmt.Fprintf(&b, " %s=%s", d.Key, d.Value)
	}
	*lines = append(*lines, b.String())
	for _, in := range n.Inputs() {
		explainText(lines, f, in, depth+1, extra)
	}
}

func more(n plan.Node, extra Extra) []plan.Detail {
	if extra == nil {
		return nil
	}
	return extra(n)
}

// estimates are what planning found out about a node's size.
func estimates(n plan.Node) []plan.Detail {
	switch n := n.(type) {
	case *plan.Scan:
		s := n.Source
		if s == nil {
			return nil
		}
		rows := plan.Detail{Key: "rows", Value: count(s.Rows)}
		if !s.Exact {
			rows.Value = "~" + rows.Value
		}
		bytes := fmt.Sprint(s.BytesUpper)
		if s.BytesLower != s.BytesUpper {
			bytes = fmt.Sprintf("%d..%d", s.BytesLower, s.BytesUpper)
		}
		return []plan.Detail{rows, {Key: "bytes", Value: bytes}}
	case *plan.Join:
		if n.Rows > 0 {
			return []plan.Detail{{Key: "rows", Value: "~" + count(n.Rows)}}
		}
	}
	return nil
}

func count(rows float64) string { return fmt.Sprintf("%.0f", math.Round(rows)) }

// explainNode is a node of EXPLAIN (FORMAT JSON). Details keep their order.
type explainNode struct {
	Node    string         `json:"Node"`
	Details []explainEntry `json:"Details,omitempty"`
	Plans   []explainNode  `json:"Plans,omitempty"`
}

type explainEntry struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

func explainJSON(f *plan.Formatter, n plan.Node, extra Extra) explainNode {
	l := f.Describe(n)
	out := explainNode{Node: l.Title}
	for _, d := range append(append(l.Details, estimates(n)...), more(n, extra)...) {
		out.Details = append(out.Details, explainEntry{d.Key, d.Value})
	}
	for _, in := range n.Inputs() {
		out.Plans = append(out.Plans, explainJSON(f, in, extra))
	}
	return out
}
