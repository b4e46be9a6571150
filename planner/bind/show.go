package bind

import (
	"regexp"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/ddl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// lines makes the query that delivers rows of text.
func (b *binder) lines(command string, names []string, rows [][]string) (plan.Statement, error) {
	v := &plan.Values{}
	for _, n := range names {
		v.Cols = append(v.Cols, b.newCol(n, types.TVarchar))
	}
	for _, r := range rows {
		row := make([]plan.Expr, len(r))
		for i, s := range r {
			row[i] = &plan.Const{Value: types.StringOf(types.TVarchar, s)}
		}
		v.Rows = append(v.Rows, row)
	}
	return b.finish(&rel{node: v, cols: visible(v.Cols)}, command)
}

func column(ss []string) [][]string {
	rows := make([][]string, len(ss))
	for i, s := range ss {
		rows[i] = []string{s}
	}
	return rows
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (b *binder) show(s *ast.Show) (plan.Statement, error) {
	switch s.What {
	case "databases", "schemas":
		return b.showDatabases(s)
	case "tables", "views":
		return b.showTables(s)
	case "columns":
		return b.showColumns(s)
	case "partitions":
		return b.showPartitions(s)
	case "create table", "create view":
		return b.showCreate(s)
	case "create database":
		return b.showCreateDatabase(s)
	case "tblproperties":
		return b.showProperties(s)
	case "drift":
		return b.showDrift(s)
	case "functions":
		return b.showFunctions(s)
	case "templates":
		return b.showTemplates(s)
	case "workgroups", "budgets", "workgroup", "budget", "create workgroup", "create budget":
		return b.showObjects(s)
	}
	return nil, b.unsupported(s.Pos, "SHOW %s is not supported", strings.ToUpper(s.What))
}

// likeFilter makes the test of a SHOW's pattern: SQL's LIKE if it has a %,
// else Hive's, where * means anything and | parts alternatives. Case does not
// matter.
func (b *binder) likeFilter(s *ast.Show) (func(string) bool, error) {
	if !s.HasLike {
		return func(string) bool { return true }, nil
	}
	var re strings.Builder
	re.WriteString("(?is)^(?:")
	sql := strings.Contains(s.Like, "%")
	for _, r := range s.Like {
		switch {
		case sql && r == '%', !sql && r == '*':
			re.WriteString(".*")
		case sql && r == '_':
			re.WriteString(".")
		case !sql && r == '|':
			re.WriteString("|")
		case !sql && r == '.': // Hive's ".*"
		default:
			re.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	re.WriteString(")$")
	x, err := regexp.Compile(re.String())
	if err != nil {
		return nil, b.fail(s.Pos, fault.CodeInvalidRegexp, "invalid pattern %q", s.Like)
	}
	return x.MatchString, nil
}

func (b *binder) showDatabases(s *ast.Show) (plan.Statement, error) {
	keep, err := b.likeFilter(s)
	if err != nil {
		return nil, err
	}
	dbs, err := b.cfg.Catalog.Databases(b.ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range dbs {
		if keep(d.Name) {
			names = append(names, d.Name)
		}
	}
	return b.lines("SHOW", []string{"database_name"}, column(names))
}

// current gives the database that SHOW is about.
func (b *binder) current(in ast.Ident, pos ast.Pos) (string, error) {
	if in.Name != "" {
		d, err := b.cfg.Catalog.Database(b.ctx, in.Name)
		if err != nil {
			return "", b.located(err, in.Pos)
		}
		return d.Name, nil
	}
	for _, schema := range b.path {
		if d, err := b.cfg.Catalog.Database(b.ctx, schema); err == nil {
			return d.Name, nil
		}
	}
	return "", b.fail(pos, fault.CodeInvalidSchemaName, "no schema has been selected").WithHint("Write SHOW TABLES IN database, or SET search_path.")
}

func (b *binder) showTables(s *ast.Show) (plan.Statement, error) {
	keep, err := b.likeFilter(s)
	if err != nil {
		return nil, err
	}
	database, err := b.current(s.In, s.Pos)
	if err != nil {
		return nil, err
	}
	ts, err := b.cfg.Catalog.Tables(b.ctx, database)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range ts {
		if keep(t.Name) && (s.What == "tables" || t.Kind == catalog.VirtualView) {
			names = append(names, t.Name)
		}
	}
	title := map[string]string{"tables": "tab_name", "views": "views"}[s.What]
	return b.lines("SHOW", []string{title}, column(names))
}

// showName adds the database of IN to a table's name.
func showName(s *ast.Show) ast.Name {
	if s.In.Name != "" && len(s.Name) == 1 {
		return ast.Name{s.In, s.Name[0]}
	}
	return s.Name
}

// describable finds a relation that SHOW or DESCRIBE tells about; a virtual
// table looks like a table without storage.
func (b *binder) describable(name ast.Name) (*catalog.Table, error) {
	v, t, err := b.lookup(name)
	if err != nil || t != nil {
		return t, err
	}
	return &catalog.Table{Database: v.Schema(), Name: v.Name(), Columns: v.Columns()}, nil
}

func (b *binder) showColumns(s *ast.Show) (plan.Statement, error) {
	t, err := b.describable(showName(s))
	if err != nil {
		return nil, err
	}
	keep, err := b.likeFilter(s)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range t.AllColumns() {
		if keep(c.Name) {
			names = append(names, c.Name)
		}
	}
	return b.lines("SHOW", []string{"field"}, column(names))
}

// showPartitions reads the Hive paths of the partition list.
func (b *binder) showPartitions(s *ast.Show) (plan.Statement, error) {
	t, err := b.existingTable(s.Name)
	if err != nil {
		return nil, err
	}
	if len(t.PartitionKeys) == 0 {
		return nil, b.notPartitioned(t.Name, s.Name.Position())
	}
	col := b.newCol("partition", types.TVarchar)
	n := &plan.Virtual{
		Table: &partitionList{cfg: &b.cfg, table: t, listed: true}, Cols: []plan.VirtualColumn{{Column: col, Index: len(t.PartitionKeys)}},
	}
	return b.finish(&rel{node: n, cols: visible([]plan.Column{col})}, "SHOW")
}

// showCreate gives the statement line by line, as Hive and Athena do.
func (b *binder) showCreate(s *ast.Show) (plan.Statement, error) {
	t, err := b.existing(s.Name)
	if err != nil {
		return nil, err
	}
	view := s.What == "create view"
	if view != (t.Kind == catalog.VirtualView) {
		return nil, b.fail(s.Name.Position(), fault.CodeWrongObjectType, "%q is not a %s", t.Name, strings.TrimPrefix(s.What, "create "))
	}
	if !view {
		return b.lines("SHOW", []string{"createtab_stmt"}, column(strings.Split(ddl.Table(t), "\n")))
	}
	text, _, err := viewText(t)
	if err != nil {
		return nil, b.located(err, s.Name.Position())
	}
	return b.lines("SHOW", []string{"Create View"}, column(strings.Split(ddl.View(t, text, false), "\n")))
}

func (b *binder) showProperties(s *ast.Show) (plan.Statement, error) {
	t, err := b.existing(s.Name)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, k := range sortedKeys(t.Parameters) {
		if !s.HasLike || k == s.Like {
			rows = append(rows, []string{k, t.Parameters[k]})
		}
	}
	return b.lines("SHOW", []string{"prpt_name", "prpt_value"}, rows)
}

// functionLister is a registry that can list what it has, for SHOW FUNCTIONS:
// name, kind, signature and description of each overload, in order.
type functionLister interface{ ListFunctions() [][4]string }

func (b *binder) showFunctions(s *ast.Show) (plan.Statement, error) {
	keep, err := b.likeFilter(s)
	if err != nil {
		return nil, err
	}
	l, ok := b.cfg.Functions.(functionLister)
	if !ok {
		return nil, b.unsupported(s.Pos, "SHOW FUNCTIONS is not supported by this function registry")
	}
	var rows [][]string
	for _, f := range l.ListFunctions() {
		if keep(f[0]) {
			rows = append(rows, f[:])
		}
	}
	own, err := b.ownFunctions()
	if err != nil {
		return nil, err
	}
	for _, f := range own {
		if keep(f.Name) {
			kind := map[bool]string{false: "scalar", true: "table"}[f.Table]
			rows = append(rows, []string{f.Database + "." + f.Name, kind, "(" + f.Signature() + ") -> " + f.Result(), f.Comment})
		}
	}
	return b.lines("SHOW", []string{"Function", "Function Type", "Signature", "Description"}, rows)
}

// describe lists the columns of a relation; EXTENDED and FORMATTED add what is
// known of its storage.
func (b *binder) describe(s *ast.Describe) (plan.Statement, error) {
	switch {
	case s.Database:
		return b.describeDatabase(s)
	case s.Prepared != "":
		return &plan.DescribePrepared{Name: s.Name.Last().Name, Output: s.Prepared == "output"}, nil
	}
	t, err := b.describable(s.Name)
	if err != nil {
		return nil, err
	}
	if s.Column != nil || s.Partition != nil {
		return b.describePart(t, s)
	}
	if b.dialect == plan.Athena {
		return b.lines("DESCRIBE", []string{"col_name", "data_type", "comment"}, describeHive(t, s.Mode != ""))
	}
	var rows [][]string
	for i, c := range t.AllColumns() {
		extra := ""
		if i >= len(t.Columns) {
			extra = "partition key"
		}
		rows = append(rows, []string{c.Name, typeText(&c), extra, c.Comment})
	}
	if s.Mode != "" && t.Kind != "" {
		rows = append(rows, []string{"", "", "", ""}, []string{"# Detailed Table Information", "", "", ""})
		for _, kv := range storageInfo(t) {
			rows = append(rows, []string{kv[0], kv[1], "", ""})
		}
	}
	return b.lines("DESCRIBE", []string{"column", "type", "extra", "comment"}, rows)
}

// describeHive lists the columns of a relation as Hive and Athena do: with Hive's
// types, and those that are partition keys a second time.
func describeHive(t *catalog.Table, whole bool) [][]string {
	line := func(c *catalog.Column) []string {
		if c.HiveType != "" {
			return []string{c.Name, c.HiveType, c.Comment}
		}
		return []string{c.Name, c.Type.Hive(), c.Comment}
	}
	var rows [][]string
	for _, c := range t.AllColumns() {
		rows = append(rows, line(&c))
	}
	blank := []string{"", "", ""}
	if len(t.PartitionKeys) > 0 {
		rows = append(rows, blank, []string{"# Partition Information", "", ""}, []string{"# col_name", "data_type", "comment"}, blank)
		for _, c := range t.PartitionKeys {
			rows = append(rows, line(&c))
		}
	}
	if whole && t.Kind != "" {
		rows = append(rows, blank, []string{"# Detailed Table Information", "", ""})
		for _, kv := range storageInfo(t) {
			rows = append(rows, []string{kv[0] + ":", kv[1], ""})
		}
	}
	return rows
}

// typeText gives a column's type, one that is none here as the catalog has it.
func typeText(c *catalog.Column) string {
	if c.Type.Kind == types.Unknown && c.HiveType != "" {
		return c.HiveType
	}
	return c.Type.String()
}

func storageInfo(t *catalog.Table) [][2]string {
	out := [][2]string{{"Database", t.Database}, {"Table", t.Name}, {"Table Type", string(t.Kind)}}
	for _, kv := range [][2]string{
		{"Comment", t.Description}, {"Location", t.Storage.Location}, {"Format", t.Format}, {"SerDe Library", t.Storage.SerDe},
		{"InputFormat", t.Storage.InputFormat}, {"OutputFormat", t.Storage.OutputFormat}, {"View Text", t.ViewText},
	} {
		if kv[1] != "" {
			out = append(out, kv)
		}
	}
	for _, k := range sortedKeys(t.Storage.SerDeParams) {
		out = append(out, [2]string{"SerDe Property " + k, t.Storage.SerDeParams[k]})
	}
	for _, k := range sortedKeys(t.Parameters) {
		out = append(out, [2]string{"Table Property " + k, t.Parameters[k]})
	}
	return out
}
