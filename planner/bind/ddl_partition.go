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

// addPartitions binds ALTER TABLE ADD PARTITION: every key once, with a value
// of its type.
func (b *binder) addPartitions(t *catalog.Table, a ast.AddPartitions) (plan.Statement, error) {
	out := &plan.AddPartitions{Table: t, MustBeNew: !a.IfNotExists}
	for i := range a.Specs {
		spec := &a.Specs[i]
		conds, err := b.partitionSpec(t, spec)
		if err != nil {
			return nil, err
		}
		p := catalog.Partition{Values: make([]string, len(t.PartitionKeys)), Location: spec.Location}
		set := make([]bool, len(t.PartitionKeys))
		for _, c := range conds {
			p.Values[c.key], set[c.key] = c.text, true
		}
		for k, ok := range set {
			if !ok {
				return nil, b.fail(spec.Pos, fault.CodeInvalidParameter, "partition key %q has no value", t.PartitionKeys[k].Name)
			}
		}
		out.Parts = append(out.Parts, p)
	}
	return out, nil
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
		for _, o := range out {
			if o.key == c.key && i >= len(s.Ops) {
				return nil, b.fail(id.Pos, fault.CodeDuplicateColumn, "partition key %q is given more than once", id.Name)
			}
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
	for i := range a.Specs {
		conds, err := b.partitionSpec(t, &a.Specs[i])
		if err != nil {
			return nil, err
		}
		found := false
		for p := range ps.N {
			if matches(ps, p, conds) {
				found = true
				out.Values = append(out.Values, partitionTexts(t, ps, p)...)
			}
		}
		if !found && !a.IfExists {
			return nil, b.fail(a.Specs[i].Pos, fault.CodeUndefinedObject, "table %q has no such partition", t.Name)
		}
	}
	return out, nil
}

func matches(ps *catalog.Partitions, p int, conds []partitionCond) bool {
	for _, c := range conds {
		v := ps.Value(c.key, p)
		if v.Null || c.value.Null {
			if c.op != plan.EQ || v.Null != c.value.Null {
				return false
			}
			continue
		}
		if !holds(c.op, v.Compare(c.value)) {
			return false
		}
	}
	return true
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

// partitionTexts gives what partition p's values may be called in the catalog,
// which knows them by the text that they were added with: as the location
// spells them (month=01), and as the typed value prints (1). Only one exists.
func partitionTexts(t *catalog.Table, ps *catalog.Partitions, p int) [][]string {
	plainText := make([]string, len(t.PartitionKeys))
	for k := range t.PartitionKeys {
		v := ps.Value(k, p)
		plainText[k] = catalog.HiveNull
		if !v.Null {
			plainText[k] = string(types.AppendValue(nil, v))
		}
	}
	out := [][]string{plainText}
	segments := strings.Split(strings.Trim(ps.Location(p), "/"), "/")
	if len(segments) < len(t.PartitionKeys) {
		return out
	}
	segments = segments[len(segments)-len(t.PartitionKeys):]
	spelled := make([]string, len(segments))
	differs := false
	for k, s := range segments {
		spelled[k] = s
		if kv, ok := partition.ParseSegment(s); ok {
			spelled[k] = kv.Value
		}
		v, err := partition.ParseValue(t.PartitionKeys[k].Type, spelled[k])
		if err != nil || !v.Equal(ps.Value(k, p)) {
			return out
		}
		differs = differs || spelled[k] != plainText[k]
	}
	if differs {
		out = append(out, spelled)
	}
	return out
}
