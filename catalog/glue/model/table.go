package model

import (
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
)

// classification is the parameter that names a table's format.
const classification = "classification"

// tableOther is what catalog.Table.Other holds.
type tableOther struct {
	TargetTable    *gluetypes.TableIdentifier `json:",omitempty"`
	FederatedTable *gluetypes.FederatedTable  `json:",omitempty"`
	ViewDefinition *gluetypes.ViewDefinition  `json:",omitempty"`
	CreatedBy      string                     `json:",omitempty"`
}

// TableFromInput reads a TableInput as a table of a database; both names are
// folded to lower case. The classification, where there is one, is the format.
func TableFromInput(database string, in *gluetypes.TableInput) *catalog.Table {
	t := &catalog.Table{
		Database:      strings.ToLower(database),
		Name:          strings.ToLower(aws.ToString(in.Name)),
		Kind:          catalog.TableKind(aws.ToString(in.TableType)),
		Description:   aws.ToString(in.Description),
		PartitionKeys: ColumnsFrom(in.PartitionKeys),
		Columns:       []catalog.Column{},
		Storage:       StorageFrom(in.StorageDescriptor),
		Parameters:    in.Parameters,
		ViewOriginal:  aws.ToString(in.ViewOriginalText),
		ViewExpanded:  aws.ToString(in.ViewExpandedText),
		Owner:         aws.ToString(in.Owner),
		Retention:     int(in.Retention),
		Accessed:      moment(in.LastAccessTime),
		Analyzed:      moment(in.LastAnalyzedTime),
		Other: otherText(tableOther{TargetTable: in.TargetTable, FederatedTable: in.FederatedTable,
			ViewDefinition: viewDefinitionFrom(in.ViewDefinition)}),
	}
	if in.StorageDescriptor != nil {
		t.Columns = ColumnsFrom(in.StorageDescriptor.Columns)
	}
	t.Format = formatOf(in.Parameters)
	readView(t)
	return t
}

// TableFrom reads a Table. Its version is Glue's VersionId, 0 if that is no
// number.
func TableFrom(g *gluetypes.Table) *catalog.Table {
	in := inputOf(g)
	in.ViewDefinition = nil
	t := TableFromInput(aws.ToString(g.DatabaseName), in)
	t.Other = otherText(tableOther{TargetTable: g.TargetTable, FederatedTable: g.FederatedTable,
		ViewDefinition: g.ViewDefinition, CreatedBy: aws.ToString(g.CreatedBy)})
	t.Created, t.Updated = moment(g.CreateTime), moment(g.UpdateTime)
	t.Version, _ = strconv.ParseInt(aws.ToString(g.VersionId), 10, 64)
	return t
}

// ToTable writes a Table. CatalogId is left to the caller.
func ToTable(t *catalog.Table) *gluetypes.Table {
	var other tableOther
	readOther(t.Other, &other)
	g := &gluetypes.Table{
		DatabaseName:     aws.String(t.Database),
		Name:             aws.String(t.Name),
		TableType:        text(string(t.Kind)),
		Description:      text(t.Description),
		PartitionKeys:    ToColumns(t.PartitionKeys),
		Parameters:       parametersOf(t),
		Owner:            text(t.Owner),
		Retention:        int32(t.Retention),
		LastAccessTime:   instant(t.Accessed),
		LastAnalyzedTime: instant(t.Analyzed),
		CreateTime:       instant(t.Created),
		UpdateTime:       instant(t.Updated),
		VersionId:        aws.String(strconv.FormatInt(t.Version, 10)),
		TargetTable:      other.TargetTable,
		FederatedTable:   other.FederatedTable,
		ViewDefinition:   other.ViewDefinition,
		CreatedBy:        text(other.CreatedBy),
	}
	if other.TargetTable == nil || t.Storage.Location != "" || len(t.Columns) > 0 {
		g.StorageDescriptor = ToStorage(&t.Storage, t.Columns)
	}
	writeView(t, g)
	return g
}

// ToTableInput writes a TableInput.
func ToTableInput(t *catalog.Table) *gluetypes.TableInput { return inputOf(ToTable(t)) }

// inputOf takes from a Table what a client may say of it.
func inputOf(g *gluetypes.Table) *gluetypes.TableInput {
	return &gluetypes.TableInput{Name: g.Name, Description: g.Description, FederatedTable: g.FederatedTable,
		LastAccessTime: g.LastAccessTime, LastAnalyzedTime: g.LastAnalyzedTime, Owner: g.Owner, Parameters: g.Parameters,
		PartitionKeys: g.PartitionKeys, Retention: g.Retention, StorageDescriptor: g.StorageDescriptor, TableType: g.TableType,
		TargetTable: g.TargetTable, ViewDefinition: viewDefinitionInput(g.ViewDefinition),
		ViewExpandedText: g.ViewExpandedText, ViewOriginalText: g.ViewOriginalText}
}

// TableLink gives what a table stands for, if it is a resource link.
func TableLink(t *catalog.Table) (database, table string, ok bool) {
	var other tableOther
	readOther(t.Other, &other)
	if other.TargetTable == nil {
		return "", "", false
	}
	return aws.ToString(other.TargetTable.DatabaseName), aws.ToString(other.TargetTable.Name), true
}

// WithCreator gives t with who made it, which Glue shows as CreatedBy.
func WithCreator(t *catalog.Table, creator string) *catalog.Table {
	var other tableOther
	readOther(t.Other, &other)
	other.CreatedBy = creator
	out := *t
	out.Other = otherText(other)
	return &out
}

// Creator gives what WithCreator set.
func Creator(t *catalog.Table) string {
	var other tableOther
	readOther(t.Other, &other)
	return other.CreatedBy
}

// formatOf reads the classification; "" where nothing is said.
func formatOf(params map[string]string) string {
	f := strings.ToLower(params[classification])
	if f == "unknown" {
		return ""
	}
	return f
}

// parametersOf gives a table's parameters with the classification, where no
// class of its storage says the format.
func parametersOf(t *catalog.Table) map[string]string {
	p := orEmpty(t.Parameters)
	if t.Format != "" && p[classification] == "" && t.Storage.SerDe == "" && t.Storage.InputFormat == "" {
		p = maps.Clone(p)
		p[classification] = t.Format
	}
	return p
}

func viewDefinitionFrom(in *gluetypes.ViewDefinitionInput) *gluetypes.ViewDefinition {
	if in == nil {
		return nil
	}
	v := &gluetypes.ViewDefinition{Definer: in.Definer, IsManaged: in.IsManaged, IsProtected: in.IsProtected,
		LastRefreshType: in.LastRefreshType, RefreshSeconds: in.RefreshSeconds, SparkPipelineInfo: in.SparkPipelineInfo,
		SubObjectVersionIds: in.SubObjectVersionIds, SubObjects: in.SubObjects, SubObjectsStatistics: in.SubObjectsStatistics,
		ViewVersionId: in.ViewVersionId, ViewVersionToken: in.ViewVersionToken}
	for _, r := range in.Representations {
		v.Representations = append(v.Representations, gluetypes.ViewRepresentation{Dialect: r.Dialect, DialectVersion: r.DialectVersion,
			ValidationConnection: r.ValidationConnection, ViewExpandedText: r.ViewExpandedText, ViewOriginalText: r.ViewOriginalText,
			IsStale: aws.Bool(false)})
	}
	return v
}

func viewDefinitionInput(v *gluetypes.ViewDefinition) *gluetypes.ViewDefinitionInput {
	if v == nil {
		return nil
	}
	in := &gluetypes.ViewDefinitionInput{Definer: v.Definer, IsManaged: v.IsManaged, IsProtected: v.IsProtected,
		LastRefreshType: v.LastRefreshType, RefreshSeconds: v.RefreshSeconds, SparkPipelineInfo: v.SparkPipelineInfo,
		SubObjectVersionIds: v.SubObjectVersionIds, SubObjects: v.SubObjects, SubObjectsStatistics: v.SubObjectsStatistics,
		ViewVersionId: v.ViewVersionId, ViewVersionToken: v.ViewVersionToken}
	for _, r := range v.Representations {
		in.Representations = append(in.Representations, gluetypes.ViewRepresentationInput{Dialect: r.Dialect, DialectVersion: r.DialectVersion,
			ValidationConnection: r.ValidationConnection, ViewExpandedText: r.ViewExpandedText, ViewOriginalText: r.ViewOriginalText})
	}
	return in
}
