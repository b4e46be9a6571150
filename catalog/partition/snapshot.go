package partition

import (
	"cmp"
	"sort"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// Texts gives the key texts of partition i of a snapshot, as catalog.Partition
// has them in Values.
func Texts(ps *catalog.Partitions, i int) []string {
	texts := make([]string, len(ps.Keys))
	for k := range texts {
		switch v := ps.Value(k, i); {
		case ps.Text != nil:
			texts[k] = ps.Text(k, i)
		case v.Null:
			texts[k] = catalog.HiveNull
		default:
			texts[k] = string(types.AppendValue(nil, v))
		}
	}
	return texts
}

// PathOf gives the Hive path of partition i of a snapshot: month=01/day=31.
func PathOf(t *catalog.Table, ps *catalog.Partitions, i int) string {
	return Path(t.PartitionKeys, Texts(ps, i))
}

// Find gives the rows of the partitions whose keys have the values that these
// texts spell, ascending. There can be several: month=1 and month=01. A text
// that is no value of its key's type matches nothing.
func Find(t *catalog.Table, ps *catalog.Partitions, texts []string) []int {
	codes := make([]uint32, len(ps.Keys))
	for k := range codes {
		v, err := ParseValue(t.PartitionKeys[k].Type, texts[k])
		if err != nil {
			return nil
		}
		values := ps.Keys[k].Values
		at := sort.Search(len(values), func(i int) bool { return compareNullLast(&values[i], &v) >= 0 })
		if at == len(values) || compareNullLast(&values[at], &v) != 0 {
			return nil
		}
		codes[k] = uint32(at)
	}
	order := func(row int) int {
		for k := range codes {
			if d := cmp.Compare(ps.Keys[k].Codes[row], codes[k]); d != 0 {
				return d
			}
		}
		return 0
	}
	var rows []int
	for i := sort.Search(ps.N, func(i int) bool { return order(i) >= 0 }); i < ps.N && order(i) == 0; i++ {
		rows = append(rows, i)
	}
	return rows
}
