package model

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
)

// PartitionFromInput reads a PartitionInput as a partition of t. What it says
// just as its table does is left to the table: the location that the values
// spell, the columns, the whole descriptor.
func PartitionFromInput(t *catalog.Table, in *gluetypes.PartitionInput) catalog.Partition {
	p := catalog.Partition{Values: in.Values, Parameters: in.Parameters, Accessed: moment(in.LastAccessTime),
		Analyzed: moment(in.LastAnalyzedTime)}
	if len(p.Parameters) == 0 {
		p.Parameters = nil
	}
	if f := strings.ToLower(p.Parameters[classification]); f != "" && f != "unknown" && f != strings.ToLower(t.Format) {
		p.Format = f
	}
	sd := in.StorageDescriptor
	if sd == nil {
		return p
	}
	if loc := aws.ToString(sd.Location); loc != "" && (len(p.Values) != len(t.PartitionKeys) || loc != partition.Location(t, &p)) {
		p.Location = loc
	}
	p.Descriptor = descriptorFrom(t, sd)
	return p
}

// descriptorFrom gives a partition's own descriptor, nil where it is the
// table's. A descriptor that names no class at all, as some clients send that only
// want to set a location, is the table's too.
func descriptorFrom(t *catalog.Table, sd *gluetypes.StorageDescriptor) *catalog.Descriptor {
	s := StorageFrom(sd)
	s.Location = ""
	own := !sameStorage(&s, &t.Storage)
	if own && s.InputFormat == "" && s.SerDe == "" && len(s.SerDeParams) == 0 && len(s.Parameters) == 0 && s.Other == "" {
		own = false
	}
	cols := ColumnsFrom(sd.Columns)
	if len(cols) == 0 || sameColumns(cols, t.Columns) {
		cols = nil
	}
	if !own && cols == nil {
		return nil
	}
	if !own {
		s = t.Storage
		s.Location = ""
	}
	return &catalog.Descriptor{Columns: cols, Storage: s}
}

// sameColumns compares what matters to a reader: names and types as clients
// see them.
func sameColumns(a, b []catalog.Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || HiveType(&a[i]) != HiveType(&b[i]) || a[i].Comment != b[i].Comment {
			return false
		}
	}
	return true
}

// PartitionFrom reads a Partition of t.
func PartitionFrom(t *catalog.Table, g *gluetypes.Partition) catalog.Partition {
	p := PartitionFromInput(t, &gluetypes.PartitionInput{Values: g.Values, Parameters: g.Parameters,
		StorageDescriptor: g.StorageDescriptor, LastAccessTime: g.LastAccessTime, LastAnalyzedTime: g.LastAnalyzedTime})
	p.Created = moment(g.CreationTime)
	return p
}

// ToPartition writes a Partition of t, with the whole descriptor that Glue's
// clients expect. CatalogId is left to the caller.
func ToPartition(t *catalog.Table, p *catalog.Partition) *gluetypes.Partition {
	g := &gluetypes.Partition{DatabaseName: aws.String(t.Database), TableName: aws.String(t.Name), Values: p.Values,
		Parameters: orEmpty(p.Parameters), CreationTime: instant(p.Created), LastAccessTime: instant(p.Accessed),
		LastAnalyzedTime: instant(p.Analyzed)}
	if p.Format != "" && g.Parameters[classification] == "" {
		g.Parameters = withClassification(g.Parameters, p.Format)
	}
	s, cols := t.Storage, t.Columns
	if d := p.Descriptor; d != nil {
		s = d.Storage
		if d.Columns != nil {
			cols = d.Columns
		}
	}
	if s.Location = p.Location; len(p.Values) == len(t.PartitionKeys) {
		s.Location = partition.Location(t, p)
	}
	g.StorageDescriptor = ToStorage(&s, cols)
	return g
}

func withClassification(params map[string]string, format string) map[string]string {
	out := make(map[string]string, len(params)+1)
	for k, v := range params {
		out[k] = v
	}
	out[classification] = format
	return out
}

// ToPartitionInput writes a PartitionInput of t.
func ToPartitionInput(t *catalog.Table, p *catalog.Partition) *gluetypes.PartitionInput {
	g := ToPartition(t, p)
	return &gluetypes.PartitionInput{Values: g.Values, Parameters: g.Parameters, StorageDescriptor: g.StorageDescriptor,
		LastAccessTime: g.LastAccessTime, LastAnalyzedTime: g.LastAnalyzedTime}
}
