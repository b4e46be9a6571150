// Package catalog says what the lake holds: databases, tables, partitions. It
// is the border between the planner and whatever stores the descriptions
// (catalog/meta, later catalog/glue). Objects are immutable once returned: share
// them freely, change a copy and hand it to an Update method.
package catalog

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
)

// Database is a namespace of tables; PostgreSQL clients see it as a schema.
type Database struct {
	ID          int64 // stable over restarts, never reused
	Name        string
	Description string
	Location    string
	Parameters  map[string]string
	Created     time.Time
}

// TableKind is Glue's TableType.
type TableKind string

// The kinds of tables.
const (
	ExternalTable TableKind = "EXTERNAL_TABLE"
	VirtualView   TableKind = "VIRTUAL_VIEW"
)

// Column is a column or a partition key.
type Column struct {
	Name    string
	Type    types.Type
	Comment string
}

// Storage is Glue's StorageDescriptor, as far as reading needs it.
type Storage struct {
	Location     string // "s3://bucket/prefix/" or a directory
	InputFormat  string
	OutputFormat string
	SerDe        string            // class name
	SerDeParams  map[string]string // lower-case keys
}

// Table is a table or a view. ID is stable over restarts and never reused.
type Table struct {
	ID            int64
	Database      string
	Name          string
	Kind          TableKind
	Description   string
	Columns       []Column // data columns
	PartitionKeys []Column
	Storage       Storage
	Format        string            // the classification: parquet, csv, json
	Parameters    map[string]string // TBLPROPERTIES
	ViewText      string            // the SELECT of a view
	ViewDatabase  string            // the search path's first schema when the view was made
	Created       time.Time
	Updated       time.Time
	Version       int64 // increases with every change of the table, not of its partitions
}

// AllColumns gives the data columns followed by the partition keys.
func (t *Table) AllColumns() []Column {
	return append(t.Columns[:len(t.Columns):len(t.Columns)], t.PartitionKeys...)
}

// Partition is one partition as it is added, altered or shown. Values are the
// texts of the keys as Hive writes them, unescaped; HiveNull stands for NULL.
type Partition struct {
	ID         int64
	Values     []string
	Location   string            // "" : the table's location plus the Hive path of Values
	Parameters map[string]string // nil: none
	Format     string            // "" : the table's
	Created    time.Time
}

// HiveNull is the value that Hive writes in a path for a NULL key.
const HiveNull = "__HIVE_DEFAULT_PARTITION__"

// Partitions is the columnar snapshot of a table's partition list, made for
// pruning millions of partitions with the engine's own vectors. Immutable and
// shared. Row i of every slice is one partition; the order is by key values.
type Partitions struct {
	Version int64       // increases with every change of the list
	N       int         //
	Keys    []KeyValues // parallel to Table.PartitionKeys
	// Location gives partition i's full location. It computes: keep what you need.
	Location func(i int) string
	// Format gives partition i's own classification, "" for the table's.
	Format func(i int) string
	// Text gives key k of partition i as it is written in Partition.Values (01
	// where Value gives 1), HiveNull for NULL. It may be nil where a snapshot
	// was made without texts.
	Text func(k, i int) string
}

// KeyValues are one partition key's values over all partitions: codes into the
// distinct values, which are typed as the key is declared (NULL at most once).
type KeyValues struct {
	Codes  []uint32
	Values []types.Value
}

// Value gives the typed value of key k in partition i.
func (p *Partitions) Value(k, i int) types.Value { return p.Keys[k].Values[p.Keys[k].Codes[i]] }

// Reader is the part of a catalog that planning needs. Names match exactly
// first, then case-insensitively. What is missing is a fault: 3F000 for a
// database, 42P01 for a table, with the nearest name as the hint.
type Reader interface {
	Databases(ctx context.Context) ([]*Database, error) // by name
	Database(ctx context.Context, name string) (*Database, error)
	Tables(ctx context.Context, database string) ([]*Table, error) // by name
	Table(ctx context.Context, database, name string) (*Table, error)
	Partitions(ctx context.Context, t *Table) (*Partitions, error)
}

// Catalog is a Reader that can be changed. Every method is atomic and durable
// when it returns. Safe for concurrent use by many goroutines.
type Catalog interface {
	Reader
	CreateDatabase(ctx context.Context, d *Database) (*Database, error) // 42P06
	UpdateDatabase(ctx context.Context, d *Database) (*Database, error)
	DropDatabase(ctx context.Context, name string, cascade bool) error // 2BP01 if it has tables
	CreateTable(ctx context.Context, t *Table) (*Table, error)         // 42P07
	// UpdateTable replaces the table with t.ID; a stale t.Version is 55000.
	UpdateTable(ctx context.Context, t *Table) (*Table, error)
	DropTable(ctx context.Context, database, name string) error
	// AddPartitions adds what is not there yet, in one transaction, and gives
	// how many were added. With mustBeNew an existing one is 42710.
	AddPartitions(ctx context.Context, t *Table, ps []Partition, mustBeNew bool) (int, error)
	// DropPartitions drops the partitions with these values and gives how many
	// there were. Texts of one typed value are the same: 1 drops 01 of an
	// integer key.
	DropPartitions(ctx context.Context, t *Table, values [][]string) (int, error)
	Close() error
}
