package planner_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
)

// TestTPCH binds the 22 queries; their bound plans must be consistent.
func TestTPCH(t *testing.T) {
	p := newPlanner(plantest.NewCatalog())
	files, err := filepath.Glob("../testdata/tpch/queries/q*.sql")
	if err != nil || len(files) != 22 {
		t.Fatalf("found %d TPC-H queries, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".sql"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			st, err := p.Bind(context.Background(), string(text), plantest.Session("tpch"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := plan.Check(st.(*plan.Query).Root, nil); err != nil {
				t.Error(err)
			}
		})
	}
}
