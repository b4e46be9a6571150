package workgroup

import (
	"context"

	"github.com/glauxdb/glaux/exec"
)

// Verdict implements exec.QueryControl.
func (c *control) Verdict(ctx context.Context, p exec.PlanInfo) exec.Verdict {
	v := exec.Verdict{Limit: c.limit, Limited: c.limit > 0, Refusal: c.check(p.Tables), PricePerTB: c.group.PricePerTB}
	for _, ch := range c.charges {
		d := ch.budget.def.Load()
		if d.Action == Warn || ch.budget.dropped.Load() {
			continue
		}
		used, _, err := ch.at(c.now()).acct.standing(ctx, true)
		if err != nil {
			v.Refusal = err
			return v
		}
		if left := max(0, int64(d.Limit)-used); !v.Limited || left < v.Limit {
			v.Limit, v.Limited = left, true
		}
	}
	if p.Refused != nil {
		v.Refusal = p.Refused
	}
	if v.Refusal == nil {
		_, _, v.Refusal = c.budgetsReady(ctx, p.Tables)
	}
	return v
}
