package ast

// The actions of ALTER TABLE that change one thing of a table, and the statements
// that change databases and comments.
type (
	// UnsetProperties is UNSET TBLPROPERTIES [IF EXISTS] ('key', ...).
	UnsetProperties struct {
		IfExists bool
		Keys     []Property // without values
	}
	// SetSerDe is SET SERDE 'class' [WITH SERDEPROPERTIES (...)] and, without a
	// class, SET SERDEPROPERTIES (...).
	SetSerDe struct {
		Class      string
		Properties []Property
	}
	// SetFormat is SET FILEFORMAT format (Hive), SET FILE FORMAT format (Spectrum).
	SetFormat struct {
		Format        string // lower case, "" with classes
		Input, Output string
	}
	// DropColumns is DROP COLUMN [IF EXISTS] name.
	DropColumns struct {
		IfExists bool
		Name     Ident
	}
	// ChangeColumn is CHANGE [COLUMN] old new type [COMMENT 'c'] [FIRST | AFTER name].
	ChangeColumn struct {
		Old    Ident
		Column ColumnDef
		First  bool
		After  Ident // Name "": where it is
	}
	// AlterDatabase is ALTER DATABASE | SCHEMA name SET DBPROPERTIES (...) | LOCATION '...'.
	AlterDatabase struct {
		stmtNode
		Name       Ident
		Properties []Property
		Location   string
	}
	// Comment is COMMENT ON TABLE | VIEW | COLUMN | SCHEMA | DATABASE name IS 'text' | NULL.
	Comment struct {
		stmtNode
		Kind string // "table", "view", "column", "database"
		Name Name
		Text string // "": none
	}
	// ExternalSchema is Redshift's CREATE EXTERNAL SCHEMA [IF NOT EXISTS] name FROM DATA
	// CATALOG [DATABASE 'd'] ... [CREATE EXTERNAL DATABASE IF NOT EXISTS].
	ExternalSchema struct {
		stmtNode
		Name        Ident
		IfNotExists bool
		Database    string // "": called like the schema
		Create      bool
	}
)

func (UnsetProperties) alter() {}
func (SetSerDe) alter()        {}
func (SetFormat) alter()       {}
func (DropColumns) alter()     {}
func (ChangeColumn) alter()    {}

// changeAction prints the actions of this file.
func (p *printer) changeAction(a AlterAction) {
	switch a := a.(type) {
	case UnsetProperties:
		p.s("unset tblproperties ")
		p.opt(a.IfExists, "if exists ")
		p.s("(")
		p.list(len(a.Keys), func(i int) { p.hiveStr(a.Keys[i].Key) })
		p.s(")")
	case SetSerDe:
		if a.Class == "" {
			p.props("set serdeproperties ", a.Properties)
			return
		}
		p.s("set serde ")
		p.hiveStr(a.Class)
		p.props(" with serdeproperties ", a.Properties)
	case SetFormat:
		p.s("set fileformat ")
		if a.Format != "" {
			p.word(a.Format)
			return
		}
		p.hiveOpt("inputformat ", a.Input)
		p.hiveOpt(" outputformat ", a.Output)
	case DropColumns:
		p.s("drop column ")
		p.opt(a.IfExists, "if exists ")
		p.ident(a.Name)
	case ChangeColumn:
		p.s("change column ")
		p.ident(a.Old)
		p.s(" ")
		p.ident(a.Column.Name)
		p.s(" ")
		p.typeName(a.Column.Type)
		p.hiveOpt(" comment ", a.Column.Comment)
		p.opt(a.First, " first")
		if a.After.Name != "" {
			p.s(" after ")
			p.ident(a.After)
		}
	}
}

// changeStmt prints the statements of this file.
func (p *printer) changeStmt(s Stmt) {
	switch s := s.(type) {
	case *AlterDatabase:
		p.s("alter database ")
		p.ident(s.Name)
		p.s(" set ")
		p.hiveOpt("location ", s.Location)
		p.props("dbproperties ", s.Properties)
	case *Comment:
		p.s("comment on ", s.Kind, " ")
		p.name(s.Name)
		p.s(" is ")
		if s.Text == "" {
			p.s("null")
		} else {
			p.str(s.Text)
		}
	case *ExternalSchema:
		p.s("create external schema ")
		p.opt(s.IfNotExists, "if not exists ")
		p.ident(s.Name)
		p.s(" from data catalog")
		p.hiveOpt(" database ", s.Database)
		p.opt(s.Create, " create external database if not exists")
	}
}

func (p *printer) describe(s *Describe) {
	p.s("describe ")
	p.opt(s.Database, "database ")
	p.opt(s.Prepared != "", s.Prepared+" ")
	p.opt(s.Mode != "", s.Mode+" ")
	p.name(s.Name)
	if s.Partition != nil {
		p.s(" ")
		p.partition(*s.Partition)
	}
	for i, id := range s.Column {
		p.s(map[bool]string{true: " ", false: "."}[i == 0])
		p.ident(id)
	}
}
