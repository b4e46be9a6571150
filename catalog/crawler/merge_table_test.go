package crawler

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
)

// TestMergeParameters merges the properties of tables.
func TestMergeParameters(t *testing.T) {
	for _, c := range []struct {
		name               string
		base, theirs, ours string // k=v k=v
		want, told         string
	}{
		{"nothing new", "a=1", "a=1", "a=1", "a=1", ""},
		{"the files change one", "a=1", "a=1", "a=2", "a=2", `property a: "1" -> "2"`},
		{"the files add one", "", "", "a=2", "a=2", `property a: none -> "2"`},
		{"the files lose one", "skip=1", "skip=1", "", "", "property skip removed"},
		{"a person's stays", "a=1", "a=9", "a=1", "a=9", ""},
		{"a person's new one stays", "a=1", "a=1 note=x", "a=2", "a=2 note=x", `property a: "1" -> "2"`},
		{"a person removed one", "a=1", "", "a=1", "", ""},
		{"removed by a person, changed by the files", "a=1", "", "a=2", "", "| property a: 1 -> 2, kept "},
		{"both changed", "a=1", "a=8", "a=2", "a=8", "| property a: 1 -> 2, kept 8"},
		{"both to the same", "a=1", "a=2", "a=2", "a=2", ""},
		{"counters are the files'", "objectCount=1", "objectCount=7", "objectCount=2 sizeKey=3", "objectCount=2 sizeKey=3", ""},
		{"a counter goes", "recordCount=1", "recordCount=1", "", "", ""},
		{"back from being deprecated", "", "DEPRECATED_BY_CRAWLER=5", "", "", "no longer deprecated"},
		{"the run is noted with a change", "", "CRAWL_RUN_ID=1 UPDATED_BY_CRAWLER=x", "CRAWL_RUN_ID=2 UPDATED_BY_CRAWLER=y a=1",
			"CRAWL_RUN_ID=2 UPDATED_BY_CRAWLER=y a=1", `property a: none -> "1"`},
		{"and not without", "", "CRAWL_RUN_ID=1 UPDATED_BY_CRAWLER=x", "CRAWL_RUN_ID=2 UPDATED_BY_CRAWLER=y", "CRAWL_RUN_ID=1 UPDATED_BY_CRAWLER=x", ""},
	} {
		m := newMerger(t, "", "a int", "a int", "a int")
		m.base.Parameters, m.theirs.Parameters, m.ours.Parameters = params(c.base), params(c.theirs), params(c.ours)
		m.merge()
		if diff := cmp.Diff(params(c.want), m.out.Parameters); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := strings.TrimSpace(told(m)); got != strings.TrimSpace(c.told) {
			t.Errorf("%s: told %q, want %q", c.name, got, c.told)
		}
		if !maps.Equal(m.theirs.Parameters, params(c.theirs)) {
			t.Errorf("%s: the table of the catalog was written", c.name)
		}
		again(t, c.name, m)
	}
}

func params(text string) map[string]string {
	out := map[string]string{}
	for _, kv := range strings.Fields(text) {
		k, v, _ := strings.Cut(kv, "=")
		out[k] = v
	}
	return out
}

// TestMergeReader merges how files are read: format and classes as a whole,
// the SerDe's properties one by one.
func TestMergeReader(t *testing.T) {
	const lazy, open = lake.LazySimpleSerDe, lake.OpenCSVSerDe
	for _, c := range []struct {
		name               string
		base, theirs, ours string // format SerDe k=v ...
		want, told         string
	}{
		{"same", "csv " + lazy + " field.delim=,", "csv " + lazy + " field.delim=,", "csv " + lazy + " field.delim=,", "csv " + lazy + " field.delim=,", ""},
		{"the files get another delimiter", "csv " + lazy + " field.delim=,", "csv " + lazy + " field.delim=,", "csv " + lazy + " field.delim=;",
			"csv " + lazy + " field.delim=;", `SerDe property field.delim: "," -> ";"`},
		{"the files get quotes", "csv " + lazy + " field.delim=,", "csv " + lazy + " field.delim=,", "csv " + open + " separatorChar=,",
			"csv " + open + " separatorChar=,", `format: csv LazySimpleSerDe -> csv OpenCSVSerde, SerDe property field.delim removed, SerDe property separatorChar: none -> ","`},
		{"a person chose another SerDe", "csv " + lazy + " field.delim=,", "csv " + open + " separatorChar=,", "csv " + lazy + " field.delim=,",
			"csv " + open + " separatorChar=,", ""},
		{"a person chose a SerDe, the files another", "csv " + lazy, "csv " + open, "csv other.SerDe", "csv " + open,
			"| format: csv LazySimpleSerDe -> csv SerDe, kept csv OpenCSVSerde"},
		{"another format", "csv " + lazy, "csv " + lazy, "json x.Json", "json x.Json", "format: csv LazySimpleSerDe -> json Json"},
		{"paths follow the columns", "json " + lake.OpenXJSONSerDe + " paths=a", "json " + lake.OpenXJSONSerDe + " paths=a",
			"json " + lake.OpenXJSONSerDe + " paths=a,b", "json " + lake.OpenXJSONSerDe + " paths=a,b", "column b added: integer"},
		{"a person's paths stay", "json " + lake.OpenXJSONSerDe + " paths=a", "json " + lake.OpenXJSONSerDe + " paths=q",
			"json " + lake.OpenXJSONSerDe + " paths=a,b", "json " + lake.OpenXJSONSerDe + " paths=q", "column b added: integer"},
	} {
		ours := "a int"
		if strings.Contains(c.ours, "paths=a,b") {
			ours = "a int; b int"
		}
		m := newMerger(t, "", "a int", "a int", ours)
		setReader(m.base, c.base)
		setReader(m.theirs, c.theirs)
		setReader(m.ours, c.ours)
		m.merge()
		want := *m.out
		setReader(&want, c.want)
		if diff := cmp.Diff(&want, m.out); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := told(m); got != c.told {
			t.Errorf("%s: told %q, want %q", c.name, got, c.told)
		}
		if m.next != nil {
			again(t, c.name, m)
		}
	}
}

func setReader(t *catalog.Table, text string) {
	words := strings.SplitN(text, " ", 3)
	t.Format, t.Storage.SerDe = words[0], words[1]
	t.Storage.SerDeParams = map[string]string{}
	if len(words) > 2 {
		t.Storage.SerDeParams = params(words[2])
	}
}

// TestMergeKeys merges the types of partition keys.
func TestMergeKeys(t *testing.T) {
	for _, c := range []struct{ name, base, theirs, ours, want, told string }{
		{"same", "k int", "k int", "k int", "k int", ""},
		{"wider numbers", "k int", "k int", "k bigint", "k bigint", "type of partition key k: integer -> bigint"},
		{"text among numbers", "k int", "k int", "k string", "k string", "type of partition key k: integer -> varchar"},
		{"a date among texts", "k string", "k string", "k date", "k string", ""},
		{"fewer numbers", "k bigint", "k bigint", "k int", "k bigint", ""},
		{"a person's", "k int", "k string", "k int", "k string", ""},
		{"a person's, another found", "k int", "k date", "k string", "k date", "| type of partition key k: integer -> varchar, kept date"},
		{"a comment stays", "k int", "k int 'mine'", "k bigint", "k bigint 'mine'", "type of partition key k: integer -> bigint"},
		{"nothing remembered", "", "k int", "k string", "k string", "type of partition key k: integer -> varchar"},
	} {
		m := newMerger(t, "", "a int", "a int", "a int")
		m.base.PartitionKeys, m.theirs.PartitionKeys, m.ours.PartitionKeys = columns(t, c.base), columns(t, c.theirs), columns(t, c.ours)
		m.merge()
		if got := hiveText(m.out.PartitionKeys); got != c.want || told(m) != c.told {
			t.Errorf("%s: %s, told %q; want %s, %q", c.name, got, told(m), c.want, c.told)
		}
		again(t, c.name, m)
	}
}

// TestMergeFormatLeft: a table that people made of other files is left alone.
func TestMergeFormatLeft(t *testing.T) {
	for _, how := range []string{handMade, noBase} {
		m := newMerger(t, how, "", "a int", "b int")
		m.ours.Format = "json"
		m.merge()
		if len(m.changes) > 0 || len(m.notes) != 1 || m.next != nil || !cmp.Equal(m.out, m.theirs) {
			t.Errorf("%s: %+v", how, m)
		}
	}
}
