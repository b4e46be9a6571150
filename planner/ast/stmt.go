package ast

// Stmt is a statement. A *Query is one too.
type Stmt interface {
	Node
	stmt()
}

type stmtNode struct{ At }

func (stmtNode) stmt() {}
func (*Query) stmt()   {}

// Property is 'key' = 'value' of TBLPROPERTIES, SERDEPROPERTIES, WITH (...).
type Property struct {
	At
	Key   string
	Value string
	X     Expr // the value as an expression when it is not a string (WITH (format = 'x', n = 3))
}

// ColumnDef is a column of CREATE TABLE or ADD COLUMNS.
type ColumnDef struct {
	At
	Name    Ident
	Type    TypeName
	Comment string
}

// SortedColumn is a column of SORTED BY.
type SortedColumn struct {
	Name Ident
	Desc bool
}

// PartitionSpec is (k = v, ...) of a PARTITION clause.
type PartitionSpec struct {
	At
	Keys     []Ident
	Ops      []string // "=" and, in DROP, "<", ">=" ...
	Values   []Expr
	Location string
}

// The statements.
type (
	// Explain is EXPLAIN [ANALYZE] [(options)] statement.
	Explain struct {
		stmtNode
		Analyze bool
		Verbose bool
		// Estimate asks what the query would cost instead of how it would run.
		Estimate bool
		Format   string // "text", "json", "graphviz", "html"; "" is the type's own
		Type     string // "logical", "distributed", "validate", "io"; "" is logical
		Options  map[string]string
		Stmt     Stmt
	}
	// CreateDatabase is CREATE DATABASE | SCHEMA.
	CreateDatabase struct {
		stmtNode
		Name        Ident
		IfNotExists bool
		Comment     string
		Location    string
		Properties  []Property
	}
	// DropDatabase is DROP DATABASE | SCHEMA.
	DropDatabase struct {
		stmtNode
		Name     Ident
		IfExists bool
		Cascade  bool
	}
	// CreateTable is CREATE [EXTERNAL] TABLE in Hive's syntax.
	CreateTable struct {
		stmtNode
		Name          Name
		External      bool
		IfNotExists   bool
		Columns       []ColumnDef
		Template      Ident // FROM TEMPLATE: what the statement leaves out is in it
		Comment       string
		PartitionedBy []ColumnDef
		ClusteredBy   []Ident
		SortedBy      []SortedColumn
		Buckets       int
		RowFormat     *RowFormat
		StoredAs      string // lower case: parquet, textfile, ...
		InputFormat   string
		OutputFormat  string
		Location      string
		Properties    []Property
		As            *Query  // CREATE TABLE ... AS
		Names         []Ident // of its columns, where they are given without types
		NoData        bool    // ... WITH NO DATA
		With          []Property
		// Transforms is Iceberg's PARTITIONED BY (col, bucket(16, id)): columns of
		// the table and transforms of them; PartitionedBy is nil then.
		Transforms []Expr
	}
	// Unload is UNLOAD (query) TO 'location' WITH (properties).
	Unload struct {
		stmtNode
		Query *Query
		To    string
		With  []Property
	}
	// CreateView is CREATE [OR REPLACE] VIEW, or ALTER VIEW ... AS, which keeps the
	// comment and the properties. Text is the query as written.
	CreateView struct {
		stmtNode
		Name        Name
		Alter       bool
		OrReplace   bool
		IfNotExists bool
		Columns     []Ident
		Comments    []string // of the columns, parallel to them
		Comment     string
		Properties  []Property
		Query       *Query
		Text        string
	}
	// Drop is DROP TABLE | VIEW.
	Drop struct {
		stmtNode
		Kind     string // "table", "view"
		Names    []Name
		IfExists bool
	}
	// AlterTable is ALTER TABLE name action.
	AlterTable struct {
		stmtNode
		View   bool // ALTER VIEW
		Name   Name
		Action AlterAction
	}
	// Repair is MSCK REPAIR TABLE name [ADD | DROP | SYNC PARTITIONS]. Mode is
	// "" (as add), "add", "drop" or "sync".
	Repair struct {
		stmtNode
		Name Name
		Mode string
	}
	// InferPartitions is INFER PARTITIONS FOR name.
	InferPartitions struct {
		stmtNode
		Name Name
	}
	// Show is every SHOW except settings: SHOW DATABASES, TABLES, VIEWS, COLUMNS,
	// PARTITIONS, CREATE TABLE, CREATE VIEW, CREATE DATABASE, TBLPROPERTIES, FUNCTIONS, DRIFT, TEMPLATES, WORKGROUPS,
	// BUDGETS, WORKGROUP, BUDGET, CREATE WORKGROUP, CREATE BUDGET.
	// What is lower case: "databases", "tables", "create table", ...
	Show struct {
		stmtNode
		What    string
		Name    Name   // the table, view, workgroup or budget
		In      Ident  // the database, or ""
		Like    string // a pattern, or ""
		HasLike bool
	}
	// Describe is DESCRIBE [EXTENDED | FORMATTED] name [PARTITION (...)] [column[.step ...]]
	// and DESCRIBE DATABASE [EXTENDED] name. Prepared is "input" or "output" in
	// DESCRIBE INPUT and OUTPUT, whose Name is that of a prepared statement.
	Describe struct {
		stmtNode
		Prepared  string
		Name      Name
		Mode      string // "", "extended", "formatted"
		Database  bool
		Partition *PartitionSpec
		Column    Name // a column and steps into its type: fields, "$elem$", "$key$", "$value$"
	}
	// Set is SET [SESSION | LOCAL] name = value | TO value | DEFAULT, and SET
	// TIME ZONE. Default is true for RESET name and SET name TO DEFAULT; Name
	// "all" with Default is RESET ALL.
	//
	// Transaction is true for SET TRANSACTION, whose first mode is Name and Values
	// and whose second, if there are two, is Also.
	Set struct {
		stmtNode
		Name        string
		Local       bool
		Values      []Expr
		Default     bool
		Reset       bool // Default, spelled RESET name
		Transaction bool
		Also        *Set
	}
	// ShowSetting is SHOW name or SHOW ALL.
	ShowSetting struct {
		stmtNode
		Name string
	}
	// Transaction is BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT,
	// SAVEPOINT, RELEASE, ROLLBACK TO. Op "begin", "commit", "rollback",
	// "savepoint", "release", "rollback to".
	// Chain is AND CHAIN; Isolation ("serializable") and ReadOnly ("on", "off") are
	// the modes of BEGIN, "" where nothing is said.
	Transaction struct {
		stmtNode
		Op        string
		Name      Ident
		Start     bool // BEGIN, spelled START TRANSACTION
		Chain     bool
		Isolation string
		ReadOnly  string
	}
	// Discard is DISCARD ALL | PLANS | SEQUENCES | TEMP.
	Discard struct {
		stmtNode
		What string
	}
	// Deallocate is DEALLOCATE [PREPARE] name | ALL.
	Deallocate struct {
		stmtNode
		Name Ident
		All  bool
	}
	// Prepare is PREPARE name [(types)] AS | FROM statement.
	Prepare struct {
		stmtNode
		Name  Ident
		Types []TypeName
		Stmt  Stmt
		Text  string // the statement as written
	}
	// Execute is EXECUTE name [(args)] or EXECUTE name USING args, or
	// EXECUTE IMMEDIATE 'statement' [USING args]: Text is set and Name is not.
	Execute struct {
		stmtNode
		Name Ident
		Args []Expr
		Text *StringLit
	}
	// Accepted is a statement that PostgreSQL's drivers and pools send and that
	// has nothing to do here. Tag is its command tag.
	Accepted struct {
		stmtNode
		Tag string
	}
	// Copy is COPY (query) | table [(columns)] TO STDOUT [WITH (options)].
	// Options have lower-case keys: format, header, delimiter, null, quote ...
	Copy struct {
		stmtNode
		Query   *Query // also set for a table: TABLE or SELECT of its columns
		Options []Property
	}
	// Use is USE [catalog.]schema.
	Use struct {
		stmtNode
		Name Name
	}
)

// RowFormat is ROW FORMAT DELIMITED ... or SERDE 'class' WITH SERDEPROPERTIES.
// The delimiters of DELIMITED are given as SerDe properties with Hive's keys:
// field.delim, escape.delim, collection.delim, mapkey.delim, line.delim,
// serialization.null.format.
type RowFormat struct {
	At
	SerDe      string // "" for DELIMITED
	Properties []Property
}

// AlterAction is what ALTER TABLE does.
type AlterAction interface{ alter() }

// The actions of ALTER TABLE.
type (
	// AddPartitions is ADD [IF NOT EXISTS] PARTITION ....
	AddPartitions struct {
		IfNotExists bool
		Specs       []PartitionSpec
	}
	// DropPartitions is DROP [IF EXISTS] PARTITION ....
	DropPartitions struct {
		IfExists bool
		Specs    []PartitionSpec
	}
	// AddColumns is ADD COLUMNS (...), with Replace REPLACE COLUMNS.
	AddColumns struct {
		Replace bool
		Columns []ColumnDef
	}
	// SetLocation is [PARTITION spec] SET LOCATION.
	SetLocation struct {
		Spec     *PartitionSpec
		Location string
	}
	// RenamePartition is PARTITION spec RENAME TO PARTITION spec.
	RenamePartition struct{ From, To PartitionSpec }
	// SetProperties is SET TBLPROPERTIES (...).
	SetProperties struct{ Properties []Property }
	// RenameTable is RENAME TO name.
	RenameTable struct{ To Name }
)

func (AddPartitions) alter()   {}
func (DropPartitions) alter()  {}
func (AddColumns) alter()      {}
func (SetLocation) alter()     {}
func (RenamePartition) alter() {}
func (SetProperties) alter()   {}
func (RenameTable) alter()     {}
