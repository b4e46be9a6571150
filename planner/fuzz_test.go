package planner_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
)

// FuzzBind binds whatever parses: no panic, no internal error, and a plan that
// is consistent. The seeds are the statements of the golden files.
func FuzzBind(f *testing.F) {
	files, err := filepath.Glob("testdata/bind/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, block := range strings.Split(string(data), "\n\n") {
			head, _, _ := strings.Cut(block, "\n----")
			f.Add(head, strings.Contains(head, "athena"))
		}
	}
	c := plantest.NewCatalog()
	addViews(c)
	p := newPlanner(c)
	f.Fuzz(func(t *testing.T, sql string, athena bool) {
		if len(sql) > 2000 {
			return
		}
		s := plantest.Session("tpch", "logs")
		if athena {
			s.Dialect = plan.Athena
		}
		st, err := p.Bind(context.Background(), sql, s, nil)
		if err != nil {
			if e := fault.As(err); e.Code == fault.CodeInternal {
				t.Fatalf("%s: %v", sql, err)
			}
			return
		}
		if q, ok := st.(*plan.Query); ok {
			if err := plan.Check(q.Root, nil); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
		}
	})
}
