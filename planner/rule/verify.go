package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// VerifyRewrite checks that after may stand in the place of before: it reads
// no column from outside that before did not read, puts out columns of the same
// types under the same IDs, and is sound in itself. Columns of the enclosing
// plan that before saw through a WITH are not known here and not checked.
func VerifyRewrite(before, after plan.Node) error {
	outer := plan.Free(before)
	for id := range plan.Free(after) {
		if !outer[id] {
			return bug("column #%d became free", id)
		}
	}
	was := map[plan.ColID]types.Type{}
	for _, col := range before.Output() {
		was[col.ID] = col.Type
	}
	for _, col := range after.Output() {
		if t, ok := was[col.ID]; ok && !t.Equal(col.Type) {
			return bug("column #%d changed from %s to %s", col.ID, t, col.Type)
		}
	}
	return nil
}
