package plan

import "github.com/glauxdb/glaux/catalog"

// WriteKind says what a Write does besides writing files.
type WriteKind uint8

// The kinds of writes.
const (
	CreateTableAs WriteKind = iota // the table is new, and so are its partitions
	InsertInto                     // partitions may be new
	Unload                         // nothing is told to the catalog
)

// Write puts the rows of a query into files of the lake: CREATE TABLE AS, INSERT
// INTO a table of the lake, UNLOAD.
type Write struct {
	Kind WriteKind
	// Table says how and where files are written: its format, properties and
	// location, and the partition keys. It is the table to be made, without an ID
	// (a Location of "" is chosen when the statement runs), the one that is added
	// to, or of UNLOAD one without a name.
	Table *catalog.Table
	// Source gives the data columns of Table and then its partition keys. A text may
	// be longer than its column: it is checked as rows are written.
	Source *Query
	// Compression of the files in lower case; "": the format's default. Level is
	// that of the compression, 0: its default.
	Compression string
	Level       int
	IfNotExists bool // of CREATE TABLE
	NoData      bool // of CREATE TABLE: no rows are asked for
}

// writeTags are the tags of writes without a count.
var writeTags = [...]string{CreateTableAs: "CREATE TABLE AS", InsertInto: "INSERT", Unload: "UNLOAD"}

// Tag implements Statement. PostgreSQL counts rows as SELECT 5 and INSERT 0 5.
func (w *Write) Tag() string { return writeTags[w.Kind] }
