package rule

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// estimateScans computes the bytes of each scan again, now that its columns,
// limit and runtime filters are known. The opened files come from the lake's
// cache.
func estimateScans() Rule {
	return Rule{Name: "estimate_scans", Match: plan.OpScan, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		s := n.(*plan.Scan)
		if s.Source == nil || c.Lake == nil {
			return n, false, nil
		}
		opened := make([]formats.File, len(s.Source.Files))
		step := 1
		if len(opened) > maxFooters {
			step = len(opened) / sampledFooters
		}
		for i := 0; i < len(opened); i += step {
			var err error
			if opened[i], err = c.Lake.Open(c.ctx, s.Source.Files[i]); err != nil {
				return nil, false, err
			}
		}
		out, src := *s, *s.Source
		out.Source = &src
		estimateBytes(&out, opened)
		if src.BytesLower == s.Source.BytesLower && src.BytesUpper == s.Source.BytesUpper {
			return n, false, nil
		}
		return &out, true, nil
	}}
}
