package lake

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestEntryManifest(t *testing.T) {
	const unload = `{"entries": [{"url":"memory://lake/d/1.csv","mandatory":true,"meta":{"content_length":1}}, {"url":"memory://lake/d/gone.csv"}, {"url":"memory://lake/d/1.csv"}]}`
	for name, c := range map[string]struct {
		location, text string
		want           []string
		code           fault.Code
		message        string
	}{
		"entries":      {"d/manifest", unload, []string{"-1 d/1.csv", "-1 d/1.csv"}, "", ""},
		"a prefix":     {"d/x_Manifest", unload, []string{"-1 d/1.csv", "-1 d/1.csv"}, "", ""},
		"none":         {"d/manifest", `{"entries": []}`, []string{}, "", ""},
		"data":         {"d/manifest", "1,2\n", []string{"-1 d/manifest"}, "", ""},
		"JSON data":    {"d/manifest", `{"a": 1}`, []string{"-1 d/manifest"}, "", ""},
		"another name": {"d/list.json", unload, []string{"-1 d/list.json"}, "", ""},
		"a missing file": {"d/manifest", `{"entries": [{"url":"memory://lake/d/1.csv"}, {"url":"memory://lake/gone.csv","mandatory":true}]}`, nil, fault.CodeUndefinedFile,
			`file "memory://lake/gone.csv" does not exist, which entry 2 of a manifest names (file memory://lake/d/manifest)`},
		"another size": {"d/manifest", `{"entries": [{"url":"memory://lake/d/1.csv","meta":{"content_length":7}}]}`, nil, fault.CodeDataCorrupted,
			`object "memory://lake/d/1.csv" has 1 bytes, 7 by its manifest, which entry 1 of a manifest names (file memory://lake/d/manifest)`},
		"no location": {"d/manifest", `{"entries": [{"url":"here"}]}`, nil, fault.CodeDataCorrupted, `entry 1 of the manifest has no location: "here" (file memory://lake/d/manifest)`},
	} {
		f := newFixture(t, "d/1.csv")
		f.mem.Set(c.location, []byte(c.text))
		files, err := f.Files(context.Background(), plainTable("memory://lake/"+c.location), nil, nil)
		if c.code != "" {
			if !fault.Is(err, c.code) || err.Error() != c.message {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, names(files)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
