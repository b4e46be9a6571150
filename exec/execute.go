package exec

import (
	"cmp"
	"context"
	"fmt"
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
	over := s.started(p.shown())
	alone := !s.inTx()
	r, err := s.execute(ctx, p, params)
	if err != nil {
		s.endStatement(alone, false)
		over()
		s.FailTransaction()
		return nil, err
	}
	if r.rows == nil {
		s.endStatement(alone, true)
		over()
		return r, nil
	}
	end := r.end
	r.end = func(err error) {
		if end != nil {
			end(err)
		}
		s.endStatement(alone, err == nil)
		over()
	}
	return r, nil
}

// endStatement ends the transaction of a statement that ran alone.
func (s *Session) endStatement(alone, commit bool) {
	if alone && !s.inTx() {
		s.locks.endTransaction()
		s.channels.end(commit)
	}
}

func (s *Session) execute(ctx context.Context, p *Prepared, params []types.Value) (*Result, error) {
	if s.tx == 'E' && !p.EndsTransaction() {
		return nil, aborted()
	}
	if err := s.refresh(ctx, p); err != nil {
		s.recordFailure(ctx, p.shown(), err)
		return nil, err
	}
	if queryOf(p.stmt) != nil {
		s.open.queried = s.inBlock()
	}
	switch stmt := p.stmt.(type) {
	case *plan.Query:
		return s.runQuery(ctx, p.SQL, stmt, params)
	case *plan.Copy:
		return s.runQuery(ctx, p.SQL, stmt.Stmt, params)
	case *plan.Explain:
		return s.runExplain(ctx, p.SQL, stmt, params)
	case *plan.Execute:
		target, err := s.executed(ctx, stmt)
		if err != nil {
			return nil, err
		}
		if len(stmt.Args) != len(target.Params) {
			what := fmt.Sprintf("prepared statement %q", stmt.Name)
			if stmt.Text != nil {
				what = "the statement of EXECUTE IMMEDIATE"
			}
			return nil, fault.New(fault.CodeSyntax, "wrong number of parameters for %s", what).
				WithDetail("Expected %d parameters but got %d.", len(target.Params), len(stmt.Args))
		}
		return s.execute(ctx, target, stmt.Args)
	}
	if r, ok, err := s.cursorCommand(ctx, p, params); ok {
		return r, err
	}
	if drops, ok := p.stmt.(*plan.Drops); ok {
		return s.governed(ctx, DDL, p.SQL, func(ctx context.Context) (*Result, error) { return s.dropSeveral(ctx, p, drops) })
	}
	if r, ok, err := s.tempCommand(ctx, p, params); ok {
		return r, err
	}
	if r, ok, err := s.sessionCommand(ctx, p.stmt); ok {
		return r, err
	}
	switch stmt := p.stmt.(type) {
	case *plan.Write:
		return s.write(ctx, p.SQL, stmt, params)
	case *plan.Analyze:
		return s.analyze(ctx, p.SQL, stmt)
	}
	return s.governed(ctx, DDL, p.shown(), func(ctx context.Context) (*Result, error) { return s.changeCatalog(ctx, p.stmt) })
}

// changeCatalog runs a command that changes the catalog or its roles.
func (s *Session) changeCatalog(ctx context.Context, stmt plan.Statement) (*Result, error) {
	if err := s.mayWrite(stmt.Tag()); err != nil {
		return nil, err
	}
	if r, ok, err := s.roleCommand(ctx, stmt); ok {
		return r, err
	}
	if r, ok, err := s.objectCommand(ctx, stmt); ok {
		return r, err
	}
	end, err := s.e.begin()
	if err != nil {
		return nil, err
	}
	defer end()
	defer s.changedCatalog()
	return s.catalogCommand(ctx, stmt)
}

// sessionCommand runs a command that changes the session alone.
func (s *Session) sessionCommand(ctx context.Context, stmt plan.Statement) (*Result, bool, error) {
	switch stmt := stmt.(type) {
	case *plan.Empty:
		return done(""), true, nil
	case *plan.Accepted:
		return done(stmt.Tag()), true, s.mayAccept(stmt)
	case *plan.Transaction:
		r, err := s.transaction(stmt)
		return r, true, err
	case *plan.Set:
		r, err := s.setCommand(ctx, stmt)
		return r, true, err
	case *plan.ShowSetting:
		r, err := s.show(stmt.Name)
		return r, true, err
	case *plan.ShowObjects:
		r, err := s.showObjects(ctx, stmt)
		return r, true, err
	case *plan.Discard:
		r, err := s.discard(stmt)
		return r, true, err
	case *plan.Listen, *plan.Notify, *plan.Lock:
		r, err := s.talk(stmt)
		return r, true, err
	case *plan.Prepare:
		return s.prepareCommand(ctx, stmt)
	case *plan.DescribePrepared:
		r, err := s.describePrepared(ctx, stmt)
		return r, true, err
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
	p.made = time.Now()
	s.prepared[stmt.Name] = p
	return done(stmt.Tag()), true, nil
}

func (s *Session) setCommand(ctx context.Context, stmt *plan.Set) (*Result, error) {
	if stmt.Transaction {
		return s.setTransaction(stmt)
	}
	if stmt.Local && !s.inBlock() {
		return done(stmt.Tag(), fault.New(fault.CodeNoTransaction, "SET LOCAL can only be used in transaction blocks")), nil
	}
	if stmt.Default {
		return done(stmt.Tag()), s.set.reset(stmt.Name, stmt.Local)
	}
	if err := s.checkSetting(ctx, stmt.Name, stmt.Value); err != nil {
		return nil, err
	}
	if err := s.changeSetting(stmt.Name, stmt.Value, stmt.Local); err != nil {
		return nil, err
	}
	if stmt.Also != nil {
		return s.setCommand(ctx, stmt.Also)
	}
	return done(stmt.Tag()), nil
}

// changeSetting sets a setting that was checked.
func (s *Session) changeSetting(name, value string, local bool) error {
	if s.inBlock() && strings.HasPrefix(strings.ToLower(name), "transaction_") && findSetting(name) != nil {
		return s.changeMode(strings.ToLower(name), strings.ToLower(value))
	}
	return s.set.set(name, value, local)
}

// checkSetting refuses values that only the engine can judge, and settings that
// the user may not change.
func (s *Session) checkSetting(ctx context.Context, name, value string) error {
	switch strings.ToLower(name) {
	case "workgroup":
		if value != "" && s.e.o.Governor != nil {
			return s.checkWorkgroup(ctx, value)
		}
	case "role":
		return s.checkRole(ctx, value)
	case "session_authorization":
		return s.checkAuthorization(ctx, value)
	}
	if d := findSetting(name); d != nil && d.context == "superuser" {
		if yes, err := s.isSuperuser(ctx, s.currentUser()); err != nil || !yes {
			return cmp.Or(err, error(fault.New(fault.CodeInsufficientPriv, "permission denied to set parameter %q", d.name)))
		}
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
			v, _ := s.set.shown(d.name)
			rows = append(rows, []string{d.name, v, d.about})
		}
	} else {
		v, ok := s.set.shown(name)
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
