package exec

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// Prepared is a statement that was parsed and bound. It may be executed many
// times, by the session that prepared it.
type Prepared struct {
	SQL     string
	Params  []types.Type // of $1, $2 ...
	Columns []Column     // nil: no rows
	Tag     string       // the command tag without a row count
	// Copy holds the options of COPY ... TO STDOUT, not nil for it alone: whoever
	// executes it writes the rows in that format.
	Copy *plan.CopyOptions
	// CopyIn says what COPY ... FROM STDIN expects, nil for other statements: whoever
	// executes it calls Session.CopyIn.
	CopyIn *CopyFormat
	// Deallocate is the name of DEALLOCATE name: the statements of the wire
	// protocol have the same names, but live with the connection.
	Deallocate string
	// Binary asks for the values in binary where the client did not choose: FETCH
	// from a BINARY cursor.
	Binary bool
	// Fetches is set for FETCH and MOVE: Columns are those that the cursor had, nil
	// if there was none of this name.
	Fetches bool

	stmt     plan.Statement
	declared []types.Type // what the client said of the parameters
	used     bool         // executed before: the catalog may have changed since
	round    uint64       // of the session, when it was bound
	made     time.Time    // by PREPARE
	temps    int          // the temporary tables that it was bound to, see temps.gen
}

// Prepare parses and binds one statement and infers the types of its parameters
// (params[i] unknown: to be inferred). Nothing is executed. In a failed
// transaction everything but its end is refused with 25P02.
func (s *Session) Prepare(ctx context.Context, sql string, params []types.Type) (*Prepared, error) {
	stmt, err := s.bind(ctx, sql, params)
	if err != nil {
		s.recordFailure(ctx, sql, err)
		return nil, err
	}
	p := &Prepared{SQL: sql, Tag: stmt.Tag(), stmt: stmt, declared: params, round: s.round, temps: s.temps.gen}
	switch stmt := stmt.(type) {
	case *plan.Query:
		p.Params, p.Columns = stmt.Params, orNone(stmt.Columns)
	case *plan.Copy:
		p.Params, p.Columns, p.Copy = stmt.Stmt.Params, orNone(stmt.Stmt.Columns), stmt.Options
	case *plan.Explain:
		p.Params, p.Columns = stmt.Stmt.Params, explainColumns(stmt)
	case *plan.DeclareCursor:
		p.Params = stmt.Query.Params
	case *plan.FetchCursor:
		p.Fetches = true
		if c := s.cursors[stmt.Name]; c != nil && !stmt.Move {
			p.Columns, p.Binary = c.Columns(), c.Binary()
		}
	case *plan.Deallocate:
		p.Deallocate = stmt.Name
	case *plan.ShowSetting:
		p.Columns = showColumns(stmt.Name)
	case *plan.DescribePrepared:
		p.Columns = describeColumns(stmt)
	case *plan.ShowObjects:
		p.Columns = showObjectColumns(stmt.What)
	case *plan.DefineObjects:
		p.Columns = showObjectColumns("define")
	case *plan.Execute:
		target, err := s.executed(ctx, stmt)
		if err != nil {
			return nil, err
		}
		p.Columns, p.Tag = target.Columns, target.Tag
	default:
		p.Params, p.Columns, p.CopyIn = tempParams(stmt)
	}
	return p, nil
}

// executed gives the statement that EXECUTE runs.
func (s *Session) executed(ctx context.Context, e *plan.Execute) (*Prepared, error) {
	if e.Text == nil {
		return s.findPrepared(e.Name)
	}
	p, err := s.Prepare(ctx, *e.Text, nil)
	if err != nil {
		return nil, inside(err)
	}
	if _, ok := p.stmt.(*plan.Execute); ok {
		return nil, fault.New(fault.CodeFeatureNotSupported, "EXECUTE IMMEDIATE cannot run EXECUTE")
	}
	return p, nil
}

// inside is an error of a statement in a string: its position is one in that text.
func inside(err error) error {
	f := *fault.As(err)
	if f.Pos > 0 {
		f.Detail = strings.TrimSpace(fmt.Sprintf("%s At character %d of the statement of EXECUTE IMMEDIATE.", f.Detail, f.Pos))
		f.Pos = 0
	}
	return &f
}

// EndsTransaction reports whether the statement is one that a failed transaction
// takes.
func (p *Prepared) EndsTransaction() bool {
	t, ok := p.stmt.(*plan.Transaction)
	return ok && t.Ends()
}

// orNone makes an empty list of columns non-nil: SELECT without columns delivers
// rows too.
func orNone(cols []Column) []Column {
	if cols == nil {
		return []Column{}
	}
	return cols
}

func (s *Session) bind(ctx context.Context, sql string, params []types.Type) (stmt plan.Statement, err error) {
	snap, err := s.snapshot(ctx, "")
	if err != nil {
		return nil, err
	}
	defer s.e.forget(snap)
	err = op.Protect(s.e.o.Logger, "", func() error {
		stmt, err = s.e.planner.Bind(ctx, sql, snap, params)
		return err
	})
	if err != nil {
		return nil, err
	}
	if t, ok := stmt.(*plan.Transaction); s.tx == 'E' && !(ok && t.Ends()) {
		if _, empty := stmt.(*plan.Empty); !empty {
			return nil, aborted()
		}
	}
	return stmt, nil
}

// shown gives the statement's text for lists of what sessions do: without passwords.
func (p *Prepared) shown() string {
	switch p.stmt.(type) {
	case *plan.CreateRole, *plan.AlterRole, *plan.Prepare:
		return planner.Redact(p.SQL)
	}
	return p.SQL
}

// preparedInfo lists the statements of PREPARE by name.
func (s *Session) preparedInfo() []plan.PreparedInfo {
	if len(s.prepared) == 0 {
		return nil
	}
	out := make([]plan.PreparedInfo, 0, len(s.prepared))
	for name, p := range s.prepared {
		out = append(out, plan.PreparedInfo{Name: name, Statement: "PREPARE " + types.QuoteIdent(name) + " AS " + p.SQL, Created: p.made,
			Params: p.Params, FromSQL: true})
	}
	slices.SortFunc(out, func(a, b plan.PreparedInfo) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (s *Session) findPrepared(name string) (*Prepared, error) {
	p, ok := s.prepared[name]
	if !ok {
		return nil, fault.New(fault.CodeInvalidStatementName, "prepared statement %q does not exist", name)
	}
	return p, nil
}

// refresh binds a statement again that was executed or bound before this round, so
// that it sees the tables as they are now.
func (s *Session) refresh(ctx context.Context, p *Prepared) error {
	fresh := !p.used && p.round == s.round && p.temps == s.temps.gen
	p.used = true
	if fresh || aboutTemps(p.stmt) && p.temps == s.temps.gen && !readsCatalog(p.stmt) {
		return nil
	}
	_, declares := p.stmt.(*plan.DeclareCursor)
	_, writes := p.stmt.(*plan.Write)
	if !declares && !writes && queryOf(p.stmt) == nil && !aboutTemps(p.stmt) {
		return nil
	}
	stmt, err := s.bind(ctx, p.SQL, p.declared)
	if err != nil {
		return err
	}
	p.temps = s.temps.gen
	if declares {
		p.stmt = stmt
		return nil
	}
	if q := queryOf(stmt); q != nil && !sameColumns(q.Columns, p.Columns) {
		return fault.New(fault.CodeFeatureNotSupported, "cached plan must not change result type")
	}
	if _, cols, _ := tempParams(stmt); queryOf(stmt) == nil && !sameColumns(cols, p.Columns) {
		return fault.New(fault.CodeFeatureNotSupported, "cached plan must not change result type")
	}
	p.stmt = stmt
	return nil
}

// queryOf gives the query of a statement that delivers its rows, nil for others.
func queryOf(stmt plan.Statement) *plan.Query {
	switch stmt := stmt.(type) {
	case *plan.Query:
		return stmt
	case *plan.Copy:
		return stmt.Stmt
	}
	return nil
}

func sameColumns(a, b []Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || !a[i].Type.Equal(b[i].Type) {
			return false
		}
	}
	return true
}
