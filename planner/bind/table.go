package bind

import (
	"encoding/base64"
	"encoding/json"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/ddl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
)

// pgCatalog is searched before the search path, as PostgreSQL does.
const pgCatalog = "pg_catalog"

// tableItem binds the name of a table, view, WITH item or virtual table.
func (b *binder) tableItem(e *ast.TableName, left *scope, env *cteEnv) (*fromItem, error) {
	if e.AsOf != nil {
		return nil, b.unsupported(e.Pos, "FOR %s AS OF needs a table format with snapshots (Iceberg, Delta)", strings.ToUpper(e.AsOfKind))
	}
	f, err := b.navigate(e, left)
	switch {
	case f == nil && err == nil && (e.Unpivot || e.Ordinal.Name != ""):
		what := "AT"
		if e.Unpivot {
			what = "UNPIVOT"
		}
		err = b.fail(e.Pos, fault.CodeUndefinedColumn, "%s needs a path into an item of FROM before it: %s is none", what, e.Name)
	case f == nil && err == nil:
		if f, err = b.tableSource(e, env); err != nil {
			err = b.notNavigable(e, left, err)
		}
	}
	return f, err
}

func (b *binder) tableSource(e *ast.TableName, env *cteEnv) (*fromItem, error) {
	if len(e.Name) == 1 {
		if c := env.find(e.Name[0].Name, false); c != nil {
			return b.cteItem(c, e)
		}
	}
	f, err := b.relationItem(e)
	if len(e.Name) == 1 && undefined(err) {
		name := e.Name[0].Name
		if c := env.find(name, true); c != nil {
			return b.cteItem(c, e)
		}
		if e := fault.As(err); e.Hint == "" {
			err = nearest(e, name, env.names())
		}
	}
	return f, err
}

func (b *binder) cteItem(c *cte, e *ast.TableName) (*fromItem, error) {
	r, err := b.cteRef(c, e.Pos)
	if err != nil {
		return nil, err
	}
	return b.named(r, "", e.Alias, c.def.Name.Name)
}

func undefined(err error) bool {
	return fault.Is(err, fault.CodeUndefinedTable) || fault.Is(err, fault.CodeInvalidSchemaName)
}

// relationItem binds a name outside of WITH.
func (b *binder) relationItem(e *ast.TableName) (*fromItem, error) {
	v, t, err := b.lookup(e.Name)
	if err != nil {
		return b.errorsItem(e, err)
	}
	if v != nil {
		return b.virtualItem(v, e.Alias)
	}
	if t.Kind == catalog.VirtualView {
		r, err := b.view(t, e.Name.Position())
		if err != nil {
			return nil, err
		}
		return b.named(r, t.Database, e.Alias, t.Name)
	}
	return b.scanItem(t, e)
}

// lookup finds a relation by name: a virtual table or one of the catalog.
func (b *binder) lookup(name ast.Name) (plan.VirtualTable, *catalog.Table, error) {
	if len(name) > 3 {
		return nil, nil, b.fail(name.Position(), fault.CodeSyntax, "improper qualified name (too many dotted names): %s", name)
	}
	if len(name) == 3 {
		if err := b.checkCatalog(name); err != nil {
			return nil, nil, err
		}
		name = name[1:]
	}
	if len(name) == 1 || name[0].Name == plan.TempSchema {
		if v, t, ok := b.tempRelation(name.Last().Name); ok {
			return v, t, nil
		}
	}
	if len(name) == 2 && name[0].Name == plan.TempSchema {
		return nil, nil, b.fail(name.Position(), fault.CodeUndefinedTable, "relation %q does not exist", name.String())
	}
	if len(name) == 2 {
		if v := b.virtual(name[0].Name, name[1].Name); v != nil {
			return v, nil, nil
		}
		t, err := b.table(name[0].Name, name[1].Name, name.Position())
		if v := b.partitionsTable(name[0].Name, name[1].Name, err); v != nil {
			return v, nil, nil
		}
		return nil, t, err
	}
	if v := b.virtual(pgCatalog, name[0].Name); v != nil {
		return v, nil, nil
	}
	return b.search(name[0])
}

// checkCatalog accepts the names that our one catalog goes by.
func (b *binder) checkCatalog(name ast.Name) error {
	switch c := strings.ToLower(name[0].Name); {
	case c == "glaux", c == "awsdatacatalog", sameName(c, b.s.Database, true):
		return nil
	}
	return b.unsupported(name.Position(), "cross-database references are not implemented: %q", name.String())
}

// search goes through the search path.
func (b *binder) search(id ast.Ident) (plan.VirtualTable, *catalog.Table, error) {
	var hinted error
	for _, schema := range b.path {
		if v := b.virtual(schema, id.Name); v != nil {
			return v, nil, nil
		}
		t, err := b.table(schema, id.Name, id.Pos)
		if v := b.partitionsTable(schema, id.Name, err); v != nil {
			return v, nil, nil
		}
		if err == nil {
			return nil, t, nil
		}
		if !undefined(err) {
			return nil, nil, err
		}
		if f := fault.As(err); hinted == nil && f.Hint != "" && f.Code == fault.CodeUndefinedTable {
			hinted = f
		}
	}
	err := b.fail(id.Pos, fault.CodeUndefinedTable, "relation %q does not exist", id.Name)
	if hinted != nil {
		return nil, nil, err.WithHint("%s", fault.As(hinted).Hint)
	}
	if near := b.elsewhere(id.Name); near != "" {
		return nil, nil, err.WithHint("There is %s, which is not in the search path.", near)
	}
	return nil, nil, err
}

// elsewhere looks for a table of this name in the databases off the path.
func (b *binder) elsewhere(name string) string {
	dbs, err := b.cfg.Catalog.Databases(b.ctx)
	if err != nil || len(dbs) > 100 {
		return ""
	}
	for _, d := range dbs {
		if t, err := b.cfg.Catalog.Table(b.ctx, d.Name, name); err == nil {
			return types.QuoteIdent(d.Name) + "." + types.QuoteIdent(t.Name)
		}
	}
	return ""
}

func (b *binder) virtual(schema, name string) plan.VirtualTable {
	if b.cfg.Virtual == nil {
		return nil
	}
	v, ok := b.cfg.Virtual.VirtualTable(strings.ToLower(schema), strings.ToLower(name))
	if !ok {
		return nil
	}
	return v
}

// table reads a table of the catalog, once per statement.
func (b *binder) table(database, name string, pos ast.Pos) (*catalog.Table, error) {
	key := database + "\x00" + name
	if t, ok := b.tables[key]; ok {
		return t, nil
	}
	t, err := b.cfg.Catalog.Table(b.ctx, database, name)
	if err != nil {
		return nil, b.located(err, pos)
	}
	b.tables[key] = t
	return t, nil
}

// partitionsTable gives Trino's "table$partitions", if that was what could not
// be found.
func (b *binder) partitionsTable(schema, name string, err error) plan.VirtualTable {
	base, ok := strings.CutSuffix(name, "$partitions")
	if err == nil || !ok {
		return nil
	}
	t, err := b.table(schema, base, 0)
	if err != nil || len(t.PartitionKeys) == 0 {
		return nil
	}
	return &partitionList{cfg: &b.cfg, table: t}
}

func (b *binder) virtualItem(v plan.VirtualTable, a ast.Alias) (*fromItem, error) {
	n := &plan.Virtual{Table: v, Alias: a.Name.Name}
	r := &relation{schema: v.Schema(), name: v.Name(), virtual: n}
	id := uint32(0)
	if s, ok := v.(plan.SystemTable); ok {
		id = s.OID()
	}
	for i, c := range v.Columns() {
		col := b.newCol(c.Name, c.Type)
		if id != 0 {
			b.origins[col.ID] = origin{system: id, attr: i + 1}
		}
		b.declaredCols[col.ID] = v.Schema() == "information_schema" // of domains over varchar; pg_catalog has text
		n.Cols = append(n.Cols, plan.VirtualColumn{Column: col, Index: i})
		r.cols = append(r.cols, relCol{name: c.Name, x: plan.Ref(col)})
	}
	return b.aliased(&fromItem{node: n, rels: []*relation{r}, cols: r.cols}, a)
}

func (b *binder) scanItem(t *catalog.Table, e *ast.TableName) (*fromItem, error) {
	n := &plan.Scan{Table: t, Alias: e.Alias.Name.Name, Pos: b.pos(e.Pos)}
	r := &relation{schema: t.Database, name: t.Name, scan: n}
	for i, c := range t.AllColumns() {
		col := b.newCol(c.Name, c.Type)
		b.unreadable(col.ID, &c)
		b.origins[col.ID], b.declaredCols[col.ID] = origin{table: t.ID, attr: i + 1}, true
		n.Cols = append(n.Cols, plan.ScanColumn{Column: col, Index: i})
		r.cols = append(r.cols, relCol{name: c.Name, x: plan.Ref(col)})
	}
	return b.aliased(&fromItem{node: n, rels: []*relation{r}, cols: r.cols}, e.Alias)
}

// paramDialect is the table parameter that keeps the dialect of a view.
const paramDialect = ddl.ParamDialect

// view expands a view: its text is bound in the view's own search path, and
// what comes out must still fit the columns that the catalog shows.
func (b *binder) view(t *catalog.Table, pos ast.Pos) (*rel, error) {
	name := types.QuoteIdent(t.Database) + "." + types.QuoteIdent(t.Name)
	for _, v := range b.views {
		if v == name {
			return nil, b.fail(pos, fault.CodeInvalidRecursion, "view %s refers to itself", name)
		}
	}
	text, database, err := viewText(t)
	if err != nil {
		return nil, b.located(err, pos)
	}
	saved := *b
	b.at, b.path, b.views = b.pos(pos), append([]string{database}, b.path...), append(b.views, name)
	if d, ok := t.Parameters[paramDialect]; ok {
		b.dialect = plan.Postgres
		if d == plan.Athena.String() {
			b.dialect = plan.Athena
		}
	}
	r, err := b.viewQuery(text)
	b.at, b.path, b.views, b.dialect = saved.at, saved.path, saved.views, saved.dialect
	if err != nil {
		f := *fault.As(err)
		f.Message = "in view " + name + ": " + f.Message
		f.Pos = b.pos(pos)
		return nil, &f
	}
	return b.fitView(r, t, name, pos)
}

func (b *binder) viewQuery(text string) (*rel, error) {
	stmts, err := parse.Parse(text)
	if err != nil {
		return nil, err
	}
	if len(stmts) == 1 {
		if q, ok := stmts[0].(*ast.Query); ok {
			r, err := b.query(q, nil, nil)
			if err != nil {
				return nil, err
			}
			return b.settle(r), nil
		}
	}
	return nil, fault.New(fault.CodeWrongObjectType, "the text of a view must be one query")
}

// fitView casts the columns to the declared types; a view that lost a column
// or whose columns cannot become what they were is stale.
func (b *binder) fitView(r *rel, t *catalog.Table, name string, pos ast.Pos) (*rel, error) {
	stale := func(format string, args ...any) error {
		return b.fail(pos, fault.CodeObjectNotReady, "view %s is stale; it must be re-created", name).WithDetail(format, args...)
	}
	if len(t.Columns) == 0 {
		return r, nil
	}
	if len(t.Columns) != len(r.cols) {
		return nil, stale("It was made with %d columns and now has %d.", len(t.Columns), len(r.cols))
	}
	ts := make([]types.Type, len(r.cols))
	for i, c := range t.Columns {
		ts[i] = c.Type
		if types.CoerceCost(r.cols[i].typ, c.Type) < 0 {
			return nil, stale("Column %q was %s and is now %s.", c.Name, c.Type, r.cols[i].typ)
		}
	}
	r = b.retype(r, ts)
	for i, c := range t.Columns {
		r.cols[i].name = c.Name
	}
	return r, nil
}

const prestoView = "/* Presto View: "

// viewText gives a view's query and the database that its names are in. Athena
// keeps views as base64 of a JSON object in a comment.
func viewText(t *catalog.Table) (text, database string, err error) {
	database = t.ViewDatabase
	if database == "" {
		database = t.Database
	}
	enc, ok := strings.CutPrefix(strings.TrimSpace(t.ViewText), prestoView)
	if !ok {
		return t.ViewText, database, nil
	}
	enc = strings.TrimSpace(strings.TrimSuffix(enc, "*/"))
	data, err := base64.StdEncoding.DecodeString(enc)
	if err != nil {
		return "", "", fault.Wrap(err, fault.CodeDataCorrupted, "the definition of view %s.%s is not valid base64", t.Database, t.Name)
	}
	var v struct {
		SQL    string `json:"originalSql"`
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return "", "", fault.Wrap(err, fault.CodeDataCorrupted, "the definition of view %s.%s is not valid JSON", t.Database, t.Name)
	}
	if v.Schema != "" {
		database = v.Schema
	}
	return v.SQL, database, nil
}

// nearestSorted is fault.Nearest over names in a fixed order, so that messages
// do not change from run to run.
func nearestSorted(name string, names []string) string {
	sort.Strings(names)
	return fault.Nearest(name, names)
}
