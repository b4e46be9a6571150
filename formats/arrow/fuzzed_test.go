package arrow

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// strict are the files that pyarrow reads and that are refused here, and why.
var strict = map[string]string{
	"file/6051391008473088":             "intervals of less than a microsecond",
	"file/minimized-6295340960776192":   "damaged zstd data, which its library lets pass",
	"stream/minimized-5718685113384960": "a text column that has fields inside, and no rows",
}

// TestConformanceFuzzed reads what fuzzers found in other readers: an error
// about the file, or the rows that pyarrow gives, in little memory.
func TestConformanceFuzzed(t *testing.T) {
	good, errs, all := 0, 0, 0
	misses := map[string]string{}
	for _, line := range bytes.Split(bytes.TrimSpace(formattest.Data(t, "fuzzed/expect.json")), []byte("\n")) {
		var c struct{ Name, Error string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all++
		t.Run(c.Name, func(t *testing.T) {
			switch fuzzed(t, c.Name, formattest.ReadGolden(t, line).Rows, c.Error != "") {
			case same:
				good++
			case alike:
				good++
				errs++
			case refused:
				if misses[c.Name] = strict[c.Name]; misses[c.Name] == "" {
					t.Error("pyarrow reads it")
				}
			case different:
				t.Error("not what pyarrow reads")
			}
		})
	}
	formattest.Score{Format: "arrow", Files: "apache/arrow-testing: what fuzzers found, arrow-ipc-file and arrow-ipc-stream", Right: good, All: all, Refused: errs,
		As: "pyarrow", Misses: misses}.Report(t)
}

type outcome int

const (
	same  outcome = iota
	alike         // both refuse it
	refused
	different
)

// fuzzed compares a file with the rows that pyarrow gives, if it does.
func fuzzed(t *testing.T, name string, want []any, wantError bool) outcome {
	t.Helper()
	const most = 64 << 20
	data := formattest.Data(t, "fuzzed/"+name)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := formattest.Open(t, Format{}, name, data, formats.Options{})
	var rows []any
	if err == nil {
		rows, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("%d bytes were allocated for a file of %d", n, len(data))
	}
	if err != nil {
		formattest.Fault(t, err)
		if wantError {
			return alike
		}
		return refused
	}
	formattest.Exercise(t, f)
	if len(rows) == 0 && len(want) == 0 || !wantError && formattest.Diff(want, rows) == "" {
		return same
	}
	return different
}
