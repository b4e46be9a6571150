package planner_test

import (
	"fmt"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// commandText prints a command for the golden files.
func commandText(st plan.Statement) string {
	switch c := st.(type) {
	case *plan.CreateTable:
		return fmt.Sprintf("%s ifnotexists=%v replace=%v\n%s", c.Tag(), c.IfNotExists, c.OrReplace, tableText(c.Table))
	case *plan.AlterTable:
		return c.Tag() + "\n" + tableText(c.Table)
	case *plan.AddPartitions:
		s := fmt.Sprintf("ADD PARTITIONS %s mustbenew=%v", c.Table.Name, c.MustBeNew)
		for _, p := range c.Parts {
			s += fmt.Sprintf("\n%q %s", p.Values, p.Location)
		}
		return s
	case *plan.DropPartitions:
		return fmt.Sprintf("DROP PARTITIONS %s ifexists=%v %q", c.Table.Name, c.IfExists, c.Values)
	case *plan.CreateDatabase:
		return fmt.Sprintf("%s %s comment=%q location=%q %s ifnotexists=%v", c.Tag(), c.Database.Name, c.Database.Description, c.Database.Location,
			mapText(c.Database.Parameters), c.IfNotExists)
	case *plan.Repair:
		return fmt.Sprintf("%s %s add=%v drop=%v", c.Tag(), c.Table.Name, c.Add, c.Drop)
	case *plan.RenamePartition:
		return fmt.Sprintf("RENAME PARTITION %s %q to %q", c.Table.Name, c.From, c.To)
	case *plan.SetPartitionLocation:
		return fmt.Sprintf("SET PARTITION LOCATION %s %q %s", c.Table.Name, c.Values, c.Location)
	case *plan.Execute:
		s := c.Tag() + " " + c.Name
		for _, v := range c.Args {
			if v.Type.Kind == types.Unknown && !v.Null {
				s += fmt.Sprintf("\nunknown %q", v.S)
				continue
			}
			s += fmt.Sprintf("\n%s %s", v.Type, types.AppendValue(nil, v))
		}
		return s
	case *plan.Explain:
		return fmt.Sprintf("EXPLAIN analyze=%v verbose=%v format=%s\n%s", c.Analyze, c.Verbose, c.Format, plan.Format(c.Stmt.Root))
	case *plan.Copy:
		return fmt.Sprintf("COPY %s\n%s", fmt.Sprintf("%+v", *c.Options), plan.Format(c.Stmt.Root))
	}
	if w, ok := st.(*plan.Write); ok {
		return fmt.Sprintf("%s compression=%q level=%d ifnotexists=%v nodata=%v\n%s\n%s", w.Tag(), w.Compression, w.Level, w.IfNotExists,
			w.NoData, tableText(w.Table), plan.Format(w.Source.Root))
	}
	return fmt.Sprintf("%s %+v", st.Tag(), st)
}

func mapText(m map[string]string) string {
	var parts []string
	for k, v := range m {
		parts = append(parts, fmt.Sprintf("%s=%q", k, v))
	}
	sort.Strings(parts)
	return "{" + strings.Join(parts, " ") + "}"
}

func tableText(t *catalog.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s.%s %q\n", t.Kind, t.Database, t.Name, t.Description)
	for i, c := range t.AllColumns() {
		key := ""
		if i >= len(t.Columns) {
			key = " (partition key)"
		}
		fmt.Fprintf(&b, "  %s %s %q%s\n", c.Name, c.Type, c.Comment, key)
	}
	if t.ViewText != "" {
		fmt.Fprintf(&b, "view in %s: %s\n", t.ViewDatabase, t.ViewText)
	}
	if t.Storage.Location != "" {
		fmt.Fprintf(&b, "%s at %s\n", t.Format, t.Storage.Location)
	}
	if t.Storage.SerDe != "" {
		fmt.Fprintf(&b, "%s %s\n%s\n%s\n", t.Storage.SerDe, mapText(t.Storage.SerDeParams), t.Storage.InputFormat, t.Storage.OutputFormat)
	}
	return b.String() + mapText(t.Parameters)
}
