package bind

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// errorsSuffix makes the name of the table of what is wrong with a table's files.
const errorsSuffix = "$errors"

// errorsItem binds "t$errors", if that was what could not be found because of err:
// a scan of t whose rows are what is wrong in its files.
func (b *binder) errorsItem(e *ast.TableName, err error) (*fromItem, error) {
	base, ok := strings.CutSuffix(e.Name.Last().Name, errorsSuffix)
	if !ok || base == "" || !undefined(err) {
		return nil, err
	}
	name := slices.Clone(e.Name)
	name[len(name)-1].Name = base
	v, t, berr := b.lookup(name)
	switch {
	case berr != nil:
		return nil, berr
	case v != nil:
		return nil, b.noErrors(e, v.Name(), "has no files")
	case t.Kind == catalog.VirtualView:
		return nil, b.noErrors(e, t.Name, "is a view").WithHint("Ask for the errors of the tables that it reads.")
	}
	n := &plan.Scan{Table: t, Mode: plan.ScanErrors, Alias: e.Alias.Name.Name, Pos: b.pos(e.Pos)}
	r := &relation{schema: t.Database, name: t.Name + errorsSuffix, scan: n}
	add := func(c plan.ScanColumn) {
		n.Cols = append(n.Cols, c)
		r.cols = append(r.cols, relCol{name: c.Name, x: plan.Ref(c.Column)})
	}
	taken := map[string]bool{}
	for _, c := range plan.ErrorColumns {
		taken[c.Name] = true
		add(plan.ScanColumn{Column: b.newCol(c.Name, c.Type), Index: c.Index})
	}
	for i, k := range t.PartitionKeys {
		if taken[strings.ToLower(k.Name)] {
			continue // "$partition" has it
		}
		col := b.newCol(k.Name, k.Type)
		b.unreadable(col.ID, &k)
		add(plan.ScanColumn{Column: col, Index: len(t.Columns) + i})
	}
	return b.aliased(&fromItem{node: n, rels: []*relation{r}, cols: r.cols}, e.Alias)
}

func (b *binder) noErrors(e *ast.TableName, base, why string) *fault.Error {
	return b.fail(e.Name.Position(), fault.CodeWrongObjectType, "there is no table %q: %q %s", e.Name.Last().Name, base, why)
}

// nearest adds the name that was probably meant to the error of one that is unknown.
func nearest(err *fault.Error, name string, names []string) *fault.Error {
	if near := fault.Nearest(name, names); near != "" {
		return err.WithHint("Did you mean %q?", near)
	}
	return err
}
