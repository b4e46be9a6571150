package workgroup

import (
	"context"

	"github.com/glauxdb/glaux/exec"
)

// Verdict implements exec.QueryControl.
func (c *control) Verdict(_ context.Context, p exec.PlanInfo) exec.Verdict {
	return exec.Verdict{Limit: c.limit, Limited: c.limit > 0, Refusal: c.check(p.Tables), PricePerTB: c.group.PricePerTB}
}
