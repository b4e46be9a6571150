package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// describeDatabase is Hive's DESCRIBE DATABASE [EXTENDED].
func (b *binder) describeDatabase(s *ast.Describe) (plan.Statement, error) {
	d, err := b.database(s.Name.Last())
	if err != nil {
		return nil, err
	}
	params := ""
	if s.Mode != "" {
		var kv []string
		for _, k := range sortedKeys(d.Parameters) {
			kv = append(kv, k+"="+d.Parameters[k])
		}
		params = "{" + strings.Join(kv, ", ") + "}"
	}
	return b.lines("DESCRIBE", []string{"db_name", "comment", "location", "parameters"}, [][]string{{d.Name, d.Description, d.Location, params}})
}

// describePart describes a partition, or what a path into a column leads to.
func (b *binder) describePart(t *catalog.Table, s *ast.Describe) (plan.Statement, error) {
	var rows [][]string
	add := func(name, typ, comment string) { rows = append(rows, []string{name, typ, comment}) }
	hive := b.dialect == plan.Athena
	spell := func(x types.Type) string {
		if hive {
			return x.Hive()
		}
		return x.String()
	}
	switch {
	case s.Column != nil:
		c, typ, err := b.step(t, s.Column)
		if err != nil {
			return nil, err
		}
		if typ.Kind == types.Row && len(s.Column) > 1 {
			for _, f := range typ.Fields {
				add(f.Name, spell(f.Type), "from deserializer")
			}
			break
		}
		comment := c.Comment
		if len(s.Column) > 1 {
			comment = "from deserializer"
		}
		add(s.Column.Last().Name, spell(typ), comment)
	default:
		for _, c := range t.AllColumns() {
			add(c.Name, spell(c.Type), c.Comment)
		}
	}
	if s.Partition != nil {
		info, err := b.partitionInfo(t, s.Partition)
		if err != nil {
			return nil, err
		}
		add("", "", "")
		add("# Detailed Partition Information", "", "")
		for _, kv := range info {
			add(kv[0], kv[1], "")
		}
	}
	if hive {
		return b.lines("DESCRIBE", []string{"col_name", "data_type", "comment"}, rows)
	}
	return b.lines("DESCRIBE", []string{"column", "type", "comment"}, rows)
}

// step follows a path into the type of a column.
func (b *binder) step(t *catalog.Table, path ast.Name) (*catalog.Column, types.Type, error) {
	for _, c := range t.AllColumns() {
		if !strings.EqualFold(c.Name, path[0].Name) {
			continue
		}
		typ := c.Type
		for _, id := range path[1:] {
			next, ok := stepInto(typ, id.Name)
			if !ok {
				return nil, typ, b.fail(id.Pos, fault.CodeUndefinedColumn, "%s has no %q", typ, id.Name).
					WithHint("Rows have fields, arrays '$elem$', maps '$key$' and '$value$'.")
			}
			typ = next
		}
		return &c, typ, nil
	}
	_, err := b.columnAt(t, path[0])
	return nil, types.Type{}, err
}

func stepInto(t types.Type, name string) (types.Type, bool) {
	switch {
	case t.Kind == types.Array && name == "$elem$":
		return t.Elem(), true
	case t.Kind == types.Map && name == "$key$":
		return t.Key(), true
	case t.Kind == types.Map && name == "$value$":
		return t.Value(), true
	case t.Kind == types.Row:
		for _, f := range t.Fields {
			if strings.EqualFold(f.Name, name) {
				return f.Type, true
			}
		}
	}
	return t, false
}

func (b *binder) partitionInfo(t *catalog.Table, spec *ast.PartitionSpec) ([][2]string, error) {
	if len(t.PartitionKeys) == 0 {
		return nil, b.notPartitioned(t.Name, spec.Pos)
	}
	texts, err := b.onePartition(t, spec)
	if err != nil {
		return nil, err
	}
	ps, err := b.cfg.Catalog.Partitions(b.ctx, t)
	if err != nil {
		return nil, err
	}
	rows := partition.Find(t, ps, texts)
	out := [][2]string{{"Partition Value:", "[" + strings.Join(texts, ", ") + "]"}, {"Database:", t.Database}, {"Table:", t.Name}}
	if len(rows) > 0 {
		out = append(out, [2]string{"Location:", ps.Location(int(rows[0]))})
		if f := ps.Format(int(rows[0])); f != "" {
			out = append(out, [2]string{"Format:", f})
		}
	}
	return out, nil
}
