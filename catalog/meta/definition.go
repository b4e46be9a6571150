package meta

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// definition is what the JSON of a table's row holds: all of catalog.Table that
// no column of the row holds.
type definition struct {
	Description   string            `json:"description,omitempty"`
	Columns       []columnDoc       `json:"columns,omitempty"`
	PartitionKeys []columnDoc       `json:"partition_keys,omitempty"`
	Storage       storageDoc        `json:"storage"`
	Format        string            `json:"format,omitempty"`
	Parameters    map[string]string `json:"parameters,omitempty"`
	ViewText      string            `json:"view_text,omitempty"`
	ViewDatabase  string            `json:"view_database,omitempty"`
	ViewOriginal  string            `json:"view_original,omitempty"`
	ViewExpanded  string            `json:"view_expanded,omitempty"`
	Owner         string            `json:"owner,omitempty"`
	Retention     int               `json:"retention,omitempty"`
	Accessed      int64             `json:"accessed,omitempty"` // microseconds since 1970
	Analyzed      int64             `json:"analyzed,omitempty"`
	Other         string            `json:"other,omitempty"`
}

type columnDoc struct {
	Name       string            `json:"name"`
	Type       typeDoc           `json:"type"`
	Comment    string            `json:"comment,omitempty"`
	HiveType   string            `json:"hive_type,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
}

type storageDoc struct {
	Location       string               `json:"location,omitempty"`
	InputFormat    string               `json:"input_format,omitempty"`
	OutputFormat   string               `json:"output_format,omitempty"`
	SerDe          string               `json:"serde,omitempty"`
	SerDeParams    map[string]string    `json:"serde_params,omitempty"`
	SerDeName      string               `json:"serde_name,omitempty"`
	Parameters     map[string]string    `json:"parameters,omitempty"`
	Compressed     bool                 `json:"compressed,omitempty"`
	Buckets        int                  `json:"buckets,omitempty"`
	BucketColumns  []string             `json:"bucket_columns,omitempty"`
	SortColumns    []catalog.SortColumn `json:"sort_columns,omitempty"`
	SubDirectories bool                 `json:"sub_directories,omitempty"`
	MoreLocations  []string             `json:"more_locations,omitempty"`
	Other          string               `json:"other,omitempty"`
}

// tableRow is a row of tables.
type tableRow struct {
	id, databaseID   int64
	database, name   string
	kind             string
	version          int64
	definition       string
	created, updated int64
}

func (r *tableRow) table() (*catalog.Table, error) {
	var d definition
	if err := json.Unmarshal([]byte(r.definition), &d); err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged definition of table %s.%s: %v",
			r.database, r.name, err)
	}
	return &catalog.Table{
		ID: r.id, Database: r.database, Name: r.name, Kind: catalog.TableKind(r.kind), Description: d.Description,
		Columns: columnsOf(d.Columns), PartitionKeys: columnsOf(d.PartitionKeys), Storage: catalog.Storage(d.Storage),
		Format: d.Format, Parameters: d.Parameters, ViewText: d.ViewText, ViewDatabase: d.ViewDatabase,
		ViewOriginal: d.ViewOriginal, ViewExpanded: d.ViewExpanded, Owner: d.Owner, Retention: d.Retention,
		Accessed: fromMicros(d.Accessed), Analyzed: fromMicros(d.Analyzed), Other: d.Other,
		Created: fromMicros(r.created), Updated: fromMicros(r.updated), Version: r.version,
	}, nil
}

// newTableRow checks a table and makes its row, without its identifiers.
func newTableRow(t *catalog.Table, now time.Time) (*tableRow, error) {
	if err := checkTable(t); err != nil {
		return nil, err
	}
	d := definition{
		Description: t.Description, Columns: columnDocs(t.Columns), PartitionKeys: columnDocs(t.PartitionKeys),
		Storage: storageDoc(t.Storage), Format: t.Format, Parameters: t.Parameters,
		ViewText: t.ViewText, ViewDatabase: t.ViewDatabase, ViewOriginal: t.ViewOriginal, ViewExpanded: t.ViewExpanded,
		Owner: t.Owner, Retention: t.Retention, Accessed: micros(t.Accessed), Analyzed: micros(t.Analyzed), Other: t.Other,
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeDatatypeMismatch, "cannot store table %s: %v", t.Name, err)
	}
	r := &tableRow{name: fold(t.Name), kind: string(t.Kind), definition: string(b), updated: micros(now)}
	if r.kind == "" {
		r.kind = string(catalog.ExternalTable)
	}
	if r.created = micros(t.Created); r.created == 0 {
		r.created = r.updated
	}
	return r, nil
}

func checkTable(t *catalog.Table) error {
	if err := checkName("table", t.Name); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range t.AllColumns() {
		if c.Name == "" {
			return fault.New(fault.CodeInvalidName, "a column of table %s has no name", t.Name)
		}
		if !utf8.ValidString(c.Name) {
			return fault.New(fault.CodeInvalidName, "the name %q of a column of table %s is not UTF-8", c.Name, t.Name)
		}
		if seen[c.Name] {
			return fault.New(fault.CodeDuplicateColumn, "column %q specified more than once", c.Name)
		}
		seen[c.Name] = true
	}
	for _, k := range t.PartitionKeys {
		if err := partition.CheckKeyType(k.Type); err != nil {
			return fault.As(err).InColumn(k.Name)
		}
	}
	return nil
}

func columnsOf(docs []columnDoc) []catalog.Column {
	cols := make([]catalog.Column, len(docs))
	for i, d := range docs {
		cols[i] = catalog.Column{Name: d.Name, Type: d.Type.Type, Comment: d.Comment, HiveType: d.HiveType, Parameters: d.Parameters}
	}
	return cols
}

func columnDocs(cols []catalog.Column) []columnDoc {
	docs := make([]columnDoc, len(cols))
	for i, c := range cols {
		docs[i] = columnDoc{Name: c.Name, Type: typeDoc{c.Type}, Comment: c.Comment, HiveType: c.HiveType, Parameters: c.Parameters}
	}
	return docs
}

// descriptorDoc is a partition's descriptor in JSON. Columns that are nil are
// left out; columns that are empty are not.
type descriptorDoc struct {
	Columns []columnDoc `json:"columns,omitzero"`
	Storage storageDoc  `json:"storage"`
}

// descriptorText gives the JSON of a descriptor, "" for none.
func descriptorText(d *catalog.Descriptor) (string, error) {
	if d == nil {
		return "", nil
	}
	doc := descriptorDoc{Storage: storageDoc(d.Storage)}
	doc.Storage.Location = "" // the partition has it
	if d.Columns != nil {
		doc.Columns = columnDocs(d.Columns)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return "", fault.Wrap(err, fault.CodeDatatypeMismatch, "cannot store the descriptor of a partition: %v", err)
	}
	return string(b), nil
}

func descriptorOf(text string) (*catalog.Descriptor, error) {
	var doc descriptorDoc
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged descriptor of a partition: %v", err)
	}
	d := &catalog.Descriptor{Storage: catalog.Storage(doc.Storage)}
	if doc.Columns != nil {
		d.Columns = columnsOf(doc.Columns)
	}
	return d, nil
}

// sameKeys reports whether two lists of partition keys differ in nothing but
// types and comments.
func sameKeys(a, b []catalog.Column) (names, typs bool) {
	if len(a) != len(b) {
		return false, false
	}
	names, typs = true, true
	for i := range a {
		names = names && a[i].Name == b[i].Name
		typs = typs && a[i].Type.Equal(b[i].Type)
	}
	return names, typs
}

func parametersText(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	b, _ := json.Marshal(m) // a map of strings always marshals
	return string(b)
}

func parametersOf(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	var m map[string]string
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds damaged parameters: %v", err)
	}
	return m, nil
}
