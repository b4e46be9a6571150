package slttest

import (
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/planner/rule"
)

// showPlans are the scripts whose answers tell of the plan, or that run only where
// conditions reach the scans.
var showPlans = []string{"estimate", "explain", "formats_arrow", "partition_filter", "partitions"}

// forSpeed are rules without which joins compare all pairs, which takes a minute.
var forSpeed = []string{"extract_join_keys", "push_filter_join", "push_join_conditions"}

// TestScriptsInPieces runs the scripts with operators that hand on three rows at a
// time: where their batches end must not matter.
func TestScriptsInPieces(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	runWith(t, nil, map[string]string{"batch_rows": "3"})
}

// TestScriptsWithoutRules runs the scripts with plans as they were written, but
// for the rules that make them executable: the others may only make them faster.
func TestScriptsWithoutRules(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	names := slices.DeleteFunc(rule.Optional(), func(name string) bool { return slices.Contains(forSpeed, name) })
	runWith(t, showPlans, map[string]string{"disabled_rules": strings.Join(names, ",")})
}

// TestScriptsSpilled runs the scripts with everything spilled to disk that can be,
// with every batch.
func TestScriptsSpilled(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	runWith(t, nil, map[string]string{"spill_always": "on"})
}

// tooLarge are the scripts with a query whose answer takes more than that, or what
// cannot be spilled: one group of 300,000 strings, what windows hold, and the memory of a module.
var tooLarge = []string{"statements", "top_n", "wasm"}

// TestScriptsInLittleMemory runs the scripts with little memory for each query.
func TestScriptsInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	runWith(t, tooLarge, map[string]string{"query_max_memory": "4MB"})
}

// runWith runs all scripts but some in sessions with these settings.
func runWith(t *testing.T, without []string, set map[string]string) {
	RunDir(t, root+"slt", false, func(t *testing.T) DB {
		if slices.ContainsFunc(without, func(name string) bool { return strings.HasSuffix(t.Name(), "/"+name) }) {
			t.Skip("its answers tell of the plan")
		}
		e := Lake(t, root+"lake", func(o *exec.Options) {
			o.Workers, o.Governor, o.SpillDir = 2, governor(t, o.Catalog.(catalog.Documents)), t.TempDir()
		})
		s, err := e.NewSession(exec.SessionOptions{User: "test", Database: "lake", Settings: set})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return Session{s}
	})
}
