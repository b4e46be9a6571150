package orc

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

func open(t testing.TB, data []byte, opt formats.Options) *File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "t.orc", data, opt).(*File)
}

// goldenOf names the rows of a file: several files have the same.
func goldenOf(name string) string {
	for _, suffix := range []string{"_v1", "_v2", "_dict"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return name + ".json"
}

// TestGolden reads files of other writers, in all sizes of batches.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.orc")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".orc")
		if strings.HasPrefix(name, "codec_") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			want := formattest.ReadGolden(t, formattest.Data(t, goldenOf(name)))
			f := open(t, formattest.Data(t, name+".orc"), formats.Options{})
			var types []string
			for _, c := range f.Schema().Fields {
				types = append(types, c.Type.String())
			}
			if d := cmp.Diff(want.Types, types); d != "" {
				t.Errorf("types: %s", d)
			}
			for _, batch := range []int{7, 100, 4096} {
				f.batchRows = batch
				got := formattest.AllRows(t, f, 1<<30)
				if len(got) != len(want.Rows) {
					t.Fatalf("batches of %d: %d rows, want %d", batch, len(got), len(want.Rows))
				}
				for i := range got {
					if d := formattest.Diff(want.Rows[i:i+1], got[i:i+1]); d != "" {
						t.Fatalf("batches of %d: row %d: %s", batch, i, d)
					}
				}
			}
		})
	}
}
