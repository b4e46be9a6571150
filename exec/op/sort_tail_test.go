package op_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
)

// TestSortTails sorts strings that begin alike for longer than normalized keys
// reach: that differ in the middle, only in length, in zero bytes, or, at some
// workers', not at all.
func TestSortTails(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	path := strings.Repeat("/a/long/path", 4)
	for _, tail := range []func(i int) string{
		func(int) string { return fmt.Sprintf("%06d", r.IntN(300)) },
		func(int) string { return "12345678"[:r.IntN(9)] + "\x00\x00z"[:r.IntN(4)] },
		func(i int) string { return strings.Repeat("9", i/40) },
		func(i int) string { return fmt.Sprint("y", i/90, r.IntN(3)) },
	} {
		rows := sortRows(200)
		for i := range rows {
			rows[i][1] = types.StringOf(types.TVarchar, path+tail(i))
		}
		for _, desc := range []bool{false, true} {
			keys := []op.SortSpec{{Pos: 1, Type: sortTypes[1], Desc: desc}, {Pos: 0, Type: sortTypes[0], Desc: !desc, NullsFirst: true}}
			checkSort(t, rows, keys, -1, 0)
			checkSort(t, rows, keys, 20, 3)
		}
	}
	rows := sortRows(200) // one that is shorter than the others, and NULLs
	for i := range rows {
		if s := &rows[i][1]; !s.Null {
			*s = types.StringOf(types.TVarchar, path[:40+i%5])
		}
	}
	checkSort(t, rows, []op.SortSpec{{Pos: 1, Type: sortTypes[1], NullsFirst: true}}, -1, 0)
}
