package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// scope is what names mean at one level of a query.
type scope struct {
	outer *scope      // the enclosing query's, for correlated columns
	env   *cteEnv     // the WITH names
	rels  []*relation // what table.column may name
	cols  []relCol    // what an unqualified name may be, in the order of *
	// siblings: the items of FROM to the left, seen by LATERAL items only.
	siblings bool
}

// relation is an item of FROM.
type relation struct {
	schema, name string
	cols         []relCol
	scan         *plan.Scan    // set for a file table: its hidden columns are added on demand
	virtual      *plan.Virtual // set for a virtual table
	element      bool          // elements of an array that a path named: PartiQL's FROM t.list AS e
}

// relCol is a column that a name may mean. x is a plan.Col, or for the merged
// column of a FULL JOIN ... USING an expression.
type relCol struct {
	name string
	x    plan.Expr
}

func sameName(a, b string, fold bool) bool {
	return a == b || fold && strings.EqualFold(a, b)
}

// column resolves a dotted name: a column, table.column, schema.table.column,
// each followed by any number of row fields. Exact matches at any level win
// over case-insensitive ones.
func (b *binder) column(c *exprCtx, name ast.Name) (plan.Expr, error) {
	for _, fold := range []bool{false, true} {
		if x := c.lambdaParam(name[0].Name, fold); x != nil {
			return b.fields(x, name[1:])
		}
		if c.match != nil {
			if fold {
				return b.matchColumn(c, name)
			}
			continue
		}
		for sc := c.sc; sc != nil; sc = sc.outer {
			x, used, err := b.find(sc, name, fold)
			if err != nil {
				return nil, err
			}
			if x != nil {
				if err := b.readable(x, name.Position()); err != nil {
					return nil, err
				}
				return b.fields(withPos(x, b.planPos(name)), name[used:])
			}
		}
		if x := c.alias(name, fold); x != nil {
			return x, nil
		}
	}
	return nil, b.noColumn(c, name)
}

// find looks in one scope; used is the number of parts that name the column.
func (b *binder) find(sc *scope, name ast.Name, fold bool) (x plan.Expr, used int, err error) {
	if len(name) > 3 && sameName(name[0].Name, b.s.Database, true) {
		x, used, err = b.find(sc, name[1:], fold)
		return x, used + 1, err
	}
	if len(name) >= 3 {
		for _, r := range sc.rels {
			if sameName(r.schema, name[0].Name, fold) && sameName(r.name, name[1].Name, fold) {
				if x, err = b.relColumn(r, name[2], fold); x != nil || err != nil {
					return x, 3, err
				}
			}
		}
	}
	if len(name) >= 2 {
		if x, err = b.qualified(sc, name, fold); x != nil || err != nil {
			return x, 2, err
		}
	}
	x, err = b.unqualified(sc, name[0], fold)
	if x != nil && len(name) > 1 && x.Type().Kind != types.Row && b.hasRelation(sc, name[0].Name) {
		return nil, 0, nil // t.x where t is both a table and a scalar column: say that t has no x
	}
	if x == nil && err == nil && len(name) == 1 {
		x = b.wholeRow(sc, name[0], fold)
	}
	return x, 1, err
}

// qualified finds table.column.
func (b *binder) qualified(sc *scope, name ast.Name, fold bool) (plan.Expr, error) {
	var found plan.Expr
	for _, r := range sc.rels {
		if !sameName(r.name, name[0].Name, fold) {
			continue
		}
		x, err := b.relColumn(r, name[1], fold)
		if err != nil {
			return nil, err
		}
		if x != nil && found != nil {
			return nil, b.fail(name[0].Pos, fault.CodeAmbiguousColumn, "table reference %q is ambiguous", name[0].Name)
		}
		if x != nil {
			found = x
		}
	}
	return found, nil
}

// relColumn finds a column of one relation, the hidden and system ones last.
func (b *binder) relColumn(r *relation, id ast.Ident, fold bool) (plan.Expr, error) {
	x, err := b.pick(r.cols, id, fold)
	if x == nil && err == nil {
		x = b.hidden(r, id.Name)
	}
	return x, err
}

func (b *binder) pick(cols []relCol, id ast.Ident, fold bool) (plan.Expr, error) {
	var found plan.Expr
	for i := range cols {
		if !sameName(cols[i].name, id.Name, fold) {
			continue
		}
		if found != nil {
			return nil, b.fail(id.Pos, fault.CodeAmbiguousColumn, "column reference %q is ambiguous", id.Name)
		}
		found = cols[i].x
	}
	return found, nil
}

// candidates lists the relations' columns that an ambiguous name may mean.
func candidates(err error, sc *scope, name string, fold bool) error {
	var list []string
	for _, r := range sc.rels {
		for i := range r.cols {
			if r.name != "" && sameName(r.cols[i].name, name, fold) {
				if full := r.name + "." + r.cols[i].name; !slices.Contains(list, full) {
					list = append(list, full)
				}
			}
		}
	}
	if f := fault.As(err); len(list) > 1 && f.Hint == "" {
		return f.WithHint("It may mean %s.", strings.Join(list, " or "))
	}
	return err
}

func (b *binder) unqualified(sc *scope, id ast.Ident, fold bool) (plan.Expr, error) {
	x, err := b.pick(sc.cols, id, fold)
	if err != nil {
		return nil, candidates(err, sc, id.Name, fold)
	}
	if x != nil {
		return x, nil
	}
	for _, r := range sc.rels {
		h := b.hidden(r, id.Name)
		if h != nil && x != nil {
			return nil, b.fail(id.Pos, fault.CodeAmbiguousColumn, "column reference %q is ambiguous", id.Name)
		}
		if h != nil {
			x = h
		}
	}
	return x, nil
}

// hiddenColumns are those of a file table that * leaves out.
var hiddenColumns = map[string]struct {
	index int
	typ   types.Type
}{
	"$path":               {plan.HiddenPath, types.TVarchar},
	"$size":               {plan.HiddenFileSize, types.TBigInt},
	"$file_size":          {plan.HiddenFileSize, types.TBigInt},
	"$file_modified_time": {plan.HiddenModified, types.TimestampTZOf(3)},
	"$partition":          {plan.HiddenPartition, types.TVarchar},
	"$etag":               {plan.HiddenETag, types.TVarchar},
	"$row_position":       {plan.HiddenPosition, types.TBigInt},
}

// hidden gives a hidden column of a file table, or a system column that
// PostgreSQL clients ask for, or nil.
func (b *binder) hidden(r *relation, name string) plan.Expr {
	if r.scan != nil {
		h, ok := hiddenColumns[name]
		if ok && !(h.index == plan.HiddenPosition && r.scan.Mode != plan.ScanRows) {
			for _, sc := range r.scan.Cols {
				if sc.Index == h.index {
					return plan.Ref(sc.Column)
				}
			}
			col := b.newCol(name, h.typ)
			r.scan.Cols = append(r.scan.Cols, plan.ScanColumn{Column: col, Index: h.index})
			return plan.Ref(col)
		}
	}
	if r.scan == nil && r.virtual == nil {
		return nil
	}
	switch name {
	case "tableoid":
		text := &plan.Const{Value: types.StringOf(types.TVarchar, r.tableName())}
		class := &plan.Cast{X: text, To: types.Type{Kind: types.OID, S: types.RegClass}}
		return &plan.Cast{X: class, To: types.TOID}
	case "xmin", "xmax", "cmin", "cmax":
		return &plan.Const{Value: types.IntOf(types.TOID, 0)}
	case "ctid":
		return &plan.Const{Value: types.StringOf(types.TVarchar, "(0,0)")}
	}
	return nil
}

// tableName gives the qualified name of the table behind any alias.
func (r *relation) tableName() string {
	if r.scan != nil {
		return types.QuoteIdent(r.scan.Table.Database) + "." + types.QuoteIdent(r.scan.Table.Name)
	}
	return types.QuoteIdent(r.virtual.Table.Schema()) + "." + types.QuoteIdent(r.virtual.Table.Name())
}

func (b *binder) hasRelation(sc *scope, name string) bool {
	for _, r := range sc.rels {
		if strings.EqualFold(r.name, name) {
			return true
		}
	}
	return false
}

// wholeRow makes the row value that a table's bare name stands for.
func (b *binder) wholeRow(sc *scope, id ast.Ident, fold bool) plan.Expr {
	for _, r := range sc.rels {
		if !sameName(r.name, id.Name, fold) || r.name == "" {
			continue
		}
		if len(r.cols) == 1 && r.scan == nil && r.virtual == nil {
			return r.cols[0].x // a function's alias stands for its one column
		}
		row := &plan.MakeRow{Pos: b.planPos(id)}
		var fs []types.Field
		for _, c := range r.cols {
			row.Args = append(row.Args, c.x)
			fs = append(fs, types.Field{Name: c.name, Type: c.x.Type()})
		}
		row.Typ = types.RowOf(fs...)
		return row
	}
	return nil
}

// fields descends into row fields.
func (b *binder) fields(x plan.Expr, path ast.Name) (plan.Expr, error) {
	for _, id := range path {
		f, err := b.field(x, id)
		if err != nil {
			return nil, err
		}
		x = f
	}
	return x, nil
}

func (b *binder) field(x plan.Expr, id ast.Ident) (plan.Expr, error) {
	t := x.Type()
	if t.Kind == types.JSON { // a member: NULL if there is none, as in PartiQL
		return b.apply(id.Pos, "->", []plan.Expr{x, &plan.Const{Pos: b.planPos(id), Value: types.StringOf(types.TVarchar, id.Name)}})
	}
	if t.Kind != types.Row {
		err := b.fail(id.Pos, fault.CodeUndefinedColumn, "column notation .%s applied to type %s, which is not a row", id.Name, t)
		if t.Kind == types.Array && t.Elem().Kind == types.Row {
			return nil, err.WithHint("To reach the fields of its elements, put the array into FROM: FROM t, t.list AS e, or CROSS JOIN UNNEST(list) AS e.")
		}
		return nil, err
	}
	names := make([]string, len(t.Fields))
	for i := range t.Fields {
		names[i] = t.Fields[i].Name
	}
	for _, fold := range []bool{false, true} {
		for i, n := range names {
			if sameName(n, id.Name, fold) {
				if row, ok := x.(*plan.MakeRow); ok {
					return row.Args[i], nil
				}
				return &plan.Field{Pos: b.planPos(id), X: x, Index: i}, nil
			}
		}
	}
	if i := anonymousField(id.Name, names); i >= 0 {
		return &plan.Field{Pos: b.planPos(id), X: x, Index: i}, nil
	}
	err := b.fail(id.Pos, fault.CodeUndefinedColumn, "field %q not found in %s", id.Name, t)
	if near := fault.Nearest(id.Name, names); near != "" {
		return nil, err.WithHint("Did you mean %q?", near)
	}
	return nil, err
}

// anonymousField gives the index of a field without a name that is called as Presto
// shows it (field0, the first) or as PostgreSQL does (f1); -1 if there is none.
func anonymousField(name string, names []string) int {
	name = strings.ToLower(name)
	for i, n := range names {
		if n == "" && (name == "field"+strconv.Itoa(i) || name == "f"+strconv.Itoa(i+1)) {
			return i
		}
	}
	return -1
}

// noColumn makes the error for a name that means nothing.
func (b *binder) noColumn(c *exprCtx, name ast.Name) error {
	if len(name) > 1 {
		for sc := c.sc; sc != nil; sc = sc.outer {
			for _, r := range sc.rels {
				if strings.EqualFold(r.name, name[0].Name) {
					return b.noColumnOf(r, name)
				}
			}
		}
		if b.anyColumn(c, name[0].Name) {
			return b.fail(name.Position(), fault.CodeUndefinedColumn, "column %q has no field %q", name[0].Name, name[1].Name)
		}
		err := b.fail(name.Position(), fault.CodeUndefinedTable, "missing FROM-clause entry for table %q", name[len(name)-2].Name)
		if near := fault.Nearest(name[0].Name, relationNames(c.sc)); near != "" {
			return err.WithHint("Did you mean %q?", near)
		}
		return err
	}
	err := b.fail(name.Position(), fault.CodeUndefinedColumn, "column %q does not exist", name[0].Name)
	if near := fault.Nearest(name[0].Name, columnNames(c.sc)); near != "" {
		return err.WithHint("Did you mean %q?", near)
	}
	return err
}

func (b *binder) noColumnOf(r *relation, name ast.Name) error {
	col := name[1]
	err := b.fail(name.Position(), fault.CodeUndefinedColumn, "column %s.%s does not exist", name[0].Name, col.Name)
	names := make([]string, len(r.cols))
	for i := range r.cols {
		names[i] = r.cols[i].name
	}
	if near := fault.Nearest(col.Name, names); near != "" {
		return err.WithHint("Did you mean %q?", r.name+"."+near)
	}
	return err
}

func (b *binder) anyColumn(c *exprCtx, name string) bool {
	for _, n := range columnNames(c.sc) {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func relationNames(sc *scope) []string {
	var out []string
	for ; sc != nil; sc = sc.outer {
		for _, r := range sc.rels {
			out = append(out, r.name)
		}
	}
	return out
}

func columnNames(sc *scope) []string {
	var out []string
	for ; sc != nil; sc = sc.outer {
		for _, c := range sc.cols {
			out = append(out, c.name)
		}
	}
	return out
}

// withPos gives a column reference the position of the name that it was
// written as.
func withPos(x plan.Expr, p plan.Pos) plan.Expr {
	if c, ok := x.(*plan.Col); ok {
		d := *c
		d.Pos = p
		return &d
	}
	return x
}

// foreign reports whether expressions read columns, and only those of outer
// queries: neither sc's nor those of the subqueries joined in at st.
func (sc *scope) foreign(xs []plan.Expr, st *stage) bool {
	used := map[plan.ColID]bool{}
	for _, x := range xs {
		plan.Columns(x, used)
	}
	if len(used) == 0 || sc.owns(used) {
		return false
	}
	for _, a := range st.applies {
		if used[a.MarkCol.ID] {
			return false
		}
		for _, c := range a.Right.Output() {
			if used[c.ID] {
				return false
			}
		}
	}
	return true
}

func (sc *scope) owns(used map[plan.ColID]bool) bool {
	mine := map[plan.ColID]bool{}
	for _, r := range sc.rels {
		for _, c := range r.cols {
			plan.Columns(c.x, mine)
		}
		if r.scan != nil {
			for _, c := range r.scan.Cols {
				mine[c.ID] = true
			}
		}
	}
	for id := range used {
		if mine[id] {
			return true
		}
	}
	return false
}
