package crawl

import (
	"github.com/glauxdb/glaux/catalog"
)

// Target is a place to crawl.
type Target struct {
	Location string `json:"location"` // s3://bucket/prefix, a directory, or one file
	// Exclusions are Glue's globs, relative to Location: * within a folder, **
	// across folders, ?, [a-z], [!a], {a,b}, \ before what means itself.
	Exclusions []string `json:"exclusions,omitempty"`
	// SampleSize is how many files of each leaf folder count; 0: all, of which
	// some are looked into.
	SampleSize int `json:"sample_size,omitempty"`
	// Depth is how many levels of folders below Location are followed; 0: all.
	Depth int `json:"depth,omitempty"`
}

// Grouping says how folders become tables. The zero value is the crawler's own
// judgement.
type Grouping struct {
	// Combine makes one table of each target, whatever its files' schemas
	// (Glue's CombineCompatibleSchemas).
	Combine bool
	// TableLevel is the level of the folders that are tables, the bucket (or the
	// root of the file system's lake) being 1; 0: found (Glue's TableLevelConfiguration).
	TableLevel int
	// StringKeys types all partition keys as varchar, as Glue does.
	StringKeys bool
	// MaxTables makes a crawl that finds more tables fail before it writes; 0:
	// no limit (Glue's TableThreshold).
	MaxTables int
}

// Known is a table that the catalog has at a location, with what an earlier
// crawl remembered of it.
type Known struct {
	Table *catalog.Table
	// Fingerprint is Found.Fingerprint of the crawl that last brought the table
	// up to date: where it is the same now, no file is looked into.
	Fingerprint string
	// Has says whether the table has a partition with these values; only asked
	// in a crawl of new folders (Options.NewOnly). nil: it has none.
	Has func(values []string) bool
}

// Findings are what the files of a crawl's targets show. They depend on the
// files, the options and the known tables alone, never on the order of reading.
type Findings struct {
	Tables  []*Found  // by location
	Trees   []*Folder // one for each target: what was seen and how it was decided
	LeftOut []LeftOut // by location
	Notes   []string  // sorted: header scores, maps, widened types

	// Unlisted are the locations whose listing failed (folders, with a slash at the
	// end), and the known tables none of whose files could be read, sorted. What
	// lies below them is unknown, which is not to say gone.
	Unlisted []string

	Objects int64 // listed
	Bytes   int64
	Sampled int // looked into
}

// Found is a table as its files describe it.
type Found struct {
	// Table has no database and no final name: Name is what the folder or file
	// suggests, folded, with Above to tell equal ones apart.
	Table *catalog.Table
	Above string
	Known *catalog.Table // that the catalog has at this location; nil: new

	// Unchanged: the fingerprint is the known one. Table is then Known, and the
	// partitions are not listed.
	Unchanged bool
	// Fingerprint changes with any file below the table. It is "", which no
	// later crawl takes for unchanged, where files could not be read for now.
	Fingerprint string

	// Partitions that were found, with a Location where it is not the one that
	// the values spell, in the order of their paths.
	Partitions []catalog.Partition
	Files      int64
	Bytes      int64
	// Sampled is how many of the Files were looked into. Where it is all of
	// them, a column that the Table lacks is in no file; else it may be.
	Sampled int64
	Drift   []Drift

	// Projection are the properties of a partition projection that would give
	// the partitions found, for a table of date folders; nil: none is proposed.
	// They are a proposal for a person: the Table does not have them.
	Projection map[string]string

	shapes []fileShape // of the files that were looked into: see DriftFrom
}

// Drift is a file whose schema is not its table's.
type Drift struct {
	File     string      `json:"file"` // its URL
	Column   string      `json:"column"`
	Declared string      `json:"declared,omitempty"` // the table's type; "": the table has no such column
	Found    string      `json:"found,omitempty"`    // the file's type; "": the file has no such column
	Action   DriftAction `json:"action"`
}

// DriftAction is what reading does about a drift.
type DriftAction string

// The actions.
const (
	DriftWiden  DriftAction = "cast"    // the file's type is another: its values are converted
	DriftNull   DriftAction = "null"    // the column is missing in the file: NULL
	DriftIgnore DriftAction = "ignored" // the table has no such column
	DriftFail   DriftAction = "error"   // values that do not fit are errors when they are read
)

// LeftOut is what a crawl did not take, and why.
type LeftOut struct {
	Location string `json:"location"`
	Why      string `json:"why"`
	Count    int    `json:"count,omitempty"` // how many objects this line stands for
}

// Folder is a folder as the crawl saw it, for people: where very many are
// alike, some stand for all.
type Folder struct {
	Name     string    `json:"name"`
	Files    int64     `json:"files"` // in it and below
	Bytes    int64     `json:"bytes"`
	Decision string    `json:"decision,omitempty"` // "table orders", "partition of orders", "left out: ..."
	Score    string    `json:"score,omitempty"`    // how it was decided: "12 of 12 folders similar, least 0.92"; "": nothing to decide
	Kids     []*Folder `json:"kids,omitempty"`
	More     int       `json:"more,omitempty"` // folders like the last of Kids that are not shown
}
