package exec

import (
	"context"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// transaction is what a session keeps while a transaction is open: one that BEGIN
// opened, or the implicit one of a text of several statements.
//
// All its statements see the catalog as its first statement did. What they change
// of the lake's catalog is done at once, for everybody, and stays after ROLLBACK;
// the transaction looks at the catalog anew then, so that it sees its own changes.
// Settings, notifications, locks and savepoints are PostgreSQL's.
type transaction struct {
	snapshot   catalog.Snapshot // nil: nothing was read yet
	savepoints []savepoint
	queried    bool // a statement has run: its isolation level is fixed
}

// savepoint is one of them. Its settings are the one behind it in settings.saved,
// whose first is BEGIN's.
type savepoint struct {
	name    string
	channel channelMark
	cursors uint64 // how many there had been
}

// inBlock reports whether the statement belongs to a transaction block: one that
// BEGIN opened, or the implicit one of several statements.
func (s *Session) inBlock() bool { return s.tx != 'I' || s.implicit }

// inTx reports whether a transaction is open that outlives the statement.
func (s *Session) inTx() bool { return s.tx != 'I' || s.inRound }

func (s *Session) openTx() {
	s.settle()
	s.txStart, s.open = time.Now(), transaction{}
	s.set.beginTx()
	s.temps.begin()
}

// closeTx ends a transaction and gives back what it holds.
func (s *Session) closeTx(commit bool) {
	s.settle()
	s.tx, s.implicit, s.inRound = 'I', false, false
	s.set.endTx(commit)
	s.endCursors(commit)
	s.temps.end(commit)
	s.forgetSnapshot()
	s.open = transaction{}
	s.locks.endTransaction()
	s.channels.end(commit)
	s.tellUser()
}

func (s *Session) forgetSnapshot() {
	if s.open.snapshot != nil {
		s.open.snapshot.Close()
		s.open.snapshot = nil
	}
}

// reader gives the catalog that a statement sees.
func (s *Session) reader(ctx context.Context) (catalog.Reader, error) {
	if !s.inBlock() {
		return s.e.o.Catalog, nil
	}
	if s.open.snapshot == nil {
		shooter, ok := s.e.o.Catalog.(catalog.Snapshotter)
		if !ok {
			s.open.snapshot = catalog.Remember(s.e.o.Catalog)
			return s.open.snapshot, nil
		}
		snap, err := shooter.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		s.open.snapshot = snap
	}
	return s.open.snapshot, nil
}

// changed is called when the session has changed the catalog itself.
func (s *Session) changedCatalog() { s.forgetSnapshot() }

// mayWrite refuses commands that change the catalog, or make, change or drop
// temporary tables, in a transaction that only reads: 25006. The rows of
// temporary tables may change in one, except by TRUNCATE, as in PostgreSQL.
func (s *Session) mayWrite(tag string) error {
	if v, _ := s.set.get("transaction_read_only"); v == "on" {
		return fault.New(fault.CodeReadOnlyTransaction, "cannot execute %s in a read-only transaction", tag)
	}
	return nil
}

// mayAccept refuses, where PostgreSQL would, what is otherwise answered without
// anything being done.
func (s *Session) mayAccept(stmt *plan.Accepted) error {
	switch {
	case stmt.Command == "CREATE INDEX":
		return s.mayWrite(stmt.Command)
	case stmt.Command == "VACUUM" && s.inBlock():
		return fault.New(fault.CodeInTransaction, "VACUUM cannot run inside a transaction block")
	}
	return nil
}

func warning(code fault.Code, format string, args ...any) *fault.Error {
	return fault.New(code, format, args...)
}

// transaction runs BEGIN and its kin.
func (s *Session) transaction(stmt *plan.Transaction) (*Result, error) {
	switch stmt.Op {
	case "begin":
		return s.begin(stmt)
	case "commit", "rollback":
		return s.endTransaction(stmt)
	}
	if s.tx == 'I' {
		return nil, fault.New(fault.CodeNoTransaction, "%s can only be used in transaction blocks", savepointCommand[stmt.Op])
	}
	if s.tx == 'E' && stmt.Op != "rollback to" {
		return nil, aborted()
	}
	return s.savepoint(stmt)
}

var savepointCommand = map[string]string{"savepoint": "SAVEPOINT", "release": "RELEASE SAVEPOINT", "rollback to": "ROLLBACK TO SAVEPOINT"}

func (s *Session) begin(stmt *plan.Transaction) (*Result, error) {
	switch {
	case s.tx != 'I':
		return done(stmt.Tag(), warning(fault.CodeInTransaction, "there is already a transaction in progress")), nil
	case s.inRound: // it becomes this one
		s.implicit, s.inRound = false, false
	default:
		s.openTx()
	}
	s.tx = 'T'
	for name, value := range map[string]string{"isolation": stmt.Isolation, "read_only": stmt.ReadOnly} {
		if value == "" {
			value, _ = s.set.get("default_transaction_" + name)
		}
		if err := s.set.set("transaction_"+name, value, true); err != nil {
			return nil, err
		}
	}
	return done(stmt.Tag()), nil
}

func (s *Session) endTransaction(stmt *plan.Transaction) (*Result, error) {
	if s.tx == 'I' {
		if stmt.Chain {
			return nil, fault.New(fault.CodeNoTransaction, "%s AND CHAIN can only be used in transaction blocks", stmt.Tag())
		}
		if s.inRound { // it ends here; what follows in the text is in another one
			s.closeTx(stmt.Op == "commit")
		}
		return done(stmt.Tag(), warning(fault.CodeNoTransaction, "there is no transaction in progress")), nil
	}
	commit := stmt.Op == "commit" && s.tx == 'T'
	isolation, _ := s.set.get("transaction_isolation")
	readOnly, _ := s.set.get("transaction_read_only")
	s.closeTx(commit)
	if stmt.Chain {
		if _, err := s.begin(&plan.Transaction{Op: "begin", Isolation: isolation, ReadOnly: readOnly}); err != nil {
			return nil, err
		}
	}
	if commit {
		return done("COMMIT"), nil
	}
	return done("ROLLBACK"), nil
}

// savepoint runs SAVEPOINT, RELEASE and ROLLBACK TO.
func (s *Session) savepoint(stmt *plan.Transaction) (*Result, error) {
	if stmt.Op == "savepoint" {
		s.set.beginTx()
		s.temps.push()
		s.open.savepoints = append(s.open.savepoints, savepoint{stmt.Name, s.channels.mark(), s.cursorSeq})
		return done(stmt.Tag()), nil
	}
	n := -1
	for i, p := range slices.Backward(s.open.savepoints) {
		if p.name == stmt.Name {
			n = i
			break
		}
	}
	if n < 0 {
		return nil, fault.New(fault.CodeInvalidSavepoint, "savepoint %q does not exist", stmt.Name)
	}
	if stmt.Op == "release" {
		s.open.savepoints = s.open.savepoints[:n]
		s.set.release(n + 1)
		s.temps.release(n + 1)
		return done(stmt.Tag()), nil
	}
	s.tx = 'T'
	s.set.rollbackTo(n + 1)
	s.temps.back(n + 1)
	s.channels.back(s.open.savepoints[n].channel)
	s.closeCursorsSince(s.open.savepoints[n].cursors)
	s.open.savepoints = s.open.savepoints[:n+1]
	s.tellUser()
	return done(stmt.Tag()), nil
}

// setTransaction runs SET TRANSACTION, whose modes are settings of this transaction
// alone.
func (s *Session) setTransaction(stmt *plan.Set) (*Result, error) {
	if !s.inBlock() {
		return done("SET", warning(fault.CodeNoTransaction, "SET TRANSACTION can only be used in transaction blocks")), nil
	}
	for m := stmt; m != nil; m = m.Also {
		if err := s.changeMode(m.Name, m.Value); err != nil {
			return nil, err
		}
	}
	return done("SET"), nil
}

// changeMode sets a mode of the open transaction as far as it may still change.
func (s *Session) changeMode(name, value string) error {
	now, _ := s.set.get(name)
	if s.open.queried && now != value {
		switch {
		case name == "transaction_isolation":
			return fault.New(fault.CodeInTransaction, "SET TRANSACTION ISOLATION LEVEL must be called before any query")
		case name == "transaction_read_only" && value == "off" && s.inBlock():
			return fault.New(fault.CodeInTransaction, "transaction read-write mode must be set before any query")
		}
	}
	return s.set.set(name, value, true)
}
