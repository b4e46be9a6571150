package parquet

import (
	"testing"

	"github.com/glauxdb/glaux/formats/formattest"
)

// TestConformanceArrow reads the Parquet files of Arrow's tests: one by a
// version of Arrow whose pages of version 2 say that they are not compressed but
// are, one of Java, and what fuzzers found in other readers.
func TestConformanceArrow(t *testing.T) {
	const noMagic = "it does not begin with PAR1, and has no columns"
	s := formattest.Fuzzed(t, Format{}, "arrow-testing", map[string]string{
		"fuzzed/minimized-4740205688193024": noMagic,
		"fuzzed/minimized-5665099979423744": noMagic,
		"fuzzed/minimized-5068991573000192": "a decimal of 45 digits is varbinary",
		"fuzzed/minimized-5697144926502912": "a damaged footer, and no rows",
	})
	s.Files, s.As = "apache/arrow-testing: data/parquet, with what fuzzers found", "pyarrow"
	s.Left = "files of more than 8 KiB"
	s.Report(t)
}
