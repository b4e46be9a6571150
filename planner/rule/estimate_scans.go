package rule

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// estimateScans bounds the bytes of each scan again, now that its columns, limit
// and runtime filters are known, and what stands above it. The opened files come
// from the lake's cache.
func estimateScans() Rule {
	return Rule{Name: "estimate_scans", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		if c.Lake == nil {
			return root, false, nil
		}
		done := map[*plan.Scan]*plan.Scan{}
		for s, r := range reachesOf(c.Session, root) {
			if s.Source == nil {
				continue
			}
			out, err := c.estimateScan(s, r)
			if err != nil {
				return nil, false, err
			}
			if out != s {
				done[s] = out
			}
		}
		if len(done) == 0 {
			return root, false, nil
		}
		return plan.Transform(root, func(n plan.Node) plan.Node {
			if s, ok := n.(*plan.Scan); ok && done[s] != nil {
				return done[s]
			}
			return n
		}), true, nil
	}}
}

// estimateScan gives s itself if nothing is known better.
func (c *Ctx) estimateScan(s *plan.Scan, r reach) (*plan.Scan, error) {
	if s.Mode == plan.ScanErrors {
		out, src := *s, *s.Source
		out.Source = &src
		estimateErrors(&out, r.times)
		return &out, nil
	}
	opened := make([]formats.File, len(s.Source.Files))
	step := 1
	if len(opened) > maxFooters {
		step = len(opened) / sampledFooters
	}
	for i := 0; i < len(opened); i += step {
		var err error
		if opened[i], err = c.Lake.Open(c.ctx, s.Source.Files[i]); err != nil {
			return nil, err
		}
	}
	out, src := *s, *s.Source
	out.Source = &src
	estimateBytes(&out, opened, r)
	was := s.Source
	if src.BytesLower == was.BytesLower && src.BytesUpper == was.BytesUpper && src.BytesExpected == was.BytesExpected && src.Unopened == was.Unopened {
		return s, nil
	}
	return &out, nil
}
