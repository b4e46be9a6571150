package convert

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// FieldOf finds the field of a stored row that the field at a place of a
// table's row is: by name, in any case if no name is the same to the letter;
// one without a name by its place. -1: the file lacks it.
func FieldOf(want types.Field, place, n int, name func(int) string) int {
	if want.Name == "" && place < n {
		return place
	}
	k := -1
	for j := range n {
		if c := name(j); c == want.Name || k < 0 && strings.EqualFold(c, want.Name) {
			k = j
		}
	}
	return k
}
