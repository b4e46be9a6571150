package formattest

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"

	"github.com/glauxdb/glaux/formats"
)

// Fuzzed reads the files of testdata/dir that its expect.json names: what
// fuzzers found in other readers. Each line has a file's rows (the first 100), or
// that the other reader refuses it. A file gives those rows, or an error about
// itself, and takes little memory; misses are those that
// only the other reader reads so, and why. The score lacks what is not known here: whose files, and as
// whose rows.
func Fuzzed(t *testing.T, f formats.Format, dir string, misses map[string]string) Score {
	t.Helper()
	s := Score{Format: f.Name(), Misses: map[string]string{}}
	for _, line := range bytes.Split(bytes.TrimSpace(Data(t, dir+"/expect.json")), []byte("\n")) {
		var c struct{ Name, Error string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		s.All++
		t.Run(c.Name, func(t *testing.T) {
			rows, err := fuzzedRows(t, f, c.Name, Data(t, dir+"/"+c.Name))
			want := ReadGolden(t, line).Rows
			switch {
			case err != nil && c.Error != "":
				s.Right++
				s.Refused++
			case misses[c.Name] != "":
				s.Misses[c.Name] = misses[c.Name]
				if err == nil && Diff(want, rows) == "" {
					t.Error("it is read right, but is listed as a miss")
				}
			case err != nil:
				t.Error(err)
			case len(rows) == 0 && len(want) == 0:
				s.Right++ // of columns alone
			case c.Error != "":
				t.Errorf("%d rows of a file that is refused: %s", len(rows), c.Error)
			default:
				if d := Diff(want, rows[:min(len(rows), 100)]); d != "" {
					t.Errorf("%.2000s", d)
					return
				}
				s.Right++
			}
		})
	}
	return s
}

// fuzzedRows reads a file whose numbers may say anything: memory must not
// follow them.
func fuzzedRows(t *testing.T, f formats.Format, name string, data []byte) (rows []any, err error) {
	t.Helper()
	const most = 64 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	file, err := Open(t, f, name, data, formats.Options{})
	if err == nil {
		rows, err = Rows(t.Context(), file, formats.ScanRequest{Columns: All(file), Limit: 100_000})
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("%d bytes were allocated for a file of %d", n, len(data))
	}
	if err != nil {
		Fault(t, err)
		return nil, err
	}
	Exercise(t, file)
	return rows, nil
}
