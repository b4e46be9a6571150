package ddl

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
)

// Gap says why a table or view cannot be written as Hive's data definition; ""
// if it can.
func Gap(t *catalog.Table) string {
	if t.Kind == catalog.VirtualView {
		if strings.TrimSpace(t.ViewText) == "" {
			return "its text is in a dialect that Glaux does not read"
		}
		return ""
	}
	for k, v := range t.Parameters {
		if strings.EqualFold(k, "table_type") && !strings.EqualFold(v, "hive") {
			return "a table of type " + strings.ToUpper(v) + " is described by its own metadata files"
		}
	}
	switch {
	case len(t.Columns) == 0:
		return "it has no columns"
	case t.Storage.Location == "":
		return "it has no location"
	case lake.FormatOf(t) == "":
		return "nothing says what format its files have"
	}
	return ""
}

// Losses names what of a table Hive's data definition has no words for, in the
// order of the fields. Glaux keeps it, and so does Glue.
func Losses(t *catalog.Table) []string {
	var out []string
	add := func(has bool, what string) {
		if has {
			out = append(out, what)
		}
	}
	s := &t.Storage
	add(t.Owner != "", "owner")
	add(t.Retention != 0, "retention")
	add(t.Other != "" || s.Other != "", "fields of Glue")
	add(s.SerDeName != "", "name of the SerDe")
	add(len(s.Parameters) > 0, "parameters of the storage descriptor")
	add(s.Compressed, "compressed")
	add(s.SubDirectories, "stored as subdirectories")
	add(len(s.MoreLocations) > 0, "additional locations")
	for _, c := range t.AllColumns() {
		if len(c.Parameters) > 0 {
			return append(out, "parameters of columns")
		}
	}
	return out
}

// PartitionLoss reports whether a partition has more than Hive's ADD PARTITION
// can say: parameters, a format or a descriptor of its own.
func PartitionLoss(p *catalog.Partition) bool {
	return len(p.Parameters) > 0 || p.Format != "" || p.Descriptor != nil
}
