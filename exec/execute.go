package exec

import (
	"context"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Execute runs a prepared statement with the values of its parameters. Rows
// stream out of the Result while the query runs; commands are done when Execute
// returns. The Result must be closed. An error fails an open transaction.
func (s *Session) Execute(ctx context.Context, p *Prepared, params []types.Value) (*Result, error) {
	r, err := s.execute(ctx, p, params)
	if err != nil {
		s.FailTransaction()
	}
	return r, err
}

func (s *Session) execute(ctx context.Context, p *Prepared, params []types.Value) (*Result, error) {
	if s.tx == 'E' && !p.EndsTransaction() {
		return nil, aborted()
	}
	if err := s.refresh(ctx, p); err != nil {
		return nil, err
	}
	switch stmt := p.stmt.(type) {
	case *plan.Query:
		return s.runQuery(ctx, p.SQL, stmt, params)
	case *plan.Copy:
		return s.runQuery(ctx, p.SQL, stmt.Stmt, params)
	case *plan.Explain:
		return s.runExplain(ctx, p.SQL, stmt, params)
	case *plan.Execute:
		target, err := s.findPrepared(stmt.Name)
		if err != nil {
			return nil, err
		}
		if len(stmt.Args) != len(target.Params) {
			return nil, fault.New(fault.CodeSyntax, "wrong number of parameters for prepared statement %q", stmt.Name).
				WithDetail("Expected %d parameters but got %d.", len(target.Params), len(stmt.Args))
		}
		return s.execute(ctx, target, stmt.Args)
	}
	if r, ok, err := s.cursorCommand(ctx, p, params); ok {
		return r, err
	}
	if r, ok, err := s.tempCommand(ctx, p, params); ok {
		return r, err
	}
	if r, ok, err := s.sessionCommand(ctx, p.stmt); ok {
		return r, err
	}
	end, err := s.e.begin()
	if err != nil {
		return nil, err
	}
	defer end()
	return s.catalogCommand(ctx, p.stmt)
}

// sessionCommand runs a command that changes the session alone.
func (s *Session) sessionCommand(ctx context.Context, stmt plan.Statement) (*Result, bool, error) {
	switch stmt := stmt.(type) {
	case *plan.Empty:
		return done(""), true, nil
	case *plan.Accepted:
		return done(stmt.Tag()), true, nil
	case *plan.Transaction:
		r, err := s.transaction(stmt)
		return r, true, err
	case *plan.Set:
		r, err := s.setCommand(ctx, stmt)
		return r, true, err
	case *plan.ShowSetting:
		r, err := s.show(stmt.Name)
		return r, true, err
	case *plan.Discard:
		if strings.EqualFold(stmt.What, "temp") || strings.EqualFold(stmt.What, "temporary") {
			s.temps.dropAll()
		}
		if stmt.What == "ALL" || stmt.What == "all" {
			if s.tx != 'I' || s.implicit {
				return nil, true, fault.New(fault.CodeInTransaction, "DISCARD ALL cannot run inside a transaction block")
			}
			s.closeCursors(func(*Cursor) bool { return true })
			clear(s.prepared)
			s.temps.dropAll()
			if err := s.set.reset("all", false); err != nil {
				return nil, true, err
			}
		}
		return done(stmt.Tag()), true, nil
	case *plan.Prepare:
		return s.prepareCommand(ctx, stmt)
	case *plan.Deallocate:
		if stmt.All {
			clear(s.prepared)
			return done("DEALLOCATE ALL"), true, nil
		}
		if _, err := s.findPrepared(stmt.Name); err != nil {
			return nil, true, err
		}
		delete(s.prepared, stmt.Name)
		return done(stmt.Tag()), true, nil
	}
	return nil, false, nil
}

func (s *Session) prepareCommand(ctx context.Context, stmt *plan.Prepare) (*Result, bool, error) {
	if _, ok := s.prepared[stmt.Name]; ok {
		return nil, true, fault.New(fault.CodeDuplicateStatement, "prepared statement %q already exists", stmt.Name)
	}
	p, err := s.Prepare(ctx, stmt.Text, stmt.Types)
	if err != nil {
		return nil, true, err
	}
	s.prepared[stmt.Name] = p
	return done(stmt.Tag()), true, nil
}

// transaction accepts the commands of transactions. Statements see the files as
// they are when they start, whatever the transaction.
func (s *Session) transaction(stmt *plan.Transaction) (*Result, error) {
	warn := func(code fault.Code, text string) *fault.Error { return fault.New(code, "%s", text) }
	switch stmt.Op {
	case "begin":
		if s.tx != 'I' {
			return done(stmt.Tag(), warn(fault.CodeInTransaction, "there is already a transaction in progress")), nil
		}
		if !s.implicit {
			s.txStart = time.Now()
		}
		s.tx, s.implicit = 'T', false
		if s.set.saved == nil {
			s.set.beginTx()
		}
		s.temps.begin()
		return done(stmt.Tag()), nil
	case "commit", "rollback":
		failed, open := s.tx == 'E', s.tx != 'I'
		commit := stmt.Op == "commit" && !failed
		s.tx = 'I'
		if !open {
			if s.implicit {
				s.endImplicit(commit)
			}
			return done(stmt.Tag(), warn(fault.CodeNoTransaction, "there is no transaction in progress")), nil
		}
		s.set.endTx(commit)
		s.endCursors(commit)
		s.temps.end(commit)
		if commit {
			return done(stmt.Tag()), nil
		}
		return done("ROLLBACK"), nil
	case "rollback to":
		if s.tx == 'E' {
			s.tx = 'T'
			return done(stmt.Tag()), nil
		}
	}
	if s.tx == 'I' {
		return nil, fault.New(fault.CodeNoTransaction, "%s can only be used in transaction blocks", stmt.Tag())
	}
	return done(stmt.Tag()), nil
}

func (s *Session) setCommand(ctx context.Context, stmt *plan.Set) (*Result, error) {
	if stmt.Local && s.tx == 'I' && !s.implicit {
		return done(stmt.Tag(), fault.New(fault.CodeNoTransaction, "SET LOCAL can only be used in transaction blocks")), nil
	}
	if stmt.Default {
		return done(stmt.Tag()), s.set.reset(stmt.Name, stmt.Local)
	}
	if err := s.checkSetting(stmt.Name, stmt.Value); err != nil {
		return nil, err
	}
	if err := s.set.set(stmt.Name, stmt.Value, stmt.Local); err != nil {
		return nil, err
	}
	return done(stmt.Tag()), nil
}

// checkSetting refuses values that only the engine can judge.
func (s *Session) checkSetting(name, value string) error {
	if strings.EqualFold(name, "workgroup") && value != "" && s.e.o.Governor != nil {
		return s.e.o.Governor.CheckWorkgroup(value)
	}
	return nil
}

var textColumn = func(name string) Column { return Column{Name: name, Type: types.TVarchar} }

// showColumns describes the rows of SHOW.
func showColumns(name string) []Column {
	if name == "all" {
		return []Column{textColumn("name"), textColumn("setting"), textColumn("description")}
	}
	if d := findSetting(name); d != nil {
		name = d.name
	}
	return []Column{textColumn(name)}
}

func (s *Session) show(name string) (*Result, error) {
	cols := showColumns(name)
	var rows [][]string
	if name == "all" {
		for _, d := range settingDefs {
			v, _ := s.set.get(d.name)
			rows = append(rows, []string{d.name, v, d.about})
		}
	} else {
		v, ok := s.set.get(name)
		if !ok {
			return nil, unknownSetting(name)
		}
		rows = [][]string{{v}}
	}
	return textResult("SHOW", cols, rows), nil
}

// textResult makes a result of rows of text.
func textResult(tag string, cols []Column, rows [][]string) *Result {
	var list batches
	for from := 0; from < len(rows); from += vector.BatchSize {
		part := rows[from:min(from+vector.BatchSize, len(rows))]
		b := &vector.Batch{N: len(part)}
		for c := range cols {
			v := vector.New(types.TVarchar, 0)
			for _, row := range part {
				v.AppendBytes([]byte(row[c]))
			}
			b.Cols = append(b.Cols, v)
		}
		list = append(list, b)
	}
	return &Result{cols: cols, rows: &list, tag: tag}
}

// tableKind is the word for a table in messages.
func tableKind(t *catalog.Table) string {
	if t.Kind == catalog.VirtualView {
		return "view"
	}
	return "table"
}
