package meta

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// BudgetKey names a counter: what one principal has scanned in one period of a
// budget.
type BudgetKey struct {
	Budget    string
	Principal string // workgroup w, user u or tag t
	Period    string // hour, day, week, month: windows of different length may begin at one moment
	Start     int64  // of the window, in microseconds since 1970
}

// BudgetClaim settles a holder's lease of a counter and asks for more.
type BudgetClaim struct {
	Key   BudgetKey
	End   int64 // of the window, in microseconds since 1970
	Limit int64 // what spent and leased bytes of all holders may be together
	// Spent is what was spent of the lease since the last claim; less than 0 takes
	// back what an earlier claim said. Keep is what stays leased; the rest of the
	// lease is given back.
	Spent, Keep int64
	// Want more bytes are leased if they are there, but at least Least or none. 0:
	// no more.
	Least, Want int64
}

// BudgetCount is a counter after a claim.
type BudgetCount struct {
	Granted int64 // newly leased; 0: refused, or not asked for
	Spent   int64 // by all holders, as far as they have settled
	Others  int64 // leased by other holders
	Asked   int64 // rises when a holder is refused what others have leased
}

// BudgetUse is a counter as it stands, for people.
type BudgetUse struct {
	Key    BudgetKey
	End    time.Time
	Spent  int64
	Leased int64 // by all holders
}

// Budgets is one holder's access to the counters: a server's. Safe for
// concurrent use.
type Budgets struct {
	s       *Store
	holder  atomic.Int64
	unlock  func()
	session *holderSession // in PostgreSQL, in place of unlock
}

// budgetsKept is how long the counters of past windows are kept.
const budgetsKept = 400 * 24 * time.Hour

// maxHolders bounds the search for a free holder number.
const maxHolders = 10_000

// OpenBudgets makes this process a holder of leases. A holder is the number of a
// lock that the system frees when the process ends, however it ends: what a dead
// holder had leased counts as spent, since it may have been.
func (s *Store) OpenBudgets(ctx context.Context) (*Budgets, error) {
	if s.postgres != nil {
		b := &Budgets{s: s}
		var err error
		b.session, err = s.postgres.openHolder(ctx, b)
		return b, err
	}
	for n := range maxHolders {
		unlock, ok, err := s.TryLock(ctx, holderLock(n))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		b := &Budgets{s: s, unlock: unlock}
		b.holder.Store(int64(n))
		if err := b.bury(ctx, n); err != nil {
			unlock()
			return nil, err
		}
		return b, nil
	}
	return nil, tooManyHolders()
}

func tooManyHolders() error {
	return fault.New(fault.CodeTooManyConnections, "%d servers use this catalog", maxHolders)
}

func holderLock(n int) string { return fmt.Sprintf("budget holder %d", n) }

// Close ends the holding. Leases that were not settled count as spent.
func (b *Budgets) Close() error {
	if b.session != nil {
		return b.session.close(context.Background())
	}
	err := b.bury(context.Background(), int(b.holder.Load()))
	b.unlock()
	return err
}

// update runs f in a durable transaction. Counters are no part of the catalog:
// its caches need not hear of them.
func (b *Budgets) update(ctx context.Context, f func(tx *sql.Tx) error) error {
	return inTx(ctx, b.s.write, nil, "count what budgets have spent", f)
}

// bury turns what a holder without a process has leased into spent bytes. The
// caller holds the holder's lock.
func (b *Budgets) bury(ctx context.Context, holder int) error {
	var any bool
	if err := b.s.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM budget_leases WHERE holder = ?)", holder).Scan(&any); err != nil || !any {
		return translate(err, "read the leases of budgets")
	}
	return b.update(ctx, func(tx *sql.Tx) error { return bury(ctx, tx, holder) })
}

func bury(ctx context.Context, tx *sql.Tx, holder int) error {
	if _, err := tx.ExecContext(ctx, "UPDATE budget_counters SET spent = spent + l.bytes FROM budget_leases l "+
		"WHERE l.counter = budget_counters.id AND l.holder = ?", holder); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM budget_leases WHERE holder = ?", holder)
	return err
}

// Claim settles claims in one durable transaction, all or none of them. A claim
// whose Least does not fit is settled without a grant, and the other holders
// are asked for what they have leased (Asked).
func (b *Budgets) Claim(ctx context.Context, claims ...BudgetClaim) ([]BudgetCount, error) {
	if b.session != nil {
		return b.session.claim(ctx, claims)
	}
	out := make([]BudgetCount, len(claims))
	err := b.update(ctx, func(tx *sql.Tx) error {
		for i := range claims {
			if err := b.claim(ctx, tx, &claims[i], &out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (b *Budgets) claim(ctx context.Context, tx *sql.Tx, c *BudgetClaim, out *BudgetCount) error {
	id, err := b.spend(ctx, tx, c, out)
	if err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM budget_leases WHERE counter = ? AND holder <> ?", id, b.holder.Load()).
		Scan(&out.Others); err != nil {
		return err
	}
	if c.Want > 0 {
		left := c.Limit - out.Spent - out.Others - c.Keep
		// No more than a quarter, so that what is left goes to whoever needs it.
		if left >= c.Least {
			out.Granted = max(c.Least, min(c.Want, left/4))
		} else if out.Others > 0 {
			out.Asked++
			if _, err := tx.ExecContext(ctx, "UPDATE budget_counters SET asked = ? WHERE id = ?", out.Asked, id); err != nil {
				return err
			}
		}
	}
	if c.Keep+out.Granted == 0 {
		_, err = tx.ExecContext(ctx, "DELETE FROM budget_leases WHERE counter = ? AND holder = ?", id, b.holder.Load())
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO budget_leases (counter, holder, bytes) VALUES (?, ?, ?) "+
		"ON CONFLICT (counter, holder) DO UPDATE SET bytes = excluded.bytes", id, b.holder.Load(), c.Keep+out.Granted)
	return err
}

// spend finds or makes the counter and adds what was spent.
func (b *Budgets) spend(ctx context.Context, tx *sql.Tx, c *BudgetClaim, out *BudgetCount) (id int64, err error) {
	k := &c.Key
	err = tx.QueryRowContext(ctx, "UPDATE budget_counters SET spent = spent + ? WHERE budget = ? AND principal = ? AND period = ? AND started = ? "+
		"RETURNING id, spent, asked", c.Spent, k.Budget, k.Principal, k.Period, k.Start).Scan(&id, &out.Spent, &out.Asked)
	if err != sql.ErrNoRows {
		return id, err
	}
	// A new window is the moment to forget the oldest.
	if _, err := tx.ExecContext(ctx, "DELETE FROM budget_counters WHERE ended < ?", micros(time.Now().Add(-budgetsKept))); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "INSERT INTO budget_counters (budget, principal, period, started, ended, spent, asked) VALUES (?, ?, ?, ?, ?, ?, 0) "+
		"RETURNING id, spent, asked", k.Budget, k.Principal, k.Period, k.Start, c.End, c.Spent).Scan(&id, &out.Spent, &out.Asked)
	return id, err
}

// Reclaim looks for leases of a counter whose holders are dead and turns them
// into spent bytes.
func (b *Budgets) Reclaim(ctx context.Context, k BudgetKey) error {
	holders, err := b.others(ctx, k)
	if err != nil {
		return translate(err, "read the leases of budgets")
	}
	for _, n := range holders {
		if b.session != nil {
			if err := b.session.bury(ctx, n); err != nil {
				return err
			}
			continue
		}
		unlock, ok, err := b.s.TryLock(ctx, holderLock(n))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		err = b.bury(ctx, n)
		unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Budgets) others(ctx context.Context, k BudgetKey) ([]int, error) {
	rows, err := b.s.read.QueryContext(ctx, "SELECT l.holder FROM budget_leases l JOIN budget_counters c ON c.id = l.counter "+
		"WHERE c.budget = ? AND c.principal = ? AND c.period = ? AND c.started = ? AND l.holder <> ?", k.Budget, k.Principal, k.Period, k.Start, b.holder.Load())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// Asked gives, for the counters that this holder has leases of, how often a
// holder was refused what others have leased.
func (b *Budgets) Asked(ctx context.Context) (map[BudgetKey]int64, error) {
	out := map[BudgetKey]int64{}
	err := b.each(ctx, "SELECT c.budget, c.principal, c.period, c.started, c.ended, c.asked, 0 FROM budget_leases l "+
		"JOIN budget_counters c ON c.id = l.counter WHERE l.holder = ?", b.holder.Load(), func(u BudgetUse) { out[u.Key] = u.Spent })
	return out, err
}

// Peek reads one counter.
func (b *Budgets) Peek(ctx context.Context, k BudgetKey) (out BudgetCount, err error) {
	err = b.s.read.QueryRowContext(ctx, "SELECT c.spent, c.asked, coalesce((SELECT CAST(sum(bytes) AS BIGINT) FROM budget_leases l WHERE l.counter = c.id AND l.holder <> ?), 0) "+
		"FROM budget_counters c WHERE c.budget = ? AND c.principal = ? AND c.period = ? AND c.started = ?",
		b.holder.Load(), k.Budget, k.Principal, k.Period, k.Start).Scan(&out.Spent, &out.Asked, &out.Others)
	if err == sql.ErrNoRows {
		return BudgetCount{}, nil
	}
	return out, translate(err, "read what budgets have spent")
}

// Uses gives the counters whose windows end after a moment, in the order of
// their names.
func (b *Budgets) Uses(ctx context.Context, after time.Time) ([]BudgetUse, error) {
	var out []BudgetUse
	err := b.each(ctx, "SELECT c.budget, c.principal, c.period, c.started, c.ended, c.spent, coalesce((SELECT CAST(sum(bytes) AS BIGINT) FROM budget_leases l WHERE l.counter = c.id), 0) "+
		"FROM budget_counters c WHERE c.ended > ? ORDER BY 1, 2, 4", micros(after), func(u BudgetUse) { out = append(out, u) })
	return out, err
}

func (b *Budgets) each(ctx context.Context, query string, arg any, f func(BudgetUse)) error {
	rows, err := b.s.read.QueryContext(ctx, query, arg)
	if err != nil {
		return translate(err, "read what budgets have spent")
	}
	defer rows.Close()
	for rows.Next() {
		var u BudgetUse
		var end int64
		if err := rows.Scan(&u.Key.Budget, &u.Key.Principal, &u.Key.Period, &u.Key.Start, &end, &u.Spent, &u.Leased); err != nil {
			return translate(err, "read what budgets have spent")
		}
		u.End = fromMicros(end)
		f(u)
	}
	return translate(rows.Err(), "read what budgets have spent")
}
