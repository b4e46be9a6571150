package bind

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// addPartitions binds ALTER TABLE ADD PARTITION: every key once, with a value
// of its type.
func (b *binder) addPartitions(t *catalog.Table, a ast.AddPartitions) (plan.Statement, error) {
	out := &plan.AddPartitions{Table: t, MustBeNew: !a.IfNotExists}
	for i := range a.Specs {
		values, err := b.partitionValues(t, &a.Specs[i])
		if err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, catalog.Partition{Values: values, Location: a.Specs[i].Location})
	}
	return out, nil
}

// partitionValues gives the texts of a spec that has every key, once.
func (b *binder) partitionValues(t *catalog.Table, spec *ast.PartitionSpec) ([]string, error) {
	conds, err := b.partitionSpec(t, spec)
	if err != nil {
		return nil, err
	}
	values := make([]string, len(t.PartitionKeys))
	set := make([]bool, len(t.PartitionKeys))
	for i, c := range conds {
		if set[c.key] {
			return nil, b.fail(spec.Keys[i].Pos, fault.CodeDuplicateColumn, "partition key %q is given more than once", spec.Keys[i].Name)
		}
		values[c.key], set[c.key] = c.text, true
	}
	for k, ok := range set {
		if !ok {
			return nil, b.fail(spec.Pos, fault.CodeInvalidParameter, "partition key %q has no value", t.PartitionKeys[k].Name)
		}
	}
	return values, nil
}

// partitionCond is key op value of a PARTITION clause.
type partitionCond struct {
	key   int
	op    plan.CompareOp
	text  string
	value types.Value
}

func (b *binder) partitionSpec(t *catalog.Table, s *ast.PartitionSpec) ([]partitionCond, error) {
	if len(t.PartitionKeys) == 0 {
		return nil, b.notPartitioned(t.Name, s.Pos)
	}
	var out []partitionCond
	for i, id := range s.Keys {
		c := partitionCond{key: -1}
		names := make([]string, len(t.PartitionKeys))
		for k, key := range t.PartitionKeys {
			names[k] = key.Name
			if strings.EqualFold(key.Name, id.Name) {
				c.key = k
			}
		}
		if c.key < 0 {
			err := b.fail(id.Pos, fault.CodeUndefinedColumn, "%q is not a partition key of table %q", id.Name, t.Name)
			return nil, err.WithHint("Its partition keys are %s.", strings.Join(names, ", "))
		}
		if i < len(s.Ops) && s.Ops[i] != "" {
			op, ok := compareOps[s.Ops[i]]
			if !ok {
				return nil, b.fail(id.Pos, fault.CodeSyntax, "operator %s is not allowed in a PARTITION clause", s.Ops[i])
			}
			c.op = op
		}
		if i >= len(s.Values) || s.Values[i] == nil {
			return nil, b.fail(id.Pos, fault.CodeSyntax, "partition key %q has no value", id.Name)
		}
		var err error
		if c.text, err = b.partitionText(s.Values[i]); err != nil {
			return nil, err
		}
		if c.value, err = partition.ParseValue(t.PartitionKeys[c.key].Type, c.text); err != nil {
			return nil, b.located(err, s.Values[i].Position())
		}
		out = append(out, c)
	}
	return out, nil
}

// partitionText gives the text of a value as Hive writes it in paths.
func (b *binder) partitionText(e ast.Expr) (string, error) {
	switch e := e.(type) {
	case *ast.NullLit:
		return catalog.HiveNull, nil
	case *ast.TypedLit:
		return e.Value, nil
	}
	return b.settingText(e)
}

// dropPartitions binds ALTER TABLE DROP PARTITION: the partitions of the
// catalog that a spec matches, which may leave keys out and compare with any
// operator.
func (b *binder) dropPartitions(t *catalog.Table, a ast.DropPartitions) (plan.Statement, error) {
	out := &plan.DropPartitions{Table: t, IfExists: a.IfExists}
	ps, err := b.cfg.Catalog.Partitions(b.ctx, t)
	if err != nil {
		return nil, err
	}
	taken := make([]bool, ps.N)
	for i := range a.Specs {
		conds, err := b.partitionSpec(t, &a.Specs[i])
		if err != nil {
			return nil, err
		}
		rows := matching(ps, conds)
		if len(rows) == 0 && !a.IfExists {
			return nil, b.fail(a.Specs[i].Pos, fault.CodeUndefinedObject, "table %q has no such partition", t.Name)
		}
		for _, row := range rows {
			if !taken[row] {
				taken[row] = true
				out.Values = append(out.Values, partition.Texts(ps, int(row)))
			}
		}
	}
	return out, nil
}

// matching gives the partitions that meet all conditions, each of which is
// asked once per distinct value of its key.
func matching(ps *catalog.Partitions, conds []partitionCond) []uint32 {
	rows := make([]uint32, ps.N)
	for i := range rows {
		rows[i] = uint32(i)
	}
	for _, c := range conds {
		good := make([]bool, len(ps.Keys[c.key].Values))
		for i, v := range ps.Keys[c.key].Values {
			good[i] = c.matches(v)
		}
		rows = slices.DeleteFunc(rows, func(r uint32) bool { return !good[ps.Keys[c.key].Codes[r]] })
	}
	return rows
}

// matches: NULL equals NULL here, and is nothing else.
func (c *partitionCond) matches(v types.Value) bool {
	if v.Null || c.value.Null {
		return v.Null == c.value.Null && c.op == plan.EQ || v.Null != c.value.Null && c.op == plan.NE
	}
	return holds(c.op, v.Compare(c.value))
}

func holds(op plan.CompareOp, cmp int) bool {
	switch op {
	case plan.EQ:
		return cmp == 0
	case plan.NE:
		return cmp != 0
	case plan.LT:
		return cmp < 0
	case plan.LE:
		return cmp <= 0
	case plan.GT:
		return cmp > 0
	}
	return cmp >= 0
}

// onePartition finds the partition that a spec with every key names and gives
// its texts.
func (b *binder) onePartition(t *catalog.Table, spec *ast.PartitionSpec) ([]string, error) {
	values, err := b.partitionValues(t, spec)
	if err != nil {
		return nil, err
	}
	ps, err := b.cfg.Catalog.Partitions(b.ctx, t)
	if err != nil {
		return nil, err
	}
	rows := partition.Find(t, ps, values)
	if len(rows) == 0 {
		return nil, b.fail(spec.Pos, fault.CodeUndefinedObject, "table %q has no such partition", t.Name)
	}
	for _, row := range rows { // the one that is spelled so, if there are several
		if texts := partition.Texts(ps, row); slices.Equal(texts, values) {
			return texts, nil
		}
	}
	return partition.Texts(ps, rows[0]), nil
}

func (b *binder) setPartitionLocation(t *catalog.Table, a ast.SetLocation) (plan.Statement, error) {
	values, err := b.onePartition(t, a.Spec)
	if err != nil {
		return nil, err
	}
	return &plan.SetPartitionLocation{Table: t, Values: values, Location: a.Location}, nil
}

func (b *binder) renamePartition(t *catalog.Table, a ast.RenamePartition) (plan.Statement, error) {
	from, err := b.onePartition(t, &a.From)
	if err != nil {
		return nil, err
	}
	to, err := b.partitionValues(t, &a.To)
	if err != nil {
		return nil, err
	}
	ps, err := b.cfg.Catalog.Partitions(b.ctx, t)
	if err != nil {
		return nil, err
	}
	if twins := partition.Find(t, ps, from); len(twins) > 1 {
		return nil, b.fail(a.From.Pos, fault.CodeObjectNotReady, "table %q has %d partitions of these values: %s and %s", t.Name, len(twins),
			partition.PathOf(t, ps, twins[0]), partition.PathOf(t, ps, twins[1])).WithHint("Drop one of them first.")
	}
	for _, row := range partition.Find(t, ps, to) {
		if texts := partition.Texts(ps, row); !slices.Equal(texts, from) {
			return nil, b.fail(a.To.Pos, fault.CodeDuplicateObject, "partition %s of table %q already exists",
				partition.Path(t.PartitionKeys, texts), t.Name)
		}
	}
	return &plan.RenamePartition{Table: t, From: from, To: to}, nil
}
