package ast

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *Query:
		p.query(s)
	case *Explain:
		p.explain(s)
	case *CreateDatabase:
		p.s("create database ")
		p.opt(s.IfNotExists, "if not exists ")
		p.ident(s.Name)
		p.hiveOpt(" comment ", s.Comment)
		p.hiveOpt(" location ", s.Location)
		p.props(" with dbproperties ", s.Properties)
	case *DropDatabase:
		p.s("drop database ")
		p.opt(s.IfExists, "if exists ")
		p.ident(s.Name)
		p.opt(s.Cascade, " cascade")
	case *CreateTable:
		p.createTable(s)
	case *Unload:
		p.s("unload (")
		p.query(s.Query)
		p.s(") to ")
		p.str(s.To)
		p.withOptions(s.With)
	case *CreateFunction:
		p.createFunction(s)
	case *DropFunction:
		p.dropFunction(s)
	case *CreateView:
		p.s(map[bool]string{true: "alter ", false: "create "}[s.Alter])
		p.opt(s.OrReplace, "or replace ")
		p.s("view ")
		p.opt(s.IfNotExists, "if not exists ")
		p.name(s.Name)
		p.viewColumns(s)
		p.hiveOpt(" comment ", s.Comment)
		p.props(" tblproperties ", s.Properties)
		p.s(" as ")
		p.query(s.Query)
	case *Drop:
		p.s("drop ", s.Kind, " ")
		p.opt(s.IfExists, "if exists ")
		p.names(s.Names)
	case *AlterTable:
		if s.View {
			p.s("alter view ")
		} else {
			p.s("alter table ")
		}
		p.name(s.Name)
		p.s(" ")
		p.action(s.Action)
	case *Repair:
		p.s("msck repair table ")
		p.name(s.Name)
		p.opt(s.Mode != "", " "+s.Mode+" partitions")
	case *InferPartitions:
		p.s("infer partitions for ")
		p.name(s.Name)
	case *Show:
		p.show(s)
	case *Describe:
		p.describe(s)
	case *AlterDatabase, *Comment, *ExternalSchema:
		p.changeStmt(s)
	default:
		if !p.dml(s) && !p.roleStmt(s) && !p.objectStmt(s) {
			p.sessionStmt(s)
		}
	}
}

func (p *printer) sessionStmt(s Stmt) {
	switch s := s.(type) {
	case *Set:
		p.set(s)
	case *ShowSetting:
		p.s("show ")
		p.setting(s.Name)
	case *Transaction:
		p.transactionStmt(s)
	case *Listen, *Notify, *Lock:
		p.talkStmt(s)
	case *Discard:
		p.s("discard ", s.What)
	case *Deallocate:
		p.s("deallocate ")
		if s.All {
			p.s("all")
		} else {
			p.ident(s.Name)
		}
	case *Prepare:
		p.s("prepare ")
		p.ident(s.Name)
		if len(s.Types) > 0 {
			p.s(" (")
			p.list(len(s.Types), func(i int) { p.typeName(s.Types[i]) })
			p.s(")")
		}
		p.s(" as ")
		p.stmt(s.Stmt)
	case *Execute:
		p.s("execute ")
		if s.Text != nil {
			p.s("immediate ")
			p.expr(s.Text)
			if len(s.Args) > 0 {
				p.s(" using ")
				p.exprs(s.Args)
			}
			return
		}
		p.ident(s.Name)
		if len(s.Args) > 0 {
			p.s(" (")
			p.exprs(s.Args)
			p.s(")")
		}
	case *Use:
		p.s("use ")
		p.name(s.Name)
	case *Accepted:
		p.s(s.Tag)
	case *Copy:
		p.s("copy ")
		p.subquery(s.Query)
		p.s(" to stdout")
		p.copyOptions(s.Options)
	default:
		p.cursorStmt(s)
	}
}

// hiveStr prints a string of Hive's DDL, where a backslash escapes.
func (p *printer) hiveStr(v string) {
	p.s("'")
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\'':
			p.s("''")
		case c == '\\':
			p.s(`\\`)
		case c < ' ':
			p.s(`\`, string([]byte{'0', '0' + c>>3, '0' + c&7}))
		default:
			p.b = append(p.b, c)
		}
	}
	p.s("'")
}

func (p *printer) props(word string, list []Property) {
	if list == nil {
		return
	}
	p.s(word, "(")
	p.list(len(list), func(i int) {
		p.hiveStr(list[i].Key)
		p.s(" = ")
		p.hiveStr(list[i].Value)
	})
	p.s(")")
}

func (p *printer) explain(s *Explain) {
	p.s("explain ")
	options := maps.Clone(s.Options)
	if options == nil {
		options = map[string]string{}
	}
	if s.Analyze {
		options["analyze"] = "true"
	}
	if s.Verbose {
		options["verbose"] = "true"
	}
	if len(options) > 0 {
		keys := slices.Sorted(maps.Keys(options))
		p.s("(")
		p.list(len(keys), func(i int) {
			p.word(keys[i])
			p.s(" ")
			p.str(options[keys[i]])
		})
		p.s(") ")
	}
	p.stmt(s.Stmt)
}

func (p *printer) show(s *Show) {
	p.s("show ", s.What)
	switch s.What {
	case "columns":
		p.s(" from ")
		p.name(s.Name)
	case "drift":
		p.s(" for ")
		p.name(s.Name)
	case "databases", "tables", "views", "functions", "templates", "workgroups", "budgets":
	default:
		p.s(" ")
		p.name(s.Name)
	}
	if s.In.Name != "" {
		p.s(" in ")
		p.ident(s.In)
	}
	switch {
	case s.HasLike && s.What == "tblproperties":
		p.s(" (")
		p.hiveStr(s.Like)
		p.s(")")
	case s.HasLike:
		p.s(" like ")
		p.hiveStr(s.Like)
	}
}

// setting prints the dotted name of a setting.
func (p *printer) setting(name string) {
	for i, part := range strings.Split(name, ".") {
		p.opt(i > 0, ".")
		p.word(part)
	}
}

func (p *printer) set(s *Set) {
	if s.Reset {
		p.s("reset ")
		p.setting(s.Name)
		return
	}
	p.s("set ")
	if s.Transaction || s.Also != nil {
		p.transactionModes(s)
		return
	}
	p.opt(s.Local, "local ")
	p.setting(s.Name)
	if s.Default {
		p.s(" to default")
		return
	}
	p.s(" = ")
	p.exprs(s.Values)
}

func (p *printer) columnDefs(cols []ColumnDef) {
	p.s("(")
	p.list(len(cols), func(i int) {
		p.ident(cols[i].Name)
		p.s(" ")
		p.typeName(cols[i].Type)
		p.hiveOpt(" comment ", cols[i].Comment)
	})
	p.s(")")
}

func (p *printer) hiveOpt(word, v string) {
	if v != "" {
		p.s(word)
		p.hiveStr(v)
	}
}

func (p *printer) viewColumns(s *CreateView) {
	if s.Columns == nil {
		return
	}
	p.s("(")
	p.list(len(s.Columns), func(i int) {
		p.ident(s.Columns[i])
		p.hiveOpt(" comment ", s.Comments[i])
	})
	p.s(")")
}

func (p *printer) sortedBy(cols []SortedColumn) {
	if cols == nil {
		return
	}
	p.s(" sorted by (")
	p.list(len(cols), func(i int) {
		p.ident(cols[i].Name)
		p.opt(cols[i].Desc, " desc")
	})
	p.s(")")
}

func (p *printer) createTable(s *CreateTable) {
	p.s("create ")
	p.opt(s.External, "external ")
	p.s("table ")
	p.opt(s.IfNotExists, "if not exists ")
	p.name(s.Name)
	if s.Columns != nil {
		p.s(" ")
		p.columnDefs(s.Columns)
	}
	if s.Names != nil {
		p.s(" ")
		p.columns(s.Names)
	}
	if s.Template.Name != "" {
		p.s(" from template ")
		p.ident(s.Template)
	}
	p.hiveOpt(" comment ", s.Comment)
	if s.PartitionedBy != nil {
		p.s(" partitioned by ")
		p.columnDefs(s.PartitionedBy)
	}
	if s.Transforms != nil {
		p.s(" partitioned by (")
		p.exprs(s.Transforms)
		p.s(")")
	}
	if s.ClusteredBy != nil {
		p.s(" clustered by ")
		p.columns(s.ClusteredBy)
		p.sortedBy(s.SortedBy)
		p.s(" into ", strconv.Itoa(s.Buckets), " buckets")
	}
	p.rowFormat(s.RowFormat)
	if s.StoredAs != "" {
		p.s(" stored as ")
		p.word(s.StoredAs)
	}
	if s.InputFormat != "" {
		p.hiveOpt(" stored as inputformat ", s.InputFormat)
		p.hiveOpt(" outputformat ", s.OutputFormat)
	}
	p.hiveOpt(" location ", s.Location)
	p.props(" tblproperties ", s.Properties)
	p.withOptions(s.With)
	if s.As != nil {
		p.s(" as ")
		p.query(s.As)
		p.opt(s.NoData, " with no data")
	}
}

func (p *printer) withOptions(list []Property) {
	if list == nil {
		return
	}
	p.s(" with (")
	p.list(len(list), func(i int) {
		p.ident(Ident{Name: list[i].Key, Quoted: true})
		p.s(" = ")
		if list[i].X != nil {
			p.expr(list[i].X)
		} else {
			p.str(list[i].Value)
		}
	})
	p.s(")")
}

var delimiterWords = map[string]string{
	"field.delim": "fields terminated by", "escape.delim": "escaped by", "collection.delim": "collection items terminated by",
	"mapkey.delim": "map keys terminated by", "line.delim": "lines terminated by", "serialization.null.format": "null defined as",
}

func (p *printer) rowFormat(r *RowFormat) {
	switch {
	case r == nil:
	case r.SerDe != "":
		p.s(" row format serde ")
		p.hiveStr(r.SerDe)
		p.props(" with serdeproperties ", r.Properties)
	default:
		p.s(" row format delimited")
		var rest []Property
		for _, o := range r.Properties {
			if delimiterWords[o.Key] == "" {
				rest = append(rest, o)
				continue
			}
			p.s(" ", delimiterWords[o.Key], " ")
			p.hiveStr(o.Value)
		}
		p.props(" with serdeproperties ", rest)
	}
}

func (p *printer) action(a AlterAction) {
	switch a := a.(type) {
	case AddPartitions:
		p.s("add")
		p.opt(a.IfNotExists, " if not exists")
		for _, s := range a.Specs {
			p.s(" ")
			p.partition(s)
		}
	case DropPartitions:
		p.s("drop ")
		p.opt(a.IfExists, "if exists ")
		p.list(len(a.Specs), func(i int) { p.partition(a.Specs[i]) })
	case AddColumns:
		p.s(map[bool]string{false: "add columns ", true: "replace columns "}[a.Replace])
		p.columnDefs(a.Columns)
	case SetLocation:
		if a.Spec != nil {
			p.partition(*a.Spec)
			p.s(" ")
		}
		p.s("set location ")
		p.hiveStr(a.Location)
	case RenamePartition:
		p.partition(a.From)
		p.s(" rename to ")
		p.partition(a.To)
	case SetProperties:
		p.props("set tblproperties ", a.Properties)
	case RenameTable:
		p.s("rename to ")
		p.name(a.To)
	default:
		p.changeAction(a)
	}
}

func (p *printer) partition(s PartitionSpec) {
	p.s("partition (")
	p.list(len(s.Keys), func(i int) {
		p.ident(s.Keys[i])
		p.s(" ", s.Ops[i], " ")
		if lit, ok := s.Values[i].(*StringLit); ok {
			p.hiveStr(lit.Value)
			return
		}
		p.expr(s.Values[i])
	})
	p.s(")")
	p.hiveOpt(" location ", s.Location)
}
