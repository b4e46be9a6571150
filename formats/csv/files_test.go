package csv

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// fileCase is a file that somebody else wrote, and what somebody else reads in it.
type fileCase struct {
	File    string
	Props   map[string]string
	Columns []string
	Rows    [][]*string
	Reader  string
	Miss    string // why it is read otherwise here
}

// TestConformance reads the files of testdata/hive (Hive's own tests and their
// results) and testdata/writers (made by expect.py) as tables declare them.
func TestConformance(t *testing.T) {
	for dir, score := range map[string]formattest.Score{
		"hive":    {Files: "apache/hive: text of its tests", As: "Hive's own results", Left: "files with bytes that are no text in its repository"},
		"writers": {Files: "text by Python's csv, pandas, pyarrow and iconv in 20 encodings and dialects", As: "pandas, pyarrow, else what was written"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", dir, "cases.json"))
		if err != nil {
			t.Fatal(err)
		}
		var cases []fileCase
		if err := json.Unmarshal(data, &cases); err != nil {
			t.Fatal(err)
		}
		score.Format, score.All, score.Misses = "csv", len(cases), map[string]string{}
		for _, c := range cases {
			diff := c.diff(t, dir)
			switch {
			case diff == "" && c.Miss != "":
				t.Errorf("%s/%s is read as %s: it is no miss", dir, c.File, c.Reader)
			case c.Miss != "":
				score.Misses[c.File] = c.Miss
			case diff != "":
				t.Errorf("%s/%s %v, by %s: %s", dir, c.File, c.Props, c.Reader, diff)
			default:
				score.Right++
			}
		}
		score.Report(t)
	}
}

func (c *fileCase) diff(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", dir, c.File))
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]string, len(c.Rows))
	for i, r := range c.Rows {
		for _, v := range r {
			if v == nil {
				want[i] = append(want[i], "∅")
			} else {
				want[i] = append(want[i], *v)
			}
		}
	}
	props := map[string]string{}
	for k, v := range maps.All(c.Props) {
		props[strings.ToLower(k)] = v
	}
	schema := formattest.Schema(t, c.Columns...)
	f := formattest.MustOpen(t, Format{}, c.File, data, formats.Options{Schema: schema, Properties: props})
	got, err := formattest.Texts(t.Context(), f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(want, got)
}
