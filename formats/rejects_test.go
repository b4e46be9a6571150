package formats_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
)

// TestRejects: what is told is the same in whatever order rows are rejected.
func TestRejects(t *testing.T) {
	var all []formats.Reject
	for _, file := range []string{"a.csv", "b.csv"} {
		for line := int64(2); line < 20; line++ {
			all = append(all, formats.Reject{Object: file, Offset: 10 * line, Column: "n", Why: "bad"})
		}
	}
	var want string
	for range 20 {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var r formats.Rejects
		for _, x := range all {
			r.Add(x, func() int64 { return x.Offset / 10 })
		}
		w := r.Warning()
		if r.Count() != 36 || !strings.HasPrefix(w.Message, "36 rows") {
			t.Fatal(r.Count(), w)
		}
		if want == "" {
			want = w.Detail
		}
		if diff := cmp.Diff(want, w.Detail); diff != "" {
			t.Fatal(diff)
		}
	}
	if !strings.HasPrefix(want, "a.csv, line 2, column \"n\": bad\n") || !strings.HasSuffix(want, "b.csv, line 3, column \"n\": bad\nand 16 more") {
		t.Error(want)
	}
	if new(formats.Rejects).Warning() != nil {
		t.Error("a warning of nothing")
	}
}
