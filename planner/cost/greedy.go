package cost

import "github.com/glauxdb/glaux/planner/plan"

// greedy orders many relations: it joins the two parts whose join is cheapest
// (the smallest result breaks ties), again and again, cross products last.
func (c *cluster) greedy() plan.Node {
	parts := c.start()
	for len(parts) > 1 {
		i, j, best := c.cheapest(parts, false)
		if best == nil {
			i, j, best = c.cheapest(parts, true)
		}
		parts[i] = best
		parts = append(parts[:j], parts[j+1:]...)
	}
	return parts[0].node
}

func (c *cluster) cheapest(parts []*joined, cross bool) (int, int, *joined) {
	var best *joined
	bi, bj, score := 0, 0, 0.0
	for i := range parts {
		for j := i + 1; j < len(parts); j++ {
			p := c.combine(parts[i], parts[j], cross, nil)
			if p == nil {
				continue
			}
			if s := p.cost - parts[i].cost - parts[j].cost + p.stats.Rows; best == nil || s < score {
				bi, bj, best, score = i, j, p, s
			}
		}
	}
	return bi, bj, best
}
