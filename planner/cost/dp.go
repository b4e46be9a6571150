package cost

import (
	"math"

	"github.com/glauxdb/glaux/planner/plan"
)

// maxDynamic is the number of relations up to which every bushy order is tried.
const maxDynamic = 10

// joined is the best plan found for a set of leaves.
type joined struct {
	rels  relSet
	node  plan.Node
	cost  float64
	stats *Stats // of the columns that conditions read
}

// start gives the parts to begin with: the leaves.
func (c *cluster) start() []*joined {
	used := map[plan.ColID]bool{}
	for _, cd := range c.conds {
		plan.Columns(cd.expr, used)
	}
	parts := make([]*joined, len(c.leaves))
	for i, l := range c.leaves {
		all := c.o.e.Stats(l.node)
		s := &Stats{Rows: all.Rows, Cols: map[plan.ColID]Column{}}
		for id, col := range all.Cols {
			if used[id] {
				s.Cols[id] = col
			}
		}
		parts[i] = &joined{rels: 1 << i, node: l.node, stats: s}
	}
	return parts
}

// dynamic orders by dynamic programming over connected subsets (DPsub). Cross
// products are tried only if the conditions do not connect everything.
func (c *cluster) dynamic() plan.Node {
	best := c.search(false)
	if best == nil {
		best = c.search(true)
	}
	return best.node
}

func (c *cluster) search(cross bool) *joined {
	n := len(c.leaves)
	best := make([]*joined, 1<<n)
	for i, p := range c.start() {
		best[1<<i] = p
	}
	for s := relSet(1); s < 1<<n; s++ {
		if s.count() < 2 {
			continue
		}
		low := s & -s // each split once: the first part has the lowest leaf
		for a := (s - 1) & s; a > 0; a = (a - 1) & s {
			if a&low == 0 || best[a] == nil || best[s&^a] == nil {
				continue
			}
			if j := c.combine(best[a], best[s&^a], cross, best[s]); j != nil {
				best[s] = j
			}
		}
	}
	return best[1<<n-1]
}

// combine joins two parts; nil if they are not connected (and crossing is not
// allowed) or the result costs no less than what is known.
func (c *cluster) combine(a, b *joined, cross bool, known *joined) *joined {
	base := a.cost + b.cost
	if known != nil && base >= known.cost {
		return nil
	}
	keys, on := c.between(a.rels, b.rels)
	if len(keys) == 0 && !cross {
		return nil
	}
	l, r := a.stats, b.stats
	rows := innerRows(l, r, keys, on)
	total := base + joinCost(l.Rows, r.Rows, rows, len(keys) > 0)
	if known != nil && total >= known.cost {
		return nil
	}
	s := c.o.e.join(plan.Inner, l, r, keys, on, plan.Column{})
	j := &plan.Join{Kind: plan.Inner, Left: a.node, Right: b.node, Equal: keys, On: on, Rows: s.Rows}
	if l.Rows < r.Rows { // probe on the left, build from the right
		j.Left, j.Right = b.node, a.node
		j.Equal = make([]plan.EqualKey, len(keys))
		for i, k := range keys {
			j.Equal[i] = plan.EqualKey{L: k.R, R: k.L, NullSafe: k.NullSafe}
		}
	}
	return &joined{rels: a.rels | b.rels, node: j, cost: total, stats: s}
}

// joinCost is the work of a join in row steps: building is dearer than probing,
// and probing a table that leaves the caches is dearer still.
func joinCost(l, r, out float64, hash bool) float64 {
	build, probe := math.Min(l, r), math.Max(l, r)
	if !hash {
		return build*probe + out
	}
	cache := CacheFactor(build)
	return 3*build*cache + probe*cache + out
}

// CacheFactor is how much dearer a step in a hash table of so many rows is than in a
// small one.
func CacheFactor(rows float64) float64 { return 1 + 0.35*math.Max(0, math.Log10(rows/1000)) }

// between gives the conditions that become testable when two parts are joined,
// those that compare one part with the other as hash keys (a on the left).
// Within a part all columns of a class are equal already, so that one key a
// class is enough.
func (c *cluster) between(a, b relSet) ([]plan.EqualKey, []plan.Expr) {
	var keys []plan.EqualKey
	var on []plan.Expr
	both := a | b
	var classes relSet
	for _, cd := range c.conds {
		if !both.has(cd.rels) || cd.rels&a == 0 || cd.rels&b == 0 {
			continue
		}
		if cd.class >= 0 && cd.class < 64 {
			if classes.has(1 << cd.class) {
				continue
			}
			classes |= 1 << cd.class
		}
		switch {
		case cd.eq != nil && a.has(cd.l) && b.has(cd.r):
			keys = append(keys, plan.EqualKey{L: cd.eq.L, R: cd.eq.R, NullSafe: cd.eq.Op == plan.NotDistinct})
		case cd.eq != nil && a.has(cd.r) && b.has(cd.l):
			keys = append(keys, plan.EqualKey{L: cd.eq.R, R: cd.eq.L, NullSafe: cd.eq.Op == plan.NotDistinct})
		default:
			on = append(on, cd.expr)
		}
	}
	return keys, on
}
