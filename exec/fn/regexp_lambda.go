package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// regexpLambda is regexp_replace with a lambda, which makes each match's replacement of
// its groups (without the whole match, NULL for one that took no part). It runs once
// for all matches of a batch. A NULL of it makes the result NULL.
//
//	rows ──find──> matches, an array of groups each ──lambda──> replacements ──join──> rows
func regexpLambda() *kernel.Impl {
	return &kernel.Impl{Lambda: func(_ *kernel.EvalCtx, f *plan.Func, bodies []*kernel.LambdaBody) (kernel.Instance, error) {
		cache := &regexpCache{java: f.Dialect == plan.Athena}
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			m, err := findMatches(cache, textArgs(args[:2]), sel, out.Len)
			if err != nil {
				return err
			}
			repl, err := bodies[2].Eval([]*vector.Vector{m.groups}, m.rows, len(m.rows))
			if err != nil {
				return err
			}
			return m.join(kernel.StringsOf(args[0]), repl, sel, out)
		}}, nil
	}}
}

// foundMatches are the matches of a batch's rows.
type foundMatches struct {
	rows   []uint32       // the row of each match
	at     [][2]int       // where each match starts and ends
	groups *vector.Vector // an array for each match
	first  []int          // by row: its first match; one more at the end
}

func findMatches(cache *regexpCache, s []kernel.Strings, sel vector.Sel, n int) (*foundMatches, error) {
	found := &foundMatches{groups: vector.New(types.ArrayOf(types.TVarchar), 0), first: make([]int, n+1)}
	err := kernel.EachErr(sel, n, func(i int) error {
		m, err := cache.row(s, 1, -1, i)
		if err != nil {
			return err
		}
		found.first[i] = len(found.rows)
		text := s[0].At(i)
		for _, loc := range m.re.FindAllSubmatchIndex(text, -1) {
			groups := types.Value{Type: found.groups.Type, Kids: []types.Value{}}
			for g := 2; g < len(loc); g += 2 {
				if loc[g] < 0 {
					groups.Kids = append(groups.Kids, types.NullOf(types.TVarchar))
				} else {
					groups.Kids = append(groups.Kids, types.StringOf(types.TVarchar, string(text[loc[g]:loc[g+1]])))
				}
			}
			found.groups.AppendValue(groups)
			found.rows, found.at = append(found.rows, uint32(i)), append(found.at, [2]int{loc[0], loc[1]})
		}
		return nil
	})
	return found, err
}

// join writes the rows with the replacements in the matches' places.
func (m *foundMatches) join(text kernel.Strings, repl *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	texts, w := kernel.StringsOf(repl), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		s, b, at := text.At(i), w.Start(), 0
		for k := m.first[i]; k < len(m.rows) && m.rows[k] == uint32(i); k++ {
			if repl.IsNull(k) {
				out.SetNull(i)
				break
			}
			b = append(append(b, s[at:m.at[k][0]]...), texts.At(k)...)
			at = m.at[k][1]
		}
		return w.End(i, append(b, s[at:]...))
	})
}
