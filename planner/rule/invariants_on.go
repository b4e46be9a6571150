//go:build invariants

package rule

import (
	"fmt"

	"github.com/glauxdb/glaux/planner/plan"
)

// checkInvariants verifies what a rule made: it still puts out every column,
// with the same type, and it reads nothing that is not there but what the old
// plan read from outside.
func checkInvariants(rule string, before, after plan.Node) error {
	if err := VerifyRewrite(before, after); err != nil {
		return fmt.Errorf("rule %s: %w\nbefore:\n%safter:\n%s", rule, err, plan.Format(before), plan.Format(after))
	}
	return nil
}
