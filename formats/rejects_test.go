package formats_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
)

// TestRejects: what is told is the same in whatever order rows are rejected.
func TestRejects(t *testing.T) {
	var all []formats.Reject
	for _, file := range []string{"a.csv", "b.csv"} {
		for line := int64(2); line < 20; line++ {
			all = append(all, formats.Reject{Object: file, Offset: 10 * line, Column: "n", Why: "bad", Action: cleanse.DropRow})
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

// TestRejectsUnder: a scan's log counts its own, its query's all, of which quiet
// ones are no matter of a warning or a limit; a survey gets everything.
func TestRejectsUnder(t *testing.T) {
	var all formats.Rejects
	all.Limit(4)
	one, two := all.Under(), all.Under()
	cut := formats.Reject{Object: "a", Offset: 7, Group: 1, Column: "c", Raw: []byte("abc"), New: []byte("ab"), Trigger: cleanse.Surplus, Action: cleanse.Truncate, Why: "long"}
	one.Add(cut, nil)
	two.Add(cut, nil)
	two.Tally(cleanse.Malformed, cleanse.SetNull, 5, true)
	two.Add(formats.Reject{Object: "b", Trigger: cleanse.Overflow, Action: cleanse.SetNull, Why: "big"}, func() int64 { return 3 })
	two.Add(formats.Reject{Object: "b", Trigger: cleanse.Malformed, Action: cleanse.SetNull, Quiet: true}, nil)
	if got := one.Summary(); got != "SURPLUS_CHAR: 1 TRUNCATE" {
		t.Error(got)
	}
	if got := all.Summary(); got != "MALFORMED: 6 SET_TO_NULL; NUMERIC_OVERFLOW: 1 SET_TO_NULL; SURPLUS_CHAR: 2 TRUNCATE" {
		t.Error(got)
	}
	w := all.Warning()
	if diff := cmp.Diff("data cleansing changed values: NUMERIC_OVERFLOW: 1 SET_TO_NULL; SURPLUS_CHAR: 2 TRUNCATE", w.Message); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("a, row 7, column \"c\": long (TRUNCATE)\na, row 7, column \"c\": long (TRUNCATE)\nb, line 3: big (SET_TO_NULL)", w.Detail); diff != "" {
		t.Error(diff)
	}
	if all.Err() != nil {
		t.Error(all.Err())
	}
	one.Add(formats.Reject{Object: "b", Trigger: cleanse.ColumnCount, Action: cleanse.DropRow}, nil)
	if err := all.Err(); err == nil || !strings.HasPrefix(all.Warning().Message, "data cleansing left out rows and changed values: ") {
		t.Error(err, all.Warning())
	}
	var got []formats.Reject
	s := formats.Survey(func(x formats.Reject) { got = append(got, x) })
	s.Add(formats.Reject{Raw: bytes.Repeat([]byte("x"), 1000)}, func() int64 { return 9 })
	if !s.Surveys() || all.Surveys() || len(got) != 1 || got[0].Line != 9 || len(got[0].Raw) > 300 {
		t.Errorf("%+v", got)
	}
	if p := formats.Printable([]byte("a\xff\x00é")); p != `a\xff\x00é` {
		t.Error(p)
	}
}
