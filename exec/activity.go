package exec

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
)

// Activity is what a session does at the moment: a row of pg_stat_activity.
type Activity struct {
	PID         int32
	User        string // who logged in
	Database    string
	Application string
	ClientAddr  string // "host:port", "" where there is no network
	Workgroup   string
	Started     time.Time // of the session
	TxStarted   time.Time // zero outside a transaction
	Changed     time.Time // of State
	// State is as PostgreSQL names it: active, idle, idle in transaction, idle in
	// transaction (aborted).
	State        string
	QueryID      string    // of the query that runs
	QueryStarted time.Time // of the latest statement
	// Query is the latest statement's text, at most maxActivityText bytes of it,
	// without passwords.
	Query string
}

// maxActivityText is PostgreSQL's track_activity_query_size.
const maxActivityText = 1024

// activity keeps a session's row. The session writes, anybody may read.
type activity struct {
	mu      sync.Mutex // guards all of it
	row     Activity
	running int // statements whose results are open
}

// begin notes that a statement starts.
func (a *activity) begin(sql, application, workgroup string, txStart time.Time) {
	sql = shorten(sql)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running++
	now := time.Now()
	if a.row.State != "active" {
		a.row.State, a.row.Changed = "active", now
	}
	a.row.Query, a.row.QueryStarted, a.row.QueryID = sql, now, ""
	a.row.Application, a.row.Workgroup = application, workgroup
	if a.row.TxStarted = txStart; txStart.IsZero() {
		a.row.TxStarted = now
	}
}

func (a *activity) query(id string) {
	a.mu.Lock()
	a.row.QueryID = id
	a.mu.Unlock()
}

// end notes that a statement is over.
func (a *activity) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running--
	a.row.QueryID = ""
}

// rest tells the transaction's state between statements.
func (a *activity) rest(tx byte, txStart time.Time) {
	state := "idle"
	switch tx {
	case 'T':
		state = "idle in transaction"
	case 'E':
		state = "idle in transaction (aborted)"
	default:
		txStart = time.Time{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running > 0 || a.row.State == state {
		return
	}
	a.row.State, a.row.Changed, a.row.TxStarted = state, time.Now(), txStart
}

func (a *activity) get() Activity {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.row
}

// shorten gives the beginning of a text that is kept for long.
func shorten(sql string) string {
	if len(sql) <= maxActivityText {
		return sql
	}
	n := maxActivityText
	for n > 0 && !utf8.RuneStart(sql[n]) {
		n--
	}
	return strings.Clone(sql[:n])
}

// started notes that a statement starts; the function that it gives that it is over.
func (s *Session) started(sql string) (over func()) {
	app, _ := s.set.get("application_name")
	group, _ := s.set.get("workgroup")
	var tx time.Time
	if s.tx != 'I' {
		tx = s.txStart
	}
	s.act.begin(sql, app, group, tx)
	return sync.OnceFunc(s.act.end)
}

// Idle tells that the session waits for its client: activity lists show it so.
func (s *Session) Idle() { s.act.rest(s.tx, s.txStart) }

// Activity lists what all sessions do, by process ID.
func (e *Engine) Activity() []Activity {
	e.mu.Lock()
	out := make([]Activity, 0, len(e.sessions))
	for s := range e.sessions {
		out = append(out, s.act.get())
	}
	e.mu.Unlock()
	slices.SortFunc(out, func(a, b Activity) int { return int(a.PID) - int(b.PID) })
	return out
}

// Signal cancels the running statement of a session, or with terminate ends the
// session; false if there is none of this process ID that can be signaled.
func (e *Engine) Signal(pid int32, terminate bool) bool {
	s := e.sessionOf(pid)
	if s == nil || s.onSignal == nil {
		return false
	}
	s.onSignal(terminate)
	return true
}

func (e *Engine) sessionOf(pid int32) *Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.sessions {
		if s.pid == pid {
			return s
		}
	}
	return nil
}

// signal is plan.Session's Signal: users signal their own sessions and those of
// roles that they are members of, superusers all.
func (s *Session) signal(pid int32, terminate bool) (bool, error) {
	target := s.e.sessionOf(pid)
	if target == nil {
		s.notice(fault.New(fault.CodeWarning, "PID %d is not a PostgreSQL server process", pid))
		return false, nil
	}
	if err := s.maySignal(target.user, terminate, target.bootstrap); err != nil {
		return false, err
	}
	return s.e.Signal(pid, terminate), nil
}

func (s *Session) maySignal(user string, terminate, powerful bool) error {
	ctx, me := s.e.ctx, s.currentUser()
	super, err := s.isSuperuser(ctx, me)
	if err != nil || super {
		return err
	}
	if !powerful {
		if powerful, err = s.isSuperuser(ctx, user); err != nil {
			return err
		}
	}
	what := map[bool][2]string{false: {"cancel superuser query", "query is being canceled"},
		true: {"terminate superuser process", "process is being terminated"}}[terminate]
	if powerful {
		return fault.New(fault.CodeInsufficientPriv, "must be a superuser to %s", what[0])
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err != nil {
		return err
	}
	if !roles.IsMember(me, user) && !roles.Inherits(me, users.SignalBackend) {
		return fault.New(fault.CodeInsufficientPriv, "must be a member of the role whose %s or member of pg_signal_backend", what[1])
	}
	return nil
}
