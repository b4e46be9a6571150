package explain

import (
	"fmt"
	"strings"
)

// graphWidth is how many characters of a detail stand in a node of a graph: lists
// of columns would make it as wide as the page.
const graphWidth = 60

// Graphviz gives the steps in Graphviz' DOT language: rows flow along the edges. With
// fragments each is a cluster.
func Graphviz(s *Step, fragments []Fragment) []string {
	g := grapher{ids: map[*Step]int{}}
	if fragments == nil {
		g.add("digraph logical_plan {")
		g.shape()
		g.nodes(s, "  ", -1)
	} else {
		g.add("digraph distributed_plan {")
		g.shape()
		eachFragment(s, fragments, func(k int, top *Step) {
			g.add("  subgraph cluster_%d {", k)
			g.add("    label = %s;", quoteDot(fmt.Sprintf("Fragment %d [%s]", k, fragments[k].describe())))
			g.nodes(top, "    ", k)
			g.add("  }")
		})
	}
	g.edges(s)
	g.add("}")
	return g.lines
}

type grapher struct {
	lines []string
	ids   map[*Step]int
}

func (g *grapher) add(format string, args ...any) {
	g.lines = append(g.lines, fmt.Sprintf(format, args...))
}

func (g *grapher) shape() {
	g.add("  rankdir = BT;")
	g.add(`  node [shape = box, style = "rounded, filled", fontname = "sans-serif"];`)
}

// nodes writes a step and those below it; of one fragment only, unless fragment is
// negative.
func (g *grapher) nodes(s *Step, indent string, fragment int) {
	g.ids[s] = len(g.ids)
	label := s.Title
	for _, d := range s.details() {
		label += "\n" + d.Key + ": " + cut(d.Value, graphWidth)
	}
	g.add("%splannode_%d [label = %s, fillcolor = %s];", indent, g.ids[s], quoteDot(label), quoteDot(s.color()))
	for _, in := range s.Inputs {
		if fragment < 0 || in.Fragment == fragment {
			g.nodes(in, indent, fragment)
		}
	}
}

func (g *grapher) edges(s *Step) {
	for _, in := range s.Inputs {
		style := ""
		if in.Fragment != s.Fragment {
			style = " [style = dashed]"
		}
		g.add("  plannode_%d -> plannode_%d%s;", g.ids[in], g.ids[s], style)
		g.edges(in)
	}
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// quoteDot writes a string of the DOT language. Its only escapes are those of the
// quote and, in labels, \n, \l and \r: a backslash of the text is doubled.
func quoteDot(s string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	return `"` + r.Replace(s) + `"`
}

// colors of steps by the first word of their title, as readers of other engines'
// graphs know them: what reads is grey, what joins orange, what groups yellow.
var colors = map[string]string{
	"Scan": "gray90", "Virtual": "gray90", "Values": "gray90", "TableCall": "gray90", "CTERef": "gray90", "WorkTable": "gray90",
	"Filter": "khaki", "Project": "bisque", "Encode": "bisque", "Decode": "bisque", "Aggregate": "gold", "DistinctOn": "gold", "Window": "plum", "MatchRecognize": "plum", "Sort": "aliceblue", "TopN": "aliceblue",
	"Limit": "gray75", "UnionAll": "turquoise", "Intersect": "turquoise", "Except": "turquoise", "Unnest": "lightblue", "Write": "chartreuse",
}

func (s *Step) color() string {
	words := strings.Fields(s.Title)
	for _, w := range words {
		if w == "Join" || w == "Apply" {
			return "orange"
		}
	}
	for _, w := range words[:min(len(words), 2)] {
		if c := colors[w]; c != "" {
			return c
		}
	}
	return "white"
}
