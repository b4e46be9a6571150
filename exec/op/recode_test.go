package op_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

// recodeRows has two text columns around a number: with NULLs, with texts that are
// longer than an image holds, and one that has few values or only NULL.
func recodeRows(n, few int) ([]types.Type, [][]types.Value) {
	r := rand.New(rand.NewPCG(5, 5))
	text := func(i int) types.Value {
		if i < 0 || r.IntN(9) == 0 {
			return types.NullOf(types.TVarchar)
		}
		return types.StringOf(types.TVarchar, strings.Repeat(fmt.Sprint("t", i), 1+i%3*4))
	}
	var rows [][]types.Value
	for i := range n {
		rows = append(rows, []types.Value{text(r.IntN(200)), types.IntOf(types.TInteger, int64(i)), text(r.IntN(few) - 1)})
	}
	return []types.Type{types.TVarchar, types.TInteger, types.TVarchar}, rows
}

// TestRecode: texts that become numbers and then texts again are the same, and equal
// numbers are equal texts.
func TestRecode(t *testing.T) {
	optest.Each(t, func(t *testing.T, v optest.Variant) {
		for _, few := range []int{1, 2, 5} {
			ts, rows := recodeRows(3000, few)
			q := v.Query()
			dicts := []*op.Dictionary{op.NewDictionary(types.TVarchar, q.Mem.Child("a", 0)), op.NewDictionary(types.TVarchar, q.Mem.Child("b", 0))}
			numbers := func() op.Source {
				return &op.Recode{In: v.Input(ts, rows), Cols: []op.RecodeCol{{At: 0, Dict: dicts[0]}, {At: 2, Dict: dicts[1]}}}
			}
			back := &op.Recode{In: numbers(), Cols: []op.RecodeCol{{At: 0, Dict: dicts[0], Back: true}, {At: 2, Dict: dicts[1], Back: true}}}
			got, err := sortedRows(q, back)
			if err != nil {
				t.Fatal(err)
			}
			want, err := sortedRows(q, v.Input(ts, rows))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("-want +got:\n%.2000s", d)
			}
			checkNumbers(t, q, numbers(), rows)
		}
	})
}

// checkNumbers compares numbers with the texts of the rows that column 1 names.
func checkNumbers(t *testing.T, q *op.Query, src op.Source, rows [][]types.Value) {
	t.Helper()
	c := &op.Collect{Types: []types.Type{types.TInteger, types.TInteger, types.TInteger}, Mem: q.Mem.Child("collect", 0)}
	optest.Sink(t, q, src, c)
	got, err := rowsOf(q, c.Reader(nil))
	if err != nil || len(got) != len(rows) {
		t.Fatalf("%d rows of %d, %v", len(got), len(rows), err)
	}
	for _, at := range []int{0, 2} {
		byText, byNumber := map[string]int64{}, map[int64]string{}
		for _, r := range got {
			x, num := rows[r[1].I][at], r[at]
			if x.Null != num.Null {
				t.Fatalf("%v became %v", x, num)
			}
			if x.Null {
				continue
			}
			if n, ok := byText[x.S]; ok && n != num.I {
				t.Fatalf("%q is %d and %d", x.S, n, num.I)
			}
			if s, ok := byNumber[num.I]; ok && s != x.S {
				t.Fatalf("%d is %q and %q", num.I, s, x.S)
			}
			byText[x.S], byNumber[num.I] = num.I, x.S
		}
	}
}
