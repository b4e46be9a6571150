package crawler

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// base is what the catalog remembers of the last crawl of a table: the common
// ancestor of the next merge. It is a document that goes with its table.
type base struct {
	Crawler     string `json:"crawler"` // that wrote it
	Run         string `json:"run"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Settings    string `json:"settings,omitempty"` // of that crawl, see job.settingsText
	// Table is what the files showed, as it was written. nil: the table was not
	// made by a crawl.
	Table *baseTable `json:"table,omitempty"`
	// Deprecated are the partitions that were marked, Own those that were given
	// a description of their own because their files are of another format.
	Deprecated [][]string `json:"deprecated,omitempty"`
	Own        [][]string `json:"own,omitempty"`
}

// baseTable is what a merge needs of a catalog.Table.
type baseTable struct {
	Columns       []baseColumn      `json:"columns"`
	PartitionKeys []baseColumn      `json:"partition_keys,omitempty"`
	Format        string            `json:"format"`
	InputFormat   string            `json:"input_format,omitempty"`
	OutputFormat  string            `json:"output_format,omitempty"`
	SerDe         string            `json:"serde,omitempty"`
	SerDeParams   map[string]string `json:"serde_params,omitempty"`
	StorageParams map[string]string `json:"storage_params,omitempty"`
	Parameters    map[string]string `json:"parameters,omitempty"`
}

type baseColumn struct {
	Name       string            `json:"name"`
	Type       baseType          `json:"type"`
	HiveType   string            `json:"hive_type,omitempty"`
	Comment    string            `json:"comment,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
}

// baseType stores a type by the names of its kinds, which outlive versions of
// this program, with all parameters.
type baseType struct{ types.Type }

type baseTypeDoc struct {
	Kind   string         `json:"kind"`
	P      int32          `json:"p,omitempty"`
	S      int32          `json:"s,omitempty"`
	Fields []baseFieldDoc `json:"fields,omitempty"`
}

type baseFieldDoc struct {
	Name string   `json:"name,omitempty"`
	Type baseType `json:"type"`
}

// kindNames are the names of the kinds of columns. The order is that of
// types.Kind from Unknown to Row.
var kindNames = [...]string{
	types.Unknown: "unknown", types.Boolean: "boolean", types.TinyInt: "tinyint", types.SmallInt: "smallint",
	types.Integer: "integer", types.BigInt: "bigint", types.Decimal: "decimal", types.Real: "real", types.Double: "double",
	types.Varchar: "varchar", types.Char: "char", types.Varbinary: "varbinary", types.Date: "date", types.Time: "time",
	types.Timestamp: "timestamp", types.TimestampTZ: "timestamptz", types.Interval: "interval", types.UUID: "uuid",
	types.JSON: "json", types.Array: "array", types.Map: "map", types.Row: "row",
}

// MarshalJSON writes the type.
func (t baseType) MarshalJSON() ([]byte, error) {
	if int(t.Kind) >= len(kindNames) {
		return nil, fault.New(fault.CodeDatatypeMismatch, "a column cannot be of type %s", t)
	}
	d := baseTypeDoc{Kind: kindNames[t.Kind], P: t.P, S: t.S}
	for _, f := range t.Fields {
		d.Fields = append(d.Fields, baseFieldDoc{f.Name, baseType{f.Type}})
	}
	return json.Marshal(d)
}

// UnmarshalJSON reads the type.
func (t *baseType) UnmarshalJSON(b []byte) error {
	var d baseTypeDoc
	if err := json.Unmarshal(b, &d); err != nil {
		return err
	}
	for k, name := range kindNames {
		if name != d.Kind {
			continue
		}
		t.Type = types.Type{Kind: types.Kind(k), P: d.P, S: d.S}
		for _, f := range d.Fields {
			t.Fields = append(t.Fields, types.Field{Name: f.Name, Type: f.Type.Type})
		}
		members := map[types.Kind]int{types.Array: 1, types.Map: 2}[t.Kind]
		if members > 0 && len(t.Fields) != members {
			return fault.New(fault.CodeDataCorrupted, "a type %s has %d members", name, len(t.Fields))
		}
		return nil
	}
	return fault.New(fault.CodeDataCorrupted, "unknown type %q", d.Kind)
}

func newBaseTable(t *catalog.Table) *baseTable {
	s := t.Storage
	return &baseTable{Columns: baseColumns(t.Columns), PartitionKeys: baseColumns(t.PartitionKeys), Format: t.Format,
		InputFormat: s.InputFormat, OutputFormat: s.OutputFormat, SerDe: s.SerDe, SerDeParams: s.SerDeParams,
		StorageParams: s.Parameters, Parameters: t.Parameters}
}

func baseColumns(cols []catalog.Column) []baseColumn {
	out := make([]baseColumn, len(cols))
	for i, c := range cols {
		out[i] = baseColumn{c.Name, baseType{c.Type}, c.HiveType, c.Comment, c.Parameters}
	}
	return out
}

// table gives the description that a merge compares.
func (b *baseTable) table() *catalog.Table {
	t := &catalog.Table{Columns: tableColumns(b.Columns), PartitionKeys: tableColumns(b.PartitionKeys), Format: b.Format,
		Parameters: b.Parameters}
	t.Storage = catalog.Storage{InputFormat: b.InputFormat, OutputFormat: b.OutputFormat, SerDe: b.SerDe,
		SerDeParams: b.SerDeParams, Parameters: b.StorageParams}
	return t
}

func tableColumns(cols []baseColumn) []catalog.Column {
	out := make([]catalog.Column, len(cols))
	for i, c := range cols {
		out[i] = catalog.Column{Name: c.Name, Type: c.Type.Type, HiveType: c.HiveType, Comment: c.Comment, Parameters: c.Parameters}
	}
	return out
}

// readBase gives what is remembered of a table, nil if nothing is.
func readBase(ctx context.Context, cat catalog.Documents, table int64) (*base, error) {
	d, err := cat.Document(ctx, spaceBase, strconv.FormatInt(table, 10))
	if err != nil || d == nil {
		return nil, err
	}
	b := &base{}
	return b, decodeInto(d, b)
}

// document makes the document of a table that a catalog.Change defines or
// keeps.
func (b *base) document() (catalog.Document, error) {
	data, err := json.Marshal(b)
	if err != nil {
		return catalog.Document{}, fault.Wrap(err, fault.CodeDatatypeMismatch, "cannot remember a crawl: %v", err)
	}
	return catalog.Document{Space: spaceBase, Table: -1, Version: catalog.AnyVersion, Data: data}, nil
}
