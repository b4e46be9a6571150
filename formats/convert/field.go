package convert

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// FieldOf finds the field of a stored row that the field at a place of a
// table's row is: by name, in any case if no name is the same to the letter;
// one without a name by its place. Of several of a name it is the one at the
// same place, else the last. -1: the file lacks it.
func FieldOf(want types.Field, place, n int, name func(int) string) int {
	if place < n && (want.Name == "" || name(place) == want.Name) {
		return place
	}
	k := -1
	for j := range n {
		if name(j) == want.Name {
			k = j
		}
	}
	for j := 0; j < n && k < 0; j++ {
		if strings.EqualFold(name(j), want.Name) {
			k = j
		}
	}
	return k
}
