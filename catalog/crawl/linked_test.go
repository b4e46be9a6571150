package crawl

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/lake"
)

// TestManifests crawls the folders of an S3 inventory: the manifests make one
// table, whose columns are those of the files that they name.
func TestManifests(t *testing.T) {
	w := newWorld(t).put(map[string]string{
		"l/inv/hive/dt=2024-01-30-01-00/symlink.txt": "memory://lake/data/1.csv\nmemory://lake/data/2.csv\n",
		"l/inv/hive/dt=2024-01-31-01-00/symlink.txt": "memory://lake/data/3.csv\n",
		"l/other/manifest":                           "{\"entries\": 1}\n{\"entries\": 2}\n",
		"data/1.csv":                                 ab, "data/2.csv": ab, "data/3.csv": ab2,
	})
	f := w.search(Options{})
	found := map[string]*Found{}
	for _, r := range f.Tables {
		found[r.Table.Name] = r
	}
	inv := found["hive"]
	if inv == nil {
		inv = found["inv"]
	}
	if inv == nil || len(inv.Partitions) != 2 || len(inv.Table.Columns) != 2 || inv.Table.Columns[0].Name != "a" || !lake.IsSymlink(inv.Table) ||
		inv.Table.Format != "csv" || inv.Table.Parameters["recordCount"] != "" {
		t.Errorf("%q: %+v", tablesIn(f), inv)
	}
	if other := found["other"]; other == nil || lake.IsSymlink(other.Table) || other.Table.Format != "json" {
		t.Errorf("%q", tablesIn(f))
	}
}

// TestManifestsThatLeadNowhere leaves out what cannot be read, and says why.
func TestManifestsThatLeadNowhere(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/a/symlink.txt": "memory://lake/gone.csv\n", "l/b/symlink.txt": "s3://other/a.csv\n"})
	f := w.search(Options{})
	var why []string
	for _, l := range f.LeftOut {
		why = append(why, l.Why)
	}
	text := strings.Join(why, "\n")
	if len(f.Tables) > 0 || !strings.Contains(text, "gone.csv") || !strings.Contains(text, "not among the locations") {
		t.Errorf("%q: %s", tablesIn(f), text)
	}
}

// TestTemplateIsSuggested tells of the template for logs in their service's folders.
func TestTemplateIsSuggested(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/AWSLogs/111122223333/CloudTrail/eu-west-1/2024/01/31/a.json": "{\"Records\":[{\"eventName\":\"x\"}]}"})
	f := w.search(Options{})
	if text := strings.Join(f.Notes, "\n"); !strings.Contains(text, "FROM TEMPLATE cloudtrail knows more of them") {
		t.Errorf("%q", f.Notes)
	}
}
