package lake

import (
	"slices"
	"testing"

	"github.com/glauxdb/glaux/formats/store"
)

// TestListVisible lists what is data.
func TestListVisible(t *testing.T) {
	mem := store.NewMemory("lake")
	for _, key := range []string{"t/a.lzo", "t/a.lzo.index", "t/_SUCCESS", "t/.tmp/b.csv", "t/_k=1/c.csv", "t/index", "t/d.lzo.index/e.csv", "u/f.csv"} {
		mem.Set(key, []byte("1"))
	}
	got, err := listVisible(t.Context(), mem, "t", false)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range got {
		keys = append(keys, o.Key)
	}
	if want := []string{"t/_k=1/c.csv", "t/a.lzo", "t/d.lzo.index/e.csv", "t/index"}; !slices.Equal(keys, want) {
		t.Errorf("%q, want %q", keys, want)
	}
}
