package exec

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// CatalogName is the name of the catalog itself: a session that connects to it
// instead of to a database finds the tables of all databases.
const CatalogName = "glaux"

// SessionOptions say who connects and how.
type SessionOptions struct {
	User        string // "" : glaux
	Database    string // "" : the whole catalog
	Application string
	Settings    map[string]string // from the start-up packet or the command line
	BackendPID  int32
	ClientAddr  string // "host:port", "" where there is no network
	// Signal cancels the statement that runs, or ends the connection: for
	// pg_cancel_backend and pg_terminate_backend of other sessions. It may be called
	// by any goroutine; nil: it cannot be signaled.
	Signal func(terminate bool)
	// Tables is the folder for new tables whose statement names no place, instead of
	// the workgroup's result location, unless the workgroup enforces its own: the
	// client of an Athena endpoint brings one. It must be one that may be written.
	Tables string
	// Superuser lets a user that is no role do everything.
	Superuser bool
	// Notified is called by any goroutine when TakeNotifications has something; it
	// must not wait. Nil: nobody asks for notifications.
	Notified func()
	// Notice sends a notice to the client at once, on the goroutine that runs the
	// statement; nil: notices come with results.
	Notice func(*fault.Error)
}

// Session is one client's state: settings, transaction, prepared statements. One
// goroutine uses it at a time; a Result may be read by another.
type Session struct {
	e        *Engine
	id       uint64 // unique in the process
	user     string // who logged in
	database string
	pid      int32
	set      *settings
	tx       byte      // 'I' idle, 'T' in a transaction, 'E' in a failed one
	txStart  time.Time // of the transaction
	prepared map[string]*Prepared
	zone     *time.Location // of the setting zoneName
	zoneName string
	later    laterChanges
	// implicit: the statements of one simple query run, which is a transaction
	// block although tx is idle.
	implicit  bool
	inRound   bool               // BeginRound has opened a transaction that EndRound ends
	round     uint64             // how many rounds have ended
	cursors   map[string]*Cursor // and portals of the wire protocol, by name
	cursorSeq uint64             // how many there were
	open      transaction

	bootstrap bool   // user is a superuser without being a role
	told      string // the current user that is_superuser tells of
	locks     *sessionLocks
	channels  *sessionChannels
	act       activity
	onSignal  func(terminate bool)
	tellNow   func(*fault.Error) // nil: not possible
	tables    string             // SessionOptions.Tables
	temps     *temps
}

// sessionIDs counts the sessions of the process.
var sessionIDs atomic.Uint64

// Text is one statement of a longer text; Pos is the 1-based character at which
// it begins there.
type Text = planner.Text

// NewSession opens a session. Errors: 3D000 for an unknown database, 22023 and
// 42704 for bad settings.
func (e *Engine) NewSession(o SessionOptions) (*Session, error) {
	s := &Session{e: e, user: o.User, database: o.Database, pid: o.BackendPID, set: newSettings(), tx: 'I',
		prepared: map[string]*Prepared{}, onSignal: o.Signal, tellNow: o.Notice, tables: o.Tables, id: sessionIDs.Add(1)}
	if s.user == "" {
		s.user = CatalogName
	}
	s.locks = &sessionLocks{table: &e.advisory, timeout: func() time.Duration { return s.milliseconds("lock_timeout") }, warn: s.notice}
	s.channels = &sessionChannels{hub: &e.channels, pid: o.BackendPID, arrived: o.Notified}
	path := "*"
	if s.database == "" || strings.EqualFold(s.database, CatalogName) {
		s.database = CatalogName
	} else {
		d, err := e.o.Catalog.Database(e.ctx, s.database)
		if fault.Is(err, fault.CodeInvalidSchemaName) {
			return nil, fault.New(fault.CodeInvalidCatalogName, "database %q does not exist", s.database).
				WithHint("%s", fault.As(err).Hint)
		}
		if err != nil {
			return nil, err
		}
		s.database, path = d.Name, types.QuoteIdent(d.Name)
	}
	s.set.defs["search_path"] = path
	s.set.defs["session_authorization"] = s.user
	s.set.defs["application_name"] = o.Application
	if err := s.login(e.ctx, o.Superuser || o.ClientAddr == ""); err != nil {
		return nil, err
	}
	if err := s.startSettings(o.Settings); err != nil {
		return nil, err
	}
	s.tellUser()
	clear(s.set.changed)
	now := time.Now()
	s.act.row = Activity{PID: o.BackendPID, User: s.user, Database: s.database, ClientAddr: o.ClientAddr, Started: now, Changed: now, State: "idle"}
	s.act.row.Application, _ = s.set.get("application_name")
	e.mu.Lock()
	e.sessions[s] = struct{}{}
	e.mu.Unlock()
	s.temps = newTemps(e.mem)
	return s, nil
}

// startSettings makes the client's start-up settings the session's defaults.
func (s *Session) startSettings(given map[string]string) error {
	for name, value := range given {
		if err := s.checkSetting(s.e.ctx, name, value); err != nil {
			return err
		}
		if err := s.set.set(name, value, false); err != nil {
			return err
		}
	}
	for k, v := range s.set.vals {
		s.set.defs[k] = v
	}
	clear(s.set.vals)
	return nil
}

// Close ends the session and its cursors. Other Results that are still open stay usable until closed.
func (s *Session) Close() {
	s.closeTx(false)
	s.closeCursors(func(*Cursor) bool { return true })
	clear(s.prepared)
	s.locks.UnlockAll()
	s.channels.close()
	s.e.mu.Lock()
	delete(s.e.sessions, s)
	s.e.mu.Unlock()
	s.temps.close()
}

// Split cuts the text of a simple query into statements; [] for an empty text.
//
// More than one are parsed too: an error of syntax in one runs none of them.
func (s *Session) Split(sql string) ([]Text, error) {
	list, err := s.e.planner.Split(sql)
	if err == nil && len(list) > 1 {
		err = s.e.planner.CheckSyntax(sql)
	}
	return list, err
}

// TxStatus gives the transaction's state as the wire protocol writes it: 'I'
// idle, 'T' in a transaction, 'E' in a failed one.
func (s *Session) TxStatus() byte { return s.tx }

// FailTransaction tells that something went wrong: inside a transaction every
// statement but its end is refused from now on.
func (s *Session) FailTransaction() {
	if s.tx == 'T' {
		s.tx = 'E'
	}
}

// Setting gives a run-time setting by name.
func (s *Session) Setting(name string) (string, bool) {
	s.settle()
	return s.set.get(name)
}

// TakeChangedSettings gives the settings that clients are told of and that
// changed since the last call.
func (s *Session) TakeChangedSettings() []Setting {
	s.settle()
	return s.set.take()
}

// ReportedSettings gives all settings that clients are told of at start-up.
func (s *Session) ReportedSettings() []Setting {
	var out []Setting
	for _, d := range settingDefs {
		if d.reported {
			v, _ := s.set.get(d.name)
			out = append(out, Setting{d.name, v})
		}
	}
	return out
}

// snapshot is what a statement that starts now may depend on.
func (s *Session) snapshot(ctx context.Context, queryID string) (*plan.Session, error) {
	s.settle()
	cat, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	path, err := s.searchPath(ctx, cat)
	if err != nil {
		return nil, err
	}
	p := &plan.Session{User: s.currentUser(), SessionUser: s.sessionUser(), Superuser: s.superuser,
		Database: s.database, SearchPath: path, TimeZone: s.location(), Style: s.style(), Now: s.now(),
		QueryID: queryID, BackendPID: s.pid}
	p.Catalog, p.Locks, p.Channels = cat, s.locks, s.channels
	p.Application, _ = s.set.get("application_name")
	p.Dialect = s.Dialect(ctx)
	p.Cursors, p.Prepared, p.Temp = s.cursorInfo(), s.preparedInfo(), s.temps.current()
	p.Setting, p.Change, p.Signal, p.Notice = s.set.freeze().shown, s.change, s.signal, s.notice
	p.CancelQuery = s.cancelQuery
	p.Memory = s.memoryLimit(s.e.o.Memory)
	return p, nil
}

// Dialect gives the session's dialect.
func (s *Session) Dialect(ctx context.Context) plan.Dialect {
	if s.dialect(ctx) == plan.Athena.String() {
		return plan.Athena
	}
	return plan.Postgres
}

// CurrentSchema gives the database in which names without one are looked for first,
// empty if none is chosen or it cannot be told now.
func (s *Session) CurrentSchema(ctx context.Context) string {
	cat, err := s.reader(ctx)
	if err != nil {
		return ""
	}
	path, err := s.searchPath(ctx, cat)
	if err != nil {
		return ""
	}
	for _, name := range path {
		if _, err := cat.Database(ctx, name); err == nil {
			return name
		}
	}
	return ""
}

// dialect gives the session's dialect: what it has set, else its workgroup's.
func (s *Session) dialect(ctx context.Context) string {
	d, _ := s.set.get("dialect")
	if s.e.o.Governor == nil || s.set.given("dialect") {
		return d
	}
	u, err := s.userInfo(ctx)
	if err != nil {
		return d // whoever runs the statement meets the error
	}
	name, _ := s.set.get("workgroup")
	if pr, err := s.e.o.Governor.Profile(ctx, u, name); err == nil && pr.Dialect != "" {
		return pr.Dialect
	}
	return d // a workgroup that may not be chosen refuses the query when it begins
}

// now is when the transaction started, or the statement outside of one.
func (s *Session) now() time.Time {
	if s.inTx() {
		return s.txStart
	}
	return time.Now()
}

func (s *Session) location() *time.Location {
	name, _ := s.set.get("timezone")
	if s.zone == nil || s.zoneName != name {
		s.zone, s.zoneName = time.UTC, name
		if loc, ok := types.LoadZone(name); ok {
			s.zone = loc
		}
	}
	return s.zone
}

// searchPath resolves the setting: * is every database, "$user" and public are
// names that this catalog has no use for unless a database is called so.
func (s *Session) searchPath(ctx context.Context, cat catalog.Reader) ([]string, error) {
	value, _ := s.set.get("search_path")
	names, err := splitPath(value)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range names {
		if n == "*" {
			all, err := cat.Databases(ctx)
			if err != nil {
				return nil, err
			}
			for _, d := range all {
				if !slices.Contains(out, d.Name) {
					out = append(out, d.Name)
				}
			}
			continue
		}
		if n == "$user" {
			n = s.currentUser()
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, nil
}
