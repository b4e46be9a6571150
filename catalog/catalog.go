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
	Other       string // JSON object of Glue's fields that Glaux only keeps: TargetDatabase; "": none
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
	Name string
	// Type is types.TUnknown where HiveType is no type that Glaux has: such a
	// column is kept and shown, and a query that names it is refused.
	Type       types.Type
	Comment    string
	HiveType   string            // the type as a Glue client spelled it; "": as Type.Hive spells it
	Parameters map[string]string // of a Glue client, nil: none
}

// Storage is Glue's StorageDescriptor without its columns.
type Storage struct {
	Location     string // "s3://bucket/prefix/" or a directory
	InputFormat  string
	OutputFormat string
	SerDe        string            // class name
	SerDeParams  map[string]string //
	SerDeName    string            // what a client calls the SerDe; mostly ""
	Parameters   map[string]string // of the descriptor, beside the table's own
	// What Hive keeps and reading does not need.
	Compressed     bool
	Buckets        int // 0: not bucketed
	BucketColumns  []string
	SortColumns    []SortColumn
	SubDirectories bool     // StoredAsSubDirectories
	MoreLocations  []string // Glue's AdditionalLocations
	Other          string   // JSON object of Glue's fields that Glaux only keeps: SkewedInfo, SchemaReference; "": none
}

// SortColumn is one of the columns by which a bucket's rows are ordered.
type SortColumn struct {
	Column string
	Desc   bool
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
	ViewText      string            // the SELECT of a view; "" where ViewOriginal is in a dialect that Glaux does not read
	ViewDatabase  string            // the search path's first schema when the view was made
	ViewOriginal  string            // Glue's ViewOriginalText as a client wrote it; "": made of ViewText
	ViewExpanded  string            // Glue's ViewExpandedText, likewise
	Owner         string
	Retention     int       // days, as a client said; nothing is removed
	Accessed      time.Time // LastAccessTime, as a client said
	Analyzed      time.Time // LastAnalyzedTime, as a client said
	Other         string    // JSON object of Glue's fields that Glaux only keeps: TargetTable, ViewDefinition; "": none
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
	Descriptor *Descriptor       // nil: the table's
	Created    time.Time
	Accessed   time.Time // as a client said
	Analyzed   time.Time // as a client said
}

// Descriptor is how a partition's files are written where that differs from
// its table: Glue keeps a whole StorageDescriptor with each partition. Most
// partitions of a table share one. Immutable.
type Descriptor struct {
	Columns []Column // nil: the table's
	Storage Storage  // without Location, which the partition has
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
	// Descriptor gives partition i's own, nil for the table's. Equal ones are the
	// same pointer, mostly. The function may be nil: no partition has one.
	Descriptor func(i int) *Descriptor
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

// Change is all that happens to one table in one transaction: whoever looks
// sees all of it or nothing, also after a kill.
type Change struct {
	// Table is what the change is about. With Define it is created (ID 0; 42P07
	// if the name is taken) or replaced (a stale Version is 55000); without, it
	// must be there (its ID counts) and its description stays.
	Table  *Table
	Define bool
	// SkipArchive leaves no TableVersion of what is replaced.
	SkipArchive bool

	// Partitions. Add leaves alone what is there already, unless MustBeNew
	// refuses it (42710). Alter replaces partitions of exactly these Values
	// (42704 if one is missing) but for their IDs and creation times. Drop goes
	// by typed values as DropPartitions does, with DropExact by exactly these
	// texts (01 leaves 1 where it is); what is not there is passed over.
	// They are done in the order Drop, Alter, Add. Drop speaks of the partition
	// keys that the table had before the change, the others of those it has
	// after it: other keys need all partitions to be dropped (0A000).
	Drop      [][]string
	DropExact bool
	Alter     []Partition
	Add       []Partition
	MustBeNew bool

	// Documents are stored with it. Where a Table is -1 it is set to the table's
	// ID, and so is its Key, in decimal, where that is empty.
	Documents []Document
}

// Applied is what a Change did.
type Applied struct {
	Table                   *Table // as it is now
	Added, Altered, Dropped int    // partitions
}

// Changer is the part of a catalog that makes several changes to a table at
// once.
type Changer interface {
	Apply(ctx context.Context, c Change) (*Applied, error)
}

// TableVersion is a description that a table had or has.
type TableVersion struct {
	Version  int64 // ascending by one for each change
	Table    *Table
	Archived time.Time // when it was replaced; zero: it is the present one
}

// Versions is the part of a catalog that remembers what tables were.
type Versions interface {
	// TableVersions gives the present description and the archived ones, newest
	// first, at most limit (0: all) of them with a Version below before (0: no
	// bound).
	TableVersions(ctx context.Context, t *Table, before int64, limit int) ([]TableVersion, error)
	// DeleteTableVersions forgets archived ones and gives which there were.
	DeleteTableVersions(ctx context.Context, t *Table, versions []int64) ([]int64, error)
}

// PartitionScanner is the part of a catalog that gives partitions as they were
// added, in bounded memory.
type PartitionScanner interface {
	// PartitionsAfter gives at most limit (0: all) partitions in the order of
	// their key texts (byte-wise, key by key), from the one behind after on (nil:
	// from the first).
	PartitionsAfter(ctx context.Context, t *Table, after []string, limit int) ([]Partition, error)
	// Partition gives the one with exactly these texts, nil if there is none.
	Partition(ctx context.Context, t *Table, values []string) (*Partition, error)
}

// Document is a JSON text that the catalog keeps for one of its users under a
// space (crawler, classifier, run, ...) and a key: what needs no table of its
// own.
type Document struct {
	Space, Key string
	Table      int64  // the table with which it goes when that is dropped; 0: none
	Version    int64  // of the document, from 1 on
	Data       []byte // nil in a write: it is deleted
}

// Documents stores documents.
type Documents interface {
	Document(ctx context.Context, space, key string) (*Document, error) // nil, nil if there is none
	// DocumentsAfter gives at most limit (0: all) documents of a space whose
	// keys begin with prefix and lie behind after ("": from the first), by key.
	DocumentsAfter(ctx context.Context, space, prefix, after string, limit int) ([]Document, error)
	// PutDocuments writes all of them in one transaction. Each Version must be
	// that of the stored document: 0 creates (42710 if it is there), another
	// replaces or deletes (55000 if it has changed, 42704 if it is gone);
	// AnyVersion writes whatever is there. It gives the new versions.
	PutDocuments(ctx context.Context, ds ...Document) ([]int64, error)
}

// AnyVersion is the Version of a Document that overwrites.
const AnyVersion = -1

// Locker keeps two processes, or two parts of one, from doing the same thing.
type Locker interface {
	// TryLock takes a lock by name; ok is false if another holds it. A lock ends
	// with unlock or with its process, however that ends. Where it hangs on a network
	// it may be lost before: see Guard.
	TryLock(ctx context.Context, name string) (unlock func(), ok bool, err error)
	// Guard gives a context for what is done under a lock that this process has: it
	// ends with ctx, and when the lock is lost, with a fault (08006) as its cause. The
	// caller calls release at the end.
	Guard(ctx context.Context, name string) (guarded context.Context, release func())
}

// Full is a catalog that can do all of this package.
type Full interface {
	Catalog
	Changer
	Versions
	PartitionScanner
	Documents
	Locker
}
