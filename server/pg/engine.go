package pg

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// opener opens the session of a connection. It and session are what the server
// needs of the engine; tests have their own.
type opener func(o sessionOptions) (session, error)

type sessionOptions struct {
	user, database string
	settings       map[string]string
	pid            int32
	clientAddr     string
	signal         func(terminate bool) // cancels the statement that runs, or ends the connection
	notified       func()               // notifications may be there
	notice         func(*fault.Error)   // sends one while a statement runs, on its goroutine
	superuser      bool
}

// session is one connection's state in the engine. It is used by one goroutine
// at a time.
type session interface {
	close()
	// split cuts the text of a simple query into statements.
	split(sql string) ([]piece, error)
	// prepare parses and binds one statement; params are unknown where the
	// client leaves them open.
	prepare(ctx context.Context, sql string, params []types.Type) (*statement, error)
	execute(ctx context.Context, st *statement, params []types.Value) (rows, error)
	// copyIn begins a COPY ... FROM STDIN.
	copyIn(ctx context.Context, st *statement) (copyIn, error)
	// openPortal makes a cursor of a statement that delivers rows; the name is in use
	// by no cursor, or empty.
	openPortal(name string, st *statement, params []types.Value) (cursor, error)
	// cursor finds a cursor, one of openPortal or of DECLARE; nil: there is none.
	cursor(name string) cursor
	closeCursor(name string)
	// fetch gives the next n rows of a cursor, all of them for 0.
	fetch(ctx context.Context, cur cursor, n int) (rows, error)
	// beginRound begins what the statements up to ReadyForQuery share; with block
	// they are a transaction block. endRound ends it: ok unless one failed.
	beginRound(block bool)
	endRound(ok bool)
	// idle tells that the session waits for its client.
	idle()
	// notifications gives what was sent to the channels of the session; nothing inside
	// a transaction.
	notifications() []exec.Notification
	txStatus() byte
	failTransaction()
	setting(name string) string
	// worded puts an error of a statement into the words of the session's dialect.
	// sql is the text that its position is in.
	worded(ctx context.Context, e *fault.Error, sql string) *fault.Error
	// changed gives the reported settings that changed since the last call.
	changed() []setting
	// reported gives all settings that a client hears of at the start.
	reported() []setting
	// text gives the options by which values print; with names, OIDs of regclass
	// and its kin print as names.
	text(ctx context.Context, names bool) (*kernel.TextOptions, error)
}

type piece struct {
	sql string
	pos int // 1-based character in the whole text
}

type setting struct{ name, value string }

// statement is a prepared statement of the engine.
type statement struct {
	params  []types.Type
	columns []exec.Column     // nil: delivers no rows
	copy    *plan.CopyOptions // COPY ... TO STDOUT, nil for others
	copyIn  *exec.CopyFormat  // COPY ... FROM STDIN, nil for others
	dealloc string            // DEALLOCATE: the name
	fetches string            // FETCH, MOVE: the text; its columns are the cursor's
	binary  bool              // a simple query's values are binary: FETCH of a BINARY cursor
	ends    bool              // ends a transaction, a failed one too
	handle  any

	text   string // the client's whole text, with which positions are told
	offset int    // characters of it before this statement
}

// cursor is a statement whose rows are fetched in pieces.
type cursor interface {
	Columns() []exec.Column
	Binary() bool
	Closed() bool
}

// rows is a running or finished statement.
type rows interface {
	Next(ctx context.Context, b *vector.Batch) error
	// Ready reports whether Next need not wait for anything.
	Ready() bool
	Close() error
	Tag() string
	Notices() []*fault.Error
}
