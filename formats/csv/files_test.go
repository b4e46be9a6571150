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

// TestFilesOfOthers reads the files of testdata/hive (Hive's own tests and their
// results) and testdata/writers (made by expect.py) as tables declare them.
func TestFilesOfOthers(t *testing.T) {
	for _, dir := range []string{"hive", "writers"} {
		data, err := os.ReadFile(filepath.Join("testdata", dir, "cases.json"))
		if err != nil {
			t.Fatal(err)
		}
		var cases []fileCase
		if err := json.Unmarshal(data, &cases); err != nil {
			t.Fatal(err)
		}
		same := 0
		for _, c := range cases {
			diff := c.diff(t, dir)
			switch {
			case diff == "" && c.Miss != "":
				t.Errorf("%s/%s is read as %s: it is no miss", dir, c.File, c.Reader)
			case c.Miss != "":
				t.Logf("%s/%s differs: %s", dir, c.File, c.Miss)
			case diff != "":
				t.Errorf("%s/%s %v, by %s: %s", dir, c.File, c.Props, c.Reader, diff)
			default:
				same++
			}
		}
		t.Logf("%s: %d of %d files are read as others read them", dir, same, len(cases))
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
