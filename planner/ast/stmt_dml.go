package ast

// The statements about temporary tables and their rows. Binding refuses those
// that change rows where the table is one of the lake.
type (
	// CreateTemp is CREATE TEMP TABLE, CREATE TEMP TABLE ... AS and SELECT ... INTO
	// TEMP. Lake is true for SELECT INTO and CREATE UNLOGGED TABLE without TEMP.
	CreateTemp struct {
		stmtNode
		Name        Name
		IfNotExists bool
		Columns     []TempColumn
		Constraints []TempConstraint // of the table
		OnCommit    string           // "", "preserve", "delete", "drop"
		As          *Query           // CREATE TEMP TABLE ... AS; Names are its columns then
		Names       []Ident
		NoData      bool
		Into        bool // written as SELECT ... INTO
		Lake        bool
	}
	// CreateTempView is CREATE [OR REPLACE] TEMP VIEW. Text is the query as written.
	CreateTempView struct {
		stmtNode
		Name      Name
		OrReplace bool
		Columns   []Ident
		Query     *Query
		Text      string
	}
	// CreateIndex is CREATE [UNIQUE] INDEX.
	CreateIndex struct {
		stmtNode
		Name        Ident // "": none given
		Unique      bool
		IfNotExists bool
		Table       Name
		Columns     []Ident // nil where an item is an expression, or there is a condition
	}
	// Insert is INSERT INTO. Query is nil for DEFAULT VALUES.
	Insert struct {
		stmtNode
		With       []CTE
		Recurs     bool
		Table      Name
		Alias      Ident
		Columns    []Ident
		Overriding string // "", "system", "user"
		Query      *Query
		Conflict   *OnConflict
		Returning  []SelectItem
	}
	// Update is UPDATE.
	Update struct {
		stmtNode
		With      []CTE
		Recurs    bool
		Table     *TableName
		Set       []SetClause
		From      []TableExpr
		Where     Expr
		Returning []SelectItem
	}
	// Delete is DELETE FROM.
	Delete struct {
		stmtNode
		With      []CTE
		Recurs    bool
		Table     *TableName
		Using     []TableExpr
		Where     Expr
		Returning []SelectItem
	}
	// Truncate is TRUNCATE [TABLE].
	Truncate struct {
		stmtNode
		Tables  []Name
		Restart bool // RESTART IDENTITY
	}
	// Analyze is ANALYZE or VACUUM of tables, Command says which; or ANALYZE TABLE of
	// one as Hive writes it, which without FOR COLUMNS counts only the rows.
	Analyze struct {
		stmtNode
		Command string    // "ANALYZE", "VACUUM"
		Tables  []Name    // nil: every one
		Columns [][]Ident // of each table; nil: all
		Rows    bool      // nothing of the columns
	}
	// CopyFrom is COPY table [(columns)] FROM STDIN. Options as in Copy.
	CopyFrom struct {
		stmtNode
		Table   Name
		Columns []Ident
		Options []Property
		Where   Expr
	}
)

// TempColumn is a column of CREATE TEMP TABLE.
type TempColumn struct {
	At
	Name        Ident
	Type        TypeName
	Constraints []TempConstraint
}

// TempConstraint is a constraint of a column or of a table.
type TempConstraint struct {
	At
	Name Ident // "": none given
	// Kind is "not null", "null", "default", "check", "primary key", "unique",
	// "identity".
	Kind    string
	Columns []Ident // of a table's primary key or unique
	X       Expr    // of default and check
	Text    string  // X as written
	Always  bool    // GENERATED ALWAYS
}

// OnConflict is ON CONFLICT [(columns) | ON CONSTRAINT name] DO NOTHING | UPDATE.
type OnConflict struct {
	At
	Columns    []Ident
	Constraint Ident
	Update     bool
}

// SetClause is column = value, or (columns) = (values).
type SetClause struct {
	At
	Columns []Ident
	Values  []Expr // as many as Columns, or one subquery for all of them
}
