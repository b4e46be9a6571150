package planner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
)

func newPlanner(c catalog.Reader) *planner.Planner {
	return planner.New(planner.Config{Catalog: c, Functions: plantest.Functions{}, Evaluator: plantest.Evaluator{}, Virtual: plantest.Virtual{}})
}

// TestBind compares bound statements with testdata/bind. A case may have the
// options "path" (schemas), "dialect" (athena), "show" (columns: names and
// types instead of the plan).
func TestBind(t *testing.T) {
	c := plantest.NewCatalog()
	addViews(c)
	p := newPlanner(c)
	plantest.Golden(t, "testdata/bind/*.txt", func(t *testing.T, k plantest.Case) string {
		s := sessionOf(k)
		st, err := p.Bind(context.Background(), k.SQL, s, nil)
		if err != nil {
			return errorText(err)
		}
		return statementText(t, st, k.Options["show"])
	})
}

// sessionOf makes the session that a case asks for.
func sessionOf(k plantest.Case) *plan.Session {
	path := []string{"tpch"}
	if s, ok := k.Options["path"]; ok {
		path = strings.Fields(s)
	}
	s := plantest.Session(path...)
	if k.Options["dialect"] == "athena" {
		s.Dialect = plan.Athena
	}
	return s
}

func addViews(c *plantest.Catalog) {
	view := func(name, text string, cols ...catalog.Column) {
		c.Put(&catalog.Table{Database: "logs", Name: name, Kind: catalog.VirtualView, ViewText: text, ViewDatabase: "tpch", Columns: cols})
	}
	name := catalog.Column{Name: "name", Type: types.TVarchar}
	view("nations", "select n_name as name, n_regionkey as region from nation", name, catalog.Column{Name: "region", Type: types.TBigInt})
	view("broken", "select nme from nation", name)
	view("stale", "select n_name, n_comment from nation", name)
	view("changed", "select n_name from nation", catalog.Column{Name: "name", Type: types.TDate})
	view("loop", "select * from logs.loop", name)
	view("athena", "/* Presto View: eyJvcmlnaW5hbFNxbCI6InNlbGVjdCByX25hbWUgZnJvbSByZWdpb24iLCJzY2hlbWEiOiJ0cGNoIn0= */")
}

func errorText(err error) string {
	f := fault.As(err)
	s := fmt.Sprintf("ERROR %s at %d: %s", f.Code, f.Pos, f.Message)
	if f.Detail != "" {
		s += "\nDETAIL " + f.Detail
	}
	if f.Hint != "" {
		s += "\nHINT " + f.Hint
	}
	return s
}

func statementText(t *testing.T, st plan.Statement, show string) string {
	t.Helper()
	q, ok := st.(*plan.Query)
	if !ok {
		return commandText(st)
	}
	if err := plan.Check(q.Root, nil); err != nil {
		t.Errorf("invalid plan: %v", err)
	}
	var lines []string
	if len(q.Params) > 0 {
		ps := make([]string, len(q.Params))
		for i, p := range q.Params {
			ps[i] = p.String()
		}
		lines = append(lines, "params: "+strings.Join(ps, ", "))
	}
	if show == "columns" || show == "params" {
		if show == "columns" {
			for _, c := range q.Columns {
				lines = append(lines, c.Name+" "+c.Type.String())
			}
		}
		return strings.Join(lines, "\n")
	}
	return strings.Join(append(lines, plan.Format(q.Root)), "\n")
}
