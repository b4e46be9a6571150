// Package plan is the logical plan: nodes, bound expressions, and the borders
// that the planner needs (functions, evaluation, virtual tables). Plans are
// immutable trees; a rule makes new nodes and shares what it did not change.
//
//	Scan, Virtual, Values, TableCall ── leaves
//	Filter, Project, Aggregate, Window, MatchRecognize, Sort, Limit, DistinctOn, Unnest, MaxOneRow, Recode ── one input
//	Join, Apply ── two; SetOp ── many; With binds a shared subplan that CTERef reads
//	Recursive ── a query that reads its own last rows through WorkTable
//
// After the rules no Apply and no Param is left, every Scan has its Source, and
// the plan is what exec/build turns into pipelines.
package plan

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// Op names a kind of node, for Rule.Match and EXPLAIN.
type Op uint8

// The kinds of nodes.
const (
	OpScan Op = iota
	OpVirtual
	OpValues
	OpTableCall
	OpFilter
	OpProject
	OpAggregate
	OpJoin
	OpApply
	OpSort
	OpLimit
	OpDistinctOn
	OpUnnest
	OpMaxOneRow
	OpSetOp
	OpWith
	OpCTERef
	OpWindow
	OpRecursive
	OpWorkTable
	OpMatchRecognize
	OpRecode
)

// Node is a relational operator.
type Node interface {
	Op() Op
	Inputs() []Node
	WithInputs(in []Node) Node // a copy with other inputs, same number
	Output() []Column          // must not be written
}

// The nodes.
type (
	// Scan reads a table. Filter is evaluated inside the scan; its columns are
	// among Cols. Source is nil until partitions were pruned and files listed.
	Scan struct {
		Table   *catalog.Table
		Alias   string
		Mode    ScanMode
		Cols    []ScanColumn
		Filter  []Expr
		Limit   int64 // stop after so many rows in all; 0: none
		Source  *ScanSource
		Dynamic []DynamicUse // runtime filters that apply here
		Sample  *ScanSample  // which splits are read; nil: all
		Pos     int          // of the table's name in the statement
	}
	// Virtual reads a table that the engine itself provides (pg_catalog). Filter
	// and Dynamic as in Scan.
	Virtual struct {
		Table   VirtualTable
		Alias   string
		Cols    []VirtualColumn
		Filter  []Expr
		Dynamic []DynamicUse
	}
	// Values is a list of rows of expressions without columns.
	Values struct {
		Cols []Column
		Rows [][]Expr
	}
	// TableCall is a set-returning function whose arguments have no columns of
	// other tables (Unnest is its lateral form for arrays; Apply makes others lateral).
	TableCall struct {
		Fn         *Func
		Args       []Expr
		Cols       []Column
		Ordinality *Column
	}
	// Filter keeps the rows for which every condition is true.
	Filter struct {
		Input Node
		Conds []Expr
	}
	// Project computes columns. It puts out exactly Items.
	Project struct {
		Input Node
		Items []Item
	}
	// Aggregate groups by columns of its input and puts out Keys, then Aggs. No
	// Keys and no Sets: one row always. Keys that are expressions are projected below.
	// With Partial, which has Keys, it may put out several rows of a group, each for a
	// part of its rows: an Aggregate above puts them together.
	Aggregate struct {
		Input   Node
		Keys    []Column // same IDs as in the input
		Aggs    []Agg
		Partial bool
		// Dynamic are thresholds of top-Ns above: groups behind them are not put out.
		Dynamic []DynamicUse
	}
	// Join joins. Output: Left's columns then Right's; Semi and Anti only Left's;
	// Mark Left's and MarkCol; Single as Left.
	Join struct {
		Kind        JoinKind
		Left, Right Node
		// Equal are the hash keys: Left[i] = Right[i], each an expression over one
		// side, of one type. NullSafe marks keys compared by IS NOT DISTINCT FROM.
		Equal []EqualKey
		On    []Expr // the rest of the condition, over both sides
		// Spatial is 1 + the place in On of a SpatialCond: pairs whose boxes do not meet
		// are not looked at. 0: none.
		Spatial int
		// NullAware (Anti and Mark): NOT IN's semantics over the first Equal key.
		NullAware bool
		MarkCol   Column
		// BuildLeft: the hash table is built from Left (by default from Right).
		BuildLeft bool
		// Dynamic are the runtime filters that the build side's keys produce.
		Dynamic []DynamicSource
		Rows    float64 // estimated output rows; 0: not estimated
	}
	// Apply is a Join whose Right may read columns of Left, for each row of Left
	// anew. The rule decorrelate removes every one.
	Apply struct {
		Kind        JoinKind
		Left, Right Node
		Equal       []EqualKey // the comparison of IN: left expression, right column
		On          []Expr
		NullAware   bool
		MarkCol     Column
	}
	// Sort orders; with Limit >= 0 only the first Limit rows after Offset (top-N).
	// With PartitionBy it does so within each group of equal values.
	Sort struct {
		Input         Node
		Keys          []SortKey
		Limit, Offset int64 // Limit -1: none
		PartitionBy   []ColID
		// Threshold is 1 + the ID of the runtime filter by which a top-N tells scans below it
		// the first key of the last row that it needs so far. 0: none.
		Threshold int
	}
	// Limit passes rows Offset .. Offset+Limit of its input's order. With
	// PartitionBy for each group apart.
	Limit struct {
		Input         Node
		Limit, Offset int64 // Limit -1: none
		// LimitX and OffsetX are set while the numbers depend on parameters or are
		// not folded yet; Settle turns them into Limit and Offset before the rules run.
		LimitX, OffsetX Expr
		PartitionBy     []ColID
	}
	// DistinctOn keeps the first row, in input order, of each group.
	DistinctOn struct {
		Input Node
		On    []ColID
	}
	// Unnest puts out, for each input row, its columns and one row per element:
	// Outs[i] are the columns of Args[i] (one for an array, the fields of an array
	// of rows, two for a map). Outer keeps rows whose collections are empty.
	Unnest struct {
		Input      Node
		Args       []Expr
		Outs       [][]Column
		Ordinality *Column
		Outer      bool
	}
	// MaxOneRow passes one row, makes one of NULLs when there is none, and raises
	// 21000 when there are two.
	MaxOneRow struct{ Input Node }
	// SetOp is UNION ALL, INTERSECT [ALL], EXCEPT [ALL]. UNION is an Aggregate
	// above it. Column i of the output is column Maps[k][i] of input k.
	SetOp struct {
		Kind SetKind
		All  bool
		In   []Node
		Maps [][]ColID
		Cols []Column
	}
	// With evaluates Def once and lets the CTERefs with its ID in Body read it.
	With struct {
		ID        int
		Name      string
		Def, Body Node
	}
	// CTERef reads the With of the same ID. Cols are this reference's own IDs for
	// the columns From of the definition.
	CTERef struct {
		ID   int
		Name string
		Cols []Column
		From []ColID
	}
)

// JoinKind is the kind of a Join or Apply.
type JoinKind uint8

// The kinds of joins. Single is a left join that raises 21000 when a left row
// has two matches (scalar subqueries). Mark adds a boolean column: whether a
// match exists (with NullAware: IN's three-valued answer).
const (
	Inner JoinKind = iota
	Left
	Right
	Full
	Semi
	Anti
	Mark
	Single
)

// String gives the kind's name as EXPLAIN prints it.
func (k JoinKind) String() string {
	return [...]string{"Inner", "Left", "Right", "Full", "Semi", "Anti", "Mark", "Single"}[k]
}

// SetKind is the kind of a SetOp.
type SetKind uint8

// The set operations.
const (
	UnionAll SetKind = iota
	Intersect
	Except
)

// EqualKey is one equality of a join.
type EqualKey struct {
	L, R     Expr
	NullSafe bool
}

// Item is a computed column.
type Item struct {
	Col Column
	X   Expr
}

// Agg is an aggregate call.
type Agg struct {
	Col      Column
	Fn       *Func
	Args     []Expr
	Distinct bool
	Filter   Expr // nil: every row
	OrderBy  []SortKey
}

// SortKey is one key of an order.
type SortKey struct {
	X          Expr
	Desc       bool
	NullsFirst bool
}

// ScanColumn is a column that a Scan puts out.
type ScanColumn struct {
	Column
	// Index is the position in Table.AllColumns(), or one of the Hidden numbers.
	Index int
	// Path descends into row fields: only that leaf is read.
	Path []string
}

// ScanMode says what the rows of a Scan are.
type ScanMode uint8

// The modes.
const (
	ScanRows   ScanMode = iota // the table's rows
	ScanFiles                  // one row for each file that has one; only columns that have one value in a file
	ScanErrors                 // "t$errors": what reading every column finds wrong; ErrorColumns, columns of files
)

// The hidden columns of a file table, as ScanColumn.Index.
const (
	HiddenPath      = -1 // "$path" varchar
	HiddenFileSize  = -2 // "$size", "$file_size" bigint
	HiddenModified  = -3 // "$file_modified_time" timestamp(3) with time zone
	HiddenPartition = -4 // "$partition" varchar: k=v/k=v
	HiddenETag      = -5 // "$etag" varchar
	HiddenPosition  = -6 // "$row_position" bigint: see formats.Placer
)

// OfFile reports whether a scan's column has one value in each file: a partition
// key or what the listing tells.
func (c *ScanColumn) OfFile(t *catalog.Table) bool {
	return c.Index >= len(t.Columns) || c.Index < 0 && c.Index >= HiddenETag
}

// ScanSample is TABLESAMPLE SYSTEM: each split of the files is read with a chance of
// Percent in 100, all of its rows or none.
type ScanSample struct {
	Percent float64 // 0 to 100
	// Seed decides which splits. Without Repeatable another number, drawn anew at each
	// execution, decides with it: Seed then only tells the samples of a query apart.
	Seed       int64
	Repeatable bool
}

// BuildsLeft reports whether the hash table is really built from Left: joins that
// treat their two sides differently row by row always build from the right.
func (n *Join) BuildsLeft() bool { return n.BuildLeft && n.Kind != Single && !n.NullAware }

// BuildSide gives the input whose rows are kept and looked up.
func (n *Join) BuildSide() Node {
	if n.BuildsLeft() {
		return n.Left
	}
	return n.Right
}

// DynamicUse says that column Col of a scan is limited by runtime filter ID.
type DynamicUse struct {
	ID  int
	Col ColID
}

// DynamicSource says that build key Key (index into Join.Equal) feeds runtime
// filter ID when the build side is complete.
type DynamicSource struct {
	ID  int
	Key int
}

// ScanSource is what a scan will read.
type ScanSource struct {
	Files           []*lake.File // in scan order
	PartitionsTotal int
	PartitionsRead  int
	FilesTotal      int // before pruning by statistics
	// Selects tells of each partition key whether a condition selects among its
	// values; nil: of none. Runtime filters are not counted.
	Selects []bool
	// Rows, BytesLower and BytesUpper estimate the scan: data bytes of the needed
	// columns. Exact tells that Rows is known, not guessed.
	Rows                   float64
	Exact                  bool
	BytesLower, BytesUpper int64
	// BytesExpected is the best guess between the two.
	BytesExpected int64
	// Unopened counts the files whose metadata was not read: there are too many.
	Unopened int
	// Asked is the scan's filter before partitions and files were judged by it;
	// Pruned tells what was left out, in the order it was.
	Asked  []Expr
	Pruned []Pruning
	// Columns holds statistics of Scan.Cols over all files, where known.
	Columns []formats.Bounds
}

// Pruning is how much planning left out because of one condition.
type Pruning struct {
	What string // "partitions", "files"
	N    int
	By   Expr
}

// VirtualTable is a table provided by code. Implementations are safe for
// concurrent use.
type VirtualTable interface {
	Schema() string
	Name() string
	Columns() []catalog.Column
	// Open gives a snapshot of the rows. Columns of req.Equal are limited to
	// those values: an implementation may use them as an index and may as well
	// ignore them, since the filter is applied again. The vectors delivered are
	// those of req.Columns (positions in Columns()), in order.
	Open(ctx context.Context, s *Session, req VirtualRequest) (formats.Source, error)
}

// SystemTable is a VirtualTable that pg_class lists.
type SystemTable interface {
	OID() uint32
}

// VirtualFacts is a VirtualTable that knows something of its rows, for the order
// of joins and the rules. It costs nothing to ask.
type VirtualFacts interface {
	Facts() TableFacts
}

// TableFacts are what is known of a table's rows. Columns go by position.
type TableFacts struct {
	Empty    bool            // there are no rows, and never will be
	Rows     float64         // an estimate
	Distinct map[int]float64 // an estimate of the different values, where one is known
	Keys     [][]int         // columns in which no two rows agree
}

// VirtualRequest says what is needed of a virtual table.
type VirtualRequest struct {
	Columns []int
	Equal   map[int][]types.Value
	// Domains are what the conditions say of columns of Columns(), ranges
	// included; a column that is not there is not restricted.
	Domains map[int]Domain
}

// VirtualColumn is a column that a Virtual puts out.
type VirtualColumn struct {
	Column
	Index int // position in VirtualTable.Columns()
}

// VirtualTables finds virtual tables. Both names are lower case.
type VirtualTables interface {
	VirtualTable(schema, name string) (VirtualTable, bool)
	VirtualSchemas() []string
	VirtualNames(schema string) []string
}

// TempSchema is the schema under which a session knows its temporary tables,
// ahead of its search path.
const TempSchema = "pg_temp"

// TempSchemaOID is the OID of the namespace of a session's temporary tables.
const TempSchemaOID = 16100

// TempTable is a temporary table of one session.
type TempTable interface {
	VirtualTable
	OID() uint32   // in pg_class, for as long as the table is there
	Def() *TempDef // as it is now; must not be written
}

// TempTables are a session's temporary tables. They are looked for before the
// search path.
type TempTables interface {
	TempTable(name string) (TempTable, bool) // lower case
	TempTables() []TempTable                 // by name
}

func (*Scan) Op() Op       { return OpScan }
func (*Virtual) Op() Op    { return OpVirtual }
func (*Values) Op() Op     { return OpValues }
func (*TableCall) Op() Op  { return OpTableCall }
func (*Filter) Op() Op     { return OpFilter }
func (*Project) Op() Op    { return OpProject }
func (*Aggregate) Op() Op  { return OpAggregate }
func (*Join) Op() Op       { return OpJoin }
func (*Apply) Op() Op      { return OpApply }
func (*Sort) Op() Op       { return OpSort }
func (*Limit) Op() Op      { return OpLimit }
func (*DistinctOn) Op() Op { return OpDistinctOn }
func (*Unnest) Op() Op     { return OpUnnest }
func (*MaxOneRow) Op() Op  { return OpMaxOneRow }
func (*SetOp) Op() Op      { return OpSetOp }
func (*With) Op() Op       { return OpWith }
func (*CTERef) Op() Op     { return OpCTERef }

func (*Scan) Inputs() []Node         { return nil }
func (*Virtual) Inputs() []Node      { return nil }
func (*Values) Inputs() []Node       { return nil }
func (*TableCall) Inputs() []Node    { return nil }
func (n *Filter) Inputs() []Node     { return []Node{n.Input} }
func (n *Project) Inputs() []Node    { return []Node{n.Input} }
func (n *Aggregate) Inputs() []Node  { return []Node{n.Input} }
func (n *Join) Inputs() []Node       { return []Node{n.Left, n.Right} }
func (n *Apply) Inputs() []Node      { return []Node{n.Left, n.Right} }
func (n *Sort) Inputs() []Node       { return []Node{n.Input} }
func (n *Limit) Inputs() []Node      { return []Node{n.Input} }
func (n *DistinctOn) Inputs() []Node { return []Node{n.Input} }
func (n *Unnest) Inputs() []Node     { return []Node{n.Input} }
func (n *MaxOneRow) Inputs() []Node  { return []Node{n.Input} }
func (n *SetOp) Inputs() []Node      { return n.In }
func (n *With) Inputs() []Node       { return []Node{n.Def, n.Body} }
func (*CTERef) Inputs() []Node       { return nil }

func (n *Scan) WithInputs([]Node) Node          { return n }
func (n *Virtual) WithInputs([]Node) Node       { return n }
func (n *Values) WithInputs([]Node) Node        { return n }
func (n *TableCall) WithInputs([]Node) Node     { return n }
func (n *Filter) WithInputs(in []Node) Node     { c := *n; c.Input = in[0]; return &c }
func (n *Project) WithInputs(in []Node) Node    { c := *n; c.Input = in[0]; return &c }
func (n *Aggregate) WithInputs(in []Node) Node  { c := *n; c.Input = in[0]; return &c }
func (n *Join) WithInputs(in []Node) Node       { c := *n; c.Left, c.Right = in[0], in[1]; return &c }
func (n *Apply) WithInputs(in []Node) Node      { c := *n; c.Left, c.Right = in[0], in[1]; return &c }
func (n *Sort) WithInputs(in []Node) Node       { c := *n; c.Input = in[0]; return &c }
func (n *Limit) WithInputs(in []Node) Node      { c := *n; c.Input = in[0]; return &c }
func (n *DistinctOn) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Unnest) WithInputs(in []Node) Node     { c := *n; c.Input = in[0]; return &c }
func (n *MaxOneRow) WithInputs(in []Node) Node  { c := *n; c.Input = in[0]; return &c }
func (n *SetOp) WithInputs(in []Node) Node      { c := *n; c.In = in; return &c }
func (n *With) WithInputs(in []Node) Node       { c := *n; c.Def, c.Body = in[0], in[1]; return &c }
func (n *CTERef) WithInputs([]Node) Node        { return n }

func (n *Scan) Output() []Column {
	out := make([]Column, len(n.Cols))
	for i := range n.Cols {
		out[i] = n.Cols[i].Column
	}
	return out
}

func (n *Virtual) Output() []Column {
	out := make([]Column, len(n.Cols))
	for i := range n.Cols {
		out[i] = n.Cols[i].Column
	}
	return out
}

func (n *Values) Output() []Column { return n.Cols }

func (n *TableCall) Output() []Column {
	if n.Ordinality == nil {
		return n.Cols
	}
	return append(n.Cols[:len(n.Cols):len(n.Cols)], *n.Ordinality)
}

func (n *Filter) Output() []Column { return n.Input.Output() }

func (n *Project) Output() []Column {
	out := make([]Column, len(n.Items))
	for i := range n.Items {
		out[i] = n.Items[i].Col
	}
	return out
}

func (n *Aggregate) Output() []Column {
	out := append([]Column(nil), n.Keys...)
	for i := range n.Aggs {
		out = append(out, n.Aggs[i].Col)
	}
	return out
}

func (n *Join) Output() []Column  { return joinOutput(n.Kind, n.Left, n.Right, n.MarkCol) }
func (n *Apply) Output() []Column { return joinOutput(n.Kind, n.Left, n.Right, n.MarkCol) }

func joinOutput(k JoinKind, l, r Node, mark Column) []Column {
	return appendJoin(nil, k, l, r, mark)
}

func (n *Sort) Output() []Column       { return n.Input.Output() }
func (n *Limit) Output() []Column      { return n.Input.Output() }
func (n *DistinctOn) Output() []Column { return n.Input.Output() }
func (n *MaxOneRow) Output() []Column  { return n.Input.Output() }
func (n *SetOp) Output() []Column      { return n.Cols }
func (n *With) Output() []Column       { return n.Body.Output() }
func (n *CTERef) Output() []Column     { return n.Cols }

func (n *Unnest) Output() []Column {
	out := append([]Column(nil), n.Input.Output()...)
	for _, cols := range n.Outs {
		out = append(out, cols...)
	}
	if n.Ordinality != nil {
		out = append(out, *n.Ordinality)
	}
	return out
}
