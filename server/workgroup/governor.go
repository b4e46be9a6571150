package workgroup

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// Governor is the exec.Governor of a server. Make it with New; Close it after
// the engine, so that the last queries are written.
type Governor struct {
	log *slog.Logger

	mu     sync.RWMutex // guards groups, byUser
	groups map[string]*Setting
	byUser map[string]string

	queues   *queues
	running  running
	budgets  *budgetSet
	recorder *recorder

	observers atomic.Pointer[[]Observer] // replaced under mu

	store    *Store     // nil: what New and Apply were given is all
	applying sync.Mutex // of refresh
	applied  atomic.Pointer[Definitions]
	stopped  chan struct{} // closed by Close
	looking  chan struct{} // closed when look has ended; nil without a store
}

// New makes a governor with the given workgroups (primary is added if it is not
// among them). history may be nil: nothing is kept. So may ledger: budgets are
// not shared then and end with the governor; Close closes it.
func New(settings []Setting, history History, ledger Ledger, log *slog.Logger) (*Governor, error) {
	if ledger == nil {
		ledger = newMemoryLedger()
	}
	g := &Governor{log: log, budgets: newBudgetSet(ledger, log), queues: newQueues(), stopped: make(chan struct{})}
	if err := g.Apply(settings); err != nil {
		g.budgets.close()
		return nil, err
	}
	g.recorder = newRecorder(history, log)
	return g, nil
}

// SetConcurrency sets how many queries of all workgroups together run at a time;
// 0: any number. It counts at once.
func (g *Governor) SetConcurrency(n int) { g.queues.setLimit(n) }

// Begin implements exec.Governor.
func (g *Governor) Begin(ctx context.Context, q exec.QueryInfo) (exec.QueryControl, error) {
	if err := g.refresh(ctx); err != nil {
		return nil, err
	}
	s, err := g.choose(q.User, q.Workgroup)
	if err == nil && s.State == Disabled && !(q.User.Superuser && q.Kind == exec.DDL) { // who else would enable it?
		err = disabled(s.Name)
	}
	if err != nil {
		g.refused(&q, s, err)
		return nil, err
	}
	c := &control{meter: meter{name: s.Name, limit: int64(s.Cutoff), json: q.JSONErrors, charges: g.budgets.charges(s, &q), now: g.budgets.now},
		governor: g, group: s, query: q}
	g.running.add(c)
	return c, nil
}

func disabled(name string) error {
	return fault.Wrap(ByState, fault.CodeInsufficientPriv, "workgroup %q is disabled", name).
		WithHint("Choose another one with SET workgroup.")
}

// Profile implements exec.Governor.
func (g *Governor) Profile(ctx context.Context, u exec.UserInfo, workgroup string) (exec.Profile, error) {
	if err := g.refresh(ctx); err != nil {
		return exec.Profile{}, err
	}
	s, err := g.choose(u, workgroup)
	if err != nil {
		return exec.Profile{}, err
	}
	return s.profile(), nil
}

func (s *Setting) profile() exec.Profile {
	return exec.Profile{Workgroup: s.Name, Dialect: s.Dialect, PartitionFilterOver: int64(s.PartitionFilterOver),
		Reuse: time.Duration(s.ResultReuse), ResultLocation: s.ResultLocation, EnforceLocation: s.Enforce,
		Encryption: s.ObjectEncryption(), RequesterPays: s.RequesterPays}
}

// ObjectEncryption is how S3 keeps what the workgroup's queries write.
func (s *Setting) ObjectEncryption() store.Encryption {
	return store.Encryption{Algorithm: Algorithm(s.Encryption), KMSKey: s.KMSKey}
}

// Algorithm is S3's name of a result_encryption, which is Athena's.
func Algorithm(encryption string) string { return algorithms[encryption] }

var algorithms = map[string]string{"SSE_S3": "AES256", "SSE_KMS": "aws:kms"}

// Profile implements exec.QueryControl.
func (c *control) Profile() exec.Profile { return c.group.profile() }

// Close writes what is left of the history, gives back what budgets have leased
// and ends the background goroutines.
// No query may be running.
func (g *Governor) Close() {
	close(g.stopped)
	if g.looking != nil {
		<-g.looking
	}
	g.recorder.close()
	g.budgets.close()
}

// control is one admitted query.
type control struct {
	meter
	governor *Governor
	group    *Setting // as it was when the query began
	query    exec.QueryInfo
	plan     exec.PlanInfo // set by Admit
	admission
}

// Admit implements exec.QueryControl.
func (c *control) Admit(ctx context.Context, p exec.PlanInfo) error {
	c.plan = p
	c.bounds.Store(boundsOf(p.Tables))
	if p.Refused != nil {
		return refusedPlan(p.Refused)
	}
	if err := c.check(p.Tables); err != nil {
		return err
	}
	if err := c.waitForBudgets(ctx, p.Tables); err != nil {
		return err
	}
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	c.leaseForPlan(ctx)
	return nil
}

// Limit implements exec.QueryControl.
func (c *control) Limit() int64 { return c.limit }

// Memory implements exec.QueryControl.
func (c *control) Memory() int64 { return int64(c.group.Memory) }

// Timeout implements exec.QueryControl.
func (c *control) Timeout() time.Duration { return time.Duration(c.group.QueryTimeout) }

// End implements exec.QueryControl.
func (c *control) End(st exec.Stats, err error) {
	c.leave()
	c.endBudgets()
	e := c.ended(st, err)
	c.record(e)
	c.governor.notify(e)
}
