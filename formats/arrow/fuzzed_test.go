package arrow

import (
	"testing"

	"github.com/glauxdb/glaux/formats/formattest"
)

// TestConformanceFuzzed reads what fuzzers found in other readers.
func TestConformanceFuzzed(t *testing.T) {
	s := formattest.Fuzzed(t, Format{}, "fuzzed", map[string]string{
		"file/6051391008473088":             "intervals of less than a microsecond",
		"file/minimized-6295340960776192":   "damaged zstd data, which its library lets pass",
		"stream/minimized-5718685113384960": "a text column that has fields inside, and no rows",
	})
	s.Files, s.As = "apache/arrow-testing: what fuzzers found, arrow-ipc-file and arrow-ipc-stream", "pyarrow"
	s.Report(t)
}
