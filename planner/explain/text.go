package explain

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Text gives the steps as an indented tree, one a line.
func Text(s *Step) []string {
	var lines []string
	textOf(&lines, s, 0)
	return lines
}

func textOf(lines *[]string, s *Step, depth int) {
	*lines = append(*lines, strings.Repeat("  ", depth)+s.line())
	for _, in := range s.Inputs {
		textOf(lines, in, depth+1)
	}
}

func (s *Step) line() string {
	var b strings.Builder
	b.WriteString(s.Title)
	for _, d := range s.details() {
		fmt.Fprintf(&b, " %s=%s", d.Key, d.Value)
	}
	return b.String()
}

// FragmentText gives the steps fragment by fragment, the one that puts out the
// result first. Where a step's input runs in another fragment stands its number.
func FragmentText(s *Step, fragments []Fragment) []string {
	var lines []string
	eachFragment(s, fragments, func(k int, top *Step) {
		lines = append(lines, fmt.Sprintf("Fragment %d [%s]", k, fragments[k].describe()))
		fragmentLines(&lines, top, 1)
	})
	return lines
}

func fragmentLines(lines *[]string, s *Step, depth int) {
	indent := strings.Repeat("  ", depth)
	*lines = append(*lines, indent+s.line())
	for _, in := range s.Inputs {
		if in.Fragment != s.Fragment {
			*lines = append(*lines, fmt.Sprintf("%s  Rows of fragment %d", indent, in.Fragment))
			continue
		}
		fragmentLines(lines, in, depth+1)
	}
}

func (f *Fragment) describe() string {
	if f.Copies > 1 {
		return fmt.Sprintf("%s, %d copies", f.Kind, f.Copies)
	}
	return f.Kind
}

// eachFragment calls f with the top step of each fragment in the order of their
// numbers.
func eachFragment(root *Step, fragments []Fragment, f func(k int, top *Step)) {
	tops := make([]*Step, len(fragments))
	var find func(s *Step)
	find = func(s *Step) {
		if tops[s.Fragment] == nil {
			tops[s.Fragment] = s
		}
		for _, in := range s.Inputs {
			find(in)
		}
	}
	find(root)
	for k, top := range tops {
		if top != nil {
			f(k, top)
		}
	}
}

// jsonStep is a step of EXPLAIN (FORMAT JSON). Details keep their order.
type jsonStep struct {
	Node     string      `json:"Node"`
	Fragment *int        `json:"Fragment,omitempty"`
	Details  []jsonEntry `json:"Details,omitempty"`
	Plans    []jsonStep  `json:"Plans,omitempty"`
}

type jsonEntry struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// JSON gives the steps as one document, in lines. With fragments each step has the
// number of its own, and the fragments are listed beside the plan.
func JSON(s *Step, fragments []Fragment) ([]string, error) {
	doc := map[string]any{"Plan": jsonOf(s, fragments != nil)}
	if fragments != nil {
		list := make([]map[string]any, len(fragments))
		for k, f := range fragments {
			list[k] = map[string]any{"Fragment": k, "Type": f.Kind}
			if f.Copies > 0 {
				list[k]["Copies"] = f.Copies
			}
		}
		doc["Fragments"] = list
	}
	return marshal([]any{doc})
}

func marshal(doc any) ([]string, error) {
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInternal, "EXPLAIN cannot write JSON")
	}
	return strings.Split(string(data), "\n"), nil
}

func jsonOf(s *Step, numbered bool) jsonStep {
	out := jsonStep{Node: s.Title}
	if numbered {
		out.Fragment = &s.Fragment
	}
	for _, d := range s.details() {
		out.Details = append(out.Details, jsonEntry{d.Key, d.Value})
	}
	for _, in := range s.Inputs {
		out.Plans = append(out.Plans, jsonOf(in, numbered))
	}
	return out
}
