package meta

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

func partitionExists(t *catalog.Table, values []string) error {
	f := fault.New(fault.CodeDuplicateObject, "partition %s of table %s.%s already exists",
		partition.Path(t.PartitionKeys, values), t.Database, t.Name)
	f.Schema, f.Table = t.Database, t.Name
	return f
}

func wrongValues(t *catalog.Table, values []string) error {
	return fault.New(fault.CodeInvalidParameter, "table %s.%s has %d partition keys, but %d values were given",
		t.Database, t.Name, len(t.PartitionKeys), len(values))
}

// textsAreValues reports whether no two texts of any key are the same value.
func textsAreValues(t *catalog.Table) bool {
	for _, k := range t.PartitionKeys {
		if k.Type.Kind != types.Varchar {
			return false
		}
	}
	return true
}

// textChecker checks partitions, each distinct text of a key once.
type textChecker struct {
	table *catalog.Table
	seen  []map[string]struct{}
}

func newTextChecker(t *catalog.Table) *textChecker {
	c := &textChecker{table: t, seen: make([]map[string]struct{}, len(t.PartitionKeys))}
	for i := range c.seen {
		c.seen[i] = map[string]struct{}{}
	}
	return c
}

func (c *textChecker) partition(p *catalog.Partition) error {
	if err := c.values(p.Values); err != nil {
		return err
	}
	if len(p.Location) > maxLocation || strings.ContainsAny(p.Location, keySeparator+locationSpelled+locationSpelledShort) {
		return fault.New(fault.CodeInvalidParameter,
			"the location of partition %s is longer than %d bytes or holds a control character",
			partition.Path(c.table.PartitionKeys, p.Values), maxLocation)
	}
	return nil
}

func (c *textChecker) values(values []string) error {
	if len(values) != len(c.seen) {
		return wrongValues(c.table, values)
	}
	for k, text := range values {
		if _, ok := c.seen[k][text]; ok {
			continue
		}
		key := c.table.PartitionKeys[k]
		if len(text) > maxText || strings.Contains(text, keySeparator) {
			return fault.New(fault.CodeInvalidParameter, "a value of partition key %s is longer than %d bytes or holds a null character",
				types.QuoteIdent(key.Name), maxText)
		}
		if _, err := partition.ParseValue(key.Type, text); err != nil {
			f := fault.As(err)
			f.Schema, f.Table = c.table.Database, c.table.Name
			return f.InColumn(key.Name)
		}
		c.seen[k][text] = struct{}{}
	}
	return nil
}
