package planner

import (
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/rule"
)

// FileBytes gives the bound of the data bytes that a scan reads of one of its
// files in one run; opened is nil for a file whose metadata was not read.
func FileBytes(s *plan.Scan) func(f *lake.File, opened formats.File) int64 { return rule.FileBytes(s) }
