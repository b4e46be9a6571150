package window_test

import (
	"testing"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestEveryWindowFunctionIsKnown: what the registry lists can be computed.
func TestEveryWindowFunctionIsKnown(t *testing.T) {
	for _, e := range fn.NewRegistry().Entries() {
		if e.Kind == plan.WindowFunc && !window.Known(e.Names[0]) {
			t.Errorf("%s cannot be computed", e.Names[0])
		}
	}
}
