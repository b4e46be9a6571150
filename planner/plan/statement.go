package plan

import (
	"cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/catalog/types"
)

// Statement is a bound statement: a *Query, an *Explain, a catalog command or a
// session command.
type Statement interface {
	// Tag is the command tag without its row count: "SELECT", "CREATE TABLE".
	Tag() string
}

// Query is a statement that delivers rows.
type Query struct {
	Root    Node
	Columns []ResultColumn // what the client sees, in order; Root may put out more
	Params  []types.Type   // types of $1..$n, inferred
	NextID  ColID          // the first ID that is not in use
	Command string         // the tag: "SELECT", "SHOW" ...
}

// ResultColumn is a column of a result.
type ResultColumn struct {
	Name  string
	Type  types.Type
	ID    ColID
	Table int64 // catalog ID of the table that a plain column comes from, 0 otherwise
	Attr  int   // its 1-based position there
	// System is the OID of the system table that a plain column comes from; Table
	// is 0 then.
	System uint32
	// Declared says that the type's length, precision or scale was written down:
	// for a table's column or in a cast. Clients hear of no other (typmod -1).
	// A varchar that nobody declared is text to them.
	Declared bool
}

// Explain shows how Stmt would run; with Analyze, how it ran; with Estimate,
// what it would read.
type Explain struct {
	Analyze, Verbose, Estimate bool
	Type                       ExplainType
	Format                     string // "text", "json", "graphviz", "html"
	Heading                    string // of the column of text
	Stmt                       *Query // without a Root if the statement has no rows and is only validated
	Write                      *Write // what becomes of Stmt's rows; nil: they are delivered
}

// ExplainType is what EXPLAIN shows.
type ExplainType string

// The types of EXPLAIN, as in Trino.
const (
	ExplainLogical     ExplainType = "logical"     // the plan
	ExplainDistributed ExplainType = "distributed" // the plan cut into fragments
	ExplainValidate    ExplainType = "validate"    // whether the statement can be planned
	ExplainIO          ExplainType = "io"          // tables that are read and written
)

// The catalog commands. The binder has checked names and made the new objects;
// exec applies them.
type (
	CreateDatabase struct {
		Database    *catalog.Database
		IfNotExists bool
	}
	DropDatabase struct {
		Name     string
		IfExists bool
		Cascade  bool
	}
	// AlterDatabase replaces what is known of a database; Command is the tag.
	AlterDatabase struct {
		Database *catalog.Database
		Command  string
	}
	CreateTable struct {
		Table       *catalog.Table // also views
		IfNotExists bool
		OrReplace   bool
		Note        string // what the client is to be told once it is made, or ""
		// Advise judges by the names of the folders that are at the location whether
		// the table will find its files; "" if so. It may be nil.
		Advise func(folders []string) string
	}
	DropTable struct {
		Database, Name string
		View           bool
		IfExists       bool
	}
	// Drops is a DROP of several tables or views: DropTable and DropTemp.
	Drops      struct{ Each []Statement }
	AlterTable struct {
		Table   *catalog.Table
		Command string // the tag, if it is not ALTER TABLE
	}
	AddPartitions struct {
		Table     *catalog.Table
		Parts     []catalog.Partition
		MustBeNew bool
	}
	DropPartitions struct {
		Table    *catalog.Table
		Values   [][]string
		IfExists bool
	}
	// RenamePartition gives the partition of exactly the texts From other ones.
	// Its files stay where they are.
	RenamePartition struct {
		Table    *catalog.Table
		From, To []string
	}
	// SetPartitionLocation moves the partition of exactly the texts Values.
	SetPartitionLocation struct {
		Table    *catalog.Table
		Values   []string
		Location string
	}
	// Analyze counts rows and columns of tables.
	Analyze struct{ Tables []AnalyzeTable }
	// Repair is MSCK REPAIR TABLE: add what folders spell, drop what has none.
	Repair struct {
		Table     *catalog.Table
		Add, Drop bool
	}
)

// The session commands.
type (
	Set struct {
		Name    string
		Value   string
		Default bool
		Reset   bool // Default, spelled RESET name
		Local   bool
		// Transaction is true for SET TRANSACTION; Also is its second mode.
		Transaction bool
		Also        *Set
	}
	ShowSetting struct{ Name string } // "all": every setting
	// Transaction is as ast.Transaction.
	Transaction struct {
		Op, Name            string
		Start               bool // BEGIN, spelled START TRANSACTION
		Chain               bool
		Isolation, ReadOnly string
	}
	Discard    struct{ What string }
	Deallocate struct {
		Name string
		All  bool
	}
	// DescribePrepared is DESCRIBE INPUT or DESCRIBE OUTPUT of a prepared statement.
	DescribePrepared struct {
		Name   string
		Output bool
	}
	Prepare struct {
		Name  string
		Types []types.Type
		Text  string // the statement to prepare
	}
	Execute struct {
		Name string
		// Text is the statement of EXECUTE IMMEDIATE, which has no name; else nil.
		Text *string
		Args []types.Value
	}
	// Empty is a statement of only white space and comments.
	Empty struct{}
)

func (q *Query) Tag() string        { return q.Command }
func (*Explain) Tag() string        { return "EXPLAIN" }
func (*CreateDatabase) Tag() string { return "CREATE DATABASE" }
func (*DropDatabase) Tag() string   { return "DROP DATABASE" }
func (c *CreateTable) Tag() string {
	if c.Table.Kind == catalog.VirtualView {
		return "CREATE VIEW"
	}
	return "CREATE TABLE"
}
func (d *DropTable) Tag() string {
	if d.View {
		return "DROP VIEW"
	}
	return "DROP TABLE"
}
func (d *Drops) Tag() string { return d.Each[0].Tag() }
func (a *AlterTable) Tag() string {
	if a.Command == "" && a.Table.Kind == catalog.VirtualView {
		return "ALTER VIEW"
	}
	return cmp.Or(a.Command, "ALTER TABLE")
}
func (a *AlterDatabase) Tag() string      { return a.Command }
func (*AddPartitions) Tag() string        { return "ALTER TABLE" }
func (*DropPartitions) Tag() string       { return "ALTER TABLE" }
func (*RenamePartition) Tag() string      { return "ALTER TABLE" }
func (*SetPartitionLocation) Tag() string { return "ALTER TABLE" }
func (*Analyze) Tag() string              { return "ANALYZE" }
func (*Repair) Tag() string               { return "MSCK REPAIR TABLE" }
func (s *Set) Tag() string {
	if s.Reset {
		return "RESET"
	}
	return "SET"
}
func (*ShowSetting) Tag() string { return "SHOW" }
func (t *Transaction) Tag() string {
	if t.Start {
		return "START TRANSACTION"
	}
	return map[string]string{"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK", "savepoint": "SAVEPOINT",
		"release": "RELEASE", "rollback to": "ROLLBACK"}[t.Op]
}

// Ends reports whether it ends a transaction, or what failed of it.
func (t *Transaction) Ends() bool {
	return t.Op == "commit" || t.Op == "rollback" || t.Op == "rollback to"
}

func (d *Discard) Tag() string        { return "DISCARD " + d.What }
func (*Deallocate) Tag() string       { return "DEALLOCATE" }
func (*DescribePrepared) Tag() string { return "DESCRIBE" }
func (*Prepare) Tag() string          { return "PREPARE" }
func (*Execute) Tag() string          { return "EXECUTE" }
func (*Empty) Tag() string            { return "" }

// Accepted is a statement that has nothing to do here but is answered.
type Accepted struct{ Command string }

// Tag implements Statement.
func (a *Accepted) Tag() string { return a.Command }

// Copy is COPY (query) TO STDOUT.
type Copy struct {
	Stmt    *Query
	Options *CopyOptions
}

// Tag implements Statement.
func (*Copy) Tag() string { return "COPY" }

// AnalyzeTable is one table of an Analyze. Query has one row: the rows of the table, the
// bytes of its files, and AnalyzeMeasures values of each column.
type AnalyzeTable struct {
	Table   *catalog.Table
	Columns []AnalyzeColumn
	Query   *Query
}

// AnalyzeColumn is a column that is counted: how many values it has that are not NULL,
// about how many different ones, and what Kind asks for: the least and the greatest, the
// average and the greatest length, or how many are true and false.
type AnalyzeColumn struct {
	Column catalog.Column
	Kind   statistics.Kind
}

// AnalyzeMeasures is the number of values that are asked of a column.
const AnalyzeMeasures = 4
