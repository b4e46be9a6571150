package plan

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// HiddenRow is the VirtualColumn.Index of a temporary table's row numbers
// (bigint, from 0), by which UPDATE and DELETE say which rows they mean.
const HiddenRow = -1

// TempDef describes a temporary table. It is immutable: a change makes another.
type TempDef struct {
	Name     string
	Columns  []TempColumn
	Checks   []TempCheck
	Keys     []TempKey
	OnCommit string         // "", "delete", "drop"
	View     *catalog.Table // a temporary view; its columns are Columns
}

// TempColumn is a column of a temporary table.
type TempColumn struct {
	catalog.Column
	NotNull bool
	Default string // an expression, "" for none
	// Sequence is the name of the sequence that Default takes numbers from and that
	// goes with the column (serial, identity), "" for none.
	Sequence string
	Identity string // "", "always", "default"
}

// TempCheck is a CHECK constraint: its condition as written.
type TempCheck struct {
	Name string
	Text string
}

// TempKey is a primary key or unique constraint over columns by position.
type TempKey struct {
	Name    string
	Columns []int
	Primary bool
}

// Sequences are the sequences of a session's temporary tables; what implements
// TempTables may implement it too. Errors: 42P01, 55000 before the first number.
type Sequences interface {
	NextVal(name string) (int64, error)
	CurrVal(name string) (int64, error)
	SetVal(name string, value int64, called bool) error
	LastVal() (int64, error)
	// SequenceOf gives the name of the sequence of a column, "" if it has none.
	SequenceOf(table, column string) (string, error)
}

// ChangedRows is the table that RETURNING reads: the rows that the statement has
// changed in a temporary table.
type ChangedRows struct{ TempTable }

// Open implements VirtualTable.
func (c ChangedRows) Open(_ context.Context, s *Session, req VirtualRequest) (formats.Source, error) {
	return s.Changed(req.Columns), nil
}

// The commands about temporary tables.
type (
	// CreateTemp makes a temporary table or view. As fills it; Def.Columns are its.
	CreateTemp struct {
		Def         *TempDef
		As          *Query // nil: stays empty
		NoData      bool
		IfNotExists bool
		OrReplace   bool
		Command     string // as messages name it, and the tag of one without As
	}
	// DropTemp drops a temporary table or view.
	DropTemp struct {
		Table TempTable
		View  bool
	}
	// AlterTemp replaces the definition of a temporary table. Columns that Def has
	// more are NULL in the rows that are there; a key that it has more must hold.
	AlterTemp struct {
		Table   TempTable
		Def     *TempDef
		Command string // the tag
	}
	// Truncate empties temporary tables.
	Truncate struct {
		Tables  []TempTable
		Restart bool // their sequences too
	}
)

// TempTarget is a temporary table whose rows change, and what must hold for new
// ones. Cols stand for the columns of a row, in order; Checks read them.
type TempTarget struct {
	Table  TempTable
	Cols   []Column
	Checks []TempCondition
}

// TempCondition is a bound CHECK constraint.
type TempCondition struct {
	Name string
	X    Expr
}

// The statements that change the rows of temporary tables. Source and Returning
// have the same parameters. Returning reads the new rows (of DELETE the old ones)
// through ChangedRows; nil: the statement delivers no rows.
type (
	// Insert adds the rows of Source, whose columns are the table's, in order. Where
	// a column has a length, its text is checked and cut as rows are stored.
	Insert struct {
		Target    TempTarget
		Source    *Query
		Returning *Query
		// SkipConflicts leaves out rows whose key is there already: ON CONFLICT DO
		// NOTHING over the keys at these positions of TempDef.Keys.
		SkipConflicts []int
	}
	// Update replaces rows. Source's first column is the row's number, the others
	// are its new values.
	Update struct {
		Target    TempTarget
		Source    *Query
		Returning *Query
	}
	// Delete removes rows. Source's first column is the row's number, the others are
	// its values if there is a Returning.
	Delete struct {
		Target    TempTarget
		Source    *Query
		Returning *Query
	}
	// CopyFrom is COPY table FROM STDIN. Columns are those that the data has, by
	// position in the table; Defaults, parallel to the table's columns, are the values
	// of the others (nil: the data has it).
	CopyFrom struct {
		Target   TempTarget
		Columns  []int
		Defaults []Expr
		Where    Expr // over Target.Cols; nil: every row
		Options  *CopyOptions
	}
)

// Tag implements Statement.
func (c *CreateTemp) Tag() string {
	switch {
	case c.As != nil && c.NoData:
		return "CREATE TABLE AS"
	case c.As != nil:
		return "SELECT"
	}
	return c.Command
}

// Tag implements Statement.
func (d *DropTemp) Tag() string {
	if d.View {
		return "DROP VIEW"
	}
	return "DROP TABLE"
}

// Tag implements Statement.
func (a *AlterTemp) Tag() string { return a.Command }

// Tag implements Statement.
func (*Truncate) Tag() string { return "TRUNCATE TABLE" }

// Tag implements Statement.
func (*Insert) Tag() string { return "INSERT" }

// Tag implements Statement.
func (*Update) Tag() string { return "UPDATE" }

// Tag implements Statement.
func (*Delete) Tag() string { return "DELETE" }

// Tag implements Statement.
func (*CopyFrom) Tag() string { return "COPY" }

// Types gives the types of the columns.
func (d *TempDef) Types() []types.Type {
	out := make([]types.Type, len(d.Columns))
	for i := range d.Columns {
		out[i] = d.Columns[i].Type
	}
	return out
}
