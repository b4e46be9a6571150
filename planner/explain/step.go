package explain

import (
	"fmt"
	"math"
	"time"

	"github.com/glauxdb/glaux/planner/plan"
)

// Step is one line of a plan.
type Step struct {
	Title   string
	Details []plan.Detail
	// Rows is what planning expects to come out; negative: nothing is known.
	Rows float64
	// Fragment is the number of the fragment that the step runs in.
	Fragment int
	Ran      *Measured // nil: it did not run
	Inputs   []*Step
}

// Measured is what a step did.
type Measured struct {
	Rows int64
	// Time is that of all workers together, without that of the inputs.
	Time time.Duration
	// Pulled is Time as it was measured where rows come out: with that of the inputs
	// in the same fragment, without Sunk, what the step took to take them in where
	// they are in another.
	Pulled, Sunk time.Duration
	// Bytes and Metadata were read by the step itself, in Requests requests.
	Bytes, Metadata, Requests int64
	Memory                    int64 // held at most
	// Details are what else there is to say, in order.
	Details []plan.Detail
}

// Options say what is known of a plan besides itself.
type Options struct {
	// Ran gives what a node did; nil, or nil of a node: it did not run.
	Ran func(n plan.Node) *Measured
	// FragmentOf gives the number of the fragment that a node runs in; nil: all is
	// one.
	FragmentOf func(n plan.Node) (number int, ok bool)
	// Pruned adds by which conditions partitions and files were left out.
	Pruned bool
	// Head is what becomes of the result, a line above the plan; nil: it is
	// delivered.
	Head *plan.Line
}

// Fragment is a part of a plan whose steps run together.
type Fragment struct {
	// Kind is SOURCE (reads files), HASH (takes groups by their hash), ROUND_ROBIN
	// (takes batches in turn) or SINGLE.
	Kind   string
	Copies int // that run at once at most; 0: as many as there is work for
}

// New gives a plan's steps.
func New(root plan.Node, o Options) *Step {
	b := builder{f: plan.NewFormatter(root), o: o}
	s := b.step(root, 0)
	if o.Head == nil {
		return s
	}
	return &Step{Title: o.Head.Title, Details: o.Head.Details, Rows: -1, Inputs: []*Step{s}}
}

type builder struct {
	f *plan.Formatter
	o Options
}

func (b *builder) step(n plan.Node, fragment int) *Step {
	if b.o.FragmentOf != nil {
		if k, ok := b.o.FragmentOf(n); ok {
			fragment = k
		}
	}
	l := b.f.Describe(n)
	s := &Step{Title: l.Title, Details: append(l.Details, estimates(n)...), Fragment: fragment, Rows: expected(n)}
	if b.o.Pruned {
		s.Details = append(s.Details, b.pruned(n)...)
	}
	for _, in := range n.Inputs() {
		s.Inputs = append(s.Inputs, b.step(in, fragment))
	}
	if b.o.Ran != nil {
		s.Ran = b.o.Ran(n)
	}
	if s.Ran != nil {
		own := s.Ran.Pulled
		for _, in := range s.Inputs {
			if in.Ran != nil && in.Fragment == s.Fragment {
				own -= in.Ran.Pulled
			}
		}
		s.Ran.Time = max(own, 0) + s.Ran.Sunk
	}
	return s
}

// expected gives the rows that planning expects of a node, -1 if it does not know.
func expected(n plan.Node) float64 {
	switch n := n.(type) {
	case *plan.Scan:
		if n.Source != nil {
			return n.Source.Rows
		}
	case *plan.Join:
		if n.Rows > 0 {
			return n.Rows
		}
	}
	return -1
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

// pruned tells by which conditions planning left out partitions and files.
func (b *builder) pruned(n plan.Node) []plan.Detail {
	s, ok := n.(*plan.Scan)
	if !ok || s.Source == nil {
		return nil
	}
	var out []plan.Detail
	for _, p := range s.Source.Pruned {
		by := plan.FormatExpr(p.By, func(c *plan.Col) string { return c.Name })
		out = append(out, PrunedDetail(int64(p.N), p.What, by))
	}
	return out
}

// PrunedDetail says that n units were left out because of a condition.
func PrunedDetail(n int64, unit, by string) plan.Detail {
	return plan.Detail{Key: "pruned", Value: fmt.Sprintf("[%d %s by %s]", n, unit, by)}
}

func count(rows float64) string { return fmt.Sprintf("%.0f", math.Round(rows)) }

// details gives all there is to say of a step in text: what it is, then what it
// did.
func (s *Step) details() []plan.Detail {
	out := s.Details[:len(s.Details):len(s.Details)]
	m := s.Ran
	if m == nil {
		return out
	}
	out = append(out, plan.Detail{Key: "actual_rows", Value: fmt.Sprint(m.Rows)},
		plan.Detail{Key: "time", Value: fmt.Sprintf("%.3fms", float64(m.Time)/1e6)})
	for _, c := range []struct {
		key string
		n   int64
	}{{"memory", m.Memory}, {"read", m.Bytes}, {"metadata", m.Metadata}, {"requests", m.Requests}} {
		if c.n > 0 {
			out = append(out, plan.Detail{Key: c.key, Value: fmt.Sprint(c.n)})
		}
	}
	return append(out, m.Details...)
}
