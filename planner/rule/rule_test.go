package rule_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/bind"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
	"github.com/glauxdb/glaux/planner/rule"
)

var (
	functions = fn.NewRegistry()
	evaluator = kernel.NewEvaluator(&kernel.EvalCtx{})
)

func session(db string) *plan.Session {
	return &plan.Session{User: "glaux", Database: db, SearchPath: []string{db}, TimeZone: time.UTC, Now: time.Unix(1700000000, 0),
		Setting: func(string) (string, bool) { return "", false }}
}

// projectedTable is logs.requests, whose partitions are made of its properties:
// 22 million of them if nothing restricts them.
func projectedTable() *catalog.Table {
	return &catalog.Table{Database: "logs", Name: "requests", Kind: catalog.ExternalTable, Format: "parquet", Version: 1,
		Columns: []catalog.Column{{Name: "path", Type: types.TVarchar}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "hour", Type: types.TInteger}, {Name: "tenant", Type: types.TVarchar},
			{Name: "id", Type: types.TVarchar}},
		Storage: catalog.Storage{Location: "s3://lake/requests/"},
		Parameters: map[string]string{"projection.enabled": "true",
			"projection.dt.type": "date", "projection.dt.range": "2000-01-01,2024-12-31", "projection.dt.format": "yyyy-MM-dd",
			"projection.hour.type": "integer", "projection.hour.range": "0,23",
			"projection.tenant.type": "enum", "projection.tenant.values": strings.Join(tenants(), ","),
			"projection.id.type": "injected"}}
}

func tenants() []string {
	var out []string
	for i := range 100 {
		out = append(out, fmt.Sprintf("t%02d", i))
	}
	return out
}

// optimize binds and optimizes one statement, checking the plan before and after.
func optimize(t *testing.T, db, sql string) (plan.Node, *rule.Ctx, error) {
	t.Helper()
	return optimizeIn(t, session(db), sql)
}

// optimizeIn is optimize in a session.
func optimizeIn(t *testing.T, s *plan.Session, sql string) (plan.Node, *rule.Ctx, error) {
	t.Helper()
	stmt, err := parse.ParseOne(sql)
	if err != nil {
		return nil, nil, err
	}
	cat := plantest.NewCatalog()
	cat.Put(projectedTable())
	bound, err := bind.Bind(context.Background(), bind.Config{Catalog: cat, Functions: functions, Evaluator: evaluator}, s, sql, stmt, nil)
	if err != nil {
		return nil, nil, err
	}
	q, ok := bound.(*plan.Query)
	if !ok {
		return nil, nil, errors.New("not a query")
	}
	if err := plan.Check(q.Root, nil); err != nil {
		t.Fatalf("bound plan: %v", err)
	}
	c := &rule.Ctx{Session: s, Evaluator: evaluator, Functions: functions, Catalog: cat, Lake: newLake(), NextID: q.NextID}
	root := &plan.Project{Input: q.Root}
	for _, col := range q.Columns {
		root.Items = append(root.Items, plan.PassItem(plan.Column{ID: col.ID, Name: col.Name, Type: col.Type}))
	}
	n, err := rule.Optimize(context.Background(), c, root)
	if err != nil {
		return nil, c, err
	}
	verify(t, n)
	return n, c, nil
}

// verify checks what must hold of every optimized plan.
func verify(t *testing.T, n plan.Node) {
	t.Helper()
	if err := plan.Check(n, nil); err != nil {
		t.Fatalf("%v\n%s", err, plan.Format(n))
	}
	plan.Visit(n, func(m plan.Node) bool {
		switch m := m.(type) {
		case *plan.Apply:
			t.Errorf("Apply left in the plan:\n%s", plan.Format(n))
		case *plan.Scan:
			if m.Source == nil {
				t.Errorf("scan of %s without source", m.Table.Name)
			}
		}
		return true
	})
}

func TestTPCH(t *testing.T) {
	files, err := filepath.Glob("../../testdata/tpch/queries/*.sql")
	if err != nil || len(files) != 22 {
		t.Fatalf("%d queries, %v", len(files), err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			sql, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n, c, err := optimize(t, "tpch", string(sql))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s\n%s", strings.Join(c.Trace, " "), plan.Format(n))
		})
	}
}

// TestRules optimizes the statements of testdata. Each names the rule that must
// have fired.
func TestRules(t *testing.T) {
	plantest.Golden(t, "testdata/*.txt", func(t *testing.T, c plantest.Case) string {
		db := c.Options["database"]
		if db == "" {
			db = "tpch"
		}
		n, ctx, err := optimize(t, db, c.SQL)
		if err != nil {
			return "error: " + err.Error()
		}
		if want := c.Options["rule"]; !slices.Contains(ctx.Trace, want) {
			t.Errorf("rule %s did not fire, only %s", want, strings.Join(ctx.Trace, " "))
		}
		if c.Options["show"] == "selects" {
			return selectedKeys(n)
		}
		return plan.Format(n)
	})
}

// selectedKeys lists the scans of a plan with the partition keys among whose values
// their conditions select.
func selectedKeys(n plan.Node) string {
	var out []string
	plan.Visit(n, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			line := s.Table.Name + ":"
			for k, yes := range s.Source.Selects {
				if yes {
					line += " " + s.Table.PartitionKeys[k].Name
				}
			}
			out = append(out, line)
		}
		return true
	})
	return strings.Join(out, "\n")
}
